"""The JSON array reader: the same records as other parsers, whatever the layout; places; malformed files."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import ijson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from import_validator.readers import UNREADABLE, Batch, JsonArrayReader, json_array
from tests.strategies import CUSTOM, LAYOUTS, in_pieces


def read(data: bytes, piece: int = 1 << 18, **options: Any) -> list[Batch]:
    reader = JsonArrayReader(**options)
    batches = [batch for chunk in in_pieces(data, piece) for batch in reader.feed(chunk)]
    return [*batches, *reader.close()]


def values(batches: list[Batch]) -> list[Any]:
    return [value for batch in batches for value in batch.values]


def problems(data: bytes) -> list[tuple[str, str, int | None, int | None, int | None]]:
    found = [problem for batch in read(data, 7) for problem in batch.problems]
    places = [
        (each.cursor.offset, each.cursor.line, each.cursor.column) if each.cursor else (None,) * 3 for each in found
    ]
    return [(each.code, each.message, *place) for each, place in zip(found, places, strict=True)]


@given(st.lists(CUSTOM, max_size=30), st.sampled_from(["compact", "indented", "odd"]), st.integers(1, 100))
def test_it_reads_what_other_parsers_read(records: list[Any], layout: str, piece: int) -> None:
    data = LAYOUTS[layout](records)
    expected = json.loads(data.decode("utf-8-sig"))
    assert values(read(data, piece)) == expected
    if layout != "odd" and not re.search(rb"\d{19}", data):  # for which ijson may report an overflow
        assert list(ijson.items(io.BytesIO(data), "item", use_float=True)) == expected


@settings(max_examples=6)
@given(st.lists(CUSTOM, min_size=1, max_size=8), st.integers(0, 4), st.integers(1, 5))
def test_batches_are_cut_at_record_boundaries_in_large_files(records: list[Any], spaces: int, factor: int) -> None:
    many = (records * (factor * 150_000 // len(json.dumps(records)) + 1))[:200_000]
    data = json.dumps(many, separators=("," + " " * spaces, ":")).encode()
    batches = read(data)
    assert values(batches) == json.loads(data)
    for batch in batches[:3]:
        assert JsonArrayReader().values_of(batch.data) == batch.values
        for value, offset in zip(batch.values, JsonArrayReader().offsets_of(batch.data), strict=True):
            found, _ = json.JSONDecoder().raw_decode(
                data[batch.start.offset + offset :][:5000].decode("utf-8", "ignore")
            )
            assert found == value


def test_of_a_first_record_that_is_cut_off_the_fields_so_far_are_seen() -> None:
    head = b'[{"type": "user", "tags": ["a"], "item": {"id": "ann", "na'
    assert JsonArrayReader.first_values(head) == [{"type": "user", "tags": [], "item": {}}]


def test_a_span_of_several_batches_can_be_read_again() -> None:
    records = [
        {"type": "user", "item": {"id": str(number), "x": [{"type": 1}, {"type": 2}]}} for number in range(18_000)
    ]
    data = json.dumps(records).encode()
    batches = read(data)
    assert len(batches) > 3
    first, last = batches[0], batches[2]
    span = data[first.start.offset : last.start.offset + len(last.data)]
    assert JsonArrayReader().values_of(span) == records[: last.index + len(last.values)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ("parse", "the file is empty; expected a JSON array", 0, 1, 1)),
        (b" \n ", ("parse", "the file holds nothing but white space; expected a JSON array", 3, 2, 2)),
        (
            b'{"a": 1}',
            (
                "parse",
                "the file looks like one JSON object; expected a JSON array, which begins with [, found {",
                0,
                1,
                1,
            ),
        ),
        (b"hello", ("parse", "expected a JSON array, which begins with [, found h", 0, 1, 1)),
        (b"\xff\xfe[\x00", ("parse", "the file is UTF-16; JSON import files are UTF-8", 0, 1, 1)),
        (b"[", ("parse", "the file ends before the array is closed", 1, 1, 2)),
        (b"[1", ("parse", "the file ends before the array is closed", 2, 1, 3)),
        (b"[1,", ("parse", "the file ends before the array is closed", 3, 1, 4)),
        (b"[1,\n2,]", ("parse", "malformed JSON: expecting value", 6, 2, 3)),
        (b"[,1]", ("parse", "malformed JSON: expecting value", 1, 1, 2)),
        (b"[1,,2]", ("parse", "malformed JSON: expecting value", 3, 1, 4)),
        (b"[1 2]", ("parse", "malformed JSON: expecting ',' delimiter", 3, 1, 4)),
        (b"[1] []", ("parse", "text after the end of the array: found [", 4, 1, 5)),
        (b"[1}", ("parse", "malformed JSON: } without a { before it", 2, 1, 3)),
        (b'["\xc3\xa9", x]', ("parse", "malformed JSON: expecting value", 7, 1, 7)),
        (b"[NaN]", ("parse", "malformed JSON: NaN is no JSON number", 1, 1, 2)),
        (b'[{"a":"NaN\\"NaN","b":NaN}]', ("parse", "malformed JSON: NaN is no JSON number", 21, 1, 22)),
        (b"[-Infinity]", ("parse", "malformed JSON: -Infinity is no JSON number", 1, 1, 2)),
        (b"[01]", ("parse", "malformed JSON: expecting ',' delimiter", 2, 1, 3)),
        (b"['a']", ("parse", "malformed JSON: expecting value", 1, 1, 2)),
        (b'[{"a" 1}]', ("parse", "malformed JSON: expecting ':' delimiter", 6, 1, 7)),
        (b'[{"a": "b]', ("parse", "the file ends inside a record: the array is not closed", 10, 1, 11)),
        (b'[{"a": b', ("parse", "malformed JSON: expecting value", 7, 1, 8)),
        (b'["a\nb"]', ("parse", "malformed JSON: invalid control character", 3, 1, 4)),
    ],
)
def test_malformed_files_give_one_problem_with_its_place(data: bytes, expected: tuple[Any, ...]) -> None:
    assert problems(data) == [expected]


@pytest.mark.parametrize(
    ("element", "code", "message", "value"),
    [
        (b'"\\ud800"', "encoding", "unpaired surrogate \\ud800 in a string", "\ud800"),
        (b'"a\xff"', "encoding", "invalid UTF-8: byte 0xFF, 2 bytes into the record", "a\ufffd"),
        (b"1" * 5000, "number", "number out of range: 111111111111… (5,000 characters)", float("inf")),
        (b"-1e400", "number", "number out of range: -1e400", float("-inf")),
        (b"[" * 3000 + b"]" * 3000, "nesting", "arrays and objects nested too deep to be read", UNREADABLE),
    ],
)
def test_what_json_allows_and_no_system_takes_costs_its_record_only(
    element: bytes, code: str, message: str, value: Any
) -> None:
    [batch] = read(b"[1," + element + b",2]")
    assert [(each.code, each.message, each.at) for each in batch.problems] == [(code, message, 1)]
    assert batch.values == [1, value, 2]


@given(st.binary(max_size=60), st.integers(1, 5))
def test_it_finds_a_problem_exactly_where_the_json_module_does(tail: bytes, piece: int) -> None:
    data = b"[" + tail
    found = [problem for batch in read(data, piece) for problem in batch.problems]
    try:
        text = data.decode()
        expected = json.loads(text, parse_constant=lambda name: 1 / 0)
    except (ValueError, ZeroDivisionError):
        assert found
    else:
        assert isinstance(expected, list)
        assert [problem for problem in found if problem.code == "parse"] == []


@pytest.mark.parametrize(
    "element",
    [
        b'{"a": "' + b"x" * 200,
        b'{"a": oops' + b"x" * 200 + b"}",
        b'{"a": [1 2]' + b" " * 200 + b"}",
        b'{"a": "' + b"x" * 91 + b'", tru}',
        b'{"a": "' + "é".encode() * 200 + b'"}',
        b'{"a": 1' + b" " * 200 + b"}",
        b" " * 200 + b'{"a": 1}',
    ],
)
@pytest.mark.parametrize("ending", [b"]", b",{}]", b"}]", b""])
def test_what_is_both_too_long_and_malformed_is_told_apart_however_it_arrives(
    element: bytes, ending: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b'[{"b": 1},' + element + ending

    def outcome(piece: int) -> Any:
        batches = read(data, piece, max_record=100)
        problems = [(problem.code, problem.message, problem.cursor) for each in batches for problem in each.problems]
        return values(batches), problems

    whole = outcome(len(data))
    monkeypatch.setattr(json_array, "CHUNK_SIZE", 20)
    assert [outcome(piece) for piece in (1, 7, 64, 150)] == [whole] * 4
