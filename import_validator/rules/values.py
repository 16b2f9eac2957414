"""Rules about numbers, lists and objects, and about values that have to agree with each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from ..errors import RuleSetError
from ..readers import UNREADABLE
from ..units import counted
from ..violation import to_json
from .base import Fields, Finding, RecordRule
from .fragments import Schema, field_is


@dataclass(frozen=True, kw_only=True)
class Range(RecordRule):
    """A number must lie within bounds.

    ## What it checks
    The number is at least `min` and at most `max`, where these are given.

    ## Why it matters
    The target system refuses numbers outside, or means something else by them.

    ## Example
    An `activity_copy_limit` of 5000 where at most 1000 is taken.

    ## How to mend it
    Correct the number.

    Attributes:
        field: the field.
        min: the lowest number that is right.
        max: the highest number that is right.
    """

    kind: ClassVar[str] = "range"
    default_message: ClassVar[str] = "{subject}.{field} {value} out of range ({bounds})"
    default_hint: ClassVar[str] = "give a number of {bounds}"

    field: str
    min: int | None = None
    max: int | None = None

    def schema(self) -> Schema:
        bounds = {"minimum": self.min, "maximum": self.max}
        return field_is(self.field, {name: bound for name, bound in bounds.items() if bound is not None})

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return
        if (self.min is not None and value < self.min) or (self.max is not None and value > self.max):
            yield Finding((self.field,), value, {"bounds": bounds_text(self.min, self.max)})


@dataclass(frozen=True, kw_only=True)
class Count(RecordRule):
    """A list, or an object, must have neither too few nor too many items.

    ## What it checks
    The number of items of a list, or of keys of an object, is at least `min` and at most `max`.

    ## Why it matters
    Requests and records with more are refused as a whole.

    ## Example
    A message with 31 attachments where 30 are taken; a list of 3,700 activities in one instruction.

    ## How to mend it
    Split the list over several records, or shorten it.

    Attributes:
        field: the field.
        min: the smallest number of items that is right.
        max: the largest number of items that is right.
    """

    kind: ClassVar[str] = "count"
    default_message: ClassVar[str] = "{subject}.{field} has {items} ({bounds} allowed)"
    default_hint: ClassVar[str] = "give {bounds}"

    field: str
    min: int = 0
    max: int | None = None

    def schema(self) -> Schema:
        bounds = {"minItems": self.min, "minProperties": self.min, "maxItems": self.max, "maxProperties": self.max}
        return field_is(self.field, {name: bound for name, bound in bounds.items() if bound is not None})

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        if not isinstance(value, list | dict):
            return
        if len(value) < self.min or (self.max is not None and len(value) > self.max):
            found = {"found": f"{len(value):,}", "items": counted(len(value), "item")}
            yield Finding((self.field,), None, {**found, "bounds": bounds_text(self.min or None, self.max)})


@dataclass(frozen=True, kw_only=True)
class NoRepeats(RecordRule):
    """A list must not name anything twice.

    ## What it checks
    No two items of the list are equal; with `by`, no two objects in it have the same value of that field.

    ## Why it matters
    The second one would overwrite the first, or the request be refused.

    ## Example
    `"key_names": ["id", "id"]`

    ## How to mend it
    Remove the second.

    Attributes:
        field: the field with the list; or with an object of lists, each looked at by itself.
        by: the field of the objects in the list that must differ.
    """

    kind: ClassVar[str] = "no-repeats"
    default_message: ClassVar[str] = '{subject}.{field} has "{value}" twice'
    default_hint: ClassVar[str] = "remove the second"

    field: str
    by: str = ""

    def schema(self) -> Schema | None:
        return None if self.by else field_is(self.field, {"uniqueItems": True, "not": {"type": "object"}})

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        if isinstance(value, list):
            yield from self._repeats((self.field,), value)
        elif isinstance(value, dict):
            for name, items in value.items():
                if isinstance(items, list):
                    yield from self._repeats((self.field, name), items)

    def _repeats(self, path: tuple[str, ...], items: list[Any]) -> Iterator[Finding]:
        seen: set[str] = set()
        for at, item in enumerate(items):
            named = item.get(self.by) if self.by and isinstance(item, dict) else item
            text = to_json(named)
            if text in seen and named is not None and named is not UNREADABLE:
                yield Finding((*path, at, self.by) if self.by else (*path, at), named)
            seen.add(text)


@dataclass(frozen=True, kw_only=True)
class Disjoint(RecordRule):
    """Two lists, or objects, must not name the same thing.

    ## What it checks
    No item (or key, of an object) stands in both fields.

    ## Why it matters
    The one says the opposite of the other: a field cannot be set and removed at once.

    ## Example
    `{"set": {"popularity": 3}, "unset": ["popularity"]}`

    ## How to mend it
    Take it out of one of them.

    Attributes:
        fields: the two fields.
    """

    kind: ClassVar[str] = "disjoint"
    default_message: ClassVar[str] = '"{value}" is in both {names}'
    default_hint: ClassVar[str] = "take it out of one of them"

    fields: list[str]

    def __post_init__(self) -> None:
        super().__post_init__()
        _only_two(self.kind, self.fields)

    def check(self, fields: Fields) -> Iterator[Finding]:
        first, second = (fields.get(name) for name in self.fields)
        if not isinstance(first, list | dict) or not isinstance(second, list | dict):
            return
        names = " and ".join(f"{self.scope.subject}.{name}" for name in self.fields)
        for at, item in enumerate(second):
            if isinstance(item, str) and item in first:
                yield Finding((self.fields[1], item if isinstance(second, dict) else at), item, {"names": names})


@dataclass(frozen=True, kw_only=True)
class Differ(RecordRule):
    """Two fields must not have the same value.

    ## What it checks
    The values of the two fields are different.

    ## Why it matters
    Nothing can follow, or contain, itself.

    ## Example
    A follow with the same `source` and `target`.

    ## How to mend it
    Correct one of them, or leave the record out.

    Attributes:
        fields: the two fields.
    """

    kind: ClassVar[str] = "differ"
    default_message: ClassVar[str] = '{subject}.{first} and {subject}.{second} are both "{value}"'
    default_hint: ClassVar[str] = "correct one of them, or leave the {subject} out"

    fields: list[str]

    def __post_init__(self) -> None:
        super().__post_init__()
        _only_two(self.kind, self.fields)

    def check(self, fields: Fields) -> Iterator[Finding]:
        first, second = self.fields
        value = fields.get(first)
        if isinstance(value, str) and value and value == fields.get(second):
            yield Finding((second,), value, {"first": first, "second": second})


@dataclass(frozen=True, kw_only=True)
class ComposedOf(RecordRule):
    """A value must be what its parts make it.

    ## What it checks
    The field is the values of the fields `parts`, joined by `separator`. Nothing is said where one of them is
    absent.

    ## Why it matters
    The same thing is said twice, and other records refer to it by the one or the other.

    ## Example
    `"group_id": "user", "id": "ann", "fid": "user:bob"`

    ## How to mend it
    Correct the one that is wrong.

    Attributes:
        field: the field.
        parts: the fields that make it.
        separator: what stands between them.
    """

    kind: ClassVar[str] = "composed-of"
    default_message: ClassVar[str] = '{subject}.{field} "{value}" should be "{expected}"'
    default_hint: ClassVar[str] = 'write "{expected}", or correct {names}'

    field: str
    parts: list[str]
    separator: str = ":"

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        parts = [fields.get(name) for name in self.parts]
        texts = [part for part in parts if isinstance(part, str) and part]
        if not isinstance(value, str) or not value or len(texts) < len(parts):
            return
        expected = self.separator.join(texts)
        if value != expected:
            yield Finding((self.field,), value, {"expected": expected, "names": " or ".join(self.parts)})


@dataclass(frozen=True, kw_only=True)
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

    def check(self, fields: Fields) -> Iterator[Finding]:
        data, names = fields.get(self.field), fields.get(self.names)
        if isinstance(data, dict) and isinstance(names, list):
            for name in dict.fromkeys(each for each in names if isinstance(each, str)):
                if data.get(name) is None:
                    yield Finding((self.field, name), name)


@dataclass(frozen=True, kw_only=True)
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

    def check(self, fields: Fields) -> Iterator[Finding]:
        data, names = fields.get(self.field), fields.get(self.names)
        if not isinstance(data, dict) or not isinstance(names, list):
            return
        for name in dict.fromkeys(each for each in names if isinstance(each, str)):
            value = data.get(name)
            if isinstance(value, str) and len(value) > self.characters:
                details = {"key": name, "limit": str(self.characters), "length": str(len(value))}
                yield Finding((self.field, name), value, details)


@dataclass(frozen=True, kw_only=True)
class ArrayPoints(RecordRule):
    """No list inside a record may hold more values than the target system takes.

    ## What it checks
    No list in the object, however deep, has more than `max` values in it, those of lists and objects within
    it included.

    ## Why it matters
    Such a record is refused, and the whole request with it.

    ## Example
    A list of 4,000 orders of three fields each, where 10,000 values are taken.

    ## How to mend it
    Send the items as records of a table of their own.

    Attributes:
        field: the field with the object.
        max: the largest number of values in one list.
    """

    kind: ClassVar[str] = "array-points"
    default_message: ClassVar[str] = "{subject}.{field} has a list of {found} data points ({limit} allowed)"
    default_hint: ClassVar[str] = "send the items as records of a table of their own"

    field: str
    max: int

    def check(self, fields: Fields) -> Iterator[Finding]:
        pending: list[tuple[Any, tuple[str | int, ...]]] = [(fields.get(self.field), (self.field,))]
        while pending:
            value, path = pending.pop()
            if isinstance(value, list):
                if (points := count_points(value)) > self.max:
                    yield Finding(path, None, {"found": f"{points:,}", "limit": f"{self.max:,}"})
            elif isinstance(value, dict):
                pending += [(inner, (*path, name)) for name, inner in reversed(value.items())]


def _only_two(kind: str, fields: list[str]) -> None:
    if len(fields) != 2:
        raise RuleSetError(f"{kind}: fields has to name two fields, not {len(fields)}")


def count_points(value: Any) -> int:
    """How many values that are neither list nor object there are in a value."""
    points = 0
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, list):
            pending += each
        elif isinstance(each, dict):
            pending += each.values()
        else:
            points += 1
    return points


def bounds_text(low: int | None, high: int | None) -> str:
    """Bounds in words, such as `1 to 100`."""
    if low is None:
        return "any" if high is None else f"at most {high:,}"
    return f"at least {low:,}" if high is None else f"{low:,} to {high:,}"
