"""A source cut into parts for worker processes, and where these find the bytes."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Protocol

from ..readers import Cursor, Reader, count_of
from ..source.source import Spool
from ..source.temporary import open_temporary, write_all

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
    missing = 2 * PART_SIZE + 1 if size is None else WINDOW
    while missing > 0 and (piece := next(pieces, None)) is not None:
        held.append(piece)
        missing -= len(piece)
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
    """Where a stream is put for workers: a file that parent and workers have open."""

    def fileno(self) -> int:
        """The file's descriptor."""
        ...

    def put(self, number: int, start: int, data: memoryview) -> int:
        """Take in a part, which begins at `start` in the content. Returns where it begins in the file."""
        ...

    def keep(self, data: bytes) -> None:
        """Take in what is for no worker."""
        ...

    def close(self) -> None:
        """Let go of the file, where it belongs to nobody else."""
        ...


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
        # Invariant: the part that had this place is done, since at most `count` are not; and no part is longer than the
        # place: a seam is looked for up to `_LONGEST_SEARCH`, and found within one window of that.
        at = number % self._count * (_LONGEST_SEARCH + 4 * WINDOW)
        self._file.seek(at)
        write_all(self._file, data)
        return at

    def keep(self, data: bytes) -> None:
        """Nobody looks back at it."""

    def close(self) -> None:
        self._file.close()


class Ahead(Protocol):
    """What of the content follows the parts that were given to workers.

    Attributes:
        start: where it begins, in bytes from the beginning of the content.
    """

    start: int

    def fileno(self) -> int:
        """The descriptor of the file that workers read."""
        ...

    def has(self, size: int) -> bool:
        """Whether there are at least so many bytes."""
        ...

    def window(self, begin: int, end: int) -> bytes:
        """The bytes between two places, which count from `start`."""
        ...

    def give(self, number: int, size: int | None) -> tuple[int, int]:
        """Give so many bytes, or all, to a worker. Returns how many, and where they begin in the file."""
        ...

    def rest(self) -> Iterator[bytes]:
        """All of it, for no worker."""
        ...

    def close(self) -> None:
        """Let go of what was kept for workers."""
        ...


class FileAhead:
    """A file on disk, which workers read themselves."""

    def __init__(self, descriptor: int, size: int, start: int) -> None:
        self.start = start
        self._descriptor = descriptor
        self._size = size

    def fileno(self) -> int:
        return self._descriptor

    def has(self, size: int) -> bool:
        return self._size - self.start >= size

    def window(self, begin: int, end: int) -> bytes:
        return os.pread(self._descriptor, end - begin, self.start + begin)

    def give(self, number: int, size: int | None) -> tuple[int, int]:
        given = self._size - self.start if size is None else size
        self.start += given
        return given, self.start - given

    def rest(self) -> Iterator[bytes]:
        while piece := self.window(0, WINDOW):
            self.start += len(piece)
            yield piece

    def close(self) -> None:
        """The file belongs to the source."""


class StreamAhead:
    """A stream, which is put into a file for workers, part by part.

    Arguments:
        pieces: the content, from its beginning.
        start: where the first record begins, in bytes.
        store: where parts are put.
    """

    def __init__(self, pieces: Iterator[bytes], start: int, store: Store) -> None:
        self.start = start
        self._pieces = (piece[at : at + WINDOW] for piece in pieces for at in range(0, len(piece), WINDOW))
        self._store = store
        self._buffer = bytearray()
        self.has(start)
        store.keep(bytes(self._buffer[:start]))
        del self._buffer[:start]

    def fileno(self) -> int:
        return self._store.fileno()

    def has(self, size: int) -> bool:
        while len(self._buffer) < size:
            piece = next(self._pieces, None)
            if piece is None:
                return False
            self._buffer += piece
        return True

    def window(self, begin: int, end: int) -> bytes:
        self.has(end)
        with memoryview(self._buffer) as view:
            return bytes(view[begin:end])

    def give(self, number: int, size: int | None) -> tuple[int, int]:
        given = len(self._buffer) if size is None else size
        with memoryview(self._buffer) as view, view[:given] as data:
            at = self._store.put(number, self.start, data)
        del self._buffer[:given]
        self.start += given
        return given, at

    def rest(self) -> Iterator[bytes]:
        while self.has(1):
            piece = bytes(self._buffer)
            self._buffer.clear()
            self.start += len(piece)
            self._store.keep(piece)
            yield piece

    def close(self) -> None:
        self._store.close()


class Parts:
    """The parts of a source, cut where it looks like the seam between two records.

    Arguments:
        start: where the first record begins.
        ahead: the content, from there on.
        sample: the beginning of the content, which shows what seams look like.
        reader: what knows seams.
    """

    def __init__(self, start: Cursor, ahead: Ahead, sample: bytes, reader: Reader) -> None:
        self.start = start
        self._ahead = ahead
        self._sample = sample
        self._reader = reader
        self._given: dict[int, Span] = {}

    @property
    def taken(self) -> int:
        """How many bytes of the content were taken in so far."""
        return self._ahead.start

    def fileno(self) -> int:
        """The descriptor of the file that workers read."""
        return self._ahead.fileno()

    def __iter__(self) -> Iterator[Span]:
        """The parts. They end early where no seam is found: what follows is in `rest`."""
        number = 0
        while seam := self._seam():
            yield self._give(number, *seam)
            number += 1
        if not self._ahead.has(_LONGEST_SEARCH):
            yield self._give(number, None, None)

    def done(self, span: Span) -> None:
        """A part that was given is needed no more."""
        del self._given[span.number]

    def rest(self) -> Iterator[bytes]:
        """The content from the first part on that is not done."""
        for _, span in sorted(self._given.items()):
            for begin in range(span.start, span.following, WINDOW):
                length = min(WINDOW, span.following - begin)
                yield os.pread(self.fileno(), length, span.at + begin - span.start)
        yield from self._ahead.rest()

    def close(self) -> None:
        """Let go of what was kept for workers."""
        self._ahead.close()

    def _give(self, number: int, end: int | None, following: int | None) -> Span:
        start = self._ahead.start
        given, at = self._ahead.give(number, following)
        end = given if end is None else end
        self._given[number] = Span(number, start, start + end, start + given, following is None, at)
        return self._given[number]

    def _seam(self) -> tuple[int, int] | None:
        """Where the next part ends, and where the one after it begins; None where there is none."""
        # Windows overlap by half: a seam that the end of one cuts in two is whole in the next. Invariant: `odd` is of
        # all bytes from the last seam, where no quote is open if it is one, up to the window.
        odd, counted_to = False, 0
        for target in range(PART_SIZE, _LONGEST_SEARCH, WINDOW // 2):
            if not self._ahead.has(target + PART_SIZE // 2):
                return None
            for begin in range(counted_to, target, WINDOW) if self._reader.pairs else ():
                window = self._ahead.window(begin, min(begin + WINDOW, target))
                odd ^= count_of(self._reader.pairs, window) % 2 == 1
            counted_to = target
            seam = self._reader.cut(self._ahead.window(target, target + WINDOW), self._sample, odd=odd)
            if seam is not None:
                return target + seam[0], target + seam[1]
        return None
