"""What is known of the keys of one partition: which are defined, where first, with what value."""

from __future__ import annotations

from typing import Any

import numpy as np

from .facts import FACT, Column, FactStream, Mask, Rows, joined, opaque, rising

_EMPTY = np.empty(0, dtype=FACT)


class KeyTable:
    """The distinct keys of one kind of fact in one partition, each with the first record that says it."""

    def __init__(self) -> None:
        self._rows = _EMPTY
        self._added = 0

    @property
    def rows(self) -> Rows:
        """All of the table."""
        return self._rows

    @property
    def has_duplicates(self) -> bool:
        """Whether any key was added more than once."""
        return self._added > len(self._rows)

    def add(self, rows: Rows) -> None:
        """Add facts; of those with the same key, the one of the earliest record is kept."""
        self._added += len(rows)
        self._rows = _first_of_each(joined([self._rows, rows]) if len(self._rows) else rows)

    def find(self, hi: Column, lo: Column) -> tuple[Mask, Column]:
        """Whether each key is in the table, and the place in it (of any row, where it is not)."""
        if not len(self._rows):
            return np.zeros(len(hi), dtype=np.bool_), np.zeros(len(hi), dtype=np.intp)
        own_hi = np.ascontiguousarray(self._rows["hi"])
        last = len(own_hi) - 1
        place = np.minimum(np.searchsorted(own_hi, hi), last)
        found = (own_hi[place] == hi) & (self._rows["lo"][place] == lo)
        # Keys that share the first 64 bits lie next to each other: look on where only those agree.
        unsure = np.flatnonzero(~found & (own_hi[place] == hi))
        while len(unsure):
            place[unsure] = np.minimum(place[unsure] + 1, last)
            same = own_hi[place[unsure]] == hi[unsure]
            found[unsure] = same & (self._rows["lo"][place[unsure]] == lo[unsure])
            unsure = unsure[same & ~found[unsure] & (place[unsure] < last)]
        return found, place

    def column(self, name: str, place: Column) -> Column:
        """The values of one column of the table at the given places."""
        if not len(self._rows):
            return np.zeros(len(place), dtype=FACT[name])
        return self._rows[name][place]


class Tables:
    """The tables of one partition, by name. One that nothing was said for is empty.

    Attributes:
        memory: what rules want to remember while they go through the partition's rows in pieces, by their names.
    """

    def __init__(self) -> None:
        self._tables: dict[str, KeyTable] = {}
        self.memory: dict[str, Any] = {}

    def __getitem__(self, name: str) -> KeyTable:
        return self._tables.setdefault(name, KeyTable())

    def add(self, stream: FactStream, rows: Rows) -> None:
        """Put the facts of a stream into the tables that they belong to, if any."""
        if stream.table is None:
            return
        self[stream.table].add(rows)
        if stream.pairs:
            paired = opaque(rows).copy().view(rows.dtype)
            paired["hi"], paired["lo"] = with_payload(rows["hi"], rows["lo"], rows["payload_hi"])
            self[f"{stream.table}:pairs"].add(paired)


def with_payload(hi: Column, lo: Column, payload: Column) -> tuple[Column, Column]:
    """The keys of pairs of a key and a payload."""
    mixed = payload * np.uint64(0x9E3779B97F4A7C15)
    return hi ^ mixed, lo + (mixed >> np.uint64(17) | mixed << np.uint64(47))


def _first_of_each(rows: Rows) -> Rows:
    """One row a key, that of the earliest record, sorted by key."""
    hi = np.ascontiguousarray(rows["hi"])
    order = rising(hi)
    hi = hi.take(order)
    if not (hi[1:] == hi[:-1]).any():
        return rows.take(order)
    order = np.lexsort((rows["item"], rows["index"], rows["lo"], rows["hi"]))
    hi, lo = rows["hi"][order], rows["lo"][order]
    starts = np.ones(len(rows), dtype=np.bool_)
    starts[1:] = (hi[1:] != hi[:-1]) | (lo[1:] != lo[:-1])
    return rows.take(order[starts])
