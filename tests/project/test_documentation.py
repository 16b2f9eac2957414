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
from import_validator.ruleset.columns import Column
from tests.command import masked
from tests.corpus import ROOT

pytestmark = pytest.mark.unwatched

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


TESTING = (ROOT / "docs" / "testing-your-generator.md").read_text("utf-8")
QUICK = """
from hypothesis import Phase, settings

settings.register_profile("quick", database=None, phases=[Phase.generate])
settings.load_profile("quick")
"""


def write_code_of_testing_page(folder: Path) -> None:
    """The files that the page has the reader write; the mended ones into a folder of their own."""
    (folder / "mended").mkdir()
    for mended, name, code in re.findall(r"```python (mended )?(\S+)\n(.*?)```", TESTING, re.DOTALL):
        with (folder / mended.strip() / name).open("a") as file:
            file.write(code + "\n")
    shutil.copy(folder / "test_move.py", folder / "mended")
    (folder / "conftest.py").write_text(QUICK)


def run_tests(folder: Path) -> str:
    plugin = ["-p", "pytest_import_validator", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command = [sys.executable, "-m", "pytest", "-v", "--color=no", *plugin, "test_move.py"]
    paths = os.pathsep.join([str(folder), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


def test_each_tool_on_the_testing_page_finds_the_bug_that_the_page_says(tmp_path: Path) -> None:
    write_code_of_testing_page(tmp_path)
    printed = run_tests(tmp_path)
    sections = dict(re.findall(r"^_{3,} (\w+) _{3,}$(.*?)(?=^_{3,} \w+ _{3,}$|^=)", printed, re.DOTALL | re.MULTILINE))
    shown = dict(re.findall(r"```text (\w+)\n(.*?)\n```", TESTING, re.DOTALL))
    assert {name: text for name, text in shown.items() if text not in sections.get(name, "")} == {}
    assert set(sections) == set(shown) == set(re.findall(r"^def (test_\w+)", TESTING, re.MULTILINE))


def test_the_mended_program_on_the_testing_page_passes(tmp_path: Path) -> None:
    write_code_of_testing_page(tmp_path)
    shutil.copy(tmp_path / "conftest.py", tmp_path / "mended")
    printed = run_tests(tmp_path / "mended")
    count = len(re.findall(r"^def test_\w+", TESTING, re.MULTILINE))
    assert f"= {count} passed" in printed, printed


def test_every_command_on_the_testing_page_prints_what_the_page_shows(tmp_path: Path) -> None:
    write_code_of_testing_page(tmp_path)
    shown = re.findall(r"```console\n(.*?)```", TESTING, re.DOTALL)
    assert [replay(text, tmp_path) for text in shown] == [masked(text).strip() for text in shown]
