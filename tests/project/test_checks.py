"""Beside each corpus stands a table of the checks on the format's page; rule set and corpus hold all of them."""

from __future__ import annotations

import tomllib
from typing import Any

import orjson
import pytest

from import_validator import RuleSet
from import_validator.rules import EXPLAINED
from import_validator.ruleset.compiler import compile_plan
from import_validator.ruleset.plan import Choices
from tests.corpus import CORPUS

FORMATS = [path.parent.name for path in sorted(CORPUS.glob("*/checks.toml"))]


def checks(rules: str) -> list[dict[str, Any]]:
    table: list[dict[str, Any]] = tomllib.loads((CORPUS / rules / "checks.toml").read_text("utf-8"))["check"]
    return table


def reported(rules: str, file: str) -> list[dict[str, Any]]:
    path = CORPUS / rules / "invalid" / f"{file.removeprefix('invalid/')}.expected.json"
    violations: list[dict[str, Any]] = orjson.loads(path.read_bytes())["report"]["violations"]
    return violations


def test_every_shipped_rule_set_has_a_table_of_checks() -> None:
    assert [rule_set.name for rule_set in RuleSet.shipped()] == FORMATS


@pytest.mark.parametrize("rules", FORMATS)
def test_every_check_has_a_broken_file_that_its_rule_reports(rules: str) -> None:
    missing = [
        check
        for check in checks(rules)
        if check["rule"] not in {each["rule"] for each in reported(rules, check["file"])}
    ]
    assert missing == []


@pytest.mark.parametrize("rules", FORMATS)
def test_every_message_that_the_users_own_document_fixes_comes_out_word_for_word(rules: str) -> None:
    different = [
        check["seed"]
        for check in checks(rules)
        if "seed" in check and check["seed"] not in {each["message"] for each in reported(rules, check["file"])}
    ]
    assert different == []


@pytest.mark.parametrize("rules", FORMATS)
def test_every_rule_of_the_rule_set_stands_in_the_table(rules: str) -> None:
    names = {
        rule.name
        for cascade in (False, True)
        for rule in compile_plan(RuleSet.load(rules), choices=Choices(cascade=cascade)).rules
        if rule.kind != "each"
    }
    assert names - {check["rule"] for check in checks(rules)} == set()


@pytest.mark.parametrize("code", EXPLAINED)
def test_every_kind_of_rule_is_explained(code: str) -> None:
    documentation = EXPLAINED[code].documentation()
    headings = [line for line in documentation.splitlines() if line.startswith("## ")]
    assert headings == ["## What it checks", "## Why it matters", "## Example", "## How to mend it"]
