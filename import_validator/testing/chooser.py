"""Where the choices come from that values, records and files are made with."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chooser(ABC):
    """Makes choices. The lowest number, and the first of several things, is always the simplest choice."""

    @abstractmethod
    def integer(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.integer(0, len(items) - 1)] if len(items) > 1 else items[0]

    def chance(self, one_in: int) -> bool:
        """True once in so many times."""
        return self.integer(0, one_in - 1) == one_in - 1


class NumberChooser(Chooser):
    """Makes choices that a number says: mostly different ones for different numbers.

    Arguments:
        number: the number, from 0.
    """

    def __init__(self, number: int) -> None:
        self._left = number

    def integer(self, low: int, high: int) -> int:
        self._left, chosen = divmod(self._left, high - low + 1)
        return low + chosen


class RandomChooser(Chooser):
    """Makes choices at random: the same ones for the same seed, on any machine and with any version of Python.

    Arguments:
        seed: a number.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def integer(self, low: int, high: int) -> int:
        return low + int(self._random.random() * (high - low + 1))
