"""The status of each request body, for formats that consist of them."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass

from ..readers import Cursor

OK = 200
MOST_BODIES = 100_000
"""So many bodies have a status of their own; all that come after them share one."""

LISTED = 1000
"""A report lists at most so many bodies."""

_PRECEDENCE = (413, 400, 422)
"""Which of several statuses a server would answer with: it looks at the size first, then parses, then checks."""


@dataclass(frozen=True, slots=True)
class BodyStatus:
    """What the target system would answer to one request body.

    Attributes:
        offset: where it begins, in bytes from the beginning of the file.
        line: the line of that, from 1.
        records: how many records it has.
        status: the HTTP status.
    """

    offset: int
    line: int
    records: int
    status: int


class Bodies:
    """Where bodies begin, and the worst status of each so far."""

    def __init__(self) -> None:
        self._first = array("Q")
        self._offset = array("Q")
        self._line = array("Q")
        self._status = array("H")
        self.total = 0

    def begin(self, first: int, place: Cursor) -> None:
        """Take in a body whose first record will have this number."""
        self.total += 1
        if len(self._first) < MOST_BODIES:
            self._first.append(first)
            self._offset.append(place.offset)
            self._line.append(place.line)
            self._status.append(OK)

    def note(self, record: int | None, status: int) -> None:
        """Take in the status of a violation; for the body that was begun last where it is about no record."""
        if not self._first:
            return
        body = len(self._first) - 1 if record is None else max(bisect_right(self._first, record) - 1, 0)
        if _rank(status) < _rank(self._status[body]):
            self._status[body] = status

    def statuses(self) -> dict[int, int]:
        """How many bodies have each status."""
        return dict(sorted(Counter(self._status).items()))

    def listed(self, records: int) -> list[BodyStatus]:
        """The first bodies.

        Arguments:
            records: how many records there are in all.
        """
        ends = [*self._first[1 : LISTED + 1], records]
        columns = zip(self._offset, self._line, self._first, ends, self._status, strict=False)
        return [BodyStatus(offset, line, end - first, status) for offset, line, first, end, status in columns][:LISTED]


def _rank(status: int) -> int:
    return _PRECEDENCE.index(status) if status in _PRECEDENCE else len(_PRECEDENCE) + (status == OK)
