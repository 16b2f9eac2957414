"""What flows out of readers: values and where they lie, what is wrong with them, and batches of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from .judged import Vouched


class _Unreadable:
    """Stands for a record, or a value in one, that is there but cannot be used."""

    def __repr__(self) -> str:
        return "UNREADABLE"


UNREADABLE: Final = _Unreadable()


_MUCH = 4096


def count_of(byte: bytes, data: bytes | memoryview) -> int:
    """How often one byte stands in the data: for much of it, six times as quick as `bytes.count`."""
    if len(data) < _MUCH:
        return bytes(data).count(byte)
    return int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == byte[0]))


_LATER_BYTES = bytes(range(0x80, 0xC0))
"""The bytes of a UTF-8 character after its first. Without them, characters can be counted in pieces cut anywhere."""


@dataclass(slots=True)
class Cursor:
    """A place in the file: `offset` in bytes from 0, `line` from 1, `column` in characters from 1."""

    offset: int = 0
    line: int = 1
    column: int = 1

    def advanced(self, data: bytes, begin: int = 0, end: int | None = None, newlines: int | None = None) -> Cursor:
        """The place after `data`, or a part of it. `newlines` are those in it, where they were counted."""
        end = len(data) if end is None else end
        if newlines is None:
            newlines = count_of(b"\n", memoryview(data)[begin:end])
        last_line = data[data.rfind(b"\n", begin, end) + 1 if newlines else begin : end]
        characters = len(last_line if last_line.isascii() else last_line.translate(None, _LATER_BYTES))
        return Cursor(
            self.offset + end - begin,
            self.line + newlines,
            characters + (1 if newlines else self.column),
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a record, or the rest of the file, from being read.

    Attributes:
        code: the code of the reading rule that says so (`parse`, `encoding`, `nesting`, …).
        message: what is wrong, without the stage's prefix.
        at: the record's number in the batch; None where there is no record.
        cursor: the place of the mistake itself, where there is no record.
        path: the names and indexes that lead from the value in the file to what it is about; empty for the value as a
            whole.
        of_file: whether it is wrong with the file as a whole, and no record.
    """

    code: str
    message: str
    at: int | None = None
    cursor: Cursor | None = None
    path: tuple[str | int, ...] = ()
    of_file: bool = False


class Rereader(Protocol):
    """Reads the data of batches again. `data` is that of one batch, or of several as they lie in the file."""

    def values_of(self, data: bytes) -> list[Any]:
        """The records."""
        ...

    def places_of(self, data: bytes) -> list[tuple[int, int]]:
        """Where each record begins, in bytes from the beginning of `data`, and how many lines stand before it."""
        ...


@dataclass(slots=True)
class Batch:
    """Records that lie next to each other in the file.

    Attributes:
        values: the parsed records; `UNREADABLE` for one that is there but cannot be used.
        raw: the bytes they were parsed from, separators between them included; those of all records, where most are
            vouched for.
        index: the number of the first record in the file, from 0.
        start: the place of the first of these bytes.
        problems: what kept records, or the rest of the file, from being read.
        begins: where request bodies begin that the batch's first record stands in, or that end before it.
    """

    values: list[Any] | Vouched
    raw: bytes | memoryview
    index: int
    start: Cursor
    problems: list[Problem] = field(default_factory=list)
    begins: list[Cursor] = field(default_factory=list)

    @property
    def parsed(self) -> list[Any]:
        """The values as a list; of those that are vouched for, the others."""
        return self.values.values if isinstance(self.values, Vouched) else self.values

    @property
    def data(self) -> bytes:
        """The bytes they were parsed from."""
        return bytes(self.raw)

    def spans(self) -> Iterator[tuple[int, int, int, int]]:
        """Pieces that can be read again: the number of the first record, byte offset, length in bytes, and line."""
        marks = self.values.marks if isinstance(self.values, Vouched) else [(0, 0, 0)] if self.raw else []
        ends = [begin for _, begin, _ in marks[1:]]
        for (number, begin, lines), end in zip(marks, [*ends, len(self.raw)], strict=False):
            yield number, self.start.offset + begin, end - begin, self.start.line + lines
