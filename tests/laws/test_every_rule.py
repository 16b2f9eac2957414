"""Every rule of every rule set bites: a file broken by it alone is reported with it alone, at that place.

That the fast lane is sound on what is generated follows: a record that it accepted would not be reported at all.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import xlsxwriter
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from import_validator import RuleSet, validate
from import_validator.readers.header import letters_of
from import_validator.rules import EXPLAINED, KINDS, ReadingRule, Rule
from import_validator.rules.reading import READING_RULES
from import_validator.rules.table_reading import TABLE_RULES
from import_validator.rules.type_rules import CellType, Date, Timestamp, Type
from import_validator.testing import Expected, broken_files, files
from import_validator.testing.breaking import broken_file
from import_validator.testing.chooser import RandomChooser
from import_validator.testing.making import valid_file
from import_validator.testing.targets import Target, plan_for, targets
from tests.corpus import ROOT

RULE_SETS = {rule_set.name: rule_set for rule_set in RuleSet.shipped()}
OWN = RuleSet.load(ROOT / "examples" / "mattermost-bulk.toml")
EVERY = [(name, target) for name, rule_set in RULE_SETS.items() for target in targets(rule_set)]


def about(rule: Rule) -> bool:
    """Whether it is one of the rule set's own, not one about types or about the format."""
    return not isinstance(rule, ReadingRule)


LISTED = list(
    {
        (name, target.rule.scope.record_type, target.rule.kind): (name, target)
        for name, target in EVERY
        if about(target.rule)
    }.values()
)


def reported(data: bytes, rules: RuleSet, options: Mapping[str, Any]) -> list[Expected]:
    return sorted((Expected.of(each) for each in validate(data, rules, samples=100, **options).violations), key=repr)


def name_of(value: Any) -> str:
    return value.name if isinstance(value, Target) else str(value)


@pytest.mark.unwatched(but_one_in=4)
@pytest.mark.parametrize(("name", "target"), EVERY, ids=name_of)
def test_a_file_broken_by_one_rule_is_reported_with_that_rule_alone_at_that_place(name: str, target: Target) -> None:
    seed = EVERY.index((name, target))  # the rules of one kind are broken in files that differ
    data, expected = broken_file(target, RandomChooser(seed))
    assert reported(data, RULE_SETS[name], expected.options) == sorted([expected, *expected.also], key=repr), data


@pytest.mark.unwatched(but_one_in=4)
@pytest.mark.parametrize("rule_set", [*RULE_SETS.values(), OWN], ids=lambda each: each.name)
def test_a_generated_file_is_valid(rule_set: RuleSet) -> None:
    plan = plan_for(rule_set, {})
    for seed in range(20):
        data = valid_file(plan, RandomChooser(seed))
        assert reported(data, rule_set, {}) == [], data


@pytest.mark.unwatched
@pytest.mark.parametrize("rule_set", [*RULE_SETS.values(), OWN], ids=lambda each: each.name)
@settings(max_examples=10, derandomize=True, database=None, phases=[Phase.generate])
@given(data=st.data())
def test_the_strategies_keep_the_law_too(rule_set: RuleSet, data: st.DataObject) -> None:
    assert reported(data.draw(files(rule_set)), rule_set, {}) == []
    broken, expected = data.draw(broken_files(rule_set))
    assert reported(broken, rule_set, expected.options) == sorted([expected, *expected.also], key=repr)


def holds(given: Mapping[str, Any], rule: Rule) -> bool:
    """Whether a rule is what a table in a rule set says; options that are parameters aside."""
    options = {name: value for name, value in given.items() if name not in {"rule", "when", "unless"}}
    plain = {name: value for name, value in options.items() if not (isinstance(value, Mapping) and "param" in value)}
    return rule.kind == given["rule"] and all(getattr(rule, name) == value for name, value in plain.items())


@pytest.mark.parametrize("name", RULE_SETS)
def test_no_rule_of_a_rule_set_is_left_out(name: str) -> None:
    rule_set = RULE_SETS[name]
    tables = [(record.name, rule) for record in rule_set.records.values() for rule in record.rules]
    tables += [(record.name, rule) for record in rule_set.lines.values() for rule in record.rules]
    covered = [target.rule for own, target in EVERY if own == name]
    left_out = [
        (record_type, rule)
        for record_type, rule in tables
        if isinstance(rule, Mapping)
        and rule["rule"] != "each"
        and not any(each.scope.record_type == record_type and holds(rule, each) for each in covered)
    ]
    assert left_out == []


@pytest.mark.unwatched
@pytest.mark.parametrize(("name", "target"), LISTED, ids=name_of)
def test_without_a_rule_the_file_that_breaks_it_is_reported_otherwise(name: str, target: Target) -> None:
    data, expected = broken_file(target, RandomChooser(0))
    options = {**expected.options, "severity": {target.rule.name: "off"}}
    assert reported(data, RULE_SETS[name], options) == sorted(expected.also, key=repr)


@pytest.mark.parametrize("kind", [*KINDS.values(), Type, Timestamp, CellType, Date], ids=lambda kind: kind.kind)
def test_every_kind_of_rule_says_how_it_is_broken(kind: type[Rule]) -> None:
    assert kind.breaks is not Rule.breaks, f"{kind.__name__} has no `breaks`: say there how a record breaks it alone"


WORKBOOK_DAMAGE: dict[str, tuple[Callable[[Any, int, int], object], str]] = {
    "formula": (lambda sheet, row, column: sheet.write_formula(row, column, "=1/0", None, "#DIV/0!"), "entry:formula"),
    "merged-cells": (lambda sheet, row, column: sheet.merge_range(row, column, row + 1, column, ""), "merged-cells"),
    "hidden-cells": (lambda sheet, row, column: sheet.set_row(row, None, None, {"hidden": True}), "entry:hidden-cells"),
}
"""Rules that CSV cannot break, with what does it to a cell, and what they are called then."""


def as_workbook(data: bytes, kind: str | None) -> tuple[bytes, str]:
    """A generated table as a workbook, in which one kind of rule is broken; and the cell where it is."""
    reader = plan_for(RULE_SETS["example-table"], {}).reader(1 << 20, None)
    batches = [*reader.feed(data), *reader.close()]
    rows = [row for batch in batches for row in batch.values]
    columns = reader.setup.columns
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Sheet1")
        for place, column in enumerate(columns):
            for number, text in enumerate([column.header, *(row.get(column.field) for row in rows)]):
                if text:
                    sheet.write_string(number, place, text)
        if kind is not None:
            WORKBOOK_DAMAGE[kind][0](sheet, len(rows), len(columns) - 1)
    cell = f"Sheet1!{letters_of(len(columns) - 1)}{len(rows) + 1} ({columns[-1].header})"
    return content.getvalue(), f"Sheet1, row {len(rows) + 1}" if kind == "hidden-cells" else cell


@pytest.mark.unwatched
@pytest.mark.parametrize("kind", WORKBOOK_DAMAGE)
def test_a_workbook_broken_by_one_rule_is_reported_with_that_rule_alone_at_that_place(kind: str) -> None:
    tried = 0
    for seed in range(20):
        table = valid_file(plan_for(RULE_SETS["example-table"], {}), RandomChooser(seed))
        whole, _ = as_workbook(table, None)
        assert validate(whole, RULE_SETS["example-table"]).violations == ()
        if next(iter(validate(table, RULE_SETS["example-table"]).records.values()), None):
            broken, cell = as_workbook(table, kind)
            found = [(each.rule, each.cell) for each in validate(broken, RULE_SETS["example-table"]).violations]
            assert found == [(WORKBOOK_DAMAGE[kind][1], cell)]
            tried += 1
    assert tried > 5


READ = [kind for kind in (*READING_RULES, *TABLE_RULES) if kind.kind not in WORKBOOK_DAMAGE]


@pytest.mark.parametrize("kind", READ, ids=lambda kind: kind.kind)
def test_every_rule_of_reading_says_how_a_file_is_damaged(kind: type[ReadingRule]) -> None:
    assert kind.damages is not ReadingRule.damages, f"{kind.__name__} has no `damages`: say there how a file breaks it"


def test_every_kind_of_rule_is_broken_in_some_rule_set() -> None:
    assert {target.rule.kind for _, target in EVERY} | {"each"} | set(WORKBOOK_DAMAGE) == set(EXPLAINED)
