"""Headers that a spreadsheet would calculate, and those with characters that nobody sees: templates and drafts hold."""

from __future__ import annotations

import io
import tomllib
import zipfile
from pathlib import Path
from typing import Any
from xml.parsers import expat

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from import_validator import RuleSet, validate
from import_validator.errors import ImportValidatorError
from import_validator.spreadsheet.draft import draft
from import_validator.spreadsheet.template import csv_template, xlsx_template
from tests.command import run
from tests.tables import as_csv, as_xlsx, found

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"), min_size=1, max_size=8)
UNSEEN = "\x1b[31mEVIL\x9b\u202e\x7f\u2028"


def table(headers: list[str], **more: Any) -> RuleSet:
    columns = {f"c{number}": {"header": header} for number, header in enumerate(headers)}
    return RuleSet.from_dict({"name": "t", "reader": {"format": "table"}, "columns": columns, **more})


def is_usable(header: str) -> bool:
    return bool(header.strip())


def folds_apart(headers: list[str]) -> bool:
    return len({" ".join(each.split()).casefold() for each in headers}) == len(headers)


@pytest.mark.parametrize("header", ["=1+1", "+1", "-x", "@ann", "\t=1+1", "\r@x", "  =HYPERLINK(1)"])
def test_a_header_that_a_spreadsheet_calculates_is_refused_in_csv_and_text_in_a_workbook(
    header: str, tmp_path: Path
) -> None:
    mark, shown = header.strip()[0], header.strip()
    rules = table([header, "b"])
    with pytest.raises(ImportValidatorError) as caught:
        csv_template(rules)
    assert str(caught.value) == (
        f"columns.c0: the header {shown!r} begins with {mark!r}: in a CSV file, a spreadsheet takes it for a formula. "
        "Write the template as .xlsx, in which headers are text"
    )
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_template(rules)))["Entries"]
    assert (sheet["A1"].data_type, sheet["B1"].value) == ("s", "b")
    assert found(validate(xlsx_template(rules), rules)) == []


def test_the_command_says_why_it_writes_no_csv(tmp_path: Path) -> None:
    rules = tmp_path / "t.toml"
    rules.write_text("reader.format = 'table'\ncolumns.a.header = '=1+1'\n")
    output = tmp_path / "x.csv"
    outcome = run("template", rules, "-o", output)
    assert (outcome.status, outcome.out, output.exists()) == (2, "", False)
    assert outcome.err.startswith("import-validator: columns.a: the header '=1+1' begins with '='")


def test_a_header_is_not_cut_by_a_program_with_another_delimiter() -> None:
    assert csv_template(table(["a;=1+1", "b"])).decode("utf-8-sig") == '"a;=1+1",b\r\n'
    assert csv_template(table(['a,"b"', "c"], table={"delimiter": "tab"})).decode("utf-8-sig") == '"a,""b"""\tc\r\n'


def test_headers_that_an_encoding_lacks_are_an_error(tmp_path: Path) -> None:
    rules = tmp_path / "t.toml"
    rules.write_text("reader.format = 'table'\ntable.encoding = 'cp1252'\ncolumns.a.header = '日'\n", "utf-8")
    outcome = run("template", rules, "-o", tmp_path / "x.csv")
    assert outcome.status == 2
    assert outcome.err.startswith("import-validator: the headers cannot be written in the encoding 'cp1252': ")


@given(st.lists(TEXT.filter(is_usable), min_size=1, max_size=4).filter(folds_apart))
def test_what_template_writes_validate_reads_back(headers: list[str]) -> None:
    rules = table(headers)
    assert found(validate(xlsx_template(rules), rules)) == []
    try:
        data = csv_template(rules)
    except ImportValidatorError:
        assert any(each.strip().startswith(("=", "+", "-", "@")) for each in headers)
    else:
        assert found(validate(data, rules)) == []


def test_a_workbook_with_characters_that_xml_cannot_hold_is_one_nevertheless() -> None:
    columns = {
        "a": {"header": UNSEEN, "help": "h\x01", "values": ["x\x02", "y\x1f"]},
        "b": {"header": "_x000D_ b", "pattern": "[\x03]", "values": ['q"', "\x04"], "default": "\x05"},
        "c": {"header": "c\x0b", "link": "l", "type": "boolean"},
    }
    rules = RuleSet.from_dict({"reader": {"format": "table"}, "columns": columns, "lists": {"l": {"help": "\x06"}}})
    data = xlsx_template(rules)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for name in parts.namelist():
            expat.ParserCreate().Parse(parts.read(name), True)
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["Entries", "Allowed values"]
    assert found(validate(data, rules)) == []


@pytest.mark.parametrize(
    ("headers", "options", "message"),
    [
        (["a\0"], {}, "columns.c0: 'a�' has the character U+0000, which no workbook can hold"),
        (["a\ufffe"], {}, "columns.c0: 'a�' has the character U+FFFE, which no workbook can hold"),
        (["a"], {"sheet": "b\x1b"}, "table.sheet: 'b�' has characters that the name of no sheet can have"),
    ],
)
def test_what_no_workbook_can_hold_is_an_error(headers: list[str], options: dict[str, str], message: str) -> None:
    with pytest.raises(ImportValidatorError) as caught:
        xlsx_template(table(headers, table=options))
    assert str(caught.value) == message


@pytest.mark.parametrize("workbook", [False, True])
def test_a_draft_of_unseen_characters_is_toml_that_hides_nothing(workbook: bool) -> None:
    rows = [[UNSEEN, "1"], ["b\x1b", "2"], [UNSEEN, "3"]] * 3
    header = [UNSEEN, "N\x85\U000e0001"]
    data = as_xlsx(rows, header=header) if workbook else as_csv(rows, header=header)
    text = draft([data], "a\x1b\u202e.csv", options={"sheet": "s\x1b\u202e"} if not workbook else {})
    assert all(line.isprintable() for line in text.split("\n"))
    document = tomllib.loads(text)
    assert [each["header"] for each in document["columns"].values()] == [" ".join(each.split()) for each in header]
    assert found(validate(data, RuleSet.from_dict({**document, "table": {}}))) == []


def test_a_plan_of_unseen_characters_is_made(tmp_path: Path) -> None:
    path, rules = tmp_path / "hinj.csv", tmp_path / "t.toml"
    path.write_bytes(as_csv([["a\x1b[31m", "x\u202e", "1"]], header=["Id", "N", UNSEEN]))
    rules.write_text("name = 't'\nreader.format = 'table'\ncolumns.id.header = 'Id'\ncolumns.n.header = 'N'\n")
    outcome = run("validate", path, "--rules", rules, "--plan", "--limit", "1")
    assert (outcome.status, outcome.err) == (0, "")
    assert "a file: 1 file" in outcome.out


def test_the_templates_of_plain_headers_are_as_before() -> None:
    assert csv_template(table(["a b", "c"])) == b"\xef\xbb\xbfa b,c\r\n"
