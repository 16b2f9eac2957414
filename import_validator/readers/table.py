"""Reader for tables: CSV or XLSX, whichever the file is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from ..errors import SourceError
from ..source.source import ReadAgain
from .base import DEFAULT_MAX_RECORD, Cells, Reader, Setup, ValuesReader
from .batch import Batch, Rereader
from .csv_table import CsvReader
from .judged import Judge
from .kinds import OLE, ZIP
from .vouching import VouchingReader

_LONGEST_MAGIC = 4


def looks_like_workbook(head: bytes) -> bool:
    """Whether the beginning of a file is that of a workbook, of any kind."""
    return head.startswith((ZIP, OLE))


class TableReader(Reader):
    """A table, in CSV or XLSX; which of the two is seen from the first bytes.

    Attributes:
        judge: what vouches for records of CSV; None where there is nothing.
        threads: how many threads judge; see `VouchingReader`.
    """

    name: ClassVar[str] = "table"
    options: ClassVar[Mapping[str, str]] = {"sheet": "NAME", "delimiter": "NAME", "encoding": "NAME"}

    def __init__(self, *, max_record: int = DEFAULT_MAX_RECORD, setup: Setup | None = None) -> None:
        super().__init__(max_record=max_record, setup=setup)
        self._head = b""
        self._chosen: Reader | None = None
        self.judge: Judge | None = None
        self.threads = 0

    @property
    def cells(self) -> Cells | None:
        return self._reader.cells

    @property
    def notes(self) -> Sequence[str]:
        return self._chosen.notes if self._chosen else ()

    @property
    def content(self) -> ReadAgain | None:
        return self._reader.content

    @property
    def rereader(self) -> Rereader:
        return self._reader.rereader

    @property
    def is_over(self) -> bool:
        return self._chosen is not None and self._chosen.is_over

    def feed(self, data: bytes) -> Iterator[Batch]:
        if self._chosen is None:
            self._head += data
            if len(self._head) < _LONGEST_MAGIC:
                return
            data, self._head = self._head, b""
            self._choose(data)
        yield from self._reader.feed(data)

    def close(self) -> Iterator[Batch]:
        if self._chosen is None:
            self._choose(self._head)
            yield from self._reader.feed(self._head)
        yield from self._reader.close()

    def drop(self) -> None:
        if self._chosen is not None:
            self._chosen.drop()

    @staticmethod
    def first_values(head: bytes) -> list[Any] | None:
        """None: a table is its owner's, and not recognised."""
        return None

    @property
    def chosen(self) -> Reader | None:
        """What reads the file; None while nobody knows what it is."""
        return self._chosen

    @property
    def _reader(self) -> Reader:
        assert self._chosen is not None, "something was fed"
        return self._chosen

    def _choose(self, head: bytes) -> None:
        if head.startswith(OLE):
            raise SourceError(
                "this is an old .xls workbook, or one that is protected by a password: "
                "open it in a spreadsheet program and save it as .xlsx, without a password"
            )
        reader = _reader_of(head)(max_record=self.max_record, setup=self.setup)
        if self.judge is not None and isinstance(reader, ValuesReader):
            reader = VouchingReader(reader, self.judge, self.threads)
        self._chosen = reader


def _reader_of(head: bytes) -> type[Reader]:
    if not head.startswith(ZIP):
        return CsvReader
    from .xlsx_table import XlsxReader  # noqa: PLC0415 - takes a while, and most files are none

    return XlsxReader
