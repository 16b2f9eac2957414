"""Rows of CSV: they end where the `csv` module ends them, whatever ends lines and wherever a window is cut; a row that
is too long costs that row."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from import_validator import RuleSet, validate
from import_validator.readers import Setup, csv_table
from import_validator.readers.csv_table import CsvReader
from import_validator.readers.delimited import Encoding, RowEnd, read_rows
from tests.corpus import essence
from tests.strategies import in_pieces
from tests.tables import found

CELLS = st.sampled_from(["", "a", '"b"', '"c\n"', '"d\r\ne"', '"\r"', '""', 'f""', '5" pipe', "é"])
ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\r\r", "\n\r", "\r\n\n"])
TEXTS = st.lists(st.tuples(CELLS, CELLS, ENDS), max_size=12).map(
    lambda rows: "".join(f"{one},{two}{end}" for one, two, end in rows)
)
RULES = RuleSet.from_toml("name = 't'\nreader.format = 'table'\ncolumns.a = {}\ncolumns.b = {}")


@pytest.fixture
def small_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "HEAD_SIZE", 8)


def records_of(data: bytes, window: int, piece: int) -> list[tuple[int, dict[str, Any]]]:
    """The records of a file with the rows that they stand in, read in windows and fed in pieces of so many bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_table, "CHUNK_SIZE", window)
        reader = CsvReader(setup=Setup())
        batches = [batch for part in in_pieces(data, piece) for batch in reader.feed(part)]
        batches += reader.close()
    found = []
    for batch in batches:
        places = reader.rereader.places_of(batch.data)
        lines = [batch.start.line + len(list(read_rows(batch.data[:at].decode(), ","))) for at, _ in places]
        found += list(zip(lines, batch.values, strict=True))
    return found


@pytest.mark.unwatched
@pytest.mark.usefixtures("small_head")
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("a,b\r\nc,d\r\n\r\n\re,f\r", 3)
@example("a,b\r\r\n" * 8, 1)
@given(TEXTS, st.integers(1, 50))
def test_rows_are_those_of_the_csv_module_at_every_window_size(text: str, piece: int) -> None:
    data = f"a,b\r\n{text}".encode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    expected = [
        (number, {name: cell for name, cell in zip("ab", row, strict=True) if cell})
        for number, row in enumerate(rows, 2)
        if any(row)
    ]
    for window in range(1, len(data) + 2):
        assert records_of(data, window, piece) == expected, window


@pytest.mark.parametrize("blank", [0, 1, 2, 3])
def test_blank_rows_above_the_header_are_counted(blank: int) -> None:
    report = validate(b"\n" * blank + b"a,b\n1,2,3\n", RULES)
    assert [each.cell for each in report.violations] == [f"row {blank + 2}"]


@settings(max_examples=60)
@given(TEXTS, st.sampled_from(["utf-8", "utf-16-le", "utf-32-be"]), st.integers(1, 9))
def test_the_end_of_a_row_is_found_in_pieces_of_any_size(text: str, codec: str, piece: int) -> None:
    data = text.encode(codec)
    row = RowEnd(Encoding(codec, {"utf-8": 1, "utf-16-le": 2, "utf-32-be": 4}[codec]), ",")
    end = fed = 0
    while not row.ended and fed < len(data):
        fed = min(fed + piece, len(data))
        end += row.find(data[end:fed], final=fed == len(data))
    first = next(read_rows(text, ","), None)
    assert data[:end].decode(codec) == (text[first.begin : first.end] if first else "")
    assert row.column == (len(first.cells) - 1 if first and first.cells else 0)


LONG: dict[str, Callable[[str], str]] = {
    "plain": lambda end: "x" * 3_000,
    "in quotes, with line ends": lambda end: '"' + f'y"",{end}' * 600 + '"',
    "a quote in plain text": lambda end: '5" ' * 900,
    "quotes alone": lambda end: '"' + '""' * 1_500 + '"',
    "cells": lambda end: "," * 3_000,
}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("long", LONG)
def test_a_row_that_is_too_long_costs_that_row(long: str, end: str) -> None:
    lines = ["a,b", "1,x", f"2,{LONG[long](end)}", "3,x", f"4,{LONG[long](end)}"]
    data = end.join(lines).encode()
    for text, piece in ((data, 7), (data + end.encode(), 70_000), (data.decode().encode("utf-16"), 500)):
        report = validate(in_pieces(text, piece), RULES, max_record=1_000)
        assert [(each.cell, each.index, each.rule, each.message) for each in report.violations] == [
            ("row 3", 1, "record-size", "parse error: row longer than 1,000 bytes: not read"),
            ("row 5", 3, "record-size", "parse error: row longer than 1,000 bytes: not read"),
        ]
        assert report.records["entry"].total == 2


def test_of_a_long_row_whose_quote_is_not_closed_the_quote_is_reported() -> None:
    def pieces() -> Iterator[bytes]:
        yield b'a,b\n1,x\n2,"'
        for _ in range(20):
            yield b"x\n" * 1_000

    report = validate(pieces(), RULES, max_record=1_000)
    message = "parse error: the quote that opens the cell is not closed: all that follows was taken for a part of it"
    assert [each[:3] for each in found(report)] == [("B3 (b)", "parse", message)]
    assert report.records["entry"].total == 1


@pytest.mark.parametrize("jobs", [2, 3])
@pytest.mark.usefixtures("short_rounds")
def test_several_threads_pass_by_the_same_rows(jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "HEAD_SIZE", 500)
    cells = ["x,\n" * (900 if number % 50 == 7 else 9) for number in range(200)]
    rows = [f'{number},"{cell}"\n' for number, cell in enumerate(cells)]
    path = tmp_path / "file.csv"
    path.write_text("a,b\n" + "".join(rows))
    expected = validate(path, RULES, max_record=1_000)
    assert expected.counts == {"record-size": 4}
    assert essence(validate(path, RULES, max_record=1_000, jobs=jobs)) == essence(expected)
