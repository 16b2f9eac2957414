"""The zip file that a workbook is: looked through in constant memory before anything in it is read as a whole."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, cast

from ..errors import SourceError
from ..units import format_size

MOST_UNPACKED = 512 << 20
"""Bytes that the parts of a workbook may unpack to, all together; 50,000 rows of 20 columns have about 50 MB."""

_LONGEST_DIRECTORY = 4 << 20
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
            with zipfile.ZipFile(cast("IO[bytes]", _Sparing(file))) as directory:
                self._parts = {_folded(info.filename): info for info in directory.infolist()}
                total = sum(info.file_size for info in directory.infolist())
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise damaged(f"its list of parts cannot be read ({error})") from error
        if total > MOST_UNPACKED:
            raise too_large()

    def __contains__(self, name: str) -> bool:
        return _folded(name) in self._parts

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part, unpacked piece by piece.

        Raises:
            SourceError: where it unpacks to more than it says, or is damaged.
        """
        info = self._parts[_folded(name)]
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
                    raise too_large()
                yield piece


def damaged(reason: str) -> SourceError:
    """The error for a workbook that cannot be read."""
    return SourceError(f"the workbook is damaged: {reason}; open it in a spreadsheet program and save it again")


def too_large() -> SourceError:
    """The error for a workbook that unpacks to too much."""
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


class _Sparing:
    """The file, for the library: it reads the list of parts at once, and keeps half a kilobyte for each part."""

    def __init__(self, file: IO[bytes]) -> None:
        self.seek, self.tell, self._read = file.seek, file.tell, file.read

    def read(self, size: int = -1) -> bytes:
        if size > _LONGEST_DIRECTORY:
            raise ValueError(f"it is longer than {format_size(_LONGEST_DIRECTORY)}")
        return self._read(size)


def _folded(name: str) -> str:
    """A name as names of parts are compared: some programs differ in case, or have backslashes."""
    return name.replace("\\", "/").lstrip("/").casefold()
