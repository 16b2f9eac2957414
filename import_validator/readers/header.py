"""The header row of a table: which column holds which field, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from typing import Any

from ..model.nearest import did_you_mean
from ..units import counted
from .base import Cells, TableColumn
from .batch import UNREADABLE, Cursor, Problem

_MOST_ABOVE = 60


def letters_of(column: int) -> str:
    """What a spreadsheet calls a column, counted from 0: A to Z, AA, AB and so on."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def folded(header: str) -> str:
    """A header's text as it is compared: space around and within it, and case, make no difference."""
    return " ".join(header.split()).casefold()


def known_headers(cells: Iterable[str], columns: Sequence[TableColumn]) -> int:
    """How many of the cells are headers of the columns."""
    known = {folded(each.header) for each in columns}
    return sum(folded(cell) in known for cell in cells)


def filled(row: Sequence[str]) -> int:
    """How many cells of a row there are up to the last that is not empty."""
    return max((at for at, cell in enumerate(row, 1) if cell.strip()), default=0)


def no_header(columns: Sequence[TableColumn], later: Iterable[tuple[int, Sequence[str]]]) -> str:
    """What is wrong with a file whose first row has no header that is known.

    Arguments:
        later: the number and the cells of rows after it, among which the headers may be.
    """
    required = {folded(each.header) for each in columns if each.required}
    for number, cells in islice(later, _MOST_ABOVE):
        if known_headers(cells, columns) and required <= {folded(cell) for cell in cells}:
            return f"the headers stand in row {number:,}: remove the rows above it"
    wanted = ", ".join(f'"{each.header}"' for each in columns[:10])
    return f"the first row has none of the headers that there should be: {wanted}"


@dataclass(slots=True)
class Header:
    """What a header row says of the rows under it.

    Attributes:
        names: for each column of the file the field that it holds; None for one that is passed over.
        width: how many cells a row has.
        used: how many of them stand under a header, or left of one.
        cells: what the cells are called.
        problems: what is wrong with the header row.
    """

    names: list[str | None]
    width: int
    used: int
    cells: Cells
    problems: list[Problem] = field(default_factory=list)
    _unreadable: dict[str, Any] = field(default_factory=dict)

    def records(self, rows: Iterable[Sequence[str]]) -> list[dict[str, Any]]:
        """The records in rows of the right width; blank ones pass. An empty cell is an absent field."""
        names, pick = [name for name in self.names if name], self._pick()
        if pick is None:
            records = [
                record
                for row in rows
                if (record := {name: cell for name, cell in zip(names, row) if cell})  # noqa: B905 - given, it costs a tenth
            ]
        else:
            records = [
                {name: cell for name, cell in zip(names, pick(row), strict=True) if cell} for row in rows if any(row)
            ]
        if self._unreadable:
            for record in records:
                record.update(self._unreadable)
        return records

    @property
    def is_whole(self) -> bool:
        """Whether all fields of the records can be read."""
        return not self._unreadable

    def fits(self, rows: Sequence[Sequence[str]]) -> bool:
        """Whether every row that is not blank has the right width."""
        if set(map(len, rows)) - {0, self.width}:
            return False
        return self.used == self.width or not any(any(row[self.used :]) for row in rows)

    def record(self, row: Sequence[str], at: int) -> tuple[dict[str, Any], Problem | None]:
        """The record in one row that is not blank, whatever its width.

        Of a row with too few or too many cells, the first alone is taken at its word: what follows may have moved.
        """
        surplus = len(row) > self.width or any(row[self.used :])
        if not surplus and len(row) == self.width:
            return self.records([row])[0], None
        return self.misfit(row[0], len(row) if len(row) != self.width else filled(row), at)

    def misfit(self, first: str, count: int, at: int) -> tuple[dict[str, Any], Problem]:
        """The record in a row that does not fit the header.

        Arguments:
            first: its first cell.
            count: how many cells it has.
            at: the number of the record in its batch.
        """
        record: dict[str, Any] = dict.fromkeys([name for name in self.names if name], UNREADABLE) | self._unreadable
        if self.names[0] and first:
            record[self.names[0]] = first
        return record, Problem("row-cells", f"the row has {counted(count, 'cell')}, the header {self.used}", at)

    def _pick(self) -> Callable[[Sequence[str]], Sequence[str]] | None:
        """Takes the cells of fields out of a row; None where all cells are."""
        places = [at for at, name in enumerate(self.names) if name]
        if len(places) == self.width:
            return None
        if len(places) == 1:
            return lambda row: [row[places[0]]]
        return itemgetter(*places)


def read_header(
    row: Sequence[str],
    columns: Sequence[TableColumn],
    cursor: Cursor,
    *,
    sheet: str = "",
    first: int = 0,
    by_offset: bool = True,
) -> Header | None:
    """What a header row says; None where it holds no header that is known. Without columns, every header is one.

    Arguments:
        row: its cells.
        columns: the columns that there may be.
        cursor: where it stands.
        sheet: the name of the sheet that it stands in.
        first: the number of its first column, from 0.
        by_offset: whether a byte of the file can be named where a record begins.
    """
    columns = columns or [TableColumn(text, text) for cell in row if (text := " ".join(cell.split()))]
    used = filled(row)
    by_text = {folded(each.header): each.field for each in columns}
    fields = set(by_text.values())
    there = {by_text.get(folded(cell)) for cell in row}
    absent = [each.header for each in columns if each.field not in there]
    names: list[str | None] = []
    called: dict[str, tuple[str, str]] = {}
    problems: list[Problem] = []
    for at, cell in enumerate(row[:used]):
        shown = " ".join(cell.split())
        name = by_text.get(folded(cell))
        if name is not None and name not in called:
            names.append(name)
            called[name] = (letters_of(first + at), shown)
            continue
        names.append(None)
        own = shown if shown and shown not in fields | set(called) else letters_of(first + at)
        called[own] = (letters_of(first + at), shown)
        code, message = _passed_over(shown, name, called, absent)
        problems.append(Problem(code, message, None, cursor, (own,), of_file=True))
    if not any(names):
        return None
    names += [None] * (len(row) - used)
    missing = [each for each in columns if each.field not in called]
    problems += [
        Problem("missing-column", f'no column has the header "{each.header}"', None, cursor, of_file=True)
        for each in missing
        if each.required
    ]
    unreadable = {each.field: UNREADABLE for each in missing if each.required}
    return Header(names, len(row), used, Cells(called, sheet, by_offset), problems, unreadable)


def _passed_over(
    shown: str, name: str | None, called: dict[str, tuple[str, str]], absent: list[str]
) -> tuple[str, str]:
    """The code and the message for a column that is not read; `absent` are the headers that no column has."""
    if name is not None:
        return "duplicate-column", f'a second column has the header "{shown}": the first is column {called[name][0]}'
    if shown:
        question = did_you_mean(shown, absent)
        message = f'the rule set has no column "{shown}": it was not looked at'
        return "unknown-column", f"{message}; {question}".strip() if question else message
    return "unknown-column", "the column has no header: it was not looked at"
