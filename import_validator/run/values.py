"""The values that break rules, as they are remembered on the way, and as the report names them."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple

from ..model.violation import Violation, pointer, presentable, to_json
from ..readers import Cells, Cursor
from ..report.tally import Tally
from ..report.values import Counted, MissingKey, ValueCount
from ..rules import Rule
from ..rules.references import RefersTo

_NUMBER = re.compile(r"/[0-9]+(?=/|$)")

BrokenRow = tuple[int, ...]
"""A row of what pass two found."""


class ValueFound(NamedTuple):
    """A value that breaks a rule, where it was found first.

    Attributes:
        record: the number of the record.
        cursor: where the record begins.
        value: the value, shortened.
        path: what leads to it from the record's fields.
    """

    record: int
    cursor: Cursor
    value: Any
    path: tuple[str | int, ...]


def value_key(value: Any, path: tuple[str | int, ...]) -> Hashable:
    """What is the same for the same value in the same field; the numbers of items make no difference."""
    return to_json(value), tuple(step for step in path if isinstance(step, str))


def counts_of(
    counted: Iterable[Counted[Any]], cells: Cells | None, violation_of: Callable[[BrokenRow], Violation]
) -> list[ValueCount]:
    """The values of a rule as the report names them.

    Arguments:
        counted: the values: each as it was found by pass one, or the row of pass two that it was found in.
        cells: what the cells of a table are called.
        violation_of: puts such a row into words.
    """
    return [_named(each, cells, violation_of) for each in counted]


def missing_keys(
    rules: Iterable[Rule], tally: Tally, violation_of: Callable[[BrokenRow], Violation]
) -> list[MissingKey]:
    """The keys that are referred to more than once and are nowhere, as many as there are samples.

    Arguments:
        rules: the rules of the plan, in the rule set's order.
        violation_of: puts a row of pass two into words.
    """
    found: dict[Hashable, list[tuple[RefersTo, Counted[Any]]]] = {}
    for rule in rules:
        if isinstance(rule, RefersTo) and rule.kind == RefersTo.kind:
            # Digests of keys of one record type are the same in all rules, and of no other type's.
            for key, counted in tally.values_of(rule.name).items():
                found.setdefault((rule.to, tuple(rule.by), key), []).append((rule, counted))
    totals = {key: sum(counted.count for _, counted in each) for key, each in found.items()}
    repeated = sorted((key for key in found if totals[key] > 1), key=lambda key: -totals[key])
    return [
        MissingKey(
            record_type=found[key][0][0].to,
            value=violation_of(found[key][0][1].first).value,
            count=totals[key],
            exact=all(counted.missed == 0 for _, counted in found[key]),
            rules=tuple(rule.name for rule, _ in found[key]),
        )
        for key in repeated[: tally.samples]
    ]


def _named(counted: Counted[Any], cells: Cells | None, violation_of: Callable[[BrokenRow], Violation]) -> ValueCount:
    exact, first = counted.missed == 0, counted.first
    if isinstance(first, ValueFound):
        by_offset = cells is None or cells.by_offset
        return ValueCount(
            value=first.value,
            count=counted.count,
            exact=exact,
            path=_NUMBER.sub("", presentable(pointer(first.path))),
            index=first.record,
            offset=first.cursor.offset if by_offset else None,
            line=first.cursor.line,
            cell=None if cells is None else cells.name(first.cursor.line, str((*first.path, "")[0])),
        )
    found = violation_of(first)
    assert found.index is not None, "pass two finds things in records"
    assert found.line is not None
    return ValueCount(
        value=found.value,
        count=counted.count,
        exact=exact,
        path=_NUMBER.sub("", found.path),
        index=found.index,
        offset=found.offset,
        line=found.line,
        cell=found.cell,
    )
