"""Where bytes come from: a path, a file object, bytes, pieces as they arrive; compressed or not."""

from __future__ import annotations

import io
import os
import re
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from ..errors import SourceError, reason_of
from .temporary import open_temporary, write_all

SourceLike = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO | Iterable[bytes]

PIECE_SIZE = 256 * 1024
"""Bytes read in one call."""

_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_STEP = 1024  # packed bytes taken at a time: they unpack to at most 32 MB, however well they were packed
_ZSTD_MAGIC = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
"""How a zstd frame begins, or one that is to be skipped (RFC 8878, 3.1.2), which may stand before it."""
_LONGEST_MAGIC = 4


class _Stamp(NamedTuple):
    """What changes with the bytes of a file; the time is that of the last change to them, in nanoseconds."""

    device: int
    inode: int
    size: int
    changed: int

    @classmethod
    def of(cls, status: os.stat_result) -> _Stamp | None:
        """The stamp of a file on disk; None for what is none, such as a pipe, whose times mean nothing."""
        if not stat.S_ISREG(status.st_mode):
            return None
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


class ReadAgain(Protocol):
    """Bytes that have streamed by once and can be had again, from any place."""

    def read_at(self, offset: int, length: int) -> bytes:
        """The `length` bytes at `offset`, both in bytes of the decompressed file."""
        ...

    def close(self) -> None:
        """Let go of what was kept for this."""
        ...


class Spool:
    """Keeps what streams by in an unnamed temporary file, which is gone when it is closed, or the process ends.

    Arguments:
        folder: where the temporary file lies; the system's own folder where None.
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self._file = open_temporary(folder)

    def write(self, data: bytes | memoryview) -> None:
        self._file.seek(0, os.SEEK_END)
        write_all(self._file, data)

    def read_at(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(length)

    def close(self) -> None:
        self._file.close()


class Source:
    """The bytes to validate, given as pieces of decompressed content.

    Attributes:
        name: what to call it in a report.
        size: how many bytes will be read (compressed ones, where it is compressed); None where that is not known.
        bytes_read: how many of them have been read so far.
        can_read_again: whether `read_again` works; known once the first piece was read. Where it does not, keep the
            pieces to read them again.
        may_be_endless: whether it is a device, a pipe or a socket, which may never end.
    """

    def __init__(
        self,
        name: str,
        pieces: Callable[[], Iterator[bytes]],
        size: int | None,
        file: BinaryIO | None,
        *,
        path: Path | None = None,
        stream: BinaryIO | None = None,
    ) -> None:
        self.name = name
        self.size = size
        self.bytes_read = 0
        self._pieces = pieces
        self._file = file
        self._stream = file if stream is None else stream
        self._path = path
        self._compressed = False
        status = _status_of(self._stream)
        self._stamp = _Stamp.of(status) if status else None
        self.may_be_endless = status is not None and not stat.S_ISREG(status.st_mode)
        self._start = file.tell() if file else 0

    @property
    def can_read_again(self) -> bool:
        return self._file is not None

    def chunks(self) -> Iterator[bytes]:
        """The content, decompressed, in pieces, none of which is empty.

        Raises:
            SourceError: where it cannot be read or decompressed.
        """
        try:
            raw = self._counted()
            first = b""
            while len(first) < _LONGEST_MAGIC and (piece := next(raw, None)) is not None:
                first += piece
            decompress = _decompressor(first)
            self._compressed = decompress is not None
            pieces = _chain(first, raw)
            # A decompressor gives an empty piece where a member of the file has no content: empty is not the end.
            yield from filter(None, decompress(pieces) if decompress else pieces)
        except UnicodeDecodeError as error:
            raise SourceError(f"{self.name}: is read as text; open the file in binary mode") from error
        except OSError as error:
            raise SourceError(f"{self.name}: {reason_of(error)}") from error

    def read_again(self, folder: str | os.PathLike[str] | None = None) -> ReadAgain:
        """Access to the content once more; a compressed one is decompressed into a temporary file for it.

        Raises:
            SourceError: where the file has changed since it was read.
        """
        assert self._file is not None
        self.check_unchanged()
        if not self._compressed:
            return _SeekableFile(self._file, self._start)
        spool = Spool(folder)
        self._file.seek(self._start)
        for piece in self.chunks():
            spool.write(piece)
        return spool

    def check_unchanged(self) -> None:
        """Make sure that a file on disk is the one that was opened, with the bytes that it had then.

        A change that leaves the size alone and comes within one tick of the file system's clock after the opening
        (some milliseconds) cannot be seen. A file that was removed could be read to its end all the same, and its
        verdict is about no other.

        Raises:
            SourceError: where the file was changed, or another stands in its place.
        """
        status = _status_of(self._stream)
        if self._stamp is None or status is None:
            return
        if _Stamp.of(status) != self._stamp:
            raise self._changed()
        try:
            named = self._path.stat() if self._path else status
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._changed() from error
        if not os.path.samestat(named, status):
            raise self._changed()

    def _changed(self) -> SourceError:
        return SourceError(f"{self.name}: the file was changed while it was read; run again")

    def close(self) -> None:
        """Close what was opened here; a file object of the caller's stays open."""
        if self._file is not None and self.name != "(file object)":
            self._file.close()

    def _counted(self) -> Iterator[bytes]:
        taken = 0
        for piece in self._pieces():
            if not isinstance(piece, bytes | bytearray | memoryview):
                raise SourceError(f"{self.name}: gives {type(piece).__name__}, not bytes; open the file in binary mode")
            taken += len(piece)
            self.bytes_read += len(piece)
            if self.size and taken > self.size:  # a file that grows as fast as it is read would never end
                raise self._changed()
            yield bytes(piece)


def open_source(source: SourceLike) -> Source:
    """The source behind a path, a binary file object, bytes, or an iterable of bytes.

    Raises:
        SourceError: where there is no such file, or it cannot be read.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        file: BinaryIO = io.BytesIO(source)
        return Source("(bytes)", lambda: _read(file), len(source), file)
    if isinstance(source, str | os.PathLike):
        return _open_path(Path(source))
    read = getattr(source, "read", None)
    if read is not None:
        stream: BinaryIO = source  # type: ignore[assignment]  # it can be read
        seekable = getattr(stream, "seekable", lambda: False)()
        return Source("(file object)", lambda: _read(stream), None, stream if seekable else None, stream=stream)
    if isinstance(source, Iterable):
        return Source("(pieces)", lambda: iter(source), None, None)
    raise SourceError(f"a source is a path, a binary file object, bytes, or an iterable of bytes; not {source!r}")


def _open_path(path: Path) -> Source:
    try:
        if path.is_dir():
            raise SourceError(f"{path}: is a directory; name the import file in it")
        file = path.open("rb")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise SourceError(f"{str(path)!r}: no file can have this name") from error
    status = os.fstat(file.fileno())
    size = status.st_size if stat.S_ISREG(status.st_mode) else None
    return Source(str(path), lambda: _read(file), size, file if file.seekable() else None, path=path, stream=file)


def _read(file: BinaryIO) -> Iterator[bytes]:
    """The content in pieces.

    What a pipe has is taken at once: a `read` that waits for all of a piece leaves a signal unseen until it has that.
    """
    read = getattr(file, "read1", file.read)
    held: list[bytes] = []
    while piece := read(PIECE_SIZE - sum(map(len, held))):
        held.append(piece)
        if sum(map(len, held)) >= PIECE_SIZE:
            yield _joined(held)
            held = []
    if held:
        yield _joined(held)


def _joined(pieces: list[bytes]) -> bytes:
    """The pieces as one; whatever else than bytes a file gives is for the caller to refuse."""
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _status_of(file: BinaryIO | None) -> os.stat_result | None:
    """What the system says of an open file; None for a file object that is no file of the system's."""
    try:
        return os.fstat(file.fileno()) if file else None
    except (OSError, AttributeError, ValueError, TypeError):
        return None


class _SeekableFile:
    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file = file
        self._start = start

    def read_at(self, offset: int, length: int) -> bytes:
        self._file.seek(self._start + offset)
        return self._file.read(length)

    def close(self) -> None:
        """The file belongs to the source."""


def _decompressor(first: bytes) -> Callable[[Iterator[bytes]], Iterator[bytes]] | None:
    if first.startswith(_GZIP_MAGIC):
        return _gunzip
    if _ZSTD_MAGIC.match(first):
        return _unzstd
    return None


def _gunzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Content of one or more gzip members, at most PIECE_SIZE bytes at a time however well it was packed."""
    inflate = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if inflate.eof:
                    rest = rest.lstrip(b"\0")  # padding between members
                    if not rest:
                        break
                    inflate = zlib.decompressobj(wbits=31)
                yield inflate.decompress(rest, PIECE_SIZE)
                rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
        yield inflate.flush()
    except zlib.error as error:
        raise SourceError(f"the gzip data is damaged: {error}") from error
    if not inflate.eof:
        raise SourceError("the gzip data ends too early: the file was cut off")


def _unzstd(pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        import zstandard  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SourceError(
            "this file is compressed with zstd, which needs: pip install 'import-validator[zstd]'"
        ) from error
    frame = zstandard.ZstdDecompressor().decompressobj()
    begun = False
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if frame.eof:
                    frame, begun = zstandard.ZstdDecompressor().decompressobj(), False
                begun = True
                step, rest = rest[:_ZSTD_STEP], rest[_ZSTD_STEP:]
                yield frame.decompress(step)
                rest = frame.unused_data + rest
    except zstandard.ZstdError as error:
        raise SourceError(f"the zstd data is damaged: {error}") from error
    if begun and not frame.eof:
        raise SourceError("the zstd data ends too early: the file was cut off")
