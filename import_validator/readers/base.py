"""What every reader is: told of a rule set and a run, fed bytes, giving batches of records."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar, NamedTuple, Self

from ..source.source import ReadAgain
from .batch import Batch, Cursor, Problem, Rereader
from .judged import Table

DEFAULT_MAX_RECORD = 16 * 1024 * 1024
"""Longest record that is read, in bytes, unless the caller says otherwise."""

CHUNK_SIZE = 256 * 1024
"""Bytes parsed in one call: what is parsed should stay in the processor's cache (1 MiB is 1.3 times slower), and what
is done once a batch should be done seldom (64 KiB is 1.1 times slower)."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large one request body may be.

    Attributes:
        size: the most bytes that a body may have; None where there is no limit.
        records: the most records it may have; None where there is no limit.
    """

    size: int | None = None
    records: int | None = None

    def problems(self, begin: Cursor, end: int, records: int) -> list[Problem]:
        """What is wrong with a body of so many records, that begins and ends at these places."""
        found = []
        if self.size is not None and end - begin.offset > self.size:
            message = f"the body has {end - begin.offset:,} bytes; at most {self.size:,} are taken"
            found.append(Problem("body-size", message, None, begin))
        if self.records is not None and records > self.records:
            message = f"the body has {records:,} records; at most {self.records:,} are taken"
            found.append(Problem("body-records", message, None, begin))
        return found


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column that a table may have.

    Attributes:
        field: the name of the field in records.
        header: the text over the column, by which it is found.
        required: whether every file has to have it.
        type: what its cells hold, as rule sets call it.
    """

    field: str
    header: str
    required: bool = False
    type: str = "string"


@dataclass(frozen=True, slots=True)
class Setup:
    """What a reader is told of the rule set, the run, and what the caller wants read.

    Attributes:
        limits: how large one request body may be, for formats that consist of them.
        columns: the columns that a table may have.
        options: what the caller wants read, and how, by the names of the reader's `options`.
        unique_names: whether names that stand more than once in an object are problems.
        tmp: folder for temporary files; the system's own where None.
    """

    limits: BodyLimits = BodyLimits()
    columns: Sequence[TableColumn] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    unique_names: bool = False
    tmp: str | os.PathLike[str] | None = None


@dataclass(frozen=True, slots=True)
class Cells:
    """What the cells of a table are called on the screen.

    Attributes:
        columns: the letters and the header of each field's column.
        sheet: the name of the sheet; empty for a file that is one.
        by_offset: whether a byte of the file can be named, too, where a record begins.
    """

    columns: Mapping[str, tuple[str, str]]
    sheet: str = ""
    by_offset: bool = True

    def name(self, row: int, field: str) -> str:
        """A cell such as `Sheet1!C17 (status)`, or a row, for what is in no column that the file has."""
        letters, header = self.columns.get(field, ("", ""))
        if not letters:
            return f"{self.sheet}, row {row}" if self.sheet else f"row {row}"
        return (f"{self.sheet}!" if self.sheet else "") + f"{letters}{row}" + (f" ({header})" if header else "")


class Reader(ABC):
    """Turns bytes into batches. Sans-IO: it is fed bytes, in pieces of any size, and closed.

    Arguments:
        max_record: longest record that is read, in bytes; a longer one is a problem of its own, and what
            follows it is read on.
        setup: what it is told of the rule set and the run.
    """

    name: ClassVar[str]

    def __init__(self, *, max_record: int = DEFAULT_MAX_RECORD, setup: Setup | None = None) -> None:
        self.max_record = max_record
        self.setup = setup or Setup()

    options: ClassVar[Mapping[str, str]] = {}
    """What can be asked of it, by name, each with a word for its value."""

    @property
    def cells(self) -> Cells | None:
        """What the cells of the file are called; None where it has none."""
        return None

    @property
    def notes(self) -> Sequence[str]:
        """What a report should say of how the file was read."""
        return ()

    @property
    def content(self) -> ReadAgain | None:
        """Where the data of batches is to be read again; None where that is the file itself."""
        return None

    @property
    @abstractmethod
    def rereader(self) -> Rereader:
        """What reads the data of batches again. To be asked once the first batch was given."""

    @abstractmethod
    def feed(self, data: bytes) -> Iterator[Batch]:
        """Batches that are complete with these bytes. To be exhausted before the next call."""

    @abstractmethod
    def close(self) -> Iterator[Batch]:
        """What is left when the file ends."""

    @property
    def is_over(self) -> bool:
        """Whether nothing that may follow is looked at any more."""
        return False

    def drop(self) -> None:  # noqa: B027 - most readers keep nothing
        """Let go of temporary files."""

    @classmethod
    def look(cls, head: bytes) -> str:
        """What the first bytes of a file of this format look like, in words."""
        return cls.name

    @staticmethod
    @abstractmethod
    def first_values(head: bytes) -> list[Any] | None:
        """The records that are whole in the first bytes of a file; None where the file is not of this format."""


class Before(Enum):
    """What stands before a place in a file, where records are to be read from on."""

    NOTHING = "nothing"
    VALUE = "a value"
    COMMA = "a comma, which another value has to follow"


class JsonReader(Reader):
    """A reader of JSON, which reads the data of batches again by itself: it needs nothing that stands before them."""

    @property
    def rereader(self) -> Rereader:
        return self

    @abstractmethod
    def values_of(self, data: bytes) -> list[Any]:
        """The records of a batch's `data`, read again, or of several batches' data as they lie in the file.

        One that could not be read is `UNREADABLE` again: there may be several records in what it would be.
        """

    @abstractmethod
    def offsets_of(self, data: bytes) -> list[int]:
        """Where each record of a batch's `data` begins, in bytes from the beginning of `data`."""

    def places_of(self, data: bytes) -> list[tuple[int, int]]:
        """Where each record begins, in bytes from the beginning of `data`, and how many lines stand before it."""
        places = []
        counted_to = newlines = 0
        for offset in self.offsets_of(data):
            newlines += data.count(b"\n", counted_to, offset)
            counted_to = offset
            places.append((offset, newlines))
        return places


class Opening(NamedTuple):
    """What stands before the first value of a file.

    Attributes:
        end: where it ends: where a value begins, or what may stand before one.
        batches: what is to be said of it.
        table: how the rows of a table are written.
    """

    end: Cursor
    batches: Sequence[Batch] = ()
    table: Table | None = None


class ValuesReader(Reader):
    """A reader of values that follow each other, which can go on anywhere between two of them."""

    layout: ClassVar[str]
    """How the values stand in the file; see `Judge`."""

    @property
    @abstractmethod
    def cursor(self) -> Cursor:
        """How far it has read."""

    @abstractmethod
    def opening(self, head: bytes) -> Opening | None:
        """What stands before the first value; None where the reader itself has to say what is there.

        Arguments:
            head: the beginning of the file, or all of it.
        """

    @abstractmethod
    def read_alone(self, text: bytes, begin: int, end: int, place: Cursor, at: int) -> tuple[Any, list[Problem]] | None:
        """A value of which somebody found where it begins and ends in a text, and what is wrong with it.

        None where nothing that follows it can be read.

        Arguments:
            place: where it begins in the file; the column does not count.
            at: its number, for what is wrong with it.
        """

    @abstractmethod
    def read_together(self, texts: list[bytes]) -> tuple[list[Any], list[Problem]] | None:
        """Values that are alone in a text each, read in one call, and what is wrong with them.

        None where they have to be read one by one.
        """

    @abstractmethod
    def resumed_after(self, start: Cursor, values: int, before: Before) -> Self:
        """A reader like this one that goes on at a place in the file.

        Arguments:
            values: how many values stand before it.
            before: what stands right before it.
        """

    @abstractmethod
    def give_back(self) -> tuple[bytes, Cursor, int, Before] | None:
        """What it was fed and has not read, where it begins, how many values and what stand before it.

        None where it could not be told what is there without knowing what was read. The reader is then done with it.
        """
