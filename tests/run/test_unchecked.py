"""What could not be checked in time is said: in the report, and in the exit status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from import_validator import Report, RuleSet, Unchecked, UncheckedError, Validator, ViolationsFoundError, validate
from import_validator.rules import matching
from tests.command import run
from tests.samples import lines

SLOW = "(?=a)(a|a)*$"
RULES = f"""
name = "own"
[reader]
format = "json-lines"
[envelope]
record = "thing"
[records.thing]
rules = [{{ rule = "required", field = "id" }}, {{ rule = "pattern", field = "id", pattern = '{SLOW}' }}]
[records.thing.fields]
id = "string"
"""
LIKES = f"""
name = "own"
[reader]
format = "json-lines"
[envelope]
type = "type"
fields = "item"
[records.user]
like = '{SLOW}'
key = ["id"]
rules = [{{ rule = "required", field = "id" }}, {{ rule = "refers-to", field = "friend", to = "user" }}]
[records.user.fields]
id = "string"
friend = "string"
"""
REASON = (
    f"1 value took too long to check, such as '{'a' * 40}!': simplify the pattern, so that no two parts of it can "
    "match the same text"
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "VALUE_SECONDS", 0.02)


def slow_text(number: int = 1) -> str:
    return "a" * 40 + "!" * number


def things(*ids: str) -> bytes:
    return lines(*({"id": each} for each in ids))


def told(report: Report) -> Any:
    return report.valid, report.counts, report.unchecked


def test_a_value_that_takes_too_long_is_neither_right_nor_wrong() -> None:
    report = validate(things("aa", slow_text(), "a"), RuleSet.from_toml(RULES))
    assert told(report) == (False, {}, (Unchecked("thing.id:pattern", (slow_text(),), given_up=False),))
    assert report.summary() == "(bytes): not fully checked: 3 records of own"
    with pytest.raises(UncheckedError) as raised:
        report.raise_for_violations()
    assert raised.value.report is report


def test_a_file_with_violations_is_not_valid_whatever_else_could_not_be_checked() -> None:
    report = validate(things("ab", slow_text()), RuleSet.from_toml(RULES))
    expected = (Unchecked("thing.id:pattern", (slow_text(),), given_up=False),)
    assert told(report) == (False, {"thing.id:pattern": 1}, expected)
    with pytest.raises(ViolationsFoundError):
        report.raise_for_violations()


def test_a_rule_is_given_up_for_the_rest_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "RUN_SECONDS", 0.05)
    rule_set = RuleSet.from_toml(RULES)
    ids = [slow_text(number) for number in range(1, 30)]
    report = validate(things(*ids, "", "b"), rule_set)
    [unchecked] = report.unchecked
    assert (report.valid, report.counts, unchecked.given_up) == (False, {"thing.id:required": 1}, True)
    assert unchecked.values == tuple(ids[: len(unchecked.values)])
    assert validate(things("a", "b"), rule_set).counts == {"thing.id:pattern": 1}, "another run begins anew"


def test_what_took_too_long_is_listed_in_file_order() -> None:
    ids = ["a" * (n % 30 + 1) for n in range(1000)]
    ids[300], ids[301], ids[900] = slow_text(2), "b", slow_text(1)
    report = validate(things(*ids), RuleSet.from_toml(RULES))
    unchecked = Unchecked("thing.id:pattern", (slow_text(2), slow_text(1)), given_up=False)
    assert told(report) == (False, {"thing.id:pattern": 1}, (unchecked,))


def test_a_record_whose_type_cannot_be_told_is_not_said_to_have_none() -> None:
    ann = {"type": "a", "item": {"id": "ann", "friend": "bob"}}
    odd = {"type": slow_text(), "item": {"id": "bob"}}
    report = validate(lines(ann, odd, {"type": "b", "item": {}}), RuleSet.from_toml(LIKES))
    unchecked = (Unchecked("user:like", (slow_text(),), given_up=False),)
    assert told(report) == (False, {"record-type": 1}, unchecked)
    assert report.notes == ("1 record could not be read, so nothing is said to be missing",)
    assert {name: each.total for name, each in report.records.items()} == {"user": 1}


def test_entries_of_a_line_whose_type_cannot_be_told_are_counted() -> None:
    rules = RuleSet.from_toml(LIKES.replace('fields = "item"', 'fields = ""\nentries = "data"'))
    odd = {"type": slow_text(), "data": [{"id": "x"}, {"id": "y"}]}
    report = validate(lines(odd, {"type": "a", "data": [{}]}), rules)
    assert [(each.rule, each.index) for each in report.violations] == [("user.id:required", 2)]
    assert report.notes == ("2 records could not be read, so nothing is said to be missing",)


def test_a_slow_name_of_a_portable_pattern_is_told() -> None:
    rules = RuleSet.from_toml(LIKES.replace(SLOW, "^(a|a)*$"))
    report = validate(lines({"type": slow_text(), "item": {"id": "x"}}), rules)
    assert told(report) == (False, {"record-type": 1}, ())


@pytest.mark.parametrize(("ids", "status"), [(["a"], 0), (["a", slow_text()], 2), (["b", slow_text()], 1)])
def test_the_exit_status_is_0_only_where_everything_was_checked(tmp_path: Path, ids: list[str], status: int) -> None:
    rules, path = tmp_path / "own.toml", tmp_path / "things.jsonl"
    rules.write_text(RULES, "utf-8")
    path.write_bytes(things(*ids))
    outcome = run("validate", path, "--rules", rules, "--format", "json")
    said = f"import-validator: {path}: not everything could be checked in time: thing.id:pattern\n" if status else ""
    assert (outcome.status, outcome.err) == (status, said)
    unchecked = {"rule": "thing.id:pattern", "values": [slow_text()], "given_up": False, "reason": REASON}
    document = outcome.document
    assert (document["valid"], document.get("unchecked")) == (status == 0, [unchecked] if status else None)


def test_the_text_says_what_was_not_checked(tmp_path: Path) -> None:
    rules, path = tmp_path / "own.toml", tmp_path / "things.jsonl"
    rules.write_text(RULES, "utf-8")
    path.write_bytes(things("a", slow_text()))
    page = run("validate", path, "--rules", rules).page
    assert page == (
        f"{path}: not fully checked\n"
        "rule set own; 64 bytes in … seconds\n"
        "\n"
        "records  total  valid\n"
        "things       2      2\n"
        f"not checked: thing.id:pattern: {REASON}\n"
    )


def test_the_library_can_ask_in_pieces() -> None:
    validator = Validator(RuleSet.from_toml(RULES))
    validator.feed(things(slow_text()))
    assert told(validator.close()) == (False, {}, (Unchecked("thing.id:pattern", (slow_text(),), given_up=False),))
