"""Reader for request bodies in Transit: JSON with tagged values and cached keys."""

from __future__ import annotations

import base64
import datetime
import re
import uuid
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any, ClassVar

from ..errors import SourceError
from .base import DEFAULT_MAX_RECORD, Batch, BodyLimits, Cursor, Problem, Reader
from .json_array import JsonArrayReader
from .json_text import BOM, ElementScanner, read_value

_MARKS = re.compile(rb'"\^ "|"~[:#][^"]*"')
_NOT_WHITESPACE = re.compile(rb"[^ \t\n\r]")


def looks_like_transit(head: bytes) -> bool:
    """Whether the beginning of a file has what only Transit has: maps as arrays, or keyword keys."""
    return _MARKS.search(head) is not None


def sketch_of(value: Any) -> Any:
    """Roughly what a Transit value is, read as JSON alone: enough to see which fields a record has."""
    if isinstance(value, list) and value[:1] == ["^ "]:
        value = dict(zip(map(str, value[1::2]), value[2::2], strict=False))
    if isinstance(value, dict):
        return {name.removeprefix("~:"): each for name, each in value.items()}
    return value


class TransitReader(Reader):
    """Transit arrays of records (JSON flavour, verbose or not), one after the other.

    A body is decoded as a whole, since its cached keys run through it; it is not longer than `max_record`.
    Keywords, symbols, UUIDs, URIs and big decimals become strings; dates RFC 3339 timestamps; sets and lists
    arrays.
    """

    name: ClassVar[str] = "transit"

    def __init__(self, *, max_record: int = DEFAULT_MAX_RECORD, limits: BodyLimits | None = None) -> None:
        super().__init__(max_record=max_record, limits=limits)
        self._buffer = bytearray()
        self._cursor = Cursor()
        self._index = 0
        self._scanner = ElementScanner()
        self._stopped = False
        _transit()

    def feed(self, data: bytes) -> Iterator[Batch]:
        self._buffer += data
        while not self._stopped and (batch := self._next()) is not None:
            yield batch

    def close(self) -> Iterator[Batch]:
        yield from self.feed(b"")
        if self._buffer and not self._stopped:
            message = "the file ends inside a body: the array is not closed"
            yield self._stop(message, self._cursor.advanced(bytes(self._buffer)))

    @staticmethod
    def first_values(head: bytes) -> list[Any] | None:
        values = JsonArrayReader.first_values(head)
        return None if values is None else [sketch_of(value) for value in values]

    @staticmethod
    def values_of(data: bytes) -> list[Any]:
        return decode_body(data)

    @staticmethod
    def offsets_of(data: bytes) -> list[int]:
        return [offset + 1 for offset in JsonArrayReader.offsets_of(data[1:-1])]

    def _next(self) -> Batch | None:
        """The next whole body; None where more bytes are needed."""
        if not self._cursor.offset and self._buffer.startswith(BOM):
            self._drop(len(BOM))
        match = _NOT_WHITESPACE.search(self._buffer)
        self._drop(match.start() if match else len(self._buffer))
        if not self._buffer:
            return None
        if self._buffer[0] != 0x5B:  # [
            return self._stop("expected an array of records, which begins with [", self._cursor)
        end = self._scanner.find_close(self._buffer)
        if end is None:
            if len(self._buffer) > self.max_record:
                return self._stop(f"body longer than {self.max_record:,} bytes: not read", self._cursor)
            return None
        return self._read(bytes(self._buffer[:end]))

    def _read(self, data: bytes) -> Batch:
        start = self._cursor
        problems: list[Problem] = []
        try:
            values = decode_body(data)
        except _NotTransitError as error:
            result = read_value(data)
            place = start.advanced(data[: result.at or 0])
            message = result.message if result.is_malformed else f"malformed Transit: {error}"
            values, problems = [], [Problem("parse", message, None, place)]
        problems += self.limits.problems(start, start.offset + len(data), len(values))
        batch = Batch(values, data if values else b"", self._index, start, problems, begins=[start])
        self._index += len(values)
        self._drop(len(data))
        self._scanner = ElementScanner()
        return batch

    def _stop(self, message: str, place: Cursor) -> Batch:
        self._stopped = True
        return Batch([], b"", self._index, self._cursor, [Problem("parse", message, None, place)], begins=[place])

    def _drop(self, count: int) -> None:
        if count:
            self._cursor = self._cursor.advanced(bytes(self._buffer[:count]))
            del self._buffer[:count]


class _NotTransitError(ValueError):
    pass


def decode_body(data: bytes) -> list[Any]:
    """The records of one body, as JSON types."""
    try:
        decoded = _transit().Reader("json").read(StringIO(data.decode()))
        values = _plain(decoded)
    except RecursionError as error:
        raise _NotTransitError("nested too deep") from error
    except Exception as error:  # the library raises whatever its decoding runs into
        raise _NotTransitError(str(error) or type(error).__name__) from error
    if not isinstance(values, list):
        raise _NotTransitError("expected an array of records")
    return values


def _plain(value: Any) -> Any:
    """A decoded value as JSON types."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(_plain(name)): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if type(value).__name__ == "TaggedValue":
        return {"tag": value.tag, "value": _plain(value.rep)}
    return str(getattr(value, "str", getattr(value, "rep", value)))


def _transit() -> Any:
    try:
        from transit import reader  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SourceError("this file is in Transit, which needs: pip install 'import-validator[transit]'") from error
    return reader
