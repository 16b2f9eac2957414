"""What is far apart, or lies across the end of what is looked at in one go, is read as if it stood close together."""

from __future__ import annotations

from itertools import cycle, islice

import pytest

from import_validator import validate
from import_validator.readers import csv_table
from import_validator.readers.base import CHUNK_SIZE
from tests.corpus import essence
from tests.strategies import in_pieces
from tests.tables import RULES

pytestmark = pytest.mark.unwatched

USER = b'{"type":"user","item":{"id":"ann"}}'


@pytest.mark.parametrize("piece", [997, 1 << 18])
@pytest.mark.parametrize("space", [b" ", b" " * (CHUNK_SIZE - 40), b" \n" * CHUNK_SIZE])
@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (b"[" + USER + b",", b"]", "malformed JSON: expecting value"),
        (b"[" + USER, b"]", None),
        (b"[" + USER + b",", USER.replace(b"ann", b"bob") + b"]", None),
        (b"[" + USER, b",]", "malformed JSON: expecting value"),
        (b"[", b"]", None),
        (b"[", b",]", "malformed JSON: expecting value"),
        (b"[" + USER + b"]", b",", "text after the end of the array: found ,"),
        (b"[" + USER + b",", b"", "the file ends before the array is closed"),
    ],
    ids=["trailing comma", "end", "record", "comma", "empty", "comma alone", "comma after the end", "no end"],
)
def test_white_space_in_an_array_makes_no_difference_however_much_it_is(
    before: bytes, space: bytes, after: bytes, message: str | None, piece: int
) -> None:
    report = validate(in_pieces(before + space + after, piece), "stream-chat")
    found = [(each.code, each.message) for each in report.violations]
    assert found == ([] if message is None else [("parse", f"parse error: {message}")])


ENDS = {
    "CR": [b"\r"],
    "LF": [b"\n"],
    "CRLF": [b"\r\n"],
    "CR, at times CRLF": [b"\r", b"\r", b"\r\n"],
    "CRLF, at times CR": [b"\r\n", b"\r\n", b"\r"],
    "LF, at times CR": [b"\n", b"\r", b"\n", b"\n"],
    "blank lines": [b"\r\r\n", b"\n\r", b"\r\n\r\n"],
}


@pytest.mark.parametrize("window", range(17, 60))
@pytest.mark.parametrize("ends", ENDS)
def test_rows_are_the_same_wherever_a_window_ends(ends: str, window: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [b"a%d,%d,x" % (number, number) for number in range(40)] + [b"b b,1,x", b'"c c",2,"x\r\ny"', b"a1,,"]
    lines = [b"ID,Count,Note", *rows]
    content = b"".join(line + end for line, end in zip(lines, islice(cycle(ENDS[ends]), len(lines)), strict=True))
    expected = essence(validate(content, RULES))
    assert expected["counts"] == {"entry.id:pattern": 2, "entry.id:unique": 1}
    monkeypatch.setattr(csv_table, "CHUNK_SIZE", window)
    monkeypatch.setattr(csv_table, "HEAD_SIZE", 32)
    assert essence(validate(in_pieces(content, window), RULES)) == expected
