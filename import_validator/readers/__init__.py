"""One module a file format: bytes in, batches of records out."""

from .base import DEFAULT_MAX_RECORD, UNREADABLE, Batch, BodyLimits, Cursor, Problem, Reader
from .bodies import BodiesReader
from .json_array import JsonArrayReader
from .json_lines import JsonLinesReader

_READERS: tuple[type[Reader], ...] = (JsonArrayReader, JsonLinesReader, BodiesReader)

READERS: dict[str, type[Reader]] = {reader.name: reader for reader in _READERS}

__all__ = [
    "DEFAULT_MAX_RECORD", "READERS", "UNREADABLE", "Batch", "BodyLimits", "Cursor", "JsonArrayReader",
    "JsonLinesReader", "Problem", "Reader",
]  # fmt: skip
