"""Workbooks: what their cells become, and which are refused before they are unpacked."""

from __future__ import annotations

import datetime
import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from import_validator import RuleSet, SourceError, validate
from import_validator.readers import archive, sheet
from tests.strategies import in_pieces
from tests.tables import HEADER, RULES, as_xlsx, found, workbook_of

TYPED = RuleSet.from_toml(
    """
    [reader]
    format = "table"
    [columns.text]
    values = [
        "17", "0.1", "1E+15", "1.5E-07", "2022-03-04", "2022-03-04T10:30:00", "10:30:00", "25:01:01", "TRUE", "FALSE",
    ]
    [columns.day]
    type = "date"
    [columns.moment]
    type = "timestamp"
    [columns.flag]
    type = "boolean"
    """
)


def rebuilt(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The workbook with the content of its parts changed."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return content.getvalue()


def in_sheet(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, content: content.replace(old, new) if name.startswith("xl/worksheets/sheet") else content


def refusal(data: bytes, rules: RuleSet = RULES, **options: Any) -> str:
    """Why a file is not read; nothing of it stays behind."""
    with tempfile.TemporaryDirectory() as folder:
        with pytest.raises(SourceError) as caught:
            validate(data, rules, tmp=folder, **options)
        assert list(Path(folder).iterdir()) == []
    return str(caught.value)


def test_typed_cells_are_the_text_that_csv_would_have() -> None:
    def build(workbook: Any) -> None:
        worksheet = workbook.add_worksheet()
        day, moment = (workbook.add_format({"num_format": each}) for each in ("d/m/yy", "d/m/yy h:mm"))
        clock, long_clock = (workbook.add_format({"num_format": each}) for each in ("h:mm", "[h]:mm:ss"))
        worksheet.write_row(0, 0, ["text", "day", "moment", "flag"])
        for row, number in enumerate([17.0, 0.1, 1e15, 1.5e-7], 1):
            worksheet.write_number(row, 0, number)
        worksheet.write_datetime(5, 0, datetime.datetime(2022, 3, 4), day)
        worksheet.write_datetime(6, 0, datetime.datetime(2022, 3, 4, 10, 30), moment)
        worksheet.write_datetime(7, 0, datetime.time(10, 30), clock)
        worksheet.write_datetime(8, 0, datetime.timedelta(hours=25, minutes=1, seconds=1), long_clock)
        worksheet.write_boolean(9, 0, True)
        worksheet.write_boolean(10, 0, False)
        worksheet.write_datetime(11, 1, datetime.datetime(2022, 3, 4), moment)
        worksheet.write_datetime(11, 2, datetime.datetime(2022, 3, 4), day)
        worksheet.write_boolean(11, 3, True)

    report = validate(workbook_of(build), TYPED)
    assert found(report) == []
    assert report.records["entry"].total == 11


def test_text_that_is_no_value_is_said_to_be_none() -> None:
    def build(workbook: Any) -> None:
        worksheet = workbook.add_worksheet("Entries")
        worksheet.write_row(0, 0, ["text", "day"])
        worksheet.write_number(1, 0, 17.5)
        worksheet.write_datetime(
            2, 1, datetime.datetime(2022, 3, 4, 10, 30), workbook.add_format({"num_format": "d/m/yy h:mm"})
        )

    assert [each[:2] for each in found(validate(workbook_of(build), TYPED))] == [
        ("Entries!A2 (text)", "entry.text:enum"),
        ("Entries!B3 (day)", "entry.day:date"),
    ]


def test_the_place_of_what_pass_two_finds_is_the_row_that_the_program_shows() -> None:
    rows = [["a"], [], ["b"], [None, None, None, "c"], ["a"]]
    assert [each[:2] for each in found(validate(as_xlsx(rows), RULES, memory=1))] == [
        ("Sheet1!A5 (ID)", "entry.id:required"),
        ("Sheet1!D5 (Boss)", "entry.boss:refers-to"),
        ("Sheet1!A6 (ID)", "entry.id:unique"),
    ]


def test_bytes_have_no_place_in_a_workbook() -> None:
    [violation] = validate(as_xlsx([["1"]]), RULES).violations[:1]
    assert (violation.offset, violation.line, violation.path) == (None, 2, "/id")


def test_a_workbook_is_read_from_an_upload_that_arrives_in_pieces() -> None:
    data = as_xlsx([["a"], ["a"]])
    assert found(validate(in_pieces(data, 7), RULES)) == found(validate(data, RULES)) != []


def test_formulas_are_found_where_the_xml_is_written_in_another_way() -> None:
    data = as_xlsx([["a"]])
    prefixed = rebuilt(data, in_sheet(b'<c r="A2" t="s"><v>9</v></c>', b"<c><f>1+1</f><v/></c>"))
    assert [each[:2] for each in found(validate(prefixed, RULES))] == [("Sheet1!A2 (ID)", "entry:formula")]


def test_the_sheet_that_is_named_is_read_or_said_to_be_missing() -> None:
    data = as_xlsx([["a"]], sheet="Members")
    assert validate(data, RULES, reader={"sheet": "Members"}).valid
    message = refusal(data, reader={"sheet": "Teams"})
    assert message == "the workbook has no sheet 'Teams'; it has Members"


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    def bomb(name: str, content: bytes) -> bytes:
        return bytes(512 << 20) if name == "xl/theme/theme1.xml" else content

    assert refusal(rebuilt(as_xlsx([["a"]]), bomb)) == (
        "the workbook unpacks to more than 512 MB, which is the most that is read; "
        "save the sheet as CSV, which has no limit"
    )


def test_a_part_that_unpacks_to_more_than_it_says_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = as_xlsx([["a"]])
    with zipfile.ZipFile(io.BytesIO(data)) as workbook:
        info = workbook.getinfo("xl/styles.xml")
        size, less = struct.pack("<I", info.file_size), struct.pack("<I", 100)
        truncated = struct.pack("<I", zlib.crc32(workbook.read("xl/styles.xml")[:100]))
        checksum = struct.pack("<I", info.CRC)
    lying = data.replace(size, less).replace(checksum, truncated)
    assert "unpacks to more than" in refusal(lying)


@pytest.mark.parametrize(
    "prolog",
    [
        b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]>',
        b"<!-- " + b"x" * 300_000 + b" --><!DOCTYPE a>",
    ],
)
def test_a_part_with_a_document_type_is_refused(prolog: bytes) -> None:
    data = rebuilt(as_xlsx([["a"]]), in_sheet(b"<worksheet", prolog + b"<worksheet"))
    assert refusal(data) == (
        "xl/worksheets/sheet1.xml in the workbook has a document type, in which entities can be defined that unpack "
        "without end: it is not read; no spreadsheet program writes one"
    )


def test_a_cell_far_from_the_table_is_a_cell_too_many_of_its_row() -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    data = rebuilt(as_xlsx([["a"]]), in_sheet(b"</sheetData>", far))
    assert [each[:3] for each in found(validate(data, RULES))] == [
        ("Sheet1, row 1048576", "entry:row-cells", "parse error: the row has 16,384 cells, the header 9")
    ]


def zip_of(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, part in parts.items():
            file.writestr(name.replace("__", "/").replace("_", "."), part)
    return content.getvalue()


UTF_16 = "<a/>".encode("utf-16")
DAMAGED = {
    "an .xls workbook, or a password": (b"\xd0\xcf\x11\xe0" + bytes(600), "this is an old .xls workbook, or"),
    "OpenDocument": (zip_of(content_xml=b""), "this is an OpenDocument file (.ods): open it in LibreOffice"),
    "binary": (zip_of(xl__workbook_bin=b""), "this is a binary workbook (.xlsb): open it"),
    "another zip file": (zip_of(data_csv=b"ID\na\n"), "this is a zip file, and no workbook; unpack it"),
    "cut off": (as_xlsx([["a"]])[:-30], "the workbook is damaged: its list of parts cannot be read"),
    "no list of sheets": (zip_of(xl__workbook_xml=b"<a/>"), "the workbook is damaged: it has no sheets"),
    "a list of sheets that is no XML": (zip_of(xl__workbook_xml=b"<a"), "the workbook is damaged: xl/workbook.xml is"),
    "XML that is none": (zip_of(xl__workbook_xml=b"<?xml?>"), "the workbook is damaged: xl/workbook.xml is no XML"),
    "UTF-16": (zip_of(xl__workbook_xml=UTF_16), "the workbook is damaged: it has no sheets"),
    "Latin-1": (zip_of(xl__workbook_xml=b'<?xml version="1.0" encoding="latin-1"?><a/>'), "the workbook is"),
    "a list of sheets that is too long": (zip_of(xl__workbook_xml=b"<a>" + b" " * (17 << 20)), "the workbook is"),
    "a sheet that is not there": (
        zip_of(xl__workbook_xml=b'<a xmlns="b"><sheet name="c"/></a>', xl___rels__workbook_xml_rels=b"<a/>"),
        "the workbook is damaged: its list of sheets cannot be read",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_what_is_no_workbook_that_can_be_read_is_refused_with_what_to_do(name: str) -> None:
    data, message = DAMAGED[name]
    assert refusal(data).startswith(message)


def outcome(data: bytes) -> str:
    """What a file is: valid, or not, or why it cannot be read."""
    try:
        return "valid" if validate(data, RULES).valid else "not valid"
    except SourceError as error:
        return str(error)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs Linux to tell which files are open")
def test_no_file_stays_open_where_the_texts_of_a_workbook_cannot_be_unpacked() -> None:
    data = rebuilt(as_xlsx([["a"]]), lambda name, content: content)
    at = data.index(b"xl/sharedStrings.xml") + len("xl/sharedStrings.xml")
    open_before = sorted(Path("/proc/self/fd").iterdir())
    with pytest.raises(SourceError) as caught:
        validate(data[:at] + b"\xff" * 8 + data[at + 8 :], RULES)
    # The error's traceback keeps what the reader had: it must have been closed, not only dropped.
    assert caught.value.__traceback__ is not None
    assert sorted(Path("/proc/self/fd").iterdir()) == open_before


@pytest.mark.parametrize(
    "change",
    [
        in_sheet(b"</worksheet>", b"</w>"),
        in_sheet(b"<sheetData>", b'<sheetData><c t="e">'),
        lambda name, content: b"<a/>" if name == "xl/sharedStrings.xml" else content,
    ],
)
def test_a_sheet_that_is_damaged_is_an_error_or_is_read(change: Callable[[str, bytes], bytes]) -> None:
    data = rebuilt(as_xlsx([["a"]]), change)
    assert outcome(data).partition(":")[0] in {"valid", "the workbook is damaged"}


@pytest.mark.unwatched(but_one_in=4)
@pytest.mark.parametrize("place", range(9))
def test_a_workbook_with_bytes_changed_never_fails_in_another_way(place: int) -> None:
    data = bytearray(as_xlsx([["a", "a@x.org"], ["b"]]))
    for at in range(place, len(data), 97):
        data[at] ^= 0x55
        assert outcome(bytes(data))


def test_columns_of_a_sheet_have_numbers() -> None:
    assert [sheet.column_of(each) for each in ("A", "Z", "AA", "xfd")] == [0, 25, 26, 16383]
    assert sheet.place_of("C17") == (17, 2)
    assert sheet.place_of("17") is None


def test_keys_of_an_earlier_workbook_exist(tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.xlsx"
    earlier.write_bytes(as_xlsx([["a"], ["b"]]))
    later = as_xlsx([["c", "", "", "a"], ["d", "", "", "nobody"]])
    assert [each[0] for each in found(validate(later, RULES, existing={"entry": [earlier]}))] == ["Sheet1!D3 (Boss)"]


def test_a_table_of_the_greatest_width_has_its_letters() -> None:
    header = [*HEADER, *(f"x{number}" for number in range(30))]
    last = found(validate(as_xlsx([["a"]], header=header), RULES, samples=50))[-1]
    assert last[0] == "Sheet1!AM1 (x29)"
    assert archive.MOST_UNPACKED == 512 << 20
