"""Numbers as 128 bits whose order is that of the numbers, for facts that pass two compares."""

from __future__ import annotations

from typing import Any, NamedTuple

_DECIMALS = 18
SCALE = 10**_DECIMALS
"""So many units make one."""
_FINE = 10**19
"""Numbers nearer to 0 than this are placed with their decimals, those beyond by their whole part."""
_MIDDLE = 1 << 126
_OFFSET = _FINE * SCALE - _FINE
_HIGHEST = (1 << 128) - 1


class Scaled(NamedTuple):
    """A number.

    Attributes:
        units: how many units of 10^-18 it has, rounded down.
        is_rounded: whether there is more of it.
    """

    units: int
    is_rounded: bool = False


def scaled(value: Any) -> Scaled | None:
    """A number as JSON writes it; None for anything else, and for true and false."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return Scaled(value * SCALE)
    from fractions import Fraction  # noqa: PLC0415 - few files have fractions

    # The shortest text of a float is what the file says; its binary value is a little beside that.
    units = Fraction(repr(value)) * SCALE
    return Scaled(units.numerator // units.denominator, units.denominator != 1)


def scaled_decimal(whole: int, fraction: str) -> Scaled:
    """A number that is `whole`, and more by the decimals `fraction`."""
    kept, rest = fraction[:_DECIMALS], fraction[_DECIMALS:]
    return Scaled(whole * SCALE + int(kept.ljust(_DECIMALS, "0")), bool(rest.strip("0")))


def place_of(number: Scaled) -> int:
    """The place of a number among all numbers, from 0 to 2^128 - 1.

    Invariant: a higher number never has a lower place. Two numbers of one place are equal, unless `is_vague`.
    """
    units, is_rounded = number
    if abs(units) >= _FINE * SCALE:
        whole, decimals = divmod(units, SCALE)
        units, is_rounded = whole + (_OFFSET if units > 0 else -_OFFSET), is_rounded or bool(decimals)
    place = (units + _MIDDLE) * 2 + is_rounded
    return min(max(place, 1), _HIGHEST)


def place_of_value(value: Any) -> int | None:
    """The place of a number as JSON writes it; None for anything else."""
    if value.__class__ is int and -_FINE < value < _FINE:  # nearly always
        return int((value * SCALE + _MIDDLE) * 2)
    number = scaled(value)
    return None if number is None else place_of(number)


def is_vague(place: int) -> bool:
    """Whether different numbers may have this place."""
    return place % 2 == 1
