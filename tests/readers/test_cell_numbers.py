"""Numbers in cells: a workbook and a CSV file that show the same are read alike."""

from __future__ import annotations

from typing import Any

import pytest

from import_validator import RuleSet, validate
from import_validator.readers.number_formats import (
    STYLE_ELEMENTS,
    NumberFormat,
    cell_of,
    formats_of_cells,
    iso_cell,
    text_of,
)
from import_validator.readers.shared_strings import unescaped
from tests.readers.test_workbooks import in_sheet, rebuilt
from tests.tables import as_csv, as_xlsx, found, workbook_of

COLUMNS = "name = 't'\nreader.format = 'table'\ncolumns.cell.type = '{}'"
ROUND = "write all of its digits (this is {}, if none is lost), in a column with the format Number"


def rules(kind: str) -> RuleSet:
    return RuleSet.from_toml(COLUMNS.format(kind))


def workbook(number: float, number_format: str) -> bytes:
    def build(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "cell")
        sheet.write_number(1, 0, number, book.add_format({"num_format": number_format}))

    return workbook_of(build)


@pytest.mark.parametrize(
    ("number", "number_format", "text", "kind", "wrong"),
    [
        (0.5, "0%", "50%", "number", None),
        (0.07, "0.00%", "7%", "number", None),
        (0.123, "0%", "12.3%", "number", None),
        (-1, "0%", "-100%", "number", None),
        (0.5, "0%", "50%", "integer", "write digits alone, such as 17"),
        (2, "0%", "200%", "integer", "write 2"),
        (1e15, "General", "1E+15", "integer", None),
        (-4e20, "General", "-4E+20", "integer", None),
        (1e15, "0", "1E+15", "number", None),
        (1.5e20, "General", "1.5E+20", "integer", ROUND.format("150000000000000000000")),
        (1.5e-7, "General", "1.5E-07", "integer", "write digits alone, such as 17"),
        (17, "General", "17", "integer", None),
    ],
)
def test_a_number_is_read_alike_in_a_workbook_and_in_csv(
    number: float, number_format: str, text: str, kind: str, wrong: str | None
) -> None:
    expected = [(text, wrong)] if wrong else []
    for data in (workbook(number, number_format), as_csv([[text]], header=["cell"])):
        assert [(each.value, each.hint) for each in validate(data, rules(kind)).violations] == expected


def test_text_of_a_percentage_is_what_the_cell_shows() -> None:
    allowed = RuleSet.from_toml("name = 't'\nreader.format = 'table'\ncolumns.cell.values = ['50%']")
    for data in (workbook(0.5, "0%"), as_csv([["50%"]], header=["cell"])):
        assert found(validate(data, allowed)) == []


def test_a_whole_number_of_sixteen_digits_keeps_them_in_a_column_of_integers() -> None:
    data = workbook(1234567890123456.0, "0")
    assert found(validate(data, rules("integer"))) == []
    assert [each.value for each in validate(data, rules("string")).violations] == ["1.23456789012346E+15"]


@pytest.mark.parametrize("text", ["1.23457E+15", "1E+15"])
def test_an_id_that_a_spreadsheet_changed_stays_damaged(text: str) -> None:
    number = as_xlsx([[float(text)]], header=["cell"])
    for data in (as_csv([[text]], header=["cell"]), number):
        assert [each.rule for each in validate(data, rules("string")).violations] == ["entry.cell:damaged-id"]


def test_digits_that_csv_has_lost_are_missed_in_a_column_of_integers() -> None:
    [violation] = validate(as_csv([["1.23457E+15"]], header=["cell"]), rules("integer")).violations
    assert (violation.rule, violation.hint) == ("entry.cell:cell-type", ROUND.format("1234570000000000"))


def formats(*codes: str) -> list[NumberFormat]:
    """What custom number formats are taken for."""
    styles: list[tuple[str, dict[str, str]]] = [("numFmts", {})]
    styles += [("numFmt", {"numFmtId": str(number), "formatCode": code}) for number, code in enumerate(codes, 164)]
    styles += [("cellXfs", {}), *(("xf", {"numFmtId": str(number)}) for number, _ in enumerate(codes, 164))]
    return [NumberFormat(each) for each in formats_of_cells(styles)]


def test_number_formats_are_told_apart() -> None:
    number, percent, date, duration = NumberFormat
    assert formats(
        "#,##0.00", "0.00E+00", '"days: "0', "[Red]0;[Blue]-0", "\\d0", "General", "@", "_d0", "[$-409]0"
    ) == ([number] * 9)
    assert formats("0%", "0.0 %", "[Red]0%") == [percent] * 3
    assert formats("yyyy-mm-dd", "[$-409]d. mmmm", "h:mm AM/PM", 'mm"min"', "DD.MM.YY;@") == [date] * 5
    assert formats("[h]:mm:ss", "[mm]:ss", "[S]") == [duration] * 3
    assert formats('0"%"') == [number]
    assert set(STYLE_ELEMENTS) >= {"numFmts", "numFmt", "cellXfs", "xf"}


def test_number_formats_that_are_built_in_are_told_apart() -> None:
    ids = range(64)
    styles = [("cellXfs", {}), *(("xf", {"numFmtId": str(each)}) for each in ids)]
    taken = dict(zip(ids, formats_of_cells(styles), strict=True))
    assert [each for each in ids if taken[each] == NumberFormat.PERCENT] == [9, 10]
    assert [each for each in ids if taken[each] == NumberFormat.DURATION] == [46]
    dates = [*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)]
    assert [each for each in ids if taken[each] == NumberFormat.DATE] == dates


def test_styles_that_are_no_cell_formats_do_not_count() -> None:
    styles: list[tuple[str, dict[str, str]]] = [
        ("cellStyleXfs", {}), ("xf", {"numFmtId": "9"}), ("cellXfs", {}), ("xf", {"numFmtId": "14"}), ("xf", {}),
        ("cellStyles", {}), ("xf", {"numFmtId": "9"}), ("dxfs", {}), ("numFmt", {"numFmtId": "0", "formatCode": "0%"}),
    ]  # fmt: skip
    assert list(formats_of_cells(styles)) == [NumberFormat.DATE, NumberFormat.NUMBER]


@pytest.mark.parametrize(
    ("text", "number_format", "shown"),
    [
        ("44624", NumberFormat.DATE, "2022-03-04"),
        ("44624.4375", NumberFormat.DATE, "2022-03-04T10:30:00"),
        ("0.4375", NumberFormat.DATE, "10:30:00"),
        ("1", NumberFormat.DATE, "1900-01-01"),
        ("59", NumberFormat.DATE, "1900-02-28"),
        ("61", NumberFormat.DATE, "1900-03-01"),
        ("2958465", NumberFormat.DATE, "9999-12-31"),
        ("2958466", NumberFormat.DATE, "2958466"),
        ("-1", NumberFormat.DATE, "-1"),
        ("1.0423611111111112", NumberFormat.DURATION, "25:01:00"),
        ("-0.5", NumberFormat.DURATION, "-12:00:00"),
        ("1e3", NumberFormat.NUMBER, "1000"),
        ("0.1", NumberFormat.NUMBER, "0.1"),
        ("-0.0", NumberFormat.NUMBER, "0"),
        (" 7 ", NumberFormat.NUMBER, "7"),
        ("1e999", NumberFormat.NUMBER, None),
        ("nan", NumberFormat.NUMBER, None),
        ("1_0", NumberFormat.NUMBER, None),
        ("x", NumberFormat.DATE, None),
    ],
)
def test_numbers_are_shown_as_their_format_says(text: str, number_format: NumberFormat, shown: str | None) -> None:
    cell = cell_of(text, number_format, from_1904=False)
    assert (None if cell is None else text_of(cell, "string")) == shown


def test_days_may_be_counted_from_1904() -> None:
    cell = cell_of("43162", NumberFormat.DATE, from_1904=True)
    assert cell is not None
    assert (text_of(cell, "date"), text_of(cell, "timestamp")) == ("2022-03-04", "2022-03-04T00:00:00")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("2022-03-04T00:00:00", "2022-03-04"), ("2022-03-04T10:30:00", "2022-03-04T10:30:00"), ("x", "x")],
)
def test_moments_of_strict_workbooks(text: str, shown: str) -> None:
    assert text_of(iso_cell(text), "date") == shown


def test_escapes_of_control_characters_are_read() -> None:
    assert unescaped("a_x000D__x001B_b_x005F_x000D_") == "a\r\x1bb_x000D_"
    assert unescaped("_x0000_ _xD800_ _x12_ _x") == "_x0000_ _xD800_ _x12_ _x"


@pytest.mark.parametrize("content", [b"<v>x</v>", b"<v>1e999</v>", b'<is/></c><c r="B2" t="s"><v>99</v>'])
def test_a_cell_that_holds_what_no_cell_can_is_damage(content: bytes) -> None:
    data = rebuilt(as_xlsx([[1]], header=["cell"]), in_sheet(b"<v>1</v>", content))
    with pytest.raises(
        Exception, match=r"^the workbook is damaged: .*; open it in a spreadsheet program and save it again$"
    ):
        validate(data, rules("string"))
