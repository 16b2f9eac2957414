"""What every reader gives: batches of records, with the way back from a record to its place in the file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

DEFAULT_MAX_RECORD = 16 * 1024 * 1024
"""Longest record that is read, in bytes, unless the caller says otherwise."""

CHUNK_SIZE = 128 * 1024
"""Bytes parsed in one call: what is parsed should stay in the processor's cache (1 MiB is 1.3 times slower)."""


class _Unreadable:
    """Stands for a record, or a value in one, that is there but cannot be used."""

    def __repr__(self) -> str:
        return "UNREADABLE"


UNREADABLE: Final = _Unreadable()


@dataclass(slots=True)
class Cursor:
    """A place in the file: `offset` in bytes from 0, `line` from 1, `column` in characters from 1."""

    offset: int = 0
    line: int = 1
    column: int = 1

    def advanced(self, data: bytes) -> Cursor:
        """The place after `data`."""
        newlines = data.count(b"\n")
        last_line = data[data.rfind(b"\n") + 1 :] if newlines else data
        characters = len(last_line) if last_line.isascii() else len(last_line.decode("utf-8", "replace"))
        return Cursor(
            self.offset + len(data),
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
    """

    code: str
    message: str
    at: int | None = None
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large one request body may be.

    Attributes:
        size: a body has to have fewer bytes than this; None where there is no limit.
        records: the most records it may have; None where there is no limit.
    """

    size: int | None = None
    records: int | None = None

    def problems(self, begin: Cursor, end: int, records: int) -> list[Problem]:
        """What is wrong with a body of so many records, that begins and ends at these places."""
        found = []
        if self.size is not None and end - begin.offset >= self.size:
            message = f"the body has {end - begin.offset:,} bytes; it has to have fewer than {self.size:,}"
            found.append(Problem("body-size", message, None, begin))
        if self.records is not None and records > self.records:
            message = f"the body has {records:,} records; at most {self.records:,} are taken"
            found.append(Problem("body-records", message, None, begin))
        return found


@dataclass(slots=True)
class Batch:
    """Records that lie next to each other in the file.

    Attributes:
        values: the parsed records; `UNREADABLE` for one that is there but cannot be used.
        data: the bytes they were parsed from, separators between them included.
        index: the number of the first record in the file, from 0.
        start: the place of `data`'s first byte.
        problems: what kept records, or the rest of the file, from being read.
        begins: where request bodies begin that the batch's first record stands in, or that end before it.
    """

    values: list[Any]
    data: bytes
    index: int
    start: Cursor
    problems: list[Problem] = field(default_factory=list)
    begins: list[Cursor] = field(default_factory=list)


class Reader(ABC):
    """Turns bytes into batches. Sans-IO: it is fed bytes, in pieces of any size, and closed.

    Arguments:
        max_record: longest record that is read, in bytes; a longer one is a problem of its own, and what
            follows it is read on.
        limits: how large one request body may be, for formats that consist of them.
    """

    name: ClassVar[str]

    def __init__(self, *, max_record: int = DEFAULT_MAX_RECORD, limits: BodyLimits | None = None) -> None:
        self.max_record = max_record
        self.limits = limits or BodyLimits()

    can_resume: ClassVar[bool] = False
    """Whether a file of this format can be read from a record in the middle on."""

    closing: ClassVar[bytes] = b""
    """What ends a file of this format."""

    @staticmethod
    def beginning(sample: bytes) -> int | None:
        """Where the first record of a file begins, or white space before it; None where the file is no such file."""
        return 0

    def resume(self, start: Cursor, *, first: bool) -> None:
        """Begin at a record in the middle of the file, before anything is fed.

        Arguments:
            first: whether no record stands before it.
        """
        raise NotImplementedError

    @staticmethod
    def cut(window: bytes, sample: bytes) -> tuple[int, int] | None:
        """A place in a window of the file that looks like the seam between two records.

        Arguments:
            sample: the beginning of the file.

        Returns:
            Where the one record ends and where the next begins, in bytes; None where nothing looks like it.
        """
        raise NotImplementedError

    @property
    def rereader(self) -> type[Reader]:
        """The reader that reads the data of batches again."""
        return type(self)

    @abstractmethod
    def feed(self, data: bytes) -> Iterator[Batch]:
        """Batches that are complete with these bytes. To be exhausted before the next call."""

    @abstractmethod
    def close(self) -> Iterator[Batch]:
        """What is left when the file ends."""

    @staticmethod
    @abstractmethod
    def first_values(head: bytes) -> list[Any] | None:
        """The records that are whole in the first bytes of a file; None where the file is not of this format."""

    @staticmethod
    @abstractmethod
    def values_of(data: bytes) -> list[Any]:
        """The records of a batch's `data`, read again, or of several batches' data as they lie in the file."""

    @staticmethod
    @abstractmethod
    def offsets_of(data: bytes) -> list[int]:
        """Where each record of a batch's `data` begins, in bytes from the beginning of `data`."""
