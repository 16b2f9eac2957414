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

    def append(self, entry: tuple[int, int, int, int]) -> None:
        """Take in a batch that follows those taken in before.

        Arguments:
            entry: the number of its first record, its byte offset, its length in bytes, its line.
        """
        for column, value in zip((self._first, self._offset, self._length, self._line), entry, strict=True):
            column.append(value)
        if len(self._first) > MOST_ENTRIES:
            self._halve()

    def find(self, index: int) -> tuple[int, int, int, int]:
        """The first record, byte offset, length in bytes, and line of the batch that a record is in."""
        entry = bisect_right(self._first, index) - 1
        return self._first[entry], self._offset[entry], self._length[entry], self._line[entry]

    def _halve(self) -> None:
        """Join every two entries. Records too long to be read lie between entries, and are not joined over."""
        columns = [array("Q") for _ in range(4)]
        entry = 0
        while entry < len(self._first):
            joined = entry + 1 < len(self._first) and self._offset[entry + 1] - self._end(entry) < 1 << 10
            end = self._end(entry + 1 if joined else entry)
            offset = self._offset[entry]
            for column, value in zip(
                columns, (self._first[entry], offset, end - offset, self._line[entry]), strict=True
            ):
                column.append(value)
            entry += 2 if joined else 1
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
            raise SourceError("the file was changed while it was being validated; run again") from error
        return Place(record, offset + start, line + lines)


class _ReadBatch(NamedTuple):
    values: list[Any]
    places_in_data: list[tuple[int, int]]
    places: list[EnvelopePlace]
