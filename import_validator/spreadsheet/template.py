"""The file to fill in for a table: a header row, and in a workbook what helps to fill it in right."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from ..errors import ImportValidatorError
from ..ruleset.columns import Column, KeyList
from ..ruleset.rule_set import RuleSet

SHEET = "Entries"
"""The sheet that the table is in."""

_LISTS = "Allowed values"
_LAST_ROW = 1_048_576
_LONGEST_LIST = 255
_NARROWEST, _WIDEST = 10, 50
_WIDTHS = {"date": 12, "timestamp": 20, "email": 28, "boolean": 10, "integer": 10, "number": 12}
_FORMATS = {
    "date": "yyyy-mm-dd",
    "timestamp": 'yyyy-mm-dd"T"hh:mm:ss',
    "integer": "0",
    "number": "General",
    "boolean": "General",
}
_FORMULA_MARKS = ("=", "+", "-", "@")
_CUTTING = (",", ";", "\t", "|", '"', "\r", "\n")
_NO_CELL_TEXT = re.compile("[\0\ud800-\udfff\ufffe\uffff]")
_NO_XML = re.compile("[\0-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_REQUIRED, _OPTIONAL = "#FFD966", "#D9E2F3"
_SENTENCES = {
    "integer": "A whole number, such as 17.",
    "number": "A number, such as 17.5.",
    "boolean": "TRUE or FALSE.",
    "email": "One email address.",
    "date": "A date, such as 2022-03-04.",
    "timestamp": "A date and a time, such as 2022-03-04T10:00:00.",
}


def rule_in_words(column: Column, columns: Sequence[Column], lists: Sequence[KeyList]) -> str:
    """What a column is held to, in sentences for who fills it in."""
    said = [f"{column.help[0].upper()}{column.help[1:].rstrip('.')}."] if column.help else []
    said.append("Required." if column.required else "May be empty.")
    if column.type in _SENTENCES:
        said.append(_SENTENCES[column.type])
    if column.values:
        said.append(f"One of: {', '.join(column.values)}.")
    if column.max_length is not None:
        said.append(f"At most {column.max_length:,} characters.")
    if column.pattern:
        said.append(f"Has the form {column.pattern}")
    if column.unique:
        said.append("No two rows may have the same.")
    if column.link:
        target = next((each for each in columns if each.name == column.link), None)
        linked = next((each for each in lists if each.name == column.link), None)
        if target is not None:
            said.append(f"The {target.header or target.name} of a row in this table.")
        elif linked is not None:
            said.append(f"One of {linked.name}: {linked.help}." if linked.help else f"One of {linked.name}.")
    if column.default is not None:
        said.append(f"Where it is empty, {column.default} is taken.")
    return " ".join(said)


def csv_template(rule_set: RuleSet) -> bytes:
    """The header row as CSV: UTF-8 with a byte order mark, without which spreadsheets take it for something else.

    Raises:
        ImportValidatorError: where a spreadsheet would take a header for a formula, or the encoding lacks a character.
    """
    delimiter = {"comma": ",", "semicolon": ";", "tab": "\t"}.get(given := _option(rule_set, "delimiter", ","), given)
    for column in rule_set.columns:
        if (header := _header(column).strip()).startswith(_FORMULA_MARKS):
            raise ImportValidatorError(
                f"columns.{column.name}: the header {header!r} begins with {header[0]!r}: in a CSV file, a spreadsheet "
                "takes it for a formula. Write the template as .xlsx, in which headers are text"
            )
    text = delimiter.join(_quoted(_header(each), delimiter) for each in rule_set.columns) + "\r\n"
    encoding = _option(rule_set, "encoding", "utf-8")
    try:
        return text.encode("utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding)
    except (UnicodeEncodeError, LookupError) as error:
        raise ImportValidatorError(f"the headers cannot be written in the encoding {encoding!r}: {error}") from error


def _quoted(header: str, delimiter: str) -> str:
    """A header as CSV has it: between quotes also where a program with another delimiter would cut it."""
    is_plain = not any(mark in header for mark in (delimiter, *_CUTTING))
    return header if is_plain and header.strip() == header else '"' + header.replace('"', '""') + '"'


def xlsx_template(rule_set: RuleSet) -> bytes:
    """The workbook to fill in.

    Raises:
        ImportValidatorError: where the library for it is not installed, or a workbook cannot hold what it should.
    """
    try:
        import xlsxwriter  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ImportValidatorError("writing .xlsx files needs: pip install 'import-validator[excel]'") from error
    content = io.BytesIO()
    try:
        with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
            _write(workbook, rule_set)
    except xlsxwriter.exceptions.XlsxWriterException as error:
        raise ImportValidatorError(f"{rule_set.name}: {error}") from error
    return content.getvalue()


def _write(workbook: Any, rule_set: RuleSet) -> None:
    name = _option(rule_set, "sheet", SHEET)
    if _shown(name) != name:
        raise ImportValidatorError(f"table.sheet: {_shown(name)!r} has characters that the name of no sheet can have")
    sheet = workbook.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    heads = {
        required: workbook.add_format(
            {"bold": True, "bg_color": colour, "border": 1, "text_wrap": True, "valign": "top"}
        )
        for required, colour in ((True, _REQUIRED), (False, _OPTIONAL))
    }
    lists = _Lists(workbook)
    for at, column in enumerate(rule_set.columns):
        text_format = workbook.add_format({"num_format": _FORMATS.get(column.type, "@")})
        sheet.set_column(at, at, _width(column), text_format)
        sheet.write_string(0, at, _cell(column.name, _header(column)), heads[column.required])
        note = _shown(rule_in_words(column, rule_set.columns, rule_set.lists))
        sheet.write_comment(0, at, note, {"x_scale": 2, "y_scale": 1 + len(note) / 120})
        values = column.values or (["TRUE", "FALSE"] if column.type == "boolean" else [])
        if values:
            sheet.data_validation(1, at, _LAST_ROW - 1, at, _drop_down(column, values, lists))


def _drop_down(column: Column, values: list[str], lists: _Lists) -> dict[str, Any]:
    listed = ",".join(values)
    short = len(listed) <= _LONGEST_LIST and listed.count(",") == len(values) - 1
    short = short and '"' not in listed and _shown(listed) == listed
    return {
        "validate": "list",
        "source": values if short else lists.add(column.name, _header(column), values),
        "ignore_blank": not column.required,
        "error_title": _shown(_header(column))[:32],
        "error_message": "Choose one of the values of the list.",
    }


class _Lists:
    """The sheet with allowed values that are too many, or too long, to stand with their cells; made when needed."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._sheet: Any = None
        self._columns = 0

    def add(self, column: str, title: str, values: list[str]) -> str:
        """Write the values of a column down, and say where."""
        if self._sheet is None:
            self._sheet = self._workbook.add_worksheet(_LISTS)
        at, self._columns = self._columns, self._columns + 1
        self._sheet.write_string(0, at, _cell(column, title), self._workbook.add_format({"bold": True}))
        for row, value in enumerate(values, 1):
            self._sheet.write_string(row, at, _cell(column, value))
        self._sheet.set_column(at, at, min(max(map(len, values)) + 2, _WIDEST))
        from xlsxwriter.utility import xl_range_abs  # noqa: PLC0415 - an extra

        return f"='{_LISTS}'!{xl_range_abs(1, at, len(values), at)}"


def _cell(column: str, text: str) -> str:
    """Text for a cell of a workbook. Of what XML cannot hold, the library writes control characters as escapes.

    Raises:
        ImportValidatorError: where it has characters that it has no escapes for.
    """
    if found := _NO_CELL_TEXT.search(text):
        code = f"U+{ord(found.group()):04X}"
        raise ImportValidatorError(
            f"columns.{column}: {_shown(text)!r} has the character {code}, which no workbook can hold"
        )
    return text


def _shown(text: str) -> str:
    """Text to be read, without the characters that XML cannot hold."""
    return _NO_XML.sub("\ufffd", text)


def _header(column: Column) -> str:
    return column.header or column.name


def _width(column: Column) -> int:
    """The width of a column in characters: that of its header, and of what it is for."""
    longest = max(map(len, column.values), default=0)
    usual = _WIDTHS.get(column.type, min(column.max_length or 24, 40))
    return min(max(_NARROWEST, len(_header(column)) + 4, longest + 4, usual), _WIDEST)


def _option(rule_set: RuleSet, name: str, default: str) -> str:
    return rule_set.reader_options.get(name, default)
