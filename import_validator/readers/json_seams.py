"""Guesses where a JSON array may be cut: at what looks like the seam between two records."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .json_elements import SEPARATORS, offsets_of_elements

# What looks like a seam may stand within a record, too. Each guess that is wrong costs the parsing of a chunk, so
# few are made before the scanner is asked, which knows.
_GUESSES = 3
_OPENING = re.compile(rb'\{[ \t\n\r]*"(?:[^"\\]|\\.)*"')
_CLOSING = re.compile(rb"[ \t\n\r]*\}[ \t\n\r]*\}?$")


def guesses(buffer: bytearray, before: int, seam: bytes) -> Iterator[int]:
    """Places of commas in the buffer that look like seams between records, from the last one backwards.

    Arguments:
        before: where in the buffer to begin, in bytes.
        seam: what a seam looked like so far; empty where that is not known yet.
    """
    end = before
    if seam:
        for _ in range(_GUESSES):
            end = buffer.rfind(seam, 0, end)
            if end < 0:
                break
            yield buffer.index(b",", end)
        end = before
    for _ in range(_GUESSES):
        end = buffer.rfind(b"},", 0, end)
        if end < 0:
            return
        yield end + 1


def learn_seam(data: bytes) -> bytes:
    """The bytes between the first two records, with the end of the one and the first key of the other."""
    try:
        first, second = offsets_of_elements(data)[:2]
    except ValueError:
        return b""
    opening = _OPENING.match(data, second)
    before = data[first:second].rstrip(SEPARATORS)
    closing = _CLOSING.search(before)
    # Invariant: a seam has a comma, and its first one stands between the records, after brackets and white space. In
    # what is no JSON, the scanner also finds elements that no comma separates.
    if opening is None or closing is None or b"," not in data[first + len(before) : second]:
        return b""
    return closing.group() + data[first + len(before) : opening.end()]
