"""What pass one writes down for key rules: keys as digests, in rows of fixed size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import xxhash

Rows: TypeAlias = "np.ndarray[Any, np.dtype[np.void]]"
Mask: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"
Column: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"

FACT = np.dtype(
    {
        "names": ["hi", "lo", "payload_hi", "payload_lo", "index", "item", "stream"],
        "formats": ["<u8", "<u8", "<u8", "<u8", "<u8", "<u4", "<u4"],
    }
)
"""One fact, 48 bytes: the key's digest (128 bits), a payload, the record, the item in it, the stream."""


DIGEST_SIZE = 16
"""In bytes."""

Key: TypeAlias = str | tuple[str, ...]
"""A key of one part, or the parts of a longer one."""

_BETWEEN = "\x1f"
"""What stands between the parts of a key in its text, where none of them has it in itself."""


def opaque(rows: Rows) -> Rows:
    """The same rows, of which numpy knows nothing but their size: it copies them ten times as quickly so."""
    return rows.view(np.dtype((np.void, rows.dtype.itemsize)))


def joined(pieces: Sequence[Rows]) -> Rows:
    """Rows of one type, one after the other; there is at least one piece."""
    if len(pieces) == 1:
        return pieces[0]
    return np.concatenate([opaque(piece) for piece in pieces]).view(pieces[0].dtype)


def key_texts(keys: Sequence[Key]) -> Sequence[str]:
    """One string for each key; no two keys of one number of parts, which all of them have, have the same one."""
    if not keys or isinstance(keys[0], str):
        return keys  # type: ignore[return-value]  # all keys are as the first one
    texts = list(map(_BETWEEN.join, keys))
    between = len(keys[0]) - 1
    if "".join(texts).count(_BETWEEN) == between * len(texts):
        return texts
    # Texts with lengths before them are those with more of `_BETWEEN`, so that none is the same as one without.
    return [
        text if text.count(_BETWEEN) == between else f"{','.join([str(len(part)) for part in key])}:{text}"
        for text, key in zip(texts, keys, strict=True)
    ]


def key_digests(keys: Sequence[Key], seed: int) -> bytes:
    """The digests of keys, for the seed of their space: 16 bytes each, one after the other."""
    digest = xxhash.xxh3_128_digest
    texts = key_texts(keys)
    try:
        return b"".join([digest(text.encode(), seed) for text in texts])
    except UnicodeEncodeError:
        return b"".join([digest(text.encode("utf-8", "surrogatepass"), seed) for text in texts])


def value_digests(texts: Sequence[str]) -> bytes:
    """The digests of values, which are keys of nothing, as payloads that pass two compares."""
    return key_digests(texts, seed_of(""))


def seed_of(space: str) -> int:
    """The seed that keeps the keys of one space apart from those of another."""
    return xxhash.xxh32_intdigest(space.encode())


def fact_rows(
    stream: int, digests: bytes | bytearray, indexes: Column | int, items: Sequence[int], payloads: bytes | bytearray
) -> Rows:
    """The rows of one stream. `items` and `payloads` may be empty where all of them are 0."""
    rows = np.zeros(len(digests) // DIGEST_SIZE, dtype=FACT)
    rows["hi"], rows["lo"] = columns_of(digests)
    rows["index"] = indexes
    rows["stream"] = stream
    if items:
        rows["item"] = items
    if payloads:
        rows["payload_hi"], rows["payload_lo"] = columns_of(payloads)
    return rows


def columns_of(digests: bytes | bytearray) -> tuple[Column, Column]:
    """Digests as two columns of 64 bit integers."""
    pairs = np.frombuffer(digests, dtype="<u8").reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
