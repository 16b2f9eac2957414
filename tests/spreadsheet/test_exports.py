"""From a file that a program exported to a rule set, a template and a check: draft, template, validate."""

from __future__ import annotations

import csv
import io

import pytest

from import_validator import RuleSet, validate
from import_validator.errors import ImportValidatorError
from import_validator.spreadsheet.draft import draft
from import_validator.spreadsheet.template import csv_template, xlsx_template
from tests.tables import RULES, as_csv, as_xlsx, found

HEADER = ["Kunden-Nr.", "Name", "Eintritt", "Umsatz", "Anteil", "Aktiv", "Bemerkung"]
ROWS = [
    [f"K{n:04}", f"Müller {n}", f"{n:02}.{n % 12 + 1:02}.2024", f"{n}.234,50", f"{n}%", "ja", 'two\nlines; "q"']
    for n in range(1, 30)
]
ABOVE = 'most rows do not have as many cells as the first row, which has "{}": remove a title above the headers, or '


def written(rows: list[list[str]], delimiter: str = ";", *, quote_all: bool = False) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL).writerows(rows)
    return text.getvalue()


EXPORTS: dict[str, tuple[bytes, dict[str, str]]] = {
    "semicolons in cp1252": (written([HEADER, *ROWS]).encode("cp1252"), {"encoding": "cp1252"}),
    "tabs in UTF-16": (written([HEADER, *ROWS], "\t").encode("utf-16"), {}),
    "commas after a byte order mark": (written([HEADER, *ROWS], ",").encode("utf-8-sig"), {}),
    "empty columns at the end": (written([[*row, "", ""] for row in [HEADER, *ROWS]]).encode(), {}),
    "everything quoted": (written([HEADER, *ROWS], quote_all=True).encode(), {}),
    "a workbook": (as_xlsx(ROWS, header=HEADER), {}),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_valid_under_its_draft_and_so_are_the_templates(name: str) -> None:
    data, options = EXPORTS[name]
    rules = RuleSet.from_toml(draft([data], "kunden.csv", options=options))
    assert {each.header: each.type for each in rules.columns} == dict.fromkeys(HEADER, "string") | {"Anteil": "number"}
    for file in (data, csv_template(rules), xlsx_template(rules)):
        assert found(validate(file, rules)) == []


@pytest.mark.parametrize(
    ("above", "header"),
    [
        ("Kundenliste 2024\r\n\r\n", "Kundenliste 2024"),
        ("Kundenliste 2024;;;;;;\r\n;;;;;;\r\n", "Kundenliste 2024"),
        ("sep=;\r\n", "sep="),
    ],
)
def test_a_title_above_the_headers_is_not_drafted_as_if_it_were_one(above: str, header: str) -> None:
    data = (above + written([HEADER, *ROWS])).encode()
    with pytest.raises(ImportValidatorError) as caught:
        draft([data], "kunden.csv", options={})
    assert str(caught.value) == f"{ABOVE.format(header)}name what separates cells with --delimiter"


@pytest.mark.parametrize("workbook", [False, True])
def test_headers_under_a_title_are_found_for_whoever_has_to_move_them(workbook: bool) -> None:
    rows = [["", "Note"], ["ID", "Note"], ["a", "b"]]
    data = as_xlsx(rows, header=["Members"]) if workbook else as_csv(rows, header=["Members 2024", ""], delimiter=";")
    assert [each[2] for each in found(validate(data, RULES))] == [
        "parse error: the headers stand in row 3: remove the rows above it"
    ]


def test_text_with_commas_in_a_column_of_its_own_is_no_delimiter_where_the_header_is_known() -> None:
    assert found(validate(b"Note\nhello; world\nyes; no\n", RuleSet.from_toml(NOTE))) == []


NOTE = "name = 't'\nreader.format = 'table'\ncolumns.note.header = 'Note'"
