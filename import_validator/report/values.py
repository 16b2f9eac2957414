"""The values behind a rule: those that break it most often, counted in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

MOST_REMEMBERED = 256
"""So many different values of a rule are counted from the first to the last, whatever else there is."""

_BLOCK = 256
"""After so many violations it is seen to that no more values are remembered than there is room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCount:
    """How often one value breaks a rule.

    Attributes:
        value: the value, shortened to 200 characters.
        count: how many violations of the rule there are with it; at least so many where that is not exact.
        exact: whether the count is exact. It is unless there are hundreds of different values.
        path: JSON Pointer to the value within a record's fields, without the numbers of items.
        index: the number of the first record with it, from 0; where the count is not exact, of one of the first.
        offset: where that record begins, in bytes from the beginning of the (decompressed) file; None in workbooks.
        line: the line of that offset, from 1.
        cell: what a spreadsheet shows of the place; None for files that are no table.
    """

    value: Any
    count: int
    exact: bool
    path: str
    index: int
    offset: int | None
    line: int
    cell: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON types, without a cell where there is none."""
        return {name: each for name, each in asdict(self).items() if name != "cell" or each is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingKey:
    """A key that records refer to, and that is nowhere: one cause of several violations, perhaps of several rules.

    Attributes:
        record_type: the type of the record that is missing.
        value: the key, as the first reference to it says it, shortened to 200 characters.
        count: how many violations there are for it; at least so many where that is not exact.
        exact: whether the count is exact.
        rules: the rules that it breaks, in the order in which they were found broken.
    """

    record_type: str
    value: Any
    count: int
    exact: bool
    rules: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON types."""
        return {**asdict(self), "rules": list(self.rules)}


First = TypeVar("First")


@dataclass(slots=True)
class Counted(Generic[First]):
    """A key that was counted.

    Attributes:
        count: how often it was seen since it is remembered.
        missed: how often it may have been seen before, at most.
        first: where it was seen first since then.
    """

    count: int
    missed: int
    first: First


class Frequent(Generic[First]):
    """Counts keys that come one after the other; the rare ones are forgotten where there are too many.

    What it says depends on the order of the keys alone, and not on how many are given at a time: it forgets at the ends
    of blocks that are counted from the first key on.

    Invariant: a key that is not remembered was seen at most `_missed` times.
    """

    def __init__(self) -> None:
        self._counted: dict[Hashable, Counted[First]] = {}
        self._missed = 0
        self._taken = 0

    def add(self, keys: Sequence[Hashable], first: Callable[[int], First]) -> list[int]:
        """Count keys, and say which of them are new, by their numbers.

        Arguments:
            first: gives what is to be remembered of a key that is new, by its number.
        """
        new = []
        at = 0
        while at < len(keys):
            end = min(at + _BLOCK - self._taken % _BLOCK, len(keys))
            block = keys[at:end]
            for key, times in Counter(block).items() if len(block) > 1 else ((block[0], 1),):
                counted = self._counted.get(key)
                if counted is None:
                    new.append(at + block.index(key))
                    self._counted[key] = Counted(times, self._missed, first(new[-1]))
                else:
                    counted.count += times
            self._taken += end - at
            at = end
            if self._taken % _BLOCK == 0 and len(self._counted) > MOST_REMEMBERED:
                self._forget()
        return new

    def top(self, most: int) -> list[Counted[First]]:
        """The keys that were seen more than once, the most frequent first; of equal ones, the earlier."""
        repeated = [each for each in self._counted.values() if each.count > 1]
        return sorted(repeated, key=lambda each: -each.count)[:most]

    @property
    def counted(self) -> Mapping[Hashable, Counted[First]]:
        """All keys that are remembered."""
        return self._counted

    def _forget(self) -> None:
        ordered = sorted(self._counted, key=lambda key: -self._counted[key].count)
        dropped = [self._counted.pop(key) for key in ordered[MOST_REMEMBERED // 2 :]]
        self._missed = max(each.count + each.missed for each in dropped)
