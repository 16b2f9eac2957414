"""`explain`, `--help`, `--version`, and bad usage."""

from __future__ import annotations

import re

import pytest

from import_validator import RuleSet, __version__
from import_validator.command.commands import command
from import_validator.engine import engine
from import_validator.rules import EXPLAINED
from import_validator.ruleset.compiler import compile_plan
from import_validator.ruleset.plan import Choices
from tests.command import Outcome, run

SECTIONS = ["What it checks", "Why it matters", "Example", "How to mend it"]


@pytest.mark.parametrize("code", list(EXPLAINED))
def test_explain_has_four_sections_for_every_code(code: str) -> None:
    outcome = run("explain", code)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"{code}: ")
    assert [line for line in outcome.out.splitlines() if line in SECTIONS] == SECTIONS


@pytest.mark.parametrize("code", list(EXPLAINED))
def test_explain_shows_the_documentation_without_losing_any_of_it(code: str) -> None:
    shown = " ".join(run("explain", code).out.split())
    for paragraph in EXPLAINED[code].documentation().partition("\nAttributes:\n")[0].split("\n\n"):
        assert " ".join(paragraph.removeprefix("## ").split()) in shown


def test_explain_takes_the_name_of_a_rule() -> None:
    assert run("explain", "user.id:max-length") == run("explain", "max-length")


SHIPPED_CODES = {
    rule.code
    for rule_set in RuleSet.shipped()
    for cascade in (False, True)
    for rule in compile_plan(rule_set, choices=Choices(cascade=cascade)).rules
}


@pytest.mark.parametrize("code", sorted(SHIPPED_CODES))
def test_explain_knows_every_code_that_a_shipped_rule_set_reports(code: str) -> None:
    outcome = run("explain", code)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"{code}: ")


@pytest.mark.parametrize("code", ["bogus", "", "[bold]", "user.id:bogus"])
def test_explain_names_the_codes_there_are_where_there_is_no_such_one(code: str) -> None:
    message = f"Error: no code {code!r}; there are: {', '.join(EXPLAINED)}\n"
    assert run("explain", code) == Outcome(2, "", message)


def test_help_shows_the_commands() -> None:
    outcome = run("--help")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome == run("-h")
    for name in ("validate", "rules", "explain"):
        assert re.search(rf"^  {name}  ", outcome.out, re.MULTILINE)


@pytest.mark.parametrize("name", ["validate", "rules", "explain"])
def test_every_command_has_help_that_shows_its_options(name: str) -> None:
    outcome = run(name, "--help")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: import-validator {name}")
    with command.make_context("import-validator", [], resilient_parsing=True) as context:
        asked = command.get_command(context, name)
    assert asked is not None
    for parameter in asked.params:
        for option in parameter.opts if parameter.param_type_name == "option" else []:
            assert option in outcome.out


def test_version_is_the_package_s() -> None:
    assert run("--version") == Outcome(0, f"import-validator, version {__version__}, engine {engine()}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [["bogus"], ["validate"], ["validate", "--bogus", "x"], ["validate", "x", "--format", "xml"], ["explain"]],
    ids=" ".join,
)
def test_bad_usage_exits_with_2_and_shows_how_to_get_help(arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("Usage: import-validator ")
    assert "--help' for help." in outcome.err
