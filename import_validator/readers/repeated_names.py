"""Names that stand more than once in one object of JSON, which parsers pass over: they keep the last value."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from ..model.violation import presentable
from ..possessive import compile_possessive
from .base import JsonReader
from .batch import UNREADABLE, Batch, Problem, count_of
from .json_text import LONGEST_PARSED, ReadResult, parse_together

Path = tuple[str | int, ...]

_MOST_PROBLEMS = 1000
"""So many names of one record are reported: a record of 16 MB could repeat a million."""
_LONGEST_NAME = 40
_TOKEN = compile_possessive(rb'"((?:[^"\\]|\\.)*+)"[ \t\n\r]*(:?)|[{}\[\],]', re.DOTALL)
_encode = msgspec.json.Encoder().encode


class RepeatedName(NamedTuple):
    """A name that stands more than once in one object.

    Attributes:
        path: the names and indexes that lead to it from the value that was looked at; its own is the last.
        times: how often it stands there.
    """

    path: Path
    times: int

    def problem(self, at: int) -> Problem:
        """What is wrong, as a problem of the record with this number in its batch."""
        name = presentable(str(self.path[-1]))
        shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
        message = f'the name "{shown}" stands {self.times:,} times in one object; its last value was checked'
        return Problem("duplicate-name", message, at, path=self.path)


def may_repeat(text: bytes, values: Any) -> bool:
    """Whether an object in a text may have a name more than once, given what the text was parsed to.

    Parsing drops all but one of the members of the same name, each of which has a colon, and no other colon: those in
    strings stay. So where the values, written as JSON, have as many colons as the text, nothing was dropped. Only an
    escaped colon is one more in the values than in the text; nothing is proved of a text that may hold one.

    Arguments:
        text: JSON, with anything around and between the values that has no colon.
        values: what it was parsed to.
    """
    if len(text) > LONGEST_PARSED or (b"\\" in text and b"\\u003" in text):
        return True
    try:
        encoded = _encode(values)
    except (TypeError, ValueError, RecursionError):  # no JSON: half a surrogate pair, a record that could not be read
        return True
    return count_of(b":", text) != count_of(b":", encoded)


def with_repeated_names(batch: Batch, reader: JsonReader) -> Batch:
    """The batch, with a problem for each object of its records and each name that stands in it more than once.

    Mostly one look at the whole batch shows that there are none. Otherwise its records are looked at one by one, and
    only those that still may repeat a name are gone through.

    Arguments:
        reader: what read the batch.
    """
    data = batch.data
    values = batch.parsed
    if not values or not data or not may_repeat(data, values):
        return batch
    offsets = reader.offsets_of(data)
    for at, (value, begin, end) in enumerate(zip(values, offsets, [*offsets[1:], len(data)], strict=False)):
        batch.problems += problems_of_names(data[begin:end], value, at)
    return batch


def problems_of_names(text: bytes, value: Any, at: int) -> list[Problem]:
    """A problem for each name that stands more than once in an object of a record, which was parsed from a text."""
    may = value is not UNREADABLE and may_repeat(text, value)
    return listed(repeated_names(text), at) if may else []


def listed(repeated: Iterator[RepeatedName], at: int) -> list[Problem]:
    """Problems of one record for these names, up to a number; the last of them then says that there are more."""
    problems = [each.problem(at) for each in islice(repeated, _MOST_PROBLEMS)]
    if next(repeated, None) is not None:
        last = problems[-1]
        message = f"{last.message}. More names of this record are repeated, which are not listed"
        problems[-1] = Problem(last.code, message, at, path=last.path)
    return problems


def with_problems_of(result: ReadResult, text: bytes, at: int, *, unique_names: bool) -> tuple[Any, list[Problem]]:
    """A value that was read, and what is wrong with it, as the record with this number.

    Arguments:
        text: what it was read from.
        unique_names: whether names that stand more than once in an object are problems.
    """
    repeated = problems_of_names(text, result.value, at) if unique_names else []
    return result.value, result.problems(at) + repeated


def read_together(texts: list[bytes], *, unique_names: bool) -> tuple[list[Any], list[Problem]] | None:
    """Values that are alone in a text each, parsed in one call; None where one may have anything wrong with it."""
    values = parse_together(texts)
    if values is None or (unique_names and may_repeat(b"".join(texts), values)):
        return None
    return values, []


def repeated_names(text: bytes) -> Iterator[RepeatedName]:
    """The names that stand more than once in an object of the first value in a text, as each object ends.

    Looks at strings, brackets and commas one by one: for values in which there is surely, or nearly surely, one.
    """
    stack: list[_Open] = []
    for token in _TOKEN.finditer(text):
        mark = text[token.start()]
        if mark == 0x22:  # "
            if token[2] and stack:
                stack[-1].meet(_text_of(token[1]))
        elif mark == 0x2C:  # ,
            if stack:
                stack[-1].index += 1
        elif mark in b"{[":
            stack.append(_Open(Counter() if mark == 0x7B else None))
        elif stack:
            yield from _repeated_in(stack.pop(), stack)
        if not stack:
            return


@dataclass(slots=True)
class _Open:
    """An array or object that has begun.

    Attributes:
        names: how often each of an object's names stood in it so far; None for an array.
        name: the last of these names.
        index: the number of the element that is being read, in an array.
    """

    names: Counter[str] | None
    name: str = ""
    index: int = 0

    @property
    def step(self) -> str | int:
        """What leads from it to what is being read."""
        return self.index if self.names is None else self.name

    def meet(self, name: str) -> None:
        """Take in a name."""
        if self.names is not None:
            self.name = name
            self.names[name] += 1


def _repeated_in(closed: _Open, around: list[_Open]) -> Iterator[RepeatedName]:
    names = closed.names
    if names is None or names.total() == len(names):
        return
    path = tuple(each.step for each in around)
    for name, times in names.items():
        if times > 1:
            yield RepeatedName((*path, name), times)


def _text_of(literal: bytes) -> str:
    """What a string says, from what stands between its quotes; broken UTF-8 reads as `read_value` has it."""
    text = literal.decode("utf-8", "replace")
    return str(json.loads(f'"{text}"', strict=False)) if "\\" in text else text
