"""What a record in the making can see of the file that it will stand in, and put into it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from ..facts.rows import Key
from ..rules import Scope
from ..rules.breaking import Draft
from ..rules.key_columns import key_reader
from ..rules.references import RefersTo
from .surroundings import Surroundings


class FileAccess:
    """The file's side of a bench; see `Bench`."""

    workshop: Surroundings
    scope: Scope

    def records(self, record_type: str) -> list[Draft]:
        """The fields of all records of a type in the file so far, and of those that the target system has."""
        return self.workshop.draft.records(record_type)

    def index(self, record_type: str, tag: Hashable, read: Callable[[Draft], Key | None]) -> Mapping[Key, Draft]:
        """The records of a type by a key; of several with one key the first."""
        return self.workshop.draft.index(record_type, tag, read)

    def found(self, record_type: str, key: Key | None) -> Draft | None:
        """The record of a type with this key."""
        parts = self.scope.keys[record_type]
        read = key_reader(self.scope, parts, None, of=record_type)
        return None if key is None else self.index(record_type, (record_type, *parts), read).get(key)

    def add(self, record_type: str, given: Mapping[str, Any] | None = None, *, having: Sequence[str] = ()) -> Draft:
        """Put a new record into the file, valid and no larger than it has to be; its fields."""
        return self.workshop.add(record_type, given, having=having, minimal=True)

    def makes(self, record_type: str) -> bool:
        """Whether the file can have records of a type; those of the others live in the target system."""
        return record_type in self.workshop.types

    def try_add(self, record_type: str, given: Mapping[str, Any]) -> bool:
        """The same, where that is possible; whether it is."""
        return self.workshop.try_add(record_type, given, minimal=True)

    def change(self, record_type: str, fields: Draft, changes: Mapping[str, Any]) -> None:
        """Change a record that is in the file already."""
        fields.update(changes)

    def referable(self, record_type: str, name: str, item: str) -> str:
        """A value for a field of records of a type that refers to something: this one, if it does; else a new one."""
        bench = self.workshop.bench(record_type, minimal=True)
        for rule in bench.rules:
            if isinstance(rule, RefersTo) and rule.parts == [name]:
                parts = rule.found_by
                read = key_reader(rule.scope, parts, None, of=rule.to)
                known = self.index(rule.to, (rule.to, *parts), read)
                return item if item in known else str(read(self.add(rule.to, having=parts)))
        return item or bench.fresh(name)

    def put(self, fields: Draft) -> None:
        """Put a record of the bench's own type into the file as it is."""
        self.workshop.put(self.scope.record_type, dict(fields))

    def lack(self, record_type: str, key: Key) -> None:
        """Take care that no record with this key comes into the file, or is taken to be in the target system."""
        self.workshop.draft.lacking.add((record_type, key))

    def lacks(self, record_type: str, key: Key) -> bool:
        """Whether there must be no record with this key."""
        return (record_type, key) in self.workshop.draft.lacking

    def lay(self, given: Mapping[str, Any]) -> None:
        """Put a valid record of the bench's own type into the file."""
        self.workshop.add(self.scope.record_type, given, minimal=True)

    def know(self, record_type: str, key: Key) -> None:
        """Take it that the target system has a record with this key, which the file does not hold."""
        self.workshop.draft.know(record_type, key)
