"""Files in the making as bytes: a way to lay a file out for each reader, with where each record begins."""

from __future__ import annotations

import csv
import io
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from ..errors import ImportValidatorError
from ..readers import TableColumn
from ..rules.breaking import Chooser
from ..ruleset.plan import Plan

_KEYWORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_BOM = b"\xef\xbb\xbf"


class Written(NamedTuple):
    """A file.

    Attributes:
        data: its bytes.
        begins: where each value begins, in bytes.
        body: where the last request body begins, for formats that consist of them.
    """

    data: bytes
    begins: list[int]
    body: int = 0


class Layout(ABC):
    """One way to lay out files of a format.

    Arguments:
        choose: where the choices come from that make up the layout.
        columns: the columns, for tables.
        plain: whether it is the plainest layout that there is.
    """

    def __init__(self, choose: Chooser, columns: Sequence[TableColumn] = (), *, plain: bool = False) -> None:
        self._is_ascii = not plain and choose.chance(3)
        self._is_spaced = not plain and choose.chance(3)
        self._is_turned = not plain and choose.chance(4)
        self._escapes_slashes = not plain and choose.chance(6)
        self._newline = b"\r\n" if not plain and choose.chance(4) else b"\n"
        self._choose = choose
        self._is_plain = plain
        self._indent: int | None = None

    def encode(self, value: Any) -> bytes:
        """The text of a value."""
        if self._is_turned and isinstance(value, dict):
            value = dict(reversed(value.items()))
        separators = (", ", ": ") if self._is_spaced else (",", ":")
        text = json.dumps(value, ensure_ascii=self._is_ascii, separators=separators, indent=self._indent)
        return (text.replace("/", "\\/") if self._escapes_slashes else text).encode()

    @abstractmethod
    def join(self, texts: Sequence[bytes]) -> Written:
        """The file that consists of these values."""

    def _chance(self, one_in: int) -> bool:
        return not self._is_plain and self._choose.chance(one_in)


class ArrayLayout(Layout):
    """One JSON array."""

    def __init__(self, choose: Chooser, columns: Sequence[TableColumn] = (), *, plain: bool = False) -> None:
        super().__init__(choose, columns, plain=plain)
        if self._chance(4):
            self._indent = choose.pick((1, 4))

    def join(self, texts: Sequence[bytes]) -> Written:
        opening = (_BOM if self._chance(6) else b"") + (b" \n[ " if self._chance(4) else b"[")
        seam = b"," + (self._newline if self._is_plain or not self._chance(3) else b" \t ")
        closing = b"]" + (self._newline if self._chance(2) else b"")
        data, begins = _joined(opening, texts, seam)
        return Written(data + closing, begins)


class LinesLayout(Layout):
    """One JSON value a line."""

    def join(self, texts: Sequence[bytes]) -> Written:
        opening = _BOM if self._chance(6) else b""
        seam = self._newline * (2 if self._chance(5) else 1) + (b" " if self._chance(6) else b"")
        data, begins = _joined(opening, texts, seam)
        return Written(data + (b"" if self._chance(4) else self._newline), begins)


class BodiesLayout(Layout):
    """Request bodies: JSON arrays, or the same in Transit, one after the other."""

    def __init__(self, choose: Chooser, columns: Sequence[TableColumn] = (), *, plain: bool = False) -> None:
        super().__init__(choose, columns, plain=plain)
        self.is_one_body = plain
        self._is_transit = self._chance(3)
        self._is_verbose = self._chance(2)

    def encode(self, value: Any) -> bytes:
        return super().encode(self._tagged(value) if self._is_transit else value)

    def join(self, texts: Sequence[bytes]) -> Written:
        data, body = b"", 0
        begins: list[int] = []
        rest = list(texts)
        while rest or not data:
            count = len(rest) if self.is_one_body or len(rest) < 2 or not self._chance(3) else 1
            body = len(data)
            opened, places = _joined(data + b"[", rest[:count], b"," + (self._newline if self._is_spaced else b""))
            data, begins = opened + b"]" + self._newline, begins + places
            del rest[:count]
        return Written(data, begins, body)

    def _tagged(self, value: Any) -> Any:
        """A value as Transit has it."""
        if isinstance(value, str):
            return f"~{value}" if value[:1] in {"~", "^", "`"} else value
        if isinstance(value, list):
            return [self._tagged(each) for each in value]
        if not isinstance(value, dict):
            return value
        pairs = {
            f"~:{name}" if _KEYWORD.fullmatch(name) else self._tagged(name): self._tagged(each)
            for name, each in value.items()
        }
        return pairs if self._is_verbose and pairs else ["^ ", *(part for pair in pairs.items() for part in pair)]


class TableLayout(Layout):
    """CSV: a header row and, under it, a record a row."""

    def __init__(self, choose: Chooser, columns: Sequence[TableColumn] = (), *, plain: bool = False) -> None:
        super().__init__(choose, columns, plain=plain)
        self._delimiter = "," if plain else choose.pick((",", ";", "\t"))
        self._quoting: Literal[0, 1] = csv.QUOTE_ALL if self._chance(4) else csv.QUOTE_MINIMAL
        order = list(columns)
        self.columns = list(reversed(order)) if self._chance(3) else order
        self.headers = [each.header.upper() if self._chance(5) else each.header for each in self.columns]

    def encode(self, value: Any) -> bytes:
        return self.row(["" if value.get(each.field) is None else value[each.field] for each in self.columns])

    def row(self, cells: Sequence[str]) -> bytes:
        """The text of a row with these cells."""
        stream = io.StringIO()
        csv.writer(stream, delimiter=self._delimiter, quoting=self._quoting).writerow(cells)
        return stream.getvalue().removesuffix("\r\n").encode()

    def join(self, texts: Sequence[bytes]) -> Written:
        begin = (_BOM if self._chance(5) else b"") + self.row(self.headers) + self._newline
        data, begins = _joined(begin, texts, self._newline)
        return Written(data + self._newline, begins)


LAYOUTS: dict[str, type[Layout]] = {
    "json-array": ArrayLayout,
    "json-lines": LinesLayout,
    "json-bodies": BodiesLayout,
    "table": TableLayout,
}
"""The layouts, by the name of the reader that reads them."""


def layout_for(plan: Plan, choose: Chooser, *, plain: bool = False) -> Layout:
    """A layout of the files of a rule set.

    Raises:
        ImportValidatorError: where no files can be made for its reader.
    """
    reader = plan.rule_set.reader
    if reader not in LAYOUTS:
        raise ImportValidatorError(f"no files can be made for the reader {reader!r}; they can for {', '.join(LAYOUTS)}")
    return LAYOUTS[reader](choose, plan.setup.columns, plain=plain)


def _joined(opening: bytes, texts: Sequence[bytes], seam: bytes) -> tuple[bytes, list[int]]:
    begins, place = [], len(opening)
    for text in texts:
        begins.append(place)
        place += len(text) + len(seam)
    return opening + seam.join(texts), begins
