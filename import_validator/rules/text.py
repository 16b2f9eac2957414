"""Rules about what a value says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as option
from typing import Any, ClassVar

import regex

from ..errors import RuleSetError
from .base import Fields, Finding, Path, RecordRule
from .fragments import Schema, ascii_pattern, at_value, each_or_one, field_is, means_the_same_everywhere

PATTERN_SECONDS = 1.0
"""A pattern that takes longer over one value gives up, and the value counts as not matching."""


@dataclass(frozen=True, kw_only=True)
class MaxLength(RecordRule):
    """Text must not be longer than the target system can hold.

    ## What it checks
    The value has at most `bytes` bytes of UTF-8, or at most `characters` characters (code points). The two
    differ for everything that is not plain ASCII.

    ## Why it matters
    Longer text would be cut off, or the record refused.

    ## Example
    A user id of 256 letters; or one of 128 letters `é`, which take two bytes each.

    ## How to mend it
    Shorten the text. Where it is a key, shorten it in the same way wherever it is referred to, and take care
    that different long keys stay different.

    Attributes:
        field: the field.
        bytes: the limit in bytes of UTF-8.
        characters: the limit in characters.
    """

    kind: ClassVar[str] = "max-length"
    default_message: ClassVar[str] = "{subject}.{field} max length exceeded ({limit})"
    default_hint: ClassVar[str] = "shorten it to {limit} {unit}; it has {length}"

    field: str
    bytes: int | None = None
    characters: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.bytes is None) == (self.characters is None):
            raise RuleSetError(f"max-length of {self.field}: give either bytes or characters")

    def schema(self) -> Schema:
        if self.characters is not None:
            return field_is(self.field, {"maxLength": self.characters})
        assert self.bytes is not None
        # JSON Schema counts characters: it can be sure of ASCII, and of what is short enough whatever it holds.
        ascii_only = {"maxLength": self.bytes, "pattern": "^[\\x00-\\x7F]*$"}
        return field_is(self.field, {"anyOf": [{"maxLength": self.bytes // 4}, ascii_only]})

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        if not isinstance(value, str):
            return
        if self.characters is not None:
            limit, unit, length = self.characters, "characters", len(value)
        else:
            assert self.bytes is not None
            if len(value) * 4 <= self.bytes:
                return
            limit, unit, length = self.bytes, "bytes", len(value.encode("utf-8", "surrogatepass"))
        if length > limit:
            yield Finding((self.field,), value, {"limit": str(limit), "unit": unit, "length": str(length)})


@dataclass(frozen=True, kw_only=True)
class MaxLengthBy(RecordRule):
    """Text must not be longer than another field's value allows.

    ## What it checks
    The value has at most as many characters as `limits` gives for the value of the field `by`, or `default`
    where it gives none.

    ## Why it matters
    The limit is a setting of what the record belongs to, such as a channel type's longest message.

    ## Example
    A message of 6,000 characters in a channel of a type that allows 5,000.

    ## How to mend it
    Shorten or split the text, or raise the limit in the target app and give it as a parameter.

    Attributes:
        field: the field with the text.
        by: the field that decides on the limit.
        limits: the limit in characters for each value of `by`.
        default: the limit for any other value.
    """

    kind: ClassVar[str] = "max-length-by"
    default_message: ClassVar[str] = "{subject}.{field} max length exceeded ({limit})"
    default_hint: ClassVar[str] = "shorten it to {limit} characters; it has {length}"

    field: str
    by: str
    limits: Mapping[str, int]
    default: int

    def schema(self) -> Schema:
        known = sorted(self.limits)
        cases = [(at_value(self.by, [name]), self.limits[name]) for name in known]
        cases.append(({"not": at_value(self.by, known)}, self.default))
        longest = max(limit for _, limit in cases)
        lower = [
            {"if": when, "then": field_is(self.field, {"maxLength": limit})} for when, limit in cases if limit < longest
        ]
        return {**field_is(self.field, {"maxLength": longest}), **({"allOf": lower} if lower else {})}

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        if not isinstance(value, str):
            return
        by = fields.get(self.by)
        limit = self.limits.get(by, self.default) if isinstance(by, str) else self.default
        if len(value) > limit:
            yield Finding((self.field,), value, {"limit": str(limit), "length": str(len(value))})


@dataclass(frozen=True, kw_only=True)
class Pattern(RecordRule):
    """Text must have a certain form.

    ## What it checks
    The whole value matches the regular expression, a trailing newline included. `\\w`, `\\d` and `\\s` are
    ASCII. With `each`, every string of a list does.

    ## Why it matters
    The value becomes part of addresses and file names in the target system.

    ## Example
    A user id `ann smith` where `^[@\\w-]*$` is allowed: the space is not.

    ## How to mend it
    Replace the characters that are not allowed, in the same way wherever the value is used.

    Attributes:
        field: the field.
        pattern: the regular expression.
        each: whether the field is a list of strings to be looked at one by one.
    """

    kind: ClassVar[str] = "pattern"
    default_message: ClassVar[str] = '{subject}.{field} invalid ("{pattern}" allowed)'
    default_hint: ClassVar[str] = "change it to match {pattern}"

    field: str
    pattern: str
    each: bool = False
    _compiled: Any = option(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            object.__setattr__(self, "_compiled", regex.compile(self.pattern, regex.ASCII))
        except regex.error as error:
            raise RuleSetError(f"pattern {self.pattern!r}: {error}") from error

    def schema(self) -> Schema | None:
        if not means_the_same_everywhere(self.pattern):
            return None
        pattern = ascii_pattern(f"(?:{self.pattern})|" if self._leaves_empty else self.pattern)
        return each_or_one(self.field, {"pattern": pattern}, each=self.each)

    def check(self, fields: Fields) -> Iterator[Finding]:
        for path, value in strings_of(fields, self.field, each=self.each):
            if (value or not self._leaves_empty) and not self._matches(value):
                yield Finding(path, value)

    @property
    def _leaves_empty(self) -> bool:
        """Whether the empty string is left to another rule, which says that the field is required."""
        return not self.each and self.field in self.scope.required

    def _matches(self, value: str) -> bool:
        try:
            return self._compiled.fullmatch(value, timeout=PATTERN_SECONDS) is not None
        except TimeoutError:
            return False


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
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
        right = "|".join(re.escape(name) for name, kind in self.groups.items() if not self.kinds or kind in self.kinds)
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


@dataclass(frozen=True, kw_only=True)
class Each(RecordRule):
    """The parts of a record are held to rules of their own.

    ## What it checks
    The object, or every object in the list, keeps to the rules of `shape`. What is found is reported under those rules'
    codes, with a path that leads to the part.

    ## Why it matters
    A mistake in one part is enough to refuse the whole record.

    ## Example
    A message with two attachments, of which the second has no `type`.

    ## How to mend it
    See the code of the rule that was broken.

    Attributes:
        field: the field with the object, or the list of objects.
        shape: the name of the shape.
        by_name: whether the field is an object whose values are the objects, or lists of them, by any name.
    """

    kind: ClassVar[str] = "each"

    field: str
    shape: str
    by_name: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.scope.record_type and self.shape not in self.scope.shapes:
            raise RuleSetError(f"each of {self.field}: no shape {self.shape!r}")

    def schema(self) -> Schema | None:
        inner = [rule.schema() for rule in self.scope.shapes[self.shape]]
        if None in inner:
            return None
        part: Schema = {"allOf": fragments} if (fragments := [each for each in inner if each]) else {}
        listed = {"items": {**part, "items": part}}
        return field_is(
            self.field, {"additionalProperties": {**part, **listed}, **listed} if self.by_name else {**part, **listed}
        )

    def check(self, fields: Fields) -> Iterator[Finding]:
        for path, part in self._parts(fields.get(self.field), (self.field,)):
            for rule in self.scope.shapes[self.shape]:
                for found in rule.check(part):
                    within = found.within if found.rule else part
                    yield Finding((*path, *found.path), found.value, found.details, found.rule or rule, within)

    def _parts(self, value: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
        if isinstance(value, list):
            for number, item in enumerate(value):
                yield from self._parts(item, (*path, number))
        elif isinstance(value, dict) and self.by_name and len(path) == 1:
            for name, item in value.items():
                yield from self._parts(item, (*path, name))
        elif isinstance(value, dict):
            yield path, value


def strings_of(fields: Fields, name: str, *, each: bool) -> Iterator[tuple[Path, str]]:
    """The string that a field holds, or each string of the list that it holds, with its path."""
    value = fields.get(name)
    if not each:
        if isinstance(value, str):
            yield (name,), value
    elif isinstance(value, list):
        for number, item in enumerate(value):
            if isinstance(item, str):
                yield (name, number), item
