"""`enum` lists texts, numbers, and true and false; the empty string may stand for the default."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.finding import find, invalid, thing


@pytest.mark.parametrize(
    ("values", "right", "wrong", "allowed"),
    [
        ("[1, 2.5]", [1, 1.0, 2.5, None], [2, True, "1", "", 1.5, [1], {}], "1 and 2.5"),
        ("[true]", [True, None], [False, 1, "true", [True]], "true"),
        ('["a", 0, false]', ["a", 0, 0.0, False], ["A", "0", True, ["a"]], '"a", 0 and false'),
        ("[9007199254740993]", [2**53 + 1], [2**53, 2**53 + 2], "9007199254740993"),
    ],
)
def test_a_value_is_one_of_those_listed_whatever_its_type(
    values: str, right: list[Any], wrong: list[Any], allowed: str
) -> None:
    rules = thing(f'rule = "enum", field = "x", values = {values}', fields="x = 'any'")
    assert find(rules, *({"x": value} for value in (*right, *wrong))) == [
        invalid("thing.x:enum", len(right) + number, "/x", f"thing.x invalid ({allowed} allowed)")
        for number in range(len(wrong))
    ]


def test_an_absent_number_counts_as_the_default() -> None:
    right = thing('rule = "enum", field = "x", values = [1, 2]', fields="x = { type = 'integer', default = 1 }")
    wrong = thing('rule = "enum", field = "x", values = [1, 2]', fields="x = { type = 'integer', default = 0 }")
    assert find(right, {}, {"x": 2}) == []
    assert find(wrong, {}, {"x": 2}) == [invalid("thing.x:enum", 0, "/x", "thing.x invalid (1 and 2 allowed)")]


def test_the_empty_string_counts_as_absent_where_the_rule_says_so() -> None:
    rule = 'rule = "enum", field = "x", values = ["a", "b"]'
    said = invalid("thing.x:enum", 0, "/x", 'thing.x invalid ("a" and "b" allowed)')
    assert find(thing(rule, fields="x = 'string'"), {"x": ""}, {}) == [said]
    assert find(thing(f"{rule}, empty_is_absent = true", fields="x = 'string'"), {"x": ""}, {}) == []
    unknown = "x = { type = 'string', default = 'c' }"
    assert find(thing(f"{rule}, empty_is_absent = true", fields=unknown), {"x": ""}, {"x": "b"}) == [said]
