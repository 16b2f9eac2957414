"""Temporary files without a name: gone when they are closed, or the process ends in whatever way."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from ..errors import TemporaryFileError


def open_temporary(folder: str | os.PathLike[str] | None, *, buffering: int = 0) -> IO[bytes]:
    """A temporary file for reading and writing.

    Arguments:
        folder: where it lies; the system's own folder where None.
        buffering: size of the buffer in bytes; 0 for none, -1 for the system's own.

    Raises:
        TemporaryFileError: where it cannot be made. Later, what writes to the file raises it where the folder is full.
    """
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as made:
            file = _TemporaryFile(os.dup(made.fileno()), os.fspath(folder or tempfile.gettempdir()))
    except OSError as error:
        where = folder or "the system's folder for temporary files"
        reason = error.strerror or error
        raise TemporaryFileError(
            f"no temporary file can be made in {where}: {reason}; name another folder with --tmp"
        ) from error
    raw = cast("IO[bytes]", file)
    return cast("IO[bytes]", io.BufferedRandom(file)) if buffering else raw


def write_all(file: IO[bytes], data: bytes | memoryview) -> None:
    """Write all of the data, however much a file without a buffer takes at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def read_at(file: IO[bytes], offset: int, buffer: memoryview) -> None:
    """Fill a buffer from a place in a file. Where it can be had, without the file's position."""
    filled = 0
    while filled < len(buffer):
        if hasattr(os, "preadv"):
            count = os.preadv(file.fileno(), [buffer[filled:]], offset + filled)
        else:  # pragma: no cover - not on Linux
            file.seek(offset + filled)
            count = file.readinto(buffer[filled:])  # type: ignore[attr-defined]  # as files have it
        if not count:  # pragma: no cover - the file is our own, and unnamed
            raise OSError("the temporary file was cut off")
        filled += count


class _TemporaryFile(io.FileIO):
    """A file that says which folder is full, since it has no name that anybody knows.

    Attributes:
        folder: where it lies.
    """

    def __init__(self, descriptor: int, folder: str) -> None:
        super().__init__(descriptor, "r+b")
        self.folder = folder

    def write(self, data: bytes | memoryview, /) -> int:  # type: ignore[override]  # of buffers, these
        with _naming(self.folder):
            return super().write(data)


@contextmanager
def _naming(folder: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TemporaryFileError(
            f"no more can be written to temporary files in {folder}: {error.strerror or error}; "
            "make room there, or name another folder with --tmp"
        ) from error
