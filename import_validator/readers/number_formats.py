"""What the number formats of a workbook make of numbers: dates, times, durations and percentages."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from enum import IntEnum

from .archive import damaged

_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]?', re.IGNORECASE | re.DOTALL)
_DURATION = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_DATE = re.compile("[dmyhs]", re.IGNORECASE)
_PLAIN = re.compile("0|-?[1-9][0-9]{0,14}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_MOST_EXACT = 10**15
_LAST_DAY = 2_958_466
_LEAP_DAY = 60
_MILLISECONDS = 86_400_000
_DAYS_TO_1904 = 1462
_MOST_FORMATS = 100_000
_LONGEST_CODE = 1_000

Cell = str | float | datetime.date | datetime.time | datetime.timedelta
"""What is in a cell: text, or what becomes text that depends on the type of its column."""


class NumberFormat(IntEnum):
    """What a number format shows numbers as."""

    NUMBER = 0
    PERCENT = 1
    DATE = 2
    DURATION = 3


_BUILT_IN = {
    **dict.fromkeys((9, 10), NumberFormat.PERCENT),
    **dict.fromkeys((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)), NumberFormat.DATE),
    46: NumberFormat.DURATION,
}
STYLE_ELEMENTS = ("numFmts", "numFmt", "cellStyleXfs", "cellXfs", "xf", "cellStyles", "dxfs")
"""The elements of a workbook's styles that say how numbers are shown, and those that stand around them."""


def formats_of_cells(styles: Iterable[tuple[str, dict[str, str]]]) -> bytes:
    """The `NumberFormat` of each cell format of a workbook, a byte each.

    Arguments:
        styles: those elements of its styles that `STYLE_ELEMENTS` names, in order.

    Raises:
        SourceError: where there are more than a spreadsheet program has.
    """
    by_id = dict(_BUILT_IN)
    formats = bytearray()
    container = ""
    for name, attributes in styles:
        digits = attributes.get("numFmtId", "")
        number = int(digits) if digits.isdecimal() and len(digits) < 9 else 0
        if name == "numFmt" and container == "numFmts":
            by_id[number] = _format_of(attributes.get("formatCode", "")[:_LONGEST_CODE])
        elif name == "xf" and container == "cellXfs":
            formats.append(by_id.get(number, NumberFormat.NUMBER))
        elif name not in {"numFmt", "xf"}:
            container = name
        if max(len(by_id), len(formats)) > _MOST_FORMATS:
            raise damaged(f"it has more than {_MOST_FORMATS:,} cell formats")
    return bytes(formats)


def _format_of(code: str) -> NumberFormat:
    """What a format code shows positive numbers as."""
    shown = _LITERAL.sub("", code).partition(";")[0]
    if _DURATION.search(shown):
        return NumberFormat.DURATION
    if "general" in shown.lower():
        return NumberFormat.NUMBER
    if "%" in shown:
        return NumberFormat.PERCENT
    return NumberFormat.DATE if _DATE.search(shown) else NumberFormat.NUMBER


def cell_of(text: str, number_format: int, *, from_1904: bool) -> Cell | None:
    """The cell with a number, as its file has it; None where the text is no number.

    Arguments:
        number_format: the `NumberFormat` of the cell.
        from_1904: whether the workbook counts days from 1904.
    """
    if not number_format and _PLAIN.fullmatch(text):
        return text
    plain = text.strip()
    number = float(plain) if _NUMBER.fullmatch(plain) else float("inf")
    if abs(number) == float("inf"):
        return None
    if number_format == NumberFormat.PERCENT:
        return f"{number_text(float(f'{number * 100:.15G}'))}%"
    if number_format == NumberFormat.DURATION and abs(number) < _LAST_DAY:
        return datetime.timedelta(milliseconds=round(number * _MILLISECONDS))
    if number_format == NumberFormat.DATE:
        moment = _moment(number + _DAYS_TO_1904 if from_1904 else number, is_time=0 <= number < 1)
        if moment is not None:
            return moment
    return number if abs(number) >= _MOST_EXACT else number_text(number)


def _moment(days: float, *, is_time: bool) -> Cell | None:
    """The day, the time of day, or both, that a number of days stands for; None where there is no such day."""
    if not 0 <= days < _LAST_DAY:
        return None
    # Spreadsheets count 29 February 1900, which there was not, as day 60.
    first = datetime.datetime(1899, 12, 30) if days >= _LEAP_DAY else datetime.datetime(1899, 12, 31)
    moment = first + datetime.timedelta(milliseconds=round(days * _MILLISECONDS))
    if is_time:
        return moment.time()
    return moment if moment.time() != datetime.time() else moment.date()


def iso_cell(text: str) -> Cell:
    """The cell with a moment in ISO 8601, as strict workbooks have it; the text where it is none."""
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if moment.time() != datetime.time() or moment.tzinfo else moment.date()


def number_text(number: float) -> str:
    """A number as a spreadsheet shows it: digits, or with an exponent where it has more than fifteen."""
    if number.is_integer() and abs(number) < _MOST_EXACT:
        return str(int(number))
    if abs(number) < _MOST_EXACT:
        return f"{number:.15G}"
    mantissa, _, exponent = f"{number:.14E}".partition("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"


def text_of(cell: Cell, kind: str) -> str:
    """A cell as text, as CSV would have it.

    Arguments:
        kind: the type of its column. A day at midnight is a time where that is a timestamp; a whole number has all its
            digits where that is an integer.
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if kind == "integer" and abs(cell) < 2**53 else number_text(cell)
    if isinstance(cell, datetime.timedelta):
        sign = "-" if cell < datetime.timedelta() else ""
        minutes, seconds = divmod(int(abs(cell).total_seconds()), 60)
        return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    if isinstance(cell, datetime.datetime):
        return cell.isoformat()
    if isinstance(cell, datetime.date):
        return f"{cell.isoformat()}T00:00:00" if kind == "timestamp" else cell.isoformat()
    return cell.isoformat()
