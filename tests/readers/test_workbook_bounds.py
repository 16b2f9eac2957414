"""Workbooks that are small, and would unpack to much: memory stays small, or they are refused."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from import_validator import SourceError, validate
from import_validator.readers import archive, shared_strings
from import_validator.readers.shared_strings import SharedStrings
from tests.laws.test_laws import peak_memory
from tests.tables import RULES, found

MB = 1 << 20
MEMBERS = "name = 'members'\nreader.format = 'table'\ncolumns.ID = { required = true, unique = true }\ncolumns.N = {}\n"
WORKBOOK = b'<workbook xmlns:r="r"><sheets><sheet name="S" r:id="rId1"/></sheets></workbook>'
RELATIONS = b'<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'
STRINGS = b"<sst><si><t>ID</t></si><si><t>N</t></si>"
HEAD = b'<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
END = b"</sheetData></worksheet>"


def write(
    path: Path,
    sheet: Iterable[bytes] = (HEAD, END),
    strings: Iterable[bytes] = (STRINGS, b"</sst>"),
    styles: Iterable[bytes] = (b"<styleSheet/>",),
    workbook: Iterable[bytes] = (WORKBOOK,),
) -> Path:
    """A workbook with these parts, each in pieces."""
    parts = {
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": [RELATIONS],
        "xl/sharedStrings.xml": strings,
        "xl/styles.xml": styles,
        "xl/worksheets/sheet1.xml": sheet,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, pieces in parts.items():
            with file.open(name, "w") as part:
                for piece in pieces:
                    part.write(piece)
    return path


def rows(row: bytes, count: int) -> Iterable[bytes]:
    return (HEAD, row * count, END)


A_MEGABYTE = b"<si><t>" + b"x" * MB + b"</t></si>"
SHAPES: dict[str, dict[str, Iterable[bytes]]] = {
    "one long string in many cells": {
        "sheet": rows(b'<row><c t="s"><v>2</v></c></row>', 200),
        "strings": (STRINGS, A_MEGABYTE, b"</sst>"),
    },
    "many long strings": {
        "sheet": (HEAD, *(b'<row><c t="s"><v>%d</v></c></row>' % number for number in range(2, 102)), END),
        "strings": (STRINGS, *[A_MEGABYTE] * 100, b"</sst>"),
    },
    "empty strings": {"strings": (STRINGS, b"<si/>" * 500_000, b"</sst>")},
    "one text without end": {
        "sheet": (HEAD, b'<row><c t="inlineStr"><is><t>', *[b"x" * MB] * 150, b"</t></is></c></row>", END),
    },
    "a cell far away": {"sheet": rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', 1)},
    "many wide rows": {"sheet": rows(b"<row>" + b'<c t="s"><v>0</v></c>' * 16_384 + b"</row>", 8)},
    "cells on top of each other": {"sheet": (HEAD, b'<row r="2">', b'<c r="A2" t="e"/>' * 300_000, b"</row>", END)},
    "merged ranges": {
        "sheet": (HEAD, b"</sheetData><x>", b'<mergeCell ref="C1:XFD9"/>' * 100_000, b"</x></worksheet>"),
    },
    "blank rows": {"sheet": rows(b"<row/>", 200_000)},
}  # fmt: skip


@pytest.fixture(scope="module")
def plain_peak(tmp_path_factory: pytest.TempPathFactory) -> int:
    folder = tmp_path_factory.mktemp("plain")
    (folder / "rules.toml").write_text(MEMBERS)
    return peak_memory(write(folder / "plain.xlsx"), "64MB", 1, folder / "rules.toml")[0]


@pytest.mark.unwatched
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to tell the peak of one program")
@pytest.mark.parametrize("shape", SHAPES)
def test_bounded_memory_does_not_follow_what_a_workbook_unpacks_to(shape: str, plain_peak: int, tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(MEMBERS)
    peak, _ = peak_memory(write(tmp_path / "file.xlsx", **SHAPES[shape]), "64MB", 1, tmp_path / "rules.toml")
    assert peak - plain_peak < 80 * MB


NAMES = b"".join(b"<a%d/>" % number for number in range(12_000))
FORMATS = b"".join(b'<numFmt numFmtId="%d" formatCode="0"/>' % number for number in range(120_000))
SHEETS = b'<sheet name="S" r:id="rId1"/>' * 10_001
SHEET = "xl/worksheets/sheet1.xml"
REFUSED: dict[str, tuple[dict[str, Iterable[bytes]], str]] = {
    "elements in each other": (
        {"sheet": rows(b"<a>", 90_000)},
        f"{SHEET} has elements that nest more than 100 deep",
    ),
    "a reference without end": (
        {"sheet": (HEAD, b'<row r="2"><c r="', b"A" * 2 * MB, b'"/></row>', END)},
        f"{SHEET} has a tag or a comment of more than 1,048,576 bytes",
    ),
    "a comment without end": (
        {"strings": (STRINGS, b"<!--", b"a" * 2 * MB, b"--></sst>")},
        "xl/sharedStrings.xml has a tag or a comment of more than 1,048,576 bytes",
    ),
    "names": (
        {"sheet": (HEAD, NAMES, END)},
        f"{SHEET} has more than 10,000 different names of elements and attributes",
    ),
    "entities": (
        {"strings": (b'<!DOCTYPE a [<!ENTITY b "b">]>', STRINGS, b"</sst>")},
        "xl/sharedStrings.xml in the workbook has a document type",
    ),
    "cell formats": (
        {"styles": (b"<styleSheet><cellXfs>", b"<xf/>" * 120_000, b"</cellXfs></styleSheet>")},
        "it has more than 100,000 cell formats",
    ),
    "number formats": (
        {"styles": (b"<styleSheet><numFmts>", FORMATS, b"</numFmts></styleSheet>")},
        "it has more than 100,000 cell formats",
    ),
    "sheets": (
        {"workbook": (b'<workbook xmlns:r="r"><sheets>', SHEETS, b"</sheets></workbook>")},
        "it has more than 10,000 sheets",
    ),
    "a row beyond the last": (
        {"sheet": rows(b'<row r="1048577"/>', 1)},
        f"{SHEET} has a row beyond row 1,048,576",
    ),
    "a column beyond the last": (
        {"sheet": rows(b'<row r="2"><c r="XFE2"><v>1</v></c></row>', 1)},
        f"{SHEET} has a cell beyond column 16,384",
    ),
    "rows after its rows": (
        {"sheet": (HEAD, b"</sheetData><sheetData><row/>", END)},
        f"{SHEET} has rows after its rows",
    ),
    "XML that is cut off": ({"sheet": (HEAD,)}, f"{SHEET} is no XML"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_spreadsheet_program_writes_is_refused(name: str, tmp_path: Path) -> None:
    parts, message = REFUSED[name]
    with pytest.raises(SourceError) as caught:
        validate(write(tmp_path / "file.xlsx", **parts), RULES)
    assert str(caught.value).removeprefix("the workbook is damaged: ").startswith(message)


def test_strings_that_cells_refer_to_count_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(
        tmp_path / "file.xlsx",
        sheet=rows(b'<row><c t="s"><v>2</v></c></row>', 30),
        strings=(STRINGS, b"<si><t>" + b"x" * 1_000 + b"</t></si></sst>"),
    )
    assert validate(path, RULES).records["entry"].total == 30
    monkeypatch.setattr(shared_strings, "MOST_UNPACKED", 25_000)
    with pytest.raises(SourceError, match=r"^the workbook unpacks to more than "):
        validate(path, RULES)
    assert archive.MOST_UNPACKED == 512 * MB


def test_a_list_of_parts_that_is_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    with zipfile.ZipFile(path, "w") as file:
        for number in range(1_500):
            file.writestr(f"{number:03000}", b"")
    with pytest.raises(SourceError, match=r"its list of parts cannot be read \(it is longer than 4 MB\)"):
        validate(path, RULES)


def test_strings_are_the_same_in_memory_and_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["a", "", "é你", "b_x000D_", "x" * 500, "c", "y" * 2_000, "d"]
    part = (
        b"<sst>" + "".join(f"<si><r><t>{each}</t></r><rPh><t>no</t></rPh></si>" for each in texts).encode() + b"</sst>"
    )
    expected = ["a", "", "é你", "b\r", "x" * 500, "c", None, "d"]
    for most in (1 << 20, 150, 0):
        for piece in (7, 100, len(part)):
            monkeypatch.setattr(shared_strings, "_MOST_KEPT", most)
            monkeypatch.setattr(shared_strings, "_LONGEST_KEPT", 300)
            pieces = [part[at : at + piece] for at in range(0, len(part), piece)]
            strings = SharedStrings("s.xml", pieces, 1_000, None)
            assert [strings.get(number) for number in range(len(texts))] == expected
            strings.close()


def test_a_row_of_a_workbook_that_is_too_long_costs_that_row(tmp_path: Path) -> None:
    cell = b'<c t="inlineStr"><is><t>%b</t></is></c>'
    path = write(
        tmp_path / "file.xlsx",
        sheet=(
            HEAD,
            b"<row>" + cell % b"a" + b"</row>",
            b"<row>" + cell % (b"x" * 600) * 2 + b"</row>",
            b'<row><c t="s"><v>2</v></c></row>',
            b"<row>" + cell % b"b" + b"</row>",
            END,
        ),
        strings=(STRINGS, b"<si><t>" + b"x" * 1_001 + b"</t></si></sst>"),
    )
    report = validate(path, RULES, max_record=1_000, severity={"unknown-column": "off"})
    message = "parse error: row longer than 1,000 bytes: not read"
    assert [each[:3] for each in found(report)] == [
        ("S, row 3", "record-size", message),
        ("S, row 4", "record-size", message),
    ]
    assert report.records["entry"].total == 2
