"""Temporary files without a name: gone when they are closed, or the process ends in whatever way."""

from __future__ import annotations

import os
import tempfile
from typing import IO

from .errors import SourceError


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
