"""The rows of a sheet, read from its XML one after the other, in memory that does not grow with the sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .archive import damaged
from .number_formats import Cell, NumberFormat, cell_of, iso_cell, text_of
from .shared_strings import SharedStrings, unescaped
from .xml_part import XmlPart, local_name

MOST_ROWS = 1 << 20
"""Rows that a sheet has in every spreadsheet program."""

MOST_COLUMNS = 1 << 14
"""Columns that it has."""

_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_LONGEST_NUMBER = 10
_TRUE = {"1", "true"}


class Row(NamedTuple):
    """A row of a sheet.

    Attributes:
        number: its number, from 1.
        cells: what is in its cells, by column, from 0; an integer is the number of a shared string.
        without_value: the columns of cells whose formula has no value, or that hold an error; whether they hold one.
        hidden: whether it is hidden.
        is_too_long: whether there was more text in it than is read.
    """

    number: int
    cells: dict[int, Cell | int]
    without_value: dict[int, bool]
    hidden: bool
    is_too_long: bool


class SheetRows:
    """What is in a sheet. To be asked for its rows in order, and then for what is merged.

    Arguments:
        name: the part that the sheet is in.
        pieces: its content.
        strings: the shared strings that cells refer to.
        formats: the `NumberFormat` of each cell format.
        longest: the most text in a row that is read, in bytes.
        from_1904: whether days are counted from 1904.
    """

    def __init__(
        self,
        name: str,
        pieces: Iterable[bytes],
        strings: SharedStrings,
        formats: bytes,
        longest: int,
        *,
        from_1904: bool,
    ) -> None:
        self._strings = strings
        self._parser = _SheetParser(name, formats, longest, from_1904=from_1904)
        self._pieces = iter(pieces)
        self._rows = self._read()

    def first(self) -> tuple[int, dict[int, str]]:
        """The number of the first row that is not blank, and the text in it by column; none where all are blank."""
        for row in self._rows:
            if texts := self.texts(row):
                return row.number, texts
        return 1, {}

    def texts(self, row: Row) -> dict[int, str]:
        """The text in a row, by column, as of columns of strings; what is blank or too long is left out."""
        texts = {at: self.text(cell, "string") or "" for at, cell in row.cells.items()}
        return {at: text for at, text in texts.items() if text.strip()}

    def rows(self) -> Iterator[Row]:
        """Its rows that were not asked for yet, but for those that it does not mention."""
        return self._rows

    def text(self, cell: Cell | int, kind: str) -> str | None:
        """A cell as text; None where that is longer than what is read.

        Arguments:
            kind: the type of its column.
        """
        return self._strings.get(cell) if isinstance(cell, int) else text_of(cell, kind)

    def _read(self) -> Iterator[Row]:
        for piece in self._pieces:
            self._parser.feed(piece)
            rows, self._parser.rows = self._parser.rows, []
            yield from rows
            if self._parser.is_past_rows:
                return

    @property
    def hidden_columns(self) -> list[int]:
        """The hidden columns, from 0; known with the first row."""
        return [at for at, hidden in enumerate(self._parser.hidden_columns) if hidden]

    def merged(self) -> Iterator[str]:
        """Each merged range, such as `A3:A5`."""
        while True:
            merged, self._parser.merged = self._parser.merged, []
            yield from merged
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._parser.feed(piece)
        self._parser.feed(b"", final=True)
        yield from self._parser.merged


class _SheetParser(XmlPart):
    """Makes rows of a sheet's XML. What is done for each cell is done at its end, in one go."""

    def __init__(self, name: str, formats: bytes, longest: int, *, from_1904: bool) -> None:
        super().__init__(name)
        self.rows: list[Row] = []
        self.merged: list[str] = []
        self.hidden_columns = bytearray(MOST_COLUMNS)
        self.is_past_rows = False
        self._formats = {str(at): each for at, each in enumerate(formats) if each != NumberFormat.NUMBER}
        self._longest = longest
        self._from_1904 = from_1904
        self._columns: dict[str, int] = {}
        self._number = self._digits = 0
        self._hidden = False
        self._cells: dict[int, Cell | int] = {}
        self._without_value: dict[int, bool] = {}
        self._size = 0
        self._column = -1
        self._cell: dict[str, str] = {}
        self._is_formula = self._is_phonetic = False
        self._text: list[str] = []

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        super().feed(piece, final=final)
        if self._text and self._size + sum(map(len, self._text)) > self._longest:
            self._size = self._longest + 1
            self._text.clear()

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if tag == "c":
            self._cell = attributes
            self._is_formula = False
            self._text.clear()
        elif tag == "v":
            self.parser.CharacterDataHandler = self._text.append
        else:
            self._begin_other(local_name(tag), tag, attributes)

    def end(self, tag: str) -> None:
        self.depth -= 1
        if tag == "c":
            self._end_cell()
        elif tag == "v":
            self.parser.CharacterDataHandler = None
        else:
            self._end_other(local_name(tag), tag)

    def _begin_other(self, name: str, tag: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self._is_formula = True
        elif name == "t" and not self._is_phonetic:
            self.parser.CharacterDataHandler = self._text.append
        elif name == "rPh":
            self._is_phonetic = True
        elif name == "col" and attributes.get("hidden") in _TRUE:
            self._hide_columns(attributes)
        elif name == "mergeCell" and self.is_past_rows:
            self.merged.append(attributes.get("ref", ""))
        elif name != tag:
            self.depth -= 1
            self.begin(name, attributes)

    def _end_other(self, name: str, tag: str) -> None:
        if name == "row":
            self._end_row()
        elif name == "t":
            self.parser.CharacterDataHandler = None
        elif name == "rPh":
            self._is_phonetic = False
        elif name == "sheetData":
            self.is_past_rows = True
        elif name != tag:
            self.depth += 1
            self.end(name)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        if self.is_past_rows:
            raise damaged(f"{self.name} has rows after its rows")
        number = attributes.get("r", "")
        self._number = int(number) if number.isdecimal() and len(number) < _LONGEST_NUMBER else self._number + 1
        if not 1 <= self._number <= MOST_ROWS:
            raise damaged(f"{self.name} has a row beyond row {MOST_ROWS:,}")
        self._digits = len(str(self._number))
        self._hidden = attributes.get("hidden") in _TRUE
        self._cells = {}
        self._without_value = {}
        self._size, self._column = 0, -1

    def _end_row(self) -> None:
        is_too_long = self._size > self._longest
        cells = {} if is_too_long else self._cells
        self.rows.append(Row(self._number, cells, self._without_value, self._hidden, is_too_long))

    def _end_cell(self) -> None:
        cell = self._cell
        reference = cell.get("r")
        column = None if reference is None else self._columns.get(reference[: -self._digits])
        self._column = column = self._column_of(reference) if column is None else column
        kind = cell.get("t", "n")
        text = "".join(self._text)
        self._text.clear()
        if kind == "e" or (self._is_formula and not text and kind != "str"):
            self._without_value[column] = kind == "e"
        elif text and self._size <= self._longest:
            self._size += len(text)
            self._cells[column] = self._value(kind, text)

    def _column_of(self, reference: str | None) -> int:
        """The column of a cell; the next one where its reference is none."""
        place = place_of(reference or "")
        column = self._column + 1 if place is None else place[1]
        if column >= MOST_COLUMNS:
            raise damaged(f"{self.name} has a cell beyond column {MOST_COLUMNS:,}")
        if reference is not None and place is not None and place[0] == self._number:
            self._columns[reference[: -self._digits]] = column
        return column

    def _value(self, kind: str, text: str) -> Cell | int:
        if kind == "s":
            if not text.isdecimal() or len(text) > _LONGEST_NUMBER:
                raise damaged(f"{self.name}, row {self._number:,}: a cell refers to no text")
            return int(text)
        if kind == "n":
            number_format = self._formats.get(self._cell.get("s", ""), NumberFormat.NUMBER)
            value = cell_of(text, number_format, from_1904=self._from_1904)
            if value is None:
                raise damaged(f"{self.name}, row {self._number:,}: a cell holds no number")
            return value
        if kind == "b":
            return "TRUE" if text.strip() in _TRUE else "FALSE"
        return iso_cell(text) if kind == "d" else unescaped(text)

    def _hide_columns(self, attributes: dict[str, str]) -> None:
        first, last = (attributes.get(each, "") for each in ("min", "max"))
        if all(each.isdecimal() and len(each) < _LONGEST_NUMBER for each in (first, last)):
            begin, end = max(int(first) - 1, 0), min(int(last), MOST_COLUMNS)
            self.hidden_columns[begin:end] = b"\1" * (end - begin)


def column_of(letters: str) -> int:
    """The number of a column, from 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def place_of(reference: str) -> tuple[int, int] | None:
    """The row, from 1, and the column, from 0, of a cell such as `C17`."""
    match = _PLACE.fullmatch(reference)
    return (int(match[2]), column_of(match[1])) if match else None
