"""The laws of the design, for tables: layout, one answer, findable, linear."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from import_validator import iter_violations, validate
from import_validator.pass_two import resolver
from import_validator.readers import csv_table
from import_validator.readers.delimited import parse, parse_with_lines, read_rows
from tests.corpus import essence
from tests.laws.test_laws import PIECE, STEP, calls, peak_memory
from tests.strategies import in_pieces
from tests.tables import CSV_LAYOUTS, HEADER, ROWS, RULES, Table, as_csv, as_xlsx, without_places

pytestmark = pytest.mark.unwatched

TABLES = st.lists(ROWS, max_size=10)


@pytest.fixture(params=[64, 128 * 1024], ids=["chunks of 64 bytes", "whole chunks"])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "CHUNK_SIZE", request.param)


@pytest.mark.usefixtures("chunk")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=TABLES, layout=st.sampled_from(list(CSV_LAYOUTS)), piece=st.integers(1, 70))
def test_layout_the_same_rows_give_the_same_violations(rows: Table, layout: str, piece: int) -> None:
    expected = validate(as_csv(rows), RULES, samples=1000)
    given_ = validate(in_pieces(CSV_LAYOUTS[layout](rows), piece), RULES, samples=1000)
    assert without_places(given_) == without_places(expected)


@given(rows=TABLES)
def test_layout_a_workbook_gives_the_violations_of_csv(rows: Table) -> None:
    assume(all("\r" not in cell for row in rows for cell in row))  # which a workbook makes a line feed of
    expected = validate(as_csv(rows), RULES, samples=1000)
    assert without_places(validate(as_xlsx(rows), RULES, samples=1000)) == without_places(expected)


@given(rows=TABLES, cascade=st.booleans(), workbook=st.booleans())
def test_one_answer_in_memory_or_spilled(rows: Table, cascade: bool, workbook: bool) -> None:
    data = as_xlsx(rows) if workbook else as_csv(rows)
    in_memory = validate(data, RULES, samples=1000, cascade=cascade)
    assert essence(validate(data, RULES, samples=1000, cascade=cascade, memory=1)) == essence(in_memory)


@pytest.fixture
def short_pieces(short_rounds: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "_MOST_ROWS", 100)
    monkeypatch.setattr(csv_table, "HEAD_SIZE", 500)


@pytest.mark.usefixtures("short_pieces")
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(ROWS, min_size=1, max_size=10), layout=st.sampled_from(["comma", "CRLF", "semicolon", "UTF-16"]))
def test_one_answer_of_one_two_and_five_threads(tmp_path: Path, rows: Table, layout: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(CSV_LAYOUTS[layout]((list(rows) * 200)[:900]))
    expected = essence(validate(path, RULES))
    for jobs, memory in ((2, "64MB"), (5, 1)):
        assert essence(validate(path, RULES, jobs=jobs, memory=memory)) == expected


@pytest.mark.usefixtures("short_pieces")
@pytest.mark.parametrize("damage", [b'"', b',"', b'\n"', b'"x', b"\xff", b"\0", b"\n,\n", b'5" pipe'])
@pytest.mark.parametrize("place", [0.1, 0.5, 0.99])
def test_a_damaged_file_is_reported_as_by_one_thread(damage: bytes, place: float, tmp_path: Path) -> None:
    data = as_csv([(f"a{number}", "", f"two\nlines, {number}", f"a{number + 1}", *[""] * 5) for number in range(400)])
    cut = int(len(data) * place)
    path = tmp_path / "file.csv"
    path.write_bytes(data[:cut] + damage + data[cut:])
    assert essence(validate(path, RULES, jobs=3)) == essence(validate(path, RULES))


@given(rows=TABLES, layout=st.sampled_from(["comma", "CRLF", "everything quoted", "byte order mark"]))
def test_findable_reading_the_file_at_a_violations_offset_gives_the_row(rows: Table, layout: str) -> None:
    data = CSV_LAYOUTS[layout](rows)
    kept = [row for row in rows if any(row)]
    for violation in iter_violations(data, RULES):
        assert violation.index is not None
        assert violation.offset is not None
        row = next(csv.reader(io.StringIO(data[violation.offset :].decode(), newline="")))
        assert row == list(kept[violation.index])
        before = csv.reader(io.StringIO(data[: violation.offset].decode("utf-8-sig"), newline=""))
        assert violation.line == len(list(before)) + 1


@settings(max_examples=300)
@given(st.text(alphabet='ab",;\n\r\t ', max_size=40))
def test_rows_read_cell_by_cell_are_those_of_the_csv_module(text: str) -> None:
    rows = parse(text, ",")
    own = list(read_rows(text, ","))
    if rows is None:
        assert any(row.damaged or row.unclosed is not None for row in own)
    else:
        assert [row.cells for row in own] == rows
        assert [row for row, _ in parse_with_lines(text, ",")] == rows
        assert "".join(text[row.begin : row.end] for row in own) == text


@settings(max_examples=100)
@given(st.binary(max_size=200), st.sampled_from([b"", b"ID,Note\n", b'ID,Note\na,"', b"\xff\xfeI\0D\0\n\0"]))
def test_any_bytes_give_a_report(tail: bytes, head: bytes) -> None:
    assume(not (head + tail).startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK", b"\xd0\xcf\x11\xe0")))
    report = validate(head + tail, RULES, samples=1000)
    assert report.valid == (report.errors == 0)
    assert essence(validate(in_pieces(head + tail, 3), RULES, samples=1000)) == essence(report)


def rows_of(row: bytes) -> Callable[[int], bytes]:
    return lambda count: ",".join(HEADER).encode() + b"\n" + row * count


SHAPES: dict[str, Callable[[int], bytes]] = {
    "nothing but errors": rows_of(b"A,x,,z,y,q,1/2/2022,one,t\n"),
    "one giant cell": lambda n: b'ID,Note\na,"' + b"two\n" * n * 32 + b'"\n',
    "a quote that is not closed": lambda n: b'ID,Note\na,"' + b"b,c\n" * n * 32,
    "quotes that are no quotes": rows_of(b'a,,5" pipe,,,,,,\n'),
    "text after quotes": rows_of(b'a,,"b"c,,,,,,\n'),
    "line breaks in every cell": rows_of(b'a,,"b\nc\n\nd",,,,,,\n'),
    "too few cells": rows_of(b"a\n"),
    "blank rows": rows_of(b"\n,,,\r\n"),
    "carriage returns": rows_of(b"a\r"),
    "bytes that are no text": rows_of(b"a,,\xff\xfe\xff,,,,,,\n"),
    "one row of delimiters": lambda n: b"ID,Note\n" + b"," * n * 32,
    "a header without end": lambda n: b"ID,Note" * n * 32,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_linear_twice_the_bytes_are_at_most_twice_the_work(shape: str) -> None:
    _, least, once, twice = (calls(SHAPES[shape](count), PIECE, RULES) for count in (1, 1, STEP, 2 * STEP))
    assert twice - least < (once - least) * 2.3 + 4_000


def test_bounded_a_row_beyond_the_limit_whose_quote_is_not_closed_ends_the_reading() -> None:
    def pieces() -> Iterator[bytes]:
        yield b'ID,Note\nfirst,x\nlong,"'
        for _ in range(20):
            yield b"x\n" * 131_072

    report = validate(pieces(), RULES, max_record="1MB")
    assert [(each.code, each.cell, each.index) for each in report.violations] == [("parse", "B3 (Note)", 1)]
    assert report.records["entry"].total == 1


def test_bounded_a_quote_in_plain_text_before_a_cell_of_several_lines_ends_no_reading() -> None:
    rows = b"".join(b"id%d,x\n" % number for number in range(20_000))
    data = b'ID,Note\na" disk,"two\nlines"\n' + rows
    assert essence(validate(data, RULES, max_record=1_000)) == essence(validate(data, RULES))
    assert validate(data, RULES).records["entry"].total == 20_001


@pytest.mark.usefixtures("short_pieces")
@pytest.mark.parametrize("data", [as_xlsx([["a"], ["a"]] * 200), b"ID\n" * 2_000, b"\xff\xfe" + b"I\0D\0\n\0" * 2_000])
def test_what_the_compiled_lane_does_not_know_is_the_same_for_several_threads(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert essence(validate(path, RULES, jobs=3)) == essence(validate(path, RULES))


MEMBERS = """
name = "members"
reader.format = "table"
columns.id = { header = "id", required = true, unique = true }
columns.sponsor = { header = "sponsor", link = "id" }
columns.name = { header = "name", max_length = 3 }
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to tell the peak of one program")
def test_bounded_memory_follows_the_budget_not_the_table(tmp_path: Path) -> None:
    rules = tmp_path / "members.toml"
    rules.write_text(MEMBERS)
    peaks = {}
    for count in (15_000, 75_000):
        path = tmp_path / f"{count}.csv"
        rows = (f"m{number},nobody {number},{'Ann' if number % 2 else 'Bernadette'}\n" for number in range(count))
        path.write_text("id,sponsor,name\n" + "".join(rows))
        peaks[count], report = peak_memory(path, "2MB", 1, rules)
        counts = {"entry.name:max-length": count // 2, "entry.sponsor:refers-to": count}
        assert json.loads(report)["counts"] == counts
    assert peaks[75_000] - peaks[15_000] < 8 << 20
