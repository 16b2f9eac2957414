"""The zip file that a workbook is: looked through in constant memory before anything in it is read as a whole."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, NoReturn
from xml.parsers import expat

from ..errors import SourceError
from ..units import format_size

MOST_UNPACKED = 512 << 20
"""Bytes that the parts of a workbook may unpack to, all together; 50,000 rows of 20 columns have about 50 MB."""

_LARGEST_PLAIN_PART = 16 << 20
_PIECE = 256 * 1024
_LOCAL_HEADER = 30
_ENCRYPTED = 1


class Archive:
    """The parts of a workbook.

    Arguments:
        file: the zip file; it can be read from any place.

    Raises:
        SourceError: where it is no zip file, or its parts would unpack to too much.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        try:
            with zipfile.ZipFile(file) as directory:
                self._parts = {info.filename: info for info in directory.infolist()}
                total = sum(info.file_size for info in directory.infolist())
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise damaged(f"its list of parts cannot be read ({error})") from error
        if total > MOST_UNPACKED:
            raise _too_large()

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def check(self, *, apart_from: str) -> None:
        """Unpack every part but one into nothing, and refuse what no spreadsheet program writes.

        Raises:
            SourceError: where a part unpacks to more than it says, or defines entities, or is damaged.
        """
        for name in self._parts:
            if name != apart_from:
                for _ in self.pieces(name):
                    pass

    def read(self, name: str) -> bytes:
        """A part that is small in every workbook."""
        content = bytearray()
        for piece in self.pieces(name):
            content += piece
            if len(content) > _LARGEST_PLAIN_PART:
                raise damaged(f"{name} is longer than {format_size(_LARGEST_PLAIN_PART)}")
        return bytes(content)

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part, unpacked piece by piece; XML is seen to define no entities before the first is given."""
        prolog = _Prolog(name) if name.endswith((".xml", ".rels")) else None
        for piece in self._unpacked(self._parts[name]):
            if prolog is not None and not prolog.passed:
                prolog.feed(piece)
            yield piece

    def _unpacked(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        if info.flag_bits & _ENCRYPTED or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise damaged(f"{info.filename} is packed as in no workbook")
        if info.header_offset < 0:
            raise damaged(f"{info.filename} is said to lie before the beginning of the file")
        self._file.seek(info.header_offset)
        header = self._file.read(_LOCAL_HEADER)
        self._file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
        inflate = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
        left, given = info.compress_size, 0
        place = self._file.tell()
        while left > 0:
            self._file.seek(place)
            packed = self._file.read(min(_PIECE, left))
            if not packed:
                raise damaged(f"{info.filename} is cut off")
            left -= len(packed)
            place += len(packed)
            for piece in _inflated(inflate, packed, info.filename):
                given += len(piece)
                if given > info.file_size:
                    raise _too_large()
                yield piece


def damaged(reason: str) -> SourceError:
    """The error for a workbook that cannot be read."""
    return SourceError(f"the workbook is damaged: {reason}; open it in a spreadsheet program and save it again")


def _too_large() -> SourceError:
    return SourceError(
        f"the workbook unpacks to more than {format_size(MOST_UNPACKED)}, which is the most that is read; "
        "save the sheet as CSV, which has no limit"
    )


def _inflated(inflate: zlib._Decompress | None, packed: bytes, name: str) -> Iterator[bytes]:
    if inflate is None:
        yield packed
        return
    try:
        while packed and not inflate.eof:
            yield inflate.decompress(packed, _PIECE)
            packed = inflate.unconsumed_tail
    except zlib.error as error:
        raise damaged(f"{name} cannot be unpacked ({error})") from error


class _Prolog:
    """Reads what stands before the first element of an XML part.

    Attributes:
        passed: whether the first element has begun.
    """

    def __init__(self, name: str) -> None:
        self.passed = False
        self._name = name
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.XmlDeclHandler = self._declared
        self._parser.StartElementHandler = self._begin

    def feed(self, piece: bytes) -> None:
        if piece.startswith((b"\xff\xfe", b"\xfe\xff", b"\0")):
            raise damaged(f"{self._name} is not UTF-8")
        try:
            self._parser.Parse(piece, False)
        except expat.ExpatError as error:
            if not self.passed:
                raise damaged(f"{self._name} is no XML ({error})") from error

    def _begin(self, *_: object) -> None:
        self.passed = True

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.lower() not in {"utf-8", "us-ascii"}:
            raise damaged(f"{self._name} is not UTF-8")

    def _refuse(self, *_: object) -> NoReturn:
        raise SourceError(
            f"{self._name} in the workbook has a document type, in which entities can be defined that unpack without "
            "end: it is not read; no spreadsheet program writes one"
        )
