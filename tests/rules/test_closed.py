"""Which fields a record may have, and how large custom ones may be."""

from __future__ import annotations

import json
from typing import Any

from import_validator import validate
from tests.rules.finding import find, invalid, rule_set_of, thing


def test_closed() -> None:
    rules = thing('rule = "closed"', fields='id = "string"\ntags = "array of string"')
    assert find(
        rules,
        {"id": "a", "tags": []},
        {"platform": "ios", "id": "b", "a/b": None},
        {"Id": "a"},
        {},
    ) == [
        invalid("thing:closed", 1, "/platform", "'platform' is not a valid field of thing"),
        invalid("thing:closed", 1, "/a~1b", "'a/b' is not a valid field of thing"),
        invalid("thing:closed", 2, "/Id", "'Id' is not a valid field of thing"),
    ]


def test_a_field_called_as_those_of_an_envelope_is_a_field_like_others() -> None:
    rules = thing('rule = "closed"', 'rule = "custom-size", bytes = 20')
    assert find(rules, {"line.x": "y" * 20}) == [
        invalid("thing:closed", 0, "/line.x", "'line.x' is not a valid field of thing"),
        invalid("thing:custom-size", 0, "", "thing custom data max size exceeded (20 bytes)"),
    ]


def test_a_field_of_the_envelope_is_none_of_its_entries_own() -> None:
    rules = thing(
        'rule = "closed"',
        'rule = "custom-size", bytes = 20',
        'rule = "pattern", field = "line.feed", pattern = "x"',
        more='[envelope]\nfields = ""\nentries = "data"\ninherit = ["feed"]',
    )
    line = {"type": "thing", "feed": "y" * 20, "data": [{}, {"line.other": 1}]}
    report = validate(json.dumps([line]).encode(), rule_set_of(rules))
    assert [(each.rule, each.index, each.path) for each in report.violations] == [
        ("thing.line.feed:pattern", 0, "/feed"),
        ("thing:closed", 1, "/data/1/line.other"),
        ("thing.line.feed:pattern", 1, "/feed"),
    ]


def test_an_entrys_own_field_is_not_taken_for_the_envelopes() -> None:
    rules = thing(
        'rule = "pattern", field = "line.feed", pattern = "x"',
        'rule = "unique"',
        more='[envelope]\nfields = ""\nentries = "data"\ninherit = ["feed"]',
    ).replace("rules = [", 'key = ["line.feed", "id"]\nrules = [')
    own = {"id": "a", "line.feed": "y"}
    lines = [{"type": "thing", "feed": feed, "data": [own, own]} for feed in (None, "x", "z")]
    del lines[0]["feed"]
    report = validate(json.dumps(lines).encode(), rule_set_of(rules))
    assert [(each.rule, each.index, each.path, each.value) for each in report.violations] == [
        ("thing:unique", 3, "/data/1", ["x", "a"]),
        ("thing.line.feed:pattern", 4, "/feed", "z"),
        ("thing.line.feed:pattern", 5, "/feed", "z"),
        ("thing:unique", 5, "/data/1", ["z", "a"]),
    ]


def test_closed_parts_of_a_record() -> None:
    rules = thing(
        'rule = "each", field = "parts", shape = "part"',
        'rule = "each", field = "by_name", shape = "part", by_name = true',
        fields='parts = "array of part"',
        more='[shapes.part]\nrules = [{ rule = "closed" }]\n[shapes.part.fields]\nid = "string"\n',
    )
    one, two = ("'x' is not a valid field of part", "'y' is not a valid field of part")
    assert find(
        rules,
        {"parts": [{"id": "a"}, {"x": 1}], "by_name": {"first": {"y": 1}, "second": [{"id": "a"}, {"x": 1}]}, "z": 1},
        {"parts": [], "by_name": {"first": {}, "second": []}},
    ) == [
        invalid("thing/part:closed", 0, "/parts/1/x", one),
        invalid("thing/part:closed", 0, "/by_name/first/y", two),
        invalid("thing/part:closed", 0, "/by_name/second/1/x", one),
    ]


def test_custom_size() -> None:
    rules = thing('rule = "custom-size", bytes = 20', fields='id = "string"')
    too_large = invalid("thing:custom-size", 0, "", "thing custom data max size exceeded (20 bytes)")

    def sized(size: int, **fields: Any) -> dict[str, Any]:
        """Fields of which the custom ones have this size as compact JSON."""
        return {
            "id": "x" * 100,
            **fields,
            "a": "y" * (size - len(json.dumps({**fields, "a": ""}, separators=(",", ":")))),
        }

    assert find(rules, sized(20)) == []
    assert find(rules, sized(21)) == [too_large]
    assert find(rules, sized(20, b=[])) == []
    assert find(rules, sized(21, b=[])) == [too_large]
    assert find(rules, {"a": "é" * 6}, {"a": "ab", "b": None}, {"id": "x" * 1000}, {}) == []
    assert find(rules, {"a": "é" * 7}) == [too_large]
    assert find(rules, {"a": "\n" * 6}) == []
    assert find(rules, {"a": "\n" * 7}) == [too_large]
