"""A name that stands twice in one object is a violation of its record, in each lane, and the last value is checked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from import_validator import RecordCount, RuleSet, iter_violations, validate
from tests.corpus import essence

CHAT = RuleSet.load("stream-chat")
TWICE = b'[{"type": "user", "item": {"id": "a b", "id": "ann"}}]'


def found(data: bytes, rules: str | RuleSet = CHAT, **options: Any) -> list[tuple[str, int | None, str, int | None]]:
    violations = validate(data, rules, samples=1000, **options).violations
    return [(each.rule, each.index, each.path, each.line) for each in violations]


def test_it_is_a_warning_that_says_which_value_was_checked_and_what_to_do() -> None:
    [violation] = iter_violations(TWICE, CHAT)
    assert violation.as_dict() == {
        "code": "duplicate-name",
        "rule": "user:duplicate-name",
        "severity": "warning",
        "stage": "parse",
        "message": 'parse warning: the name "id" stands 2 times in one object; its last value was checked',
        "hint": "keep one of them; nobody knows which one the importer reads",
        "record_type": "user",
        "index": 0,
        "offset": 1,
        "line": 1,
        "path": "/id",
        "value": None,
    }
    report = validate(TWICE, CHAT)
    assert (report.valid, report.records["user"]) == (True, RecordCount(1, 1))


def test_the_last_value_is_checked() -> None:
    data = b'[{"type": "user", "item": {"id": "ann", "id": "a b"}}]'
    assert found(data) == [("user:duplicate-name", 0, "/id", 1), ("user.id:pattern", 0, "/id", 1)]


ENVELOPES = {
    "a type that is there twice": (b'[{"type":"user","type":"x","item":{"id":"a"}}]', [("duplicate-name", 0, "", 1)]),
    "fields that are there twice": (
        b'[{"type":"user","item":{"id":"a","id":"b"},"item":{"id":"b"}}]',
        [("user:duplicate-name", 0, "/id", 1), ("user:duplicate-name", 0, "", 1)],
    ),
    "names of fields that the envelope has, too": (
        b'[{"type":"user","item":{"type":1,"type":2,"item":{"item":1,"item":{}},"id":"b"}}]',
        [("user:duplicate-name", 0, "/item/item", 1), ("user:duplicate-name", 0, "/type", 1)],
    ),
}


@pytest.mark.parametrize("case", ENVELOPES)
def test_the_path_of_a_name_leads_from_the_fields_and_is_empty_in_the_envelope(case: str) -> None:
    data, wanted = ENVELOPES[case]
    assert [each for each in found(data) if "duplicate-name" in each[0]] == wanted


def test_a_name_in_an_entry_is_one_of_the_entry_and_one_in_the_line_one_of_the_line() -> None:
    users = b'{"instruction":"users","data":[{"id":"a"},{"id":"b","c":[{"x":1,"x":2}]}]}\n'
    line = b'{"instruction":"users","instruction":"users","data":[{"id":"c","id":"d"}],"data":[]}\n'
    assert found(users + line, "stream-feeds") == [
        ("users:duplicate-name", 1, "/data/1/c/0/x", 1),
        # The list with this entry was replaced by an empty one: no record, so the line has it.
        ("users:duplicate-name", 2, "/data/0/id", 2),
        ("users:duplicate-name", 2, "/instruction", 2),
        ("users:duplicate-name", 2, "/data", 2),
    ]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, (True, ["user:duplicate-name"])),
        ({"severity": {"duplicate-name": "error"}}, (False, ["user:duplicate-name", "user.user_mutes:refers-to"])),
        ({"strict": True}, (False, ["user:duplicate-name", "user.user_mutes:refers-to"])),
        ({"severity": {"duplicate-name": "off"}}, (True, [])),
        ({"severity": {"user:duplicate-name": "off"}}, (True, [])),
        ({"severity": {"channel:duplicate-name": "off"}}, (True, ["user:duplicate-name"])),
    ],
    ids=repr,
)
def test_its_severity_can_be_chosen_and_as_an_error_it_takes_the_key_from_the_record(
    options: dict[str, Any], wanted: tuple[bool, list[str]]
) -> None:
    data = TWICE[:-1] + b',{"type": "user", "item": {"id": "bob", "user_mutes": ["ann"]}}]'
    report = validate(data, CHAT, cascade=True, **options)
    assert (report.valid, list(report.counts)) == wanted


def user(number: int, **fields: Any) -> str:
    return json.dumps({"type": "user", "item": {"id": f"u{number}", "name": f"at: {number}", **fields}})


LATE = {
    "/id": '"id": "u7"',
    "/name": '"name": "x"',
    "/custom/a": '"custom": {"a": 1, "a": [":"]}',
    "/c": '"c": "\\u003a", "c": 1',
}


@pytest.mark.parametrize("path", LATE)
def test_one_that_comes_after_tens_of_thousands_of_records_without_is_found(path: str) -> None:
    texts = [user(number) for number in range(30_000)]
    texts[25_000] = texts[25_000].replace('"item": {', f'"item": {{{LATE[path]}, ', 1)
    data = ",\n".join(texts)
    assert found(f"[{data}]".encode()) == [("user:duplicate-name", 25_000, path, 25_001)]


def test_keys_that_exist_already_are_read_from_a_file_that_repeats_names(tmp_path: Any) -> None:
    path = tmp_path / "existing.json"
    path.write_bytes(TWICE)
    data = b'[{"type": "user", "item": {"id": "bob", "user_mutes": ["ann"]}}]'
    assert essence(validate(data, CHAT, existing={"user": path}))["counts"] == {}
