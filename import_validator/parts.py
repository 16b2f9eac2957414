"""A source cut into parts for worker processes, and where these find the bytes."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Protocol

from .readers import Reader
from .source import Spool
from .temporary import open_temporary

PART_SIZE = 4 * 1024 * 1024
"""About how many bytes a worker checks at a time."""

WINDOW = 256 * 1024
"""Bytes that are searched for a seam in one go; also those that are looked at to learn what seams look like."""

_LONGEST_SEARCH = 16 * 1024 * 1024


def first_pieces(pieces: Iterator[bytes], size: int | None) -> deque[bytes]:
    """The first pieces of a source: enough to learn from, and to know whether it is worth several processes.

    Arguments:
        size: how many bytes there are in all; None where nobody knows.
    """
    held: deque[bytes] = deque()
    enough = 2 * PART_SIZE + 1 if size is None else WINDOW
    while sum(map(len, held)) < enough and (piece := next(pieces, None)) is not None:
        held.append(piece)
    return held


def all_pieces(held: deque[bytes], pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The first pieces, which are let go of on the way, and those that follow them."""
    while held:
        yield held.popleft()
    yield from pieces


def is_large(held: Iterable[bytes], size: int | None) -> bool:
    """Whether a source of this size, or one that begins with these pieces, is worth several processes."""
    return (size or sum(map(len, held))) > 2 * PART_SIZE


def sample_of(held: Iterable[bytes]) -> bytes:
    """The beginning of a source that begins with these pieces, to learn from it what seams look like."""
    return b"".join(held)[:WINDOW]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the content.

    Attributes:
        number: how many parts stand before it.
        start: where it begins, in bytes from the beginning of the content.
        end: where it ends.
        following: where the next one begins: a separator may stand between.
        last: whether there is no next one.
        at: where it begins in the file that workers read it from.
    """

    number: int
    start: int
    end: int
    following: int
    last: bool
    at: int


class Store(Protocol):
    """Where workers read parts from: a file that parent and workers have open."""

    def fileno(self) -> int:
        """The file's descriptor."""
        ...

    def put(self, number: int, start: int, data: memoryview) -> int:
        """Take in a part, which begins at `start` in the content. Returns where it begins in the file."""
        ...

    def keep(self, data: bytes) -> None:
        """Take in what follows in the content and is for no worker."""
        ...

    def close(self) -> None:
        """Let go of the file, where it belongs to nobody else."""
        ...


class InPlace:
    """Workers read the file itself."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def put(self, number: int, start: int, data: memoryview) -> int:
        return start

    def keep(self, data: bytes) -> None:
        """The file has it."""

    def close(self) -> None:
        """The file belongs to the source."""


class Kept:
    """Workers read what is kept of the content anyway, from its beginning on, to look back at it."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def fileno(self) -> int:
        return self._spool.fileno()

    def put(self, number: int, start: int, data: memoryview) -> int:
        self._spool.write(data)
        return start

    def keep(self, data: bytes) -> None:
        self._spool.write(data)

    def close(self) -> None:
        """The spool is needed further."""


class Slots:
    """Workers read from an unnamed temporary file with room for some parts, each of which takes the place of another.

    Arguments:
        count: how many parts there are at a time at most.
        folder: where the file lies; the system's own folder where None.
    """

    def __init__(self, count: int, folder: str | os.PathLike[str] | None) -> None:
        self._count = count
        self._file: IO[bytes] = open_temporary(folder)

    def fileno(self) -> int:
        return self._file.fileno()

    def put(self, number: int, start: int, data: memoryview) -> int:
        at = number % self._count * (_LONGEST_SEARCH + 4 * WINDOW)
        self._file.seek(at)
        written = 0
        while written < len(data):
            written += self._file.write(data[written:])
        return at

    def keep(self, data: bytes) -> None:
        """Nobody looks back at it."""

    def close(self) -> None:
        self._file.close()


class Parts:
    """The parts of a source, cut where it looks like the seam between two records.

    Arguments:
        pieces: the content.
        sample: the beginning of the content, which shows what seams look like.
        start: where the first record begins, in bytes.
        reader: what knows seams.
        store: where the parts are put for workers.

    Attributes:
        preamble: what stands before the first record.
    """

    def __init__(self, pieces: Iterator[bytes], sample: bytes, start: int, reader: Reader, store: Store) -> None:
        self.store = store
        self._pieces = (piece[at : at + WINDOW] for piece in pieces for at in range(0, len(piece), WINDOW))
        self._sample = sample
        self._reader = reader
        self._buffer = bytearray()
        self._start = start
        self._ended = False
        self._given: dict[int, Span] = {}
        self._fill(start)
        self.preamble = bytes(self._buffer[:start])
        store.keep(self.preamble)
        del self._buffer[:start]

    @property
    def taken(self) -> int:
        """How many bytes of the content were taken in so far."""
        return self._start + len(self._buffer)

    def __iter__(self) -> Iterator[Span]:
        """The parts. They end early where no seam is found: what follows is in `rest`."""
        number = 0
        while seam := self._seam():
            yield self._give(number, *seam, last=False)
            number += 1
        if self._ended:
            yield self._give(number, len(self._buffer), len(self._buffer), last=True)

    def done(self, span: Span) -> None:
        """A part that was given is needed no more."""
        del self._given[span.number]

    def rest(self) -> tuple[int, Iterator[bytes]]:
        """Where the first part begins that is not done, in bytes, and the content from there on."""
        return min((span.start for span in self._given.values()), default=self._start), self._remaining()

    def _remaining(self) -> Iterator[bytes]:
        for _, span in sorted(self._given.items()):
            for begin in range(span.start, span.following, WINDOW):
                length = min(WINDOW, span.following - begin)
                yield os.pread(self.store.fileno(), length, span.at + begin - span.start)
        while self._buffer or self._fill(1):
            piece = bytes(self._buffer)
            self._buffer.clear()
            self._start += len(piece)
            self.store.keep(piece)
            yield piece

    def _give(self, number: int, end: int, following: int, *, last: bool) -> Span:
        start = self._start
        with memoryview(self._buffer) as view, view[:following] as data:
            at = self.store.put(number, start, data)
        del self._buffer[:following]
        self._start += following
        self._given[number] = Span(number, start, start + end, start + following, last, at)
        return self._given[number]

    def _seam(self) -> tuple[int, int] | None:
        """Where the part at the buffer's front ends, and where the next one begins; None where there is none."""
        odd, counted_to = False, 0
        for target in range(PART_SIZE, _LONGEST_SEARCH, WINDOW // 2):
            self._fill(target + WINDOW)
            if self._ended and len(self._buffer) < target + PART_SIZE // 2:
                return None
            if self._reader.pairs:
                odd ^= self._buffer.count(self._reader.pairs, counted_to, target) % 2 == 1
                counted_to = target
            with memoryview(self._buffer) as view:
                window = bytes(view[target : target + WINDOW])
            seam = self._reader.cut(window, self._sample, odd=odd)
            if seam is not None:
                return target + seam[0], target + seam[1]
        return None

    def _fill(self, size: int) -> bool:
        """Take in pieces until the buffer has so many bytes. False where there are not so many."""
        while len(self._buffer) < size and not self._ended:
            piece = next(self._pieces, None)
            self._ended = piece is None
            self._buffer += piece or b""
        return len(self._buffer) >= size
