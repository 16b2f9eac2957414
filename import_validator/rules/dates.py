"""Times and dates: which are written as they should be, and what others may mean."""

from __future__ import annotations

import calendar
import datetime
import re
from functools import lru_cache
from typing import Any

_TIMESTAMP = re.compile(
    r"[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-9]))"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_WHOLE_DATE = re.compile(r"(?<![0-9-])[0-9]{4}[-/.]|[-/. ][0-9]{4}(?![0-9])|^[0-9]{8}(?![0-9])", re.ASCII)
DAY = (
    r"(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
CLOCK = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
OFFSET = r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_ODD_OFFSET = re.compile(r"Z[+-]|[+-](?:[0-9]{2}:?[6-9][0-9]|[3-9][0-9]:?[0-9]{2}|2[4-9]:?[0-9]{2})$")
_ZONED = re.compile(r"(?:Z|T.*[+-][0-9:]+)$")


def is_timestamp(value: Any) -> bool:
    """Whether the value is a time as RFC 3339 has it, of a date that exists."""
    if value.__class__ is not str or _TIMESTAMP.fullmatch(value) is None:
        return False
    return value[5:10] != "02-29" or calendar.isleap(int(value[:4]))


def is_iso_time(value: Any) -> bool:
    """Whether the value is a time as ISO 8601 has it, with an offset or without."""
    return is_timestamp(value) or (value.__class__ is str and is_timestamp(f"{value}Z"))


@lru_cache(maxsize=1024)
def suggest_timestamp(value: str, *, iso: bool = False) -> str:
    """How to write a time, if what was meant can be made out; see the `timestamp` rule.

    Arguments:
        iso: whether ISO 8601 without an offset is right too.
    """
    has_one_order = _begins_with_year(value) and not value.startswith("00")  # which may be a day as well
    orders = (False,) if has_one_order else (False, True)
    meant = sorted({moment for day_first in orders if (moment := read_sloppily(value, day_first=day_first))})
    if not meant:
        return f"write it as {'ISO 8601' if iso else 'RFC 3339'}, such as 2022-01-01T01:01:01Z"
    zone = "" if _ZONED.search(meant[0]) else ", in UTC"
    written = " or ".join(moment if _ZONED.search(moment) else f"{moment}Z" for moment in meant)
    return (
        f"write {written}, whichever is meant{zone}"
        if len(meant) > 1
        else f"write {written} if that is what is meant{zone}"
    )


def read_sloppily(value: str, *, day_first: bool) -> str | None:
    """The moment in a text that names a whole date, in ISO form; None where it does not, or is no date at all."""
    if len(value) > 64 or not _WHOLE_DATE.search(value) or _ODD_OFFSET.search(value):
        return None
    from dateutil import parser as dateutil_parser  # noqa: PLC0415 - takes 7 ms, and most files have no wrong date

    moments = set()
    for stand_in in (datetime.datetime(2001, 1, 1), datetime.datetime(2004, 2, 2)):
        try:
            moment = dateutil_parser.parse(value, default=stand_in, dayfirst=day_first, tzinfos=_known_zone)
            moments.add(moment.isoformat().replace("+00:00", "Z"))
        except (ValueError, OverflowError):
            return None
    [meant, *others] = moments
    return None if others or (_begins_with_year(value) and value[5:7] != meant[5:7]) else meant


def _begins_with_year(value: str) -> bool:
    """Whether a text begins with a year that stands by itself, so that the month follows."""
    return value[:4].isdigit() and len(value) > 7 and not value[4].isdigit()


def _known_zone(name: str | None, offset: int | None) -> datetime.tzinfo | None:
    if name is None:
        return None if offset is None else datetime.timezone(datetime.timedelta(seconds=offset))
    if name in {"Z", "UTC", "GMT"} and not offset:
        return datetime.UTC
    raise ValueError(f"nobody knows which zone {name} is meant")
