"""One module a file format: bytes in, batches of records out."""

from .base import DEFAULT_MAX_RECORD, UNREADABLE, Batch, Cursor, Problem, Reader
from .json_array import JsonArrayReader
from .json_lines import JsonLinesReader

READERS: dict[str, type[Reader]] = {reader.name: reader for reader in (JsonArrayReader, JsonLinesReader)}

__all__ = [
    "DEFAULT_MAX_RECORD",
    "READERS",
    "UNREADABLE",
    "Batch",
    "Cursor",
    "JsonArrayReader",
    "JsonLinesReader",
    "Problem",
    "Reader",
]
