"""Tables to test with: rows that are mostly right and sometimes wrong, and ways to write them as files."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter
from hypothesis import strategies as st

from import_validator import Report, RuleSet

RULES = RuleSet.from_toml(
    """
    name = "table"
    [reader]
    format = "table"
    [columns.id]
    header = "ID"
    required = true
    unique = true
    pattern = '[a-z]+[0-9]*'
    [columns.email]
    header = "E-mail"
    type = "email"
    unique = true
    [columns.note]
    header = "Note"
    max_length = 20
    [columns.boss]
    header = "Boss"
    link = "id"
    [columns.backup]
    header = "Backup"
    link = "email"
    [columns.kind]
    header = "Kind"
    values = ["a", "b"]
    [columns.born]
    header = "Born"
    type = "date"
    [columns.count]
    header = "Count"
    type = "integer"
    [columns.team]
    header = "Team"
    link = "teams"
    [lists.teams]
    """
)
HEADER = ["ID", "E-mail", "Note", "Boss", "Backup", "Kind", "Born", "Count", "Team"]
_IDS = st.sampled_from(["a", "b", "c", "d1", "", "e e", "1.23457E+15"])
_MAILS = st.sampled_from(["a@x.org", "b@x.org", "", "a", "Ann <a@x.org>"])
_NOTES = st.sampled_from(
    [
        "",
        "",
        "plain",
        "two\nlines",
        'a "quote"',
        "a,b;c\td",
        "=1+1",
        "é" * 21,
        "\r\nend\r\n",
        '"',
        ' "',
        '5" pipe',
        "\r",
    ]
)
ROWS = st.tuples(
    _IDS,
    _MAILS,
    _NOTES,
    _IDS,
    _MAILS,
    st.sampled_from(["", "a", "b", "odd"]),
    st.sampled_from(["", "2022-03-04", "03/04/2022", "2023-02-29"]),
    st.sampled_from(["", "1", "-1", "1,5", "x"]),
    st.sampled_from(["", "red", "blue"]),
)
"""A row under `HEADER`."""

Table = Sequence[Sequence[str]]


def as_csv(
    rows: Table,
    *,
    header: Sequence[str] = HEADER,
    delimiter: str = ",",
    end: str = "\n",
    quote_all: bool = False,
    encoding: str = "utf-8",
) -> bytes:
    """The rows as CSV, with quotes around the cells that need them, or around all."""

    def cell(text: str) -> str:
        quoted = quote_all or any(mark in text for mark in f'{delimiter}"\r\n')
        return '"' + text.replace('"', '""') + '"' if quoted else text

    return "".join(delimiter.join(map(cell, row)) + end for row in [header, *rows]).encode(encoding)


CSV_LAYOUTS: dict[str, Callable[[Table], bytes]] = {
    "comma": as_csv,
    "semicolon": lambda rows: as_csv(rows, delimiter=";"),
    "tab": lambda rows: as_csv(rows, delimiter="\t"),
    "everything quoted": lambda rows: as_csv(rows, quote_all=True),
    "CRLF": lambda rows: as_csv(rows, end="\r\n"),
    "CR": lambda rows: as_csv(rows, end="\r"),
    "byte order mark": lambda rows: as_csv(rows, encoding="utf-8-sig"),
    "UTF-16": lambda rows: as_csv(rows, encoding="utf-16"),
    "UTF-16, the other way round": lambda rows: b"\xfe\xff" + as_csv(rows, encoding="utf-16-be"),
    "UTF-32": lambda rows: as_csv(rows, encoding="utf-32"),
    "no last line end": lambda rows: as_csv(rows).removesuffix(b"\n"),
    "other headers' spelling": lambda rows: as_csv(rows, header=[f"  {each.upper()}\n " for each in HEADER]),
}


def as_xlsx(rows: Sequence[Sequence[Any]], *, header: Sequence[str] = HEADER, sheet: str = "Sheet1") -> bytes:
    """The rows as a workbook: text as cells of text, other values as what they are."""

    def build(workbook: Any) -> None:
        worksheet = workbook.add_worksheet(sheet)
        for number, row in enumerate([header, *rows]):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    worksheet.write_string(number, column, cell)
                elif cell is not None:
                    worksheet.write(number, column, cell)

    return workbook_of(build)


def workbook_of(build: Callable[[Any], None]) -> bytes:
    """The workbook that a function fills."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        build(workbook)
    return content.getvalue()


def without_places(report: Report) -> tuple[Any, ...]:
    """What was found in a table, apart from bytes, and from what a header's cell looks like."""
    violations = [violation.as_dict() for violation in report.violations]
    for each in violations:
        del each["offset"]
        each["cell"] = each["cell"].rpartition("!")[2].partition(" (")[0].rpartition(", ")[2]
    return violations, report.records, report.counts


def found(report: Report) -> list[tuple[str | None, str, str, str]]:
    """Where, which rule, the message and the hint of each violation."""
    return [(each.cell, each.rule, each.message, each.hint) for each in report.violations]
