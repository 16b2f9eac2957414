"""The types that cells of a table can have: how each is written as text, and what other text may mean."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from .dates import CLOCK, DAY, OFFSET, read_sloppily
from .type_rules import CellType, Date, Timestamp, TypeRule

_INTEGER = r"-?[0-9]+(?:[eE]\+?[0-9]+)?"
_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?%?"
_MAILBOX = r'[^@ \t\r\n,;:<>()"]'
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([,' \u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_WHOLE = re.compile(r"([+-]?[0-9]+)\.0+")
_ROUNDED = re.compile(r"([+-]?[0-9]\.[0-9]+)[eE]\+?([0-9]{1,2})")
_PERCENT = re.compile(r"([+-]?[0-9]+)00%")
_YES = {"yes": "TRUE", "y": "TRUE", "1": "TRUE", "x": "TRUE", "no": "FALSE", "n": "FALSE", "0": "FALSE"}
_DAY_ONE = datetime.date(1899, 12, 30)
_YEAR_FIRST = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SERIAL = re.compile(r"[2-6][0-9]{4}")


class CellText(NamedTuple):
    """How cells of a type are written.

    Attributes:
        wanted: the type in words, with its article.
        pattern: what its text looks like, as JSON Schema and Python alike have it.
        suggest: what to write instead of text that is not of the type.
        kind: the rule that speaks for it.
    """

    wanted: str
    pattern: str
    suggest: Callable[[str], str]
    kind: type[TypeRule] = CellType


def _suggest_integer(text: str) -> str:
    plain = text.strip()
    if rounded := _ROUNDED.fullmatch(plain):
        digits = Decimal(rounded[1]).scaleb(int(rounded[2]))
        if digits == digits.to_integral_value():
            return f"write all of its digits (this is {digits:f}, if none is lost), in a column with the format Number"
    if percent := _PERCENT.fullmatch(plain):
        plain = percent[1]
    if whole := _WHOLE.fullmatch(plain):
        plain = whole[1]
    if _GROUPED.fullmatch(plain) and "." not in plain:
        plain = re.sub("[^0-9+-]", "", plain)
    plain = plain.removeprefix("+")
    return f"write {plain}" if re.fullmatch(_INTEGER, plain, re.ASCII) else "write digits alone, such as 17"


def _suggest_number(text: str) -> str:
    plain = text.strip().removeprefix("+")
    if _GROUPED.fullmatch(plain):
        grouped = re.sub("[^0-9.-]", "", plain)
        decimal = plain.replace(",", ".")
        unclear = _COMMA.fullmatch(plain) is not None
        return f"write {grouped} or {decimal}, whichever is meant" if unclear else f"write {grouped}"
    if _COMMA.fullmatch(plain):
        plain = plain.replace(",", ".")
    if re.fullmatch(_NUMBER, plain, re.ASCII):
        return f"write {plain}"
    return "write digits, with a point before decimals, such as 17.5"


def _suggest_boolean(text: str) -> str:
    meant = _YES.get(text.strip().casefold(), text.strip().upper())
    return f"write {meant}" if meant in {"TRUE", "FALSE"} else "write TRUE or FALSE"


def _suggest_email(text: str) -> str:
    plain = text.strip().removeprefix("mailto:")
    named = re.search(r"<([^<>]+)>\Z", plain)
    plain = named[1] if named else plain
    if plain != text and re.fullmatch(_EMAIL, plain):
        return f"write {plain}"
    return "write one address, such as ann@example.org"


def _suggest_date(text: str) -> str:
    day_first, month_first = (read_sloppily(text, day_first=each) for each in (True, False))
    if day_first and month_first and day_first[:10] != month_first[:10]:
        one, other = (datetime.date.fromisoformat(each[:10]) for each in (day_first, month_first))
        return f"it could be {one:%-d %B %Y} (write {one}) or {other:%B %-d, %Y} (write {other})"
    if day_first or month_first:
        return f"write {(day_first or month_first or '')[:10]} if that is what is meant"
    if _YEAR_FIRST.fullmatch(text):
        return "there is no such day: correct it"
    if _SERIAL.fullmatch(text):
        day = _DAY_ONE + datetime.timedelta(int(text))
        return f"write {day} if {text} is a spreadsheet's number of a day"
    return "write the year first, such as 2022-03-04"


def _suggest_time(text: str) -> str:
    meant = sorted({found for day_first in (False, True) if (found := read_sloppily(text, day_first=day_first))})
    if not meant:
        return "write it as ISO 8601, such as 2022-01-01T10:00:00"
    return f"write {' or '.join(meant)}, whichever is meant" if len(meant) > 1 else f"write {meant[0]} if that is meant"


_EMAIL = rf"{_MAILBOX}+@{_MAILBOX}+\.{_MAILBOX}+"

CELL_TEXTS: dict[str, CellText] = {
    "integer": CellText("a whole number", _INTEGER, _suggest_integer),
    "number": CellText("a number", _NUMBER, _suggest_number),
    "boolean": CellText("TRUE or FALSE", "[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]", _suggest_boolean),
    "email": CellText("an email address", _EMAIL, _suggest_email),
    "date": CellText("a date (such as 2022-03-04)", DAY, _suggest_date, Date),
    "timestamp": CellText(
        "a time (ISO 8601, such as 2022-03-04T10:00:00)", f"{DAY}{CLOCK}{OFFSET}?", _suggest_time, Timestamp
    ),
}
"""The types of cells that are more than text, by name."""
