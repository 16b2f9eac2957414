"""Kinds of rule that `stream-chat` does not use: what each finds, on both sides of its limits, in which words."""

from __future__ import annotations

import json
from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from import_validator import RuleSet, Validator, validate
from import_validator.model.violation import pointer
from import_validator.rules.choices import KnownGroup
from import_validator.ruleset.compiler import compile_plan
from tests.strategies import in_pieces

Found = tuple[str, int | None, str, str]
Record = dict[str, Any] | tuple[str, Any]


def thing(*rules: str, fields: str = "", more: str = "") -> str:
    """A rule set of one record type, as TOML."""
    listed = ",\n    ".join(f"{{ {rule} }}" for rule in rules)
    return f'name = "own"\n{more}\n[records.thing]\nrules = [\n    {listed}\n]\n[records.thing.fields]\n{fields}\n'


def file_of(*records: Record) -> bytes:
    """A file of these records; of those of type `thing`, the fields are enough."""
    typed = [each if isinstance(each, tuple) else ("thing", each) for each in records]
    return json.dumps([{"type": name, "item": fields} for name, fields in typed]).encode()


def find(rules: str, *records: Record, **options: Any) -> list[Found]:
    """What is found in the records: the same in memory, spilled, and in pieces."""
    rule_set, data = RuleSet.from_toml(rules), file_of(*records)
    options = {"samples": 100_000, **options}
    reports = [
        validate(data, rule_set, **options),
        validate(data, rule_set, **options, memory=1),
        validate(in_pieces(data, 997), rule_set, **options),
    ]
    found = [[(each.rule, each.index, each.path, each.message) for each in report.violations] for report in reports]
    assert found[1:] == found[:1] * 2
    assert [report.records for report in reports[1:]] == [reports[0].records] * 2
    return found[0]


def invalid(rule: str, index: int, path: str, message: str) -> Found:
    return (rule, index, path, f"validation error: {message}")


def dangling(rule: str, index: int, path: str, message: str) -> Found:
    return (rule, index, path, f"reference error: {message}")


def nested(depth: int) -> list[Any]:
    value: list[Any] = ["x"]
    for _ in range(depth):
        value = [value]
    return value


NONSENSE: list[Any] = [None, True, False, "", "7", "text", 0, 1.5, [], [None], {}, {"a": None}]
"""Values that rules about other types have nothing to say of."""


# Numbers


@pytest.mark.parametrize(
    ("options", "right", "wrong", "bounds"),
    [
        ("min = 1, max = 1000", [1, 1.0, 2, 999.5, 1000], [0, 0.5, -1, 1001, 1000.5, 12345.678], "1 to 1,000"),
        ("min = 5", [5, 5.0, 10**30], [4, 4.9, -(2**63)], "at least 5"),
        ("max = 5", [5, 5.0, 0, -(10**30)], [6, 5.1, 2**64 - 1], "at most 5"),
        ("min = -3, max = 3", [-3, 0, 3], [-4, 4], "-3 to 3"),
        ("max = 0", [0, -1], [1], "at most 0"),
        ("min = 0", [0, 1], [-1], "at least 0"),
        ("", [0, 10**30, -(10**30)], [], ""),
        ("min = 0, max = 10", [0, 10], [-1, 11], "0 to 10"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_range(options: str, right: list[Any], wrong: list[Any], bounds: str) -> None:
    rules = thing(f'rule = "range", field = "n"{"," if options else ""} {options}')
    assert find(rules, *({"n": number} for number in right)) == []
    assert find(rules, *({"n": number} for number in wrong)) == [
        invalid("thing.n:range", index, "/n", f"thing.n {number} out of range ({bounds})")
        for index, number in enumerate(wrong)
    ]


def test_range_is_about_numbers_alone() -> None:
    rules = thing('rule = "range", field = "n", min = 100')
    values = [value for value in NONSENSE if isinstance(value, bool) or not isinstance(value, int | float)]
    assert find(rules, {}, *({"n": value} for value in values)) == []


# Lists and objects


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
        ("", [0, 9], [], ""),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_count(make: Any, options: str, right: list[int], wrong: list[int], bounds: str) -> None:
    rules = thing(f'rule = "count", field = "tags"{"," if options else ""} {options}')
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


def test_no_repeats_in_a_list() -> None:
    rules = thing('rule = "no-repeats", field = "ids"')
    assert find(
        rules,
        {"ids": ["a", "b", "a", "c", "b", "a"]},
        {"ids": ["a", "A", "a ", "", "b"]},
        {"ids": [1, 1]},
        {"ids": [1, "1", 1.0, True, [1], {"a": 1}]},
        {"ids": [{"a": 1, "b": [2]}, {"a": 1, "b": [2]}]},
        {"ids": [None, None]},
        {"ids": "aa"},
        {},
    ) == [
        invalid("thing.ids:no-repeats", 0, "/ids/2", 'thing.ids has "a" twice'),
        invalid("thing.ids:no-repeats", 0, "/ids/4", 'thing.ids has "b" twice'),
        invalid("thing.ids:no-repeats", 0, "/ids/5", 'thing.ids has "a" twice'),
        invalid("thing.ids:no-repeats", 2, "/ids/1", 'thing.ids has "1" twice'),
        invalid("thing.ids:no-repeats", 4, "/ids/1", 'thing.ids has "{"a":1,"b":[2]}" twice'),
    ]


def test_no_repeats_by_a_field_of_the_objects_in_the_list() -> None:
    rules = thing('rule = "no-repeats", field = "items", by = "id"')
    assert find(
        rules,
        {"items": [{"id": "a", "n": 1}, {"id": "b"}, {"id": "a", "n": 2}]},
        {"items": [{"id": "a"}, {"id": "b"}]},
        {"items": [{}, {}, {"id": None}, {"n": 1}]},
        {"items": [{"id": 7}, {"id": "7"}, {"id": 7}]},
    ) == [
        invalid("thing.items:no-repeats", 0, "/items/2/id", 'thing.items has "a" twice'),
        invalid("thing.items:no-repeats", 3, "/items/2/id", 'thing.items has "7" twice'),
    ]


def test_no_repeats_in_each_list_of_an_object() -> None:
    rules = thing('rule = "no-repeats", field = "by_kind"')
    assert find(rules, {"by_kind": {"x": ["a", "b"], "y/z": ["a", "a"], "w": "aa"}}, {"by_kind": {}}) == [
        invalid("thing.by_kind:no-repeats", 0, "/by_kind/y~1z/1", 'thing.by_kind has "a" twice')
    ]


def test_no_repeats_says_nothing_of_items_of_the_wrong_type() -> None:
    rules = thing('rule = "no-repeats", field = "ids"', fields='ids = "array of string"')
    wrong = "thing.ids[{}]: expected a string, found an integer"
    assert find(rules, {"ids": [1, 2, "a"]}) == [
        ("thing.ids:type", 0, f"/ids/{at}", f"parse error: {wrong.format(at)}") for at in (0, 1)
    ]


def test_disjoint() -> None:
    rules = thing('rule = "disjoint", fields = ["set", "unset"]')
    assert find(
        rules,
        {"set": {"n": 3, "m": None}, "unset": ["m", "x", "n"]},
        {"set": ["a", "b"], "unset": ["b", "c"]},
        {"set": ["a", "b"], "unset": {"b": 1, "c/d": 2}},
        {"set": {"a": 1, "b/c": 1}, "unset": {"b/c": 2}},
        {"set": {"a": 1}, "unset": ["A", "b", "", 7, None]},
        {"set": {}, "unset": []},
        {"set": {"a": 1}},
        {"unset": ["a"]},
        {"set": "abc", "unset": ["a"]},
        {"set": ["a"], "unset": "abc"},
        {"set": [7], "unset": [7]},
    ) == [
        invalid("thing:disjoint", 0, "/unset/0", '"m" is in both thing.set and thing.unset'),
        invalid("thing:disjoint", 0, "/unset/2", '"n" is in both thing.set and thing.unset'),
        invalid("thing:disjoint", 1, "/unset/0", '"b" is in both thing.set and thing.unset'),
        invalid("thing:disjoint", 2, "/unset/b", '"b" is in both thing.set and thing.unset'),
        invalid("thing:disjoint", 3, "/unset/b~1c", '"b/c" is in both thing.set and thing.unset'),
    ]


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


# Values that have to agree with each other


def test_differ() -> None:
    rules = thing('rule = "differ", fields = ["source", "target"]')
    assert find(
        rules,
        {"source": "a", "target": "a"},
        {"source": "a", "target": "b"},
        {"source": "a", "target": "A"},
        {"source": "", "target": ""},
        {"source": 'say "a"', "target": 'say "a"'},
        {"source": None, "target": None},
        {"source": "a"},
        {"target": "a"},
        {},
        {"source": 7, "target": 7},
    ) == [
        invalid("thing:differ", 0, "/target", 'thing.source and thing.target are both "a"'),
        invalid("thing:differ", 4, "/target", r'thing.source and thing.target are both "say \"a\""'),
    ]


def test_composed_of() -> None:
    rules = thing('rule = "composed-of", field = "fid", parts = ["group", "id"]')
    assert find(
        rules,
        {"fid": "user:ann", "group": "user", "id": "ann"},
        {"fid": "user:bob", "group": "user", "id": "ann"},
        {"fid": "userann", "group": "user", "id": "ann"},
        {"fid": "user:ann ", "group": "user", "id": "ann"},
        {"fid": "a:b:c", "group": "a", "id": "b:c"},
        {"fid": "user:bob", "group": "user"},
        {"fid": "user:bob", "group": "user", "id": ""},
        {"fid": "user:bob", "group": "user", "id": 7},
        {"fid": "", "group": "user", "id": "ann"},
        {"fid": 7, "group": "user", "id": "ann"},
        {"group": "user", "id": "ann"},
        {},
    ) == [
        invalid("thing.fid:composed-of", 1, "/fid", 'thing.fid "user:bob" should be "user:ann"'),
        invalid("thing.fid:composed-of", 2, "/fid", 'thing.fid "userann" should be "user:ann"'),
        invalid("thing.fid:composed-of", 3, "/fid", 'thing.fid "user:ann " should be "user:ann"'),
    ]


def test_composed_of_with_a_separator_of_its_own() -> None:
    rules = thing('rule = "composed-of", field = "path", parts = ["a", "b", "c"], separator = "/"')
    assert find(
        rules, {"path": "x/y/z", "a": "x", "b": "y", "c": "z"}, {"path": "x:y", "a": "x", "b": "y", "c": "z"}
    ) == [invalid("thing.path:composed-of", 1, "/path", 'thing.path "x:y" should be "x/y/z"')]


def test_named_keys() -> None:
    rules = thing('rule = "named-keys", field = "data", names = "keys"')
    assert find(
        rules,
        {"keys": ["id"], "data": {"id": 1, "x": 2}},
        {"keys": ["id", "at", "id"], "data": {"x": 2}},
        {"keys": ["a", "b", "c", "d"], "data": {"a": None, "b": "", "c": 0, "d": False}},
        {"keys": ["a/b"], "data": {}},
        {"keys": [], "data": {}},
        {"keys": [7, None], "data": {}},
        {"keys": ["id"]},
        {"keys": ["id"], "data": []},
        {"keys": "id", "data": {}},
        {"data": {}},
    ) == [
        invalid("thing.data:named-keys", 1, "/data/id", 'thing.data lacks its key "id"'),
        invalid("thing.data:named-keys", 1, "/data/at", 'thing.data lacks its key "at"'),
        invalid("thing.data:named-keys", 2, "/data/a", 'thing.data lacks its key "a"'),
        invalid("thing.data:named-keys", 3, "/data/a~1b", 'thing.data lacks its key "a/b"'),
    ]


def test_named_key_length() -> None:
    rules = thing('rule = "named-key-length", field = "data", names = "keys", characters = 5')
    assert find(
        rules,
        {"keys": ["id", "url", "id"], "data": {"id": "é" * 5, "url": "x" * 6}},
        {"keys": ["id"], "data": {"id": "\U0001f600" * 6, "url": "x" * 6}},
        {"keys": ["id"], "data": {"id": 1234567, "url": "x" * 6}},
        {"keys": ["id", "no", 7], "data": {"id": ["x" * 6]}},
        {"keys": ["id"], "data": "xxxxxx"},
        {"keys": "id", "data": {"id": "x" * 6}},
        {"data": {"id": "x" * 6}},
        {"keys": ["id"]},
    ) == [
        invalid("thing.data:named-key-length", 0, "/data/url", "thing.data.url max length exceeded (5)"),
        invalid("thing.data:named-key-length", 1, "/data/id", "thing.data.id max length exceeded (5)"),
    ]


# Fields that may be there


def test_only_where() -> None:
    rules = thing('rule = "only-where", field = "accepted_at", other = "invited", values = [true]')
    assert find(
        rules,
        {"accepted_at": "now", "invited": True},
        {"accepted_at": "now", "invited": False},
        {"accepted_at": "now"},
        {"accepted_at": "now", "invited": None},
        {"accepted_at": "now", "invited": 1},
        {"accepted_at": "now", "invited": "true"},
        {"accepted_at": "", "invited": False},
        {"accepted_at": None, "invited": False},
        {"accepted_at": False, "invited": False},
        {"invited": False},
        {},
    ) == [
        invalid(
            "thing.accepted_at:only-where", index, "/accepted_at", f"thing.accepted_at while thing.invited is {found}"
        )
        for index, found in [(1, "false"), (2, "absent"), (3, "absent"), (4, "1"), (5, '"true"'), (8, "false")]
    ]


def test_only_where_another_field_has_one_of_several_values_or_its_default() -> None:
    rules = thing(
        'rule = "only-where", field = "at", other = "type", values = ["deleted", 0, 1.5]',
        fields='type = { type = "any", default = "deleted" }',
    )
    values = ["deleted", "regular", 0, False, 1.5, 1, None]
    assert find(rules, {"at": 1}, *({"at": 1, "type": value} for value in values)) == [
        invalid("thing.at:only-where", index, "/at", f"thing.at while thing.type is {found}")
        for index, found in [(2, '"regular"'), (4, "false"), (6, "1")]
    ]


def test_only_where_takes_a_number_however_it_is_written() -> None:
    rules = thing('rule = "only-where", field = "at", other = "n", values = [0, 1]')
    [rule] = compile_plan(RuleSet.from_toml(rules)).records["thing"].record_rules
    assert find(rules, {"at": 1, "n": 0.0}, {"at": 1, "n": 1.0}) == []
    assert list(rule.check({"at": 1, "n": 0.0})) == []


def test_requires_tells_true_from_1() -> None:
    rules = thing('rule = "requires", field = "a", equals = 1, needs = ["b"]', 'rule = "reserved", fields = ["pk"]')
    assert find(rules, {"a": True}) == []
    assert find(rules, {"a": True, "pk": 1}) == [invalid("thing:reserved", 0, "/pk", "thing.pk is a reserved field")]


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
    report = validate(json.dumps([line]).encode(), RuleSet.from_toml(rules))
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
    report = validate(json.dumps(lines).encode(), RuleSet.from_toml(rules))
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


# Order


ORDER = """
name = "own"
order = ["user", "channel", "message"]
[records.user]
[records.channel]
[records.message]
[records.other]
"""


def out_of_order(index: int, name: str, after: str) -> Found:
    listed = "user, channel, message"
    message = f"{name} after {after}: records have to stand in the order {listed}"
    return dangling(f"{name}:type-order", index, "", message)


@pytest.mark.parametrize(
    ("order", "wrong"),
    [
        ("", []),
        ("u", []),
        ("uucccmm", []),
        ("um", []),
        ("mmm", []),
        ("ouocomo", []),
        ("cu", [(1, "user", "channel")]),
        ("ucmu", [(3, "user", "channel")]),
        ("umcu", [(2, "channel", "message"), (3, "user", "message")]),
        ("mcu", [(1, "channel", "message"), (2, "user", "message")]),
        ("ucucuc", [(2, "user", "channel"), (4, "user", "channel")]),
        ("couuocm", [(2, "user", "channel"), (3, "user", "channel")]),
        ("uummuucc", [(place, "user" if place < 6 else "channel", "message") for place in range(4, 8)]),
    ],
)
def test_type_order(order: str, wrong: list[tuple[int, str, str]]) -> None:
    names = {"u": "user", "c": "channel", "m": "message", "o": "other"}
    found = find(ORDER, *((names[each], {}) for each in order))
    assert found == [out_of_order(*each) for each in wrong]


def test_type_order_over_many_batches() -> None:
    users, channels = [("user", {"x": "y" * 90})] * 5_000, [("channel", {})] * 5_000
    assert find(ORDER, *users, *channels) == []
    assert find(ORDER, ("channel", {}), *users) == [out_of_order(1 + n, "user", "channel") for n in range(5_000)]
    mixed = [each for pair in zip(channels, users, strict=True) for each in pair]
    assert find(ORDER, *mixed) == [out_of_order(2 * n + 1, "user", "channel") for n in range(5_000)]


@given(st.text("ucmo", max_size=40))
def test_type_order_is_what_its_documentation_says(order: str) -> None:
    names = {"u": "user", "c": "channel", "m": "message", "o": "other"}
    wrong = []
    for index, each in enumerate(order):
        later = [place for place in range(index) if each != "o" and "ucm".find(order[place]) > "ucm".find(each)]
        if later:
            wrong.append(out_of_order(index, names[each], names[order[later[0]]]))
    assert find(ORDER, *((names[each], {}) for each in order)) == wrong


def test_type_order_has_nothing_to_do_without_references() -> None:
    assert find(ORDER, ("channel", {}), ("user", {}), references=False) == []


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
        ([2**63, 2**64 - 1, 2**64, 2**64 + 1, 10**30, 2**127 - 2], []),
        ([2**64 + 1, 2**64, 2**64 + 1], [(1, 2**64 + 1), (2, 2**64 + 1)]),
        ([-(2**127) + 1, -(10**30), -(2**64) - 1, -(2**64), -(2**64)], [(4, -(2**64))]),
        ([2**127, 2**127 + 1, 2**127, 5], [(3, 2**127)]),
        ([-(10**50), -(10**50), 5, -(10**50)], [(3, 5)]),
        ([1, None, True, "0", 0.5, [0], 2], []),
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
    report = validate((f"[{text}]" if layout == "json-array" else text).encode(), RuleSet.from_toml(rules))
    assert [(each.rule, each.index, each.message) for each in report.violations] == [
        ("thing.n:increasing", 2, "reference error: n 1 is not above 2")
    ]


def test_increasing_for_one_key_of_many_records() -> None:
    numbers = [n if n % 1000 else 7 for n in range(1, 10_001)]
    assert find(INCREASING, *({"id": "a", "n": number} for number in numbers)) == [
        dangling("thing.n:increasing", index, "/n", f"n 7 is not above {index}") for index in range(999, 10_000, 1000)
    ]


def test_increasing_for_many_keys() -> None:
    records = [{"id": f"k{key}", "n": n} for n in (1, 2, 2) for key in range(3_000)]
    assert find(INCREASING, *records) == [
        dangling("thing.n:increasing", 6_000 + key, "/n", "n 2 is not above 2") for key in range(3_000)
    ]


# Values that stay as they began


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


def test_same_type_for_many_columns_and_records() -> None:
    records = [{"table": f"t{n}", "data": {f"c{n % 7}": n, "d": "x"}} for n in range(3_000)]
    odd = [{"table": f"t{n}", "data": {"d": 1}} for n in range(3_000)]
    assert find(SAME_TYPE, *records) == []
    assert find(SAME_TYPE, *records, *odd, *records, *odd) == [
        dangling("thing.data:same-type", 3_000 + n, "/data/d", "data.d is an integer, and was a string")
        for n in range(3_000)
    ]


# Groups that the app has


GROUPS = thing(
    f'rule = "{KnownGroup.kind}", field = "feed", groups = {{ param = "groups" }}',
    f'rule = "{KnownGroup.kind}", field = "flat", groups = {{ param = "groups" }}, kinds = ["flat", "x"]',
    f'rule = "{KnownGroup.kind}", field = "to", groups = {{ param = "groups" }}, each = true',
    more='[params.groups]\ntype = "kinds"\ndefault = {}\n',
)
FEEDS: list[Record] = [
    {"feed": "timeline:ann", "flat": "user:ann", "to": ["user:a", "timeline:b"]},
    {"feed": "timelin:ann"},
    {"flat": "timeline:ann"},
    {"flat": "timelin:ann"},
    {"to": ["user:a", "usr:b", "news:c", 7]},
    {"feed": "timeline", "flat": "ann", "to": ["ann", ""]},
    {"feed": ":ann"},
    {"feed": "user:a:b"},
    {"feed": 7, "flat": None, "to": "usr:b"},
]


def test_known_group() -> None:
    params = {"params": {"groups": "timeline:aggregated, user:flat"}}
    feed, flat, to = (f"thing.{name}:{KnownGroup.kind}" for name in ("feed", "flat", "to"))
    assert find(GROUPS, *FEEDS, **params) == [
        invalid(feed, 1, "/feed", 'thing.feed: group "timelin" doesn\'t exist (in "timelin:ann")'),
        invalid(flat, 2, "/flat", 'thing.flat: "timeline" is an aggregated group (in "timeline:ann")'),
        invalid(flat, 3, "/flat", 'thing.flat: group "timelin" doesn\'t exist (in "timelin:ann")'),
        invalid(to, 4, "/to/1", 'thing.to: group "usr" doesn\'t exist (in "usr:b")'),
        invalid(to, 4, "/to/2", 'thing.to: group "news" doesn\'t exist (in "news:c")'),
        invalid(feed, 6, "/feed", 'thing.feed: group "" doesn\'t exist (in ":ann")'),
    ]


@pytest.mark.parametrize("name", ["my group", "a.b", "é", "a#b", "a-b", "a/b", "a&b", "<", "a\nb", "(", "\\d", "^", ""])
def test_known_group_of_any_name(name: str) -> None:
    params = {"params": {"groups": {name: "flat"}}}
    assert find(GROUPS, {"feed": f"{name}:ann"}, **params) == []
    assert [each[:3] for each in find(GROUPS, {"feed": f"{name}x:ann"}, **params)] == [
        (f"thing.feed:{KnownGroup.kind}", 0, "/feed")
    ]


def test_known_group_where_no_group_is_of_the_kind() -> None:
    assert find(GROUPS, {"flat": ":ann"}, params={"groups": "timeline:aggregated"}) == [
        invalid(f"thing.flat:{KnownGroup.kind}", 0, "/flat", 'thing.flat: group "" doesn\'t exist (in ":ann")')
    ]


def test_known_group_without_groups_says_in_a_note_that_nothing_was_checked() -> None:
    rule_set = RuleSet.from_toml(GROUPS)
    report = validate(file_of(*FEEDS), rule_set)
    assert (report.counts, len(report.notes)) == ({}, 1)
    assert "groups" in report.notes[0]
    assert validate(file_of(*FEEDS), rule_set, {"groups": {"user": "flat"}}).notes == ()


# References


BY = """
name = "own"
[records.user]
key = ["id"]
[records.post]
rules = [
    { rule = "refers-to", field = "author", to = "user", by = ["login"] },
    { rule = "refers-to", key = ["first", "last"], to = "user", by = ["name", "surname"], code = "by-name" },
]
[records.vote]
rules = [{ rule = "refers-to", field = "user", to = "user", if_any = "user" }]
[records.like]
rules = [{ rule = "refers-to", field = "post", to = "post", by = ["slug"], if_any = "user" }]
"""


def test_refers_to_by_other_fields_than_the_key() -> None:
    assert find(
        BY,
        ("post", {"author": "ann1"}),
        ("post", {"author": "u1"}),
        ("post", {"first": "Ann", "last": "Li"}),
        ("post", {"first": "Li", "last": "Ann"}),
        ("post", {"first": "AnnL", "last": "i"}),
        ("post", {"first": "Ann"}),
        ("post", {"author": ""}),
        ("user", {"id": "u1", "login": "ann1", "name": "Ann", "surname": "Li"}),
        ("user", {"id": "u2"}),
        ("user", {"id": "u1", "login": "ann1"}),
        ("post", {"author": "ann1"}),
        ("post", {"author": "ann2"}),
    ) == [
        dangling("post.author:refers-to", 1, "/author", 'post.author "u1" doesn\'t exist'),
        dangling("post.user:by-name", 3, "", 'post.user "[Li Ann]" doesn\'t exist'),
        dangling("post.user:by-name", 4, "", 'post.user "[AnnL i]" doesn\'t exist'),
        dangling("post.author:refers-to", 11, "/author", 'post.author "ann2" doesn\'t exist'),
    ]


def test_refers_to_a_type_only_if_the_file_has_any_of_it() -> None:
    votes = [("vote", {"user": "u1"}), ("vote", {"user": "u2"})]
    missing = [dangling("vote.user:refers-to", 1, "/user", 'vote.user "u2" doesn\'t exist')]
    assert find(BY, *votes) == []
    assert find(BY, *votes, ("user", {"id": "u1"})) == missing
    assert find(BY, *votes, ("user", {"id": "u1", "x": 1}), ("user", {})) == missing


def test_refers_to_by_other_fields_only_if_the_file_has_any_of_another_type() -> None:
    records = [("like", {"post": "a"}), ("post", {"slug": "b"}), ("like", {"post": "b"})]
    assert find(BY, *records) == []
    assert find(BY, *records, ("user", {})) == [
        dangling("like.post:refers-to", 0, "/post", 'like.post "a" doesn\'t exist')
    ]


def test_refers_to_by_other_fields_is_not_answered_by_keys_that_exist_already() -> None:
    posts = [("post", {"author": "u1"})]
    missing = [dangling("post.author:refers-to", 0, "/author", 'post.author "u1" doesn\'t exist')]
    assert find(BY, *posts, existing={"user": ["u1"]}) == missing


# Derived values


MOMENT = thing('rule = "unique"').replace("rules = [", 'key = ["at"]\nrules = [') + (
    '[records.thing.derived]\nat = { derive = "moment", field = "time" }\n'
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2022-01-01T00:00:00Z", "2022-01-01T00:00:00Z"),
        ("2022-01-01T00:00:00Z", "2022-01-01T01:30:00+01:30"),
        ("2022-01-01T00:00:00Z", "2021-12-31T14:00:00-10:00"),
        ("2022-01-01T00:00:00Z", "2022-01-01T00:00:00.000Z"),
        ("2022-01-01T00:00:00.5Z", "2022-01-01T00:00:00.50000000000+00:00"),
        ("2022-01-01T00:00:00Z", "2022-01-01T00:00:00-00:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59+00:00"),
        ("0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00.0+01:00"),
        ("9999-12-31T23:59:59-01:00", "9999-12-31T23:59:59.00-01:00"),
        ("9999-12-31T23:59:59-01:00", "9999-12-31T23:29:59-01:30"),
    ],
)
def test_a_moment_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert find(MOMENT, {"time": one}, {"time": other}) == [
        invalid("thing:unique", 1, "", f"duplicate thing [{other}]")
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2022-01-01T00:00:00Z", "2022-01-01T00:00:01Z"),
        ("2022-01-01T00:00:00Z", "2022-01-01T00:00:00+01:00"),
        ("2022-01-01T00:00:00.5Z", "2022-01-01T00:00:00.05Z"),
        ("2022-01-01T00:00:00.123456789Z", "2022-01-01T00:00:00.123456788Z"),
        ("2022-01-01T00:00:00Z", "2023-01-01T00:00:00Z"),
        ("soon", "soon"),
        ("", ""),
        (7, 7),
        (None, None),
    ],
)
def test_moments_that_are_not_the_same(one: Any, other: Any) -> None:
    assert find(MOMENT, {"time": one}, {"time": other}) == []


# Types


ISO = "a time (ISO 8601, such as 2018-07-08T14:09:36.000000)"


@pytest.mark.parametrize(
    "time",
    [
        "2018-07-08T14:09:36",
        "2018-07-08T14:09:36.000000",
        "2018-07-08T14:09:36Z",
        "2018-07-08T14:09:36.1+02:00",
        "2024-02-29T23:59:59",
    ],
)
def test_an_iso_time(time: str) -> None:
    assert find(thing(fields='at = "iso-time"'), {"at": time}) == []


@pytest.mark.parametrize(
    "time",
    [
        "",
        "soon",
        "2018-07-08",
        "2018-07-08 14:09:36",
        "2023-02-29T00:00:00",
        "2018-07-08T24:00:00",
        "2018-07-08T14:09:36z",
    ],
)
def test_what_is_no_iso_time(time: str) -> None:
    assert find(thing(fields='at = "iso-time"'), {"at": time}) == [
        ("thing.at:timestamp", 0, "/at", f'parse error: thing.at: expected {ISO}, found "{time}"')
    ]


def wrong_type(path: str, where: str, wanted: str, found: str, index: int = 0, *, rule: str = "") -> Found:
    """A wrong type; its rule is called after the declared names on the way to it."""
    return (f"thing{rule or where}:type", index, path, f"parse error: thing{where}: expected {wanted}, found {found}")


def test_an_iso_time_of_another_type() -> None:
    assert find(thing(fields='at = "iso-time"'), {"at": 7}, {"at": None}) == [
        wrong_type("/at", ".at", ISO, "an integer"),
        wrong_type("/at", ".at", ISO, "null", 1),
    ]


TYPES: list[tuple[str, list[Any], list[tuple[Any, Found]]]] = [
    (
        "object of integer",
        [{}, {"a": 1, "b": -1}],
        [
            ([], wrong_type("/v", ".v", "an object of integers", "an array")),
            ({"a": 1, "b/c": "1"}, wrong_type("/v/b~1c", ".v.b/c", "an integer", "a string", rule=".v")),
            ({"a": 1.0}, wrong_type("/v/a", ".v.a", "an integer", "a number", rule=".v")),
            ({"a": None}, wrong_type("/v/a", ".v.a", "an integer", "null", rule=".v")),
        ],
    ),
    (
        "object of array of string",
        [{}, {"a": [], "b": ["x"]}],
        [({"a": ["x", 7]}, wrong_type("/v/a/1", ".v.a[1]", "a string", "an integer", rule=".v"))],
    ),
    (
        "array of object of boolean",
        [[], [{}, {"a": True}]],
        [([{}, {"a": 1}], wrong_type("/v/1/a", ".v[1].a", "a boolean", "an integer", rule=".v"))],
    ),
    ("string or null", [None, "", "x"], [(7, wrong_type("/v", ".v", "a string or null", "an integer"))]),
    ("integer or null", [None, 0], [(False, wrong_type("/v", ".v", "an integer or null", "a boolean"))]),
    (
        "array of string or null",
        [None, [], ["x"]],
        [
            (["x", None], wrong_type("/v/1", ".v[1]", "a string", "null", rule=".v")),
            ("x", wrong_type("/v", ".v", "an array of strings or null", "a string")),
        ],
    ),
    (
        "object of string or null",
        [None, {}, {"a": "x"}],
        [({"a": None}, wrong_type("/v/a", ".v.a", "a string", "null", rule=".v"))],
    ),
    ("object or null", [None, {}, {"a": None}], [([], wrong_type("/v", ".v", "an object or null", "an array"))]),
    ("any or null", [None, 7, "x", []], []),
    ("string", ["x"], [(None, wrong_type("/v", ".v", "a string", "null"))]),
    (
        "part",
        [{}, {"n": None}, {"n": 1}],
        [({"n": "x"}, wrong_type("/v/n", ".v.n", "an integer or null", "a string"))],
    ),
    (
        "array of part",
        [[], [{"n": None}, {}]],
        [([{}, {"m": None}], wrong_type("/v/1/m", ".v[1].m", "an integer", "null", rule=".v.m"))],
    ),
    (
        "object of part",
        [{"a": {"n": 1}}],
        [
            ({"a": {"m": 1.5}}, wrong_type("/v/a/m", ".v.a.m", "an integer", "a number", rule=".v.m")),
            ({"a": 7}, wrong_type("/v/a", ".v.a", "an object", "an integer", rule=".v")),
        ],
    ),
    ("part or null", [None, {}], [("x", wrong_type("/v", ".v", "an object or null", "a string"))]),
]


@pytest.mark.parametrize(("declared", "right", "wrong"), TYPES, ids=[declared for declared, _, _ in TYPES])
def test_types(declared: str, right: list[Any], wrong: list[tuple[Any, Found]]) -> None:
    part = '[shapes.part.fields]\nn = "integer or null"\nm = "integer"\n'
    rules = thing(fields=f'v = "{declared}"', more=part)
    assert find(rules, {}, *({"v": value} for value in right)) == []
    for value, expected in wrong:
        assert find(rules, {"v": value}) == [expected]


def test_a_null_that_is_allowed_is_absent_for_rules() -> None:
    rules = thing(
        'rule = "required", field = "id"',
        'rule = "requires", field = "id", needs = ["at"]',
        fields='id = "string or null"\nat = "string or null"',
    )
    assert find(rules, {"id": None}, {"id": "a", "at": None}) == [
        invalid("thing.id:required", 0, "/id", "thing.id required"),
        invalid("thing.id:requires", 1, "/id", "thing.id without at"),
    ]


def test_rules_say_nothing_of_values_of_the_wrong_type() -> None:
    rules = thing(
        'rule = "range", field = "n", min = 5',
        'rule = "count", field = "tags", min = 5',
        'rule = "disjoint", fields = ["tags", "unset"]',
        'rule = "array-points", field = "tags", max = 0',
        'rule = "named-keys", field = "data", names = "tags"',
        'rule = "differ", fields = ["n", "m"]',
        fields='n = "string"\nm = "string"\ntags = "object"\nunset = "object"\ndata = "string"',
    )
    assert find(rules, {"n": 1, "m": 1, "tags": ["a"], "unset": ["a"], "data": {}}) == [
        wrong_type("/data", ".data", "a string", "an object"),
        wrong_type("/m", ".m", "a string", "an integer"),
        wrong_type("/n", ".n", "a string", "an integer"),
        wrong_type("/tags", ".tags", "an object", "an array"),
        wrong_type("/unset", ".unset", "an object", "an array"),
    ]


# Patterns


PATTERNS = [
    r"^[\w\-+:.]*$", r"^\W*$", r"^[^\W]*$", r"^[^\D]*$", r"^\S*$", r"^[\s]*$", r"^[^\s]*$", r"^[^\w]*$", r"^[\d-x]*$",
    r"^a\b.*$", r"^.*$", r"(?s)^.*$", r"^[^a]*$", r"^[[a]*$", r"^[a&&b]*$", r"^[a~~b]*$", r"^[]a]*$", r"^[^]]*$",
    r"^a$|^b$", r"(?m)^a$", r"^(a)\1$", r"^(?=a).*$", r"^a++$", r"^(?>a)$", r"^\x41$", r"^\u0041$", r"^a{1,}$", r"^é$",
    r"\Aa\Z", r"(?P<x>a)(?P=x)?", r"(?x) a  # c", r"^[a-\d]*$", r"(?<=a)?a", r"^(?#c)a$", r"^\X$",
    r"^[^\S]*$", r"^a\B.*$", r"^(?i)k$", r"^(?i:k)$", r"^\p{L}*$", r"^[\p{L}]+$",
]  # fmt: skip
NOT_IN_RUST = [
    r"\Aa\Z", r"(?P<x>a)(?P=x)?", r"(?x) a  # c", r"^[a-\d]*$", r"(?<=a)?a", r"^(?#c)a$", r"^\X$", r"^(?>a)$",
]  # fmt: skip
WIDER_IN_RUST = [r"^[^\S]*$", r"^a\B.*$", r"^(?i)k$", r"^(?i:k)$", r"^\p{L}*$", r"^[\p{L}]+$"]
TEXTS = [
    "a", "A", "b", "aa", "é", "aé", "éa", "٣", "k", "K", "\u212a", "a\n", "\n", "a b", "a\u00a0b", "[", "a[", "]", "&",
    "~", "-", "_", "x1", "\x85", "\u2028", "", "ß", "\U0001f600", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_means_what_python_takes_it_for(pattern: str) -> None:
    rules = thing(f'rule = "pattern", field = "a", pattern = \'{pattern}\'', fields='a = "string"')
    matches = regex.compile(pattern, regex.ASCII).fullmatch
    for text in TEXTS:
        found = [each for each in find(rules, {"a": text}) if each[0] == "thing.a:pattern"]
        assert [(text, each[:3]) for each in found] == ([] if matches(text) else [(text, ("thing.a:pattern", 0, "/a"))])


# All of them


VALUES_OF_ALL_KINDS: list[Any] = [
    None, True, False, 0, 1, 2.0, 3, 2.5, "", "a", "b", "b:a", ":a", "xxxx", "éé", "a\n",
    "2022-02-29T00:00:00", "2024-02-29T00:00:00Z", "0001-01-01T00:00:00Z",
    [], ["a", "a"], ["a", "b", "c"], [1, 1.0, True], ["b:a", "x:y"], [{"id": "a"}, {"id": "a"}],
    {}, {"a": 1}, {"id": "a"}, {"c": {"id": None, "a": [1, 2, 3]}},
]  # fmt: skip
RECORD_RULES = [
    'rule = "range", field = "a", min = 1, max = 2',
    'rule = "count", field = "a", min = 1, max = 2',
    'rule = "count", field = "a", min = 2',
    'rule = "no-repeats", field = "a"',
    'rule = "no-repeats", field = "b", by = "id"',
    'rule = "disjoint", fields = ["a", "b"]',
    'rule = "differ", fields = ["a", "b"]',
    'rule = "composed-of", field = "a", parts = ["b", "id"]',
    'rule = "named-keys", field = "a", names = "b"',
    'rule = "named-key-length", field = "a", names = "b", characters = 3',
    'rule = "array-points", field = "a", max = 2',
    'rule = "only-where", field = "a", other = "b", values = [true, "a"]',
    'rule = "closed"',
    'rule = "custom-size", bytes = 12',
    'rule = "required", field = "a"',
    'rule = "exactly-one-of", fields = ["a", "b"]',
    'rule = "reserved", fields = ["b", "c"]',
    'rule = "requires", field = "a", needs = ["b", "c"]',
    'rule = "requires", field = "a", equals = "a", needs = ["b"]',
    'rule = "conflicts", field = "a", other = "b", values = ["a", "b"]',
    'rule = "max-length", field = "a", bytes = 3',
    'rule = "max-length", field = "a", characters = 3',
    'rule = "pattern", field = "a", pattern = \'^[ab]*$\'',
    'rule = "pattern", field = "a", each = true, pattern = \'^[^:]*$\'',
    'rule = "enum", field = "a", values = ["a", "b"]',
    f'rule = "{KnownGroup.kind}", field = "a", groups = {{ a = "flat", b = "odd" }}, kinds = ["odd"]',
    f'rule = "{KnownGroup.kind}", field = "a", groups = {{ b = "flat" }}, each = true',
    'rule = "max-length-by", field = "a", by = "b", limits = { a = 1, b = 2 }, default = 3',
    'rule = "each", field = "a", shape = "part"',
    'rule = "each", field = "a", shape = "part", by_name = true',
]
FIELDS = [
    "",
    'a = "string"',
    'a = "array of string"',
    'a = "object of integer"',
    'a = "array of part"',
    'a = "part or null"\nb = { type = "string", default = "a" }',
    'a = "iso-time"\nb = "timestamp or null"',
    'a = "number"\nb = "boolean"',
]
PART = """
[shapes.part]
rules = [{ rule = "required", field = "id" }, { rule = "count", field = "a", max = 1 }]
[shapes.part.fields]
id = "string or null"
"""


def record_of(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value != "(absent)"}


RECORDS_OF_ALL_KINDS = [
    record_of({"a": a, "b": b, ("id", "c", "d")[(at_a + at_b) % 3]: "a"})
    for at_a, a in enumerate([*VALUES_OF_ALL_KINDS, "(absent)"])
    for at_b, b in enumerate([*VALUES_OF_ALL_KINDS, "(absent)"])
]


@pytest.mark.parametrize("fields", FIELDS, ids=lambda fields: fields.replace("\n", ", ") or "no fields")
@pytest.mark.parametrize("rule", RECORD_RULES, ids=lambda rule: rule.removeprefix("rule = "))
def test_a_file_gives_what_the_rule_says_of_each_record(rule: str, fields: str) -> None:
    null_is_absent = len(fields) % 2 == 0
    more = PART + ('[envelope]\nabsent = ["null", "zero-time"]\n' if null_is_absent else "")
    rule_set = RuleSet.from_toml(thing(rule, fields=fields, more=more))
    plan = compile_plan(rule_set).records["thing"]
    expected = []
    for index, record in enumerate(RECORDS_OF_ALL_KINDS):
        clean, wrong = plan.shape.normalise(record)
        expected += [(index, kind.kind, pointer(finding.path)) for kind, finding in wrong]
        for each in plan.record_rules:
            expected += [(index, (found.rule or each).code, pointer(found.path)) for found in each.check(clean)]
    validator = Validator(rule_set, stream=True)
    violations = [*validator.feed(file_of(*RECORDS_OF_ALL_KINDS)), *validator.finish()]
    found = [(each.index, each.code, each.path) for each in violations]
    assert [(RECORDS_OF_ALL_KINDS[each[0]], each) for each in expected if each not in set(found)] == []
    assert found == expected
