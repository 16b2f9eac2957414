"""One module a file format: bytes in, batches of records out."""

from .base import DEFAULT_MAX_RECORD, BodyLimits, Cells, Reader, Setup, TableColumn, ValuesReader
from .batch import UNREADABLE, Batch, Cursor, Problem, Rereader, count_of
from .bodies import BodiesReader
from .csv_table import has_header
from .json_array import JsonArrayReader
from .json_lines import JsonLinesReader
from .judged import Judge, Judged, Refused, Table, Vouched
from .kinds import HEAD_SIZE, TABLE, kind_of
from .table import TableReader, looks_like_workbook
from .vouching import VouchingReader

_READERS: tuple[type[Reader], ...] = (JsonArrayReader, JsonLinesReader, BodiesReader, TableReader)

READERS: dict[str, type[Reader]] = {reader.name: reader for reader in _READERS}

__all__ = [
    "DEFAULT_MAX_RECORD", "HEAD_SIZE", "READERS", "TABLE", "UNREADABLE", "Batch", "BodyLimits", "Cells",
    "Cursor", "JsonArrayReader", "JsonLinesReader", "Judge", "Judged", "Problem", "Reader", "Refused", "Rereader",
    "Setup", "Table", "TableColumn", "TableReader", "ValuesReader", "Vouched", "VouchingReader", "count_of",
    "has_header", "kind_of", "looks_like_workbook",
]  # fmt: skip
