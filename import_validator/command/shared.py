"""What several commands have in common."""

from __future__ import annotations

import click

EXIT_VALID, EXIT_VIOLATIONS, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 2, 130


def table_options(command: click.decorators.FC) -> click.decorators.FC:
    """The options that say what of a table is read, and how."""
    for option in (
        click.option("--encoding", metavar="NAME", help="The encoding of CSV, such as cp1252.  [default: UTF-8]"),
        click.option("--delimiter", metavar="NAME", help="What separates the cells of CSV: comma, semicolon, tab."),
        click.option("--sheet", metavar="NAME", help="The sheet of a workbook.  [default: the one with the headers]"),
    ):
        command = option(command)
    return command
