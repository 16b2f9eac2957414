"""Numbers that must increase from record to record."""

from __future__ import annotations

import json
from typing import Any

import pytest

from import_validator import validate
from tests.rules.finding import dangling, find, rule_set_of, thing

INCREASING = thing('rule = "increasing", field = "n", key = ["id"]', fields='id = "string"')


@pytest.mark.parametrize(
    ("numbers", "wrong"),
    [
        ([1, 2, 3], []),
        ([1, 1], [(1, 1)]),
        ([2, 1], [(1, 2)]),
        ([5, 3, 4, 6, 6], [(1, 5), (2, 5), (4, 6)]),
        ([3, 3, 3], [(1, 3), (2, 3)]),
        ([-5, -4, 0, -1], [(3, 0)]),
        ([-(2**63), -(2**63) + 1, 2**63 - 2, 2**63 - 1], []),
        ([2**63 - 1, 2**63 - 1], [(1, 2**63 - 1)]),
        ([2**63 - 1, -(2**63)], [(1, 2**63 - 1)]),
        ([2**53, 2**53 + 1, 2**53], [(2, 2**53 + 1)]),
        ([2**63, 2**64 - 1, 2**64, 2**64 + 1, 10**30, 2**125], []),
        ([2**64 + 1, 2**64, 2**64 + 1], [(1, 2**64 + 1), (2, 2**64 + 1)]),
        ([-(2**125), -(10**30), -(2**64) - 1, -(2**64), -(2**64)], [(4, -(2**64))]),
        ([2**127, 2**127 + 1, 2**127, 5], [(3, 2**127)]),
        ([-(10**50), -(10**50), 5, -(10**50)], [(3, 5)]),
        ([1, None, True, "0", [0], 2], []),
        ([0.5, 0.25, 0.5, 1, 0.75, 1.0, 1.5], [(1, 0.5), (2, 0.5), (4, 1), (5, 1)]),
        ([0.1, 0.1, 0.30000000000000004, 0.3], [(1, 0.1), (3, 0.30000000000000004)]),
        ([-0.5, -0.25, 0.0, -0.0, 1e-18, 2e-18, 1e-18], [(3, 0.0), (6, 2e-18)]),
        ([1e-20, 2e-20, 1e-20, 0], [(3, 1e-20)]),
        ([1e15, 10**15 + 1, 1e15, 1e19, 10**19, 1e300, 5e37], [(2, 10**15 + 1), (4, 1e19), (6, 1e300)]),
    ],
    ids=repr,
)
def test_increasing(numbers: list[Any], wrong: list[tuple[int, int]]) -> None:
    assert find(INCREASING, *({"id": "a", "n": number} for number in numbers)) == [
        dangling("thing.n:increasing", index, "/n", f"n {numbers[index]} is not above {earlier}")
        for index, earlier in wrong
    ]


def test_increasing_by_key() -> None:
    assert find(
        INCREASING,
        {"id": "a", "n": 5},
        {"id": "b", "n": 3},
        {"id": "a", "n": 4},
        {"id": "b", "n": 4},
        {"n": 1},
        {"n": 1},
        {"id": "a"},
        {"id": "a", "n": 6},
    ) == [dangling("thing.n:increasing", 2, "/n", "n 4 is not above 5")]


def test_increasing_by_a_key_of_several_parts_and_a_derived_one() -> None:
    rules = thing('rule = "increasing", field = "n", key = ["table", "at"]') + (
        '[records.thing.derived]\nat = { derive = "moment", field = "time" }\n'
    )
    assert find(
        rules,
        {"table": "a", "time": "2022-01-01T00:00:00Z", "n": 2},
        {"table": "b", "time": "2022-01-01T00:00:00Z", "n": 1},
        {"table": "a", "time": "2022-01-01T01:00:00+01:00", "n": 2},
        {"table": "a", "time": "2022-01-01T00:00:01Z", "n": 1},
    ) == [dangling("thing.n:increasing", 2, "/n", "n 2 is not above 2")]


@pytest.mark.parametrize(("layout", "between"), [("json-array", ",\n"), ("json-lines", "\n")])
@pytest.mark.parametrize("first", [2**64, 10**20, -(10**20), 10**40])
def test_keys_that_differ_in_the_last_digit_of_a_long_integer_are_two_keys(
    layout: str, between: str, first: int
) -> None:
    rules = thing(
        'rule = "increasing", field = "n", key = ["row"]', fields="n = 'integer'", more=f'reader.format = "{layout}"'
    )
    rules += '[records.thing.derived]\nrow = { derive = "named-values", names = "keys", of = "data" }\n'
    records = [
        {"type": "thing", "item": {"n": n, "keys": ["id"], "data": {"id": key}}}
        for n, key in [(2, first), (1, first + 1), (1, first), (2, first + 1)]
    ]
    text = between.join(json.dumps(each) for each in records)
    report = validate((f"[{text}]" if layout == "json-array" else text).encode(), rule_set_of(rules))
    assert [(each.rule, each.index, each.message) for each in report.violations] == [
        ("thing.n:increasing", 2, "reference error: n 1 is not above 2")
    ]


def test_increasing_for_one_key_of_many_records() -> None:
    numbers = [n if n % 1000 else 7 for n in range(1, 10_001)]
    assert find(INCREASING, *({"id": "a", "n": number} for number in numbers)) == [
        dangling("thing.n:increasing", index, "/n", f"n 7 is not above {index}") for index in range(999, 10_000, 1000)
    ]


@pytest.mark.unwatched
def test_increasing_for_many_keys() -> None:
    records = [{"id": f"k{key}", "n": n} for n in (1, 2, 2) for key in range(3_000)]
    assert find(INCREASING, *records) == [
        dangling("thing.n:increasing", 6_000 + key, "/n", "n 2 is not above 2") for key in range(3_000)
    ]


DERIVED = """
name = "own"
[records.thing]
rules = [
    { rule = "increasing", field = "at", key = ["id"] },
    { rule = "increasing", field = "n", key = ["id"] },
]
[records.thing.derived]
at = { derive = "moment", field = "time" }
n = { derive = "first-of", fields = ["new", "old"] }
"""


def test_a_derived_moment_is_increasing_in_time_however_it_is_written() -> None:
    times = [
        "1969-12-31T23:59:59.25Z",
        "1969-12-31T23:59:59.250Z",
        "1969-12-31T23:59:59.3Z",
        "2022-01-01T00:00:00Z",
        "2022-01-01T00:59:59.9+01:00",
        "2022-01-01T00:00:00.000000000000000001Z",
        "2022-01-01T00:00:00.0000000000000000011Z",
        "2022-01-01T00:00:00.0000000000000000012Z",
        "2022-01-01T00:00:00Z",
    ]
    wrong = [(1, 0), (4, 3), (8, 7)]
    assert find(DERIVED, *({"id": "a", "time": time} for time in times)) == [
        dangling("thing.at:increasing", index, "", f"at {times[index]} is not above {times[earlier]}")
        for index, earlier in wrong
    ]


def test_a_derived_number_is_increasing_whichever_field_gives_it() -> None:
    things = [{"old": 2}, {"new": 3, "old": 1}, {"old": 2.5}, {"old": "9"}, {}, {"new": 3}, {"old": 4}]
    assert find(DERIVED, *({"id": "a", **each} for each in things)) == [
        dangling("thing.n:increasing", 2, "", "n 2.5 is not above 3"),
        dangling("thing.n:increasing", 5, "", "n 3 is not above 3"),
    ]
