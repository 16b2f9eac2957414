"""`rules`, and how rule sets are named."""

from __future__ import annotations

import pytest

from import_validator import RuleSet
from import_validator.ruleset.compiler import compile_plan
from tests.command import Outcome, run
from tests.command.broken import SEED_EXAMPLE, SHIPPED, FileMaker
from tests.samples import VALID

EMAIL = b'[records.user]\nfields.email = "any"\nrules = [{ rule = "required", field = "email" }]\n'


def test_a_rule_set_is_given_by_name_or_by_path(file: FileMaker) -> None:
    path = file("valid.json", VALID)
    own = file(
        "own.toml", b'[records.user]\nrules = [{ rule = "required", field = "email" }]\nfields.email = "string"\n'
    )
    by_name = run("validate", path, "--rules", "stream-chat", "--format", "json").document
    by_path = run("validate", path, "--rules", own, "--format", "json").document
    assert (by_name["rules"], by_name["why"], by_name["counts"]) == ("stream-chat", "", {})
    assert (by_path["rules"], by_path["why"], by_path["counts"]) == ("own", "", {"user.email:required": 1})


@pytest.mark.parametrize("command_name", [["rules"], ["validate", SEED_EXAMPLE, "--rules"]])
def test_a_rule_set_that_is_not_there_is_an_error_that_names_those_that_are(command_name: list[str]) -> None:
    message = f"import-validator: no rule set 'chat'; there are {SHIPPED}, or a path to a .toml file\n"
    assert run(*command_name, "chat") == Outcome(2, "", message)


@pytest.mark.parametrize("command_name", [["rules"], ["validate", SEED_EXAMPLE, "--rules"]])
def test_a_rule_set_file_that_is_not_there_is_an_error(command_name: list[str]) -> None:
    outcome = run(*command_name, "none/chat.toml")
    assert outcome == Outcome(2, "", "import-validator: none/chat.toml: No such file or directory\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[records", "not TOML: "),
        (b"\xff", "'utf-8' codec can't decode"),
        (b"", "the rule set has no record types"),
        (b'[records.user]\nrules = [{ rule = "bogus" }]\n', "records.user.rules[0]: no kind of rule 'bogus'; there"),
        (
            b'[records.user]\nrules = [{ rule = "required" }]\n',
            "records.user.rules[0]: required needs field",
        ),
    ],
    ids=["no toml", "no text", "empty", "no such kind", "no field"],
)
@pytest.mark.parametrize("command_name", [["rules"], ["validate", SEED_EXAMPLE, "--rules"]])
def test_a_broken_rule_set_is_an_error_that_says_where(
    file: FileMaker, command_name: list[str], content: bytes, message: str
) -> None:
    outcome = run(*command_name, file("broken.toml", content))
    assert (outcome.status, outcome.out) == (2, "")
    assert message in outcome.err


@pytest.mark.parametrize("command_name", [["rules"], ["schema"], ["validate", SEED_EXAMPLE, "--rules"]])
def test_every_error_in_a_rule_set_names_its_file(file: FileMaker, command_name: list[str]) -> None:
    path = file("broken.toml", b'[records.user]\nrules = [{ rule = "bogus" }]\n')
    assert run(*command_name, path).err.startswith(f"import-validator: {path}:2: records.user.rules[0]: ")


def test_rules_lists_the_rule_sets() -> None:
    outcome = run("rules")
    assert (outcome.status, outcome.err) == (0, "")
    assert [line.split() for line in outcome.out.splitlines()] == [
        ["rule", "set", "reads", "for"],
        *([each.name, each.reader, *each.title.split()] for each in RuleSet.shipped()),
    ]


def test_rules_shows_what_a_rule_set_holds() -> None:
    outcome = run("rules", "stream-chat")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(
        "stream-chat: Stream Chat import (JSON array)\n"
        "format: https://github.com/GetStream/stream-cli/blob/main/docs/imports.md\n"
    )
    for name in RuleSet.load("stream-chat").params:
        assert f"\n{name} " in outcome.out


def test_rules_shows_the_name_of_every_rule_in_full() -> None:
    out = run("rules", "stream-chat").out
    names = [rule.name for rule in compile_plan(RuleSet.load("stream-chat")).rules if rule.kind != "each"]
    assert [name for name in names if name not in out] == []


def test_rules_shows_patterns_as_they_are() -> None:
    assert r"^[@\w-]*$" in run("rules", "stream-chat").out


def test_rules_shows_a_rule_set_of_one_s_own(file: FileMaker) -> None:
    path = file(
        "own.toml",
        b'title = "Ours"\n[records.user]\nfields.email = "any"\nrules = [{ rule = "required", field = "email" }]\n',
    )
    outcome = run("rules", path)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith("own: Ours\n")
    assert "user.email:required" in outcome.out
