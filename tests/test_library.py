"""The library as other programs use it: validators, reports, rule sets, rules of one's own, parameters."""

from __future__ import annotations

import gc
import gzip
import os
import pickle
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from import_validator import (
    Finding,
    ImportValidatorError,
    RecognitionError,
    RecordCount,
    RecordRule,
    RecordType,
    Report,
    RuleCount,
    RuleSet,
    RuleSetError,
    Severity,
    SourceError,
    Stage,
    Validator,
    Violation,
    ViolationsFoundError,
    iter_violations,
    validate,
)
from import_validator.readers import READERS
from import_validator.rules import EXPLAINED, KINDS, ReadingRule, Rule
from import_validator.rules.derived import DERIVATIONS
from import_validator.rules.types import _BASIC as BASIC_TYPES
from import_validator.ruleset.parameters import _READERS as PARAMETER_TYPES
from import_validator.ruleset.parameters import Parameter
from import_validator.ruleset.recognition import recognise
from tests.corpus import ROOT, essence
from tests.samples import REFERS_TO, RESERVED, VALID

SHIPPED = ", ".join(rule_set.name for rule_set in RuleSet.shipped())
READING_RULES = [name for name, kind in EXPLAINED.items() if issubclass(kind, ReadingRule)]
KEYED = ", ".join(name for name, record in RuleSet.load("stream-chat").records.items() if record.key)
CONTENT = b"""[
{"type": "user", "item": {"id": "ann", "online": true}},
{"type": "channel", "item": {"id": "HQ", "type": "messaging", "created_by": "john"}},
{"type": "user", "item": {"id": "bob", "role": "king"}}
]
"""
ENUM = Violation(
    code="enum",
    rule="user.role:enum",
    severity=Severity.ERROR,
    stage=Stage.REFERENCE,
    message="""reference error: user.role "king" doesn't exist (user "bob")""",
    hint="use one of: user, guest, anonymous, admin, moderator, channel_member, channel_moderator, "
    "global_admin, global_moderator",
    record_type="user",
    index=2,
    offset=145,
    line=4,
    path="/role",
    value="king",
)
EXPECTED = {
    "valid": False,
    "records": {"user": {"total": 2, "valid": 0}, "channel": {"total": 1, "valid": 0}},
    "counts": {"user:reserved": 1, "user.role:enum": 1, "channel.created_by:refers-to": 1},
    "errors": 3,
    "warnings": 0,
    "violations": [RESERVED.as_dict(), REFERS_TO.as_dict(), ENUM.as_dict()],
}


def users(*items: str) -> bytes:
    """A file of users, from the JSON of each one's fields."""
    return ("[" + ",".join(f'{{"type": "user", "item": {each}}}' for each in items) + "]").encode()


# Whole files


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


def test_only_valid_records_define_keys_with_cascade() -> None:
    content = users('{"id": "ann", "online": true}', '{"id": "bob", "user_mutes": ["ann"]}')
    assert validate(content).counts == {"user:reserved": 1}
    assert validate(content, cascade=True).counts == {"user:reserved": 1, "user.user_mutes:refers-to": 1}


@pytest.mark.parametrize("memory", [0, 1, 1 << 16, "64KB", "1.5 MB", "2GB"])
def test_memory_is_a_number_of_bytes_or_text(memory: int | str) -> None:
    assert essence(validate(CONTENT, memory=memory)) == EXPECTED


@pytest.mark.parametrize("option", ["memory", "max_record"])
@pytest.mark.parametrize("size", ["", "much", "-1", "5 apples"])
def test_a_size_that_is_none_is_an_error_that_names_the_option(option: str, size: Any) -> None:
    options: dict[str, Any] = {option: size}
    with pytest.raises(ImportValidatorError) as caught:
        validate(CONTENT, **options)
    assert str(caught.value) == f"{option}: {size!r} is no size; write a number with a unit, such as 64MB"


@pytest.mark.parametrize(
    ("option", "size"),
    [("memory", 1.5), ("memory", None), ("memory", -1), ("max_record", 1.5), ("max_record", -1), ("max_record", True)],
)
def test_a_size_of_the_wrong_type_is_an_error_too(option: str, size: Any) -> None:
    with pytest.raises(ImportValidatorError) as caught:
        validate(CONTENT, **{option: size})
    assert str(caught.value) == f"{option}: '{size}' is no size; write a number with a unit, such as 64MB"


@pytest.mark.parametrize("samples", [-1, 1.5, "20", None, True])
def test_a_number_of_samples_that_is_none_is_an_error(samples: Any) -> None:
    with pytest.raises(ImportValidatorError) as caught:
        validate(CONTENT, samples=samples)
    assert str(caught.value) == f"samples: {samples!r} is no number of violations; write 0 or more"


def test_an_option_that_does_not_exist_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="bogus"):
        validate(CONTENT, bogus=1)


def test_a_record_longer_than_max_record_is_passed_over() -> None:
    content = users('{"id": "ann"}', '{"id": "bob", "text": "' + "x" * 300_000 + '"}', '{"id": "cid", "pk": 1}')
    assert validate(content, max_record=100_000).counts == {"record-size": 1, "user:reserved": 1}
    assert validate(content, max_record="1MB").counts == {"user:reserved": 1}


ENTRIES = """
name = "entries"
[reader]
format = "{reader}"
[envelope]
type = "type"
entries = "data"
[records.user]
key = ["id"]
rules = [{{ rule = "unique" }}]
[records.user.fields]
id = "string"
"""


@pytest.mark.parametrize(
    ("reader", "unreadable"),
    [
        ("json-lines", b'{"type": "user", "data": [{"id": "x"}, {"id": "y"}]}, {}'),
        ("json-lines", b'{"type": "user", "data": [{"id": "x"}, {"id": "y"}]' + b" " * 1_000 + b"}"),
        ("json-array", b'{"type": "user", "data": [{"id": "x"}, {"id": "y"}]' + b" " * 1_000 + b"}"),
        ("json-bodies", b'{"type": "user", "data": [{"id": "x"}, {"id": "y"}]' + b" " * 1_000 + b"}"),
    ],
    ids=["malformed", "too long a line", "too long in an array", "too long in a body"],
)
def test_entries_that_were_not_read_are_not_counted_when_others_are_read_again(reader: str, unreadable: bytes) -> None:
    values = [b'{"type": "user", "data": [{"id": "ann"}, {"id": "ann"}]}', unreadable]
    values.append(
        b'{"type": "user", "data": [{"id": "bob"}, {"id": "cid"}, {"id": "dan"}, {"id": "eve"}, {"id": "cid"}]}'
    )
    content = b"\n".join([*values, b""]) if reader == "json-lines" else b"[" + b",\n".join(values) + b"]"
    report = validate(content, RuleSet.from_toml(ENTRIES.format(reader=reader)), max_record=1_000)
    found = [(each.index, each.offset, each.value) for each in report.violations if each.code == "unique"]
    assert found == [(1, content.index(values[0]), "ann"), (6, content.index(values[2]), "cid")]


@pytest.mark.parametrize(
    ("unreadable", "note"),
    [
        (
            ['{"id": "bob", "text": "' + "x" * 3_000 + '"}'],
            "1 record could not be read, so nothing is said to be missing",
        ),
        (
            ['{"id": "bob", "x": ' + "[" * 1_200 + "]" * 1_200 + "}"] * 2,
            "2 records could not be read, so nothing is said to be missing",
        ),
        ([], None),
    ],
    ids=["too long", "nested too deep", "none"],
)
def test_nothing_is_said_to_be_missing_beside_records_that_could_not_be_read(
    unreadable: list[str], note: str | None
) -> None:
    content = users('{"id": "ann", "user_mutes": ["bob"]}', *unreadable)
    report = validate(content, "stream-chat", max_record=2_500)
    missing = {"user.user_mutes:refers-to": 1}
    assert {name: count for name, count in report.counts.items() if "refers-to" in name} == ({} if note else missing)
    assert list(report.notes) == ([note] if note else [])


def test_a_file_that_fits_no_rule_set_is_an_error() -> None:
    with pytest.raises(RecognitionError) as caught:
        validate(b"hello")
    assert str(caught.value) == f"the file fits none of the rule sets ({SHIPPED}); name one with --rules"


def test_a_report_says_why_a_rule_set_was_taken() -> None:
    report = validate(CONTENT)
    assert report.rules == "stream-chat"
    assert report.why.startswith("the file looks like json-array")


def test_every_error_is_of_one_family() -> None:
    for error in (RuleSetError, SourceError, RecognitionError, ViolationsFoundError):
        assert issubclass(error, ImportValidatorError)


def test_nothing_of_the_caller_s_process_is_changed() -> None:
    def state() -> tuple[Any, ...]:
        handlers = [signal.getsignal(each) for each in signal.valid_signals()]
        return gc.isenabled(), gc.get_threshold(), handlers, Path.cwd(), dict(os.environ)

    before = state()
    validate(CONTENT)
    assert state() == before


# Files that are fed


@pytest.mark.parametrize("rules", [None, "stream-chat"])
@pytest.mark.parametrize("size", [1, 2, 7, 64, 10_000])
def test_chunks_of_any_size_give_the_same_report(size: int, rules: str | None) -> None:
    validator = Validator(rules)
    for start in range(0, len(CONTENT), size):
        assert validator.feed(CONTENT[start : start + size]) == []
    report = validator.close()
    assert essence(report) == EXPECTED
    assert (report.source, report.bytes) == ("(fed)", len(CONTENT))


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("rules", [None, "stream-chat"])
def test_chunks_are_any_kind_of_bytes(kind: Callable[[bytes], Any], rules: str | None) -> None:
    validator = Validator(rules)
    validator.feed(kind(CONTENT[:60]))
    validator.feed(kind(CONTENT[60:]))
    assert essence(validator.close()) == EXPECTED


def test_a_validator_that_streams_gives_each_violation_once() -> None:
    validator = Validator("stream-chat", stream=True, samples=0)
    found = [each for start in range(0, len(CONTENT), 10) for each in validator.feed(CONTENT[start : start + 10])]
    found += validator.finish()
    assert found == [RESERVED, ENUM, REFERS_TO]
    assert validator.report.violations == ()
    assert validator.report.counts == EXPECTED["counts"]


def test_a_validator_that_streams_gives_violations_before_the_file_ends() -> None:
    validator = Validator("stream-chat", stream=True)
    many = users(*(f'{{"id": "u{number}", "pk": 1}}' for number in range(10_000)))
    found = validator.feed(many)
    assert [each.index for each in found] == list(range(len(found)))
    assert 0 < len(found) < 10_000
    assert len(found) + sum(1 for _ in validator.finish()) == 10_000


def test_nothing_fed_is_an_empty_file() -> None:
    assert Validator("stream-chat").close().counts == {"parse": 1}
    with pytest.raises(RecognitionError):
        Validator().close()


def test_the_source_name_stands_in_the_report() -> None:
    validator = Validator(source_name="upload 17")
    validator.feed(VALID)
    assert validator.close().summary() == "upload 17: valid: 1 record of stream-chat"


def test_nothing_can_be_fed_after_close() -> None:
    validator = Validator()
    validator.feed(VALID)
    validator.close()
    with pytest.raises(ImportValidatorError) as caught:
        validator.feed(VALID)
    assert str(caught.value) == "the file is finished: nothing can be fed to it after close()"


def test_there_is_no_report_before_close() -> None:
    validator = Validator("stream-chat")
    validator.feed(VALID)
    with pytest.raises(ImportValidatorError) as caught:
        _ = validator.report
    assert str(caught.value) == "there is no report: the file is not finished: call close() first"


def test_the_plan_is_there_once_the_rule_set_is_known() -> None:
    assert Validator("stream-chat").plan.rule_set.name == "stream-chat"
    validator = Validator()
    validator.feed(VALID)
    with pytest.raises(ImportValidatorError) as caught:
        _ = validator.plan
    assert str(caught.value) == "the rule set is not recognised yet: feed more of the file, or close"
    validator.close()
    assert validator.plan.rule_set.name == "stream-chat"


def test_closing_twice_gives_the_same_report() -> None:
    validator = Validator()
    validator.feed(CONTENT)
    assert essence(validator.close()) == essence(validator.close()) == essence(validator.report) == EXPECTED


def test_finish_and_then_close_gives_the_report() -> None:
    validator = Validator()
    validator.feed(CONTENT)
    assert list(validator.finish()) == []
    assert list(validator.finish()) == []
    assert essence(validator.close()) == EXPECTED


def test_a_closed_validator_leaves_the_with_statement_with_its_report() -> None:
    with Validator() as validator:
        validator.feed(CONTENT)
        validator.close()
    assert essence(validator.report) == EXPECTED


def test_nothing_can_be_fed_after_abort() -> None:
    validator = Validator("stream-chat")
    validator.feed(VALID)
    validator.abort()
    validator.abort()
    with pytest.raises(ImportValidatorError):
        validator.feed(VALID)


def aborted() -> Validator:
    validator = Validator("stream-chat")
    validator.feed(VALID)
    validator.abort()
    return validator


def left() -> Validator:
    with Validator("stream-chat") as validator:
        validator.feed(VALID)
    return validator


def failed() -> Validator:
    validator = Validator("stream-chat")
    with pytest.raises(TypeError):
        validator.feed(7)  # type: ignore[arg-type]
    return validator


def half_finished() -> Validator:
    validator = Validator("stream-chat", stream=True)
    validator.feed(CONTENT)
    for _ in validator.finish():
        break
    return validator


@pytest.mark.parametrize("make", [aborted, left, failed, half_finished])
@pytest.mark.parametrize(
    "ask", [lambda validator: validator.report, lambda validator: validator.close()], ids=["report", "close"]
)
def test_there_is_no_report_of_a_file_that_was_not_finished(
    make: Callable[[], Validator], ask: Callable[[Validator], Report]
) -> None:
    validator = make()
    with pytest.raises(ImportValidatorError) as caught:
        ask(validator)
    assert str(caught.value) == "there is no report: the file was given up"


def test_several_validators_do_not_mind_each_other() -> None:
    first, second = Validator("stream-chat"), Validator("stream-chat")
    for start in range(0, len(CONTENT), 10):
        first.feed(CONTENT[start : start + 10])
        second.feed(VALID[start : start + 10])
    assert essence(first.close()) == EXPECTED
    assert second.close().valid


# Rule sets

OWN = """
name = "own"
title = "Our users"

[params.roles]
type = "names"
default = ["user"]

[records.user]
key = ["id"]
rules = [
    { rule = "required", field = "id" },
    { rule = "enum", field = "role", values = { param = "roles" } },
]

[records.user.fields]
id = "string"
role = "string"
"""


def test_rules_are_a_name_a_path_or_a_rule_set(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN, "utf-8")
    content = users('{"role": "king"}')
    counts = {"user.id:required": 1, "user.role:enum": 1}
    for rules in (path, str(path), RuleSet.load(path), RuleSet.from_toml(OWN)):
        report = validate(content, rules)
        assert (report.rules, report.counts) == ("own", counts)
    assert validate(content, "stream-chat").rules == "stream-chat"
    assert validate(content, RuleSet.load("stream-chat")).rules == "stream-chat"


def test_a_rule_set_file_is_called_after_the_file_where_it_gives_no_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN.replace('name = "own"', ""), "utf-8")
    assert RuleSet.load(path).name == "mine"
    assert RuleSet.from_toml(OWN.replace('name = "own"', ""), name="other").name == "other"


def test_the_shipped_rule_sets_are_those_in_the_folder_of_rules() -> None:
    assert [each.name for each in RuleSet.shipped()] == sorted(path.stem for path in (ROOT / "rules").glob("*.toml"))


def test_a_rule_set_is_the_same_from_text_and_from_a_document() -> None:
    document = {
        "name": "own",
        "title": "Our users",
        "params": {"roles": {"type": "names", "default": ["user"]}},
        "records": {
            "user": {
                "key": ["id"],
                "rules": [
                    {"rule": "required", "field": "id"},
                    {"rule": "enum", "field": "role", "values": {"param": "roles"}},
                ],
                "fields": {"id": "string", "role": "string"},
            }
        },
    }
    assert RuleSet.from_dict(document) == RuleSet.from_toml(OWN)


def test_a_rule_set_is_made_in_python() -> None:
    rule_set = RuleSet(
        name="own",
        records={
            "user": RecordType(
                name="user", fields={"id": "string"}, rules=[{"rule": "required", "field": "id"}], key=["id"]
            )
        },
    )
    assert validate(users("{}", '{"id": 7}'), rule_set).counts == {"user.id:required": 1, "user.id:type": 1}


def test_parameters_are_given_by_name() -> None:
    content = users('{"id": "ann", "role": "king"}')
    assert validate(content, RuleSet.from_toml(OWN)).counts == {"user.role:enum": 1}
    assert validate(content, RuleSet.from_toml(OWN), {"roles": ["king"]}).counts == {}


def test_a_record_type_has_a_key_without_a_rule_that_it_is_unique() -> None:
    rule_set = RuleSet.from_toml(OWN).with_rules("user", {"rule": "refers-to", "field": "boss", "to": "user"})
    content = users('{"id": "ann", "boss": "bob"}', '{"id": "bob"}', '{"id": "bob", "boss": "cid"}')
    assert validate(content, rule_set).counts == {"user.boss:refers-to": 1}


def test_rules_are_added_at_the_end_and_the_rule_set_itself_stays() -> None:
    rule_set = RuleSet.from_toml(OWN)
    longer = rule_set.with_rules("user", {"rule": "required", "field": "email"}, {"rule": "unique"})
    assert validate(users("{}"), longer).counts == {"user.id:required": 1, "user.email:required": 1}
    assert validate(users("{}"), rule_set).counts == {"user.id:required": 1}
    assert rule_set == RuleSet.from_toml(OWN)


def test_rules_are_added_to_a_record_type_that_there_is() -> None:
    with pytest.raises(RuleSetError) as caught:
        RuleSet.from_toml(OWN).with_rules("usr", {"rule": "unique"})
    assert str(caught.value) == "no record type 'usr'; there are user"


def test_a_rule_has_a_message_a_hint_a_severity_and_a_code_of_its_own() -> None:
    rule_set = RuleSet.from_toml(OWN).with_rules(
        "user",
        {
            "rule": "required",
            "field": "email",
            "message": 'no address for "{id}"',
            "hint": "ask {id} for one",
            "severity": "warning",
            "stage": "reference",
            "code": "address",
        },
    )
    report = validate(users('{"id": "ann"}'), rule_set)
    assert report.valid
    assert report.warnings == 1
    assert report.summary() == "(bytes): valid: 1 record of own, 1 warning"
    assert report.records == {"user": RecordCount(total=1, valid=1)}
    assert report.violations == (
        Violation(
            code="address",
            rule="user.email:address",
            severity=Severity.WARNING,
            stage=Stage.REFERENCE,
            message='reference warning: no address for "ann"',
            hint="ask ann for one",
            record_type="user",
            index=0,
            offset=1,
            line=1,
            path="/email",
        ),
    )


# What the caller decides besides


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
    rule_set = RuleSet.from_toml(OWN).with_rules("user", {"rule": "required", "field": "email"})
    report = validate(users("{}"), rule_set, severity={"required": "off", "user.email:required": "error"})
    assert report.counts == {"user.email:required": 1}


def test_a_code_of_a_rule_s_own_gets_a_severity() -> None:
    rule_set = RuleSet.from_toml(OWN).with_rules("user", {"rule": "required", "field": "email", "code": "address"})
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


# Recognition


def test_a_file_that_fits_several_rule_sets_is_an_error_that_names_them() -> None:
    candidates = [replace(RuleSet.from_toml(OWN), name=name) for name in ("one", "two")]
    with pytest.raises(RecognitionError) as caught:
        recognise(VALID, candidates)
    assert str(caught.value) == "the file fits one as well as two; name one with --rules"


def test_of_rule_sets_that_fit_the_one_whose_types_are_in_the_file_is_taken() -> None:
    chat = RuleSet.load("stream-chat")
    other = RuleSet(name="other", records={"usr": RecordType(name="usr")})
    rule_set, why = recognise(VALID, [other, chat])
    assert rule_set is chat
    assert why == (
        'the file looks like json-array, its records look like {"type": …, "item": {…}}, and user is one of its types'
    )


# Rules of one's own


@dataclass(frozen=True, kw_only=True)
class NoShouting(RecordRule):
    """Text must not be all capitals.

    Attributes:
        field: the field.
        most: how many letters may be.
    """

    kind: ClassVar[str] = "no-shouting"
    default_message: ClassVar[str] = '{subject}.{field} "{value}" shouts with {letters} letters'
    default_hint: ClassVar[str] = "write no more than {most} letters in capitals"

    field: str
    most: int = 3

    def check(self, fields: Any) -> Iterator[Finding]:
        value = fields.get(self.field)
        if isinstance(value, str) and value.isupper() and len(value) > self.most:
            yield Finding((self.field,), value, {"letters": len(value)})


class NotEmpty(RecordRule):
    """A record must hold something."""

    kind: ClassVar[str] = "not-empty"

    def check(self, fields: Any) -> Iterator[Finding]:
        if not fields:
            yield Finding(())


SHOUTING = users('{"id": "ANNA"}', '{"id": "anna"}', '{"id": "BOB"}')
SHOUTED = Violation(
    code="no-shouting",
    rule="user.id:no-shouting",
    severity=Severity.ERROR,
    stage=Stage.VALIDATION,
    message='validation error: user.id "ANNA" shouts with 4 letters',
    hint="write no more than 3 letters in capitals",
    record_type="user",
    index=0,
    offset=1,
    line=1,
    path="/id",
    value="ANNA",
)


def test_a_rule_of_one_s_own_is_added_as_an_object() -> None:
    rule_set = RuleSet.load("stream-chat").with_rules("user", NoShouting(field="id"))
    report = validate(SHOUTING, rule_set)
    assert report.violations == (SHOUTED,)
    assert report.counts == {"user.id:no-shouting": 1}
    assert report.records == {"user": RecordCount(total=3, valid=2)}


def test_a_rule_of_one_s_own_is_used_from_toml() -> None:
    text = '[records.user]\nrules = [{ rule = "no-shouting", field = "id" }]\n'
    report = validate(SHOUTING, RuleSet.from_toml(text, kinds={"no-shouting": NoShouting}))
    assert report.violations == (SHOUTED,)


def test_a_rule_of_one_s_own_has_options_parameters_and_conditions_as_any_other() -> None:
    text = """
    [params.loud]
    type = "integer"
    default = 2
    [params.polite]
    type = "switch"
    default = true
    [records.user]
    rules = [{ rule = "no-shouting", field = "id", most = { param = "loud" }, when = "polite", severity = "warning" }]
    """
    rule_set = RuleSet.from_toml(text, kinds={"no-shouting": NoShouting})
    assert validate(SHOUTING, rule_set).counts == {"user.id:no-shouting": 2}
    assert validate(SHOUTING, rule_set, {"loud": 3}).counts == {"user.id:no-shouting": 1}
    assert validate(SHOUTING, rule_set, {"polite": False}).counts == {}


def test_a_rule_of_one_s_own_is_held_to_its_options() -> None:
    text = '[records.user]\nrules = [{ rule = "no-shouting", field = "id", least = 3 }]\n'
    with pytest.raises(RuleSetError) as caught:
        Validator(RuleSet.from_toml(text, kinds={"no-shouting": NoShouting}))
    assert str(caught.value) == (f"records.user.rules[0]: no-shouting has no least; it has {COMMON}, field, most")


def test_an_error_in_a_rule_set_without_a_name_does_not_begin_with_a_colon() -> None:
    with pytest.raises(RuleSetError) as caught:
        Validator(RuleSet.from_toml('[records.user]\nrules = [{ rule = "bogus" }]\n'))
    assert str(caught.value).startswith("records.user.rules[0]: no kind of rule")


def test_a_rule_of_one_s_own_needs_no_options_and_no_words() -> None:
    report = validate(users("{}"), RuleSet(name="own", records={"user": RecordType(name="user", rules=[NotEmpty()])}))
    [violation] = report.violations
    assert (violation.rule, violation.message, violation.path) == (
        "user:not-empty",
        "validation error: user breaks a rule",
        "",
    )


def test_an_error_in_a_rule_of_one_s_own_comes_through_as_it_is() -> None:
    class Faulty(RecordRule):
        kind: ClassVar[str] = "faulty"

        def check(self, fields: Any) -> Iterator[Finding]:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        validate(VALID, RuleSet.load("stream-chat").with_rules("user", Faulty()))


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


# Rule sets that are broken


def broken(**tables: Any) -> dict[str, Any]:
    """A rule set in order but for the tables that are given."""
    return {"name": "own", "records": {"user": {"key": ["id"], "fields": {"id": "string"}}}, **tables}


def with_rule(**rule: Any) -> dict[str, Any]:
    return broken(records={"user": {"rules": [rule]}})


def error_in(document: dict[str, Any]) -> str:
    """The message about a broken rule set; one that comes only when it is put to use begins with its name."""
    try:
        rule_set = RuleSet.from_dict(document)
    except RuleSetError as error:
        return str(error)
    with pytest.raises(RuleSetError, match=r"^own: ") as caught:
        Validator(rule_set)
    return str(caught.value).removeprefix("own: ")


COMMON = ", ".join(Rule.options())
TYPES = f"{', '.join(BASIC_TYPES)}, and 'array of' and 'object of' any of them"


def test_text_that_is_not_toml() -> None:
    with pytest.raises(RuleSetError, match=r"^not TOML: "):
        RuleSet.from_toml("[records")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[" * 3000 + "]" * 3000, "lists and tables nested too deep to be read"),
        ("a = " + "{a = " * 3000 + "1" + "}" * 3000, "lists and tables nested too deep to be read"),
        ("a = [{b = 9223372036854775808}]", "an integer is too large: integers have at most 64 bits"),
        ("a = -9223372036854775809", "an integer is too large: integers have at most 64 bits"),
        ("a = 0x" + "f" * 5000, "an integer is too large: integers have at most 64 bits"),
        ("a = " + "9" * 5000, "an integer is too large: integers have at most 64 bits"),
        ("name = 9223372036854775807", "the rule set: name has to be text, not 9223372036854775807"),
    ],
)
def test_toml_that_is_beyond_what_can_be_read(text: str, message: str) -> None:
    with pytest.raises(RuleSetError) as caught:
        RuleSet.from_toml(text)
    assert str(caught.value) == message


def test_a_name_that_no_rule_set_has() -> None:
    with pytest.raises(RuleSetError) as caught:
        validate(VALID, "chat")
    assert str(caught.value) == f"no rule set 'chat'; there are {SHIPPED}, or a path to a .toml file"


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    with pytest.raises(RuleSetError) as caught:
        validate(VALID, path)
    assert str(caught.value) == f"{path}: No such file or directory"


def test_a_file_that_is_broken_is_named(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("bogus = 1", "utf-8")
    with pytest.raises(RuleSetError, match="the rule set: unknown bogus") as caught:
        validate(VALID, path)
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "the rule set has no record types: no [records.…"),
        (
            broken(bogus=1, more=2),
            "the rule set: unknown bogus, more; there are columns, documentation, envelope, …",
        ),
        (broken(reader={"format": "xml"}), f"no reader 'xml'; there are {', '.join(READERS)}"),
        (broken(reader={"size": 1}), "reader: unknown size; there are format, …"),
        (broken(reader="json-array"), "reader: has to be a table"),
        (broken(reader={"max_size": {"param": "most"}}), "reader.max_size: no parameter 'most'"),
        (broken(envelope={"kind": "type"}), "envelope: unknown kind; there are …"),
        (broken(envelope={"absent": ["nil", "null"]}), "envelope.absent: nil; there are null and zero-time"),
        (broken(params={"roles": 1}), "params.roles: has to be a table"),
        (broken(params={"roles": {"type": "names"}}), "params.roles: needs a type and a default"),
        (
            broken(params={"roles": {"type": "list", "default": []}}),
            f"parameter roles: no such type 'list'; there are {', '.join(PARAMETER_TYPES)}",
        ),
        (
            broken(params={"roles": {"type": "names", "default": [1]}}),
            "parameter roles: wants a list of names, not [1]",
        ),
        (
            broken(params={"roles": {"type": "names", "default": [], "min": 1}}),
            "params.roles: unknown min; there are default, each, help, type",
        ),
        (broken(records=[]), "records: has to be a table"),
        (broken(records={"user": []}), "records.user: has to be a table"),
        (
            broken(records={"user": {"field": {}}}),
            "records.user: unknown field; there are …",
        ),
        (broken(records={"user": {"rules": {}}}), "records.user.rules: has to be a list of tables"),
        (broken(records={"user": {"rules": ["unique"]}}), "records.user.rules: has to be a list of tables"),
        (
            broken(records={"user": {"rules": [{"rule": "unique"}]}}),
            "records.user.rules[0]: unique, but user has no key",
        ),
        (
            broken(records={"user": {"fields": {"id": "text"}}}),
            f"records.user.fields.id: no such type: 'text'; there are {TYPES}",
        ),
        (
            broken(records={"user": {"fields": {"ids": "array of text"}}}),
            f"records.user.fields.ids: no such type: 'text'; there are {TYPES}",
        ),
        (
            broken(records={"user": {"fields": {"push": {"type": "object", "fields": {"on": "bool"}}}}}),
            f"records.user.fields.push.fields.on: no such type: 'bool'; there are {TYPES}",
        ),
        (
            broken(records={"user": {"derived": {"cid": {"derive": "hash"}}}}),
            f"records.user.derived.cid: derive has to be one of {', '.join(DERIVATIONS)}",
        ),
        (
            broken(records={"user": {"derived": {"cid": {"derive": "set-id", "id": "id"}}}}),
            "records.user.derived.cid: missing 1 required keyword-only argument: 'set'",
        ),
        (with_rule(rule="bogus"), f"records.user.rules[0]: no kind of rule 'bogus'; there are {', '.join(KINDS)}"),
        (with_rule(field="id"), f"records.user.rules[0]: no kind of rule None; there are {', '.join(KINDS)}"),
        (
            with_rule(rule="required", field="id", length=3),
            f"records.user.rules[0]: required has no length; it has {', '.join(KINDS['required'].options())}",
        ),
        (
            with_rule(rule="reserved"),
            "records.user.rules[0]: Reserved missing 1 required keyword-only argument: 'fields'",
        ),
        (
            with_rule(rule="max-length", field="id"),
            "records.user.rules[0]: max-length of id: give either bytes or characters",
        ),
        (
            with_rule(rule="max-length", field="id", bytes=1, characters=1),
            "records.user.rules[0]: max-length of id: give either bytes or characters",
        ),
        (
            with_rule(rule="pattern", field="id", pattern="["),
            "records.user.rules[0]: pattern '[': unterminated character set at position 1",
        ),
        (
            with_rule(rule="damaged-id", field="id", pattern="["),
            "records.user.rules[0]: pattern '[': unterminated character set at position 1",
        ),
        (with_rule(rule="refers-to", to="user"), "records.user.rules[0]: refers-to to user: give either field or key"),
        (
            with_rule(rule="refers-to", to="user", field="id", key=["id"]),
            "records.user.rules[0]: refers-to to user: give either field or key",
        ),
        (with_rule(rule="each", field="parts", shape="part"), "records.user.rules[0]: each of parts: no shape 'part'"),
        (
            with_rule(rule="required", field="id", severity="fatal"),
            "records.user.rules[0]: severity has to be one of error, warning, not 'fatal'",
        ),
        (
            with_rule(rule="required", field="id", stage="late"),
            "records.user.rules[0]: stage has to be one of parse, validation, reference, not 'late'",
        ),
        (
            with_rule(rule="enum", field="role", values={"param": "roles"}),
            "records.user.rules[0]: no parameter 'roles'",
        ),
        (
            with_rule(rule="enum", field="role", values={"param": ["roles"]}),
            "records.user.rules[0]: no parameter ['roles']",
        ),
        (
            with_rule(rule="required", field="id", message={"name": "{name} has no id"}),
            "records.user.rules[0]: message: several need one called otherwise, for records with none of the fields",
        ),
        (with_rule(rule="required", field="id", when="strict"), "records.user.rules[0]: when: no parameter 'strict'"),
        (with_rule(rule="required", field="id", unless="lax"), "records.user.rules[0]: unless: no parameter 'lax'"),
        (
            broken(records={"user": {"rules": [{"rule": "required", "field": "id"}] * 2}}),
            "two rules are called user.id:required; give one of them a code of its own",
        ),
        (
            with_rule(rule="refers-to-root", field="parent", to="nobody", parent="parent"),
            "user.parent:refers-to-root: no record type 'nobody'",
        ),
        (
            with_rule(rule="shares-value", field="id", of="user.teams", one="nobody.team", through=["id"]),
            "user.id:shares-value: no record type 'nobody'",
        ),
        (
            with_rule(rule="shares-value", field="id", of="user.teams", one="user.team", through=["id"]),
            "user.id:shares-value: user has no key",
        ),
        (with_rule(rule="unique", key=[]), "user:unique: a key has to have parts"),
        (
            with_rule(rule="increasing", field="id", key=[]),
            "user.id:increasing: a key has to have parts",
        ),
        (with_rule(rule="refers-to", field="boss", to="user"), "user.boss:refers-to: user has no key"),
        (
            broken(records={"user": {"key": ["team", "id"], "rules": [
                {"rule": "refers-to", "field": "boss", "to": "user"}]}}),
            "user.boss:refers-to: user is found by 2 parts, not by 1",
        ),
        (
            broken(records={"user": {"key": ["id"], "rules": [
                {"rule": "refers-to", "field": "ids", "each": True, "split": ":", "to": "user"}]}}),
            "user.ids:refers-to: user is found by 1 part, not by 2",
        ),
    ],
)  # fmt: skip
def test_a_broken_rule_set_is_an_error_that_says_what_is_wrong(document: dict[str, Any], message: str) -> None:
    beginning, cut, _ = message.partition("…")  # where what there is to choose from is still growing
    error = error_in(document)
    assert (error[: len(beginning)] if cut else error) == beginning


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "refers-to", "field": "boss", "to": "nobody"},
        {"rule": "complete", "each": "ids", "key": ["ids"], "to": "nobody"},
    ],
    ids=lambda rule: rule["rule"],
)
def test_a_reference_to_a_record_type_that_there_is_not_is_an_error(rule: dict[str, Any]) -> None:
    about = rule.get("field") or rule["each"]
    assert error_in(with_rule(**rule)) == f"user.{about}:{rule['rule']}: no record type 'nobody'"


def in_place(document: dict[str, Any], message: str) -> Any:
    """A case that is called by the place in the rule set that its message names."""
    return pytest.param(document, message, id=message.partition(" has to be")[0].partition(": no ")[0])


@pytest.mark.parametrize(
    ("document", "message"),
    [
        in_place(
            broken(records={"user": {"fields": {"id": 7}}}),
            "records.user.fields.id: has to be a type or a table, not 7",
        ),
        in_place(
            broken(records={"user": {"fields": {"id": {"type": 7}}}}),
            "records.user.fields.id: the type has to be text, not 7",
        ),
        in_place(
            broken(records={"user": {"fields": {"id": {"type": ["string"]}}}}),
            "records.user.fields.id: the type has to be text, not ['string']",
        ),
        in_place(broken(records={"user": {"key": "id"}}), "records.user: key has to be a list of texts, not 'id'"),
        in_place(broken(records={"user": {"key": [7]}}), "records.user: key has to be a list of texts, not [7]"),
        in_place(broken(records={"user": {"also": "me"}}), "records.user: also has to be a list of texts, not 'me'"),
        in_place(broken(records={"user": {"plural": 7}}), "records.user: plural has to be text, not 7"),
        in_place(broken(records={"user": {"derived": {"cid": 7}}}), "records.user.derived.cid: has to be a table"),
        in_place(broken(envelope={"absent": 7}), "envelope: absent has to be a list of texts, not 7"),
        in_place(broken(envelope={"type": 7}), "envelope: type has to be text, not 7"),
        in_place(broken(order="user"), "the rule set: order has to be a list of texts, not 'user'"),
        in_place(broken(reader={"format": ["json-array"]}), "reader: format has to be text, not ['json-array']"),
        in_place(
            broken(reader={"max_size": "huge"}),
            "reader.max_size: 'huge' is no size; write a number with a unit, such as 64MB",
        ),
        in_place(
            broken(params={"a": {"type": ["names"], "default": []}}), "params.a: type has to be text, not ['names']"
        ),
        in_place(
            with_rule(rule=["required"]),
            f"records.user.rules[0]: no kind of rule ['required']; there are {', '.join(KINDS)}",
        ),
        in_place(
            with_rule(rule="required"),
            "records.user.rules[0]: Required missing 1 required keyword-only argument: 'field'",
        ),
        in_place(with_rule(rule="required", field="id", when=["a"]), "records.user.rules[0]: when: no parameter ['a']"),
        in_place(
            with_rule(rule="required", field="id", message=7),
            "records.user.rules[0]: required: message has to be text or a table, not 7",
        ),
        in_place(
            with_rule(rule="required", field="id", hint=7),
            "records.user.rules[0]: required: hint has to be text, not 7",
        ),
        in_place(
            with_rule(rule="required", field="id", status="OK"),
            "records.user.rules[0]: required: status has to be a whole number, not 'OK'",
        ),
        in_place(
            with_rule(rule="required", field="id", status=70_000),
            "records.user.rules[0]: status of required: has to be an HTTP status, from 100 to 599, not 70000",
        ),
        in_place(with_rule(rule="required", field=7), "records.user.rules[0]: required: field has to be text, not 7"),
        in_place(
            with_rule(rule="reserved", fields="online"),
            "records.user.rules[0]: reserved: fields has to be a list of text, not 'online'",
        ),
        in_place(
            with_rule(rule="max-length", field="id", bytes="255"),
            "records.user.rules[0]: max-length: bytes has to be a whole number, not '255'",
        ),
        in_place(
            with_rule(rule="range", field="id", min=1.5),
            "records.user.rules[0]: range: min has to be a whole number, not 1.5",
        ),
        in_place(
            with_rule(rule="enum", field="id", values=7),
            "records.user.rules[0]: enum: values has to be a list of text or a table, not 7",
        ),
        in_place(
            with_rule(rule="refers-to", field="id", to="user", each="yes"),
            "records.user.rules[0]: refers-to: each has to be true or false, not 'yes'",
        ),
        in_place(
            with_rule(rule="max-length-by", field="text", by="type", limits={"a": "b"}, default=1),
            "records.user.rules[0]: max-length-by: limits has to be a table, not {'a': 'b'}",
        ),
        in_place(
            with_rule(rule="differ", fields=["a"]),
            "records.user.rules[0]: differ: fields has to name two fields, not 1",
        ),
        in_place(
            with_rule(rule="disjoint", fields=["a", "b", "c"]),
            "records.user.rules[0]: disjoint: fields has to name two fields, not 3",
        ),
        in_place(broken(order=["nobody"]), "order: no record type 'nobody'; there are user"),
        in_place(broken(status={"parse": "bad"}), "status: parse has to be a whole number, not 'bad'"),
        in_place(broken(status={"parse": True}), "status: parse has to be a whole number, not True"),
        in_place(
            broken(status={"parse": 0}), "status of parse: has to be an HTTP status, from 100 to 599, not 0"
        ),
        in_place(
            broken(status={"bogus": 400}), f"status: unknown bogus; there are {', '.join(sorted(READING_RULES))}"
        ),
        in_place(broken(envelope={"closed": "no"}), "envelope: closed has to be true or false, not 'no'"),
        in_place(
            broken(records={"user": {"like": "["}}),
            "records.user: like '[': unterminated character set at position 0",
        ),
        in_place(
            broken(records={"user": {"fields": {"push": {"type": "object", "fields": 7}}}}),
            "records.user.fields.push.fields: has to be a table, not 7",
        ),
        in_place(
            broken(records={"user": {"fields": {"push": {"fields": {"on": 7}}}}}),
            "records.user.fields.push.fields.on: has to be a type or a table, not 7",
        ),
        in_place(
            broken(records={"user": {"derived": {"at": {"derive": "moment", "field": 7}}}}),
            "records.user.derived.at: field has to be text, not 7",
        ),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_in_a_rule_set_is_an_error_too(document: dict[str, Any], message: str) -> None:
    assert error_in(document) == message


# Parameters


@pytest.mark.parametrize(
    ("parameter", "given", "value"),
    [
        (Parameter(type="names"), ["a", "b"], ["a", "b"]),
        (Parameter(type="names"), ("a", "b"), ["a", "b"]),
        (Parameter(type="names"), "a, b ,,c", ["a", "b", "c"]),
        (Parameter(type="names"), "", []),
        (Parameter(type="limits"), {"a": 1}, {"a": 1}),
        (Parameter(type="limits"), "a:1, b:2", {"a": 1, "b": 2}),
        (Parameter(type="limits", each=9), "a:1,b", {"a": 1, "b": 9}),
        (Parameter(type="limits", each=9), ["a", "b:2"], {"a": 9, "b": 2}),
        (Parameter(type="kinds"), {"a": "flat"}, {"a": "flat"}),
        (Parameter(type="kinds"), "a:flat, b:aggregated", {"a": "flat", "b": "aggregated"}),
        (Parameter(type="kinds"), "", {}),
        (Parameter(type="switch"), True, True),
        (Parameter(type="switch"), False, False),
        (Parameter(type="switch"), "Yes", True),
        (Parameter(type="switch"), "off", False),
        (Parameter(type="switch"), 1, True),
        (Parameter(type="switch"), "0", False),
        (Parameter(type="size"), "1MB", 1 << 20),
        (Parameter(type="size"), 17, 17),
        (Parameter(type="integer"), "17", 17),
        (Parameter(type="integer"), -3, -3),
        (Parameter(type="text"), "any", "any"),
        (Parameter(type="text"), 7, "7"),
    ],
)
def test_a_parameter_is_read_from_python_or_from_text(parameter: Parameter, given: Any, value: Any) -> None:
    assert parameter.read("p", given) == value


@pytest.mark.parametrize(
    ("parameter", "given", "message"),
    [
        (Parameter(type="names"), [1], "wants a list of names, not [1]"),
        (Parameter(type="limits"), "a:1,b", "wants a number for each name, as in b:100"),
        (Parameter(type="switch"), "maybe", "is a switch: true or false, not 'maybe'"),
        (Parameter(type="switch"), 2, "is a switch: true or false, not 2"),
        (Parameter(type="switch"), None, "is a switch: true or false, not None"),
        (Parameter(type="size"), "big", "'big' is no size; write a number with a unit, such as 64MB"),
        (Parameter(type="list"), [], f"no such type 'list'; there are {', '.join(PARAMETER_TYPES)}"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_an_error(parameter: Parameter, given: Any, message: str) -> None:
    with pytest.raises(RuleSetError) as caught:
        parameter.read("p", given)
    assert str(caught.value) == f"parameter p: {message}"


@pytest.mark.parametrize(
    ("parameter", "given", "message"),
    [
        (Parameter(type="names"), 5, "wants a list of names, not 5"),
        (Parameter(type="names"), None, "wants a list of names, not None"),
        (Parameter(type="limits"), "a:b", "wants a whole number, not 'b'"),
        (Parameter(type="limits"), {"a": None}, "wants a whole number, not None"),
        (Parameter(type="limits"), {"a": float("inf")}, "wants a whole number, not inf"),
        (Parameter(type="limits"), 5, "wants a list of names, not 5"),
        (Parameter(type="kinds"), "a", "wants a kind for each name, as in a:KIND"),
        (Parameter(type="kinds"), 5, "wants a list of names, not 5"),
        (Parameter(type="integer"), "many", "wants a whole number, not 'many'"),
        (Parameter(type="integer"), 1.5, "wants a whole number, not 1.5"),
        (Parameter(type="integer"), True, "wants a whole number, not True"),
        (Parameter(type="size"), 1.5, "'1.5' is no size; write a number with a unit, such as 64MB"),
        (Parameter(type="size"), -1, "'-1' is no size; write a number with a unit, such as 64MB"),
        (Parameter(type="integer"), "+-5", "wants a whole number, not '+-5'"),
        (Parameter(type="integer"), "٣", "wants a whole number, not '٣'"),
        (Parameter(type="kinds"), "a:flat,b", "wants a kind for each name, as in b:KIND"),
    ],
    ids=lambda each: each.type if isinstance(each, Parameter) else repr(each)[:20],
)
def test_a_parameter_of_the_wrong_type_is_an_error_that_says_what_it_wants(
    parameter: Parameter, given: Any, message: str
) -> None:
    with pytest.raises(RuleSetError) as caught:
        parameter.read("p", given)
    assert str(caught.value) == f"parameter p: {message}"


def test_a_parameter_that_the_rule_set_has_not_is_an_error() -> None:
    with pytest.raises(RuleSetError) as caught:
        validate(VALID, "stream-chat", {"rolls": [], "roles": []})
    assert str(caught.value) == (
        "stream-chat: no parameter rolls; there are: roles, channel_types, lighter_channel_id, max_size"
    )


def test_a_rule_set_without_parameters_says_so() -> None:
    rule_set = RuleSet(name="own", records={"user": RecordType(name="user")})
    with pytest.raises(RuleSetError) as caught:
        validate(VALID, rule_set, {"roles": []})
    assert str(caught.value) == "own: no parameter roles; there are: none"


def test_parameters_have_their_defaults_where_they_are_not_given() -> None:
    assert RuleSet.load("stream-chat").parameters({"max_size": "1MB", "channel_types": "team:5,messaging"}) == {
        "roles": [
            "user",
            "guest",
            "anonymous",
            "admin",
            "moderator",
            "channel_member",
            "channel_moderator",
            "global_admin",
            "global_moderator",
        ],
        "channel_types": {"team": 5, "messaging": 20_000},
        "lighter_channel_id": False,
        "max_size": 1 << 20,
    }
