"""Temporary files without a name: gone when they are closed, or the process ends in whatever way."""

from __future__ import annotations

import os
import tempfile
from typing import IO

from ..errors import SourceError


def open_temporary(folder: str | os.PathLike[str] | None, *, buffering: int = 0) -> IO[bytes]:
    """A temporary file for reading and writing.

    Arguments:
        folder: where it lies; the system's own folder where None.
        buffering: size of the buffer in bytes; 0 for none, -1 for the system's own.

    Raises:
        SourceError: where it cannot be made.
    """
    try:
        return tempfile.TemporaryFile(dir=folder, buffering=buffering)
    except OSError as error:
        where = folder or tempfile.gettempdir()
        raise SourceError(f"no temporary file can be made in {where}: {error.strerror}; see --tmp") from error


def write_all(file: IO[bytes], data: bytes | memoryview) -> None:
    """Write all of the data, however much a file without a buffer takes at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def read_at(file: IO[bytes], offset: int, buffer: memoryview) -> None:
    """Fill a buffer from a place in a file. Where it can be had, without the file's position, which forks share."""
    filled = 0
    while filled < len(buffer):
        if hasattr(os, "preadv"):
            count = os.preadv(file.fileno(), [buffer[filled:]], offset + filled)
        else:  # pragma: no cover - not on Linux
            file.seek(offset + filled)
            count = file.readinto(buffer[filled:])  # type: ignore[attr-defined]
        if not count:  # pragma: no cover - the file is our own, and unnamed
            raise OSError("the temporary file was cut off")
        filled += count
