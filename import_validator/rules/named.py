"""Rules about the keys of an object that another field names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from .base import Fields, Finding, RecordRule
from .breaking import Bench, Breakage, Draft
from .kind import kind_of_rule
from .looking import LISTS, OBJECTS, TEXT, Look


@kind_of_rule
class NamedKeys(RecordRule):
    """An object must have the keys that another field names.

    ## What it checks
    The object has every key that `names` lists, and none of them is null.

    ## Why it matters
    These keys tell the rows of a table apart; a row without them cannot be stored.

    ## Example
    `"key_names": ["id"], "data": {"status": "new"}`

    ## How to mend it
    Add the key to the data, or take it out of the list.

    Attributes:
        field: the field with the object.
        names: the field with the list of keys.
    """

    kind: ClassVar[str] = "named-keys"
    default_message: ClassVar[str] = '{subject}.{field} lacks its key "{value}"'
    default_hint: ClassVar[str] = 'add "{value}" to {field}, or take it out of {names}'

    field: str
    names: str

    def looks_at(self) -> Iterator[Look]:
        yield Look(("field",), self.field, OBJECTS)
        yield Look(("names",), self.names, LISTS, items=TEXT)

    def check(self, fields: Fields) -> Iterator[Finding]:
        data, names = fields.get(self.field), fields.get(self.names)
        if isinstance(data, dict) and isinstance(names, list):
            for name in dict.fromkeys(each for each in names if isinstance(each, str)):
                if data.get(name) is None:
                    yield Finding((self.field, name), name)

    def mend(self, fields: Draft, bench: Bench) -> None:
        missing = [found.value for found in self.check(fields)]
        if bench.is_held(self.field):
            fields[self.names] = [name for name in fields[self.names] if name not in missing]
        else:
            fields[self.field] = {**fields[self.field], **{name: bench.fresh() for name in missing}}

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        name, data = bench.fresh(), fields.get(self.field) or bench.value(self.field)
        names = [*(fields.get(self.names) or []), name]
        for value in (data, {**data, name: None}):
            yield Breakage(
                {**fields, self.names: names, self.field: value}, (self.field, name), [self.names, self.field]
            )


@kind_of_rule
class NamedKeyLength(RecordRule):
    """A key that is text must not be longer than the target system can hold.

    ## What it checks
    Where the object's value of a key that `names` lists is a string, it has at most `characters` characters.

    ## Why it matters
    Longer keys are refused.

    ## Example
    `"key_names": ["url"]`, and a URL of 400 characters.

    ## How to mend it
    Use a shorter key, such as a hash of the long one.

    Attributes:
        field: the field with the object.
        names: the field with the list of keys.
        characters: the limit.
    """

    kind: ClassVar[str] = "named-key-length"
    default_message: ClassVar[str] = "{subject}.{field}.{key} max length exceeded ({limit})"
    default_hint: ClassVar[str] = "shorten it to {limit} characters; it has {length}"

    field: str
    names: str
    characters: int

    def looks_at(self) -> Iterator[Look]:
        yield Look(("field",), self.field, OBJECTS)
        yield Look(("names",), self.names, LISTS, items=TEXT)

    def check(self, fields: Fields) -> Iterator[Finding]:
        data, names = fields.get(self.field), fields.get(self.names)
        if not isinstance(data, dict) or not isinstance(names, list):
            return
        for name in dict.fromkeys(each for each in names if isinstance(each, str)):
            value = data.get(name)
            if isinstance(value, str) and len(value) > self.characters:
                details = {"key": name, "limit": str(self.characters), "length": str(len(value))}
                yield Finding((self.field, name), value, details)

    def mend(self, fields: Draft, bench: Bench) -> None:
        shorter = {found.path[1]: found.value[: self.characters] for found in self.check(fields)}
        fields[self.field] = {**fields[self.field], **shorter}

    def edge(self, fields: Draft, bench: Bench) -> None:
        for name in fields.get(self.names) or []:
            if isinstance(name, str) and isinstance(fields.get(self.field), dict):
                fields[self.field] = {**fields[self.field], name: bench.fresh().ljust(self.characters, "é")}

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        name = next(iter(fields.get(self.names) or []), "") or bench.fresh()
        names = fields.get(self.names) or [name]
        for letter in "xé🙂":
            data = {**(fields.get(self.field) or {}), name: bench.fresh().ljust(self.characters + 1, letter)}
            yield Breakage(
                {**fields, self.names: names, self.field: data}, (self.field, name), [self.names, self.field]
            )
