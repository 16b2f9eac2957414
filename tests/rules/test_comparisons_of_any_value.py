"""Values are compared as JSON has them, whatever their type: numbers as well as text."""

from __future__ import annotations

from typing import Any

from tests.rules.finding import find, invalid, thing


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


ANY = "x = 'any'\ny = 'any'\nz = 'any'"


def test_differ_compares_numbers() -> None:
    rules = thing('rule = "differ", fields = ["x", "y"]', fields=ANY)
    pairs = [(5, 5), (5, 5.0), (1, True), (True, True), ([1], [1.0]), ("", ""), (0, 0), (0, False), (None, None)]
    assert find(rules, *({"x": x, "y": y} for x, y in pairs)) == [
        invalid("thing:differ", at, "/y", f'thing.x and thing.y are both "{shown}"')
        for at, shown in ((0, "5"), (1, "5"), (3, "true"), (4, "[1]"), (6, "0"))
    ]


def test_composed_of_joins_numbers() -> None:
    rules = thing('rule = "composed-of", field = "x", parts = ["y", "z"]', fields=ANY)
    things = [("5:a", 5, "a"), ("5:a", 6, "a"), ("0:-1.5", 0, -1.5), ("0:1", 0, ""), ("true:1", True, 1)]
    assert find(rules, *({"x": x, "y": y, "z": z} for x, y, z in things)) == [
        invalid("thing.x:composed-of", 1, "/x", 'thing.x "5:a" should be "6:a"')
    ]


def test_disjoint_compares_numbers_and_objects() -> None:
    rules = thing('rule = "disjoint", fields = ["x", "y"]', fields=ANY)
    pairs = [([1, "a"], [2, 1]), ([1], [1.0]), ([{"a": 1, "b": 2}], [{"b": 2, "a": 1}]), (["1"], [1]), ([None], [None])]
    assert find(rules, *({"x": x, "y": y} for x, y in pairs)) == [
        invalid("thing:disjoint", at, path, f'"{shown}" is in both thing.x and thing.y')
        for at, path, shown in ((0, "/y/1", "1"), (1, "/y/0", "1.0"), (2, "/y/0", '{"b":2,"a":1}'))
    ]


def test_items_are_equal_whatever_way_numbers_and_objects_are_written() -> None:
    rules = thing('rule = "no-repeats", field = "x"', fields=ANY)
    lists = [[1, 1.0], [{"a": 1, "b": 2}, {"b": 2.0, "a": 1}], [1, True, "1", [1]], [None, None], [[1], [1.0]]]
    assert find(rules, *({"x": each} for each in lists)) == [
        invalid("thing.x:no-repeats", at, "/x/1", f'thing.x has "{shown}" twice')
        for at, shown in ((0, "1.0"), (1, '{"b":2.0,"a":1}'), (4, "[1.0]"))
    ]


def test_values_are_compared_however_deep_they_nest() -> None:
    rules = thing('rule = "no-repeats", field = "x"', 'rule = "differ", fields = ["y", "z"]', fields=ANY)
    deep = [nested(900), nested(900), nested(901)]
    found = find(rules, {"x": deep[:2]}, {"x": deep[1:]}, {"y": deep[0], "z": deep[1]}, {"y": deep[1], "z": deep[2]})
    assert [each[:3] for each in found] == [
        ("thing.x:no-repeats", 0, "/x/1"),
        ("thing:differ", 2, "/z"),
    ]


def test_items_by_a_field_are_compared_only_where_they_have_it() -> None:
    rules = thing('rule = "no-repeats", field = "x", by = "id"', fields=ANY)
    items = [{"id": 1}, {"id": 1.0}, {}, {}, 5, 5, {"id": None}, {"id": None}]
    assert find(rules, {"x": items}) == [invalid("thing.x:no-repeats", 0, "/x/1/id", 'thing.x has "1.0" twice')]
