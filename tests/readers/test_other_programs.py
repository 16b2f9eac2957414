"""Workbooks that other programs wrote."""

from __future__ import annotations

import datetime
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from import_validator import RuleSet, validate
from tests.tables import found

RULES = RuleSet.from_toml(
    """
    name = "t"
    reader.format = "table"
    columns.id = { header = "Id", unique = true, required = true }
    columns.day = { header = "Day", type = "date" }
    columns.moment = { header = "When", values = ["2022-03-04T10:30:00", "01:02:03"] }
    columns.rate = { header = "Rate", values = ["50%", "1.25"] }
    columns.count = { header = "N", type = "integer" }
    columns.flag = { header = "Flag", type = "boolean" }
    columns.text = { header = "Text", values = ["é\\nü  x ", "=1+1"] }
    """
)
NOTES = ("the sheet 'Data' was read: it has the headers",)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A workbook by openpyxl: a read-me, and a sheet with cells of every type."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Read me"
    sheet = book.create_sheet("Data")
    sheet.append(["Id", "Day", "When", "Rate", "N", "Flag", "Text"])
    moment = datetime.datetime(2022, 3, 4, 10, 30)
    sheet.append(["a", datetime.date(2022, 3, 4), moment, 0.5, 1e15, True, "é\nü  x "])
    sheet.append(["b", datetime.date(1900, 1, 5), datetime.time(1, 2, 3), 1.25, 12345678901, False, "=1+1"])
    sheet["D2"].number_format = "0%"
    sheet["G3"].data_type = "s"
    book.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def test_a_workbook_by_openpyxl_is_read(workbook: Path) -> None:
    report = validate(workbook, RULES, severity={"formula-text": "off"})
    assert (found(report), report.notes, report.records["entry"].total) == ([], NOTES, 2)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not on this machine")
def test_a_workbook_by_libreoffice_is_read(workbook: Path) -> None:
    profile = f"-env:UserInstallation=file://{workbook.parent}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", "saved", workbook.name]
    subprocess.run(command, cwd=workbook.parent, check=True, timeout=120, capture_output=True)
    report = validate(workbook.parent / "saved" / workbook.name, RULES)
    assert (found(report), report.notes, report.records["entry"].total) == ([], NOTES, 2)
