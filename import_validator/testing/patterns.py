"""Text that a regular expression matches."""

from __future__ import annotations

import re
from functools import lru_cache
from re import _constants as codes  # type: ignore[attr-defined]  # private, and not in stubs
from typing import Any

from ..errors import ImportValidatorError, RuleSetError
from ..rules.breaking import Chooser
from ..rules.matching import Matcher, parts_of

_MOST_REPEATS = 4
_PRINTABLE = "".join(chr(each) for each in range(0x21, 0x7F))
_READABLE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-" + _PRINTABLE + " \t\n"
_CATEGORIES = {
    codes.CATEGORY_WORD: re.compile(r"\w", re.ASCII),
    codes.CATEGORY_DIGIT: re.compile(r"\d", re.ASCII),
    codes.CATEGORY_SPACE: re.compile(r"\s", re.ASCII),
    codes.CATEGORY_NOT_WORD: re.compile(r"\W", re.ASCII),
    codes.CATEGORY_NOT_DIGIT: re.compile(r"\D", re.ASCII),
    codes.CATEGORY_NOT_SPACE: re.compile(r"\S", re.ASCII),
}


def text_matching(pattern: str, choose: Chooser) -> str:
    r"""A text that the whole pattern matches, with `\w`, `\d` and `\s` as ASCII.

    Raises:
        ImportValidatorError: where the pattern has what no text can be made for, such as a look-ahead.
    """
    try:
        matcher, parsed = _matcher(pattern), parts_of(pattern)
    except (RuleSetError, re.error) as error:
        raise ImportValidatorError(f"no text can be made for the pattern {pattern!r}: {error}") from error
    text = _sequence(parsed, choose, pattern)
    if not matcher.matches(text):
        raise ImportValidatorError(f"no text can be made for the pattern {pattern!r}")
    return text


@lru_cache(maxsize=64)
def _matcher(pattern: str) -> Matcher:
    return Matcher(pattern)


def _sequence(parsed: Any, choose: Chooser, pattern: str) -> str:
    return "".join(_one(code, argument, choose, pattern) for code, argument in parsed)


def _one(code: Any, argument: Any, choose: Chooser, pattern: str) -> str:
    if code is codes.LITERAL:
        return chr(argument)
    if code is codes.NOT_LITERAL:
        return choose.pick([each for each in _READABLE if ord(each) != argument])
    if code is codes.ANY:
        return choose.pick(_PRINTABLE)
    if code is codes.IN:
        return choose.pick(_members(tuple(argument)))
    if code is codes.BRANCH:
        return _sequence(choose.pick(argument[1]), choose, pattern)
    if code is codes.SUBPATTERN:
        return _sequence(argument[-1], choose, pattern)
    if code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
        least, most, inner = argument
        times = choose.integer(least, max(least, min(most, max(least, 1) + _MOST_REPEATS)))
        return "".join(_sequence(inner, choose, pattern) for _ in range(times))
    if code is codes.AT:
        return ""
    raise ImportValidatorError(f"no text can be made for the pattern {pattern!r}: it has {str(code).lower()}")


@lru_cache(maxsize=256)
def _members(items: tuple[tuple[Any, Any], ...]) -> str:
    """The characters of a class that can be read, the most readable first; where there is none, the first of all."""
    negated = items[0][0] is codes.NEGATE
    found = "".join(each for each in dict.fromkeys(_READABLE) if any(_holds(item, each) for item in items) != negated)
    return found or chr(next(ordinal for ordinal in range(0x110000) if any(_holds(i, chr(ordinal)) for i in items)))


def _holds(item: tuple[Any, Any], character: str) -> bool:
    code, argument = item
    if code is codes.LITERAL:
        return bool(ord(character) == argument)
    if code is codes.RANGE:
        return bool(argument[0] <= ord(character) <= argument[1])
    return code is codes.CATEGORY and _CATEGORIES[argument].match(character) is not None


@lru_cache(maxsize=64)
def alphabets_of(pattern: str) -> tuple[str, ...] | None:
    """The characters that may stand in each place, for a pattern whose texts all have one length; else None."""
    try:
        parsed = list(parts_of(pattern))
    except re.error:
        return None
    alphabets: list[str] = []
    for code, argument in parsed:
        times, inner = 1, [(code, argument)]
        if code is codes.MAX_REPEAT:
            least, most, inner = argument
            if least != most:
                return None
            times = least
        for each, members in inner:
            if each not in {codes.LITERAL, codes.IN, codes.AT} or (each is codes.AT and times > 1):
                return None
            if len(inner) > 1 and times > 1:
                return None
            letters = chr(members) if each is codes.LITERAL else "" if each is codes.AT else _members(tuple(members))
            alphabets += [letters] * times if letters else []
    return tuple(alphabets)
