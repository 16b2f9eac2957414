"""Reader for a file that holds one JSON value a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from .base import CHUNK_SIZE, DEFAULT_MAX_RECORD, Before, JsonReader, Opening, Setup, ValuesReader
from .batch import UNREADABLE, Batch, Cursor, Problem
from .json_text import BOM, WHITESPACE, ReadResult, parse_together, read_value, sketch_of_beginning, too_long
from .kinds import HEAD_SIZE, JSON_ARRAY, JSON_LINES, ONE_OBJECT, kind_of
from .repeated_names import read_together, with_problems_of, with_repeated_names


class JsonLinesReader(JsonReader, ValuesReader):
    """One record a line. A line that cannot be read costs that line; blank lines pass.

    A batch of whole lines is parsed in one call, as one array, with a number for each line break that no file can
    know: where it stands after every value, and nowhere else, each line was one value. Otherwise the lines are read
    one by one.
    """

    name: ClassVar[str] = "json-lines"

    def __init__(self, *, max_record: int = DEFAULT_MAX_RECORD, setup: Setup | None = None) -> None:
        super().__init__(max_record=max_record, setup=setup)
        self._buffer = bytearray()
        self._cursor = Cursor()
        self._index = 0
        # Invariant: no line ends in the first `_searched` bytes of the buffer, and after the first `_text` bytes these
        # are white space. So of a long line that comes in many pieces, only the first `CHUNK_SIZE` bytes are searched
        # again.
        self._searched = 0
        self._text = 0
        self._skipping = False
        self._begun = False
        self._stopped = False

    layout: ClassVar[str] = "lines"

    @property
    def cursor(self) -> Cursor:
        return self._cursor

    @property
    def is_over(self) -> bool:
        return self._stopped

    def opening(self, head: bytes) -> Opening | None:
        if other_kind(head) or head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return None
        return Opening(Cursor(len(BOM) if head.startswith(BOM) else 0))

    def resumed_after(self, start: Cursor, values: int, before: Before) -> JsonLinesReader:
        reader = JsonLinesReader(max_record=self.max_record, setup=self.setup)
        reader._cursor, reader._index = start, values
        # What stands at the beginning of a file was looked at where it does not begin here.
        reader._begun = start.offset > 0
        return reader

    def give_back(self) -> tuple[bytes, Cursor, int, Before] | None:
        if self._skipping or self._stopped or not self._begun:
            return None
        return bytes(self._buffer), self._cursor, self._index, Before.NOTHING

    def feed(self, data: bytes) -> Iterator[Batch]:
        self._buffer += data
        if not self._begun and len(self._buffer) < HEAD_SIZE:
            return
        yield from self._begin()
        if self._stopped:
            self._buffer.clear()
        while len(self._buffer) >= CHUNK_SIZE:
            batch = self._cut()
            if batch is None:
                break
            yield batch

    def close(self) -> Iterator[Batch]:
        yield from self._begin()
        while self._buffer and not self._stopped:
            batch = self._cut(final=True)
            if batch is None:
                break
            yield batch
        if self._index == 0 and not self._stopped:
            what = "empty" if not self._cursor.offset else "blank"
            yield self._problem_only(f"the file is {what}; expected a JSON object on each line")

    @staticmethod
    def first_values(head: bytes) -> list[Any] | None:
        text = head.removeprefix(BOM)
        lines = [line for line in text.split(b"\n") if line.strip(WHITESPACE)]
        if len(lines) > 1 and not head.endswith(b"\n"):
            lines.pop()
        if other_kind(head):
            return None
        values = [read_value(line).value for line in lines]
        if len(lines) == 1 and not isinstance(values[0], dict):
            values = [sketch_of_beginning(lines[0])]
        return values if values and any(isinstance(value, dict) for value in values) else None

    def values_of(self, data: bytes) -> list[Any]:
        values = _parsed_together(data) if len(data) <= self.max_record else None
        if values is not None:
            return values
        return [self._result_of(line).value for line in data.split(b"\n") if line.strip(WHITESPACE)]

    def read_alone(self, text: bytes, begin: int, end: int, place: Cursor, at: int) -> tuple[Any, list[Problem]] | None:
        line_begin = text.rfind(b"\n", 0, begin) + 1
        line = text[line_begin:end]
        result = self._result_of(line)
        if not result.is_malformed:
            return with_problems_of(result, line, at, unique_names=self.setup.unique_names)
        line_place = Cursor(place.offset - begin + line_begin, place.line)
        mistake = line_place.advanced(line, 0, min(result.at or 0, len(line)))
        return result.value, [Problem("parse", result.message, at, mistake)]

    def read_together(self, texts: list[bytes]) -> tuple[list[Any], list[Problem]] | None:
        return read_together(texts, unique_names=self.setup.unique_names)

    def offsets_of(self, data: bytes) -> list[int]:
        offsets = []
        begin = 0
        for line in data.split(b"\n"):
            if line.strip(WHITESPACE):
                offsets.append(begin + len(line) - len(line.lstrip(WHITESPACE)))
            begin += len(line) + 1
        return offsets

    def _begin(self) -> Iterator[Batch]:
        if self._begun:
            return
        self._begun = True
        if self._buffer.startswith(BOM):
            del self._buffer[: len(BOM)]
            self._cursor = Cursor(offset=len(BOM))
        if self._buffer.startswith((b"\xff\xfe", b"\xfe\xff")):
            yield self._problem_only("the file is UTF-16; JSON Lines files are UTF-8")
            self._stopped = True
        elif kind := other_kind(bytes(self._buffer[:HEAD_SIZE])):
            yield self._problem_only(f"the file looks like {kind}; expected a JSON object on each line")
            self._stopped = True

    def _cut(self, *, final: bool = False) -> Batch | None:
        """The batch of the whole lines at the front of the buffer; None where more bytes are needed."""
        if self._skipping:
            return self._skip()
        end = self._buffer.rfind(b"\n", 0, CHUNK_SIZE)
        if end < 0:
            end = self._buffer.find(b"\n", max(self._searched, CHUNK_SIZE))
        if end < 0 and not final:
            self._look_at_more()
            return self._oversized() if self._is_too_long(self._text, len(self._buffer)) else None
        self._searched = self._text = 0
        taken = len(self._buffer) if end < 0 else end + 1
        with memoryview(self._buffer) as view:
            data = bytes(view[:taken])
        return self._read(data)

    def _look_at_more(self) -> None:
        """Look at what has come of a line that does not end yet; white space before it is dropped."""
        if not self._text:
            self._drop(len(self._buffer) - len(self._buffer.lstrip(WHITESPACE)))
            self._searched = 0
        text = self._buffer[self._searched :].rstrip(WHITESPACE)
        if text:
            self._text = self._searched + len(text)
        self._searched = len(self._buffer)

    def _is_too_long(self, text: int, line: int) -> bool:
        """Whether a line is, of these lengths in bytes: without white space around it, and with that after it."""
        return text > self.max_record or line > 2 * self.max_record

    def _read(self, data: bytes) -> Batch:
        problems: list[Problem] = []
        values = _parsed_together(data) if len(data) <= self.max_record else None
        after = None if values is None else Cursor(self._cursor.offset + len(data), self._cursor.line + len(values))
        if values is None:
            values = self._read_lines(data, problems)
        batch = Batch(values, data, self._index, self._cursor, problems)
        self._index += len(values)
        self._cursor = after or self._cursor.advanced(data)
        del self._buffer[: len(data)]
        return with_repeated_names(batch, self) if self.setup.unique_names else batch

    def _read_lines(self, data: bytes, problems: list[Problem]) -> list[Any]:
        values: list[Any] = []
        begin = 0
        for line in data.split(b"\n"):
            if line.strip(WHITESPACE):
                values.append(self._read_line(line, len(values), begin, data, problems))
            begin += len(line) + 1
        return values

    def _read_line(self, line: bytes, at: int, begin: int, data: bytes, problems: list[Problem]) -> Any:
        result = self._result_of(line)
        if result.is_malformed:
            place = self._cursor.advanced(data[: begin + min(result.at or 0, len(line))])
            problems.append(Problem("parse", result.message, at, place))
        else:
            problems += result.problems(at)
        return result.value

    def _result_of(self, line: bytes) -> ReadResult:
        text = line.lstrip(WHITESPACE)
        if self._is_too_long(len(text.rstrip(WHITESPACE)), len(text)):
            return too_long(self.max_record)
        result = read_value(line.removesuffix(b"\r"))
        if not result.is_malformed:
            return result
        reason = result.message if result.value is UNREADABLE else "malformed JSON: text after the object"
        return result._replace(value=UNREADABLE, message=f"{reason}; each line has to be one JSON object")

    def _oversized(self) -> Batch:
        batch = Batch([UNREADABLE], b"", self._index, self._cursor, too_long(self.max_record).problems(0))
        self._index += 1
        self._skipping = True
        return batch

    def _skip(self) -> Batch | None:
        """Drop the rest of a line that is too long."""
        end = self._buffer.find(b"\n")
        self._skipping = end < 0
        self._drop(len(self._buffer) if end < 0 else end + 1)
        self._searched = self._text = 0
        return None if self._skipping else Batch([], b"", self._index, self._cursor)

    def _problem_only(self, message: str) -> Batch:
        return Batch([], b"", self._index, self._cursor, [Problem("parse", message, None, self._cursor)])

    def _drop(self, count: int) -> None:
        self._cursor = self._cursor.advanced(bytes(self._buffer[:count]))
        del self._buffer[:count]


def other_kind(head: bytes) -> str:
    """What a file is in place of JSON Lines, as far as its beginning shows; empty where it may be JSON Lines.

    A broken first line is no reason not to read the others: objects on lines of their own speak for JSON Lines. An
    array has one at most, its last, and commas after those before.
    """
    kind = kind_of(head)
    if kind in {"", JSON_LINES, ONE_OBJECT}:
        return ""
    lines = [line.strip(WHITESPACE) for line in head[:HEAD_SIZE].split(b"\n") if line.startswith(b"{")]
    whole = sum(not read_value(line).is_malformed for line in lines)
    with_comma = sum(line.endswith(b",") for line in lines)
    return kind if whole <= with_comma + (kind == JSON_ARRAY) else ""


def _parsed_together(data: bytes) -> list[Any] | None:
    """The values of all lines, parsed in one call; None where not every line is one value."""
    return parse_together(data.removesuffix(b"\n").split(b"\n"))
