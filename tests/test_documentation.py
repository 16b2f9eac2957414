"""The pages in `docs/` show what happens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from import_validator import validate

from .corpus import ROOT

PAGE = (ROOT / "docs" / "writing-rule-sets.md").read_text("utf-8")
EXAMPLE = ROOT / "examples" / "mattermost-bulk.toml"
SECONDS = re.compile(r"[0-9.]+ seconds")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_pieces_of_the_rule_set_on_the_page_are_the_example_that_ships() -> None:
    assert tomllib.loads("\n".join(blocks("toml"))) == tomllib.loads(EXAMPLE.read_text("utf-8"))


def test_every_command_on_the_page_prints_what_the_page_shows(tmp_path: Path) -> None:
    for file in (ROOT / "examples").glob("*.jsonl"):
        shutil.copy(file, tmp_path)
    different = []
    for block in re.finditer(r"```(toml|json|console)\n(.*?)```", PAGE, re.DOTALL):
        language, text = block.groups()
        if language == "toml":
            with (tmp_path / "mattermost-bulk.toml").open("a") as file:
                file.write(text + "\n")
        elif language == "json":
            (tmp_path / "later.jsonl").write_text(text)
        else:
            different += [
                (text, printed) for text, printed in [(text, replay(text, tmp_path))] if printed != masked(text)
            ]
    assert different == []


def masked(text: str) -> str:
    return SECONDS.sub("… seconds", text).strip()


def replay(text: str, folder: Path) -> str:
    """What a block of commands prints, with the commands."""
    printed = []
    for command in (line for line in text.splitlines() if line.startswith("$ ")):
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        run = subprocess.run(
            command[2:],
            shell=True,
            cwd=folder,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        printed.append(f"{command}\n{run.stdout}")
    return masked("".join(printed))


@pytest.mark.parametrize("name", ["mattermost-bulk.jsonl"])
def test_the_example_that_is_valid_is_valid(name: str) -> None:
    assert validate(ROOT / "examples" / name, EXAMPLE).violations == ()
