"""Rule sets: from TOML, from a document, made in Python, with more rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from import_validator import (
    RecordCount,
    RecordType,
    RuleSet,
    RuleSetError,
    Severity,
    Stage,
    Violation,
    validate,
)
from tests.corpus import ROOT
from tests.users import OWN, users

EMAIL = {"email": "string"}


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
    rule_set = RuleSet.from_toml(OWN).with_rules(
        "user", {"rule": "refers-to", "field": "boss", "to": "user"}, fields={"boss": "string"}
    )
    content = users('{"id": "ann", "boss": "bob"}', '{"id": "bob"}', '{"id": "bob", "boss": "cid"}')
    assert validate(content, rule_set).counts == {"user.boss:refers-to": 1}


def test_rules_are_added_at_the_end_and_the_rule_set_itself_stays() -> None:
    rule_set = RuleSet.from_toml(OWN)
    longer = rule_set.with_rules("user", {"rule": "required", "field": "email"}, {"rule": "unique"}, fields=EMAIL)
    assert validate(users("{}"), longer).counts == {"user.id:required": 1, "user.email:required": 1}
    assert validate(users("{}"), rule_set).counts == {"user.id:required": 1}
    assert rule_set == RuleSet.from_toml(OWN)


def test_rules_are_added_to_a_record_type_that_there_is() -> None:
    with pytest.raises(RuleSetError) as caught:
        RuleSet.from_toml(OWN).with_rules("usr", {"rule": "unique"})
    assert str(caught.value) == "no record type 'usr'; did you mean 'user'?"


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
        fields=EMAIL,
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
