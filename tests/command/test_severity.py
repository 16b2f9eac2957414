"""`--severity` and `--strict`."""

from __future__ import annotations

from typing import Any

import pytest

from import_validator.rules import EXPLAINED, ReadingRule
from tests.command import Outcome, check, run
from tests.command.broken import (
    BROKEN,
    BROKEN_REPORT,
    REFERS_TO,
    REQUIRED,
    RESERVED,
    VALID_REPORT,
    FileMaker,
    lines_of,
    user,
)
from tests.samples import VALID


def as_warning(violation: dict[str, Any]) -> dict[str, Any]:
    """The violation as it is where its rule is a warning."""
    return {**violation, "severity": "warning", "message": violation["message"].replace(" error: ", " warning: ", 1)}


def test_a_code_gets_another_severity(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    outcome = check(path, "--format", "json", "--severity", "reserved=warning")
    assert (outcome.status, outcome.err) == (1, "")
    assert outcome.document == {
        **BROKEN_REPORT,
        "source": str(path),
        "records": {"user": {"total": 2, "valid": 1}, "channel": {"total": 1, "valid": 0}},
        "errors": 2,
        "warnings": 1,
        "violations": [as_warning(RESERVED), REQUIRED, REFERS_TO],
    }


def test_a_rule_gets_another_severity_by_its_name_which_wins_over_its_code(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    outcome = check(path, "--format", "json", "--severity", "required=off", "--severity", "user.id:required=warning")
    assert outcome.document == {
        **BROKEN_REPORT,
        "source": str(path),
        "records": {"user": {"total": 2, "valid": 1}, "channel": {"total": 1, "valid": 0}},
        "errors": 2,
        "warnings": 1,
        "violations": [RESERVED, as_warning(REQUIRED), REFERS_TO],
    }


@pytest.mark.parametrize("name", ["reserved", "user:reserved"])
def test_a_rule_that_is_off_reports_nothing(file: FileMaker, name: str) -> None:
    path = file("broken.json", BROKEN)
    assert check(path, "--format", "json", "--severity", f"{name}=off").document == {
        **BROKEN_REPORT,
        "source": str(path),
        "records": {"user": {"total": 2, "valid": 1}, "channel": {"total": 1, "valid": 0}},
        "counts": {"user.id:required": 1, "channel.created_by:refers-to": 1},
        "errors": 2,
        "violations": [REQUIRED, REFERS_TO],
    }


def test_a_rule_across_records_gets_another_severity_too(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    records = {"user": {"total": 2, "valid": 0}, "channel": {"total": 1, "valid": 1}}
    expected = {**BROKEN_REPORT, "source": str(path), "records": records, "errors": 2}
    assert check(path, "--format", "json", "--severity", "refers-to=warning").document == {
        **expected,
        "warnings": 1,
        "violations": [RESERVED, REQUIRED, as_warning(REFERS_TO)],
    }
    assert check(path, "--format", "json", "--severity", "channel.created_by:refers-to=off").document == {
        **expected,
        "counts": {"user.id:required": 1, "user:reserved": 1},
        "violations": [RESERVED, REQUIRED],
    }


def test_a_rule_of_a_part_of_a_record_gets_another_severity_by_its_name(file: FileMaker) -> None:
    message = {"type": "message", "item": {"attachments": [{}]}}
    path = file("broken.json", lines_of(message))
    counts = check(path, "--format", "json").document["counts"]
    assert counts["message/attachment.type:required"] == 1
    without = check(path, "--format", "json", "--severity", "message/attachment.type:required=off").document["counts"]
    assert without == {name: count for name, count in counts.items() if name != "message/attachment.type:required"}


def test_records_define_their_keys_also_where_duplicates_are_off(file: FileMaker) -> None:
    path = file("twice.json", lines_of(user("ann", user_mutes=["bob"]), user("bob"), user("bob")))
    assert check(path, "--format", "json").document["counts"] == {"user:unique": 1}
    assert check(path, "--format", "json", "--severity", "unique=off").document["counts"] == {}


def test_warnings_alone_are_valid_and_look_like_warnings(file: FileMaker) -> None:
    path = file("broken.json", lines_of(user("ann", online=True)))
    outcome = check(path, "--severity", "reserved=warning")
    assert outcome.status == 0
    assert [line.rstrip() for line in outcome.page.splitlines()] == [
        f"{path}: valid, 1 warning",
        "rule set stream-chat; 60 bytes in … seconds",
        "",
        "records  total  valid",
        "users        1      1",
        "",
        "rule                    count",
        "user:reserved  warning      1",
        "",
        "user:reserved",
        f"  {path}:2: validation warning: user.online is a reserved field",
        "    record 0, byte 2, at /online, value true",
        '    remove "online", or rename it',
        "",
        "more about a rule: import-validator explain reserved",
        f"{path}: valid, 1 warning",
    ]


def test_strict_makes_errors_of_the_warnings_of_the_rule_set(file: FileMaker) -> None:
    rules = file(
        "own.toml",
        b'[records.user]\nfields.email = "any"\n'
        b'rules = [{ rule = "required", field = "email", severity = "warning" }]\n',
    )
    path = file("valid.json", VALID)
    outcome = run("validate", path, "--rules", rules, "--format", "json", "--strict")
    assert (outcome.status, outcome.err) == (1, "")
    assert outcome.document == {
        **VALID_REPORT,
        "valid": False,
        "source": str(path),
        "rules": "own",
        "records": {"user": {"total": 1, "valid": 0}},
        "counts": {"user.email:required": 1},
        "errors": 1,
        "violations": [
            {
                **REQUIRED,
                "rule": "user.email:required",
                "message": "validation error: user.email required",
                "hint": 'give "email" a value',
                "index": 0,
                "offset": 1,
                "line": 1,
                "path": "/email",
                "value": None,
            }
        ],
    }


def test_strict_makes_errors_of_the_warnings_that_the_severity_option_made(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    strict = check(path, "--format", "json", "--severity", "reserved=warning", "--strict")
    assert (strict.status, strict.document) == (1, {**BROKEN_REPORT, "source": str(path)})


def test_a_reading_rule_may_be_a_warning(file: FileMaker) -> None:
    path = file("broken.json", lines_of({"type": "user", "item": {"id": "ann", "role": 7}}))
    assert check(path).status == 1
    outcome = check(path, "--format", "json", "--severity", "type=warning")
    document = outcome.document
    assert (outcome.status, document["records"]) == (0, {"user": {"total": 1, "valid": 1}})
    assert (document["counts"], document["errors"], document["warnings"]) == ({"user.role:type": 1}, 0, 1)


def test_a_reading_rule_gets_another_severity_by_the_name_that_reports_call_it(file: FileMaker) -> None:
    path = file("broken.json", lines_of({"type": "user", "item": {"id": "ann", "role": 7}}))
    assert check(path, "--severity", "user.role:type=warning").status == 0
    assert check(path, "--severity", "user.id:type=warning").status == 1
    assert check(path, "--severity", "type=warning", "--severity", "user.role:type=error").status == 1
    assert check(path, "--severity", "user.role:type=warning", "--strict").status == 1


READING_RULES = [name for name, kind in EXPLAINED.items() if issubclass(kind, ReadingRule) and not kind.can_be_off]


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("bogus=off", "severity of bogus: there is no such rule or code in stream-chat"),
        ("user.id:bogus=warning", "severity of user.id:bogus: there is no such rule or code in stream-chat"),
        ("user.role:type=off", "user.role:type cannot be off: without it the file cannot be read; make it a warning"),
        ("user.id:timestamp=warning", "severity of user.id:timestamp: there is no such rule or code in stream-chat"),
        ("=error", "severity of : there is no such rule or code in stream-chat"),
        ("bogus=fatal", "severity of bogus: 'fatal'; it is one of error, warning, off"),
        *(
            (f"{name}=off", f"{name} cannot be off: without it the file cannot be read; make it a warning")
            for name in READING_RULES
        ),
        *(
            pytest.param(
                f"{name}=fatal",
                f"severity of {name}: 'fatal'; it is one of error, warning, off",
            )
            for name in ("reserved", "refers-to", "parse")
        ),
    ],
    ids=lambda each: each if each.partition("=")[2] in {"off", "fatal", "error", "warning"} else "",
)  # fmt: skip
def test_a_severity_that_makes_no_sense_is_an_error(file: FileMaker, pair: str, message: str) -> None:
    path = file("valid.json", VALID)
    assert check(path, "--severity", pair) == Outcome(2, "", f"import-validator: stream-chat: {message}\n")


@pytest.mark.parametrize("option", ["--severity", "--existing"])
@pytest.mark.parametrize("pair", ["reserved", ""])
def test_an_option_of_pairs_without_a_value_is_bad_usage(file: FileMaker, option: str, pair: str) -> None:
    outcome = check(file("valid.json", VALID), option, pair)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.endswith(f"Error: Invalid value for {option}: {pair!r}: write NAME=VALUE\n")
