"""Reader for CSV: a header row and, under it, a record a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, ClassVar, NamedTuple

from ..errors import SourceError
from .base import CHUNK_SIZE, DEFAULT_MAX_RECORD, Before, Cells, Opening, Setup, ValuesReader
from .batch import UNREADABLE, Batch, Cursor, Problem, Rereader
from .delimited import (
    DAMAGE,
    Encoding,
    Row,
    RowEnd,
    count_lines,
    encoding_of,
    parse,
    parse_with_lines,
    read_rows,
)
from .header import Header, known_headers, letters_of, no_header, read_header
from .judged import Table

HEAD_SIZE = 64 * 1024
"""Bytes that are looked at to tell how a file is written; the header row has to be among them."""

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}


@dataclass(frozen=True, slots=True)
class CsvRereader:
    """Reads rows of a file again whose header is known."""

    encoding: Encoding
    delimiter: str
    header: Header

    def values_of(self, data: bytes) -> list[Any]:
        return self.read(data, final=True).records

    def places_of(self, data: bytes) -> list[tuple[int, int]]:
        text, _ = self.encoding.decode(data)
        starts = self.encoding.line_starts(data)
        rows = parse_with_lines(text, self.delimiter)
        return [(starts[lines], number) for number, (row, lines) in enumerate(rows) if any(row)]

    def read(self, data: bytes, *, final: bool) -> _Rows:
        """The records in bytes that begin where a row does.

        Arguments:
            final: whether they end where a row does, or have to.
        """
        text, damaged = self.encoding.decode(data)
        rows = parse(text, self.delimiter)
        if rows is not None and not damaged and self.header.fits(rows):
            return _Rows(self.header.records(rows), [], len(rows), len(data), None)
        return self._read_each(data, text, final=final)

    def _read_each(self, data: bytes, text: str, *, final: bool) -> _Rows:
        records: list[Any] = []
        problems: list[Problem] = []
        count = 0
        for row in read_rows(text, self.delimiter):
            if row.unclosed is not None:
                end = self.encoding.line_starts(data)[count_lines(text, row.begin)]
                return _Rows(records, problems, count, end, row if final else None)
            count += 1
            if any(row.cells):
                record, problem = self.header.record(row.cells, len(records))
                problems += [problem] if problem else self._damage_in(row, record, len(records))
                records.append(record)
        return _Rows(records, problems, count, len(data), None)

    def _damage_in(self, row: Row, record: dict[str, Any], at: int) -> Iterator[Problem]:
        """What is wrong with the text of a row's cells; they become unreadable."""
        for column, cell in enumerate(row.cells[: self.header.used]):
            name = self.header.names[column] or letters_of(column)
            found = DAMAGE.search(cell)
            if found and found.group() == "\0":
                problem = Problem("encoding", "the cell holds a NUL, which is no text", at, path=(name,))
            elif found:
                problem = Problem("encoding", self._no_text(ord(found.group()) - 0xDC00), at, path=(name,))
            elif column in row.damaged:
                problem = Problem("quoting", "the cell has text after the quote that closes it", at, path=(name,))
            else:
                continue
            if self.header.names[column]:
                record[name] = UNREADABLE
            yield problem

    def _no_text(self, byte: int) -> str:
        if self.encoding.width > 1:
            return f"the cell has bytes that are no {self.encoding.codec.upper()}"
        other = "if the whole file is in another encoding, name that with --encoding"
        return f"the cell has the byte 0x{byte:02X}, which is no {self.encoding.codec.upper()}; {other}"


class _Rows(NamedTuple):
    """What was read of some text: records, problems, how many rows, how many bytes; a row that is not closed."""

    records: list[Any]
    problems: list[Problem]
    rows: int
    end: int
    unclosed: Row | None


class CsvReader(ValuesReader):
    """One record a row, under a row of headers. Rows are counted as a spreadsheet counts them.

    A batch is cut at a line end before which quotes stand in pairs, and proved by parse: from the beginning of
    a row, text that Python's strict `csv` reads without complaint ends where a row does. Where it complains,
    `read_rows` goes from cell to cell, and says what is wrong.
    """

    name: ClassVar[str] = "csv"
    layout: ClassVar[str] = "rows"

    def __init__(self, *, max_record: int = DEFAULT_MAX_RECORD, setup: Setup | None = None) -> None:
        super().__init__(max_record=max_record, setup=setup)
        self._buffer = bytearray()
        self._cursor = Cursor()
        self._index = 0
        self._stopped = False
        self._passing: RowEnd | None = None
        self._passed = 0
        self._wanted = min(CHUNK_SIZE, max_record)
        self._again: CsvRereader | None = None
        self._pending: list[Batch] = []

    @property
    def cursor(self) -> Cursor:
        return self._cursor

    @property
    def cells(self) -> Cells | None:
        return self._again.header.cells if self._again else Cells({})

    @property
    def rereader(self) -> Rereader:
        return self._again or CsvRereader(Encoding("utf-8"), ",", Header([], 0, 0, Cells({})))

    @property
    def is_over(self) -> bool:
        return self._stopped and not self._pending

    def opening(self, head: bytes) -> Opening | None:
        self._begin(head[:HEAD_SIZE])
        again = self._again
        if again is None or again.encoding.codec != "utf-8":
            return None
        if not again.delimiter.isascii() or not again.header.is_whole:
            return None
        return Opening(self._cursor, self._pending, Table(again.delimiter, again.header.names, again.header.used))

    def read_alone(self, text: bytes, begin: int, end: int, place: Cursor, at: int) -> tuple[Any, list[Problem]] | None:
        assert self._again is not None
        rows = self._again.read(text[begin:end], final=True)
        [record] = rows.records
        return record, [replace(problem, at=at) for problem in rows.problems]

    def read_together(self, texts: list[bytes]) -> tuple[list[Any], list[Problem]] | None:
        assert self._again is not None
        rows = self._again.read(b"".join(texts), final=True)
        return (rows.records, rows.problems) if len(rows.records) == rows.rows == len(texts) else None

    def resumed_after(self, start: Cursor, values: int, before: Before) -> CsvReader:
        reader = CsvReader(max_record=self.max_record, setup=self.setup)
        reader._again, reader._cursor, reader._index = self._again, start, values
        return reader

    def give_back(self) -> tuple[bytes, Cursor, int, Before] | None:
        if self._passing is not None or self._stopped or self._pending or self._again is None:
            return None
        return bytes(self._buffer), self._cursor, self._index, Before.NOTHING

    def feed(self, data: bytes) -> Iterator[Batch]:
        if self._stopped:
            return
        self._buffer += data
        if self._again is None:
            if len(self._buffer) < HEAD_SIZE:
                return
            self._begin(bytes(self._buffer[:HEAD_SIZE]))
        yield from self._drain(final=False)

    def close(self) -> Iterator[Batch]:
        if self._again is None and not self._stopped:
            self._begin(bytes(self._buffer), final=True)
        yield from self._drain(final=True)

    @staticmethod
    def first_values(head: bytes) -> list[Any] | None:
        return None

    def _begin(self, head: bytes, *, final: bool = False) -> None:
        """Read the header row, and with it how the file is written.

        Arguments:
            head: the beginning of the file.
            final: whether that is all of it.
        """
        encoding = encoding_of(head, self.setup.options.get("encoding", ""))
        text, _ = encoding.decode(head[encoding.begin :])
        delimiters = _delimiters(self.setup.options.get("delimiter", ""))
        # Without columns to know headers by, what stands in later rows tells delimiters apart under a title.
        columns = self.setup.columns
        begun = [
            (
                known_headers(row.cells, columns),
                len(row.cells),
                0 if columns else text.count(delimiter),
                delimiter,
                row,
                blank,
            )
            for delimiter in delimiters
            if (found := _first_row(text, delimiter, final=final)) is not None
            for row, blank in [found]
        ]
        if not begun:
            what = "the header row does not end" if text.strip() else "the file is empty; expected a header row"
            self._stop(what, Cursor(encoding.begin))
            return
        *_, delimiter, row, blank = max(begun, key=lambda each: each[:3])
        starts = encoding.line_starts(head[encoding.begin :])
        cursor = Cursor(encoding.begin + starts[count_lines(text, row.begin)], 1 + blank)
        if damage := DAMAGE.search(text, row.begin, row.end):
            advice = (
                "name it with --encoding, such as utf-16-le"
                if damage.group() == "\0"
                else "name it with --encoding, such as cp1252"
            )
            self._stop(f"the header row is no {encoding.codec.upper()} text; {advice}", cursor)
            return
        header = read_header(row.cells, self.setup.columns, cursor)
        if header is None:
            self._stop(no_header(self.setup.columns, _rows_by_delimiter(text, delimiters)), cursor)
            return
        self._again = CsvRereader(encoding, delimiter, header)
        ended = count_lines(text, row.end)
        end = starts[ended] if text[row.end - 1] in "\r\n" else len(head) - encoding.begin
        self._cursor = Cursor(encoding.begin + end, 2 + blank)
        self._pending.append(Batch([], b"", 0, cursor, header.problems))
        del self._buffer[: self._cursor.offset]

    def _drain(self, *, final: bool) -> Iterator[Batch]:
        while self._pending:
            yield self._pending.pop(0)
        while not self._stopped and (self._buffer or (final and self._passing is not None)):
            if self._passing is not None:
                batch = self._pass_by(self._passing, final=final)
                if batch is None:
                    break
                yield batch
            elif not final and len(self._buffer) < self._wanted:
                break
            elif (batch := self._cut(final=final)) is not None:
                yield batch

    def _cut(self, *, final: bool) -> Batch | None:
        """The batch of whole rows at the front of the buffer; None where it has to be looked for in more bytes."""
        assert self._again is not None
        window = bytes(self._buffer[: self._wanted])
        rows = self._rows_in(self._again, window, final=final and len(window) == len(self._buffer))
        if not rows.rows and rows.unclosed is None:
            self._grow(self._again)
            return None
        data = window[: rows.end]
        batch = Batch(rows.records, data, self._index, self._cursor, rows.problems)
        self._index += len(rows.records)
        self._cursor = Cursor(self._cursor.offset + len(data), self._cursor.line + rows.rows)
        self._wanted = min(CHUNK_SIZE, self.max_record)
        del self._buffer[: len(data)]
        if rows.unclosed is not None:
            batch.problems.append(self._unclosed(len(rows.unclosed.cells)))
        return batch

    @staticmethod
    def _rows_in(reader: CsvRereader, window: bytes, *, final: bool) -> _Rows:
        """The whole rows of a window: up to where a row is likely to end; where none does, up to its last line end."""
        if final:
            return reader.read(window, final=True)
        likely = reader.encoding.likely_end(window)
        rows = reader.read(window[:likely], final=False)
        if rows.rows:
            return rows
        last = reader.encoding.last_end(window)
        return rows if last == likely else reader.read(window[:last], final=False)

    def _unclosed(self, column: int) -> Problem:
        """The problem that the quote that opens a cell in this column is not closed."""
        assert self._again is not None
        self._stopped = True
        names = self._again.header.names
        name = (names[column] if column < len(names) else None) or letters_of(column)
        message = "the quote that opens the cell is not closed: all that follows was taken for a part of it"
        return Problem("parse", message, None, self._cursor, (name,))

    def _grow(self, again: CsvRereader) -> None:
        """Look for the end of a row in more bytes; where these are more than a row may have, pass the row by."""
        if self._wanted < self.max_record:
            self._wanted = min(2 * self._wanted, self.max_record)
        else:
            self._passing, self._passed = RowEnd(again.encoding, again.delimiter), 0

    def _pass_by(self, row: RowEnd, *, final: bool) -> Batch | None:
        """Drop what there is of a row that is too long; the batch with what is wrong, where the row ends."""
        end = row.find(bytes(self._buffer), final=final)
        self._passed += end
        del self._buffer[:end]
        if not row.ended and not final:
            return None
        if row.in_quotes:
            return Batch([], b"", self._index, self._cursor, [self._unclosed(row.column)])
        problem = Problem("record-size", f"row longer than {self.max_record:,} bytes: not read", 0)
        batch = Batch([UNREADABLE], b"", self._index, self._cursor, [problem])
        self._index += 1
        self._cursor = Cursor(self._cursor.offset + self._passed, self._cursor.line + 1)
        self._passing = None
        self._wanted = min(CHUNK_SIZE, self.max_record)
        return batch

    def _stop(self, message: str, cursor: Cursor) -> None:
        self._stopped = True
        self._pending.append(Batch([], b"", 0, cursor, [Problem("parse", message, None, cursor, of_file=True)]))


def has_header(head: bytes, setup: Setup) -> bool:
    """Whether the first row at the beginning of a file has a header that is known."""
    reader = CsvReader(setup=setup)
    reader._begin(head[:HEAD_SIZE], final=len(head) < HEAD_SIZE)
    return reader._again is not None


def _delimiters(named: str) -> list[str]:
    """The delimiters that a file may have.

    Raises:
        SourceError: where the name is that of none.
    """
    if not named:
        return list(DELIMITERS.values())
    delimiter = DELIMITERS.get(named, named)
    if len(delimiter) != 1 or delimiter in '"\r\n' or delimiter.isalnum():
        raise SourceError(f"delimiter {named!r}: it is one of {', '.join(DELIMITERS)}, or one other character")
    return [delimiter]


def _rows_by_delimiter(text: str, delimiters: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows of text with their numbers, each as every delimiter cuts it."""
    for number, rows in enumerate(zip_longest(*(read_rows(text, each) for each in delimiters)), 1):
        for row in filter(None, rows):
            yield number, row.cells


def _first_row(text: str, delimiter: str, *, final: bool) -> tuple[Row, int] | None:
    """The first row that is not blank, with how many blank ones stand before it; None where it is not all there."""
    for blank, row in enumerate(read_rows(text, delimiter)):
        if row.unclosed is not None or (row.end == len(text) and not final):
            return None
        if any(cell.strip() for cell in row.cells):
            return row, blank
    return None
