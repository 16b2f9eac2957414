"""Rules that compare values within a record."""

from __future__ import annotations

from tests.rules.finding import find, invalid, thing


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
        invalid("thing.ids:no-repeats", 3, "/ids/2", 'thing.ids has "1.0" twice'),
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
        invalid("thing:disjoint", 10, "/unset/0", '"7" is in both thing.set and thing.unset'),
    ]


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
        invalid("thing:differ", 9, "/target", 'thing.source and thing.target are both "7"'),
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
        invalid("thing.fid:composed-of", 7, "/fid", 'thing.fid "user:bob" should be "user:7"'),
    ]


def test_composed_of_with_a_separator_of_its_own() -> None:
    rules = thing('rule = "composed-of", field = "path", parts = ["a", "b", "c"], separator = "/"')
    assert find(
        rules, {"path": "x/y/z", "a": "x", "b": "y", "c": "z"}, {"path": "x:y", "a": "x", "b": "y", "c": "z"}
    ) == [invalid("thing.path:composed-of", 1, "/path", 'thing.path "x:y" should be "x/y/z"')]
