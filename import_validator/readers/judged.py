"""What the compiled lane says of a text, and the values that it leaves to others."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np

Numbers: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"


class Refused(NamedTuple):
    """A value that nobody vouches for, wholly or in part.

    Attributes:
        number: the number of its first record in the text; for a whole value that holds several records, as if those
            before it that are refused as a whole had none.
        begin: where it begins in the text, in bytes.
        end: where it ends.
        lines: how many lines, or rows of a table, end before it.
        entries: which of its records are meant; None for all of the value.
    """

    number: int
    begin: int
    end: int
    lines: int
    entries: Sequence[int] | None


class Judged(NamedTuple):
    """What a judge says of a text.

    Attributes:
        consumed: up to where it was gone through, in bytes.
        stuck: whether no more bytes help to go on from there.
        paused: whether it stopped with whole values ahead, so that not too many are refused at a time.
        values: how many values there are up to there.
        lines: how many lines, or rows of a table, end before `consumed`.
        records: how many records there are in them, without those of values that are refused as a whole.
        marks: the number of a record, where its value begins in the text, and how many lines end before it: places from
            which on records can be read again.
        refused: the values that it does not vouch for.
        found: what it says of the rest, for whoever asked it.
    """

    consumed: int
    stuck: bool
    paused: bool
    values: int
    lines: int
    records: int
    marks: Sequence[tuple[int, int, int]]
    refused: Sequence[Refused]
    found: Any


class Table(NamedTuple):
    """How the rows of a table in UTF-8 are written.

    Attributes:
        delimiter: the ASCII character between cells.
        names: the field that each column holds; None for a column that is passed over.
        used: cells from this column on have to be empty.
    """

    delimiter: str
    names: Sequence[str | None]
    used: int


class Judge(Protocol):
    """Vouches for records without parsing them."""

    def set_table(self, table: Table) -> None:
        """Take in how the rows of a table are written. To be called before any of it is judged."""
        ...

    def judge(self, text: bytes, *, layout: str, after_value: bool, is_last: bool, threads: int) -> Judged:
        """What there is in a piece of a file.

        Arguments:
            layout: `array` for a JSON array without its first bracket, `lines` for lines of JSON, `rows` for a table
                without its header.
            after_value: whether the piece of an array begins after a value, and not where one begins.
            is_last: whether the file ends with it.
            threads: how many threads go through it.
        """
        ...

    def records_in(self, value: Any) -> int:
        """How many records there are in a value that it refuses as a whole."""
        ...


class Vouched:
    """Records of which the compiled lane vouches for the most: nothing is wrong with them, and they are not parsed.

    Arguments:
        judged: what the lane says.
        values: the values that it refuses, parsed.
        sizes: for each of them that is refused as a whole in a format with several records in a value, how many records
            it has; 0 for others.

    Attributes:
        values: the values that it refuses.
        refused: where they stand, with the numbers that their first records have in the batch.
        records: how many records there are, all in all.
        marks: places from which on records can be read again; see `Judged`.
        found: what the lane says of the rest.
    """

    def __init__(self, judged: Judged, values: list[Any], sizes: list[int]) -> None:
        self.values = values
        self.found = judged.found
        self.records = judged.records + sum(sizes)
        # Invariant: a record that the lane counts has, after each value that it does not count, a number higher by the
        # records of that value.
        self._positions = np.array([each.number for each in judged.refused], dtype=np.int64)
        self._added = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]) if any(sizes) else None
        self.refused = judged.refused
        self.marks = judged.marks
        if self._added is not None:
            added = self._added.tolist()
            self.refused = [
                each._replace(number=each.number + more) for each, more in zip(judged.refused, added, strict=False)
            ]
            begins = [each.begin for each in judged.refused]
            self.marks = [
                (number + added[bisect_left(begins, begin)], begin, lines) for number, begin, lines in judged.marks
            ]

    def numbers(self, in_bytes: bytes) -> Numbers:
        """Numbers of records that the lane gives, with 4 bytes each, as they are in the batch."""
        numbers = np.frombuffer(in_bytes, dtype="<u4").astype(np.int64)
        if self._added is None:
            return numbers
        return np.asarray(numbers + self._added[np.searchsorted(self._positions, numbers, side="right")])
