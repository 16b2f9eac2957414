"""Reading one JSON value that the fast parser refused, and finding where values end without reading them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from contextlib import suppress
from random import SystemRandom
from typing import Any, NamedTuple, NoReturn

import ijson
import msgspec

from ..possessive import compile_possessive
from .batch import UNREADABLE, Problem
from .json_deep import DeepParser, NestingError, nests_too_deep, texts_in

WHITESPACE = b" \t\n\r"
BOM = b"\xef\xbb\xbf"

parse: Callable[[bytes], Any] = msgspec.json.Decoder().decode
"""Parses JSON. As fast as orjson, and exact about integers of more than 64 bits, which that makes floats of."""

NotParsed = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What `parse` raises for text that is no JSON, or that needs to be looked at more closely."""


LONGEST_PARSED = 4 * 1024 * 1024
"""In bytes. Where memory runs out, which long values may have it do, msgspec 0.22 ends the process by a signal."""

_MOST_DIGITS = 4300
_STRING_OR_CONSTANT = compile_possessive(rb'"(?:[^"\\]|\\.)*+"|-?Infinity|NaN', re.DOTALL)
_OUTSIDE_STRINGS = re.compile(rb'["{}\[\]]')
_TOP_LEVEL = re.compile(rb'["{}\[\],]')
_IN_STRING = re.compile(rb'["\\]')
_FLAT = rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")'
_WITHOUT_DEPTH = compile_possessive(rb"(?:%b|\[%b*+\]|\{%b*+\})*+" % (_FLAT, _FLAT, _FLAT), re.DOTALL)
"""What leads to no other depth: whole strings, arrays and objects in which there are no others, all between them."""
_SURROGATE = re.compile("[\ud800-\udfff]")


# Invariant: no file knows this number, which is drawn when the program starts, and never shown. So wherever an array
# has it as a value, it was put there.
_MARKER = SystemRandom().getrandbits(52)


def parse_together(texts: list[bytes]) -> list[Any] | None:
    """The values of texts, of which there is at least one, parsed in one call; None where not each is one value."""
    between = b",%d," % _MARKER
    if sum(map(len, texts)) > LONGEST_PARSED:
        return None
    try:
        values: list[Any] = parse(b"[%b,%d]" % (between.join(texts), _MARKER))
    except NotParsed:
        return None
    # As many marks as texts, each after a value: no text goes on in another, and each was one value.
    return values[::2] if len(values) == 2 * len(texts) and values[1::2].count(_MARKER) == len(texts) else None


class ReadResult(NamedTuple):
    """One value, or why there is none.

    Attributes:
        value: the value; `UNREADABLE` where there is none that can be used. For text that holds more than one
            value, the first.
        code: None where all is well; otherwise the reading rule that was broken.
        message: what is wrong.
        at: byte offset of the mistake within the text, for text that is no JSON.
    """

    value: Any
    code: str | None = None
    message: str = ""
    at: int | None = None

    @property
    def is_malformed(self) -> bool:
        """Whether the text is no JSON at all, so that nothing after it can be trusted."""
        return self.code == "parse"

    def problems(self, at: int) -> list[Problem]:
        """What is wrong with the value, as that of the record with this number in its batch."""
        return [] if self.code is None else [Problem(self.code, self.message, at)]


def too_long(max_record: int) -> ReadResult:
    """What is read of a record that is longer than records may be, in bytes."""
    return ReadResult(UNREADABLE, "record-size", f"record longer than {max_record:,} bytes: not read")


def read_value(data: bytes) -> ReadResult:
    """Read one JSON value, telling text that is no JSON from JSON that holds what no system can take.

    The second kind (unpaired surrogates, invalid UTF-8, numbers out of range, nesting without end) has
    clear boundaries: the value is read as far as that goes, and what follows it can still be read.
    """
    if len(data) <= LONGEST_PARSED:
        with suppress(*NotParsed):
            return ReadResult(parse(data))
    return _explain(data)


def _explain(data: bytes) -> ReadResult:
    broken_text = ""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        into = error.start - (len(data) - len(data.lstrip(WHITESPACE)))
        broken_text = f"invalid UTF-8: byte 0x{data[error.start]:02X}, {into:,} bytes into the record"
        text = data.decode("utf-8", "surrogateescape")  # a character for each byte, to know how far a mistake is
    too_large: list[str] = []

    def integer(digits: str) -> int | float:
        if len(digits) <= _MOST_DIGITS:
            return int(digits)
        too_large.append(digits)
        return float("inf")

    def number(literal: str) -> float:
        value = float(literal)
        if value in {float("inf"), float("-inf")}:
            too_large.append(literal)
        return value

    def parsed(text: str) -> Any:
        try:
            value = json.loads(text, parse_int=integer, parse_float=number, parse_constant=_refuse_constant)
        except RecursionError:  # as deep as the caller's stack allows; the answer is not to depend on that
            too_large.clear()
            return DeepParser(integer, number, _refuse_constant).parse(text)
        if nests_too_deep(value):
            raise NestingError
        return value

    try:
        value = parsed(text)
    except json.JSONDecodeError as error:
        at = _bytes_before(text, error.pos)
        if error.msg == "Extra data":
            return ReadResult(read_value(data[:at]).value, "parse", "malformed JSON: expecting ',' delimiter", at)
        reason = error.msg.removesuffix(" at").removesuffix(" starting")
        return ReadResult(UNREADABLE, "parse", f"malformed JSON: {reason[0].lower()}{reason[1:]}", at)
    except _ConstantError as error:
        at = next((each.start() for each in _STRING_OR_CONSTANT.finditer(data) if each[0][:1] != b'"'), 0)
        return ReadResult(UNREADABLE, "parse", f"malformed JSON: {error} is no JSON number", at)
    except NestingError:
        return ReadResult(UNREADABLE, "nesting", "arrays and objects nested too deep to be read")
    if broken_text:
        return ReadResult(parsed(data.decode("utf-8", "replace")), "encoding", broken_text)
    if too_large:
        digits = too_large[0] if len(too_large[0]) <= 24 else f"{too_large[0][:12]}… ({len(too_large[0]):,} characters)"
        return ReadResult(value, "number", f"number out of range: {digits}")
    surrogate = next(filter(None, map(_SURROGATE.search, texts_in(value))), None)
    if surrogate:
        return ReadResult(value, "encoding", f"unpaired surrogate \\u{ord(surrogate.group()):04x} in a string")
    return ReadResult(value)


class _ConstantError(ValueError):
    pass


def _refuse_constant(name: str) -> NoReturn:
    raise _ConstantError(name)


def _bytes_before(text: str, position: int) -> int:
    return len(text[:position].encode("utf-8", "surrogateescape"))


def sketch_of_beginning(data: bytes) -> dict[str, Any] | None:
    """What can be seen of an object that is cut off: its keys, with what is plain in it; None for anything else."""
    sketch: dict[str, Any] = {}
    key, depth = "", 0
    try:
        for event, value in ijson.basic_parse(io.BytesIO(data)):
            if depth == 0 and event != "start_map":
                return None
            if event == "map_key":
                key = value if depth == 1 else key
            elif event in {"start_map", "start_array"}:
                if depth == 1:
                    sketch[key] = {} if event == "start_map" else []
                depth += 1
            elif event in {"end_map", "end_array"}:
                depth -= 1
            elif depth == 1:
                sketch[key] = value
    except ijson.JSONError:
        pass
    return sketch or None


class ElementScanner:
    """Finds where the elements of a JSON array end, without reading them, across pieces of any size.

    It looks at quotes and brackets only, so it is right about every array that is JSON; one that is not
    is found out when the element is read.

    Attributes:
        position: how far the buffer has been looked at; one byte beyond its end, where its last byte is a backslash in
            a string. The owner of the buffer lowers it by the number of bytes that it drops from the buffer's front.
    """

    def __init__(self, position: int = 0) -> None:
        self.position = position
        self._depth = 0
        self._in_string = False

    def find_close(self, buffer: bytearray) -> int | None:
        """The place after the bracket that closes the value at the buffer's front; None if it is not there yet."""
        while self.position < len(buffer):
            if self._in_string:
                match = _IN_STRING.search(buffer, self.position)
            else:
                begin = _end_of(_WITHOUT_DEPTH, buffer, self.position) if self._depth else self.position
                match = _OUTSIDE_STRINGS.search(buffer, begin)
            if match is None:
                self.position = len(buffer)
                return None
            self._step(buffer[match.start()], match.start())
            if not self._depth and not self._in_string:
                return self.position
        return None

    def find_end(self, buffer: bytearray) -> int | None:
        """The place of the comma or bracket that ends the present element; None if it is not there yet."""
        # Invariant: at `position`, `_depth` arrays and objects are open, and a string if `_in_string`. What is passed
        # without a step changes neither: whole strings and pairs of brackets, and nothing that is not all there yet.
        while self.position < len(buffer):
            if self._in_string:
                match = _IN_STRING.search(buffer, self.position)
            elif self._depth:
                match = _OUTSIDE_STRINGS.search(buffer, _end_of(_WITHOUT_DEPTH, buffer, self.position))
            else:
                match = _TOP_LEVEL.search(buffer, self.position)
            if match is None:
                self.position = len(buffer)
                return None
            if not self._step(buffer[match.start()], match.start()):
                return match.start()
        return None

    def _step(self, mark: int, place: int) -> bool:
        """Go past a quote, backslash or bracket. False where it ends the element that lies at the top."""
        self.position = place + 1
        if mark == 0x22:  # "
            self._in_string = not self._in_string
        elif mark == 0x5C:  # \ takes the next byte with it
            self.position += 1
        elif mark in b"{[":
            self._depth += 1
        elif self._depth:
            self._depth -= 1
        else:
            return False
        return True


def _end_of(pattern: re.Pattern[bytes], buffer: bytearray, position: int) -> int:
    """Where what the pattern matches at a place ends."""
    match = pattern.match(buffer, position)
    return position if match is None else match.end()
