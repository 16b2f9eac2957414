"""A file of records in chunks that each parse as one JSON array."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

CHUNK_SIZE = 128 * 1024


def arrays(path: Path) -> Iterator[bytes]:
    """The records of a file as JSON arrays of about 128 KiB, cut at record boundaries.

    Arguments:
        path: an array or JSON Lines, with one record a line, as `benchmarks.chat` writes them.
    """
    with path.open("rb") as file:
        is_array = file.read(1) == b"["
        if not is_array:
            file.seek(0)
        seam = b",\n" if is_array else b"\n"
        held: list[bytes] = []
        while data := file.read(CHUNK_SIZE):
            cut = data.rfind(seam)
            if cut < 0:
                held.append(data)
                continue
            yield _array(b"".join([*held, data[:cut]]), is_array)
            held = [data[cut + len(seam) :]]
        rest = b"".join(held).rstrip()
        rest = rest.removesuffix(b"]") if is_array else rest
        if rest:
            yield _array(rest, is_array)


def _array(records: bytes, is_array: bool) -> bytes:
    return b"[" + (records if is_array else records.replace(b"\n", b",")) + b"]"
