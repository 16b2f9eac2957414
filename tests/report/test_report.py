"""What a report and a violation say, as objects and as JSON types."""

from __future__ import annotations

import pickle

import pytest

from import_validator import (
    RecordCount,
    Report,
    RuleCount,
    Severity,
    ViolationsFoundError,
    iter_violations,
    validate,
)
from import_validator.engine import engine
from tests.samples import REFERS_TO, RESERVED, VALID
from tests.users import CONTENT, ENUM, EXPECTED, users


def test_a_report_says_what_was_found() -> None:
    report = validate(CONTENT, "stream-chat")
    assert report == Report(
        source="(bytes)",
        rules="stream-chat",
        records={"user": RecordCount(total=2, valid=0), "channel": RecordCount(total=1, valid=0)},
        broken=(
            RuleCount("user:reserved", "reserved", Severity.ERROR, 1),
            RuleCount("user.role:enum", "enum", Severity.ERROR, 1),
            RuleCount("channel.created_by:refers-to", "refers-to", Severity.ERROR, 1),
        ),
        violations=(RESERVED, REFERS_TO, ENUM),
        bytes=len(CONTENT),
        seconds=report.seconds,
    )
    assert (report.valid, report.errors, report.warnings, report.truncated) == (False, 3, 0, False)
    assert report.counts == EXPECTED["counts"]
    assert report.summary() == "(bytes): not valid: 3 records of stream-chat, 3 errors"


def test_a_report_of_a_valid_file() -> None:
    report = validate(VALID, "stream-chat")
    assert report == Report(
        source="(bytes)",
        rules="stream-chat",
        records={"user": RecordCount(total=1, valid=1)},
        bytes=len(VALID),
        seconds=report.seconds,
    )
    assert (report.valid, report.errors, report.warnings, report.truncated) == (True, 0, 0, False)
    assert report.summary() == "(bytes): valid: 1 record of stream-chat"


def test_a_report_as_json_types() -> None:
    document = validate(CONTENT, "stream-chat").as_dict()
    assert document.pop("seconds") >= 0
    assert document.pop("run") == {"engine": engine()}
    assert document == {
        **EXPECTED,
        "source": "(bytes)",
        "rules": "stream-chat",
        "why": "",
        "truncated": False,
        "notes": [],
        "bytes": len(CONTENT),
    }


def test_a_violation_as_json_types() -> None:
    assert RESERVED.as_dict() == {
        "code": "reserved",
        "rule": "user:reserved",
        "severity": "error",
        "stage": "validation",
        "message": "validation error: user.online is a reserved field",
        "hint": 'remove "online", or rename it',
        "record_type": "user",
        "index": 0,
        "offset": 2,
        "line": 2,
        "path": "/online",
        "value": True,
    }


def test_raise_for_violations_raises_with_the_summary_and_the_report() -> None:
    report = validate(CONTENT)
    with pytest.raises(ViolationsFoundError) as caught:
        report.raise_for_violations()
    assert str(caught.value) == "(bytes): not valid: 3 records of stream-chat, 3 errors"
    assert caught.value.report is report


def test_raise_for_violations_lets_a_valid_file_pass() -> None:
    validate(VALID).raise_for_violations()


def test_reports_travel_between_processes() -> None:
    report = validate(CONTENT)
    assert pickle.loads(pickle.dumps(report)) == report


def test_the_error_of_raise_for_violations_travels_between_processes() -> None:
    error = ViolationsFoundError(validate(CONTENT))
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.report) == (str(error), error.report)


def test_violations_come_by_pass_and_then_in_file_order() -> None:
    assert list(iter_violations(CONTENT)) == [RESERVED, ENUM, REFERS_TO]


def test_violations_are_not_bounded_by_the_sample() -> None:
    content = users(*(f'{{"id": "u{number}", "pk": 1, "user_mutes": ["x"]}}' for number in range(100)))
    found = [(each.code, each.index) for each in iter_violations(content, samples=0)]
    assert found == [("reserved", n) for n in range(100)] + [("refers-to", n) for n in range(100)]


def test_a_sample_holds_the_first_of_each_rule_and_counts_are_exact() -> None:
    content = users(*(f'{{"id": "u{number}", "pk": 1, "user_mutes": ["x"]}}' for number in range(100)))
    report = validate(content, samples=1)
    assert report.counts == {"user:reserved": 100, "user.user_mutes:refers-to": 100}
    assert [(each.rule, each.index) for each in report.violations] == [
        ("user:reserved", 0),
        ("user.user_mutes:refers-to", 0),
    ]
    assert report.truncated


def test_a_report_without_a_sample_has_the_same_counts() -> None:
    report = validate(CONTENT, samples=0)
    assert report.violations == ()
    assert report.counts == EXPECTED["counts"]
    assert report.records == {"user": RecordCount(total=2, valid=0), "channel": RecordCount(total=1, valid=0)}
    assert report.truncated
