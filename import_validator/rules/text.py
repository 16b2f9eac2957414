"""Rules about what text says, and how long it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field as option
from typing import ClassVar

from ..errors import RuleSetError
from .base import Fields, Finding, Path, RecordRule, Rule
from .breaking import Bench, Breakage, Draft
from .fragments import Schema, at_value, each_or_one, field_is
from .kind import kind_of_rule
from .looking import Contradiction, Look, of_text
from .matching import Matcher, parts_of
from .portable import portable

_ODD_TEXTS = ("a b", "é", "", " ", "a:b:c", ":", "a\n", "🙂", "a/b", "a.b", "x" * 40)


@kind_of_rule
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

    def looks_at(self) -> Iterator[Look]:
        yield of_text("field", self.field)

    def contradictions(self) -> Iterator[Contradiction]:
        limit = self.bytes if self.characters is None else self.characters
        if limit is not None and limit < 0:
            yield Contradiction(("bytes" if self.characters is None else "characters",), "no text is shorter than 0")

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

    judges_value: ClassVar[bool] = True

    def mend(self, fields: Draft, bench: Bench) -> None:
        text = fields[self.field]
        shorter = text[: self.characters] if self.bytes is None else text.encode()[: self.bytes].decode(errors="ignore")
        fields[self.field] = shorter

    def edge(self, fields: Draft, bench: Bench) -> None:
        fitting = bench.fitting(self.field, self._texts(bench, 0))
        if fitting:
            fields[self.field] = bench.choose.pick(fitting)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        for text in bench.fitting(self.field, self._texts(bench, 1)):
            yield Breakage({**fields, self.field: text}, (self.field,), [self.field])

    def comes_with(self, rule: Rule) -> bool:
        limit = self.bytes if self.characters is None else self.characters
        return isinstance(rule, Pattern) and rule.field == self.field and rule.longest <= (limit or 0)

    def _texts(self, bench: Bench, past: int) -> list[str]:
        """Texts that no record has, of ASCII and of more, that are at the limit, or so much past it."""
        begin = bench.fresh(self.field) or bench.fresh()
        if self.bytes is None:
            return [begin.ljust((self.characters or 0) + past, letter) for letter in "xéＸ🙂"]
        texts = []
        for letter in "xéＸ🙂":
            left = self.bytes + past - len(begin.encode())
            count = left // len(letter.encode())
            texts.append(begin + "x" * (left - count * len(letter.encode())) + letter * count)
        return texts


@kind_of_rule
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

    def looks_at(self) -> Iterator[Look]:
        yield of_text("field", self.field)
        yield of_text("by", self.by)

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
        limit = self._limit(fields)
        if len(value) > limit:
            yield Finding((self.field,), value, {"limit": str(limit), "length": str(len(value))})

    def mend(self, fields: Draft, bench: Bench) -> None:
        fields[self.field] = fields[self.field][: self._limit(fields)]

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        for letter in "xé🙂":
            text = letter * (self._limit(fields) + 1)
            yield Breakage({**fields, self.field: text}, (self.field,), [self.field, self.by])

    def _limit(self, fields: Fields) -> int:
        by = fields.get(self.by)
        return self.limits.get(by, self.default) if isinstance(by, str) else self.default


@kind_of_rule
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
    _matcher: Matcher = option(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "_matcher", Matcher(self.pattern))

    def looks_at(self) -> Iterator[Look]:
        yield of_text("field", self.field, each=self.each)

    def schema(self) -> Schema | None:
        pattern = portable(self.pattern)
        if pattern is None:
            return None
        return each_or_one(self.field, {"pattern": f"^$|{pattern}" if self._leaves_empty else pattern}, each=self.each)

    def check(self, fields: Fields) -> Iterator[Finding]:
        for path, value in strings_of(fields, self.field, each=self.each):
            if (value or not self._leaves_empty) and self._matcher.matches(value) is False:
                yield Finding(path, value)

    @property
    def matcher(self) -> Matcher:
        return self._matcher

    @property
    def longest(self) -> int:
        """The most characters that the pattern matches; a very high number where there is no limit."""
        try:
            return int(parts_of(self.pattern).getwidth()[1])
        except re.error:  # what `regex` alone knows
            return 1 << 32

    @property
    def _leaves_empty(self) -> bool:
        """Whether the empty string is left to another rule, which says that the field is required."""
        return not self.each and self.field in self.scope.required

    judges_value: ClassVar[bool] = True

    def mend(self, fields: Draft, bench: Bench) -> None:
        if not self.each:
            fields[self.field] = bench.fresh(self.field) or bench.matching(self.pattern)
            return
        listed = fields[self.field]
        wrong = {path[1] for path, _ in ((found.path, found.value) for found in self.check(fields))}
        renewed = bench.items(self.field, len(wrong))
        fields[self.field] = [renewed.pop() if at in wrong else each for at, each in enumerate(listed)]

    def edge(self, fields: Draft, bench: Bench) -> None:
        text = bench.matching(self.pattern)
        for value in bench.fitting(self.field, [[text] if self.each else text]):
            fields[self.field] = value

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        right = bench.fresh(self.field) or bench.matching(self.pattern)
        for text in (
            f"{right} {right}",
            f"{right}/é",
            *_ODD_TEXTS,
            f"{right}\n",
            f"{right}é",
            f"{right}٣",
            f"{right}:{right}:",
        ):
            if self._matcher.matches(text) is not False or (not text and self._leaves_empty):
                continue
            if self.each:
                listed = bench.with_room(fields, self.field)
                yield Breakage({**fields, self.field: [*listed, text]}, (self.field, len(listed)), [self.field])
            elif bench.fitting(self.field, [text]):
                yield Breakage({**fields, self.field: text}, (self.field,), [self.field])

    def examples(self, bench: Bench) -> Iterator[str]:
        yield bench.numbered(self.pattern)


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
