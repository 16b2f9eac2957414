"""Large generated files: valid, of the size asked for, the same each time, and broken where the list says."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from import_validator import ImportValidatorError, RuleSet, validate
from import_validator.command.main import main
from import_validator.testing.generator import LargeFile, plantable
from import_validator.testing.targets import plan_for, targets
from tests.corpus import ROOT

OWN = ROOT / "examples" / "mattermost-bulk.toml"
RULE_SETS = [*RuleSet.shipped(), RuleSet.load(OWN)]
SIZE = 250_000

# Bytes that no machine and no version of Python may change. Where the generator is changed, so is this.
SMALL_RULES = """
name = "small"
[records.thing]
key = ["id"]
rules = [{ rule = "required", field = "id" }, { rule = "unique" }, { rule = "range", field = "size", max = 10 }]
fields = { id = "string", text = "string", size = "integer", at = "timestamp" }
"""


@pytest.mark.unwatched(but_one_in=4)
@pytest.mark.parametrize("rule_set", RULE_SETS, ids=lambda each: each.name)
def test_a_large_file_is_valid_and_nearly_as_large_as_asked_for(rule_set: RuleSet) -> None:
    large = LargeFile(plan_for(rule_set, {}), SIZE)
    data = b"".join(large)
    report = validate(data, rule_set)
    assert report.violations == ()
    assert sum(each.total for each in report.records.values()) == large.records
    assert SIZE * 0.7 < len(data) == large.bytes <= SIZE
    known = {name for name, each in rule_set.records.items() if each.fields or each.rules or each.key}
    types = {rule_set.envelope.record} if rule_set.envelope.record else known
    assert {name for name, each in report.records.items() if each.total} == types


@pytest.mark.unwatched(but_one_in=2)
@pytest.mark.parametrize("rule_set", RULE_SETS, ids=lambda each: each.name)
def test_what_is_broken_is_reported_where_the_list_says_and_nothing_else(rule_set: RuleSet) -> None:
    large = LargeFile(plan_for(rule_set, {}), SIZE, 3, 0.05, plantable(targets(rule_set, [{}])))
    planted = []
    data = bytearray()
    for piece in large:
        data += piece
        planted += large.planted
    report = validate(bytes(data), rule_set, samples=10_000)
    found = sorted((each.rule, each.code, each.index, each.offset, each.path) for each in report.violations)
    assert found == sorted((each.rule, each.code, each.index, each.offset, each.path) for each in planted)
    assert len(planted) == large.broken
    assert 0.03 < large.broken / large.records < 0.06


def digest_of_small_file() -> str:
    plan = plan_for(RuleSet.from_toml(SMALL_RULES), {})
    return hashlib.sha256(b"".join(LargeFile(plan, 50_000, 7))).hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    plan = plan_for(RuleSet.load("stream-chat"), {})
    first, second, other = (b"".join(LargeFile(plan, 100_000, seed)) for seed in (7, 7, 8))
    assert first == second != other


@pytest.mark.unwatched
def test_neither_hashes_nor_the_machine_change_a_file() -> None:
    script = "from tests.testing.test_generator import digest_of_small_file; print(digest_of_small_file())"
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert digests == {digest_of_small_file()} == {"6ceac205dd78455a3653d0f1b1debe117613468e8e39fc9da124a66d25208c57"}


def generate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "import_validator", "generate", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_writes_a_file_and_the_list(tmp_path: Path) -> None:
    path, listing = tmp_path / "out.json", tmp_path / "list.jsonl"
    run = generate(
        *("stream-chat", "--size", "200KB", "--seed", "7", "--broken", "1%"),
        *("--rule", "max-length", "--rule", "user.role:enum", "--list", str(listing), "-o", str(path)),
    )
    assert (run.returncode, run.stdout) == (0, "")
    planted = [json.loads(line) for line in listing.read_text("utf-8").splitlines()]
    report = validate(path, "stream-chat", samples=1000)
    found = [{name: getattr(each, name) for name in planted[0]} for each in report.violations]
    assert sorted(found, key=place) == sorted(planted, key=place)
    assert {each["code"] for each in planted} == {"max-length", "enum"}
    assert f", {len(planted)} broken" in run.stderr


def place(planted: dict[str, Any]) -> tuple[int, str]:
    return planted["index"], planted["rule"]


def test_the_command_writes_to_standard_output() -> None:
    run = generate("stream-feeds-api", "--size", "50KB", "-o", "-")
    assert validate(run.stdout.encode(), "stream-feeds-api").violations == ()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["stream-chat", "--rule", "bogus", "-o", "x"],
            "no record of stream-chat can break 'bogus'; there are",
        ),
        (["bogus", "-o", "x"], "no rule set 'bogus'"),
        (["stream-chat", "--size", "10", "-o", "x"], "a file of stream-chat has at least"),
        (["stream-chat", "--size", "big", "-o", "x"], "'big' is no size"),
        (["stream-chat", "--broken", "200%", "-o", "x"], "'200%' is no share from 0 to 0.5, or 0% to 50%"),
        (["stream-chat", "--broken", "some", "-o", "x"], "'some' is no share"),
        (["stream-chat", "--list", "x", "-o", "x"], "it is the file itself"),
    ],
)
def test_the_command_says_what_is_wrong_with_its_options(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_status:
        main(["generate", *arguments])
    assert exit_status.value.code == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not Path("x").exists()


def test_rules_that_cannot_be_broken_in_a_large_file_are_refused() -> None:
    rule_set = RuleSet.load("stream-chat")
    [alone] = [each for each in targets(rule_set, [{}]) if each.name == "device.user_id:max-length"]
    with pytest.raises(ImportValidatorError, match="none of these rules can be broken in a large file by itself"):
        LargeFile(plan_for(rule_set, {}), SIZE, 0, 0.1, [alone])
