"""A header is shown between the same quotes whether or not something in it is shown as an escape."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import run

RULES = '[reader]\nformat = "table"\n[columns.id]\nheader = "Id"\n'


@pytest.mark.parametrize(("header", "shown"), [("E-mail", "E-mail"), ("\x1b[31mE", r"\u001b[31mE")])
def test_an_unknown_header_is_quoted(tmp_path: Path, header: str, shown: str) -> None:
    rules, table = tmp_path / "own.toml", tmp_path / "table.csv"
    rules.write_text(RULES, "utf-8")
    table.write_text(f"Id,{header}\nann,x\n", "utf-8")
    said = [line for line in run("validate", table, "--rules", rules).out.splitlines() if "no column" in line]
    assert said == [f'  {table}:1: parse warning: the rule set has no column "{shown}": it was not looked at']
