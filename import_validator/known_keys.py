"""Keys that are known to be defined, so that references to them need no facts."""

from __future__ import annotations

from collections.abc import Sequence

from .facts import Key
from .records import SideBySide

BYTES_PER_KEY = 180
"""About how many bytes of memory a key takes that is remembered."""

_WORTH_IT = 3
"""Of so many keys that are remembered, one has to be referred to: writing down a reference takes as much time."""

_Prefix = tuple[str, ...]
_Sets = dict[_Prefix, set[str]]
_NONE: frozenset[str] = frozenset()


class KnownKeys:
    """The keys of one space that are known to be defined: all, as long as they are not too many; then the latest.

    What is referred to mostly stands near by, or is one of few. Keys of several parts are remembered by all parts but
    the last, which are often the same in a whole batch.

    Arguments:
        most: about how many keys are remembered.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._latest: _Sets = {}
        self._earlier: _Sets = {}
        self._added = 0
        self._added_earlier = 0
        self._asked = 0
        self._found = 0
        self._given_up = False

    def add(self, keys: Sequence[Key]) -> None:
        """Take in keys, all of one number of parts. Where there are too many, the earlier half of them is dropped."""
        room = self._most - min(self._added_earlier, self._most // 2) - self._added
        if self._given_up or (room <= 0 and not self._make_room()):
            return
        self._added += len(keys)
        for prefix, last in _by_prefix(keys):
            self._latest.setdefault(prefix, set()).update(last)

    def unknown(self, keys: Sequence[Key]) -> Sequence[int]:
        """The numbers of the keys that are not among those remembered."""
        self._asked += len(keys)
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

    def _knows(self, prefix: _Prefix, last: str) -> bool:
        return last in self._latest.get(prefix, _NONE) or last in self._earlier.get(prefix, _NONE)


def _by_prefix(keys: Sequence[Key]) -> Sequence[tuple[_Prefix, Sequence[str]]]:
    """Keys as their last parts, by the parts before those: in one, where all have the same; else one by one."""
    if isinstance(keys, SideBySide):
        *columns, last = keys.columns
        if all(column.count(column[0]) == len(column) for column in columns):
            return [(tuple([column[0] for column in columns]), last)]
    elif isinstance(keys[0], str):
        return [((), keys)]  # type: ignore[list-item]
    parts: dict[_Prefix, list[str]] = {}
    for prefix, last_part in map(_split, keys):
        parts.setdefault(prefix, []).append(last_part)
    return [*parts.items()]


def _split(key: Key) -> tuple[_Prefix, str]:
    return ((), key) if isinstance(key, str) else (key[:-1], key[-1])
