"""Where commands write: standard output, or a file that is replaced once it is whole."""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

from ..errors import OutputError, reason_of
from ..source.temporary import open_temporary

STANDARD_OUTPUT = "-"


class DiscardOutput(Exception):  # noqa: N818 - no error: it ends a block of `opened_output`
    """Raised within `opened_output`: leave the file as it was, and go on after the block."""


@contextmanager
def opened_output(path: str | None, *, binary: bool = False) -> Iterator[IO[Any]]:
    """A stream to write to, which becomes the file when the block ends well.

    Text is UTF-8 in a file. Where the block ends with an exception, a file that was there is as it was, and nothing
    else is left behind. Its permissions stay. Devices, pipes and what standard output leads to are written straight.

    Arguments:
        path: the file; standard output where None or `-`.
        binary: whether bytes are written, not text.

    Raises:
        OutputError: where it cannot be opened, written or replaced; writing to the stream raises it, too.
        BrokenPipeError: where nobody reads any longer what is written to a pipe.
    """
    with suppress(DiscardOutput):
        if path is None or _is_standard_output(path):
            stream = cast("IO[Any]", _StandardOutput(sys.stdout.buffer if binary else sys.stdout))
            yield stream
            stream.flush()
            return
        with _naming(path):
            way = _way_to(path)
        with way as file:
            if binary:
                yield file
                file.flush()
            else:
                text = io.TextIOWrapper(cast("io.BufferedWriter", file), encoding="utf-8")
                yield text
                text.flush()


def _is_standard_output(path: str) -> bool:
    """Whether this is `-`, or the file that standard output leads to: `/dev/stdout` may have been opened for appending,
    and is not to be replaced."""
    if path == STANDARD_OUTPUT:
        return True
    try:
        found = Path(path).stat()
        return stat.S_ISREG(found.st_mode) and os.path.samestat(found, os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError):
        return False


def _way_to(path: str) -> AbstractContextManager[IO[bytes]]:
    """How a file can be written, from what is there now."""
    target = os.path.realpath(path)
    try:
        old = Path(path).stat()
    except FileNotFoundError:
        return _written_aside(path, target, None)
    folder = os.path.realpath(Path(path).parent)
    is_stream = folder == "/dev" or re.fullmatch(r"/proc/[^/]+(?:/task/[^/]+)?/fd", folder)
    if is_stream or not stat.S_ISREG(old.st_mode):
        return _written_straight(path)
    if not os.access(path, os.W_OK):
        raise PermissionError(None, "Permission denied")
    # Where a new file would have another owner, or leave the old one under its other names, or cannot be made.
    is_ours = not hasattr(os, "geteuid") or old.st_uid == os.geteuid()
    if is_ours and old.st_nlink == 1 and os.access(Path(target).parent, os.W_OK | os.X_OK):
        return _written_aside(path, target, old)
    return _copied_over(path, target)


@contextmanager
def _written_aside(name: str, target: str, old: os.stat_result | None) -> Iterator[IO[bytes]]:
    """A file in the same folder that takes the target's place, with the permissions that the old one has."""
    aside = Path(target).with_name(f".import-validator-{os.urandom(8).hex()}")
    try:
        with _naming(name):
            file = _OutputFile(str(aside), "xb", name)
            if old is not None:
                aside.chmod(stat.S_IMODE(old.st_mode))
        with io.BufferedWriter(file) as stream:
            yield stream
        with _naming(name):
            aside.replace(target)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise


@contextmanager
def _copied_over(name: str, target: str) -> Iterator[IO[bytes]]:
    """A temporary file that is copied into the target in the end."""
    with open_temporary(None, buffering=-1) as stream:
        yield stream
        stream.seek(0)
        with _naming(name), Path(target).open("r+b") as file:
            shutil.copyfileobj(stream, file)
            file.truncate()


@contextmanager
def _written_straight(name: str) -> Iterator[IO[bytes]]:
    """A device or a pipe."""
    with _naming(name):
        file = _OutputFile(name, "wb", name)
    with io.BufferedWriter(file) as stream:
        yield stream


class _OutputFile(io.FileIO):
    """A file whose failures call it as the user does."""

    def __init__(self, path: str, mode: str, name: str) -> None:
        super().__init__(path, mode)
        self._called = name

    def write(self, data: Any, /) -> int:
        with _naming(self._called):
            return super().write(data)


class _StandardOutput:
    """Standard output, as text or as bytes, whose failures name it."""

    def __init__(self, stream: IO[Any]) -> None:
        self._stream = stream

    def write(self, data: Any) -> int:
        with _naming("standard output"):
            return self._stream.write(data)

    def flush(self) -> None:
        with _naming("standard output"):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def _naming(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"{name}: {reason_of(error)}") from error
