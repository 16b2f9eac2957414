"""Parsing JSON without recursion: slow, but of any depth, whatever is left of the caller's stack.

The parsers written in C give up where the stack ends, which depends on where they are called from. What they give up
is parsed here, so that the same text gives the same answer everywhere.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from json import JSONDecodeError
from json import decoder as standard
from typing import Any, Final

MOST_NESTING: Final = 1024
"""So many arrays and objects may lie within each other."""

_WHITESPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_CONSTANTS = {"null": None, "true": True, "false": False}
_CONSTANT = re.compile("null|true|false")
_NO_NUMBER = re.compile("NaN|-?Infinity")
_NAMES_TRAILING_COMMAS = sys.version_info >= (3, 13)


class NestingError(ValueError):
    """The text nests deeper than `MOST_NESTING`."""


class DeepParser:
    """Parses JSON as `json.loads` does, with the same values and the same errors, but without recursion.

    Arguments:
        integer: makes a value of the text of an integer.
        number: makes a value of the text of another number.
        constant: makes a value of `NaN`, `Infinity` or `-Infinity`.
    """

    def __init__(
        self, integer: Callable[[str], Any], number: Callable[[str], Any], constant: Callable[[str], Any]
    ) -> None:
        self._integer = integer
        self._number = number
        self._constant = constant

    def parse(self, text: str) -> Any:
        """The value.

        Raises:
            json.JSONDecodeError: where the text is no JSON.
            NestingError: where it nests too deep before that shows.
        """
        if text.startswith("\ufeff"):
            raise JSONDecodeError("Unexpected UTF-8 BOM (decode using utf-8-sig)", text, 0)
        opened: list[_Opened] = []
        at = _after_space(text, 0)
        while True:
            if len(opened) == MOST_NESTING and text[at : at + 1] in {"[", "{"}:
                raise NestingError
            value, at = self._begin(text, at)
            if isinstance(value, _Opened):
                opened.append(value)
                continue
            value, at = _put_in(text, at, value, opened)
            if not opened:
                end = _after_space(text, at)
                if end != len(text):
                    raise JSONDecodeError("Extra data", text, end)
                return value

    def _begin(self, text: str, at: int) -> tuple[Any, int]:
        """The value that begins at a place, and where it ends; of one that holds others, where the first begins."""
        mark = text[at : at + 1]
        if mark == '"':
            return _text(text, at + 1)
        if mark in {"[", "{"}:
            at = _after_space(text, at + 1)
            empty: list[Any] | dict[str, Any] = [] if mark == "[" else {}
            if text[at : at + 1] == ("]" if mark == "[" else "}"):
                return empty, at + 1
            name, at = ("", at) if mark == "[" else _name(text, at)
            return _Opened(empty, name), at
        if match := _CONSTANT.match(text, at):
            return _CONSTANTS[match[0]], match.end()
        if match := _NUMBER.match(text, at):
            make = self._number if match[2] or match[3] else self._integer
            return make(match[0]), match.end()
        if match := _NO_NUMBER.match(text, at):
            return self._constant(match[0]), match.end()
        raise JSONDecodeError("Expecting value", text, at)


@dataclass(slots=True)
class _Opened:
    """An array or object whose end is still to come, and the name that the next value in it has."""

    value: list[Any] | dict[str, Any]
    name: str


def _put_in(text: str, at: int, value: Any, opened: list[_Opened]) -> tuple[Any, int]:
    """Put a value that ends at a place into what it stands in, and this likewise, where that was all of it.

    Returns:
        The last that was complete, and where the next value begins; with nothing opened any more, where that one ends.
    """
    while opened:
        inmost = opened[-1]
        if isinstance(inmost.value, list):
            inmost.value.append(value)
        else:
            inmost.value[inmost.name] = value
        at, is_closed = _after_element(text, at, inmost.value)
        if not is_closed:
            if isinstance(inmost.value, dict):
                inmost.name, at = _name(text, at)
            break
        value = opened.pop().value
    return value, at


def _name(text: str, at: int) -> tuple[str, int]:
    """The name of a field that begins at a place, and where its value begins."""
    if text[at : at + 1] != '"':
        raise JSONDecodeError("Expecting property name enclosed in double quotes", text, at)
    name, at = _text(text, at + 1)
    at = _after_space(text, at)
    if text[at : at + 1] != ":":
        raise JSONDecodeError("Expecting ':' delimiter", text, at)
    return name, _after_space(text, at + 1)


def _text(text: str, at: int) -> tuple[str, int]:
    """The text that begins at a place, after its quote, and where it ends."""
    value, end = standard.scanstring(text, at, True)  # type: ignore[attr-defined]  # not in stubs
    return value, end


def _after_element(text: str, at: int, inmost: list[Any] | dict[str, Any]) -> tuple[int, bool]:
    """Where what follows an element begins, after the comma or bracket; and whether that was the closing bracket."""
    kind, closing = ("array", "]") if isinstance(inmost, list) else ("object", "}")
    at = _after_space(text, at)
    mark = text[at : at + 1]
    if mark == closing:
        return at + 1, True
    if mark != ",":
        raise JSONDecodeError("Expecting ',' delimiter", text, at)
    begin = _after_space(text, at + 1)
    if _NAMES_TRAILING_COMMAS and text[begin : begin + 1] == closing:
        raise JSONDecodeError(f"Illegal trailing comma before end of {kind}", text, at)
    return begin, False


def _after_space(text: str, at: int) -> int:
    match = _WHITESPACE.match(text, at)
    assert match is not None, "it matches nothing, too"
    return match.end()


def nests_too_deep(value: Any) -> bool:
    """Whether more than `MOST_NESTING` arrays and objects of a value lie within each other."""
    level = [value]
    for _ in range(MOST_NESTING + 1):
        level = [each for each in level if isinstance(each, list | dict)]
        if not level:
            return False
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
    return True


def texts_in(value: Any) -> Iterator[str]:
    """All text in a value, names included, in the order in which it stands there."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, list):
            waiting.extend(reversed(each))
        elif isinstance(each, dict):
            for name, inner in reversed(each.items()):
                waiting += (inner, name)
