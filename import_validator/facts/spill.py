"""Tables of rows that lie in memory while they fit the budget, and on disk when they do not."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterator
from typing import IO, Any, NamedTuple

import numpy as np

from ..source.temporary import open_temporary, read_at, write_all
from .rows import Column, Mask, Rows, opaque

PARTITIONS = 512
_ROWS_WRITTEN = 16_384

PartitionOf = Callable[[Rows], Column]
"""The partition, from 0 to 511, of each row."""


class Segment(NamedTuple):
    """Rows in a file, sorted by partition.

    Attributes:
        offset: where the first one begins, in bytes.
        starts: how many rows stand before those of each partition, and at last how many there are in all.
    """

    offset: int
    starts: Column


def by_partition(rows: Rows, partition_of: PartitionOf) -> tuple[Column, Column]:
    """The numbers of rows by partition, and how many of them stand before those of each partition, and in all."""
    numbers = partition_of(rows).astype(np.uint16)
    starts = np.zeros(PARTITIONS + 1, dtype=np.uint32)
    np.cumsum(np.bincount(numbers, minlength=PARTITIONS), out=starts[1:])
    # Stable: within a partition, rows stay in the order in which they were added.
    return np.argsort(numbers, kind="stable"), starts


class Spill:
    """Rows of one kind, kept in partitions, to be read a partition at a time.

    Rows are taken in until `memory` bytes of them are held; then they are sorted by partition and appended
    to an unnamed temporary file. Within a partition, rows come back in the order in which they were added.

    Arguments:
        dtype: the rows' type.
        memory: how many bytes of rows are held before they are written out.
        partition_of: the partition of each row.
        folder: where the temporary file lies; the system's own folder where None.
    """

    def __init__(
        self,
        dtype: np.dtype[Any],
        memory: int,
        partition_of: PartitionOf,
        folder: str | os.PathLike[str] | None = None,
    ) -> None:
        self._dtype = dtype
        self._partition_of = partition_of
        self._folder = folder
        self._most = memory // dtype.itemsize
        self._held: Rows | None = None
        self._count = 0
        self._file: IO[bytes] | None = None
        self._segments: list[Segment] = []
        self._written = 0
        self.rows = 0

    @property
    def spilled(self) -> bool:
        """Whether anything lies on disk."""
        return bool(self._segments)

    def add(self, rows: Rows) -> None:
        """Take in rows."""
        if not len(rows):
            return
        self.rows += len(rows)
        if self._count + len(rows) > self._most:
            self._write_out()
        if len(rows) > self._most:
            self._write(rows)
            return
        if self._held is None:
            self._held = np.empty(self._most, dtype=self._dtype)
        opaque(self._held)[self._count : self._count + len(rows)] = opaque(rows)
        self._count += len(rows)

    def partitions(self, most: int) -> Iterator[Partition]:
        """The partitions that hold anything, in order, neighbours joined. To be called when all rows were added.

        Arguments:
            most: so many rows joined ones have at most. Where there are no more in all, and nothing was written
                out, all rows are one partition.
        """
        if self._file is not None:
            self._write_out()
            self._held = None
            starts = np.stack([each.starts for each in self._segments]).sum(axis=0, dtype=np.int64)
            for begin, end in _joined(np.diff(starts), most):
                lying = _OnDisk(self._dtype, self._file, self._segments, begin, end)
                yield Partition(int(starts[end] - starts[begin]), lying.read)
        elif self._held is not None:
            yield from partitioned(self._held[: self._count], self._partition_of, most)

    def close(self) -> None:
        """Drop all rows."""
        self._held = None
        if self._file is not None:
            self._file.close()

    def _write_out(self) -> None:
        if self._held is not None and self._count:
            self._write(self._held[: self._count])
            self._count = 0

    def _write(self, rows: Rows) -> None:
        """Append rows to the file, by partition; a few at a time, since a copy of them all would count."""
        if self._file is None:
            self._file = open_temporary(self._folder)
        order, starts = by_partition(rows, self._partition_of)
        self._file.seek(self._written)
        for begin in range(0, len(rows), _ROWS_WRITTEN):
            write_all(self._file, rows.take(order[begin : begin + _ROWS_WRITTEN]).view(np.uint8).data)
        self._segments.append(Segment(self._written, starts))
        self._written += rows.nbytes


class Partition:
    """The rows of one partition, to be gone through as often as needed.

    Arguments:
        rows: how many there are.
        read: gives some of them: from which on, and how many.
    """

    def __init__(self, rows: int, read: Callable[[int, int], Rows]) -> None:
        self.rows = rows
        self._read = read

    def whole(self) -> Rows:
        """All rows, in order."""
        return self._read(0, self.rows)

    def chunks(self, most: int) -> Iterator[Rows]:
        """The rows in order, in arrays of at most `most` rows."""
        for start in range(0, self.rows, most):
            yield self._read(start, min(most, self.rows - start))


def partitioned(rows: Rows, partition_of: PartitionOf, most: int) -> Iterator[Partition]:
    """Rows in memory as partitions of at most so many where they can be told apart; as one where they are no more."""
    if len(rows) <= most:
        yield _in_memory(rows)
        return
    order, starts = by_partition(rows, partition_of)
    for begin, end in _joined(np.diff(starts), most):
        yield _in_memory(rows.take(order[starts[begin] : starts[end]]))


def _in_memory(rows: Rows) -> Partition:
    return Partition(len(rows), lambda start, count: rows[start : start + count])


class _OnDisk:
    """The rows of some neighbouring partitions, which lie in several segments."""

    def __init__(self, dtype: np.dtype[Any], file: IO[bytes], segments: list[Segment], begin: int, end: int) -> None:
        self._dtype = dtype
        self._file = file
        self._segments = segments
        self._begin = begin
        self._end = end

    def read(self, start: int, count: int) -> Rows:
        """So many rows, from one of them on."""
        rows = np.empty(count, dtype=self._dtype)
        buffer = rows.view(np.uint8).data
        size = self._dtype.itemsize
        filled = 0
        for segment in self._segments:
            there = int(segment.starts[self._end] - segment.starts[self._begin])
            passed = min(start, there)
            start -= passed
            taken = min(there - passed, count - filled)
            if taken:
                begin = segment.offset + (int(segment.starts[self._begin]) + passed) * size
                read_at(self._file, begin, buffer[filled * size : (filled + taken) * size])
                filled += taken
        return rows


def _joined(counts: Column, most: int) -> Iterator[tuple[int, int]]:
    """From which partition to before which they are joined: as many as have no more than so many rows together."""
    # Partitions are joined, never divided: what is said of one key, or of one record, comes together.
    begin = rows = 0
    for number, count in enumerate(counts.tolist()):
        if rows and rows + count > most:
            yield begin, number
            begin, rows = number, 0
        rows += count
    if rows:
        yield begin, len(counts)


class IndexLog:
    """Numbers that come in rising order, to be gone through once more in that order.

    Arguments:
        memory: how many bytes of them are held before they are written out.
        folder: where the temporary file lies; the system's own folder where None.
    """

    def __init__(self, memory: int, folder: str | os.PathLike[str] | None = None) -> None:
        self._most = max(memory // 8, 1024)
        self._folder = folder
        self._held = array("Q")
        self._file: IO[bytes] | None = None
        self._window: Column = np.empty(0, dtype=np.uint64)

    def extend(self, numbers: list[int]) -> None:
        """Take in numbers, each at least as large as all before it."""
        self._held.extend(numbers)
        if len(self._held) > self._most:
            if self._file is None:
                self._file = open_temporary(self._folder)
            write_all(self._file, memoryview(self._held).cast("B"))
            del self._held[:]

    def rewind(self) -> None:
        """Go back to the first number."""
        if self._file is not None:
            write_all(self._file, memoryview(self._held).cast("B"))
            del self._held[:]
            self._file.seek(0)
            self._window = np.empty(0, dtype=np.uint64)
        else:
            self._window = np.frombuffer(self._held, dtype=np.uint64) if self._held else self._window

    def contains(self, numbers: Column) -> Mask:
        """Which of the numbers were taken in. They are rising, and above those of the call before."""
        # Invariant: no number to come is in a window that was let go of. That happens only when the window's last
        # number is below the last of those asked about, which were all compared with it.
        known = np.isin(numbers, self._window)
        while self._file is not None and len(numbers) and not (len(self._window) and self._window[-1] >= numbers[-1]):
            self._window = np.frombuffer(_read_some(self._file, self._most * 8), dtype=np.uint64)
            if not len(self._window):
                break
            known |= np.isin(numbers, self._window)
        return known

    def close(self) -> None:
        """Drop all numbers."""
        if self._file is not None:
            self._file.close()


def _read_some(file: IO[bytes], most: int) -> bytes:
    """Up to `most` bytes; fewer only at the end of the file."""
    data = b""
    while len(data) < most and (piece := file.read(most - len(data))):
        data += piece
    return data
