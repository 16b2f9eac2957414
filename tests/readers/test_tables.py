"""Tables as people use them: rule sets of columns, the commands for them, and what reports show."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from import_validator import RuleSet, RuleSetError, SourceError, validate
from import_validator.readers.header import letters_of
from import_validator.rules.cell_text import CELL_TEXTS
from import_validator.ruleset.compiler import compile_plan
from import_validator.spreadsheet.draft import draft
from import_validator.spreadsheet.sizes import import_plan
from import_validator.spreadsheet.template import csv_template, rule_in_words, xlsx_template
from tests.command import Outcome, run
from tests.corpus import CORPUS, ROOT
from tests.readers.test_workbooks import in_sheet, rebuilt
from tests.tables import HEADER, ROWS, RULES, Table, as_csv, as_xlsx, found

EXAMPLE = RuleSet.load("example-table")


def table(columns: str, **more: Any) -> RuleSet:
    """A rule set with columns as TOML has them."""
    document = tomllib.loads(columns)
    return RuleSet.from_dict({"name": "t", "reader": {"format": "table"}, **document, **more})


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "a table has columns: there is no [columns.…] table"),
        ({"columns": {"a": 1}}, "columns.a: has to be a table"),
        ({"columns": 1}, "columns: has to be a table"),
        ({"columns": {"a": {"typ": "date"}}}, "columns.a: unknown typ; did you mean 'type'?"),
        ({"columns": {"a": {"type": "day"}}}, "columns.a: no type 'day'; there are string, integer, number, boolean"),
        ({"columns": {"a": {"required": 1}}}, "columns.a: required has to be true or false, not 1"),
        ({"columns": {"a": {"link": "b"}}}, "columns.a: link: there is neither a column nor a list called 'b'"),
        ({"columns": {"a": {"max_length": 0}}}, "columns.a: max_length has to be 1 or more"),
        ({"columns": {"a": {}, "b": {"header": " A "}}}, "columns.b: has the same header as columns.a"),
        ({"columns": {"a": {}}, "lists": {"a": {}}}, "lists.a: is called as a column is"),
        ({"columns": {"a": {}}, "lists": {"entry": {}}}, "lists.entry: the rows of the table are called that"),
        ({"columns": {"a": {"pattern": "("}}}, "columns.a: pattern '(': missing )"),
        ({"columns": {"a": {}}, "table": {"sheets": "x"}}, "table: unknown sheets; did you mean 'sheet'?"),
        ({"columns": {"a": {}}, "table": {"sheet": 1}}, "table: sheet has to be text, not 1"),
        ({"columns": {"a": {}}, "records": {}}, "the rule set of a table: unknown records; there are columns, "),
        ({"columns": {"a": {}}, "reader": {"format": "table", "max_body": 1}}, "reader: unknown max_body; there are "),
        (
            {"columns": {"a": {}}, "reader": {"format": "json-lines"}},
            "columns: stands in the rule set of a table alone",
        ),
    ],
)
def test_a_broken_rule_set_is_an_error_that_says_what_is_wrong(document: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleSetError) as caught:
        compile_plan(RuleSet.from_dict({"reader": {"format": "table"}, **document}))
    assert str(caught.value).startswith(message)


def test_columns_become_rules_of_the_one_record_type() -> None:
    assert [rule.name for rule in compile_plan(EXAMPLE).rules][:12] == [
        "entry.id:required",
        "entry.id:max-length",
        "entry.id:pattern",
        "entry.id:damaged-id",
        "entry.id:formula-text",
        "entry.id:unique",
        "entry.name:required",
        "entry.name:max-length",
        "entry.name:damaged-id",
        "entry.name:formula-text",
        "entry.email:required",
        "entry.email:max-length",
    ]


@pytest.mark.parametrize(
    ("kind", "text", "suggestion"),
    [
        ("integer", "1,234,567", "write 1234567"),
        ("integer", "1 234", "write 1234"),
        ("integer", "+5", "write 5"),
        ("integer", "5.00", "write 5"),
        ("integer", "1,23", "write digits alone, such as 17"),
        ("integer", "٣", "write digits alone, such as 17"),
        ("number", "+1.5", "write 1.5"),
        ("number", "-1,5", "write -1.5"),
        ("number", "1'000'000", "write 1000000"),
        ("number", "1,234", "write 1234 or 1.234, whichever is meant"),
        ("number", "12 kg", "write digits, with a point before decimals, such as 17.5"),
        ("boolean", "Yes", "write TRUE"),
        ("boolean", " false ", "write FALSE"),
        ("boolean", "maybe", "write TRUE or FALSE"),
        ("email", " ann@example.org", "write ann@example.org"),
        ("email", "mailto:ann@example.org", "write ann@example.org"),
        ("email", "ann@example", "write one address, such as ann@example.org"),
        ("date", "03/04/2022", "it could be 3 April 2022 (write 2022-04-03) or March 4, 2022 (write 2022-03-04)"),
        ("date", "04/04/2022", "write 2022-04-04 if that is what is meant"),
        ("date", "2022-02-29", "there is no such day: correct it"),
        ("date", "44624", "write 2022-03-04 if 44624 is a spreadsheet's number of a day"),
        ("date", "tomorrow", "write the year first, such as 2022-03-04"),
        ("timestamp", "2022-03-04 10:00", "write 2022-03-04T10:00:00 if that is meant"),
        (
            "timestamp",
            "03/04/2022 10:00",
            "write 2022-03-04T10:00:00 or 2022-04-03T10:00:00, whichever is meant",
        ),
        ("timestamp", "noon", "write it as ISO 8601, such as 2022-01-01T10:00:00"),
    ],
)
def test_the_hint_says_what_to_write(kind: str, text: str, suggestion: str) -> None:
    report = validate(as_csv([[text]], header=["a"]), table(f"[columns.a]\ntype = '{kind}'"))
    assert [(each.cell, each.value, each.hint) for each in report.violations] == [("A2 (a)", text, suggestion)]
    assert suggestion == CELL_TEXTS[kind].suggest(text)


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ("123", "write 00123, in a column with the format Text"),
        ("1.23457E+15", "enter it again, in a column with the format Text: digits of it are lost"),
        ("00123", None),
        ("123456", None),
        ("abc", None),
    ],
)
def test_an_id_that_lost_its_zeros_is_likely_damaged(value: str, advice: str | None) -> None:
    rules = table("[columns.id]\npattern = '[0-9]{5}'")
    report = validate(as_csv([[value]], header=["id"]), rules, severity={"pattern": "off"})
    assert [each.hint for each in report.violations] == ([advice] if advice else [])


@pytest.mark.parametrize("memory", ["64MB", 1])
def test_an_id_that_is_shorter_than_its_neighbours_with_zeros_is_likely_damaged(memory: int | str) -> None:
    rules = table("columns.id.unique = true\ncolumns.boss.link = 'id'")
    rows = [["7", ""], ["00121", "7"], ["122", "00121"], ["12345", "122"], ["0", "a"], ["a", ""], ["001", ""]]
    report = validate(as_csv(rows, header=["id", "boss"]), rules, memory=memory, severity={"refers-to": "off"})
    message = 'validation warning: entry.{} "{}" may have lost zeros in front: others are like "00121"'
    hint = "write {} if that is meant, in a column with the format Text"
    assert found(report) == [
        ("A2 (id)", "entry.id:lost-zeros", message.format("id", "7"), hint.format("00007")),
        ("B3 (boss)", "entry.boss:lost-zeros", message.format("boss", "7"), hint.format("00007")),
        ("A4 (id)", "entry.id:lost-zeros", message.format("id", "122"), hint.format("00122")),
        ("B5 (boss)", "entry.boss:lost-zeros", message.format("boss", "122"), hint.format("00122")),
    ]


def test_ids_of_different_lengths_without_zeros_in_front_are_fine() -> None:
    rows = [[str(number)] for number in range(200)]
    assert found(validate(as_csv(rows, header=["id"]), table("columns.id.unique = true"))) == []


def test_a_pattern_that_json_schema_cannot_say_serves_for_damaged_ids_too() -> None:
    rules = table(r"columns.id.pattern = '(?<!x)\d{5}\b'")
    rows = [["123"], ["00123"], ["x"]]
    report = validate(as_csv(rows, header=["id"]), rules, severity={"pattern": "off"})
    assert [each[:2] for each in found(report)] == [("A2 (id)", "entry.id:damaged-id")]


def test_a_default_stands_for_an_empty_cell() -> None:
    rules = table("[columns.id]\n[columns.kind]\nvalues = ['a']\ndefault = 'b'")
    report = validate(as_csv([["1", ""], ["2", "a"]], header=["id", "kind"]), rules)
    assert [each[:3] for each in found(report)] == [
        ("B2 (kind)", "entry.kind:enum", 'validation error: entry.kind invalid ("a" allowed)')
    ]


def test_links_lead_to_rows_before_and_after_to_other_columns_and_to_lists() -> None:
    rows = [
        ["a", "a@x.org", "", "b", "c@x.org", "", "", "", "red"],
        ["b", "b@x.org", "", "nobody", "nobody@x.org", "", "", "", "green"],
        ["c", "c@x.org", "", "", "", "", "", "", ""],
    ]
    report = validate(as_csv(rows), RULES, existing={"teams": ["red", "blue"]})
    assert [each[:3] for each in found(report)] == [
        ("D3 (Boss)", "entry.boss:refers-to", 'reference error: entry.boss "nobody": no row has this ID'),
        (
            "E3 (Backup)",
            "entry.backup:refers-to",
            'reference error: entry.backup "nobody@x.org": no row has this E-mail',
        ),
        ("I3 (Team)", "entry.team:refers-to", 'reference error: entry.team "green" is not in the list teams'),
    ]
    assert report.notes == ()


def test_links_to_a_list_that_is_not_given_are_not_checked_and_the_report_says_so() -> None:
    rows = [["a", "", "", "", "", "", "", "", "green"]]
    report = validate(as_csv(rows), RULES)
    assert report.notes == ("links to teams were not checked: give the list with --existing teams=FILE",)
    assert report.violations == ()
    assert validate(as_csv(rows), RULES, references=False).notes == (
        "references, duplicates and all else that concerns more than one record were not checked",
    )


def test_keys_that_exist_come_from_lists_and_from_earlier_tables(tmp_path: Path) -> None:
    earlier, listed = tmp_path / "earlier.csv", tmp_path / "teams.txt"
    earlier.write_bytes(as_csv([["a"], ["b"]], header=["ID"]))
    listed.write_bytes(b"red\nID\n")
    rows = [["c", "", "", "a", "", "", "", "", "red"], ["d", "", "", "z", "", "", "", "", "ID"]]
    report = validate(as_csv(rows), RULES, existing={"entry": [earlier], "teams": [listed]})
    assert [each[0] for each in found(report)] == ["D3 (Boss)"]


def test_a_table_that_cannot_be_read_gives_no_keys(tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.csv"
    earlier.write_bytes(b'ID\na\n"b')
    with pytest.raises(SourceError, match="with existing entry keys: the quote that opens the cell is not closed"):
        validate(as_csv([]), RULES, existing={"entry": [earlier]})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoding": "utf-99"}, "encoding 'utf-99': there is none of this name; examples: utf-8, cp1252, utf-16-le"),
        ({"encoding": "utf-16"}, "encoding 'utf-16': line breaks cannot be found in it; name its byte order, such as "),
        ({"encoding": "cp037"}, "encoding 'cp037': line breaks cannot be found in it; save the file as UTF-8"),
        ({"encoding": "base64"}, "encoding 'base64': line breaks cannot be found in it; save the file as UTF-8"),
        ({"delimiter": "dot"}, "delimiter 'dot': it is one of comma, semicolon, tab, or one other character"),
    ],
)
def test_what_cannot_be_asked_for_is_an_error(options: dict[str, str], message: str) -> None:
    with pytest.raises(SourceError) as caught:
        validate(as_csv([]), RULES, reader=options)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le", "utf-32-be", "shift_jis", "utf-8-sig", "latin-1"])
def test_an_encoding_is_read_by_its_name(encoding: str) -> None:
    note = "ｱ" * 21 if encoding == "shift_jis" else "ö" * 21
    data = as_csv([["a", "", note]], header=HEADER[:3]).decode().encode(encoding)
    assert [each[:3] for each in found(validate(data, RULES, reader={"encoding": encoding}))] == [
        ("C2 (Note)", "entry.note:max-length", "validation error: entry.note max length exceeded (20)")
    ]


def test_a_sheet_cannot_be_asked_of_json() -> None:
    with pytest.raises(RuleSetError) as caught:
        validate(b"[]", "stream-chat", reader={"sheet": "x"})
    assert str(caught.value) == "stream-chat: sheet: files of stream-chat (json-array) have no such thing"
    with pytest.raises(
        RuleSetError, match=r"page: files of table \(table\) have no such thing; it has sheet, delimiter"
    ):
        validate(b"", RULES, reader={"page": "x"})


def test_what_a_person_sees_is_the_cell(tmp_path: Path) -> None:
    path = tmp_path / "entries.csv"
    path.write_bytes(as_csv([["a", "", "two\nlines"], ["b"], ["a", "", ""]], header=HEADER[:3]))
    rules = tmp_path / "mine.toml"
    rules.write_text("name = 'mine'\nreader.format = 'table'\ncolumns.ID.unique = true\ncolumns.Note = {}\n")
    outcome = run("validate", path, "--rules", rules)
    assert re.sub(r"[0-9.]+ seconds", "… seconds", outcome.out) == (
        f"""{path}: not valid, 2 errors and 1 warning
rule set mine; 36 bytes in … seconds

records  total  valid
entries      3      1

rule                      count
entry:row-cells  error        1
unknown-column   warning      1
entry.ID:unique  error        1

entry:row-cells
  {path}:3: parse error: the row has 1 cell, the header 3
    row 3
    make the row as long as the header; text with a delimiter in it stands between quotes

unknown-column
  {path}:1: parse warning: the rule set has no column "E-mail": it was not looked at
    B1 (E-mail)
    correct the header, or remove the column

entry.ID:unique
  {path}:4: validation error: entry.ID "a" stands in an earlier row, too
    A4 (ID), value "a"
    remove one of the two rows, or correct it

more about a rule: import-validator explain row-cells
{path}: not valid, 2 errors and 1 warning
"""
    )
    assert "unknown-column" not in run("validate", path, "--rules", rules, "--severity", "unknown-column=off").out


def test_a_table_is_not_recognised_and_the_error_says_what_to_do(tmp_path: Path) -> None:
    advice = "name one with --rules; for a table, write a rule set first: import-validator draft FILE\n"
    for name, data in (
        ("a.csv", as_csv([["a"]])),
        ("a.xlsx", as_xlsx([["a"]])),
        ("b.csv", as_csv([], encoding="utf-16")),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        outcome = run("validate", path)
        assert (outcome.status, outcome.err.endswith(advice)) == (2, True)


@pytest.mark.parametrize(
    ("entries", "limit", "said"),
    [
        (
            1,
            None,
            [
                "1 entry: can be uploaded as a temporary file, which has at most 50,000 and lives for 60 minutes",
                "event handlers run for at most 1,000 entries a file: they can run",
            ],
        ),
        (
            50_001,
            20_000,
            [
                "50,001 entries: upload the file to a directory; it is too large for a temporary file, which has at "
                "most 50,000 and lives for 60 minutes",
                "event handlers run for at most 1,000 entries a file: for them, make it 51 files",
                "with at most 20,000 entries a file: 3 files",
            ],
        ),
        (0, 5, None),
    ],
)
def test_a_plan_says_how_so_many_entries_are_imported(entries: int, limit: int | None, said: list[str] | None) -> None:
    plan = import_plan(entries, limit)
    assert plan == said if said else plan[-1] == "with at most 5 entries a file: 1 file"


def test_the_command_plans_an_import(tmp_path: Path) -> None:
    path = CORPUS / "example-table" / "valid" / "plain.csv"
    outcome = run("validate", path, "--rules", "example-table", "--plan", "--limit", "2", "--format", "json")
    assert outcome.document["notes"][1:] == import_plan(3, 2)
    assert run("validate", path, "--rules", "example-table", "--limit", "2").status == 2
    assert run("validate", path, "--rules", "stream-chat", "--plan").status == 2


def cells_of(workbook: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()


def test_the_templates_that_ship_are_what_the_command_writes(tmp_path: Path) -> None:
    for name in ("example-table.csv", "example-table.xlsx"):
        assert run("template", "example-table", "-o", tmp_path / name) == Outcome(0, "", "")
    shipped = ROOT / "examples"
    assert (tmp_path / "example-table.csv").read_bytes() == (shipped / "example-table.csv").read_bytes()
    assert cells_of((tmp_path / "example-table.xlsx").read_bytes()) == cells_of(
        (shipped / "example-table.xlsx").read_bytes()
    )


@pytest.mark.parametrize("name", ["example-table.csv", "example-table.xlsx"])
def test_a_template_filled_with_nothing_is_valid_and_has_no_entries(name: str) -> None:
    outcome = run("validate", ROOT / "examples" / name, "--rules", "example-table")
    assert outcome.status == 0
    assert "no entries" in outcome.out.splitlines()


def test_a_template_is_not_written_over_a_file_that_is_there(tmp_path: Path) -> None:
    path = tmp_path / "entries.csv"
    path.write_text("mine")
    outcome = run("template", "example-table", "-o", path)
    assert (outcome.status, path.read_text()) == (2, "mine")
    assert f"{path} is there already; --force writes over it" in outcome.err
    assert run("template", "example-table", "-o", path, "--force").status == 0
    assert path.read_bytes() == csv_template(EXAMPLE)


@pytest.mark.parametrize("arguments", [["example-table", "-o", "a.ods"], ["stream-chat", "-o", "a.csv"]])
def test_a_template_that_cannot_be_written_is_an_error(arguments: list[str]) -> None:
    assert run("template", *arguments).status == 2


def test_a_workbook_to_fill_in_helps_to_fill_it_in_right() -> None:
    many = [f"value {number}, and more" for number in range(40)]
    rules = table(
        "[columns.id]\nrequired = true\n[columns.day]\ntype = 'date'\n[columns.many]\n[columns.flag]\ntype = 'boolean'"
    )
    columns = list(rules.columns)
    columns[2].values.extend(many)
    with zipfile.ZipFile(io.BytesIO(xlsx_template(rules))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        styles = parts.read("xl/styles.xml").decode()
        notes = parts.read("xl/comments1.xml").decode()
        assert b"value 39, and more" in parts.read("xl/sharedStrings.xml")
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in sheet
    assert '<formula1>"TRUE,FALSE"</formula1>' in sheet
    assert "<formula1>'Allowed values'!$A$2:$A$41</formula1>" in sheet
    assert 'formatCode="yyyy\\-mm\\-dd"' in styles or 'formatCode="yyyy-mm-dd"' in styles
    assert "<b/>" in styles
    assert re.findall(r"<t[^>]*>([^<]*)</t>", notes)[:2] == ["Required.", "May be empty. A date, such as 2022-03-04."]


def test_the_note_of_a_cell_is_the_rule_in_words() -> None:
    words = {each.name: rule_in_words(each, EXAMPLE.columns, EXAMPLE.lists) for each in EXAMPLE.columns}
    assert words["id"] == (
        "Two letters and five digits, such as AB00123. Required. At most 20 characters. "
        "Has the form [A-Z]{2}[0-9]{5} No two rows may have the same."
    )
    assert words["status"] == "May be empty. One of: active, paused, former. Where it is empty, active is taken."
    assert words["team"] == "The key of a team that the app has. May be empty. One of teams: teams that the app has."
    assert words["sponsor"].endswith("The Member ID of a row in this table.")


def test_templates_follow_what_the_rule_set_says_of_the_file() -> None:
    rules = table(
        "columns.a = {}\ncolumns.b = {}\ntable = {delimiter = 'semicolon', encoding = 'cp1252', sheet = 'Mine'}"
    )
    assert csv_template(rules) == b"a;b\r\n"
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_template(rules)))
    assert workbook.sheet_names == ["Mine"]
    assert validate(xlsx_template(rules), rules).valid


def test_a_workbook_that_cannot_be_written_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text("reader.format = 'table'\ncolumns.a = {}\ntable.sheet = 'a/b'\n")
    outcome = run("template", path, "-o", tmp_path / "t.xlsx")
    assert (outcome.status, outcome.err[:20]) == (2, "import-validator: t:")
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    outcome = run("template", "example-table", "-o", tmp_path / "t.xlsx")
    assert outcome == Outcome(
        2, "", "import-validator: writing .xlsx files needs: pip install 'import-validator[excel]'\n"
    )


def filled(template: bytes, rows: list[list[str]]) -> bytes:
    """A template with rows under its header, as text."""
    xml = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{letters_of(column)}{number}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
            for column, cell in enumerate(row)
            if cell
        )
        + "</row>"
        for number, row in enumerate(rows, 2)
    )
    return rebuilt(template, in_sheet(b"</sheetData>", f"{xml}</sheetData>".encode()))


def filled_example() -> bytes:
    with (CORPUS / "example-table" / "valid" / "plain.csv").open(newline="", encoding="utf-8") as file:
        return filled(xlsx_template(EXAMPLE), list(csv.reader(file))[1:])


def test_a_template_filled_in_is_valid() -> None:
    report = validate(filled_example(), EXAMPLE)
    assert (found(report), report.records["entry"].total) == ([], 3)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not on this machine")
def test_a_template_filled_in_and_saved_by_libreoffice_is_valid(tmp_path: Path) -> None:
    (tmp_path / "entries.xlsx").write_bytes(filled_example())
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", "saved", "entries.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120, capture_output=True)
    report = validate(tmp_path / "saved" / "entries.xlsx", EXAMPLE)
    assert (found(report), report.records["entry"].total) == ([], 3)


def test_a_draft_is_a_rule_set_with_comments(tmp_path: Path) -> None:
    path = tmp_path / "My members (2024).csv"
    rows = [
        [f"AB{number:05}", f"n{number}", "red" if number % 2 else "blue", f"{number}.5", "03/04/2022", "", f"AB{1:05}"]
        for number in range(1, 9)
    ]
    path.write_bytes(as_csv(rows, header=["Größe / ID", "Name", "Team", "Fee", "Born", "'Left\\over'", "Sponsor"]))
    outcome = run("draft", path)
    assert (outcome.status, outcome.err) == (0, "")
    assert (
        outcome.out
        == f"""# The columns of {path}, as its first 8 rows show them. This is a first draft: a file
# shows what is there, not what is allowed. Go through it, and correct what you know better.

name = "my_members_2024"

[reader]
format = "table"

[columns.groe_id]
header = "Größe / ID"
required = true
unique = true
# max_length = 20    # the longest has 7 characters
pattern = "[A-Z]{{2}}[0-9]{{5}}"    # all are made like this

[columns.name]
header = "Name"
required = true
# unique = true    # no two rows have the same
# max_length = 20    # the longest has 2 characters
pattern = "[a-z][0-9]"    # all are made like this

[columns.team]
header = "Team"
required = true
values = ["blue", "red"]    # all that there are; are there others?

[columns.fee]
header = "Fee"
type = "number"
required = true
# unique = true    # no two rows have the same

[columns.born]
header = "Born"
# type = "date"    # these are dates, but not written as year-month-day
required = true
values = ["03/04/2022"]    # all that there are; are there others?

[columns.left_over]
header = "'Left\\\\over'"
# All its cells are empty. What should stand there?
# type = "string"

[columns.sponsor]
header = "Sponsor"
required = true
values = ["AB00001"]    # all that there are; are there others?
"""
    )
    assert found(validate(path, RuleSet.from_toml(outcome.out))) == []


@given(st.lists(ROWS, min_size=1, max_size=8), st.booleans())
def test_what_a_draft_is_made_from_has_no_errors_under_it(rows: Table, workbook: bool) -> None:
    data = as_xlsx(rows) if workbook else as_csv(rows)
    rules = RuleSet.from_toml(draft([data], "a.csv", options={}))
    assert [each for each in validate(data, rules).violations if each.severity == "error"] == []


def test_a_draft_keeps_what_it_was_told_of_the_file(tmp_path: Path) -> None:
    path, rules = tmp_path / "a.txt", tmp_path / "a.toml"
    path.write_bytes("ä|ß\n1|x\n".encode("cp1252"))
    options = ["--delimiter", "|", "--encoding", "cp1252"]
    assert run("draft", path, "-o", rules, *options).status == 0
    assert run("draft", path, "-o", rules, *options).status == 2
    assert tomllib.loads(rules.read_text("utf-8"))["table"] == {"encoding": "cp1252", "delimiter": "|"}
    assert run("validate", path, "--rules", rules).status == 0


def test_a_draft_of_what_is_no_table_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"")
    outcome = run("draft", path)
    assert outcome == Outcome(2, "", "import-validator: the file is empty; expected a header row\n")


def test_rules_and_schema_show_a_table() -> None:
    assert "entry.id:unique" in run("rules", "example-table").out
    assert run("schema", "example-table").status == 0


def test_a_draft_says_what_else_it_sees() -> None:
    rows = [
        [f"{number:03}", f"00{number}", "x" * 6000, "003" if number % 2 else "001", ""] for number in range(5, 0, -1)
    ]
    rules = draft([as_csv(rows, header=["Code", "Code!", "日本", "Of", "code "])], "日本.csv", options={})
    assert tomllib.loads(rules)["name"] == "table"
    columns = tomllib.loads(rules)["columns"]
    assert list(columns) == ["code", "code_2", "column_3", "of"]
    assert columns["code"] == {"header": "Code", "required": True, "unique": True, "pattern": "[0-9]{3}"}
    assert '# link = "code"    # all of them stand under Code' in rules.splitlines()
    assert "# max_length = 6000    # the longest has 6,000 characters" in rules.splitlines()


def test_a_draft_of_a_long_table_looks_at_its_beginning() -> None:
    data = as_csv([[str(number)] for number in range(30_000)], header=["n"])
    pieces = [data[: len(data) // 2], data[len(data) // 2 :]]
    assert "# The columns of n.csv, as its first 20,000 rows show them." in draft(pieces, "n.csv", options={})
