"""Rules about numbers, and about how much lists and objects hold."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.finding import find, invalid, thing

NONSENSE: list[Any] = [None, True, False, "", "7", "text", 0, 1.5, [], [None], {}, {"a": None}]
"""Values that rules about other types have nothing to say of."""


@pytest.mark.parametrize(
    ("options", "right", "wrong", "bounds"),
    [
        ("min = 1, max = 1000", [1, 1.0, 2, 999.5, 1000], [0, 0.5, -1, 1001, 1000.5, 12345.678], "1 to 1,000"),
        ("min = 5", [5, 5.0, 10**30], [4, 4.9, -(2**63)], "at least 5"),
        ("max = 5", [5, 5.0, 0, -(10**30)], [6, 5.1, 2**64 - 1], "at most 5"),
        ("min = -3, max = 3", [-3, 0, 3], [-4, 4], "-3 to 3"),
        ("max = 0", [0, -1], [1], "at most 0"),
        ("min = 0", [0, 1], [-1], "at least 0"),
        ("min = 0, max = 10", [0, 10], [-1, 11], "0 to 10"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_range(options: str, right: list[Any], wrong: list[Any], bounds: str) -> None:
    rules = thing(f'rule = "range", field = "n", {options}')
    assert find(rules, *({"n": number} for number in right)) == []
    assert find(rules, *({"n": number} for number in wrong)) == [
        invalid("thing.n:range", index, "/n", f"thing.n {number} out of range ({bounds})")
        for index, number in enumerate(wrong)
    ]


def test_range_is_about_numbers_alone() -> None:
    rules = thing('rule = "range", field = "n", min = 100')
    values = [value for value in NONSENSE if isinstance(value, bool) or not isinstance(value, int | float)]
    assert find(rules, {}, *({"n": value} for value in values)) == []


@pytest.mark.parametrize("make", [lambda n: ["x"] * n, lambda n: {str(each): 1 for each in range(n)}], ids=["[]", "{}"])
@pytest.mark.parametrize(
    ("options", "right", "wrong", "bounds"),
    [
        ("max = 3", [0, 1, 3], [4, 5], "at most 3"),
        ("min = 2", [2, 3], [0], "at least 2"),
        ("min = 2, max = 3", [2, 3], [0, 4], "2 to 3"),
        ("max = 1_000", [1000], [1001], "at most 1,000"),
        pytest.param(
            "max = 0",
            [0],
            [2],
            "at most 0",
        ),
        ("min = 3, max = 3", [3], [2, 4], "3 to 3"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_count(make: Any, options: str, right: list[int], wrong: list[int], bounds: str) -> None:
    rules = thing(f'rule = "count", field = "tags", {options}')
    assert find(rules, *({"tags": make(number)} for number in right)) == []
    assert find(rules, *({"tags": make(number)} for number in wrong)) == [
        invalid("thing.tags:count", index, "/tags", f"thing.tags has {number:,} items ({bounds} allowed)")
        for index, number in enumerate(wrong)
    ]


def test_count_of_one_is_one_item() -> None:
    assert find(thing('rule = "count", field = "tags", min = 2'), {"tags": ["x"]}) == [
        invalid("thing.tags:count", 0, "/tags", "thing.tags has 1 item (at least 2 allowed)")
    ]


def test_count_is_about_lists_and_objects_alone() -> None:
    values = [value for value in NONSENSE if not isinstance(value, list | dict)]
    assert find(thing('rule = "count", field = "tags", min = 5'), {}, *({"tags": value} for value in values)) == []


def test_array_points() -> None:
    rules = thing('rule = "array-points", field = "data", max = 3')
    five = "thing.data has a list of 5 data points (3 allowed)"
    four = "thing.data has a list of 4 data points (3 allowed)"
    assert find(
        rules,
        {"data": {"a": [1, 2, 3], "b": [4, 5, 6], "c": {"d": ["x", None, True]}}},
        {"data": {"a": [1, 2, 3, 4]}},
        {"data": {"a": {"b/c": {"d": [1, 2, 3, 4, 5]}}}},
        {"data": {"a": [[1, 2], [3]]}},
        {"data": {"a": [[1, 2], [3, 4]]}},
        {"data": {"a": [{"x": 1, "y": [2, 3]}, {"z": {"w": [4]}}]}},
        {"data": {"a": [[], {}, [[]], 1, 2, 3]}},
        {"data": {"ok": [1], "first": [1, 2, 3, 4], "second": [1, 2, 3, 4, 5]}},
        {"data": [1, 2, 3]},
        {"data": [1, 2, 3, 4]},
        {"data": {"x": 1, "y": 2, "z": 3, "w": 4}},
        {"data": "text"},
        {},
    ) == [
        invalid("thing.data:array-points", 1, "/data/a", four),
        invalid("thing.data:array-points", 2, "/data/a/b~1c/d", five),
        invalid("thing.data:array-points", 4, "/data/a", four),
        invalid("thing.data:array-points", 5, "/data/a", four),
        invalid("thing.data:array-points", 7, "/data/first", four),
        invalid("thing.data:array-points", 7, "/data/second", five),
        invalid("thing.data:array-points", 9, "/data", four),
    ]


def test_array_points_beyond_a_thousand_have_separators() -> None:
    rules = thing('rule = "array-points", field = "data", max = 1_000')
    assert find(rules, {"data": {"a": [0] * 1000}}, {"data": {"a": [[0] * 500, [0] * 501]}}) == [
        invalid("thing.data:array-points", 1, "/data/a", "thing.data has a list of 1,001 data points (1,000 allowed)")
    ]
