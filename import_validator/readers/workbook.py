"""A workbook: its sheets, and what they have in common."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from posixpath import normpath
from typing import IO, NamedTuple

from ..errors import SourceError
from .archive import Archive, damaged
from .number_formats import STYLE_ELEMENTS, formats_of_cells
from .shared_strings import SharedStrings
from .sheet import SheetRows
from .xml_part import elements, local_name

_FOLDER = "xl/"
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_MOST_SHEETS = 10_000
_LONGEST_NAME = 1_000
_TRUE = {"1", "true"}


class Sheet(NamedTuple):
    """A sheet of a workbook.

    Attributes:
        name: what its tab says.
        part: the part of the file that it is in.
        visible: whether it is not hidden.
    """

    name: str
    part: str
    visible: bool


class Workbook:
    """A workbook in a file that can be read from any place.

    Arguments:
        file: the workbook.
        longest: the most bytes of text in a row that is given.
        tmp: folder for temporary files; the system's own where None.

    Attributes:
        sheets: its sheets, in the order of their tabs.

    Raises:
        SourceError: where the file is no such workbook, or is damaged, or unpacks to too much.
    """

    def __init__(self, file: IO[bytes], longest: int, tmp: str | PathLike[str] | None) -> None:
        self._archive = Archive(file)
        if _WORKBOOK not in self._archive:
            raise _no_workbook(self._archive)
        self._longest = longest
        self._tmp = tmp
        self._from_1904 = False
        self._common = {"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}
        self.sheets = self._read_sheets()
        styles = self._common["styles"]
        self._formats = formats_of_cells(self._elements(styles, STYLE_ELEMENTS)) if styles in self._archive else b""
        self._strings: SharedStrings | None = None

    def rows(self, sheet: Sheet) -> SheetRows:
        """What is in a sheet, to be read from its beginning."""
        if self._strings is None:
            name = self._common["sharedStrings"]
            pieces = self._archive.pieces(name) if name in self._archive else [b"<sst/>"]
            self._strings = SharedStrings(name, pieces, self._longest, self._tmp)
        pieces = self._archive.pieces(sheet.part)
        return SheetRows(sheet.part, pieces, self._strings, self._formats, self._longest, from_1904=self._from_1904)

    def close(self) -> None:
        """Let go of temporary files."""
        if self._strings is not None:
            self._strings.close()

    def _read_sheets(self) -> list[Sheet]:
        found: list[tuple[str, str, bool]] = []
        for element, attributes in self._elements(_WORKBOOK, ("workbookPr", "sheet")):
            if element == "workbookPr":
                self._from_1904 = attributes.get("date1904") in _TRUE
                continue
            by_name = {local_name(name): value[:_LONGEST_NAME] for name, value in attributes.items()}
            found.append((by_name.get("name", ""), by_name.get("id", ""), by_name.get("state", "visible") == "visible"))
            if len(found) > _MOST_SHEETS:
                raise damaged(f"it has more than {_MOST_SHEETS:,} sheets")
        if not found:
            raise damaged("it has no sheets")
        targets = self._read_targets({relation for _, relation, _ in found})
        sheets = []
        for name, relation, visible in found:
            if targets.get(relation, "") not in self._archive:
                raise damaged(f"its list of sheets cannot be read (the sheet {name!r} is not in it)")
            sheets.append(Sheet(name, targets[relation], visible))
        return sheets

    def _read_targets(self, wanted: set[str]) -> dict[str, str]:
        """The parts that these relations of the workbook lead to."""
        targets: dict[str, str] = {}
        if _RELATIONS not in self._archive:
            raise damaged("its list of sheets cannot be read (it has no relations)")
        for _, attributes in self._elements(_RELATIONS, ("Relationship",)):
            target = attributes.get("Target", "")[:_LONGEST_NAME]
            part = target.lstrip("/") if target.startswith("/") else normpath(_FOLDER + target)
            kind = attributes.get("Type", "").rpartition("/")[2]
            if kind in self._common:
                self._common[kind] = part
            if (relation := attributes.get("Id", "")) in wanted:
                targets[relation] = part
        return targets

    def _elements(self, part: str, wanted: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
        return elements(part, self._archive.pieces(part), wanted)


def _no_workbook(archive: Archive) -> SourceError:
    if "xl/workbook.bin" in archive:
        return SourceError("this is a binary workbook (.xlsb): open it in a spreadsheet program and save it as .xlsx")
    if "content.xml" in archive:
        return SourceError("this is an OpenDocument file (.ods): open it in LibreOffice and save it as .xlsx or .csv")
    return SourceError("this is a zip file, and no workbook; unpack it, and validate what is in it")
