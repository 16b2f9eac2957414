"""Reader for a file that is one JSON array, laid out in any way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from .base import CHUNK_SIZE, DEFAULT_MAX_RECORD, Before, JsonReader, Opening, Setup, ValuesReader
from .batch import UNREADABLE, Batch, Cursor, Problem
from .json_elements import SEPARATORS, offsets_of_elements, read_element, spans_of
from .json_seams import guesses, learn_seam
from .json_text import (
    BOM,
    WHITESPACE,
    ElementScanner,
    NotParsed,
    ReadResult,
    parse,
    read_value,
    sketch_of_beginning,
)
from .kinds import HEAD_SIZE, TRANSIT, kind_of
from .repeated_names import read_together, with_problems_of, with_repeated_names

_STRAY_BRACE = "malformed JSON: } without a { before it"
_NOT_WHITESPACE = re.compile(rb"[^ \t\n\r]")


class JsonArrayReader(JsonReader, ValuesReader):
    """One JSON array of records.

    A batch is cut by guess and proved by parse: from a known boundary, a chunk is cut where something
    looks like the seam between two records. If `[` + chunk + `]` parses as one array, the guess was right.
    Where guesses run out, the `ElementScanner` finds the boundary.
    """

    name: ClassVar[str] = "json-array"

    def __init__(self, *, max_record: int = DEFAULT_MAX_RECORD, setup: Setup | None = None) -> None:
        super().__init__(max_record=max_record, setup=setup)
        self._buffer = bytearray()
        self._cursor = Cursor()
        self._index = 0
        self._seam = b""
        self._scanner: ElementScanner | None = None
        self._step = self._open
        self._wants_value = False  # after a comma, the array may not be closed

    layout: ClassVar[str] = "array"

    @property
    def cursor(self) -> Cursor:
        return self._cursor

    @property
    def is_over(self) -> bool:
        return self._step == self._stopped

    def opening(self, head: bytes) -> Opening | None:
        text = head.removeprefix(BOM)
        begin = len(text) - len(text.lstrip(WHITESPACE))
        if not text.startswith(b"[", begin) or kind_of(head) == TRANSIT:
            return None
        return Opening(Cursor(len(head) - len(text)).advanced(text, 0, begin + 1))

    def resumed_after(self, start: Cursor, values: int, before: Before) -> JsonArrayReader:
        reader = JsonArrayReader(max_record=self.max_record, setup=self.setup)
        reader._cursor, reader._index = start, values
        reader._wants_value = before is Before.COMMA
        reader._step = reader._next if before is Before.VALUE else reader._elements
        return reader

    def give_back(self) -> tuple[bytes, Cursor, int, Before] | None:
        if self._step != self._elements or self._scanner is not None:
            return None
        return bytes(self._buffer), self._cursor, self._index, Before.COMMA

    def feed(self, data: bytes) -> Iterator[Batch]:
        taken = 0
        while (end := self._end_of_chunk(data, taken)) is not None:
            batch = self._proved(b"".join((b"[", self._buffer, memoryview(data)[taken:end], b"]")), self._elements)
            if batch is None:
                break
            self._buffer.clear()
            yield batch
            taken = end + 1
        self._buffer += memoryview(data)[taken:]
        yield from self._drain(final=False)

    def close(self) -> Iterator[Batch]:
        yield from self._drain(final=True)
        if self._step == self._open:
            what = "the file is empty" if not self._cursor.offset else "the file holds nothing but white space"
            yield self._stop(f"{what}; expected a JSON array")

    @staticmethod
    def first_values(head: bytes) -> list[Any] | None:
        text = head.removeprefix(BOM).lstrip(WHITESPACE)
        if not text.startswith(b"["):
            return None
        buffer = bytearray(text[1:])
        scanner = ElementScanner()
        values: list[Any] = []
        begin = 0
        while (end := scanner.find_end(buffer)) is not None:
            if not _is_blank(buffer[begin:end]):
                values.append(read_value(bytes(buffer[begin:end])).value)
            if buffer[end] != 0x2C:
                break
            begin = end + 1
        if not values and (sketch := sketch_of_beginning(bytes(buffer))):
            values.append(sketch)
        return values

    def values_of(self, data: bytes) -> list[Any]:
        if len(data) <= self.max_record:
            try:
                values: list[Any] = parse(b"[%b]" % data.rstrip(SEPARATORS))
            except NotParsed:
                pass
            else:
                return values
        return [read_element(data[start:end], self.max_record).value for start, end in spans_of(data)]

    def read_alone(self, text: bytes, begin: int, end: int, place: Cursor, at: int) -> tuple[Any, list[Problem]] | None:
        element = text[begin:end]
        result = read_element(element, self.max_record)
        if result.is_malformed:
            return None
        return with_problems_of(result, element, at, unique_names=self.setup.unique_names)

    def read_together(self, texts: list[bytes]) -> tuple[list[Any], list[Problem]] | None:
        return read_together(texts, unique_names=self.setup.unique_names)

    def offsets_of(self, data: bytes) -> list[int]:
        return offsets_of_elements(data)

    def _end_of_chunk(self, data: bytes, begin: int) -> int | None:
        """Where in what is fed a chunk may end, which then need not be copied into the buffer first."""
        if self._step != self._elements or self._scanner or not self._seam or len(self._buffer) > CHUNK_SIZE:
            return None
        if len(self._buffer) + len(data) - begin < CHUNK_SIZE:
            return None
        found = data.rfind(self._seam, begin, begin + CHUNK_SIZE)
        return data.index(b",", found) if found >= 0 else None

    def _drain(self, *, final: bool) -> Iterator[Batch]:
        """Take from the buffer whatever is complete, step by step, until a step wants more bytes."""
        while True:
            step = self._step
            batch = step(final=final)
            if batch is not None:
                yield batch
            elif self._step == step:
                return

    # Each step takes a batch from the front of the buffer; or changes the step; or, doing neither, wants more.

    def _open(self, *, final: bool) -> Batch | None:
        if len(self._buffer) < len(BOM) and not final:
            return None
        if not self._cursor.offset and self._buffer.startswith(BOM):
            del self._buffer[: len(BOM)]
            self._cursor = Cursor(offset=len(BOM))
        self._skip_whitespace()
        if not self._buffer or (len(self._buffer) < HEAD_SIZE and not final):
            return None
        if self._buffer.startswith((b"\xff\xfe", b"\xfe\xff")):
            return self._stop("the file is UTF-16; JSON import files are UTF-8")
        kind = kind_of(bytes(self._buffer[:HEAD_SIZE]))
        if kind == TRANSIT:
            return self._stop(f"the file looks like {kind}; expected a JSON array of objects")
        if not self._buffer.startswith(b"["):
            looks = f"the file looks like {kind}; " if kind else ""
            return self._stop(f"{looks}expected a JSON array, which begins with [, found {self._first_byte()}")
        self._drop(1)
        self._step = self._elements
        return None

    def _elements(self, *, final: bool) -> Batch | None:
        if self._scanner is None and len(self._buffer) < CHUNK_SIZE and not final:
            return None
        if self._scanner is None:
            self._skip_whitespace()
            if not self._buffer and not final:
                return None
            batch = self._guessed(final=final)
            if batch is not None:
                return batch
            self._scanner = ElementScanner()
        return self._scanned(final=final)

    def _after(self, *, final: bool) -> Batch | None:
        self._skip_whitespace()
        if not self._buffer:
            return None
        return self._stop(f"text after the end of the array: found {self._first_byte()}")

    def _stopped(self, *, final: bool) -> Batch | None:
        self._buffer.clear()
        return None

    def _skipping(self, *, final: bool) -> Batch | None:
        """Inside a record that is longer than records may be: drop it, piece by piece."""
        assert self._scanner is not None
        end = self._scanner.find_end(self._buffer)
        dropped = len(self._buffer) if end is None else end
        self._drop(dropped)
        self._scanner.position -= dropped
        if end is not None:
            self._scanner = None
            self._step = self._next
            return None
        return self._stop("the file ends inside a record: the array is not closed") if final else None

    def _next(self, *, final: bool) -> Batch | None:
        """At the comma or bracket after an element that was skipped."""
        mark = self._buffer[:1]
        if mark == b"}":
            return self._stop(_STRAY_BRACE)
        self._drop(1)
        self._wants_value = mark == b","
        self._step = self._elements if mark == b"," else self._after
        return None

    def _guessed(self, *, final: bool) -> Batch | None:
        """A batch cut at a seam that looks right, or None."""
        if final:
            text = bytes(self._buffer).rstrip(WHITESPACE)
            if not text.endswith(b"]"):
                return None
            batch = self._proved(b"[" + text, self._after)
            if batch is not None:
                self._buffer.clear()
            return batch
        for cut in guesses(self._buffer, min(len(self._buffer), CHUNK_SIZE), self._seam):
            with memoryview(self._buffer) as view:
                text = b"".join((b"[", view[:cut], b"]"))
            batch = self._proved(text, self._elements)
            if batch is not None:
                del self._buffer[: cut + 1]
                return batch
        return None

    def _proved(self, text: bytes, then: Any) -> Batch | None:
        """The batch of what stands between two brackets, if it parses as an array; and the mark after it is passed."""
        # Invariant: the text begins at a boundary, after the array's [ or one of its commas. If it parses as one array,
        # its end lies in no string and no record: what was guessed there separates two records, or closes the array.
        # No record in it is too long, since the whole text is not.
        if len(text) - 2 > self.max_record:
            return None
        try:
            values = parse(text)
        except NotParsed:
            return None
        if not values and (self._wants_value or then == self._elements):
            return None
        self._wants_value = then == self._elements
        self._step = then
        batch = self._named_once(Batch(values, memoryview(text)[1:-1], self._index, self._cursor))
        self._index += len(values)
        self._cursor = self._cursor.advanced(text, 1)
        if not self._seam and len(values) > 1:
            self._seam = learn_seam(batch.data)
        return batch

    def _scanned(self, *, final: bool) -> Batch | None:
        """A batch of the whole elements that the scanner finds at the front of the buffer."""
        assert self._scanner is not None
        spans: list[tuple[int, int]] = []
        begin = 0
        closed = False
        while not closed and begin < CHUNK_SIZE:
            end = self._scanner.find_end(self._buffer)
            if end is None:
                break
            closed = self._buffer[end] != 0x2C  # a comma
            if not (closed and not spans and not self._wants_value and _is_blank(self._buffer[begin:end])):
                spans.append((begin, end))
            begin = end + 1
        if begin == 0 and len(self._buffer) > self.max_record:
            return self._oversized()
        if begin == 0:
            return self._truncated() if final else None
        return self._read(spans, begin, closed=closed)

    def _read(self, spans: list[tuple[int, int]], taken: int, *, closed: bool) -> Batch | None:
        """The batch of these elements; the first that is no JSON ends the file."""
        self._scanner = None
        last = taken - 1
        closing_mark = self._buffer[last : last + 1]
        data = bytes(self._buffer[:last])
        values: list[Any] = []
        problems: list[Problem] = []
        for start, end in spans:
            result = read_element(data[start:end], self.max_record)
            if result.is_malformed:
                return self._malformed(values, problems, data, start, result)
            problems += result.problems(len(values))
            values.append(result.value)
        if closing_mark == b"}":
            stray = Problem("parse", _STRAY_BRACE, None, self._cursor.advanced(data))
            self._step = self._stopped
            return self._batch(values, data, [*problems, stray])
        batch = self._batch(values, data, problems)
        self._drop(1)
        self._wants_value = not closed
        self._step = self._after if closed else self._elements
        return batch if values else None

    def _malformed(
        self, values: list[Any], problems: list[Problem], data: bytes, start: int, result: ReadResult
    ) -> Batch:
        """What was read before an element that is no JSON, and the problem, which ends the file."""
        end = start + (result.at or 0)
        problem = Problem("parse", result.message, None, self._cursor.advanced(data[:end]))
        self._step = self._stopped
        if result.value is not UNREADABLE:
            return self._batch([*values, result.value], data[:end], [*problems, problem])
        return self._batch(values, data[:start], [*problems, problem])

    def _truncated(self) -> Batch:
        """The file ends where the array is still open."""
        data = bytes(self._buffer)
        values: list[Any] = []
        problems: list[Problem] = []
        message = "the file ends before the array is closed"
        end = len(data)
        if not _is_blank(data):
            result = read_value(data)
            if not result.is_malformed:
                problems = result.problems(0)
                values = [result.value]
            elif result.at is not None and result.at < len(data.rstrip()) and "nterminated" not in result.message:
                message, end = result.message, result.at
            else:
                message = "the file ends inside a record: the array is not closed"
        problems.append(Problem("parse", message, None, self._cursor.advanced(data[:end])))
        self._step = self._stopped
        return self._batch(values, data if values else b"", problems)

    def _oversized(self) -> Batch | None:
        """A record that goes on beyond the limit: malformed before that, or to be skipped."""
        data = bytes(self._buffer)
        result = read_element(data, self.max_record)
        if result.is_malformed:
            return self._malformed([], [], data, 0, result)
        self._skip_whitespace()
        batch = Batch([UNREADABLE], b"", self._index, self._cursor, result.problems(0))
        self._index += 1
        self._scanner = self._scanner or ElementScanner()
        self._scanner.position -= len(data) - len(self._buffer)
        self._step = self._skipping
        return batch

    def _batch(self, values: list[Any], data: bytes, problems: list[Problem] | None = None) -> Batch:
        batch = self._named_once(Batch(values, data, self._index, self._cursor, problems or []))
        self._index += len(values)
        self._cursor = self._cursor.advanced(data)
        del self._buffer[: len(data)]
        return batch

    def _named_once(self, batch: Batch) -> Batch:
        return with_repeated_names(batch, self) if self.setup.unique_names else batch

    def _stop(self, message: str) -> Batch:
        self._step = self._stopped
        return Batch([], b"", self._index, self._cursor, [Problem("parse", message, None, self._cursor)])

    def _first_byte(self) -> str:
        byte = self._buffer[0]
        return chr(byte) if 0x21 <= byte < 0x7F else f"byte 0x{byte:02X}"

    def _skip_whitespace(self) -> None:
        match = _NOT_WHITESPACE.search(self._buffer)
        self._drop(match.start() if match else len(self._buffer))

    def _drop(self, count: int) -> None:
        if count:
            self._cursor = self._cursor.advanced(bytes(self._buffer[:count]))
            del self._buffer[:count]


def _is_blank(data: bytes | bytearray) -> bool:
    return not data.strip(WHITESPACE)
