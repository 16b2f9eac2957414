"""The JSON Lines reader: each line by itself, whatever the layout and the pieces; places; broken lines."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from import_validator.readers import UNREADABLE, Batch, JsonLinesReader, json_lines
from import_validator.readers.base import CHUNK_SIZE
from tests.strategies import CUSTOM, in_pieces

OBJECTS = st.dictionaries(st.text(max_size=5), CUSTOM, max_size=3)
Found = tuple[str, str, int | None, int | None, int | None, int | None]


def compact(records: list[Any]) -> bytes:
    return b"".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")).encode() + b"\n" for each in records)


LAYOUTS: dict[str, Callable[[list[Any]], bytes]] = {
    "compact": compact,
    "no last newline": lambda records: compact(records)[:-1],
    "CRLF": lambda records: compact(records).replace(b"\n", b"\r\n"),
    "blank lines": lambda records: b"\n \n" + compact(records).replace(b"\n", b"\n\r\n\t\n\n"),
    "spaces around": lambda records: b"".join(b" \t" + line + b"  \r\n" for line in compact(records).splitlines()),
    "escapes": lambda records: b"".join(
        json.dumps(each, separators=(" , ", " : ")).encode() + b"\n" for each in records
    ),
    "byte order mark": lambda records: b"\xef\xbb\xbf" + compact(records),
}


def read(data: bytes, piece: int = 1 << 18, **options: Any) -> list[Batch]:
    reader = JsonLinesReader(**options)
    batches = [batch for chunk in in_pieces(data, piece) for batch in reader.feed(chunk)]
    return [*batches, *reader.close()]


def values(batches: list[Batch]) -> list[Any]:
    return [value for batch in batches for value in batch.values]


def problems(batches: list[Batch]) -> list[Found]:
    """What was found: its code and message, the number of its record in the file, and its own place."""
    found: list[Found] = []
    for batch in batches:
        for each in batch.problems:
            number = None if each.at is None else batch.index + each.at
            place = (each.cursor.offset, each.cursor.line, each.cursor.column) if each.cursor else (None, None, None)
            found.append((each.code, each.message, number, *place))
    return found


def outcome(batches: list[Batch]) -> tuple[list[Any], list[Found]]:
    return values(batches), problems(batches)


def malformed(reason: str, index: int, offset: int, line: int, column: int) -> Found:
    message = f"malformed JSON: {reason}; each line has to be one JSON object"
    return ("parse", message, index, offset, line, column)


# Lines that are in order


@given(st.lists(OBJECTS, min_size=1, max_size=20), st.sampled_from(list(LAYOUTS)), st.integers(1, 100))
def test_it_reads_what_the_json_module_reads_of_each_line(records: list[Any], layout: str, piece: int) -> None:
    data = LAYOUTS[layout](records)
    lines = data.decode("utf-8-sig").split("\n")
    expected = [json.loads(line) for line in lines if line.strip()]
    assert expected == records
    assert outcome(read(data, piece)) == (records, [])


@given(st.lists(OBJECTS, min_size=1, max_size=20), st.sampled_from([each for each in LAYOUTS if "mark" not in each]))
def test_records_are_found_again_where_they_lie(records: list[Any], layout: str) -> None:
    data = LAYOUTS[layout](records)
    assert JsonLinesReader().values_of(data) == records
    offsets = JsonLinesReader().offsets_of(data)
    found = [json.JSONDecoder().raw_decode(data[offset:].decode())[0] for offset in offsets]
    assert found == records


@pytest.mark.unwatched
@settings(max_examples=10)
@given(st.lists(OBJECTS, min_size=1, max_size=8), st.sampled_from(list(LAYOUTS)), st.sampled_from([4096, 1 << 18]))
def test_batches_are_whole_lines_in_large_files(records: list[Any], layout: str, piece: int) -> None:
    many = (records * (3 * CHUNK_SIZE // len(compact(records)) + 1))[:50_000]
    data = LAYOUTS[layout](many)
    batches = read(data, piece)
    assert outcome(batches) == (many, [])
    index, offset = 0, 3 if layout == "byte order mark" else 0
    for batch in batches:
        assert (batch.index, batch.start.offset) == (index, offset)
        assert batch.start.line == data.count(b"\n", 0, offset) + 1
        assert data[offset : offset + len(batch.data)] == batch.data
        assert len(batch.data) <= CHUNK_SIZE
        assert JsonLinesReader().values_of(batch.data) == batch.values
        assert len(JsonLinesReader().offsets_of(batch.data)) == len(batch.values)
        index += len(batch.values)
        offset += len(batch.data)
    assert (index, offset) == (len(many), len(data))


def test_a_span_of_several_batches_can_be_read_again() -> None:
    records = [{"type": "user", "item": {"id": str(number)}} for number in range(40_000)]
    data = compact(records)
    batches = read(data)
    assert len(batches) > 3
    first, last = batches[0], batches[2]
    span = data[first.start.offset : last.start.offset + len(last.data)]
    assert JsonLinesReader().values_of(span) == records[: last.index + len(last.values)]


def test_a_line_longer_than_a_batch_is_read() -> None:
    records = [{"a": 1}, {"x": "y" * 3 * CHUNK_SIZE}, {"b": 2}]
    for piece in (997, 1 << 18, 1 << 22):
        assert outcome(read(compact(records), piece)) == (records, [])


@pytest.mark.parametrize("piece", [1, 2, 7, 1 << 18])
@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\\n"])
def test_nothing_but_a_newline_ends_a_line(separator: str, piece: int) -> None:
    data = '{"a": "x?y"}\n{"b": 2}\n'.replace("?", separator)
    if separator in "\x0b\x0c":
        place = data.index(separator)
        expected = [malformed("invalid control character", 0, place, 1, place + 1)]
        assert outcome(read(data.encode(), piece)) == ([UNREADABLE, {"b": 2}], expected)
    else:
        assert outcome(read(data.encode(), piece)) == ([json.loads(data.split("\n", maxsplit=1)[0]), {"b": 2}], [])


# Files that hold no records


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ("parse", "the file is empty; expected a JSON object on each line", None, 0, 1, 1)),
        (b"\xef\xbb\xbf", ("parse", "the file is blank; expected a JSON object on each line", None, 3, 1, 1)),
        (b" ", ("parse", "the file is blank; expected a JSON object on each line", None, 1, 1, 2)),
        (b"\n\r\n \t\n", ("parse", "the file is blank; expected a JSON object on each line", None, 6, 4, 1)),
        (b"\xff\xfe{\x00}\x00", ("parse", "the file is UTF-16; JSON Lines files are UTF-8", None, 0, 1, 1)),
        (b"\xfe\xff\x00{\x00}", ("parse", "the file is UTF-16; JSON Lines files are UTF-8", None, 0, 1, 1)),
        (
            b"\xff\xfe{\x00}\x00\n\x00{\x00}\x00\n\x00",
            ("parse", "the file is UTF-16; JSON Lines files are UTF-8", None, 0, 1, 1),
        ),
    ],
    ids=["empty", "mark alone", "a space", "blank lines", "UTF-16 LE", "UTF-16 BE", "UTF-16 of several lines"],
)
@pytest.mark.parametrize("piece", [1, 2, 3, 1 << 18])
def test_a_file_without_records_gives_one_problem(data: bytes, expected: Found, piece: int) -> None:
    assert outcome(read(data, piece)) == ([], [expected])


def test_a_large_file_of_blank_lines_is_blank() -> None:
    blank = b" \r\n" * CHUNK_SIZE
    expected = ("parse", "the file is blank; expected a JSON object on each line", None, len(blank), CHUNK_SIZE + 1, 1)
    assert outcome(read(blank)) == ([], [expected])


def test_a_large_file_of_utf_16_is_one_problem() -> None:
    data = ('{"a": 1}\n' * CHUNK_SIZE).encode("utf-16")
    assert outcome(read(data)) == ([], [("parse", "the file is UTF-16; JSON Lines files are UTF-8", None, 0, 1, 1)])


# Lines that are broken


@pytest.mark.parametrize(
    ("line", "reason", "at"),
    [
        (b"hello", "expecting value", 0),
        (b"{", "expecting property name enclosed in double quotes", 1),
        (b'{"a": 1', "expecting ',' delimiter", 7),
        (b'{"a": 1}}', "text after the object", 8),
        (b'{"a": 1} {"b": 2}', "text after the object", 9),
        (b'{"a": 1},{"b": 2}', "text after the object", 8),
        (b'{"a": 1},', "text after the object", 8),
        (b',{"a": 1}', "expecting value", 0),
        (b'{"a": 1}]', "text after the object", 8),
        (b'["a"],["b"]', "text after the object", 5),
        (b'{"a": x}', "expecting value", 6),
        (b'  {"\xc3\xa9": x}', "expecting value", 9),
        (b'{"a": NaN}', "NaN is no JSON number", 6),
        (b"{'a': 1}", "expecting property name enclosed in double quotes", 1),
        (b'{"a": "b', "unterminated string", 6),
        (b'{"a": "b\tc"}', "invalid control character", 8),
    ],
    ids=lambda each: each.decode() if isinstance(each, bytes) else "",
)
@pytest.mark.parametrize("piece", [1, 3, 1 << 18])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_broken_line_costs_that_line_and_says_where(
    line: bytes, reason: str, at: int, piece: int, newline: bytes
) -> None:
    before = newline.join([b'{"id": 0}', b"", b'{"id": 1}', b""])
    data = newline.join([before + line, b'{"id": 3}', b""])
    column = len(line[:at].decode()) + 1
    expected = malformed(reason, 2, len(before) + at, 4, column)
    assert outcome(read(data, piece)) == ([{"id": 0}, {"id": 1}, UNREADABLE, {"id": 3}], [expected])


def test_a_broken_last_line_without_a_newline() -> None:
    data = b'{"id": 0}\n{"id": '
    assert outcome(read(data)) == ([{"id": 0}, UNREADABLE], [malformed("expecting value", 1, 17, 2, 8)])


@pytest.mark.parametrize("line", [b"7", b'"text"', b"null", b"true", b"[]", b'[{"id": 1}]'], ids=bytes.decode)
@pytest.mark.parametrize("piece", [1, 1 << 18])
def test_a_line_that_is_no_object_is_a_record_for_its_envelope_to_refuse(line: bytes, piece: int) -> None:
    data = b'{"id": 0}\n' + line + b'\n{"id": 2}\n'
    assert outcome(read(data, piece)) == ([{"id": 0}, json.loads(line), {"id": 2}], [])


def test_an_object_over_several_lines_breaks_each_of_them() -> None:
    data = b'{"id": 0}\n{\n  "id": 1\n}\n{"id": 4}\n'
    assert outcome(read(data)) == (
        [{"id": 0}, UNREADABLE, UNREADABLE, UNREADABLE, {"id": 4}],
        [
            malformed("expecting property name enclosed in double quotes", 1, 11, 2, 2),
            malformed("text after the object", 2, 18, 3, 7),
            malformed("expecting value", 3, 22, 4, 1),
        ],
    )


@pytest.mark.parametrize(
    "lines",
    [
        [b'{"a":1},{"b":2}', b'{"c":', b"3}"],
        [b'{"c":', b'3},{"a":1}'],
        [b'{"a":1}],[{"b":2}', b'{"c":', b"3}"],
        [b'{"a":1}],[{"b":2}', b'{"c":[3', b"4]}"],
        [b'{"a":[1', b"2]}", b'{"b":1}],[{"c":2}'],
        [b'{"a":[[1', b"2]]}", b'{"b":1}],[{"c":2}'],
        [b'{"a":[1', b"2]}", b'{"b":1},{"c":2}'],
        [b'{"a":[1', b"2]}", b'{"b":1},3,{"c":2}'],
        [b'{"a":[{"x":1}', b'{"y":2}]}', b'{"b":1}],[{"c":2}'],
        [b'{"a":1', b'"b":2}'],
        [b'{"a":"x', b'y"}'],
        [b'{"a":1}],[{"b":2}'],
        [b'{"a":1}]],[[{"b":2}'],
        [b'{"a":1}]', b'[{"b":2}'],
    ],
    ids=lambda lines: "|".join(line.decode() for line in lines),
)
def test_mistakes_that_make_up_for_each_other_in_a_batch_are_found(lines: list[bytes]) -> None:
    expected = []
    for line in lines:
        try:
            expected.append(json.loads(line))
        except ValueError:
            expected.append(UNREADABLE)
    assert UNREADABLE in expected
    for around in ([], [b'{"id":0}'] * 3):
        data = b"\n".join([*around, *lines, *around]) + b"\n"
        found, wrong = outcome(read(data))
        good = [json.loads(each) for each in around]
        assert found == [*good, *expected, *good]
        assert [(code, number) for code, _, number, *_ in wrong] == [
            ("parse", len(around) + number) for number, value in enumerate(expected) if value is UNREADABLE
        ]
        assert len(JsonLinesReader().values_of(data)) == len(JsonLinesReader().offsets_of(data)) == len(found)


FRAGMENTS = [
    b'{"a":1}', b"{}", b'{"b":[1', b"2]}", b"]", b"[", b",", b"],[", b'{"c":', b"3}", b"7", b'"x"', b" ", b"\r",
    b"]]", b"[[", b'"', b"\\",
]  # fmt: skip


@pytest.mark.unwatched
@settings(max_examples=400)
@given(st.lists(st.lists(st.sampled_from(FRAGMENTS), max_size=4).map(b"".join), max_size=6), st.integers(1, 9))
def test_a_line_is_read_as_if_it_were_alone(lines: list[bytes], piece: int) -> None:
    """The first line is an object: it shows that the file is JSON Lines, whatever stands in the others."""
    first = b'{"a":0}'
    alone = [outcome(read(b"%b\n%b\n" % (first, line))) for line in lines if line.strip()]
    alone = [(values[1:], [(code, message, *_) for code, message, *_ in wrong]) for values, wrong in alone]
    alone.insert(0, ([{"a": 0}], []))
    found, wrong = outcome(read(b"\n".join([first, *lines]), piece))
    assert found == [value for each, _ in alone for value in each]
    assert [each[:3] for each in wrong] == [
        (code, message, number) for number, (_, each_wrong) in enumerate(alone) for code, message, *_ in each_wrong
    ]


def finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


@example(b"1e400", 1)
@given(st.binary(max_size=80), st.integers(1, 5))
def test_a_line_is_broken_exactly_where_the_json_module_says_so(data: bytes, piece: int) -> None:
    """The first line is an object: it shows that the file is JSON Lines, whatever stands in the others."""
    data = b"{}\n" + data
    found, wrong = outcome(read(data, piece))
    lines = [line for line in data.split(b"\n") if line.strip(b" \t\r\n")]
    assert len(found) == len(lines)
    broken = {number for _, _, number, *_ in wrong}
    for number, line in enumerate(lines):
        try:
            value = json.loads(line.decode(), parse_constant=finite, parse_float=finite)
        except ValueError:
            assert number in broken
        else:
            assert number not in broken
            assert found[number] == value


@pytest.mark.parametrize(
    ("line", "code", "message", "value"),
    [
        (b'{"a":"\\ud800"}', "encoding", "unpaired surrogate \\ud800 in a string", {"a": "\ud800"}),
        (b'{"a":"\xff"}', "encoding", "invalid UTF-8: byte 0xFF, 6 bytes into the record", {"a": "\ufffd"}),
        (b'{"a":-1e400}', "number", "number out of range: -1e400", {"a": float("-inf")}),
        (
            b'{"a":' + b"[" * 3000 + b"]" * 3000 + b"}",
            "nesting",
            "arrays and objects nested too deep to be read",
            UNREADABLE,
        ),
    ],
    ids=["surrogate", "UTF-8", "number", "nesting"],
)
def test_what_json_allows_and_no_system_takes_costs_its_line_only(
    line: bytes, code: str, message: str, value: Any
) -> None:
    batches = read(b'{"id":0}\n' + line + b'\n{"id":2}\n')
    assert outcome(batches) == ([{"id": 0}, value, {"id": 2}], [(code, message, 1, None, None, None)])


# Lines that are too long


TOO_LONG = ("record-size", "record longer than 1,000 bytes: not read")


@pytest.mark.parametrize("piece", [1, 7, 999, 1000, 1001, 4096, 1 << 17, 1 << 18])
@pytest.mark.parametrize("length", [1001, 5000, CHUNK_SIZE, CHUNK_SIZE + 1, 3 * CHUNK_SIZE])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_line_that_is_too_long_is_passed_over_and_the_next_is_read(piece: int, length: int, newline: bytes) -> None:
    if piece < 900 and length > 5000:
        piece = 900 + piece
    long = b'{"x":"' + b"y" * (length - 8) + b'"}'
    assert len(long) == length
    data = newline.join([b'{"id":0}', long, b'{"id":2}', long, b'{"id":4}', b""])
    batches = read(data, piece, max_record=1000)
    assert values(batches) == [{"id": 0}, UNREADABLE, {"id": 2}, UNREADABLE, {"id": 4}]
    assert [each[:3] for each in problems(batches)] == [(*TOO_LONG, 1), (*TOO_LONG, 3)]


@pytest.mark.parametrize("piece", [1, 999, 1 << 18])
def test_a_line_as_long_as_may_be_is_read_with_white_space_around_it(piece: int) -> None:
    line = b'{"x":"' + b"y" * 992 + b'"}'
    assert len(line) == 1000
    data = b" \t" + line + b" \r\n" + line + b"\n"
    assert outcome(read(data, piece, max_record=1000)) == ([json.loads(line)] * 2, [])


@pytest.mark.parametrize(
    "line",
    [
        b" " * 50 + b"x" * 101,
        b" " * 500 + b'{"id": 1}',
        b'{"id": 1}' + b" " * 191,
        b'{"id": 1}' + b" " * 192,
        b'{"id": 1}' + b" " * 500,
        b"  " + b"[" * 50 + b" " * 49 + b"]" * 2,
        "é".encode() * 80,
        b" " * 300,
    ],
)
@pytest.mark.parametrize("ending", [b"\n", b"\r\n{}\n", b""])
def test_a_long_line_is_told_apart_from_one_with_white_space_around_it_however_it_arrives(
    line: bytes, ending: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b'{"id": 0}\n' + line + ending

    def found(piece: int) -> Any:
        batches = read(data, piece, max_record=100)
        offsets = [
            batch.start.offset + offset
            for batch in batches
            for offset in (JsonLinesReader().offsets_of(batch.data) if batch.raw else [0] * len(batch.values))
        ]
        return outcome(batches), offsets

    whole = found(len(data))
    monkeypatch.setattr(json_lines, "CHUNK_SIZE", 20)
    assert [found(piece) for piece in (1, 7, 64, 150)] == [whole] * 4


@pytest.mark.parametrize("last", [b"", b"\n"])
@pytest.mark.parametrize("length", [2000, 2 * CHUNK_SIZE])
def test_a_last_line_that_is_too_long(length: int, last: bytes) -> None:
    data = b'{"id":0}\n{"x":"' + b"y" * length + b'"}' + last
    batches = read(data, max_record=1000)
    assert values(batches) == [{"id": 0}, UNREADABLE]
    assert [each[:3] for each in problems(batches)] == [(*TOO_LONG, 1)]


def test_the_lines_after_one_that_is_too_long_have_their_places() -> None:
    data = b'{"id":0}\n' + b"x" * 3 * CHUNK_SIZE + b'\n{"id":2}\n'
    batches = read(data, 4096, max_record=1000)
    [batch] = [batch for batch in batches if {"id": 2} in batch.values]
    at = batch.values.index({"id": 2})
    assert batch.index + at == 2
    assert batch.start.offset + JsonLinesReader().offsets_of(batch.data)[at] == data.index(b'{"id":2}')
    assert batch.start.line + batch.data[: JsonLinesReader().offsets_of(batch.data)[at]].count(b"\n") == 3


def test_a_line_that_is_too_long_is_not_kept() -> None:
    reader = JsonLinesReader(max_record=1000)
    for _ in range(100):
        for batch in reader.feed(b"x" * CHUNK_SIZE):
            assert batch.data == b""
        assert len(reader._buffer) <= 2 * CHUNK_SIZE


# Recognition


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"", None),
        (b"\n\n", None),
        (b"hello\n", None),
        (b"7\n8\n", None),
        (b'[{"a": 1}]\n', None),
        (b'{"a": 1}', [{"a": 1}]),
        (b'\xef\xbb\xbf{"a": 1}\r\n\r\n{"b": 2}\r\n', [{"a": 1}, {"b": 2}]),
        (b'{"a": 1}\n{"b": ', [{"a": 1}]),
        (b'{"a": 1}\n{"b": 2}', [{"a": 1}]),
        (b'{"a": 1}\n' * 30, [{"a": 1}] * 30),
        (b'[\n{"a": 1},\n{"a": 2}\n]\n', None),
    ],
)
def test_the_first_values_are_those_of_whole_lines(head: bytes, expected: list[Any] | None) -> None:
    assert JsonLinesReader.first_values(head) == expected
