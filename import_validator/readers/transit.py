"""Reader for request bodies in Transit: JSON with tagged values and cached keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from .base import DEFAULT_MAX_RECORD, JsonReader, Setup
from .batch import UNREADABLE, Batch, Cursor, Problem
from .json_array import JsonArrayReader
from .json_elements import offsets_of_elements
from .json_text import BOM, WHITESPACE, ElementScanner, ReadResult, read_value
from .transit_decoder import NotTransitError, TransitDecoder
from .transit_names import NamesOfBody

_MARKS = re.compile(rb'\[\s*"(?:\^ "|~#[^"\\]*"\s*,)|(?<!\\)"~[:#$][\w./?!*+\'-]+"\s*:')
_TEXT = re.compile(rb'(?<!\\)"(~[^"\\]+)"')
_TAGGED = re.compile(
    r"~(?:[in][+-]?[0-9]+|m-?[0-9]+|t[0-9]{4}-[0-9]{2}-[0-9]{2}T.*|u[0-9a-f]{8}-[0-9a-f-]{27}|[:$][a-z][\w./?!*+-]*)",
    re.ASCII | re.IGNORECASE,
)
_NOT_WHITESPACE = re.compile(rb"[^ \t\n\r]")


class Signs(NamedTuple):
    """What in the beginning of a file speaks for Transit.

    Attributes:
        is_transit: whether it is read as Transit.
        text: the beginning of a text that is something else in Transit than in JSON, where nothing but such texts
            tells the two apart.
    """

    is_transit: bool
    text: str = ""


def signs_of_transit(head: bytes) -> Signs:
    """Whether the beginning of a file is Transit, and not plain JSON.

    Maps as arrays, keyword keys and tags are Transit's own. Verbose Transit may do without them; then texts such
    as `~i7` speak for it, as long as no text stands there that Transit could not read.
    """
    if _MARKS.search(head):
        return Signs(True)
    texts = [match[1].decode("utf-8", "replace") for match in _TEXT.finditer(head)]
    tagged = next((text for text in texts if _TAGGED.fullmatch(text)), "")
    if tagged and all(map(_is_readable, texts)):
        return Signs(True, tagged[:40])
    return Signs(False, texts[0][:40] if texts else "")


def _is_readable(text: str) -> bool:
    """Whether Transit gives the text a meaning."""
    try:
        return not isinstance(TransitDecoder().decode(text), dict)
    except NotTransitError:
        return False


def sketch_of(value: Any) -> Any:
    """Roughly what a Transit value is, read as JSON alone: enough to see which fields a record has."""
    if isinstance(value, list) and value[:1] == ["^ "]:
        value = dict(zip(map(str, value[1::2]), value[2::2], strict=False))
    if isinstance(value, dict):
        return {name.removeprefix("~:"): each for name, each in value.items()}
    return value


class TransitReader(JsonReader):
    """Transit arrays of records (JSON flavour, verbose or not), one after the other.

    A body is decoded as a whole, since its cached keys run through it. One that is longer than `max_record` is
    passed over, and stands as one record that cannot be read.
    See `TransitDecoder` for what becomes of tagged values.
    """

    name: ClassVar[str] = "transit"

    def __init__(self, *, max_record: int = DEFAULT_MAX_RECORD, setup: Setup | None = None) -> None:
        super().__init__(max_record=max_record, setup=setup)
        self._buffer = bytearray()
        self._cursor = Cursor()
        self._index = 0
        self._scanner = ElementScanner()
        self._lost = False
        self._too_long: Cursor | None = None

    def feed(self, data: bytes) -> Iterator[Batch]:
        self._buffer += data
        while (batch := self._next()) is not None:
            yield batch

    def close(self) -> Iterator[Batch]:
        yield from self.feed(b"")
        if self._too_long or (self._buffer and not self._lost):
            message = "the file ends inside a body: the array is not closed"
            yield self._problem(message, self._cursor.advanced(bytes(self._buffer)))

    @staticmethod
    def first_values(head: bytes) -> list[Any] | None:
        values = JsonArrayReader.first_values(head)
        return None if values is None else [sketch_of(value) for value in values]

    def values_of(self, data: bytes) -> list[Any]:
        return [
            value
            for body in _bodies_in(data)
            for value in ([UNREADABLE] if self._is_too_long(body) else _records_of(data[body]))
        ]

    def offsets_of(self, data: bytes) -> list[int]:
        offsets = []
        for body in _bodies_in(data):
            if self._is_too_long(body):
                offsets.append(body.start)
                continue
            begin, inner = body.start + 1, data[body][1:-1]
            own = offsets_of_elements(inner)
            if inner.lstrip(WHITESPACE).startswith(b'"~#') and len(own) == 2:  # ["~#list", [record, …]]
                begin, inner = begin + own[1] + 1, inner[own[1] + 1 :].rstrip(WHITESPACE)[:-1]
                own = offsets_of_elements(inner)
            offsets += [begin + offset for offset in own]
        return offsets

    def _is_too_long(self, body: slice) -> bool:
        length: int = body.stop - body.start
        return length > self.max_record

    def _next(self) -> Batch | None:
        """The next whole body; None where more bytes are needed."""
        if self._too_long:
            return self._pass_over(self._too_long)
        if not self._cursor.offset and self._buffer.startswith(BOM):
            self._drop(len(BOM))
        match = _NOT_WHITESPACE.search(self._buffer)
        self._drop(match.start() if match else len(self._buffer))
        if not self._buffer:
            return None
        if self._lost:
            return self._find_again()
        if self._buffer[0] != 0x5B:  # [
            self._lost = True
            return self._problem("malformed Transit: expected an array of records", self._cursor)
        end = self._scanner.find_close(self._buffer)
        if (len(self._buffer) if end is None else end) > self.max_record:
            self._too_long, self._scanner = self._cursor, ElementScanner()
            return self._pass_over(self._cursor)
        return None if end is None else self._read(bytes(self._buffer[:end]))

    def _pass_over(self, start: Cursor) -> Batch | None:
        """Drop a body that is too long, as far as it is there; at its end, say so."""
        end = self._scanner.find_close(self._buffer)
        dropped = len(self._buffer) if end is None else end
        self._drop(dropped)
        self._scanner.position -= dropped
        if end is None:
            return None
        self._too_long, self._scanner = None, ElementScanner()
        problems = [Problem("record-size", f"body longer than {self.max_record:,} bytes: not read", 0)]
        problems += self.setup.limits.problems(start, self._cursor.offset, 0)
        self._index += 1
        return Batch([UNREADABLE], b"", self._index - 1, start, problems, begins=[start])

    def _read(self, data: bytes) -> Batch:
        start = self._cursor
        result, repeated = decode_body(data, unique_names=self.setup.unique_names)
        values = result.value if isinstance(result.value, list) else []
        problems: list[Problem] = []
        if result.code is not None:
            place = start.advanced(data[: result.at or 0])
            message = result.message.replace("into the record", "into the body")
            problems = [Problem(result.code, message, 0) if values else Problem(result.code, message, None, place)]
        problems += repeated
        problems += self.setup.limits.problems(start, start.offset + len(data), len(values))
        batch = Batch(values, data if values else b"", self._index, start, problems, begins=[start])
        self._index += len(values)
        self._drop(len(data))
        self._scanner = ElementScanner()
        return batch

    def _find_again(self) -> Batch | None:
        """After something that is no body: what begins with [ on a line of its own is the next one."""
        place = self._buffer.find(b"\n[")
        self._drop(max(len(self._buffer) - 1, 0) if place < 0 else place + 1)
        self._lost = place < 0
        return None if self._lost else self._next()

    def _problem(self, message: str, place: Cursor) -> Batch:
        problem = Problem("parse", message, None, place)
        return Batch([], b"", self._index, self._cursor, [problem], begins=[self._too_long or self._cursor])

    def _drop(self, count: int) -> None:
        if count:
            self._cursor = self._cursor.advanced(bytes(self._buffer[:count]))
            del self._buffer[:count]


def _records_of(body: bytes) -> list[Any]:
    values = decode_body(body)[0].value
    return values if isinstance(values, list) else []


def _bodies_in(data: bytes) -> Iterator[slice]:
    """Where the bodies lie in data that was read before."""
    buffer = bytearray(data)
    begin = 0
    while match := _NOT_WHITESPACE.search(buffer, begin):
        end = ElementScanner(match.start()).find_close(buffer)
        if end is None:
            return
        yield slice(match.start(), end)
        begin = end


def decode_body(data: bytes, *, unique_names: bool = False) -> tuple[ReadResult, list[Problem]]:
    """The records of one body, as JSON types; and the problem of each name that a map in them has more than once.

    Arguments:
        unique_names: whether such names are looked for.
    """
    read = read_value(data)
    if read.is_malformed or read.value is UNREADABLE:
        return read, []
    names = NamesOfBody(data, read.value) if unique_names else None
    decoder = TransitDecoder(names.counts if names else None)
    try:
        values = decoder.decode(read.value)
    except NotTransitError as error:
        return ReadResult(UNREADABLE, "parse", f"malformed Transit: {error}", 0), []
    if not isinstance(values, list):
        return ReadResult(UNREADABLE, "parse", "malformed Transit: expected an array of records", 0), []
    return read._replace(value=values), names.problems(values, decoder.repeated) if names else []
