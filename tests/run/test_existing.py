"""Keys that exist already, and runs without references."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from import_validator import (
    RecordCount,
    Report,
    RuleCount,
    RuleSet,
    RuleSetError,
    Severity,
    Validator,
    validate,
)
from tests.samples import RESERVED, VALID
from tests.users import CONTENT, ENUM, EXPECTED, users

KEYED = ", ".join(name for name, record in RuleSet.load("stream-chat").records.items() if record.key)


def test_without_references_nothing_across_records_is_reported_and_the_report_says_so() -> None:
    content = CONTENT.replace(b"\n]", b',\n{"type": "user", "item": {"id": "ann"}}\n]')
    assert validate(content, "stream-chat").counts == {**EXPECTED["counts"], "user:unique": 1}
    report = validate(content, "stream-chat", references=False)
    assert report == Report(
        source="(bytes)",
        rules="stream-chat",
        records={"user": RecordCount(total=3, valid=1), "channel": RecordCount(total=1, valid=1)},
        broken=(
            RuleCount("user:reserved", "reserved", Severity.ERROR, 1),
            RuleCount("user.role:enum", "enum", Severity.ERROR, 1),
        ),
        violations=(RESERVED, ENUM),
        notes=("references, duplicates and all else that concerns more than one record were not checked",),
        bytes=len(content),
        seconds=report.seconds,
    )


def test_without_references_no_facts_are_written_down() -> None:
    content = users(*(f'{{"id": "u{number}", "user_mutes": ["x"]}}' for number in range(2_000)))
    assert validate(content, "stream-chat", memory=1).spilled
    report = validate(content, "stream-chat", memory=1, references=False)
    assert (report.counts, report.spilled) == ({}, False)


@pytest.mark.parametrize(
    "keys",
    [
        ["john"],
        ("zoe", "john"),
        {"john"},
        {"john": 1}.keys(),
        iter(["john"]),
        [("john",)],
        (name for name in ["john"] * 20_000),
    ],
    ids=["list", "tuple", "set", "keys", "iterator", "list of tuples", "generator"],
)
def test_keys_that_exist_already_are_any_iterable(keys: Any) -> None:
    report = validate(CONTENT, "stream-chat", existing={"user": keys})
    assert report == Report(
        source="(bytes)",
        rules="stream-chat",
        records={"user": RecordCount(total=2, valid=0), "channel": RecordCount(total=1, valid=1)},
        broken=(
            RuleCount("user:reserved", "reserved", Severity.ERROR, 1),
            RuleCount("user.role:enum", "enum", Severity.ERROR, 1),
        ),
        violations=(RESERVED, ENUM),
        bytes=len(CONTENT),
        seconds=report.seconds,
    )


@pytest.mark.parametrize("options", [{}, {"memory": 1}, {"cascade": True}], ids=repr)
def test_keys_that_exist_already_are_known_however_the_file_is_validated(options: dict[str, Any]) -> None:
    counts = {"user:reserved": 1, "user.role:enum": 1}
    assert validate(CONTENT, "stream-chat", existing={"user": ["john"]}, **options).counts == counts
    assert validate(CONTENT, "stream-chat", existing={"user": ["jo"]}, **options).counts == EXPECTED["counts"]


MEMBER = b'[{"type": "member", "item": {"channel_type": "messaging", "channel_id": "HQ", "user_id": "ann"}}]'


@pytest.mark.parametrize("key", ["messaging:HQ", ("messaging", "HQ")])
def test_a_key_of_several_parts_is_a_tuple_or_joined_by_colons(key: Any) -> None:
    assert validate(MEMBER, "stream-chat", existing={"user": ["ann"]}).counts == {"member.channel:refers-to": 1}
    assert validate(MEMBER, "stream-chat", existing={"user": ["ann"], "channel": [key]}).valid


def test_the_parts_of_a_key_are_kept_apart() -> None:
    content = MEMBER.replace(b'"HQ"', b'"a:b"')
    existing: dict[str, Any] = {"user": ["ann"], "channel": [("messaging:a", "b")]}
    assert validate(content, "stream-chat", existing=existing).counts == {"member.channel:refers-to": 1}
    existing["channel"] = [("messaging", "a:b")]
    assert validate(content, "stream-chat", existing=existing).valid


def test_keys_that_exist_already_come_from_a_file_or_an_earlier_import(tmp_path: Path) -> None:
    channels = tmp_path / "channels.txt"
    channels.write_bytes(b"messaging:HQ\r\n")
    earlier = tmp_path / "earlier.json.gz"
    earlier.write_bytes(gzip.compress(users('{"id": "ann"}')))
    assert validate(MEMBER, "stream-chat", existing={"channel": channels, "user": str(earlier)}).valid


def test_a_distinct_channel_of_an_earlier_import_exists(tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    earlier.write_text('[{"type": "channel", "item": {"type": "messaging", "member_ids": ["bob", "ann"]}}]', "utf-8")
    content = MEMBER.replace(b'"channel_id": "HQ"', b'"channel_member_ids": ["ann", "bob"]')
    assert validate(content, "stream-chat", existing={"user": ["ann"]}).counts == {"member.channel:refers-to": 1}
    assert validate(content, "stream-chat", existing={"user": ["ann"], "channel": earlier}).valid


def test_keys_that_exist_already_are_no_duplicates() -> None:
    assert validate(VALID, "stream-chat", existing={"user": ["ann", "ann"]}).valid


def test_a_validator_that_recognises_the_rule_set_knows_what_exists() -> None:
    with Validator(existing={"user": ["john"]}) as validator:
        validator.feed(CONTENT)
        assert validator.close().counts == {"user:reserved": 1, "user.role:enum": 1}


@pytest.mark.parametrize(
    ("existing", "message"),
    [
        ({"channel": ["HQ"]}, "existing channel: the key 'HQ' should have 2 parts, joined by colons"),
        ({"channel": ["a:b:c"]}, "existing channel: the key 'a:b:c' should have 2 parts, joined by colons"),
        ({"channel": [("a",)]}, "existing channel: the key ('a',) should have 2 parts, joined by colons"),
        ({"usr": ["ann"]}, f"existing usr: no record type of this name has a key; there are {KEYED}"),
        ({"usr": []}, f"existing usr: no record type of this name has a key; there are {KEYED}"),
        ({"user": [("a", "b")]}, "existing user: the key ('a', 'b') should have 1 part"),
        ({"user": [7]}, "existing user: a key is text or a tuple of texts, not 7"),
        ({"user": [b"ann"]}, "existing user: a key is text or a tuple of texts, not b'ann'"),
        ({"user": [["ann"]]}, "existing user: a key is text or a tuple of texts, not ['ann']"),
        ({"channel": [("a", 7)]}, "existing channel: a key is text or a tuple of texts, not ('a', 7)"),
        ({"user": 7}, "existing user: give a list of keys, or the path of a file with them, not 7"),
        ({"user": b"ann"}, "existing user: give a list of keys, or the path of a file with them, not b'ann'"),
    ],
    ids=lambda each: repr(each) if isinstance(each, dict) else "",
)
def test_keys_that_make_no_sense_are_an_error(existing: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleSetError) as caught:
        Validator("stream-chat", existing=existing)
    assert str(caught.value) == message
