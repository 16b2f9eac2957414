"""Rules about numbers, and about how much lists and objects hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from ..errors import RuleSetError
from ..units import counted
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
