"""Names that stand more than once in one map of a request body in Transit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from .batch import Problem
from .repeated_names import Path, RepeatedName, listed, may_repeat, repeated_names


class NamesOfBody:
    """What a body repeats, before it is decoded and after.

    A map written as a JSON object loses the name when it is read as JSON; one written as an array, or one whose names
    are the same only when they are decoded, loses it in decoding.

    Arguments:
        text: the body.
        read: the body, read as JSON.

    Attributes:
        counts: how often each name stands in an object that has one more than once, by the `id` of the object.
    """

    def __init__(self, text: bytes, read: Any) -> None:
        self.counts: dict[int, dict[str, int]] = {}
        self._read = read
        # In what another value took the place of, or beside a tag: of these, only the record is told.
        self._elsewhere: list[RepeatedName] = []
        for each in repeated_names(text) if may_repeat(text, read) else ():
            found = _at(read, each.path[:-1])
            if isinstance(found, dict) and not str(each.path[-1]).startswith("~#"):
                self.counts.setdefault(id(found), {})[str(each.path[-1])] = each.times
            else:
                self._elsewhere.append(each)

    def problems(self, values: list[Any], repeated: Sequence[tuple[dict[str, Any], Counter[str]]]) -> list[Problem]:
        """The problems of the decoded records, record by record.

        Arguments:
            values: the records.
            repeated: the maps in them that a name was lost in, each with how often its names stand there.
        """
        if not repeated and not self._elsewhere:
            return []
        lost = {id(decoded): counts for decoded, counts in repeated}
        problems: list[Problem] = []
        for at, value in enumerate(values):
            problems += listed(_repeated_in(value, lost), at)
        by_record = groupby(self._elsewhere, lambda each: self._record_of(each.path, len(values)))
        for at, names in by_record:
            problems += [replace(each, path=()) for each in listed(names, at)]
        return problems

    def _record_of(self, path: Path, count: int) -> int:
        """The number of the record that a path in the body, read as JSON, leads into."""
        indexes = [step for step in path if isinstance(step, int)]
        is_tagged = isinstance(self._read, list) and str(self._read[0]).startswith("~#")  # ["~#list", [record, …]]
        return min([*indexes[1 if is_tagged else 0 :], 0][0], count - 1)


def _at(value: Any, path: Path) -> Any:
    """What a path leads to; None where a later member of the same name took the place of something on the way."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _repeated_in(value: Any, lost: Mapping[int, Counter[str]]) -> Iterator[RepeatedName]:
    """The names that a record's maps had more than once, as decoding lost them."""
    waiting: list[tuple[Any, Path]] = [(value, ())]
    while waiting:
        inner, path = waiting.pop()
        if not isinstance(inner, dict | list):
            continue
        for name, times in lost.get(id(inner), {}).items():
            if times > 1:
                yield RepeatedName((*path, name), times)
        steps = inner.items() if isinstance(inner, dict) else enumerate(inner)
        waiting += reversed([(each, (*path, step)) for step, each in steps])
