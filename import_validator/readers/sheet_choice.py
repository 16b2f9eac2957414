"""Which sheet of a workbook is read: the one that is named, or the one that has the headers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..errors import SourceError
from .base import TableColumn
from .header import folded, known_headers
from .workbook import Sheet, Workbook

_MOST_NAMED = 10


class _Fit(NamedTuple):
    """How well the first row of a sheet fits a rule set; the greatest fits best.

    Attributes:
        whole: whether it has a header, and every one that is required.
        visible: whether the sheet is.
        headers: how many headers it has that are known; 1 where none is missing that is required.
    """

    whole: bool
    visible: bool
    headers: int


def choose_sheet(workbook: Workbook, columns: Sequence[TableColumn], wanted: str) -> tuple[Sheet, list[str]]:
    """The sheet to read, and what a report should say of that.

    A sheet that is named is read, hidden or not. Else it is one that has every required header, visible ones before
    hidden ones, and of several the first; where none has, the one with the most headers.

    Arguments:
        columns: the columns that the table may have; none where every header is one.
        wanted: the name of the sheet; empty where none is named.

    Raises:
        SourceError: where the workbook has no sheet of this name.
    """
    sheets = workbook.sheets
    if wanted:
        named = next((each for each in sheets if each.name == wanted), None)
        if named is None:
            raise SourceError(f"the workbook has no sheet {wanted!r}; it has {_listed(sheets)}")
        return named, []
    fits = _fits(workbook, columns)
    best = max(fits)
    chosen = sheets[fits.index(best)]
    if not best.headers:
        chosen = next((each for each in sheets if each.visible), sheets[0])
        return chosen, []
    others = [each for each, fit in zip(sheets, fits, strict=True) if fit == best and each is not chosen]
    notes = []
    if others:
        one = len(others) == 1
        what = f"{_listed(others)} {'has' if one else 'have'} the headers, too, and {'was' if one else 'were'} not"
        notes.append(f"the sheet {chosen.name!r} was read; {what}: name one with --sheet")
    elif chosen is not sheets[0]:
        which = "" if chosen.visible else ", which is hidden,"
        notes.append(f"the sheet {chosen.name!r}{which} was read: it has the headers")
    return chosen, notes


def _fits(workbook: Workbook, columns: Sequence[TableColumn]) -> list[_Fit]:
    """How well each sheet fits. A part is looked at once, however many sheets it is said to be."""
    required = {folded(each.header) for each in columns if each.required}
    by_part: dict[str, tuple[bool, int]] = {}
    for sheet in workbook.sheets:
        if sheet.part not in by_part:
            texts = workbook.rows(sheet).first()[1].values()
            headers = known_headers(texts, columns) if columns else int(any(texts))
            whole = headers > 0 and required <= {folded(text) for text in texts}
            by_part[sheet.part] = whole, 1 if whole and required else headers
    return [_Fit(by_part[each.part][0], each.visible, by_part[each.part][1]) for each in workbook.sheets]


def _listed(sheets: Sequence[Sheet]) -> str:
    more = len(sheets) - _MOST_NAMED
    return ", ".join(each.name for each in sheets[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
