"""Severities that the caller chooses."""

from __future__ import annotations

from dataclasses import replace
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
from tests.corpus import essence
from tests.samples import RESERVED
from tests.users import CONTENT, ENUM, EXPECTED, OWN, users

EMAIL = {"email": "string"}


def test_a_severity_is_given_by_code_or_by_name_as_text_or_as_severity() -> None:
    report = validate(
        CONTENT, "stream-chat", severity={"reserved": Severity.WARNING, "user.role:enum": "warning", "refers-to": "off"}
    )
    reserved = RESERVED.message.replace("error", "warning", 1)
    enum = ENUM.message.replace("error", "warning", 1)
    assert report == Report(
        source="(bytes)",
        rules="stream-chat",
        records={"user": RecordCount(total=2, valid=2), "channel": RecordCount(total=1, valid=1)},
        broken=(
            RuleCount("user:reserved", "reserved", Severity.WARNING, 1),
            RuleCount("user.role:enum", "enum", Severity.WARNING, 1),
        ),
        violations=(
            replace(RESERVED, severity=Severity.WARNING, message=reserved),
            replace(ENUM, severity=Severity.WARNING, message=enum),
        ),
        bytes=len(CONTENT),
        seconds=report.seconds,
    )
    assert (report.valid, report.errors, report.warnings) == (True, 0, 2)
    assert report.summary() == "(bytes): valid: 3 records of stream-chat, 2 warnings"


def test_a_severity_by_name_wins_over_one_by_code() -> None:
    rule_set = RuleSet.from_toml(OWN).with_rules(
        "user", {"rule": "required", "field": "email"}, fields={"email": "string"}
    )
    report = validate(users("{}"), rule_set, severity={"required": "off", "user.email:required": "error"})
    assert report.counts == {"user.email:required": 1}


def test_a_code_of_a_rule_s_own_gets_a_severity() -> None:
    rule_set = RuleSet.from_toml(OWN).with_rules(
        "user", {"rule": "required", "field": "email", "code": "address"}, fields={"email": "string"}
    )
    assert validate(users('{"id": "ann"}'), rule_set, severity={"address": "off"}).counts == {}
    assert validate(users('{"id": "ann"}'), rule_set, severity={"required": "off"}).counts == {"user.email:address": 1}


def test_strict_counts_every_warning_as_an_error() -> None:
    warned = validate(CONTENT, severity={"reserved": "warning", "refers-to": "warning"})
    strict = validate(CONTENT, severity={"reserved": "warning", "refers-to": "warning"}, strict=True)
    assert (warned.errors, warned.warnings) == (1, 2)
    assert essence(strict) == EXPECTED


def test_a_record_with_a_warning_defines_its_key_with_cascade() -> None:
    content = users('{"id": "ann", "online": true}', '{"id": "bob", "user_mutes": ["ann"]}')
    counts = validate(content, "stream-chat", cascade=True, severity={"reserved": "warning"}).counts
    assert counts == {"user:reserved": 1}


@pytest.mark.parametrize(
    ("severity", "message"),
    [
        ({"bogus": "off"}, "severity of bogus: there is no such rule or code in stream-chat"),
        ({"user.id:enum": "off"}, "severity of user.id:enum: there is no such rule or code in stream-chat"),
        ({"parse": "off"}, "parse cannot be off: without it the file cannot be read; make it a warning"),
        pytest.param(
            {"reserved": "fatal"},
            "severity of reserved: 'fatal'; it is one of error, warning, off",
        ),
        pytest.param(
            {"parse": "fatal"},
            "severity of parse: 'fatal'; it is one of error, warning, off",
        ),
    ],
    ids=lambda each: repr(each) if isinstance(each, dict) else "",
)
def test_a_severity_that_makes_no_sense_is_an_error(severity: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleSetError) as caught:
        Validator("stream-chat", severity=severity)
    assert str(caught.value) == f"stream-chat: {message}"


SEVERAL_TYPES = """
name = "own"
[envelope]
absent = ["null"]
[shapes.part.fields]
at = "timestamp"
names = "object of string"
[records.user.fields]
parts = "array of part"
pushed = { fields = { at = "timestamp" } }
"""


@pytest.mark.parametrize(
    ("name", "warnings"),
    [
        ("user.parts:type", ["user.parts:type"]),
        ("user.parts.at:type", ["user.parts.at:type"]),
        ("user.parts.at:timestamp", ["user.parts.at:timestamp"]),
        ("user.parts.names:type", ["user.parts.names:type"]),
        ("user.pushed.at:timestamp", ["user.pushed.at:timestamp"]),
        ("user:type", ["user.parts.at:type", "user.parts.names:type", "user.parts:type"]),
        ("timestamp", ["user.parts.at:timestamp", "user.pushed.at:timestamp"]),
    ],
)
def test_the_types_of_one_field_have_another_severity_by_the_name_that_reports_call_them(
    name: str, warnings: list[str]
) -> None:
    content = users(
        '{"parts": [{"at": "today"}, {"at": 7}, {"names": {"a": 7}}, 7], "pushed": {"at": "today"}}',
    )
    report = validate(content, RuleSet.from_toml(SEVERAL_TYPES), severity={name: "warning"})
    assert [each.rule for each in report.broken if each.severity == "warning"] == warnings
    assert report.errors == 5 - len(warnings)
