"""Rules about values that have to be among those there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field as option
from typing import Any, ClassVar

from ..model.nearest import did_you_mean
from ..model.violation import to_json
from ..readers import UNREADABLE
from .base import Fields, Finding, RecordRule
from .breaking import Bench, Breakage, Draft
from .fragments import Schema, at_value, each_or_one, field_is, same
from .kind import kind_of_rule
from .looking import Contradiction, Look, of_text
from .portable import literal
from .text import strings_of


@kind_of_rule
class Enum(RecordRule):
    """A value must be one of a list.

    ## What it checks
    The value is one of `values`: texts, numbers, or true and false; 1.0 is 1, and true is not. A field that is
    absent passes, unless it has a default that is not listed. With `empty_is_absent`, so does the empty string.

    ## Why it matters
    The target system gives each of the values a meaning of its own, and has none for others.

    ## Example
    A message of type `"bogus"`; a user with a role that the app does not have.

    ## How to mend it
    Use one of the values. Where the list comes from the target app (roles, channel types), add the value
    there first and give the whole list as a parameter.

    Attributes:
        field: the field.
        values: what is allowed.
        empty_is_absent: whether the empty string counts as absent, and stands for the default.
        cascades: whether, where only valid records count, an absent value is looked up as the empty string.
    """

    kind: ClassVar[str] = "enum"
    default_message: ClassVar[str] = "{subject}.{field} invalid ({allowed} allowed)"
    default_hint: ClassVar[str] = "{meant}use one of: {listed}"

    field: str
    values: list[str | int | float | bool] | dict[str, Any]
    empty_is_absent: bool = False
    cascades: bool = False

    def looks_at(self) -> Iterator[Look]:
        values = tuple([(("values", at), value) for at, value in enumerate(self.values)])
        yield Look(("field",), self.field, values=values)

    def contradictions(self) -> Iterator[Contradiction]:
        if not self.values:
            yield Contradiction(("values",), "no value is allowed: every one would be refused")

    def schema(self) -> Schema:
        default = self.scope.defaults.get(self.field)
        if default is None or self._is_listed(default):
            return field_is(self.field, {"enum": [*self.values, *self._absent]})
        return at_value(self.field, list(self.values))

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        if value in self._absent:
            value = self.scope.defaults.get(self.field)
            if value is None and self.scope.cascade and self.cascades:
                value = ""
        if value is None or value is UNREADABLE or self._is_listed(value):
            return
        if value == "" and self.field in self.scope.required and not self.scope.cascade:
            return
        quoted = [f'"{each}"' if isinstance(each, str) else to_json(each) for each in self.values]
        allowed = " and ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)
        listed = ", ".join(each if isinstance(each, str) else to_json(each) for each in self.values)
        details = {"allowed": allowed, "listed": listed, "meant": lambda: did_you_mean(value, self.values)}
        yield Finding((self.field,), value, details)

    @property
    def _absent(self) -> list[Any]:
        return [None, ""] if self.empty_is_absent else [None]

    def _is_listed(self, value: Any) -> bool:
        return (isinstance(value, str) and value in self.values) or any(same(value, each) for each in self.values)

    judges_value: ClassVar[bool] = True

    def mend(self, fields: Draft, bench: Bench) -> None:
        fields.pop(self.field, None)
        self.edge(fields, bench)

    def edge(self, fields: Draft, bench: Bench) -> None:
        if fitting := bench.fitting(self.field, list(self.values)):
            fields[self.field] = bench.choose.pick(fitting)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        likes = [like for each in list(self.values)[:2] for like in _look_alikes(each)]
        for value in bench.fitting(self.field, ["bogus", *likes, ""]):
            left_to_another_rule = value == "" and (self.empty_is_absent or self.field in self.scope.required)
            if not self._is_listed(value) and not left_to_another_rule:
                yield Breakage({**fields, self.field: value}, (self.field,), [self.field])


def _look_alikes(value: Any) -> list[Any]:
    """Values that are nearly one that is allowed."""
    if isinstance(value, str):
        return [value.upper(), f"{value} ", f"{value}s"]
    return [str(value), not value] if isinstance(value, bool) else [str(value), value + 1, value - 1, value + 0.5]


@kind_of_rule
class KnownGroup(RecordRule):
    """A name such as `group:id` must begin with a group that the target app has.

    ## What it checks
    What stands before the colon is one of `groups`, and where `kinds` are given, a group of one of these kinds.
    Where no groups are given, nothing is checked, and the report says so.

    ## Why it matters
    Groups are set up in the app before the import; what belongs to others is refused.

    ## Example
    `timelin:ann` where the app has `timeline`; a follow of `notification:ann`, which is no flat feed.

    ## How to mend it
    Correct the name, or set the group up in the app and give it as a parameter.

    Attributes:
        field: the field with the name.
        groups: the kind of each group that there is.
        kinds: the kinds that are right here; all where empty.
        each: whether the field is a list of names to be looked at one by one.
    """

    kind: ClassVar[str] = "known-group"
    default_message: ClassVar[str] = '{subject}.{field}: {problem} (in "{value}")'
    default_hint: ClassVar[str] = "use one of: {listed}"

    field: str
    groups: Mapping[str, str]
    kinds: list[str] = option(default_factory=list)
    each: bool = False

    def looks_at(self) -> Iterator[Look]:
        yield of_text("field", self.field, each=self.each)

    @property
    def note(self) -> str:
        return "" if self.groups else "groups were not checked against the app's: they were not given as a parameter"

    def schema(self) -> Schema:
        if not self.groups:
            return {}
        right = "|".join(literal(name) for name, kind in self.groups.items() if not self.kinds or kind in self.kinds)
        known = f"^(?:(?:{right}):|[^:]*$)" if right else "^[^:]*$"
        return each_or_one(self.field, {"pattern": known}, each=self.each)

    def check(self, fields: Fields) -> Iterator[Finding]:
        if not self.groups:
            return
        right = [name for name, kind in self.groups.items() if not self.kinds or kind in self.kinds]
        for path, value in strings_of(fields, self.field, each=self.each):
            group, colon, _ = value.partition(":")
            if not colon or group in right:
                continue
            known = self.groups.get(group)
            article = "an" if known and known[0] in "aeiou" else "a"
            problem = f'"{group}" is {article} {known} group' if known else f'group "{group}" doesn\'t exist'
            yield Finding(path, value, {"problem": problem, "listed": ", ".join(right)})

    judges_value: ClassVar[bool] = True

    def mend(self, fields: Draft, bench: Bench) -> None:
        right = [name for name, kind in self.groups.items() if not self.kinds or kind in self.kinds]
        for found in list(self.check(fields)):
            text = f"{bench.choose.pick(right)}:{bench.fresh()}"
            if self.each:
                fields[self.field][found.path[1]] = text
            else:
                fields[self.field] = text

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        wrong = [name for name, kind in self.groups.items() if self.kinds and kind not in self.kinds]
        for group in (bench.fresh(), *wrong) if self.groups else ():
            text = f"{group}:{bench.fresh()}"
            listed = bench.with_room(fields, self.field) if self.each else []
            path: tuple[str | int, ...] = (self.field, len(listed)) if self.each else (self.field,)
            for value in bench.fitting(self.field, [[*listed, text] if self.each else text]):
                yield Breakage({**fields, self.field: value}, path, [self.field])

    def examples(self, bench: Bench) -> Iterator[str]:
        for name, kind in self.groups.items():
            if not self.kinds or kind in self.kinds:
                yield f"{name}:{bench.fresh()}"
