"""Rules about numbers, and about how much lists and objects hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from ..units import counted
from .base import Fields, Finding, RecordRule
from .breaking import Bench, Breakage, Draft
from .fragments import Schema, field_is
from .kind import kind_of_rule
from .looking import LISTS, NUMBERS, OBJECTS, Contradiction, Look, bounds_contradict

_FEW = 40
"""So many items are no trouble to make."""


@kind_of_rule
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

    def looks_at(self) -> Iterator[Look]:
        yield Look(("field",), self.field, NUMBERS)

    def contradictions(self) -> Iterator[Contradiction]:
        yield from bounds_contradict(self.min, self.max)

    def schema(self) -> Schema:
        bounds = {"minimum": self.min, "maximum": self.max}
        return field_is(self.field, {name: bound for name, bound in bounds.items() if bound is not None})

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return
        if (self.min is not None and value < self.min) or (self.max is not None and value > self.max):
            yield Finding((self.field,), value, {"bounds": bounds_text(self.min, self.max)})

    judges_value: ClassVar[bool] = True

    def mend(self, fields: Draft, bench: Bench) -> None:
        fields[self.field] = bench.choose.pick([each for each in (self.min, self.max) if each is not None])

    def edge(self, fields: Draft, bench: Bench) -> None:
        if bounds := bench.fitting(self.field, [each for each in (self.min, self.max) if each is not None]):
            fields[self.field] = bench.choose.pick(bounds)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        below = [self.min - 1, self.min - 0.5] if self.min is not None else []
        above = [self.max + 1, self.max + 0.5] if self.max is not None else []
        for number in bench.fitting(self.field, [*below, *above]):
            yield Breakage({**fields, self.field: number}, (self.field,), [self.field])


@kind_of_rule
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

    def looks_at(self) -> Iterator[Look]:
        yield Look(("field",), self.field, LISTS | OBJECTS)

    def contradictions(self) -> Iterator[Contradiction]:
        yield from bounds_contradict(self.min or None, self.max)
        if self.min < 0 or (self.max is not None and self.max < 0):
            yield Contradiction(("min" if self.min < 0 else "max",), "nothing has fewer than 0 items")

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

    judges_value: ClassVar[bool] = True

    def mend(self, fields: Draft, bench: Bench) -> None:
        value = fields[self.field]
        fields[self.field] = self._sized(value, bench, self.min if len(value) < self.min else self.max or 0)

    def edge(self, fields: Draft, bench: Bench) -> None:
        bounds = [bound for bound in (self.min, self.max) if bound is not None and bound <= _FEW]
        fields[self.field] = self._sized(bench.value(self.field), bench, bench.choose.pick(bounds or [_FEW]))

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        value = fields.get(self.field) or bench.value(self.field)
        for count in (*([self.min - 1] if self.min else []), *([self.max + 1] if self.max is not None else [])):
            yield Breakage({**fields, self.field: self._sized(value, bench, count)}, (self.field,), [self.field])

    def _sized(self, value: Any, bench: Bench, count: int) -> Any:
        """The value, with so many items."""
        if isinstance(value, dict):
            kept = dict(list(value.items())[:count])
            return {**kept, **{bench.fresh(): 1 for _ in range(count - len(kept))}}
        return [*value[:count], *bench.items(self.field, max(count - len(value), 0))]


@kind_of_rule
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

    def looks_at(self) -> Iterator[Look]:
        yield Look(("field",), self.field, LISTS | OBJECTS)

    def check(self, fields: Fields) -> Iterator[Finding]:
        pending: list[tuple[Any, tuple[str | int, ...]]] = [(fields.get(self.field), (self.field,))]
        while pending:
            value, path = pending.pop()
            if isinstance(value, list):
                if (points := count_points(value)) > self.max:
                    yield Finding(path, None, {"found": f"{points:,}", "limit": f"{self.max:,}"})
            elif isinstance(value, dict):
                pending += [(inner, (*path, name)) for name, inner in reversed(value.items())]

    def mend(self, fields: Draft, bench: Bench) -> None:
        fields[self.field] = {
            name: each for name, each in fields[self.field].items() if not isinstance(each, list | dict)
        }

    def edge(self, fields: Draft, bench: Bench) -> None:
        if self.max <= _FEW or bench.choose.chance(4):
            fields[self.field] = {**bench.value(self.field), **(fields.get(self.field) or {}), "points": [1] * self.max}

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        name, half = bench.fresh(), self.max // 2
        rest = self.max - half
        for points in ([1] * (self.max + 1), [[1] * half, {"a": [None] * rest, "b": 1}]):
            given = {**(fields.get(self.field) or {}), name: points}
            yield Breakage({**fields, self.field: given}, (self.field, name), [self.field])


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
