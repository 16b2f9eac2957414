"""Rules about keys that a record names."""

from __future__ import annotations

from tests.rules.finding import find, invalid, thing


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
