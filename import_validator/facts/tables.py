"""What is known of the keys of one partition: which are defined, where first, with what value."""

from __future__ import annotations

from typing import Any

import numpy as np

from .rows import FACT, Column, Mask, Rows, joined, opaque

_EMPTY = np.empty(0, dtype=FACT)


class Slots:
    """Digests laid out to be found, as in a hash table.

    Each has a slot, which its last bits name, and the last one to be put there has it. The few that had to give way are
    crowded out, and found by binary search. All of that is done by the column, in a fifth of the time of sorting.

    Arguments:
        hi: the first halves of the digests.
        lo: the second halves.
        slots_each: so many slots there are for each, or up to twice as many: with fewer, more are crowded out.

    Attributes:
        may_repeat: whether the first half of any digest is there twice.
    """

    def __init__(self, hi: Column, lo: Column, *, slots_each: int = 2) -> None:
        self.hi, self.lo = np.ascontiguousarray(hi), np.ascontiguousarray(lo)
        self._slots = np.zeros(1 << (slots_each * len(hi)).bit_length(), dtype=np.int32)
        slot = self._slot_of(self.hi)
        numbers = np.arange(len(hi), dtype=np.int32)
        # Invariant: each digest is in its slot or among those crowded out, whichever of several numpy leaves in the
        # slot. A slot that nothing was put into names the first digest, which is compared like any other.
        self._slots[slot] = numbers
        there = self._slots.take(slot)
        crowded = np.flatnonzero(there != numbers)
        crowded_hi = self.hi.take(crowded)
        order = np.argsort(crowded_hi)
        self._crowded, self._crowded_hi = crowded.take(order), crowded_hi.take(order)
        # Digests with the same first half have the same slot. So of two, one is crowded out; the other has the slot, or
        # is crowded out as well, and then stands next to it.
        winners = self.hi.take(there.take(crowded))
        repeated = self._crowded_hi[1:] == self._crowded_hi[:-1]
        self.may_repeat = bool((winners == crowded_hi).any() or repeated.any())

    def find(self, hi: Column, lo: Column) -> tuple[Mask, Column]:
        """Whether each digest is there, and its number (any, where it is not)."""
        if not len(self.hi):
            return np.zeros(len(hi), dtype=np.bool_), np.zeros(len(hi), dtype=np.intp)
        place = self._slots.take(self._slot_of(hi)).astype(np.intp)
        found = (self.hi.take(place) == hi) & (self.lo.take(place) == lo)
        missed = np.flatnonzero(~found)
        among = np.searchsorted(self._crowded_hi, hi[missed])
        # Digests that share the first 64 bits lie next to each other: look on where only those agree.
        while len(missed := missed[(there := among < len(self._crowded))]):
            among = among[there]
            same = self._crowded_hi[among] == hi[missed]
            missed, among = missed[same], among[same]
            other = self._crowded[among]
            hit = self.lo[other] == lo[missed]
            found[missed[hit]], place[missed[hit]] = True, other[hit]
            missed, among = missed[~hit], among[~hit] + 1
        return found, place

    def _slot_of(self, hi: Column) -> Column:
        # The last bits: a partition's digests have the first ones in common, and would share few slots.
        return (hi & np.uint64(len(self._slots) - 1)).astype(np.intp)


class KeyTable:
    """The distinct keys of one kind of fact in one partition, each with the first record that says it."""

    def __init__(self) -> None:
        self._rows = _EMPTY
        self._added = 0
        self._laid_out: Slots | None = None

    @property
    def rows(self) -> Rows:
        """All of the table."""
        self._slots()
        return self._rows

    @property
    def has_duplicates(self) -> bool:
        """Whether any key was added more than once."""
        return self._added > len(self.rows)

    def add(self, rows: Rows) -> None:
        """Add facts; of those with the same key, the one of the earliest record is kept."""
        self._added += len(rows)
        self._rows = joined([self.rows, rows]) if len(self._rows) else rows
        self._laid_out = None

    def find(self, hi: Column, lo: Column) -> tuple[Mask, Column]:
        """Whether each key is in the table, and the place in it (of any row, where it is not)."""
        return self._slots().find(hi, lo)

    def column(self, name: str, place: Column) -> Column:
        """The values of one column of the table at the given places."""
        if not len(self.rows):
            return np.zeros(len(place), dtype=FACT[name])
        return self.rows[name][place]

    def _slots(self) -> Slots:
        """The keys that were added, those of one digest as one."""
        # Invariant: while `_laid_out` is there, each key has one row, that of the earliest record, and its number in
        # both is the same. Where no first half is there twice, no digest is, which spares the sorting.
        if self._laid_out is None:
            self._laid_out = Slots(self._rows["hi"], self._rows["lo"])
            if self._laid_out.may_repeat:
                self._rows = _first_of_each(self._rows)
                self._laid_out = Slots(self._rows["hi"], self._rows["lo"])
        return self._laid_out


class Tables:
    """The tables of one partition of keys, by name. A table without rows is there, too, and empty.

    Attributes:
        memory: a place for rules to remember things, by name, while a partition's rows come in several pieces.
    """

    def __init__(self) -> None:
        self._tables: dict[str, KeyTable] = {}
        self.memory: dict[str, Any] = {}

    def __getitem__(self, name: str) -> KeyTable:
        return self._tables.setdefault(name, KeyTable())

    def add(self, table: str, rows: Rows, *, pairs: bool = False) -> None:
        """Put facts into a table.

        Arguments:
            pairs: whether they also go into the table of pairs of key and payload, named `table` and `:pairs`.
        """
        self[table].add(rows)
        if pairs:
            paired = opaque(rows).copy().view(rows.dtype)
            paired["hi"], paired["lo"] = with_payload(rows["hi"], rows["lo"], rows["payload_hi"])
            self[f"{table}:pairs"].add(paired)


def with_payload(hi: Column, lo: Column, payload: Column) -> tuple[Column, Column]:
    """The keys of pairs of a key and a payload."""
    # An odd factor, modulo 2 ** 64, maps no two payloads to one: pairs of the same key never have the same digest.
    mixed = payload * np.uint64(0x9E3779B97F4A7C15)
    return hi ^ mixed, lo + (mixed >> np.uint64(17) | mixed << np.uint64(47))


def _first_of_each(rows: Rows) -> Rows:
    """One row a key, that of the earliest record."""
    order = np.lexsort((rows["item"], rows["index"], rows["lo"], rows["hi"]))
    hi, lo = rows["hi"][order], rows["lo"][order]
    starts = np.ones(len(rows), dtype=np.bool_)
    starts[1:] = (hi[1:] != hi[:-1]) | (lo[1:] != lo[:-1])
    return rows.take(order[starts])
