"""An error that comes after many thousands of records without one, and a field that appears late, are seen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from import_validator import validate

pytestmark = pytest.mark.unwatched

COUNT = 12_000
Mistake = tuple[dict[str, Any], list[tuple[str, str]]]
"""The fields of a user, with the rules that it breaks and where."""

MISTAKES: list[Mistake] = [
    ({"id": "x" * 256, "language": "en"}, [("user.id:max-length", "/id")]),
    ({"language": "en"}, [("user.id:required", "/id")]),
    ({"id": "", "language": "en"}, [("user.id:required", "/id")]),
    ({"id": "a b", "language": "en"}, [("user.id:pattern", "/id")]),
    ({"id": "u1", "language": 5}, [("user.language:type", "/language")]),
    ({"id": "u2", "language": "en", "role": "king"}, [("user.role:enum", "/role")]),
    ({"id": "u3", "language": "en", "online": True}, [("user:reserved", "/online")]),
    ({"id": "u4", "language": "en", "created_at": "soon"}, [("user.created_at:timestamp", "/created_at")]),
    ({"id": "u5", "language": "en", "teams": ["a", 5]}, [("user.teams:type", "/teams/1")]),
    ({"id": "u6", "language": "en", "user_mutes": ["nobody"]}, [("user.user_mutes:refers-to", "/user_mutes/0")]),
]
LATE: list[dict[str, Any]] = [{"id": "late", "role": "admin", "created_at": "2022-01-01T01:01:01Z", "teams": ["a"]}]
"""A valid user with fields that no user before it had, and without one that all had."""


def users(extra: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Many thousands of valid users that are much alike, and others after them."""
    return [*({"id": f"user-{number:05}", "language": "en"} for number in range(COUNT)), *extra]


def found_in(rules: str, fields: Sequence[dict[str, Any]], **options: Any) -> list[tuple[str, int, str]]:
    if rules == "stream-chat":
        data = json.dumps([{"type": "user", "item": each} for each in fields]).encode()
    else:
        data = b"\n".join(json.dumps({"type": "user", "data": each}).encode() for each in fields)
    report = validate(data, rules, **options)
    return [(each.rule, each.index or 0, each.path) for each in report.violations]


@pytest.mark.parametrize("rules", ["stream-chat", "stream-chat-jsonl"])
@pytest.mark.parametrize("before", [[], LATE], ids=["all-alike", "late-fields"])
def test_each_mistake_is_seen_after_many_records_without_one(rules: str, before: list[dict[str, Any]]) -> None:
    for fields, broken in MISTAKES:
        expected = [(rule, COUNT + len(before), path) for rule, path in broken]
        assert found_in(rules, users([*before, fields])) == expected


def test_a_mistake_that_was_seen_once_is_seen_again() -> None:
    """What a batch with a mistake in it teaches of its records must not make the mistake right."""
    for fields, broken in MISTAKES:
        more = users([])
        again = {**fields, "id": f"{fields['id']}again"} if fields.get("id") else fields
        expected = [(rule, at, path) for at in (COUNT, 2 * COUNT + 1) for rule, path in broken]
        renamed = [{**each, "id": f"{each['id']}-more"} for each in more]
        assert sorted(found_in("stream-chat", [*more, fields, *renamed, again]), key=lambda each: each[1]) == expected


def test_an_unknown_field_where_none_may_be_is_seen_whenever_it_comes() -> None:
    device = {"user_id": "ann", "push_provider_type": "apn"}
    devices = [{"id": f"{number}", **device} for number in range(2 * COUNT)]
    broken = [COUNT, COUNT + 1, 2 * COUNT - 1]
    for at in broken:
        devices[at]["platform"] = "ios"
    lines = [{"type": "user", "data": {"id": "ann"}}, *({"type": "device", "data": each} for each in devices)]
    report = validate(b"\n".join(json.dumps(each).encode() for each in lines), "stream-chat-jsonl")
    assert [(each.rule, each.index, each.path) for each in report.violations] == [
        ("device:closed", at + 1, "/platform") for at in broken
    ]


def test_a_length_in_bytes_is_seen_after_many_records_of_ascii() -> None:
    longest = "é" * 127
    in_bytes = [{"id": f"{longest}x"}, {"id": f"{longest}xx"}]
    rule = "user.id:pattern"
    assert found_in("stream-chat", users(in_bytes)) == [
        (rule, COUNT, "/id"),
        ("user.id:max-length", COUNT + 1, "/id"),
        (rule, COUNT + 1, "/id"),
    ]


def test_all_mistakes_among_many_records_are_seen_in_their_places() -> None:
    fields = users([])
    expected = []
    for number, (mistake, broken) in enumerate(MISTAKES[:-1]):
        at = 1_200 * number + 1_199
        fields[at] = mistake
        expected += [(rule, at, path) for rule, path in broken]
    assert sorted(found_in("stream-chat", fields), key=lambda each: each[1]) == expected
