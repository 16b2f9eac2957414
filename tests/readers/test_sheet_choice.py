"""Which sheet of a workbook is read: the one with the headers, wherever it stands; the report says which."""

from __future__ import annotations

from typing import Any

import pytest

from import_validator import SourceError, validate
from tests.tables import HEADER, RULES, found, workbook_of

LISTS = "links to teams were not checked: give the list with --existing teams=FILE"
ROW = ["a", "a@x.org"]


def workbook(**sheets: tuple[list[Any], ...]) -> bytes:
    """A workbook of sheets by name; one whose name begins with `hidden` is."""

    def build(book: Any) -> None:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name.startswith("hidden"):
                sheet.hide()
            elif not book.worksheet_meta.activesheet:
                sheet.activate()

    return workbook_of(build)


CASES: dict[str, tuple[bytes, str]] = {
    "the first, alone": (workbook(Entries=(HEADER, ROW)), ""),
    "after a read-me": (
        workbook(readme=(["How to fill this in"],), Entries=(HEADER, ROW)),
        "the sheet 'Entries' was read: it has the headers",
    ),
    "after a read-me about columns": (
        workbook(readme=(["Note", "Kind"], ["x", "y"]), Entries=(HEADER, ROW)),
        "the sheet 'Entries' was read: it has the headers",
    ),
    "after a hidden one": (
        workbook(hidden=(HEADER, ROW), Entries=(HEADER, ROW)),
        "the sheet 'Entries' was read: it has the headers",
    ),
    "hidden itself": (
        workbook(readme=(["Read me"],), hidden=(HEADER, ROW)),
        "the sheet 'hidden', which is hidden, was read: it has the headers",
    ),
    "one of several": (
        workbook(empty=(), Entries=(HEADER, ROW), Example=(HEADER, ROW), More=(HEADER, ROW)),
        "the sheet 'Entries' was read; Example, More have the headers, too, and were not: name one with --sheet",
    ),
    "the first of two": (
        workbook(Entries=(HEADER, ROW), Example=(HEADER, ROW)),
        "the sheet 'Entries' was read; Example has the headers, too, and was not: name one with --sheet",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_sheet_with_the_headers_is_read_and_the_report_says_which(name: str) -> None:
    data, note = CASES[name]
    report = validate(data, RULES)
    assert report.valid
    assert report.records["entry"].total == 1
    assert report.notes == ((note,) if note else ()) + (LISTS,)


def test_the_places_are_in_the_sheet_that_was_read() -> None:
    data = workbook(readme=(["Read me"],), Entries=(HEADER, ["A"]))
    assert [each[:2] for each in found(validate(data, RULES))] == [("Entries!A2 (ID)", "entry.id:pattern")]


def test_a_sheet_that_is_named_is_read_whatever_the_others_have() -> None:
    data = workbook(Entries=(HEADER, ROW), hidden=(HEADER, ["b"], ["c"]))
    report = validate(data, RULES, reader={"sheet": "hidden"})
    assert (report.records["entry"].total, report.notes) == (2, (LISTS,))


def test_where_no_sheet_has_the_headers_the_first_visible_one_is_said_not_to() -> None:
    data = workbook(hidden=(["x"],), readme=(["Read me"],))
    [violation] = validate(data, RULES).violations
    assert violation.message.startswith("parse error: the first row has none of the headers that there should be: ")
    assert violation.cell == "readme, row 1"


def test_names_of_many_sheets_are_not_all_said() -> None:
    data = workbook(**{f"s{number}": (HEADER,) for number in range(15)})
    [note, _] = validate(data, RULES).notes
    assert note.endswith("s8, s9, s10 and 4 more have the headers, too, and were not: name one with --sheet")


@pytest.mark.parametrize(("count", "more"), [(10, ""), (11, " and 1 more"), (15, " and 5 more")])
def test_where_no_sheet_has_the_name_the_first_ten_are_listed(count: int, more: str) -> None:
    data = workbook(**{f"s{number}": (HEADER,) for number in range(count)})
    with pytest.raises(SourceError) as caught:
        validate(data, RULES, reader={"sheet": "x"})
    listed = "s0, s1, s2, s3, s4, s5, s6, s7, s8, s9"
    assert str(caught.value).endswith(f"the workbook has no sheet 'x'; it has {listed}{more}")
