"""The way back from a record's number to the record itself, for wording what pass two found."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import OrderedDict
from typing import Any, NamedTuple

from ..errors import SourceError
from ..model.envelope import Envelope, Opened
from ..model.envelope import Place as EnvelopePlace
from ..readers import Rereader
from ..source.source import ReadAgain

MOST_ENTRIES = 1 << 16
"""So many entries, of 32 bytes, a directory has at most."""

SHORTEST_SPAN = 512 * 1024
"""Batches that together reach over no more bytes than this can be one entry as soon as there are too many."""

_BATCHES_REMEMBERED = 16


class Place(NamedTuple):
    """A record that was read again.

    Attributes:
        record: the record, out of its envelope.
        offset: where the value begins that it lies in, in bytes from 0.
        line: the line of that, from 1.
    """

    record: Opened
    offset: int
    line: int


class Directory:
    """Where the batches of a file lie. Its size is bounded: where it grows too large, neighbours become one."""

    def __init__(self) -> None:
        self._first = array("Q")
        self._offset = array("Q")
        self._length = array("Q")
        self._line = array("Q")
        self._span = SHORTEST_SPAN

    def append(self, entry: tuple[int, int, int, int]) -> None:
        """Take in a batch that follows those taken in before.

        Arguments:
            entry: the number of its first record, its byte offset, its length in bytes, its line.
        """
        for column, value in zip((self._first, self._offset, self._length, self._line), entry, strict=True):
            column.append(value)
        if len(self._first) > MOST_ENTRIES:
            self._shrink()

    def find(self, index: int) -> tuple[int, int, int, int]:
        """The first record, byte offset, length in bytes, and line of the batch that a record is in."""
        # Of entries with the same first record, the last one has it: those before it are batches without any.
        entry = bisect_right(self._first, index) - 1
        return self._first[entry], self._offset[entry], self._length[entry], self._line[entry]

    def _shrink(self) -> None:
        """Join neighbours until a quarter of the entries is gone.

        Invariant: an entry is a single batch, or reaches over at most `_span` bytes, what lies between its batches
        included: records too long to be read. What is read for one record is so the file's size by the number of
        entries, however long ago the entry was made, and does not grow with the longest record.
        """
        enough = len(self._first) * 3 // 4
        while True:
            self._join()
            if len(self._first) <= enough:
                return
            self._span *= 2

    def _join(self) -> None:
        """Join neighbours that together reach over at most `_span` bytes."""
        columns = [array("Q") for _ in range(4)]
        entry = 0
        while entry < len(self._first):
            begin, offset = entry, self._offset[entry]
            entry += 1
            while entry < len(self._first) and self._end(entry) - offset <= self._span:
                entry += 1
            joined = (self._first[begin], offset, self._end(entry - 1) - offset, self._line[begin])
            for column, value in zip(columns, joined, strict=True):
                column.append(value)
        self._first, self._offset, self._length, self._line = columns

    def _end(self, entry: int) -> int:
        return self._offset[entry] + self._length[entry]


class LookBack:
    """Reads records of a file again, by their number.

    Arguments:
        directory: where the batches lie.
        reader: what the file was read with.
        envelope: what the records are wrapped in.
        content: the bytes.
    """

    def __init__(self, directory: Directory, reader: Rereader, envelope: Envelope, content: ReadAgain) -> None:
        self._directory = directory
        self._envelope = envelope
        self._reader = reader
        self._content = content
        self._batches: OrderedDict[int, _ReadBatch] = OrderedDict()

    def record(self, index: int) -> Place:
        """The record with this number.

        Raises:
            SourceError: where the file is not what it was.
        """
        first, offset, length, line = self._directory.find(index)
        batch = self._batches.get(first)
        if batch is None:
            data = self._content.read_at(offset, length)
            values = self._reader.values_of(data)
            batch = _ReadBatch(values, self._reader.places_of(data), self._envelope.places(values))
            self._batches[first] = batch
            if len(self._batches) > _BATCHES_REMEMBERED:
                self._batches.popitem(last=False)
        else:
            self._batches.move_to_end(first)
        try:
            record = self._envelope.open(batch.values, batch.places[index - first])
            start, lines = batch.places_in_data[record.at]
        except (IndexError, KeyError, TypeError) as error:
            raise SourceError("the file was changed while it was read; run again") from error
        return Place(record, offset + start, line + lines)


class _ReadBatch(NamedTuple):
    values: list[Any]
    places_in_data: list[tuple[int, int]]
    places: list[EnvelopePlace]
