"""Delimited text: how it is encoded, and the rows in it."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ..errors import SourceError
from ..possessive import compile_possessive
from .batch import count_of

DAMAGE = re.compile("[\udc00-\udcff\0]")
"""What stands in decoded text for a byte that could not be decoded (U+DC00 and the byte), and NUL."""

_BOMS = {
    codecs.BOM_UTF8: ("utf-8", 1),
    codecs.BOM_UTF32_LE: ("utf-32-le", 4),
    codecs.BOM_UTF32_BE: ("utf-32-be", 4),
    codecs.BOM_UTF16_LE: ("utf-16-le", 2),
    codecs.BOM_UTF16_BE: ("utf-16-be", 2),
}
_WIDTHS = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}
_ASCII = bytes(range(0x20, 0x7F)) + b"\t\r\n"
_NO_ENCODINGS_OF_FILES = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}
"""Codecs for text within programs and protocols; see "Python Specific Encodings" in Python's documentation."""
_LINE_END = re.compile(r"\r\n|\r|\n")
_QUOTED = compile_possessive(r'"([^"]*+(?:""[^"]*+)*+)"')


@dataclass(frozen=True, slots=True)
class Encoding:
    """How text is encoded.

    Attributes:
        codec: Python's name for it.
        width: bytes of the unit that line breaks and quotes are made of.
        begin: bytes before the text: a byte order mark.
    """

    codec: str
    width: int = 1
    begin: int = 0

    def decode(self, data: bytes) -> tuple[str, bool]:
        """The text, and whether it holds damage: see `DAMAGE`."""
        try:
            text = str(data, self.codec)
        except UnicodeDecodeError:
            return self._decode_damaged(memoryview(data)), True
        return text, "\0" in text

    def _decode_damaged(self, data: memoryview) -> str:
        pieces = []
        while True:
            try:
                pieces.append(str(data, self.codec))
            except UnicodeDecodeError as error:
                pieces.append(str(data[: error.start], self.codec))
                pieces += [chr(0xDC00 + byte) for byte in data[error.start : error.end]]
                data = data[error.end :]
            else:
                return "".join(pieces)

    def line_starts(self, data: bytes) -> list[int]:
        """Where each line begins, and the last ends, in bytes."""
        units = np.frombuffer(data, self._unit, len(data) // self.width)
        feeds, returns = units == 0x0A, units == 0x0D
        returns[:-1] &= ~feeds[1:]
        ends = (np.flatnonzero(feeds | returns) + 1) * self.width
        return [0, *ends.tolist()]

    def likely_end(self, data: bytes) -> int:
        """Where the last line ends before whose end quotes stand in pairs; 0 where none does."""
        # Likely, not sure: a quote within a cell that has none around it counts here, too. Reading the rows proves it.
        if self.width == 1:
            last = data.rfind(b"\n") + 1
            if count_of(b'"', memoryview(data)[:last]) % 2 == 0:
                return last
        units = np.frombuffer(data, self._unit, len(data) // self.width)
        ends = np.flatnonzero(units == 0x0A)
        before = np.searchsorted(np.flatnonzero(units == 0x22), ends)
        paired = ends[before % 2 == 0]
        return int(paired[-1] + 1) * self.width if len(paired) else 0

    def last_end(self, data: bytes) -> int:
        """Where the last line ends, whatever stands before it; 0 where none does."""
        if self.width > 1:
            return self.line_starts(data[: -self.width])[-1]
        return data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, -1) + 1

    def ends_in_return(self, data: bytes) -> bool:
        """Whether the last unit is a carriage return."""
        return bool(data) and int(np.frombuffer(data[-self.width :], self._unit)[0]) == 0x0D

    @property
    def _unit(self) -> str:
        return f"{'>' if self.codec.endswith('be') else '<'}u{self.width}"


def encoding_of(head: bytes, named: str = "") -> Encoding:
    """The encoding of a file: what its byte order mark says, else what it is named, else UTF-8.

    Raises:
        SourceError: where there is no encoding of this name, or rows cannot be found in it.
    """
    for mark, (codec, width) in _BOMS.items():
        if head.startswith(mark):
            return Encoding(codec, width, len(mark))
    if not named:
        return Encoding("utf-8")
    try:
        codec = codecs.lookup(named).name
    except (LookupError, ValueError) as error:
        raise SourceError(
            f"encoding {named!r}: there is none of this name; examples: utf-8, cp1252, utf-16-le"
        ) from error
    if codec in _WIDTHS:
        return Encoding(codec, _WIDTHS[codec])
    try:
        fits = codec not in _NO_ENCODINGS_OF_FILES and str(_ASCII, codec) == _ASCII.decode()
    except (UnicodeError, LookupError):
        fits = False
    if not fits:
        advice = "name its byte order, such as utf-16-le" if codec.startswith("utf-") else "save the file as UTF-8"
        raise SourceError(f"encoding {named!r}: line breaks cannot be found in it; {advice}")
    return Encoding("utf-8" if codec == "utf-8-sig" else codec)


class Row(NamedTuple):
    """A row of text that was read cell by cell.

    Attributes:
        cells: the cells' text.
        begin: where it begins in the text.
        end: where the next one begins.
        damaged: the cells that have text after the quote that closes them.
        unclosed: the cell with a quote that nothing closes; None where the row is whole.
    """

    cells: list[str]
    begin: int
    end: int
    damaged: tuple[int, ...] = ()
    unclosed: int | None = None


def parse(text: str, delimiter: str) -> list[list[str]] | None:
    """The rows of text that ends where a row does; None where it does not, or its quotes are not in order."""
    if '"' not in text:  # splitting takes half the time
        lines = text.replace("\r\n", "\n").removesuffix("\n")
        if "\r" not in lines:
            return [line.split(delimiter) if line else [] for line in lines.split("\n")] if text else []
    # Strict, it complains where a quote is not closed. So text that it takes ends outside quotes: where a row does.
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:  # or a cell is longer than the limit that the whole process has in common
        return None


def parse_with_lines(text: str, delimiter: str) -> list[tuple[list[str], int]]:
    """The rows of text, each with the number of line ends before it."""
    lines = 0
    rows = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for row in reader:
            rows.append((row, lines))
            lines = reader.line_num
    except csv.Error:
        rows.clear()
        lines = counted_to = 0
        for each in read_rows(text, delimiter):
            lines += len(_LINE_END.findall(text, counted_to, each.begin))
            counted_to = each.begin
            rows.append((each.cells, lines))
    return rows


def read_rows(text: str, delimiter: str, begin: int = 0) -> Iterator[Row]:
    """The rows of any text, as Python's `csv` reads them, and what is wrong with their quotes.

    Of a row whose quote is not closed, the cell before that is the last.
    """
    plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*+")
    while begin < len(text):
        cells: list[str] = []
        damaged: list[int] = []
        at = begin
        while True:
            rest = plain.match(text, at)
            assert rest is not None
            if text.startswith('"', at):
                quoted = _QUOTED.match(text, at)
                if quoted is None:
                    yield Row(cells, begin, len(text), tuple(damaged), len(cells))
                    return
                rest = plain.match(text, quoted.end())
                assert rest is not None
                if rest.group():
                    damaged.append(len(cells))
                cells.append(quoted[1].replace('""', '"') + rest.group())
            else:
                cells.append(rest.group())
            at = rest.end()
            if not text.startswith(delimiter, at):
                break
            at += 1
        ended = _LINE_END.match(text, at)
        end = ended.end() if ended else at
        yield Row([] if at == begin else cells, begin, end, tuple(damaged))
        begin = end


class RowEnd:
    """Finds where a row ends in pieces of a file, the first of which begins where the row does. Keeps none of them.

    Attributes:
        ended: whether the row has ended.
        column: how many cells it had before the one that was passed last.
    """

    def __init__(self, encoding: Encoding, delimiter: str) -> None:
        self.ended = False
        self.column = 0
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
        self._ends = re.compile(rf"[{re.escape(delimiter)}\r\n]")
        self._delimiter = delimiter
        self._state = _State.BEGIN

    @property
    def in_quotes(self) -> bool:
        """Whether a quote was opened, and not closed so far."""
        return self._state is _State.QUOTED

    def find(self, data: bytes, *, final: bool) -> int:
        """Look through the next piece.

        Arguments:
            final: whether the file ends with it.

        Returns:
            How many bytes of the piece belong to the row. Where it has not ended, what is left is to be given again.
        """
        width = self._encoding.width
        data = data if final else data[: len(data) - len(data) % width]
        starts = self._encoding.line_starts(data)
        if not final and starts[-1] == len(data) and self._encoding.ends_in_return(data):
            data = data[:-width]  # a line feed may follow
            starts.pop()
        for begin, end in pairwise([*starts, len(data)]):
            if self._pass(self._decoder.decode(data[begin:end])):
                self.ended = True
                return end
        return len(data)

    def _pass(self, text: str) -> bool:
        """Whether the row ends in text that has one line end at most, as its end."""
        at = 0
        while at < len(text):
            if self._state is _State.QUOTED:
                quote = text.find('"', at)
                if quote < 0:
                    return False
                self._state, at = _State.QUOTE, quote + 1
            elif self._state is _State.PLAIN:
                found = self._ends.search(text, at)
                if found is None:
                    return False
                if found.group() != self._delimiter:
                    return True
                self._state, at = _State.BEGIN, found.end()
                self.column += 1
            elif text[at] == '"':
                self._state, at = _State.QUOTED, at + 1
            else:
                self._state = _State.PLAIN
        return False


class _State(Enum):
    """Where in a cell a place is: at its beginning, in quotes, after a quote within them, or in text without quotes."""

    BEGIN = auto()
    QUOTED = auto()
    QUOTE = auto()
    PLAIN = auto()


def count_lines(text: str, end: int) -> int:
    """How many lines end before a place in the text."""
    return len(_LINE_END.findall(text, 0, end))
