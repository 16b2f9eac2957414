"""Reader for XLSX: one sheet of a workbook, a header row and, under it, a record a row."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any, ClassVar

import orjson

from ..errors import SourceError
from ..source.source import ReadAgain, Spool
from ..source.temporary import open_temporary
from .archive import Archive, damaged
from .base import DEFAULT_MAX_RECORD, UNREADABLE, Batch, Cells, Cursor, Problem, Reader, Rereader, Setup
from .header import Header, read_header
from .sheet import SheetNotes, names_of_sheets, notes_of, part_of_sheet, place_of

_ROWS = 1000
_MOST_EXACT = 10**15
_FORMULA_MARK = "="


class SheetRereader:
    """Reads rows again that were written down as lines of JSON: the row's number, and its fields."""

    def values_of(self, data: bytes) -> list[Any]:
        return [
            {name: UNREADABLE if cell is False else cell for name, cell in fields.items()}
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

    A workbook can only be read from its end, so it is kept in a temporary file until it is whole; what it unpacks to is
    looked at before a library reads it. Its rows are written down as they are read, since a zip file has no places to
    look back to.
    """

    name: ClassVar[str] = "xlsx"

    def __init__(self, *, max_record: int = DEFAULT_MAX_RECORD, setup: Setup | None = None) -> None:
        super().__init__(max_record=max_record, setup=setup)
        self._file = open_temporary(self.setup.tmp, buffering=-1)
        self._rows: Spool | None = None
        self._cells = Cells({}, by_offset=False)

    @property
    def cells(self) -> Cells | None:
        return self._cells

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
        name, rows, first_column, notes = open_sheet(self._file, self.setup.options.get("sheet", ""))
        self._cells = Cells({}, name, by_offset=False)
        numbered = _numbered(rows, notes)
        top, row = next(((number, row) for number, row in numbered if any(row)), (1, []))
        cursor = Cursor(0, top)
        texts = [text_of(cell, "string") for cell in row]
        header = read_header(texts, self.setup.columns, cursor, sheet=name, first=first_column, by_offset=False)
        if header is None:
            wanted = ", ".join(f'"{each.header}"' for each in self.setup.columns[:10])
            what = f"the first row has none of the headers that there should be: {wanted}"
            message = what if any(row) else f"the sheet {name!r} is empty; expected a header row"
            yield Batch([], b"", 0, cursor, [Problem("parse", message, None, cursor, of_file=True)])
            return
        self._cells = header.cells
        yield Batch([], b"", 0, cursor, [*header.problems, *_layout_problems(header, notes, top, first_column)])
        self._rows = Spool(self.setup.tmp)
        yield from self._batches(numbered, header, notes, first_column)

    def drop(self) -> None:
        self._file.close()
        if self._rows is not None:
            self._rows.close()

    @staticmethod
    def first_values(head: bytes) -> list[Any] | None:
        return None

    def _batches(
        self, rows: Iterator[tuple[int, Sequence[Any]]], header: Header, notes: SheetNotes, first_column: int
    ) -> Iterator[Batch]:
        assert self._rows is not None
        types = {each.field: each.type for each in self.setup.columns}
        of_column = [types.get(name or "", "string") for name in header.names]
        index = offset = 0
        while block := list(islice(rows, _ROWS)):
            entries = _entries(block, of_column, notes, first_column)
            records: list[Any] = []
            problems: list[Problem] = []
            lines = []
            for number, row, without_value in entries:
                record, found = _record(header, row, without_value, len(records), number in notes.hidden_rows)
                problems += found
                records.append(record)
                shown = {name: False if cell is UNREADABLE else cell for name, cell in record.items()}
                lines.append(orjson.dumps((number, shown), option=orjson.OPT_APPEND_NEWLINE))
            data = b"".join(lines)
            self._rows.write(data)
            yield Batch(records, data, index, Cursor(offset, 0), problems)
            index += len(records)
            offset += len(data)


def _numbered(rows: Iterator[Sequence[Any]], notes: SheetNotes) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows with their numbers, and those after them that hold nothing but formulas without values."""
    number, width = 0, 0
    for number, row in enumerate(rows, 1):
        width = len(row)
        yield number, row
    for later in notes.rows_without_value(number):
        yield later, [""] * width


def _entries(
    block: list[tuple[int, Sequence[Any]]], types: Sequence[str], notes: SheetNotes, first_column: int
) -> Iterator[tuple[int, list[str], list[tuple[int, bool]]]]:
    """The rows of a block that are not blank: number, text of the cells, and those that lack a value."""
    for number, row in block:
        texts = [
            cell if cell.__class__ is str else text_of(cell, kind)
            for cell, kind in zip(row, types)  # noqa: B905 - see header
        ]
        without_value = [(column - first_column, is_error) for column, is_error in notes.without_value(number)]
        for at, _ in without_value:
            if 0 <= at < len(texts):
                texts[at] = _FORMULA_MARK
        if any(texts):
            yield number, texts, without_value


def _record(
    header: Header, row: list[str], without_value: list[tuple[int, bool]], at: int, hidden: bool
) -> tuple[dict[str, Any], list[Problem]]:
    """The record in a row, and what is wrong with the row."""
    record, problem = header.record(row, at)
    problems = [problem] if problem else []
    for column, is_error in without_value:
        name = header.names[column] if 0 <= column < len(header.names) else None
        if name and problem is None:
            record[name] = UNREADABLE
            what = "holds an error, not a value" if is_error else "holds a formula without a value"
            problems.append(Problem("formula", f"the cell {what}", at, field=name))
    if hidden:
        problems.append(Problem("hidden-cells", "the row is hidden", at))
    return record, problems


def _layout_problems(header: Header, notes: SheetNotes, top: int, first_column: int) -> Iterator[Problem]:
    """What is wrong with the table's looks: hidden columns, merged cells."""

    def field_at(column: int) -> str | None:
        at = column - first_column
        return header.names[at] if 0 <= at < len(header.names) else None

    for first, last in notes.hidden_columns:
        for column in range(max(first, first_column), min(last + 1, first_column + header.used)):
            if name := field_at(column):
                cursor = Cursor(0, top)
                yield Problem("hidden-cells", "the column is hidden", None, cursor, name, of_file=True)
    for merged in notes.merged:
        first_cell, last_cell = (place_of(each) for each in (merged.partition(":")[0], merged.rpartition(":")[2]))
        if first_cell is None or last_cell is None or last_cell[0] < top:
            continue
        names = [name for column in range(first_cell[1], last_cell[1] + 1) if (name := field_at(column))]
        if names:
            cursor = Cursor(0, first_cell[0])
            yield Problem("merged-cells", f"the cells {merged} are merged", None, cursor, names[0], of_file=True)


def open_sheet(file: IO[bytes], wanted: str) -> tuple[str, Iterator[list[Any]], int, SheetNotes]:
    """The first sheet of a workbook, or the one of a name: its name, its rows, the first's column, and notes.

    Raises:
        SourceError: where the file is no such workbook, or has no such sheet, or is not safe to read.
    """
    archive = Archive(file)
    if "xl/workbook.xml" not in archive:
        raise _no_workbook(archive)
    names = names_of_sheets(archive)
    if wanted and wanted not in names:
        raise SourceError(f"the workbook has no sheet {wanted!r}; it has {', '.join(names)}")
    if not names:
        raise damaged("it has no sheets")
    sheet_name = wanted or names[0]
    part = part_of_sheet(archive, sheet_name)
    archive.check(apart_from=part)
    notes = notes_of(archive, part)
    file.seek(0)
    try:
        import python_calamine  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SourceError("reading .xlsx files needs: pip install 'import-validator[excel]'") from error
    try:
        sheet = python_calamine.CalamineWorkbook.from_filelike(file).get_sheet_by_name(sheet_name)
    except BaseException as error:  # a panic of the library is no Exception
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise damaged(str(error)) from error
        raise
    return sheet_name, iter(sheet.iter_rows()), sheet.start[1] if sheet.start else 0, notes


def _no_workbook(archive: Archive) -> SourceError:
    if "xl/workbook.bin" in archive:
        return SourceError("this is a binary workbook (.xlsb): open it in a spreadsheet program and save it as .xlsx")
    if "content.xml" in archive:
        return SourceError("this is an OpenDocument file (.ods): open it in LibreOffice and save it as .xlsx or .csv")
    return SourceError("this is a zip file, and no workbook; unpack it, and validate what is in it")


def text_of(cell: Any, kind: str) -> str:
    """A typed cell as text, as CSV would have it.

    Arguments:
        kind: the type of its column. A day at midnight is a time where that is a timestamp.
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float | int):
        return _number_text(float(cell))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat()
    if isinstance(cell, datetime.date):
        return f"{cell.isoformat()}T00:00:00" if kind == "timestamp" else cell.isoformat()
    if isinstance(cell, datetime.timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return cell.isoformat() if isinstance(cell, datetime.time) else str(cell)


def _number_text(number: float) -> str:
    """A number as a spreadsheet shows it: digits, or with an exponent where it has more than fifteen."""
    if number.is_integer() and abs(number) < _MOST_EXACT:
        return str(int(number))
    if abs(number) < _MOST_EXACT:
        return f"{number:.15G}"
    mantissa, _, exponent = f"{number:.14E}".partition("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"
