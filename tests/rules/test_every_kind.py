"""A file gives what each rule says of each record by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from import_validator import RuleSet, RuleSetError, Validator
from import_validator.model.violation import pointer
from import_validator.rules.choices import KnownGroup
from import_validator.ruleset.compiler import compile_plan
from tests.rules.finding import file_of, rule_set_of, thing

VALUES_OF_ALL_KINDS: list[Any] = [
    None, True, False, 0, 1, 2.0, 3, 2.5, "", "a", "b", "b:a", ":a", "xxxx", "éé", "a\n",
    "2022-02-29T00:00:00", "2024-02-29T00:00:00Z", "0001-01-01T00:00:00Z",
    [], ["a", "a"], ["a", "b", "c"], [1, 1.0, True], ["b:a", "x:y"], [{"id": "a"}, {"id": "a"}],
    {}, {"a": 1}, {"id": "a"}, {"c": {"id": None, "a": [1, 2, 3]}},
]  # fmt: skip

RECORD_RULES = [
    'rule = "range", field = "a", min = 1, max = 2',
    'rule = "count", field = "a", min = 1, max = 2',
    'rule = "count", field = "a", min = 2',
    'rule = "no-repeats", field = "a"',
    'rule = "no-repeats", field = "b", by = "id"',
    'rule = "disjoint", fields = ["a", "b"]',
    'rule = "differ", fields = ["a", "b"]',
    'rule = "composed-of", field = "a", parts = ["b", "id"]',
    'rule = "named-keys", field = "a", names = "b"',
    'rule = "named-key-length", field = "a", names = "b", characters = 3',
    'rule = "array-points", field = "a", max = 2',
    'rule = "only-where", field = "a", other = "b", values = [true, "a"]',
    'rule = "closed"',
    'rule = "custom-size", bytes = 12',
    'rule = "required", field = "a"',
    'rule = "exactly-one-of", fields = ["a", "b"]',
    'rule = "reserved", fields = ["b", "c"]',
    'rule = "requires", field = "a", needs = ["b", "c"]',
    'rule = "requires", field = "a", equals = "a", needs = ["b"]',
    'rule = "conflicts", field = "a", other = "b", values = ["a", "b"]',
    'rule = "max-length", field = "a", bytes = 3',
    'rule = "max-length", field = "a", characters = 3',
    'rule = "pattern", field = "a", pattern = \'^[ab]*$\'',
    'rule = "pattern", field = "a", each = true, pattern = \'^[^:]*$\'',
    'rule = "enum", field = "a", values = ["a", "b"]',
    f'rule = "{KnownGroup.kind}", field = "a", groups = {{ a = "flat", b = "odd" }}, kinds = ["odd"]',
    f'rule = "{KnownGroup.kind}", field = "a", groups = {{ b = "flat" }}, each = true',
    'rule = "max-length-by", field = "a", by = "b", limits = { a = 1, b = 2 }, default = 3',
    'rule = "each", field = "a", shape = "part"',
    'rule = "each", field = "a", shape = "part", by_name = true',
]

FIELDS = [
    "",
    'a = "string"',
    'a = "array of string"',
    'a = "object of integer"',
    'a = "array of part"',
    'a = "part or null"\nb = { type = "string", default = "a" }',
    'a = "iso-time"\nb = "timestamp or null"',
    'a = "number"\nb = "boolean"',
]

PART = """
[shapes.part]
rules = [{ rule = "required", field = "id" }, { rule = "count", field = "a", max = 1 }]
[shapes.part.fields]
id = "string or null"
"""


def record_of(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value != "(absent)"}


RECORDS_OF_ALL_KINDS = [
    record_of({"a": a, "b": b, ("id", "c", "d")[(at_a + at_b) % 3]: "a"})
    for at_a, a in enumerate([*VALUES_OF_ALL_KINDS, "(absent)"])
    for at_b, b in enumerate([*VALUES_OF_ALL_KINDS, "(absent)"])
]


def rule_set_with(rule: str, fields: str) -> RuleSet | None:
    """A rule set of the rule; None where the rule could find nothing in fields of these types, and is refused."""
    null_is_absent = len(fields) % 2 == 0
    more = PART + ('[envelope]\nabsent = ["null", "zero-time"]\n' if null_is_absent else "")
    rule_set = rule_set_of(thing(rule, fields=fields, more=more))
    try:
        compile_plan(rule_set)
    except RuleSetError:
        return None
    return rule_set


def cases() -> Iterator[Any]:
    """Each rule with all fields that it takes, each time on another part of the records: it meets all of them."""
    for rule in RECORD_RULES:
        taken = {fields: found for fields in FIELDS if (found := rule_set_with(rule, fields)) is not None}
        step = min(len(taken), 3)
        for number, (fields, rule_set) in enumerate(taken.items()):
            name = f"{rule.removeprefix('rule = ')}-{fields.replace(chr(10), ', ') or 'no fields'}"
            yield pytest.param(rule_set, RECORDS_OF_ALL_KINDS[number % step :: step], id=name)


@pytest.mark.unwatched(but_one_in=4)
@pytest.mark.parametrize(("rule_set", "records"), list(cases()))
def test_a_file_gives_what_the_rule_says_of_each_record(rule_set: RuleSet, records: list[dict[str, Any]]) -> None:
    plan = compile_plan(rule_set).records["thing"]
    expected = []
    for index, record in enumerate(records):
        clean, wrong = plan.shape.normalise(record)
        expected += [(index, kind.kind, pointer(finding.path)) for kind, finding in wrong]
        for each in plan.record_rules:
            expected += [(index, (found.rule or each).code, pointer(found.path)) for found in each.check(clean)]
    validator = Validator(rule_set, stream=True)
    violations = [*validator.feed(file_of(*records)), *validator.finish()]
    found = [(each.index, each.code, each.path) for each in violations]
    assert [(records[each[0]], each) for each in expected if each not in set(found)] == []
    assert found == expected
