"""Reader for XLSX: one sheet of a workbook, a header row and, under it, a record a row."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, ClassVar

import orjson

from ..source.source import ReadAgain, Spool
from ..source.temporary import open_temporary
from .base import CHUNK_SIZE, DEFAULT_MAX_RECORD, Cells, Reader, Setup
from .batch import UNREADABLE, Batch, Cursor, Problem, Rereader
from .header import Header, letters_of, no_header, read_header
from .sheet import Row, SheetRows, place_of
from .sheet_choice import choose_sheet
from .workbook import Workbook

_ROWS = 1000
_FORMULA_MARK = "="


class SheetRereader:
    """Reads rows again that were written down as lines of JSON: the row's number, and its fields, if it has any."""

    def values_of(self, data: bytes) -> list[Any]:
        return [
            UNREADABLE
            if fields is None
            else {name: UNREADABLE if cell is False else cell for name, cell in fields.items()}
            for _, fields in map(orjson.loads, data.splitlines())
        ]

    def places_of(self, data: bytes) -> list[tuple[int, int]]:
        places = []
        offset = 0
        for line in data.splitlines(keepends=True):
            places.append((offset, orjson.loads(line)[0]))
            offset += len(line)
        return places


class XlsxReader(Reader):
    """One sheet of a workbook. Cells are text: numbers, dates and booleans are written as CSV would have them.

    A workbook can only be read from its end, so it is kept in a temporary file until it is whole. Then its parts are
    unpacked and parsed piece by piece: memory does not grow with what it unpacks to. Its rows are written down as they
    are read, since a zip file has no places to look back to.
    """

    name: ClassVar[str] = "xlsx"

    def __init__(self, *, max_record: int = DEFAULT_MAX_RECORD, setup: Setup | None = None) -> None:
        super().__init__(max_record=max_record, setup=setup)
        self._file = open_temporary(self.setup.tmp, buffering=-1)
        self._workbook: Workbook | None = None
        self._rows: Spool | None = None
        self._cells = Cells({}, by_offset=False)
        self._notes: list[str] = []

    @property
    def cells(self) -> Cells | None:
        return self._cells

    @property
    def notes(self) -> Sequence[str]:
        return self._notes

    @property
    def content(self) -> ReadAgain | None:
        return self._rows

    @property
    def rereader(self) -> Rereader:
        return SheetRereader()

    def feed(self, data: bytes) -> Iterator[Batch]:
        self._file.write(data)
        yield from ()

    def close(self) -> Iterator[Batch]:
        workbook = self._workbook = Workbook(self._file, self.max_record, self.setup.tmp)
        sheet, notes = choose_sheet(workbook, self.setup.columns, self.setup.options.get("sheet", ""))
        self._notes += notes
        content = workbook.rows(sheet)
        top, cells = content.first()
        cursor = Cursor(0, top)
        first = min(cells, default=0)
        texts = [cells.get(at, "") for at in range(first, max(cells, default=-1) + 1)]
        header = read_header(texts, self.setup.columns, cursor, sheet=sheet.name, first=first, by_offset=False)
        if header is None:
            self._cells = Cells({}, sheet.name, by_offset=False)
            empty = f"the sheet {sheet.name!r} is empty; expected a header row"
            later = ((row.number, list(content.texts(row).values())) for row in content.rows())
            message = no_header(self.setup.columns, later) if cells else empty
            yield Batch([], b"", 0, cursor, [Problem("parse", message, None, cursor, of_file=True)])
            return
        beside = {letters_of(at): (letters_of(at), "") for at in range(first)}
        self._cells = replace(header.cells, columns={**beside, **header.cells.columns})
        self._rows = Spool(self.setup.tmp)
        table = _Table(header, first, top, [self._type_of(name) for name in header.names], content, self.max_record)
        yield Batch([], b"", 0, cursor, [*header.problems, *table.hidden_columns()])
        yield from self._batches(table, content.rows())
        merged = table.merged()
        while problems := list(islice(merged, _ROWS)):
            yield Batch([], b"", 0, cursor, problems)

    def drop(self) -> None:
        self._file.close()
        if self._workbook is not None:
            self._workbook.close()
        if self._rows is not None:
            self._rows.close()

    @staticmethod
    def first_values(head: bytes) -> list[Any] | None:
        return None

    def _type_of(self, field: str | None) -> str:
        return next((each.type for each in self.setup.columns if each.field == field), "string")

    def _batches(self, table: _Table, rows: Iterator[Row]) -> Iterator[Batch]:
        """The records of rows, so many at a time that they do not take much memory."""
        assert self._rows is not None
        index = offset = size = 0
        records: list[Any] = []
        problems: list[Problem] = []
        lines: list[bytes] = []
        for row in rows:
            if (read := table.read(row, len(records), problems)) is None:
                continue
            record, line = read
            records.append(record)
            lines.append(line)
            size += len(line)
            if len(records) >= _ROWS or size >= CHUNK_SIZE:
                yield self._batch(records, lines, index, offset, problems)
                index, offset = index + len(records), offset + size
                records, problems, lines, size = [], [], [], 0
        if records or problems:
            yield self._batch(records, lines, index, offset, problems)

    def _batch(self, records: list[Any], lines: list[bytes], index: int, offset: int, problems: list[Problem]) -> Batch:
        assert self._rows is not None
        data = b"".join(lines)
        self._rows.write(data)
        return Batch(records, data, index, Cursor(offset, 0), problems)


class _Table:
    """Makes records of the rows under a header.

    Arguments:
        header: the header.
        first: its first column, from 0.
        top: its row.
        types: the type of each of its columns.
        content: the sheet.
        max_record: the most bytes of text in a row that is read.
    """

    def __init__(
        self, header: Header, first: int, top: int, types: list[str], content: SheetRows, max_record: int
    ) -> None:
        self._header = header
        self._first = first
        self._top = top
        self._types = types
        self._content = content
        self._max_record = max_record
        self._beside: set[int] = set()
        self._named = [at for at, name in enumerate(header.names) if name]

    def read(self, row: Row, at: int, problems: list[Problem]) -> tuple[Any, bytes] | None:
        """The record in a row, and the line to write down for it; None where the row is blank.

        Arguments:
            at: the number that the record has in its batch.
            problems: takes in what is wrong with the row.
        """
        texts, last, is_too_long = self._texts(row)
        if is_too_long:
            message = f"row longer than {self._max_record:,} bytes: not read"
            problems.append(Problem("record-size", message, at))
            return UNREADABLE, _line(row.number, None)
        left = self._first
        cells_without = {column - left: error for column, error in row.without_value.items() if column >= left}
        for column in cells_without:
            last = max(last, column + 1)
            if column < len(texts):
                texts[column] = _FORMULA_MARK
        if not last:
            self._note_beside(row, problems)
            return None
        if last > len(texts):
            record, problem = self._header.misfit(texts[0], last, at)
            problems.append(problem)
        else:
            [record] = self._header.records([texts])
            self._mark(record, cells_without, at, problems)
        self._note_beside(row, problems)
        if row.hidden:
            problems.append(Problem("hidden-cells", "the row is hidden", at))
        return record, _line(row.number, record)

    def hidden_columns(self) -> Iterator[Problem]:
        """What is wrong with hidden columns."""
        for column in self._content.hidden_columns:
            at = column - self._first
            if 0 <= at < len(self._header.names) and (name := self._header.names[at]):
                cursor = Cursor(0, self._top)
                yield Problem("hidden-cells", "the column is hidden", None, cursor, (name,), of_file=True)

    def merged(self) -> Iterator[Problem]:
        """What is wrong with merged cells."""
        for merged in self._content.merged():
            begin, end = (place_of(each) for each in (merged.partition(":")[0], merged.rpartition(":")[2]))
            if begin is None or end is None or end[0] < self._top:
                continue
            nearest = bisect_left(self._named, begin[1] - self._first)
            if nearest < len(self._named) and self._named[nearest] <= end[1] - self._first:
                cursor, name = Cursor(0, begin[0]), self._header.names[self._named[nearest]] or ""
                yield Problem("merged-cells", f"the cells {merged} are merged", None, cursor, (name,), of_file=True)

    def _texts(self, row: Row) -> tuple[list[str], int, bool]:
        """The cells under the header, how many there are up to the last with text, and whether they are too long."""
        texts = [""] * self._header.width
        last = size = 0
        for column, cell in row.cells.items():
            at = column - self._first
            text: str | None
            if cell.__class__ is str:
                text = cell
            else:
                text = self._content.text(cell, self._types[at] if 0 <= at < len(texts) else "string")
            size += self._max_record + 1 if text is None else len(text)
            if size > self._max_record:
                return [], 0, True
            if text and at >= 0:
                last = max(last, at + 1)
                if at < len(texts):
                    texts[at] = text
        return texts, last, row.is_too_long

    def _mark(self, record: dict[str, Any], without: dict[int, bool], at: int, problems: list[Problem]) -> None:
        """Make the cells of a record unreadable that lack a value."""
        for column, is_error in without.items():
            if name := self._header.names[column]:
                record[name] = UNREADABLE
                what = "holds an error, not a value" if is_error else "holds a formula without a value"
                problems.append(Problem("formula", f"the cell {what}", at, path=(name,)))

    def _note_beside(self, row: Row, problems: list[Problem]) -> None:
        """Say of each column left of the header, once, that it is not looked at."""
        for column in row.cells:
            if column < self._first and column not in self._beside:
                self._beside.add(column)
                message, cursor = "the column has no header: it was not looked at", Cursor(0, self._top)
                problems.append(Problem("unknown-column", message, None, cursor, (letters_of(column),), of_file=True))


def _line(number: int, record: dict[str, Any] | None) -> bytes:
    """What is written down for a row."""
    shown = record and {name: False if cell is UNREADABLE else cell for name, cell in record.items()}
    return orjson.dumps((number, shown), option=orjson.OPT_APPEND_NEWLINE)
