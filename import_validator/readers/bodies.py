"""Reader for request bodies: each a JSON array of records, or the same in Transit; one, or several after each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from .base import DEFAULT_MAX_RECORD, Reader, Setup
from .batch import Batch, Cursor, Rereader
from .json_array import JsonArrayReader
from .json_elements import offsets_of_elements
from .json_text import WHITESPACE
from .transit import TransitReader, signs_of_transit, sketch_of

_HEAD = 64 * 1024
"""How many bytes are looked at to tell JSON from Transit."""


class BodiesReader(Reader):
    """Request bodies, in JSON or Transit; which of the two is told from the first bytes."""

    name: ClassVar[str] = "json-bodies"

    def __init__(self, *, max_record: int = DEFAULT_MAX_RECORD, setup: Setup | None = None) -> None:
        super().__init__(max_record=max_record, setup=setup)
        self._head = bytearray()
        self._chosen: Reader | None = None

    @property
    def rereader(self) -> Rereader:
        assert self._chosen is not None, "a batch was given"
        return self._chosen.rereader

    def feed(self, data: bytes) -> Iterator[Batch]:
        if self._chosen is None:
            self._head += data
            if len(self._head) < _HEAD:
                return
            self._choose()
            data = bytes(self._head)
        assert self._chosen is not None
        yield from self._chosen.feed(data)

    def close(self) -> Iterator[Batch]:
        if self._chosen is None:
            self._choose()
            assert self._chosen is not None
            yield from self._chosen.feed(bytes(self._head))
        yield from self._chosen.close()

    @staticmethod
    def first_values(head: bytes) -> list[Any] | None:
        values = JsonArrayReader.first_values(head)
        return [sketch_of(value) for value in values] if values and signs_of_transit(head).is_transit else values

    @classmethod
    def look(cls, head: bytes) -> str:
        is_transit, text = signs_of_transit(head)
        if not text:
            return f"{cls.name} in Transit" if is_transit else cls.name
        if is_transit:
            return f'{cls.name} in Transit, by texts such as "{text}", which JSON would leave as they are'
        return f'{cls.name} in JSON, with texts such as "{text}", which in Transit could mean something else'

    def _choose(self) -> None:
        kind = TransitReader if signs_of_transit(bytes(self._head[:_HEAD])).is_transit else JsonBodiesReader
        self._chosen = kind(max_record=self.max_record, setup=self.setup)


class JsonBodiesReader(JsonArrayReader):
    """JSON arrays of records, one after the other."""

    name: ClassVar[str] = "json-bodies"

    def __init__(self, *, max_record: int = DEFAULT_MAX_RECORD, setup: Setup | None = None) -> None:
        super().__init__(max_record=max_record, setup=setup)
        self._begins: list[Cursor] = []
        self._body = Cursor()
        self._first = 0
        self._is_open = False
        self._body_count = 0

    @property
    def is_over(self) -> bool:
        """Never: after what is wrong with one body, another may follow."""
        return False

    def _drain(self, *, final: bool) -> Iterator[Batch]:
        for batch in super()._drain(final=final):
            batch.begins, self._begins = self._begins, []
            yield batch
        if final and self._begins:
            yield Batch([], b"", self._index, self._cursor, begins=self._begins)
            self._begins = []

    def close(self) -> Iterator[Batch]:
        for batch in super().close():
            if not self._body_count:
                batch.begins = [self._cursor]
            yield batch

    def values_of(self, data: bytes) -> list[Any]:
        return [value for batch in self._batches_in(data) for value in batch.parsed]

    def offsets_of(self, data: bytes) -> list[int]:
        return [
            batch.start.offset + offset
            for batch in self._batches_in(data)
            for offset in (offsets_of_elements(batch.data) if batch.raw else [0] * len(batch.parsed))
        ]

    def _batches_in(self, data: bytes) -> list[Batch]:
        """The batches in data that was read before: from the first record on, and perhaps on into other bodies."""
        reader = JsonBodiesReader(max_record=self.max_record)
        reader._step = reader._elements
        return [*reader.feed(data.rstrip(WHITESPACE + b",")), *reader.feed(b"]"), *reader.close()]

    def _open(self, *, final: bool) -> Batch | None:
        batch = super()._open(final=final)
        if self._step in {self._elements, self._stopped}:
            self._begin_body(1 if self._step == self._elements else 0)
        return batch

    def _stopped(self, *, final: bool) -> Batch | None:
        """After a mistake in one body: what begins with [ on a line of its own is the next one."""
        at_hand = self._cursor.column == 1 and self._buffer.startswith(b"[")
        place = 0 if at_hand else self._buffer.find(b"\n[") + 1
        if not at_hand and not place:
            self._drop(max(len(self._buffer) - 1, 0))
            return None
        self._drop(place + 1)
        self._scanner = None
        self._step = self._elements
        self._wants_value = False
        self._begin_body(1)
        return None

    def _after(self, *, final: bool) -> Batch | None:
        if self._is_open:
            self._is_open = False
            problems = self.setup.limits.problems(self._body, self._cursor.offset, self._index - self._first)
            if problems:
                return Batch([], b"", self._index, self._cursor, problems)
        self._skip_whitespace()
        if not self._buffer:
            return None
        if not self._buffer.startswith(b"["):
            self._begin_body(0)
            return self._stop(f"expected a JSON array, which begins with [, found {self._first_byte()}")
        self._drop(1)
        self._step = self._elements
        self._wants_value = False
        self._begin_body(1)
        return None

    def _begin_body(self, back: int) -> None:
        self._body_count += 1
        self._body = Cursor(self._cursor.offset - back, self._cursor.line, self._cursor.column - back)
        self._begins.append(self._body)
        self._first = self._index
        self._is_open = True
