"""Rules about values that have to be among those there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field as option
from typing import Any, ClassVar

from .base import Fields, Finding, RecordRule
from .breaking import Bench, Breakage, Draft
from .fragments import Schema, at_value, each_or_one, field_is
from .kind import kind_of_rule
from .portable import literal
from .text import strings_of


@kind_of_rule
class Enum(RecordRule):
    """A value must be one of a list.

    ## What it checks
    The value is one of `values`. A field that is absent passes, unless it has a default that is not listed.

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
        cascades: whether, where only valid records count, an absent value is looked up as the empty string.
    """

    kind: ClassVar[str] = "enum"
    default_message: ClassVar[str] = "{subject}.{field} invalid ({allowed} allowed)"
    default_hint: ClassVar[str] = "use one of: {listed}"

    field: str
    values: list[str] | dict[str, Any]
    cascades: bool = False

    def schema(self) -> Schema:
        default = self.scope.defaults.get(self.field)
        if default is None or default in self.values:
            return field_is(self.field, {"enum": [*self.values, None]})
        return at_value(self.field, list(self.values))

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        if value is None:
            value = self.scope.defaults.get(self.field)
            if value is None and self.scope.cascade and self.cascades:
                value = ""
        if not isinstance(value, str) or value in self.values:
            return
        if not value and self.field in self.scope.required and not self.scope.cascade:
            return
        quoted = [f'"{each}"' for each in self.values]
        allowed = " and ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)
        yield Finding((self.field,), value, {"allowed": allowed, "listed": ", ".join(self.values)})

    judges_value: ClassVar[bool] = True

    def mend(self, fields: Draft, bench: Bench) -> None:
        fields.pop(self.field, None)
        self.edge(fields, bench)

    def edge(self, fields: Draft, bench: Bench) -> None:
        if fitting := bench.fitting(self.field, list(self.values)):
            fields[self.field] = bench.choose.pick(fitting)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        known = list(self.values)
        likes = [like for each in known[:2] for like in (each.upper(), f"{each} ", f"{each}s")]
        for text in bench.fitting(self.field, ["bogus", *likes, ""]):
            if text not in known and (text or self.field not in self.scope.required):
                yield Breakage({**fields, self.field: text}, (self.field,), [self.field])


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
