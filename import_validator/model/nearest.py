"""What somebody who misspelt a name may have meant."""

from __future__ import annotations

from collections.abc import Iterable

_LEAST_ALIKE = 0.7
_MOST_NAMES = 1_000
"""Among more names the nearest is not looked for: it takes time for each."""

_LONGEST_NAME = 100
"""In characters; likewise, by the square of the length."""

_MOST_LISTED = 50


def nearest(name: object, known: Iterable[str], listing: str = "there are") -> str:
    """What to write instead of a name that is not known: the nearest one that is, or all there are; for a message.

    Arguments:
        listing: the words before the names of all there are.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - takes milliseconds, and only where something is wrong

    names = list(dict.fromkeys(known))
    if isinstance(name, str) and len(name) <= _LONGEST_NAME and len(names) <= _MOST_NAMES:
        fits = get_close_matches(name, [each for each in names if len(each) <= _LONGEST_NAME], n=1, cutoff=_LEAST_ALIKE)
        if fits:
            return f"; did you mean {fits[0]!r}?"
    more = ", …" if len(names) > _MOST_LISTED else ""
    return f"; {listing} {', '.join(names[:_MOST_LISTED])}{more}" if names else ""
