"""`import-validator rules --check` says what is wrong with a rule set, and nothing else."""

from __future__ import annotations

import pytest

from tests.command import Outcome, run
from tests.command.broken import SEED_EXAMPLE, FileMaker

WRONG = b"""[records.user]
key = ["id"]
rules = [
    { rule = "required", field = "idd" },
    { rule = "pattern", field = "age", pattern = '^[0-9]$' },
]
fields = { id = "string", age = "integer" }
"""
PROBLEMS = """\
{0}:4: records.user.rules[0]: required: field: records.user has no field 'idd'; did you mean 'id'?
{0}:5: records.user.rules[1]: pattern: field: it looks at strings, and records.user.age is declared as an integer: \
it could never find anything
"""


def test_check_prints_every_problem_with_its_file_and_line(file: FileMaker) -> None:
    path = file("own.toml", WRONG)
    assert run("rules", path, "--check") == Outcome(2, PROBLEMS.format(path), "")


def test_check_says_that_nothing_is_wrong(file: FileMaker) -> None:
    path = file("own.toml", WRONG.replace(b"idd", b"id").replace(b'age = "integer"', b'age = "string"'))
    assert run("rules", path, "--check") == Outcome(0, f"{path}: nothing is wrong (1 record type, 2 rules)\n", "")
    assert run("rules", "stitch", "--check").status == 0


def test_check_wants_a_rule_set() -> None:
    outcome = run("rules", "--check")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.endswith("Error: --check wants the name of a rule set, or a path\n")


@pytest.mark.parametrize(("content", "said"), [(None, "No such file or directory"), (b"[", "not TOML: ")])
def test_check_says_that_there_is_nothing_to_check(file: FileMaker, content: bytes | None, said: str) -> None:
    path = file("own.toml", content or b"")
    outcome = run("rules", path if content else f"{path}.toml", "--check")
    assert (outcome.status, outcome.out) == (2, "")
    assert said in outcome.err


def test_other_commands_print_the_same_problems(file: FileMaker) -> None:
    path = file("own.toml", WRONG)
    outcome = run("validate", SEED_EXAMPLE, "--rules", path)
    assert outcome == Outcome(2, "", f"import-validator: {PROBLEMS.format(path)}")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{'.'.join('a' * 20_000)} = 1", "line 1: a key has more than 16 parts"),
        (f"roles = {'[' * 5_000}{']' * 5_000}", "lists and tables nested too deep to be read"),
        (f"max_size = {'9' * 5_000}", "an integer is too large: integers have at most 64 bits"),
    ],
)
def test_parameters_that_would_take_too_much_to_read_are_refused(file: FileMaker, content: str, said: str) -> None:
    params = file("params.toml", content.encode())
    outcome = run("validate", SEED_EXAMPLE, "--rules", "stream-chat", "--params", params)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.endswith(f"Error: Invalid value for --params: {params}: {said}\n")
