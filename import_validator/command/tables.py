"""The commands that are about tables: `template` and `draft`."""

from __future__ import annotations

from pathlib import Path

import click

from ..ruleset.rule_set import RuleSet
from ..source.source import open_source
from ..spreadsheet.draft import draft as draft_of
from ..spreadsheet.template import csv_template, xlsx_template
from .options import OUTPUT_FILE, table_options
from .output import STANDARD_OUTPUT, opened_output

_WRITERS = {".csv": csv_template, ".xlsx": xlsx_template}


@click.command()
@click.argument("rules", metavar="NAME|PATH.toml")
@click.option(
    "--output",
    "-o",
    required=True,
    type=OUTPUT_FILE,
    metavar="FILE.xlsx|.csv",
    help="The file to write.",
)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def template(rules: str, output: str, force: bool) -> None:
    """Write an empty table to fill in: a header row; in a workbook also drop-downs, notes and formats."""
    write = _WRITERS.get(Path(output).suffix.lower())
    if write is None:
        raise click.BadParameter(f"{output}: the name has to end in .xlsx or .csv", param_hint="--output")
    rule_set = RuleSet.load(rules)
    if not rule_set.columns:
        raise click.BadParameter(f"{rule_set.name} is no rule set of a table: it has no columns", param_hint="NAME")
    _refuse_overwriting(output, force)
    content = write(rule_set)
    with opened_output(output, binary=True) as stream:
        stream.write(content)


@click.command()
@click.argument("file", metavar="FILE")
@table_options
@click.option(
    "--output", "-o", type=OUTPUT_FILE, metavar="FILE.toml", help="Write to this file instead of standard output."
)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@click.option("--tmp", type=click.Path(exists=True, file_okay=False), metavar="DIR", help="Folder for temporary files.")
def draft(file: str, output: str | None, force: bool, tmp: str | None, **asked: str | None) -> None:
    """Write a first rule set from the headers and values of a table, for you to correct."""
    source = open_source(file)
    options = {name: value for name, value in asked.items() if value is not None}
    try:
        text = draft_of(source.chunks(), file, options=options, tmp=tmp)
    finally:
        source.close()
    if output is not None:
        _refuse_overwriting(output, force)
    with opened_output(output, binary=True) as stream:
        stream.write(text.encode())  # TOML is UTF-8, on every terminal


def _refuse_overwriting(output: str, force: bool) -> None:
    if output != STANDARD_OUTPUT and Path(output).is_file() and not force:
        raise click.BadParameter(f"{output} is there already; --force writes over it", param_hint="--output")
