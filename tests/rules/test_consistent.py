"""Values that must be the same, or of one type, in all records."""

from __future__ import annotations

from typing import Any

import pytest

from import_validator.model.records import Records
from import_validator.rules import KeyRule
from import_validator.ruleset.compiler import compile_plan
from tests.rules.finding import dangling, find, rule_set_of, thing


def nested(depth: int) -> list[Any]:
    value: list[Any] = ["x"]
    for _ in range(depth):
        value = [value]
    return value


CONSISTENT = thing('rule = "consistent", field = "keys", within = ["table"]')


def test_consistent() -> None:
    assert find(
        CONSISTENT,
        {"table": "a", "keys": ["id", "at"]},
        {"table": "b", "keys": ["id"]},
        {"table": "a", "keys": ["at", "id"]},
        {"table": "a", "keys": ["id"]},
        {"table": "b", "keys": ["email"]},
        {"table": "a", "keys": ["id", "at", "at"]},
        {"table": "a", "keys": ["idat"]},
        {"table": "a", "keys": []},
        {"table": "a", "keys": ["id", "at"]},
        {"table": "a"},
        {"table": "a", "keys": [7]},
        {"keys": ["x"]},
        {"table": "c", "keys": []},
        {"table": "c", "keys": []},
    ) == [
        dangling("thing.keys:consistent", 3, "/keys", "thing.keys [id] differs from [id at]"),
        dangling("thing.keys:consistent", 4, "/keys", "thing.keys [email] differs from [id]"),
        dangling("thing.keys:consistent", 6, "/keys", "thing.keys [idat] differs from [id at]"),
        dangling("thing.keys:consistent", 10, "/keys", "thing.keys [7] differs from [id at]"),
    ]


def test_consistent_for_many_records() -> None:
    records = [{"table": f"t{n % 2}", "keys": ["x"] if n == 7_777 else [f"k{n % 2}"]} for n in range(10_000)]
    assert find(CONSISTENT, *records) == [
        dangling("thing.keys:consistent", 7_777, "/keys", "thing.keys [x] differs from [k1]")
    ]


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("a", "a", "b"),
        (1, 1, 2),
        (True, True, False),
        (False, False, 0),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2, "b": 1}),
        ([1], [1, 1], [2]),
        ([{"a": 1, "b": 2}, 3], [3, {"b": 2, "a": 1}], [3]),
        (["a"], ["a"], '["a"]'),
        ("\ud800", "\ud800", "\ud801"),
        (nested(900), nested(900), "x"),
    ],
)
def test_consistent_values_of_any_type(one: Any, same: Any, other: Any) -> None:
    found = find(CONSISTENT, *({"table": "a", "keys": each} for each in (one, same, other)))
    assert [each[:3] for each in found if "consistent" in each[0]] == [("thing.keys:consistent", 2, "/keys")]


@pytest.mark.parametrize("nothing", [None, "", [], ["x", 7], 7])
def test_consistent_has_nothing_to_say_of_what_is_empty_or_of_the_wrong_type(nothing: Any) -> None:
    rules = thing('rule = "consistent", field = "keys", within = ["table"]', fields='keys = "array of string"')
    for keys in ([nothing, ["a"]], [["a"], nothing]):
        assert [
            each for each in find(rules, *({"table": "a", "keys": each} for each in keys)) if "type" not in each[0]
        ] == []


SAME_TYPE = thing('rule = "same-type", field = "data", within = ["table"]')

VALUES = {
    "an integer": 1,
    "a number": 1.5,
    "a string": "1",
    "a boolean": True,
    "an array": [1],
    "an object": {"x": 1},
}


def test_same_type() -> None:
    assert find(
        SAME_TYPE,
        {"table": "a", "data": {"id": 10, "at": None, "x": {}}},
        {"table": "a", "data": {"id": 11, "at": "now", "x": {"y": 1}}},
        {"table": "a", "data": {"id": "10", "at": 7, "x": None}},
        {"table": "a", "data": {"id": "11", "at": "then"}},
        {"table": "a", "data": {"id": 12, "at": 8, "new": 1}},
        {"table": "a", "data": {"id": 1.0, "new": True}},
        {"table": "b", "data": {"id": "x"}},
        {"table": "b", "data": {"a/b": "x", "id": 1}},
        {"data": {"id": []}},
        {"table": "a", "data": [1]},
        {"table": "a"},
    ) == [
        dangling("thing.data:same-type", 2, "/data/id", "data.id is a string, and was an integer"),
        dangling("thing.data:same-type", 2, "/data/at", "data.at is an integer, and was a string"),
        dangling("thing.data:same-type", 5, "/data/id", "data.id is a number, and was an integer"),
        dangling("thing.data:same-type", 5, "/data/new", "data.new is a boolean, and was an integer"),
        dangling("thing.data:same-type", 7, "/data/id", "data.id is an integer, and was a string"),
    ]


@pytest.mark.parametrize("first", VALUES)
@pytest.mark.parametrize("second", VALUES)
def test_same_type_tells_all_types_apart(first: str, second: str) -> None:
    records = [{"table": "a", "data": {"id": VALUES[each]}} for each in (first, second, first, second)]
    expected = [dangling("thing.data:same-type", 1, "/data/id", f"data.id is {second}, and was {first}")]
    assert find(SAME_TYPE, *records) == ([] if first == second else expected)


@pytest.mark.unwatched
def test_same_type_for_many_columns_and_records() -> None:
    records = [{"table": f"t{n}", "data": {f"c{n % 7}": n, "d": "x"}} for n in range(3_000)]
    odd = [{"table": f"t{n}", "data": {"d": 1}} for n in range(3_000)]
    assert find(SAME_TYPE, *records) == []
    assert find(SAME_TYPE, *records, *odd, *records, *odd) == [
        dangling("thing.data:same-type", 3_000 + n, "/data/d", "data.d is an integer, and was a string")
        for n in range(3_000)
    ]


@pytest.mark.parametrize(("kind", "first"), [("same-fields", [0, 2]), ("same-type", [0, 1, 2])])
def test_what_was_seen_of_a_column_is_no_second_fact(kind: str, first: list[int]) -> None:
    rules = compile_plan(rule_set_of(thing(f'rule = "{kind}", field = "data", within = ["table"]'))).rules
    records = [{"table": "a", "data": data} for data in ({"x": 1}, {"x": "1"}, {"x": 2, "y": 1}, {"x": 3})]
    [stream] = [each for rule in rules if isinstance(rule, KeyRule) for each in rule.streams()]
    assert [stream.read(Records(records)).at for _ in range(2)] == [first, []]
