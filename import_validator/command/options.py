"""Options that several commands have in common."""

from __future__ import annotations

import click

OUTPUT_FILE = click.Path(dir_okay=False, readable=False, allow_dash=True)
"""The type of an option whose value is for `opened_output`."""


def table_options(command: click.decorators.FC) -> click.decorators.FC:
    """The options that say what of a table is read, and how."""
    for option in (
        click.option("--encoding", metavar="NAME", help="The encoding of CSV, such as cp1252.  [default: UTF-8]"),
        click.option(
            "--delimiter",
            metavar="NAME",
            help="What separates the cells of CSV: comma, semicolon, tab, or a character.  [default: detected]",
        ),
        click.option("--sheet", metavar="NAME", help="The sheet of a workbook.  [default: the one with the headers]"),
    ):
        command = option(command)
    return command
