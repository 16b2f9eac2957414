"""What somebody who misspelt a name may have meant."""

from __future__ import annotations

from collections.abc import Iterable

_LEAST_ALIKE = 0.7
_MOST_NAMES = 1_000
"""Among more names the nearest is not looked for: it takes time for each."""

_LONGEST_NAME = 100
"""In characters; likewise, by the square of the length."""

_MOST_LISTED = 50


def meant(value: object, known: Iterable[object]) -> str | None:
    """What somebody may have meant who wrote a text: one that differs by case, spaces around it, or a letter or so.

    None where nothing is near, where there are too many to look through, or where it is no short text.
    """
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_NAME:
        return None
    texts = [each for each in known if isinstance(each, str) and len(each) <= _LONGEST_NAME]
    folded = {each.strip().casefold(): each for each in reversed(texts)}
    fit = _closest(value.strip().casefold(), folded) if len(texts) <= _MOST_NAMES else None
    return None if fit is None else folded[fit]


def did_you_mean(value: object, known: Iterable[object]) -> str:
    """The same as a question, to be followed by what else there is; empty where nothing is near."""
    near = meant(value, known)
    return "" if near is None else f'did you mean "{near}"? '


def nearest(name: object, known: Iterable[str], listing: str = "there are") -> str:
    """What to write instead of a name that is not known: the nearest one that is, or all there are; for a message.

    Arguments:
        listing: the words before the names of all there are.
    """
    names = list(dict.fromkeys(known))
    if isinstance(name, str) and len(name) <= _LONGEST_NAME and len(names) <= _MOST_NAMES:
        fit = _closest(name, [each for each in names if len(each) <= _LONGEST_NAME])
        if fit is not None:
            return f"; did you mean {fit!r}?"
    more = ", …" if len(names) > _MOST_LISTED else ""
    return f"; {listing} {', '.join(names[:_MOST_LISTED])}{more}" if names else ""


def _closest(name: str, names: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415 - takes milliseconds, and only where something is wrong

    fits = get_close_matches(name, list(names), n=1, cutoff=_LEAST_ALIKE)
    return fits[0] if fits else None
