"""A file of another kind than the rule set's format gives one violation, which says what the file is."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import xlsxwriter

from import_validator import validate
from import_validator.readers import kind_of
from tests.strategies import in_pieces

RECORDS = [{"type": "user", "item": {"id": f"u{number}"}} for number in range(3_000)]
LINES = b"".join(json.dumps(each).encode() + b"\n" for each in RECORDS)
ARRAY = json.dumps(RECORDS).encode()
TABLE = b"id,name\nann,Ann\nbob,Bob\n" * 500
TRANSIT = b"[%b]" % b",".join([b'["^ ","~:type","user","~:item",["^ ","~:id","ann"]]'] * 500)
VERBOSE = b'[{"~:type":"user","~:item":{"~:id":"ann"}},{"~:type":"user"}]'
XML = b"<?xml version='1.0'?>\n<users>\n" + b"<user/>\n" * 500 + b"</users>"
HTML = b"<!doctype HTML>\n<html>\n" + b"<p>Please sign in.\n" * 500
OBJECT = json.dumps({"users": RECORDS[:50]}, indent=2).encode()


def workbook() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.add_worksheet().write_row(0, 0, ["id", "name"])
    return buffer.getvalue()


KINDS = {
    "JSON Lines": LINES,
    "a JSON array": ARRAY,
    "a table (CSV)": TABLE,
    "Transit": TRANSIT,
    "an XML document": XML,
    "an HTML page": HTML,
    "a workbook (.xlsx), or another ZIP archive": workbook(),
    "a JSON object over several lines": OBJECT,
    "a PDF document": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" * 100,
    "binary data": b"\0\1\2\n" * 1_000,
}


def said(content: bytes, rules: str, *, piece: int = 0) -> list[Any]:
    report = validate(in_pieces(content, piece) if piece else content, rules)
    return [(each.code, each.offset, each.line, each.message) for each in report.violations]


@pytest.mark.parametrize("piece", [0, 1_000])
@pytest.mark.parametrize("kind", [each for each in KINDS if each != "JSON Lines"])
def test_what_is_no_json_lines_is_one_violation(kind: str, piece: int) -> None:
    message = f"parse error: the file looks like {kind}; expected a JSON object on each line"
    assert said(KINDS[kind], "stream-chat-jsonl", piece=piece) == [("parse", 0, 1, message)]


@pytest.mark.parametrize("indent", [None, 0, 2, "\t"])
@pytest.mark.parametrize("count", [1, 2, 3_000])
def test_an_array_in_any_layout_is_no_json_lines(indent: int | str | None, count: int) -> None:
    content = json.dumps(RECORDS[:count], indent=indent).encode()
    message = "parse error: the file looks like a JSON array; expected a JSON object on each line"
    assert said(content, "stream-chat-jsonl") == [("parse", 0, 1, message)]


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b" \r\n\n"])
def test_an_array_with_a_record_on_each_line_is_no_json_lines(before: bytes) -> None:
    content = before + b"[\n" + b",\n".join(LINES.splitlines()) + b"\n]\n"
    message = "parse error: the file looks like a JSON array; expected a JSON object on each line"
    assert [each[3] for each in said(content, "stream-chat-jsonl")] == [message]
    assert said(content, "stream-chat") == []


@pytest.mark.parametrize("rules", ["stream-chat", "stitch"])
@pytest.mark.parametrize("piece", [0, 1_000])
@pytest.mark.parametrize("kind", [each for each in KINDS if each not in {"a JSON array", "Transit"}])
def test_what_is_no_array_is_one_violation(kind: str, rules: str, piece: int) -> None:
    [(code, offset, line, message)] = said(KINDS[kind], rules, piece=piece)
    assert (code, offset, line) == ("parse", 0, 1)
    assert message.startswith(
        f"parse error: the file looks like {kind}; expected a JSON array, which begins with [, found "
    )


@pytest.mark.parametrize("content", [TRANSIT, VERBOSE])
def test_transit_under_a_rule_set_for_plain_json_is_one_violation(content: bytes) -> None:
    message = "parse error: the file looks like Transit; expected a JSON array of objects"
    assert said(content, "stream-chat") == [("parse", 0, 1, message)]


@pytest.mark.unwatched
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.usefixtures("short_rounds")
def test_a_large_file_of_another_kind_is_one_violation_for_several_threads_too(jobs: int) -> None:
    array = json.dumps(RECORDS * 25, indent=1).encode()
    assert len(array) > 2 << 20
    report = validate(array, "stream-chat-jsonl", jobs=jobs)
    assert report.counts == {"parse": 1}
    report = validate(LINES * 25, "stream-chat", jobs=jobs)
    assert report.counts == {"parse": 1}


@pytest.mark.parametrize("first", [b"[", b"[1", b"<user>", b"a, b", b"a;b", b"{", b'{"type":"user"', b"[1,2]", b"%PDF"])
def test_one_line_that_is_wrong_costs_that_line(first: bytes) -> None:
    content = first + b'\n{"type":"user","data":{"id":"a b"}}\n{"type":"user","data":{"id":"ann"}}\n'
    report = validate(content, "stream-chat-jsonl")
    assert [(each.index, each.line) for each in report.violations] == [(0, 1), (1, 2)]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"", ""),
        (b" \n", ""),
        (b"hello\nworld\n", ""),
        (b"[]", "a JSON array"),
        (b"[[1,2],[3,4]]", "a JSON array"),
        (b'[["^ x",1]]', "a JSON array"),
        (b'[{"name":"~:smile"}]', "a JSON array"),
        (b"[1]\n[2]\n", "JSON Lines"),
        (b"{}", "one JSON object"),
        (b"{}\n{}\n", "JSON Lines"),
        (b'{"a":1}\n{"b', "JSON Lines"),
        (b'{"a":' + b" " * 100_000, ""),
        (b"a;b\n1;2\n", "a table (CSV)"),
        (b"a\tb\r1\t2", "a table (CSV)"),
        (b"hello, world", ""),
        (b"hello, world\nand no more\n", ""),
        (b"<3\n", ""),
        (b"\xff\xfea\0", "UTF-16 text"),
        (b"[\0{\0", "binary data"),
        (b"PK\x05\x06", ""),
        (b"PKW-1\nPKW-2\n", ""),
    ],
)
def test_kinds_are_told_from_the_beginning_of_a_file(head: bytes, kind: str) -> None:
    assert kind_of(head) == kind
