"""Finds the lines of keys and values in TOML text that `tomllib` has read already."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

from ..possessive import compile_possessive
from .toml_text import COMMENT, STRINGS

Path = tuple[str | int, ...]

_TOKEN = "|".join((*STRINGS, COMMENT, r"\n", r"[\[\]{},=.]", r"""[^\s#"'\[\]{},=.]++"""))


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, of each key, each item of a list, and each table in valid TOML text.

    A table that is begun several times, as `[a.b]` and `[a.c]` begin `a`, has the first of its lines.
    """
    return _Scan(text).lines


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """The line of a path, or of the nearest thing around it that is in the text; None where there is none."""
    return next((lines[path[:length]] for length in range(len(path), 0, -1) if path[:length] in lines), None)


class _Token(NamedTuple):
    text: str
    line: int


class _Scan:
    """One way through the text, from statement to statement. The text is valid: nothing is checked again."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._lengths: dict[Path, int] = {}  # of each array of tables, as far as the text is scanned
        self._tokens = _tokens(text)
        self._next: _Token | None = next(self._tokens, None)
        self._scan()

    def _scan(self) -> None:
        table: Path = ()
        while self._next is not None:
            if self._next.text == "\n":
                self._take()
            elif self._next.text == "[":
                table = self._header()
            else:
                self._pair(table)

    def _take(self) -> _Token:
        token = self._next
        assert token is not None
        self._next = next(self._tokens, None)
        return token

    def _sees(self, text: str) -> bool:
        return self._next is not None and self._next.text == text

    def _header(self) -> Path:
        """Take `[table]` or `[[array of tables]]`, and say where what follows belongs."""
        line = self._take().line
        is_array = self._sees("[")
        if is_array:
            self._take()
        parts = self._key()
        self._take()
        if is_array:
            self._take()
        path: Path = ()
        for at, part in enumerate(parts):
            path = (*path, part)
            self.lines.setdefault(path, line)
            if is_array and at == len(parts) - 1:
                self._lengths[path] = self._lengths.get(path, 0) + 1
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
                self.lines.setdefault(path, line)
        return path

    def _key(self) -> list[str]:
        parts = [_plain(self._take().text)]
        while self._sees("."):
            self._take()
            parts.append(_plain(self._take().text))
        return parts

    def _pair(self, table: Path) -> None:
        """Take `key = value`."""
        assert self._next is not None
        line = self._next.line
        path = table
        for part in self._key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self._take()
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._sees("["):
            self._list(path)
        elif self._sees("{"):
            self._inline_table(path)
        else:
            while self._next is not None and self._next.text not in {",", "]", "}", "\n"}:
                self._take()

    def _list(self, path: Path) -> None:
        self._take()
        number = 0
        while not self._sees("]"):
            if self._sees(",") or self._sees("\n"):
                self._take()
                continue
            assert self._next is not None
            self.lines[*path, number] = self._next.line
            self._value((*path, number))
            number += 1
        self._take()

    def _inline_table(self, path: Path) -> None:
        self._take()
        while not self._sees("}"):
            if self._sees(",") or self._sees("\n"):
                self._take()
            else:
                self._pair(path)
        self._take()


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in compile_possessive(_TOKEN, re.DOTALL).finditer(text):
        found = match.group()
        if not found.startswith("#"):
            yield _Token(found, line)
        line += found.count("\n")


def _plain(part: str) -> str:
    """A part of a key without its quotes."""
    if part.startswith('"'):
        text: str = tomllib.loads(f"a={part}")["a"] if "\\" in part else part[1:-1]
        return text
    return part[1:-1] if part.startswith("'") else part
