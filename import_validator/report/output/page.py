"""A page of lines and tables: with colours for a person, or as nothing but text."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import IO
from unicodedata import combining, east_asian_width

from ...model.escaping import printable

Piece = str | tuple[str, str]
"""A text, or a text and its style: `dim`, `red`, `bold green`."""

_BETWEEN_COLUMNS = "  "


class Page(ABC):
    """Where text for a person is written. What is not printable is shown as an escape; see `printable`."""

    @abstractmethod
    def line(self, *pieces: Piece) -> None:
        """Write a line."""

    @abstractmethod
    def table(self, columns: Sequence[str], rows: Sequence[Sequence[Piece]], numbers: int) -> None:
        """Write a table.

        Arguments:
            columns: what stands above each column.
            rows: the cells of each row.
            numbers: so many of the last columns hold numbers.
        """


class PlainPage(Page):
    """Nothing but text, and without rich, which takes long to import: for files, pipes and logs."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def line(self, *pieces: Piece) -> None:
        self._stream.write("".join(map(_text, pieces)) + "\n")

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[Piece]], numbers: int) -> None:
        lines = [[_text(cell) for cell in row] for row in (columns, *rows)]
        widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
        for cells in lines:
            padded = []
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True)):
                space = " " * (width - _width(cell))
                padded.append(space + cell if at >= len(columns) - numbers else cell + space)
            self.line(_BETWEEN_COLUMNS.join(padded).rstrip())


class ColouredPage(Page):
    """With the colours that the terminal has."""

    def __init__(self, stream: IO[str]) -> None:
        from rich.console import Console  # noqa: PLC0415 - see PlainPage

        width = None if stream.isatty() else 120
        self._console = Console(file=stream, highlight=False, emoji=False, soft_wrap=True, width=width)

    def line(self, *pieces: Piece) -> None:
        from rich.text import Text  # noqa: PLC0415 - see PlainPage

        self._console.print(Text.assemble(*map(_styled, pieces)))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[Piece]], numbers: int) -> None:
        from rich.table import Table  # noqa: PLC0415 - see PlainPage
        from rich.text import Text  # noqa: PLC0415

        table = Table(box=None, pad_edge=False)
        for at, column in enumerate(columns):
            table.add_column(Text(column), justify="right" if at >= len(columns) - numbers else "left")
        for row in rows:
            table.add_row(*(Text.assemble(_styled(cell)) for cell in row))
        self._console.print(table)


def page_on(stream: IO[str]) -> Page:
    """The page that suits whoever reads the stream."""
    return ColouredPage(stream) if may_be_coloured(stream) else PlainPage(stream)


def may_be_coloured(stream: IO[str]) -> bool:
    """Whether a stream is a terminal, or to be treated as one; rich knows more about that, and has the last word."""
    asked = bool(os.environ.get("FORCE_COLOR")) or os.environ.get("TTY_COMPATIBLE") == "1"
    return asked or stream.isatty()


def _text(piece: Piece) -> str:
    return printable(piece if isinstance(piece, str) else piece[0])


def _styled(piece: Piece) -> Piece:
    return _text(piece) if isinstance(piece, str) else (_text(piece), piece[1])


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)
