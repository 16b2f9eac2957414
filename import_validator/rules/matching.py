"""The one way in which patterns of rule sets are compiled, refused, and matched against values, in bounded time."""

from __future__ import annotations

import re
import time
import warnings
from contextlib import suppress
from functools import lru_cache
from re import _parser  # type: ignore[attr-defined]  # private, and not in stubs
from typing import Any

import regex
import xxhash

from ..errors import RuleSetError
from ..model.unchecked import MOST_SHOWN, Unchecked
from ..model.violation import shortened
from .portable import portable

VALUE_SECONDS = 1.0
"""After so long, nobody knows whether a pattern matches a value."""

RUN_SECONDS = 10.0
"""After so long, all values of a run together, a pattern is given up for the rest of the run. Only values
that are not matched quickly count, or a large file of ordinary values would use the time up."""

MOST_NESTED = 50
"""So deep may the parentheses of a pattern nest, since compilers call themselves for each of them."""

LONGEST_PATTERN = 5_000
"""In characters. `regex` does not look at the time while it compares long texts: what it takes then is this squared."""

MOST_REPEATED = 100_000
"""So many characters and groups may a pattern spell out, with each repeat written as often as it has to match at least:
the compiler writes it out so, and takes about 300 bytes for each."""

_QUICK_SECONDS = 0.001
_QUICK_SECONDS_A_CHARACTER = 0.000_001
_NESTING = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*+\]|[()]", re.DOTALL)
_REPEAT_OR_GROUP = r"\{(?P<least>\d+)[,}]|(?P<open>\()|(?P<close>\))|(?P<one>\\.|.)"
_TOKEN = re.compile(rf"\(\?(?:\#[^)]*+|[-\w]++)\)|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*+\])|{_REPEAT_OR_GROUP}", re.DOTALL)
_VERBOSE = re.compile(r"\(\?[-\w]*x")
_TOKEN_OF_VERBOSE = re.compile(rf"(?P<broken>\{{[\d,]*+[\s#])|{_REPEAT_OR_GROUP}", re.DOTALL)


class Matcher:
    r"""A pattern that whole values are matched against, with `\w`, `\d` and `\s` as ASCII, in bounded time.

    A value has a moment in which ordinary ones are matched. After that, a pattern that means the same to every engine
    is asked of one that takes time in proportion to the text. What other patterns take over such values is limited: for
    each value, and for all of a run. A matcher is for one run at a time.

    Arguments:
        pattern: the pattern.
        what: what to call the pattern where it is refused.

    Attributes:
        pattern: the pattern.

    Raises:
        RuleSetError: where it is no pattern, or one that takes too much to compile.
    """

    def __init__(self, pattern: str, what: str = "pattern") -> None:
        self.pattern = pattern
        self._what = what
        self._compiled = _compiled(pattern, what)
        self._linear: Any = None
        self.forget()

    def forget(self) -> None:
        """Forget all that was matched, and the time that it took: another run begins."""
        self._decided: dict[bytes, bool | None] = {}
        self._undecided: list[str] = []
        self._given_up = self._passed_over = False
        self._spent = 0.0

    def __reduce__(self) -> tuple[type[Matcher], tuple[str, str]]:
        return type(self), (self.pattern, self._what)

    def matches(self, text: str) -> bool | None:
        """Whether the pattern matches all of a text; None where the time did not suffice to tell."""
        if self._given_up:
            return self._remembered(text)
        try:
            return self._compiled.fullmatch(text, timeout=_quickly(text)) is not None
        except (TimeoutError, MemoryError):
            return self._matches_in_time(text)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the pattern's groups."""
        return tuple(self._compiled.groupindex)

    def groups(self, text: str) -> dict[str, str | None] | None:
        """What each named group matches of a text that the pattern matches; nothing for one that it does not.

        None where the time did not suffice to tell: engines without backtracking are not asked for groups.
        """
        try:
            match = self._match_for_groups(text)
        except (TimeoutError, MemoryError):
            self._passed_over = self._passed_over or self._given_up
            return None
        return {} if match is None else match.groupdict()

    def _match_for_groups(self, text: str) -> regex.Match[str] | None:
        if not self._given_up:
            with suppress(TimeoutError, MemoryError):
                return self._compiled.fullmatch(text, timeout=_quickly(text))
        return self._fullmatch_in_time(text)

    def unchecked(self, rule: str) -> tuple[Unchecked, ...]:
        """What could not be checked so far: one entry, or none.

        Arguments:
            rule: the name of the rule that the pattern is of.
        """
        if not self._undecided and not self._passed_over:
            return ()
        return (Unchecked(rule, tuple(self._undecided), self._passed_over),)

    def _matches_in_time(self, text: str) -> bool | None:
        verdict = self._asked_of_linear(text)
        if verdict is not None:
            return verdict
        digest = _digest(text)
        if digest in self._decided:  # the fast lane has asked, and now the exact lane does
            return self._decided[digest]
        try:
            verdict = self._fullmatch_in_time(text) is not None
        except (TimeoutError, MemoryError):
            if self._given_up:
                return self._remembered(text)
        self._decided[digest] = verdict
        return verdict

    def _fullmatch_in_time(self, text: str) -> regex.Match[str] | None:
        """The match of a text that takes longer than ordinary ones, or was begun when the machine had much to do.

        Raises:
            TimeoutError: where the time of the value, or of the run, does not suffice.
            MemoryError: where the memory does not.
        """
        if self._spent >= RUN_SECONDS:
            self._given_up = True
            raise TimeoutError
        begin = time.thread_time()
        try:
            return self._compiled.fullmatch(text, timeout=VALUE_SECONDS)
        except (TimeoutError, MemoryError):
            self._leave_undecided(text)
            raise
        finally:
            self._spent += time.thread_time() - begin

    def _leave_undecided(self, text: str) -> None:
        shown = str(shortened(text))
        if len(self._undecided) < MOST_SHOWN and shown not in self._undecided:
            self._undecided.append(shown)

    def _remembered(self, text: str) -> bool | None:
        """What was decided before the pattern was given up. Both lanes are told the same of a value."""
        digest = _digest(text)
        self._passed_over = self._passed_over or digest not in self._decided
        return self._decided.get(digest)

    def _asked_of_linear(self, text: str) -> bool | None:
        """What an engine without backtracking says; None where the pattern may mean another thing to it."""
        if self._linear is None:
            self._linear = _linear(self.pattern)
        try:
            return None if self._linear is False else bool(self._linear.is_valid(text))
        except ValueError:  # text with unpaired surrogates, which Rust has no string for
            return None


@lru_cache(maxsize=256)
def parts_of(pattern: str) -> Any:
    """What a pattern is made of, as Python's own `re` reads it.

    Raises:
        re.error: where the pattern has what `regex` alone knows.
    """
    with warnings.catch_warnings():  # `re` warns of what it may read in another way some day, such as `[[a]`
        warnings.simplefilter("ignore", FutureWarning)
        return _parser.parse(pattern, re.ASCII)


def _compiled(pattern: str, what: str) -> regex.Pattern[str]:
    shown = f"{what} {str(shortened(pattern))!r}"
    if len(pattern) > LONGEST_PATTERN:
        raise RuleSetError(f"{shown}: has {len(pattern):,} characters; at most {LONGEST_PATTERN:,} are taken")
    if (depth := _depth(pattern)) > MOST_NESTED:
        raise RuleSetError(f"{shown}: its parentheses nest {depth:,} deep; at most {MOST_NESTED} are taken")
    if _size(pattern) > MOST_REPEATED:
        raise RuleSetError(f"{shown}: its repeats have to match more than {MOST_REPEATED:,} characters")
    try:
        return regex.compile(pattern, regex.ASCII)
    except (regex.error, ValueError, OverflowError) as error:
        raise RuleSetError(f"{shown}: {error}") from error
    except RecursionError as error:
        raise RuleSetError(f"{shown}: its brackets nest too deep") from error


def _depth(pattern: str) -> int:
    """How deep the parentheses of a pattern nest."""
    depth = deepest = 0
    for token in _NESTING.finditer(pattern):
        depth += {"(": 1, ")": -1}.get(token.group(), 0)
        deepest = max(deepest, depth)
    return deepest


def _size(pattern: str) -> int:
    """How many characters and groups a pattern spells out with its repeats written out, or more, but never less."""
    if _VERBOSE.search(pattern):
        return _size_of_verbose(pattern)
    groups = [(0, 1)]  # of each open group its size, and that of what a repeat that follows would repeat
    for token in _TOKEN.finditer(pattern):
        size, last = groups[-1]
        if token["open"]:
            groups.append((0, 1))
        elif token["close"] and len(groups) > 1:
            groups.pop()
            groups[-1] = (groups[-1][0] + size + 1, size + 1)
        elif token["least"]:
            groups[-1] = (size + last * _count(token["least"]), last)
        elif token["one"] or token["class"]:
            groups[-1] = (size + 1, 1)
    return sum(size for size, _ in groups)


def _size_of_verbose(pattern: str) -> int:
    """The same of a pattern in which brackets may stand in comments: a repeat may be of anything before it."""
    size = largest = 1
    for token in _TOKEN_OF_VERBOSE.finditer(pattern):
        if token["broken"]:  # a count that white space or a comment goes through
            return MOST_REPEATED + 1
        if token["close"]:
            largest = size
        size += largest * _count(token["least"]) if token["least"] else 1
    return size


def _count(digits: str) -> int:
    """A count, or one that is too large: Python refuses to convert thousands of digits."""
    return int(digits) if len(digits) < 10 else MOST_REPEATED + 1


def _linear(pattern: str) -> Any:
    """A pattern made ready for an engine that takes time in proportion to the text; False where that cannot be had."""
    import jsonschema_rs  # noqa: PLC0415 - hardly any value is slow

    spelt = portable(pattern)
    try:
        return False if spelt is None else jsonschema_rs.Draft202012Validator({"pattern": spelt})
    except jsonschema_rs.ValidationError:
        return False


def _quickly(text: str) -> float:
    """The seconds in which ordinary texts of this length are matched."""
    return _QUICK_SECONDS + _QUICK_SECONDS_A_CHARACTER * len(text)


def _digest(text: str) -> bytes:
    return xxhash.xxh3_128_digest(text.encode("utf-8", "surrogatepass"))
