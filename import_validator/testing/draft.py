"""A file in the making: records in the order in which they will stand, and what is known of their keys."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..facts.rows import Key
from ..rules.breaking import Draft
from ..ruleset.plan import Plan

Reader = Callable[[Draft], Key | None]


@dataclass(eq=False, slots=True)
class Line:
    """What several records are wrapped in together, for formats that do so.

    Attributes:
        record_type: the type of the records.
        fields: the envelope's own fields.
        written: what stands in the file in the place of some of them.
        is_whole: whether no further record may be put into it.
    """

    record_type: str
    fields: Draft
    written: Mapping[str, Any] = field(default_factory=dict)
    is_whole: bool = False


@dataclass(eq=False, slots=True)
class Entry:
    """One record of a file in the making.

    Attributes:
        record_type: its type.
        fields: its fields as rules see them; None for a line that has no records.
        line: what it is wrapped in with others, for formats that do so.
        written: what stands in the file in the place of some fields.
        misplaced: whether it stands at the end of the file, whatever order the format wants.
        instead: one value that stands in the place of all fields, where there is one.
    """

    record_type: str
    fields: Draft | None
    line: Line | None = None
    written: Mapping[str, Any] = field(default_factory=dict)
    misplaced: bool = False
    instead: tuple[Any, ...] = ()


@dataclass(slots=True)
class _Index:
    seen: int = 0
    records: dict[Key, Draft] = field(default_factory=dict)


class DraftFile:
    """A file in the making.

    Arguments:
        plan: what its records are held to.
        context: keys that references may lead to besides those of its own records, by record type: strings, or
            tuples for keys of several parts.
    """

    def __init__(self, plan: Plan, context: Mapping[str, Iterable[Key]] | None = None) -> None:
        self._plan = plan
        self.entries: list[Entry] = []
        self.unknown: list[tuple[str, Key]] = []
        self.lacking: set[tuple[str, Key]] = set()
        self._of_type: dict[str, list[Draft]] = {name: [] for name in plan.records}
        self._indexes: dict[tuple[str, Hashable], _Index] = {}
        self._fresh = 0
        for record_type, keys in (context or {}).items():
            self._of_type[record_type] += [self._stand_in(record_type, key) for key in keys]

    def put(self, entry: Entry) -> None:
        """Put a record at the end."""
        self.entries.append(entry)
        if entry.fields is not None:
            self._of_type[entry.record_type].append(entry.fields)

    def records(self, record_type: str) -> list[Draft]:
        """The fields of all records of a type, and stand-ins for those that the target system has."""
        return self._of_type[record_type]

    def index(self, record_type: str, tag: Hashable, read: Reader) -> Mapping[Key, Draft]:
        """The records of a type by a key; of several with one key the first."""
        index = self._indexes.setdefault((record_type, tag), _Index())
        records = self._of_type[record_type]
        for fields in records[index.seen :]:
            key = read(fields)
            if key is not None:
                index.records.setdefault(key, fields)
        index.seen = len(records)
        return index.records

    def know(self, record_type: str, key: Key) -> None:
        """Take it that the target system has a record with this key."""
        self.unknown.append((record_type, key))
        self._of_type[record_type].append(self._stand_in(record_type, key))

    def number(self) -> int:
        """Another number each time."""
        self._fresh += 1
        return self._fresh

    def mark(self) -> tuple[int, int, dict[str, int]]:
        """How far the file has come, to go back to."""
        return len(self.entries), len(self.unknown), {name: len(each) for name, each in self._of_type.items()}

    def back_to(self, mark: tuple[int, int, dict[str, int]]) -> None:
        """Drop what was put into the file since."""
        entries, unknown, records = mark
        if (len(self.entries), len(self.unknown)) != (entries, unknown):
            del self.entries[entries:], self.unknown[unknown:]
            for name, count in records.items():
                del self._of_type[name][count:]
            self._indexes.clear()

    def in_order(self) -> list[Entry]:
        """The records as the format wants them ordered; those that are misplaced last."""
        order = list(self._plan.rule_set.order)
        rank = {name: number for number, name in enumerate(order)}
        return sorted(self.entries, key=lambda entry: len(order) if entry.misplaced else rank.get(entry.record_type, 0))

    def _stand_in(self, record_type: str, key: Key) -> Draft:
        """Fields with a key, for a record that the file does not hold."""
        record = self._plan.rule_set.records[record_type]
        parts = key if isinstance(key, tuple) else (key,) if len(record.key) == 1 else tuple(key.split(":"))
        fields: Draft = {}
        for name, part in zip(record.key, parts, strict=True):
            derivation = record.derived.get(name)
            fields[derivation.plain_field if derivation else name] = part
        return fields
