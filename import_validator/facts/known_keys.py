"""Keys that are known to be defined, so that references to them need no facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..model.records import SideBySide
from .rows import DIGEST_SIZE, Key, columns_of, key_digests
from .tables import Slots

BYTES_PER_KEY = 180
"""About how many bytes of memory a key takes that is remembered."""

BYTES_PER_DIGEST = 26
"""About how many it takes where only its digest is."""

_WORTH_IT = 3
"""Of so many keys that are remembered, one has to be referred to: writing down a reference takes as much time."""

_Prefix = tuple[str, ...]
_Sets = dict[_Prefix, set[str]]
_NONE: frozenset[str] = frozenset()


class KnownKeys:
    """The keys of one space that are known to be defined: all, as long as they are not too many; then the latest.

    What is referred to mostly stands near by, or is one of few. Keys of several parts are remembered by all parts but
    the last, which are often the same in a whole batch. Where there are too many before anybody refers to any, their
    digests may be remembered instead: of many more, and to look them up takes little longer.

    Invariant: a key that is remembered is defined; one that is not may be defined all the same. To forget a key costs a
    fact for each reference to it, and changes no answer.

    Arguments:
        most: about how many keys are remembered.
        seed: the seed of their digests.
        most_digests: how many digests may be remembered; asked when that would begin.
    """

    def __init__(self, most: int, seed: int = 0, most_digests: Callable[[], int] = lambda: 0) -> None:
        self._most = most
        self._seed = seed
        self._most_digests = most_digests
        self._digests: _Digests | None = None
        self._latest: _Sets = {}
        self._earlier: _Sets = {}
        self._added = 0
        self._added_earlier = 0
        self._asked = 0
        self._found = 0
        self._given_up = False

    def add(self, keys: Sequence[Key]) -> None:
        """Take in keys, all of one number of parts. Where there are too many, the earlier half of them is dropped."""
        if self._given_up:
            return
        room = self._most - min(self._added_earlier, self._most // 2) - self._added
        if self._digests is None and room <= 0 and not self._make_room() and not self._go_over_to_digests():
            return
        if self._digests is not None:
            self._digests.add(keys)
            return
        self._added += len(keys)
        for prefix, last in _by_prefix(keys):
            self._latest.setdefault(prefix, set()).update(last)

    def unknown(self, keys: Sequence[Key]) -> Sequence[int]:
        """The numbers of the keys that are not among those remembered."""
        self._asked += len(keys)
        if self._digests is not None:
            return self._digests.missing(keys)
        if not self._added and not self._added_earlier:
            return range(len(keys))
        parts = _by_prefix(keys)
        if len(parts) == 1:
            [(prefix, last)] = parts
            latest, earlier = self._latest.get(prefix, _NONE), self._earlier.get(prefix, _NONE)
            # Each once, and hashed before any is looked up: the processor waits for memory less so, and half as long.
            missing = set(last) - latest - earlier
            unknown = [number for number, key in enumerate(last) if key in missing] if missing else []
        else:
            unknown = [number for number, key in enumerate(keys) if not self._knows(*_split(key))]
        self._found += len(keys) - len(unknown)
        return unknown

    def _make_room(self) -> bool:
        """Drop the keys that were taken in longest ago; or all, for good, where too few of them are referred to.

        As long as nobody has asked for any, there is no telling, and those that came first stay.
        """
        if not self._asked:
            return False
        self._given_up = self._found * _WORTH_IT < self._added
        self._earlier, self._added_earlier = ({}, 0) if self._given_up else (self._latest, self._added)
        self._latest, self._added, self._asked, self._found = {}, 0, 0, 0
        return not self._given_up

    def _go_over_to_digests(self) -> bool:
        """Have the digests of what is remembered in place of it; not where keys were given up, or there is no room."""
        most = 0 if self._given_up else self._most_digests()
        if not most:
            return False
        self._digests = _Digests(most, self._seed)
        for half in (self._earlier, self._latest):
            for prefix, texts in half.items():
                self._digests.add([(*prefix, text) for text in texts] if prefix else [*texts])
        self._earlier, self._latest = {}, {}
        return True

    def _knows(self, prefix: _Prefix, last: str) -> bool:
        return last in self._latest.get(prefix, _NONE) or last in self._earlier.get(prefix, _NONE)


class _Digests:
    """Digests of keys, as many as there is room for; those that came first."""

    def __init__(self, most: int, seed: int) -> None:
        self._most = most
        self._seed = seed
        self._slots = Slots(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.uint64))
        # Invariant: each digest is laid out in slots or pending. As soon as there are slots, those pending are in
        # `_recent`, too; before that, the next question lays all of them out.
        self._pending = bytearray()
        self._recent: set[bytes] = set()

    def add(self, keys: Sequence[Key]) -> None:
        """Take in keys."""
        if len(self._slots.hi) + len(self._pending) // DIGEST_SIZE >= self._most:
            return
        digests = key_digests(keys, self._seed)
        self._pending += digests
        if len(self._slots.hi):
            self._recent.update(digests[at : at + DIGEST_SIZE] for at in range(0, len(digests), DIGEST_SIZE))

    def missing(self, keys: Sequence[Key]) -> list[int]:
        """The numbers of the keys that are not among them."""
        if len(self._pending) // DIGEST_SIZE > len(self._slots.hi) // 4:  # to lay them out takes time, so seldom
            more = columns_of(self._pending)
            hi, lo = (np.concatenate(each) for each in zip((self._slots.hi, self._slots.lo), more, strict=True))
            del more
            self._pending, self._recent = bytearray(), set()  # before what takes more room
            self._slots = Slots(hi, lo, slots_each=1)
        digests = key_digests(keys, self._seed)
        hi, lo = columns_of(digests)
        found, _ = self._slots.find(np.ascontiguousarray(hi), np.ascontiguousarray(lo))
        missing = np.flatnonzero(~found).tolist()
        if self._recent:
            return [at for at in missing if digests[at * DIGEST_SIZE : (at + 1) * DIGEST_SIZE] not in self._recent]
        return missing


def _by_prefix(keys: Sequence[Key]) -> Sequence[tuple[_Prefix, Sequence[str]]]:
    """Keys as their last parts, by the parts before those: in one, where all have the same; else one by one."""
    if isinstance(keys, SideBySide):
        *columns, last = keys.columns
        if all(column.count(column[0]) == len(column) for column in columns):
            return [(tuple([column[0] for column in columns]), last)]
    elif isinstance(keys[0], str):
        return [((), keys)]  # type: ignore[list-item]  # all keys are as the first one
    parts: dict[_Prefix, list[str]] = {}
    for prefix, last_part in map(_split, keys):
        parts.setdefault(prefix, []).append(last_part)
    return [*parts.items()]


def _split(key: Key) -> tuple[_Prefix, str]:
    return ((), key) if isinstance(key, str) else (key[:-1], key[-1])
