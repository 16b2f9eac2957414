"""Rules about fields that need, or exclude, each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from ..model.violation import to_json
from ..readers import UNREADABLE
from .base import Fields, Finding, RecordRule, Scope
from .breaking import Bench, Breakage, Draft
from .fragments import Schema, at_value, given, same
from .kind import kind_of_rule
from .looking import Contradiction, Look, looks_at_each


@kind_of_rule
class Requires(RecordRule):
    """One field needs others beside it.

    ## What it checks
    Where the field is present, all fields of `needs` are too. With `equals`, only where it has that value; where it
    is absent, its default counts.

    ## Why it matters
    The field says that something happened; the others say when, or by whom.

    ## Example
    `{"type": "message", "item": {"type": "deleted", …}}` without a `deleted_at`.

    ## How to mend it
    Add what is missing, or leave the field out.

    Attributes:
        field: the field that has needs.
        equals: the value for which it has them; any value where this is not given.
        needs: the fields it needs.
    """

    kind: ClassVar[str] = "requires"
    default_message: ClassVar[str] = "{subject}.{field} without {missing}"
    default_hint: ClassVar[str] = 'add {missing}, or change "{field}"'

    field: str
    equals: Any = None
    needs: list[str]

    def looks_at(self) -> Iterator[Look]:
        values = () if self.equals is None else ((("equals",), self.equals),)
        yield Look(("field",), self.field, values=values)
        yield from looks_at_each("needs", self.needs)

    def schema(self) -> Schema:
        needing = [given(self.field)] if self.equals is None else _has_one_of(self.scope, self.field, [self.equals])
        return {"anyOf": [{"not": {"anyOf": needing}}, {"allOf": [given(name) for name in self.needs]}]}

    def check(self, fields: Fields) -> Iterator[Finding]:
        if not self._has_needs(fields):
            return
        missing = [name for name in self.needs if fields.get(name) in (None, "")]
        if missing:
            value = _value_or_default(self.scope, fields, self.field)
            yield Finding((self.field,), value, {"missing": " and ".join(missing)})

    def _has_needs(self, fields: Fields) -> bool:
        if self.equals is None:
            return fields.get(self.field) not in (None, "", UNREADABLE)
        return same(_value_or_default(self.scope, fields, self.field), self.equals)

    def mend(self, fields: Draft, bench: Bench) -> None:
        missing = [name for name in self.needs if fields.get(name) in (None, "")]
        if bench.is_held(self.field) or not any(bench.is_held(name) for name in missing):
            fields.update({name: bench.value(name) for name in missing})
            return
        fields.pop(self.field, None)
        if self._has_needs(fields):
            others = [each for each in bench.listed(self.field) if not same(each, self.equals)]
            fields[self.field] = bench.choose.pick(others) if others else bench.value(self.field)

    def edge(self, fields: Draft, bench: Bench) -> None:
        fields[self.field] = bench.value(self.field) if self.equals is None else self.equals
        fields.update({name: bench.value(name) for name in self.needs if fields.get(name) in (None, "")})

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        left = {name: value for name, value in fields.items() if name not in self.needs}
        given = bench.value(self.field) if self.equals is None else self.equals
        yield Breakage({**left, self.field: given}, (self.field,), [self.field, *self.needs])
        by_default = {name: value for name, value in left.items() if name != self.field}
        if self.equals is not None and self._has_needs(by_default):
            yield Breakage(by_default, (self.field,), [self.field, *self.needs])


@kind_of_rule
class Conflicts(RecordRule):
    """A field must not be given while another one has certain values.

    ## What it checks
    Where the field is present, the field `other` has none of `values`. Where `other` is absent, its default
    counts.

    ## Why it matters
    The two contradict each other: a message that is not deleted has no time of deletion.

    ## Example
    `{"type": "message", "item": {"type": "regular", "deleted_at": "2022-02-14T12:34:30Z", …}}`

    ## How to mend it
    Remove the one that is not so.

    Attributes:
        field: the field.
        other: the other one.
        values: values of the other one that contradict the field.
    """

    kind: ClassVar[str] = "conflicts"
    default_message: ClassVar[str] = '{subject}.{field} "{value}" while {subject}.{other} is "{found}"'
    default_hint: ClassVar[str] = 'remove "{field}", or correct "{other}"'

    field: str
    other: str
    values: list[Any]

    def looks_at(self) -> Iterator[Look]:
        values = tuple([(("values", at), value) for at, value in enumerate(self.values)])
        yield Look(("field",), self.field)
        yield Look(("other",), self.other, values=values)

    def contradictions(self) -> Iterator[Contradiction]:
        if not self.values:
            yield Contradiction(("values",), "no value conflicts with the field: it finds nothing")

    def schema(self) -> Schema:
        contradicts = _has_one_of(self.scope, self.other, self.values)
        return {"not": {"allOf": [given(self.field), {"anyOf": contradicts}]}}

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        if value in (None, "", UNREADABLE):
            return
        found = _value_or_default(self.scope, fields, self.other)
        if _among(found, self.values):
            yield Finding((self.field,), value, {"found": found if isinstance(found, str) else to_json(found)})

    def mend(self, fields: Draft, bench: Bench) -> None:
        if bench.is_held(self.field):
            self._make_room(fields, bench)
        else:
            fields.pop(self.field)

    def edge(self, fields: Draft, bench: Bench) -> None:
        fields[self.field] = bench.value(self.field)
        self._make_room(fields, bench)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        given = {**fields, self.field: bench.value(self.field)}
        holds = [self.field, self.other]
        if _among(self.scope.defaults.get(self.other), self.values):
            yield Breakage({name: each for name, each in given.items() if name != self.other}, (self.field,), holds)
        for value in bench.fitting(self.other, self.values):
            yield Breakage({**given, self.other: value}, (self.field,), holds)

    def _make_room(self, fields: Draft, bench: Bench) -> None:
        """Give the other field a value that contradicts nothing, or none."""
        right = [value for value in bench.listed(self.other) if not _among(value, self.values)]
        if right and _among(self.scope.defaults.get(self.other), self.values):
            fields[self.other] = bench.choose.pick(right)
        else:
            fields.pop(self.other, None)


@kind_of_rule
class OnlyWhere(RecordRule):
    """A field makes sense only while another one has a certain value.

    ## What it checks
    Where the field is present, the field `other` has one of `values`. Where `other` is absent, its default
    counts.

    ## Why it matters
    The field belongs to a state that the record is not in: nobody accepts an invitation that was not made.

    ## Example
    A member with `invite_accepted_at` and without `"invited": true`.

    ## How to mend it
    Remove the field, or correct the other one.

    Attributes:
        field: the field.
        other: the other one.
        values: the values of the other one with which the field makes sense.
    """

    kind: ClassVar[str] = "only-where"
    default_message: ClassVar[str] = "{subject}.{field} while {subject}.{other} is {found}"
    default_hint: ClassVar[str] = 'remove "{field}", or correct "{other}"'

    field: str
    other: str
    values: list[Any]

    def looks_at(self) -> Iterator[Look]:
        values = tuple([(("values", at), value) for at, value in enumerate(self.values)])
        yield Look(("field",), self.field)
        yield Look(("other",), self.other, values=values)

    def contradictions(self) -> Iterator[Contradiction]:
        if not self.values:
            yield Contradiction(("values",), "the field makes sense with no value: it would always be wrong")

    def schema(self) -> Schema:
        return {"anyOf": [{"not": given(self.field)}, *_has_one_of(self.scope, self.other, self.values)]}

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        if value in (None, "", UNREADABLE):
            return
        found = _value_or_default(self.scope, fields, self.other)
        if found is not UNREADABLE and not _among(found, self.values):
            yield Finding((self.field,), value, {"found": "absent" if found is None else to_json(found)})

    def mend(self, fields: Draft, bench: Bench) -> None:
        if bench.is_held(self.field):
            fields[self.other] = bench.choose.pick(self.values)
        else:
            fields.pop(self.field)

    def edge(self, fields: Draft, bench: Bench) -> None:
        fields[self.other] = bench.choose.pick(self.values)
        fields[self.field] = bench.value(self.field)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        given = {**fields, self.field: bench.value(self.field)}
        holds = [self.field, self.other]
        if not _among(self.scope.defaults.get(self.other), self.values):
            yield Breakage({name: each for name, each in given.items() if name != self.other}, (self.field,), holds)
        for value in bench.fitting(self.other, [False, True, bench.value(self.other)]):
            if not _among(value, self.values):
                yield Breakage({**given, self.other: value}, (self.field,), holds)


def _among(value: Any, values: list[Any]) -> bool:
    return any(same(value, each) for each in values)


def _value_or_default(scope: Scope, fields: Fields, name: str) -> Any:
    """A field's value, or what it counts as where it is absent."""
    value = fields.get(name)
    return scope.defaults.get(name) if value is None else value


def _has_one_of(scope: Scope, name: str, values: list[Any]) -> list[Schema]:
    """The ways in which a field can have one of the values, or count as having it."""
    ways = [at_value(name, list(values))]
    if _among(scope.defaults.get(name), values):
        ways += [{"not": {"required": [name]}}, at_value(name, [None])]
    return ways
