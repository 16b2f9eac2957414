"""A second opinion: `jsonschema` with the exported schema agrees with the engine, but for what is listed here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema
import orjson
import pytest

from import_validator import Report, RuleSet, Violation, validate
from import_validator.pass_one.lane import rule_set_schema
from import_validator.rules import KeyRule, RecordRule, Rule
from import_validator.rules.fragments import Schema
from import_validator.rules.parts import Each
from import_validator.ruleset.plan import Plan
from import_validator.testing import Expected
from import_validator.testing.breaking import broken_file
from import_validator.testing.chooser import RandomChooser
from import_validator.testing.making import valid_file
from import_validator.testing.targets import Target, targets

pytestmark = pytest.mark.unwatched

RULE_SETS = [rule_set.name for rule_set in RuleSet.shipped()]
SEED = 1


def schema_of(plan: Plan, rule: Rule) -> Schema | None:
    """The schema that says a rule: its own, or that of the rule that looks into the part it stands in."""
    for top in plan.records[rule.scope.record_type].record_rules:
        if top is rule or (isinstance(top, Each) and isinstance(rule, RecordRule) and top.looks_into(rule)):
            return top.schema()
    return {}


def no_schema(target: Target, violation: Violation) -> bool:
    return isinstance(target.rule, RecordRule) and schema_of(target.plan, target.rule) is None


def wrapped(target: Target, violation: Violation) -> bool:
    is_wrapped = bool(target.plan.records[target.rule.scope.record_type].wrap)
    return is_wrapped and isinstance(target.rule, RecordRule) and target.rule.scope.subject != "line"


def of_a_line(target: Target, violation: Violation) -> bool:
    entries = target.plan.rule_set.envelope.entries
    says_there_are_entries = target.rule.kind in {"required", "type"} and violation.path == f"/{entries}"
    return target.rule.scope.subject == "line" and not says_there_are_entries


def whole_number(target: Target, violation: Violation) -> bool:
    value = violation.value
    return (
        target.rule.kind == "type"
        and isinstance(value, float)
        and value.is_integer()
        and "integer" in wanted(violation)
    )


def final_newline(target: Target, violation: Violation) -> bool:
    return target.rule.kind == "pattern" and str(violation.value).endswith("\n")


def wanted(violation: Violation) -> str:
    return violation.message.partition("expected ")[2].partition(",")[0]


ACCEPTED: dict[Callable[[Target, Violation], bool], str] = {
    no_schema: "the rule, or another one of the part that it stands in, cannot be said in JSON Schema",
    wrapped: "where a type's fields are no object, the exported schema says their types alone",
    of_a_line: "the schema says records, not what several of them are wrapped in",
    whole_number: "JSON Schema takes 1.0 for an integer; our keyword wholeNumber, which refuses it, is not known to it",
    final_newline: "Python's $, which jsonschema uses, matches before a newline at the end",
}
"""What the schema accepts and the engine does not, with the reason."""


def is_absent_in_writing(text: str, plan: Plan) -> bool:
    return bool(plan.rule_set.absent) and ("null" in text or "0001-01-01" in text)


def is_not_ascii(text: str, plan: Plan) -> bool:
    by_bytes = any(getattr(rule, "bytes", None) for rule in plan.rules if rule.kind == "max-length")
    return by_bytes and not text.isascii()


REFUSED: dict[Callable[[str, Plan], bool], str] = {
    is_absent_in_writing: "null, and a time that was never set, count as absent; the schema may refuse them",
    is_not_ascii: "JSON Schema counts characters; of what is not ASCII it may refuse what could be too long in bytes",
}
"""What the schema may refuse and the engine accepts, with the reason."""


def values_in(data: bytes, plan: Plan) -> list[Any]:
    reader = plan.reader()
    return [value for batch in [*reader.feed(data), *reader.close()] for value in batch.values]


def expected_one(report: Report, expected: Expected) -> Violation:
    return next(each for each in report.violations if Expected.of(each) == expected)


def judge(rule_set: RuleSet) -> tuple[list[Target], jsonschema.Draft202012Validator]:
    every = targets(rule_set, [{}])
    return every, jsonschema.Draft202012Validator(rule_set_schema(every[0].plan))


@pytest.mark.parametrize("name", RULE_SETS)
def test_of_valid_records_the_schema_refuses_those_alone_that_are_explained(name: str) -> None:
    rule_set = RuleSet.load(name)
    [target, *_], validator = judge(rule_set)
    values = [
        value for seed in range(30) for value in values_in(valid_file(target.plan, RandomChooser(seed)), target.plan)
    ]
    refused = [value for value in values if not validator.is_valid(value)]
    texts = [orjson.dumps(value).decode() for value in refused]
    assert [text for text in texts if not any(reason(text, target.plan) for reason in REFUSED)] == []
    assert len(refused) < len(values) / 5


@pytest.mark.parametrize("name", RULE_SETS)
def test_of_broken_records_the_schema_accepts_those_alone_that_are_explained(name: str) -> None:
    rule_set = RuleSet.load(name)
    every, validator = judge(rule_set)
    different = []
    for target in every:
        is_long = target.rule.scope.subject == "line" and target.rule.kind == "count"  # thousands of entries, slow
        if isinstance(target.rule, KeyRule) or target.name == target.rule.code or target.rule.note or is_long:
            continue
        data, expected = broken_file(target, RandomChooser(SEED))
        if not expected.options:
            violation = expected_one(validate(data, rule_set), expected)
            accepted = validator.is_valid(value_at(data, target.plan, violation.index, violation.offset))
            if accepted != any(reason(target, violation) for reason in ACCEPTED):
                different.append((target.name, violation.path, violation.value, accepted))
    assert different == []


def value_at(data: bytes, plan: Plan, index: int | None, offset: int | None) -> Any:
    """The value of a file that begins at an offset, or the record with this number where each value is one."""
    reader = plan.reader()
    values = [value for batch in [*reader.feed(data), *reader.close()] for value in batch.values]
    if not plan.rule_set.envelope.entries:
        return values[index or 0]
    rows = [value for value in values if isinstance(value, dict)]
    return next(each for each in rows if each == orjson.loads(data[offset:].splitlines()[0]))


EXAMPLES: list[tuple[str, str]] = [
    ("stitch", "record.data:named-keys"),
    ("stream-feeds", "follow.feed:pattern"),
    ("stream-feeds", "users/line.feedId:pattern"),
    ("stitch", "record.client_id:type"),
    ("stream-chat", "reaction.type:pattern"),
]


def test_every_reason_explains_something() -> None:
    found = set()
    for name, rule in EXAMPLES:
        rule_set = RuleSet.load(name)
        [target] = [each for each in targets(rule_set, [{}]) if each.name == rule]
        for seed in range(30):
            data, expected = broken_file(target, RandomChooser(seed))
            violation = expected_one(validate(data, rule_set, **expected.options), expected)
            found |= {reason for reason in ACCEPTED if reason(target, violation)}
    assert found == set(ACCEPTED)
