"""The pages in `docs/` show what happens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from import_validator import validate
from import_validator.columns import Column

from .command import masked
from .corpus import ROOT

PAGE = (ROOT / "docs" / "writing-rule-sets.md").read_text("utf-8")
TABLES = (ROOT / "docs" / "tables.md").read_text("utf-8")
EXAMPLE = ROOT / "examples" / "mattermost-bulk.toml"


def blocks(language: str, page: str = PAGE) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def put_together(written: str, piece: str) -> str:
    """What is written with a piece at its end, or on top where that has no table, as the page says."""
    return f"{written}\n{piece}" if re.search(r"^\[", piece, re.MULTILINE) else f"{piece}\n{written}"


def test_the_pieces_of_the_rule_set_on_the_page_are_the_example_that_ships() -> None:
    written = ""
    for piece in blocks("toml"):
        written = put_together(written, piece)
    assert tomllib.loads(written) == tomllib.loads(EXAMPLE.read_text("utf-8"))


def test_every_command_on_the_page_prints_what_the_page_shows(tmp_path: Path) -> None:
    for file in (ROOT / "examples").glob("*.jsonl"):
        shutil.copy(file, tmp_path)
    different = []
    for block in re.finditer(r"```(toml|json|console)\n(.*?)```", PAGE, re.DOTALL):
        language, text = block.groups()
        if language == "toml":
            rules = tmp_path / "mattermost-bulk.toml"
            rules.write_text(put_together(rules.read_text() if rules.exists() else "", text))
        elif language == "json":
            (tmp_path / "later.jsonl").write_text(text)
        else:
            different += [
                (text, printed) for text, printed in [(text, replay(text, tmp_path))] if printed != masked(text).strip()
            ]
    assert different == []


def test_every_command_on_the_page_about_tables_prints_what_the_page_shows(tmp_path: Path) -> None:
    (tmp_path / "members.toml").write_text("\n".join(blocks("toml", TABLES)), "utf-8")
    [table] = blocks("csv", TABLES)
    (tmp_path / "members.csv").write_text(table, "utf-8")
    shown = blocks("console", TABLES)
    assert [replay(text, tmp_path) for text in shown] == [masked(text).strip() for text in shown]


def test_the_page_about_tables_names_every_line_that_a_column_can_have() -> None:
    named = re.findall(r"^\| `(\w+) = ", TABLES, re.MULTILINE)
    assert sorted(named) == sorted(each.name for each in fields(Column) if each.name != "name")


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
    return masked("".join(printed)).strip()


@pytest.mark.parametrize("name", ["mattermost-bulk.jsonl"])
def test_the_example_that_is_valid_is_valid(name: str) -> None:
    assert validate(ROOT / "examples" / name, EXAMPLE).violations == ()
