"""Sizes and counts as people write and read them."""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = {"": 1, "B": 1, "KB": 1 << 10, "KIB": 1 << 10, "MB": 1 << 20, "MIB": 1 << 20, "GB": 1 << 30, "GIB": 1 << 30}
_SIZE = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>[KMG]?I?B?)", re.IGNORECASE)


def parse_size(size: int | str) -> int:
    """A size in bytes, from a number or from text such as `64MB`; one MB is 1,048,576 bytes.

    Raises:
        ValueError: where the text is no size.
    """
    if isinstance(size, int) and not isinstance(size, bool) and size >= 0:
        return size
    match = _SIZE.fullmatch(size.strip()) if isinstance(size, str) and len(size) < 32 else None
    unit = match["unit"].upper() if match else ""
    unit = f"{unit}B" if unit in {"K", "M", "G"} else unit
    if match is None or unit not in _UNITS:
        raise ValueError(f"{str(size)[:40]!r} is no size; write a number with a unit, such as 64MB")
    return int(Decimal(match["number"]) * _UNITS[unit])


def format_size(size: int) -> str:
    """A size in bytes as text, such as `64 MB`."""
    if size < 1 << 10:
        return counted(size, "byte")
    number, unit = size / (1 << 10), "KB"
    for larger in ("MB", "GB"):
        if round(number) >= 1 << 10:
            number, unit = number / (1 << 10), larger
    return f"{number:,.0f} {unit}" if number >= 999.5 or number == int(number) else f"{number:.3g} {unit}"


def format_excess(size: int, most: int) -> tuple[str, str]:
    """A size in bytes, and the limit that it exceeds, as texts that differ: both in bytes where rounding hides it."""
    texts = format_size(size), format_size(most)
    return texts if texts[0] != texts[1] else (counted(size, "byte"), counted(most, "byte"))


def counted(number: int, noun: str) -> str:
    """A count with its noun, such as `1 record` or `1,234 records`."""
    return f"{number:,} {noun if number == 1 else f'{noun}s'}"
