"""The strings of a workbook that cells refer to by number: in memory as far as they are few, in a file beyond that."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from os import PathLike

from ..source.temporary import open_temporary, read_at
from .archive import MOST_UNPACKED, damaged, too_large
from .xml_part import XmlPart, local_name

MOST_STRINGS = 20_000_000
"""Strings that are read: for each one 8 bytes are kept in memory."""

_MOST_KEPT = 32 << 20
_LONGEST_KEPT = 1 << 20
_SIZE_OF_STRING = 60
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


class SharedStrings:
    """The shared strings of a workbook.

    Arguments:
        pieces: the part that holds them.
        longest: the most bytes of a string that is given.
        tmp: folder for temporary files; the system's own where None.
    """

    def __init__(self, name: str, pieces: Iterable[bytes], longest: int, tmp: str | PathLike[str] | None) -> None:
        self._longest = longest
        self._kept: list[str] = []
        self._kept_size = 0
        self._file = open_temporary(tmp, buffering=1 << 20)
        self._ends = array("Q", [0])
        self._written = 0
        self._given = 0
        try:
            parser = _StringsParser(name, self)
            for piece in pieces:
                parser.feed(piece)
            parser.feed(b"", final=True)
            self._file.flush()
        except BaseException:
            self._file.close()
            raise

    def add(self, text: str) -> None:
        """Take in a string, or what is left of one whose beginning was taken in.

        Strings are kept in memory up to a size. Invariant: those in the file come after all that are in memory.
        """
        if not self._written and len(self._ends) == 1 and self._kept_size < _MOST_KEPT:
            self._kept.append(unescaped(text))
            self._kept_size += _SIZE_OF_STRING + len(text)
            return
        self.begin(text)
        self._ends.append(self._written)
        if len(self._ends) > MOST_STRINGS:
            raise damaged(f"it has more than {MOST_STRINGS:,} different texts")

    def begin(self, text: str) -> None:
        """Take in a part of a string that is too long to be kept."""
        self._written += self._file.write(text.encode())

    def get(self, number: int) -> str | None:
        """The string of a number; None where it is longer than strings that are given.

        Raises:
            SourceError: where there is none of this number, or what was given adds up to too much.
        """
        if number < len(self._kept):
            text = self._kept[number]
            size = len(text)
            if size > self._longest:
                return None
        else:
            at = number - len(self._kept)
            if at + 1 >= len(self._ends):
                raise damaged(f"a cell refers to text number {number:,}, which is not in it")
            begin, size = self._ends[at], self._ends[at + 1] - self._ends[at]
            if size > self._longest:
                return None
            content = bytearray(size)
            read_at(self._file, begin, memoryview(content))
            text = unescaped(content.decode())
        self._given += size
        if self._given > MOST_UNPACKED:
            raise too_large()
        return text

    def close(self) -> None:
        """Let go of the temporary file."""
        self._file.close()


class _StringsParser(XmlPart):
    """Reads shared strings: the text of each, apart from how it is pronounced."""

    def __init__(self, name: str, strings: SharedStrings) -> None:
        super().__init__(name)
        self._strings = strings
        self._text: list[str] = []
        self._is_phonetic = False

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        name = local_name(tag)
        if name == "t" and not self._is_phonetic:
            self.parser.CharacterDataHandler = self._text.append
        elif name == "rPh":
            self._is_phonetic = True

    def end(self, tag: str) -> None:
        self.depth -= 1
        name = local_name(tag)
        if name == "t":
            self.parser.CharacterDataHandler = None
        elif name == "si":
            self._strings.add("".join(self._text))
            self._text.clear()
        elif name == "rPh":
            self._is_phonetic = False

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        super().feed(piece, final=final)
        if sum(map(len, self._text)) > _LONGEST_KEPT:
            self._strings.begin("".join(self._text))
            self._text.clear()


def unescaped(text: str) -> str:
    """Text of a workbook, in which `_x000D_` stands for a control character that XML cannot hold."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1], 16)
    return chr(code) if code and not 0xD800 <= code < 0xE000 else escape[0]
