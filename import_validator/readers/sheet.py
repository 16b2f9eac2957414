"""What the XML of a sheet says besides its values: formulas, merged and hidden cells, and how far it reaches."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from xml.etree import ElementTree as ET
from xml.parsers import expat

from ..errors import SourceError
from .archive import Archive, damaged

MOST_CELLS = 20_000_000
"""Cells, from the first row and column to the last, that a sheet may have: they are held in memory."""

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_LETTERS = re.compile(rb"""\sr=["']([A-Za-z]{1,3})[0-9]""")
_ROWS = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br=["']([0-9]{1,9})["']""")
_NOTABLE = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b't="e"', b"t='e'", b" hidden=", b"mergeCell ")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_COLUMNS = 1 << 14
_TRUE = {"1", "true"}


class SheetNotes:
    """What is to be known of a sheet besides its values. Rows count from 1, columns from 0.

    Attributes:
        hidden_rows: the numbers of hidden rows.
        hidden_columns: the first and last column of each run of hidden ones.
        merged: each merged range, such as `A3:A5`.
    """

    def __init__(self) -> None:
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: list[str] = []
        self._without_value = array("Q")
        self._next = 0

    def add_without_value(self, row: int, column: int, *, is_error: bool) -> None:
        """Note a cell whose formula has no value, or that holds an error. To be called in file order."""
        self._without_value.append((row * _COLUMNS + column) * 2 + is_error)

    def rows_without_value(self, after: int) -> list[int]:
        """The rows after one that have such cells."""
        return sorted({row for cell in self._without_value if (row := cell // 2 // _COLUMNS) > after})

    def without_value(self, row: int) -> list[tuple[int, bool]]:
        """Such cells of a row, by column, and whether they hold an error. To be asked in file order."""
        found = []
        while self._next < len(self._without_value):
            cell, is_error = divmod(self._without_value[self._next], 2)
            if cell // _COLUMNS > row:
                break
            if cell // _COLUMNS == row:
                found.append((cell % _COLUMNS, bool(is_error)))
            self._next += 1
        return found


def part_of_sheet(archive: Archive, name: str) -> str:
    """The part of a workbook that holds the sheet of a name.

    Raises:
        SourceError: where the archive is no workbook, or a damaged one.
    """
    try:
        targets = {each.get("Id"): each.get("Target", "") for each in ET.fromstring(archive.read(_RELATIONS))}
        for each in ET.fromstring(archive.read(_WORKBOOK)).iter():
            if each.tag.endswith("}sheet") and each.get("name") == name:
                target = targets[each.get(_ID) or each.get(_STRICT_ID)]
                part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
                if part in archive:
                    return part
    except (ET.ParseError, KeyError) as error:
        raise damaged(f"its list of sheets cannot be read ({error})") from error
    raise damaged(f"the sheet {name!r} is not in it")


def names_of_sheets(archive: Archive) -> list[str]:
    """The names of a workbook's sheets, in order."""
    try:
        elements = ET.fromstring(archive.read(_WORKBOOK)).iter()
    except ET.ParseError as error:
        raise damaged(f"its list of sheets cannot be read ({error})") from error
    return [each.get("name", "") for each in elements if each.tag.endswith("}sheet")]


def notes_of(archive: Archive, part: str) -> SheetNotes:
    """Look through the XML of a sheet, in constant memory but for what is noted.

    Raises:
        SourceError: where its cells reach too far to be held, or it is damaged.
    """
    notes = SheetNotes()
    if _look_over(archive.pieces(part)):
        parser = _SheetParser(notes)
        for piece in archive.pieces(part):
            parser.feed(piece)
    return notes


def _look_over(pieces: Iterable[bytes]) -> bool:
    """Whether there is anything to be noted of a sheet, seen without reading its XML element by element."""
    letters: set[bytes] = set()
    last_row = 0
    notable = False
    rest = b""
    for piece in pieces:
        data = rest + piece
        end = data.rfind(b">") + 1
        data, rest = data[:end], data[end:]
        letters.update(_LETTERS.findall(data))
        last_row = max([last_row, *map(int, _ROWS.findall(data))])
        notable = notable or any(each in data for each in _NOTABLE)
    width = max((column_of(each.decode()) + 1 for each in letters), default=0)
    if width * last_row > MOST_CELLS:
        raise SourceError(
            f"the sheet reaches to row {last_row:,} and column {width:,}, which makes more cells than are read "
            f"({MOST_CELLS:,}); delete what lies beyond the table, or save the sheet as CSV"
        )
    return notable


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


class _SheetParser:
    """Takes notes of a sheet's XML."""

    def __init__(self, notes: SheetNotes) -> None:
        self._notes = notes
        self._row, self._column = 0, -1
        self._is_formula = self._is_error = self._has_value = False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end

    def feed(self, piece: bytes) -> None:
        try:
            self._parser.Parse(piece, False)
        except expat.ExpatError as error:
            raise damaged(f"the sheet is no XML ({error})") from error

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            at = place_of(attributes.get("r", ""))
            self._column = self._column + 1 if at is None else at[1]
            self._is_error = attributes.get("t") == "e"
            self._has_value = attributes.get("t") == "str"
        elif name == "row":
            self._row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self._row + 1
            self._column = -1
            if attributes.get("hidden") in _TRUE:
                self._notes.hidden_rows.add(self._row)
        elif name == "f":
            self._is_formula = True
        elif name == "v" and self._is_formula:
            self._parser.CharacterDataHandler = self._value
        elif name == "col" and attributes.get("hidden") in _TRUE:
            self._notes.hidden_columns.append((int(attributes["min"]) - 1, int(attributes["max"]) - 1))
        elif name == "mergeCell":
            self._notes.merged.append(attributes.get("ref", ""))

    def _end(self, tag: str) -> None:
        if self._is_error or self._is_formula:
            name = tag.rpartition(":")[2]
            if name == "c":
                if self._is_error or not self._has_value:
                    self._notes.add_without_value(self._row, self._column, is_error=self._is_error)
                self._is_formula = self._is_error = False
            elif name == "v":
                self._parser.CharacterDataHandler = None

    def _value(self, text: str) -> None:
        self._has_value = True
