"""What the README shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from import_validator import RuleSet
from import_validator.ruleset.compiler import compile_plan
from tests.command import masked, run
from tests.corpus import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def broken_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.json").write_text(blocks("json")[0])


@pytest.mark.usefixtures("broken_file")
def test_the_report_of_the_broken_file_is_the_one_shown() -> None:
    command, _, expected = blocks("console")[0].partition("\n")
    outcome = run(*command.removeprefix("$ import-validator ").split())
    assert (outcome.status, outcome.page) == (1, masked(expected))


@pytest.mark.unwatched
@pytest.mark.usefixtures("broken_file")
@pytest.mark.parametrize("code", blocks("python"))
def test_the_code_runs(code: str) -> None:
    Path("example.py").write_text(code)
    run = subprocess.run([sys.executable, "example.py"], capture_output=True, text=True, check=False)
    assert run.stderr == ""


def test_the_rule_set_is_one() -> None:
    [text] = blocks("toml")
    assert compile_plan(RuleSet.from_toml(text)).records.keys() == {"user"}
