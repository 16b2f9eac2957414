"""Files of existing keys: read whatever they are packed in, and refused in words where they hold no such keys."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import zstandard

from import_validator import RuleSet, RuleSetError, SourceError, Validator, validate
from import_validator.source import source as source_module

COUNT = 100_000
NUMBERED = RuleSet.from_toml(
    """
    name = "numbered"
    [reader]
    format = "json-lines"
    [envelope]
    type = "type"
    fields = "data"
    [records.item]
    fields = { id = "integer" }
    key = ["id"]
    [records.loose]
    fields = { id = "any" }
    key = ["id"]
    [records.price]
    fields = { amount = "number", open = "boolean" }
    key = ["amount", "open"]
    [records.sale]
    fields = { id = "string", item = "integer", loose = "any", amount = "number", open = "boolean" }
    [[records.sale.rules]]
    rule = "refers-to"
    field = "item"
    to = "item"
    [[records.sale.rules]]
    rule = "refers-to"
    field = "loose"
    to = "loose"
    [[records.sale.rules]]
    rule = "refers-to"
    key = ["amount", "open"]
    to = "price"
    """
)
TEAMS = RuleSet.from_toml(
    """
    name = "teams"
    [reader]
    format = "table"
    [columns.id]
    header = "ID"
    unique = true
    [columns.team_id]
    header = "Team"
    link = "teams"
    [lists.teams]
    """
)


def references(*ids: str) -> bytes:
    """A file of one user who mutes others."""
    return json.dumps([{"type": "user", "item": {"id": "me", "user_mutes": list(ids)}}]).encode()


def missing(content: bytes, rules: Any, existing: Any, **options: Any) -> list[Any]:
    """The values that lead to nothing."""
    report = validate(content, rules, existing=existing, samples=1_000, **options)
    assert {each.code for each in report.violations} <= {"refers-to"}
    return [each.value for each in report.violations]


def zstd(content: bytes) -> bytes:
    return zstandard.compress(content)


SKIPPABLE = b"\x5a\x2a\x4d\x18\x05\x00\x00\x00notes"
EARLIER = json.dumps(
    [{"type": "user", "item": {"id": f"u{number}", "name": "x" * 90}} for number in range(3_000)]
).encode()
LISTED = b"\n".join(b"u%d" % number for number in range(3_000))


@pytest.mark.unwatched(but_one_in=6)
@pytest.mark.parametrize("content", [EARLIER, LISTED, b"\xef\xbb\xbf" + LISTED], ids=["import file", "list", "mark"])
@pytest.mark.parametrize(
    "packed",
    [
        lambda content: content,
        gzip.compress,
        lambda content: gzip.compress(b"") + gzip.compress(content),
        lambda content: b"".join(gzip.compress(content[at : at + 1]) for at in range(5)) + gzip.compress(content[5:]),
        zstd,
        lambda content: zstd(b"") + zstd(content),
        lambda content: SKIPPABLE + zstd(content),
        lambda content: zstd(content[:1_000]) + SKIPPABLE + zstd(content[1_000:]) + SKIPPABLE,
    ],
    ids=["plain", "gzip", "empty member", "small members", "zstd", "empty frame", "skippable frame", "several"],
)
def test_keys_are_read_from_whatever_they_are_packed_in(tmp_path: Path, content: bytes, packed: Any) -> None:
    path = tmp_path / "keys"
    path.write_bytes(packed(content))
    assert missing(references("u0", "u1", "u2999", "nobody"), "stream-chat", {"user": path}) == ["nobody"]


@pytest.mark.parametrize(
    "packed", [lambda content: gzip.compress(b"") + gzip.compress(content), lambda content: SKIPPABLE + zstd(content)]
)
def test_a_file_to_validate_is_unpacked_likewise(tmp_path: Path, packed: Any) -> None:
    path = tmp_path / "import.json"
    path.write_bytes(packed(references("nobody")))
    assert missing(path, "stream-chat", {}) == ["nobody"]  # type: ignore[arg-type]  # a path is a source, too


@pytest.mark.unwatched
@pytest.mark.parametrize("size", [4_099, source_module.PIECE_SIZE])
def test_no_key_of_a_long_list_is_lost_wherever_a_piece_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Of some hundred pieces, one or another ends before, in and after each kind of byte of a line."""
    keys = [f"k{number}" for number in range(COUNT)]
    path = tmp_path / "keys"
    path.write_bytes(
        b"".join(f"{key}{end}".encode() for key, end in zip(keys, itertools.cycle(["\n", "\r\n", " \n", "\n\n"])))
    )
    monkeypatch.setattr(source_module, "PIECE_SIZE", size)
    assert missing(references(*keys, "k"), "stream-chat", {"user": path}) == ["k"]


def test_a_list_whose_last_line_does_not_end_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_bytes(b"u1\nu2")
    assert missing(references("u1", "u2", "u"), "stream-chat", {"user": path}) == ["u"]


# Numbers


def sale(**fields: Any) -> bytes:
    return json.dumps({"type": "sale", "data": {"id": "s", **fields}}).encode() + b"\n"


@pytest.mark.parametrize("given", ["list", "integers", "texts", "table", "import file"])
def test_integer_keys_are_found_however_they_are_given(tmp_path: Path, given: str) -> None:
    path = tmp_path / "keys"
    path.write_bytes(
        {"list": b"42\n-7\n", "table": b"name,id\nx,42\ny,-7\n"}.get(
            given, b'{"type":"item","data":{"id":42}}\n{"type":"item","data":{"id":-7}}\n'
        )
    )
    keys: Any = {"integers": [42, -7], "texts": ["42", "-7"]}.get(given, path)
    content = sale(item=42) + sale(item=-7) + sale(item=43)
    assert missing(content, NUMBERED, {"item": keys}) == [43]


def test_a_key_that_may_be_a_number_or_text_is_both() -> None:
    content = sale(loose=42) + sale(loose="42") + sale(loose="43")
    assert missing(content, NUMBERED, {"loose": ["42"]}) == ["43"]
    assert missing(content, NUMBERED, {"loose": [42]}) == ["42", "43"]


def test_numbers_and_booleans_are_parts_of_longer_keys(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_bytes(b"1.5:true\n2:false\n")
    content = sale(amount=1.5, open=True) + sale(amount=2, open=False)
    assert missing(content, NUMBERED, {"price": path}) == []
    assert len(missing(content + sale(amount=2, open=True), NUMBERED, {"price": path})) == 1


def test_a_key_of_the_wrong_type_is_an_error() -> None:
    with pytest.raises(RuleSetError) as caught:
        Validator(NUMBERED, existing={"item": ["42", "x"]})
    assert str(caught.value) == "existing item: 'x' cannot be a key: id is an integer"


# Tables


def as_workbook(rows: list[list[str]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


ROWS = [["name", "id"], ["Ann, A.", "ann"], ["Bob", "bob"], ["", ""]]
CSV = b'name,id\n"Ann, A.",ann\nBob,bob\n,\n'


@pytest.mark.parametrize("content", [CSV, CSV.replace(b",", b";"), as_workbook(ROWS), b"id\nann\nbob\n"])
def test_the_key_column_of_a_table_is_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "users.csv"
    path.write_bytes(content)
    assert missing(references("ann", "bob", "Bob"), "stream-chat", {"user": path}) == ["Bob"]


@pytest.mark.parametrize("header", ["Team", "team_id", "teams", " TEAMS "])
def test_a_list_that_columns_link_to_is_read_from_a_table(tmp_path: Path, header: str) -> None:
    path = tmp_path / "teams.csv"
    path.write_text(f'Since,{header}\n2020,red\n2021,"Smith, John"\n')
    content = b'ID,Team\na,red\nb,2020\nc,"Smith, John"\n'
    assert missing(content, TEAMS, {"teams": path}) == ["2020"]


def refused(
    tmp_path: Path, content: bytes, rules: Any = "stream-chat", record_type: str = "user", **options: Any
) -> str:
    """What is said of a file that no keys can be read from, after its name."""
    path = tmp_path / "keys"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        Validator(rules, existing={record_type: path}, **options)
    before = f"{path}, with existing {record_type} keys: "
    assert str(caught.value).startswith(before)
    return str(caught.value).removeprefix(before)


NO_COLUMN = "no column has a header that keys are looked for under"
NO_KEY = "none of its first lines can be a key;"
WANTED = "give a list with a key on each line, a table, or an import file of stream-chat"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"stop_id,stop_name\n1,Main St\n", f'it looks like a table (CSV); {NO_COLUMN}: "id"'),
        (b"Jane Doe\nJohn Doe\n", f'{NO_KEY} "Jane Doe" cannot, because user.id invalid ("^[@\\w-]*$" allowed)'),
        (b'["ann", "bob"]', f"it looks like a JSON array; {WANTED}"),
        (b'{"type":"user","data":{"id":"ann"}}\n' * 2, f"it looks like JSON Lines; {WANTED}"),
        (b'{"user_id":"ann"}', f"it looks like one JSON object; {WANTED}"),
        (b'[["^ ","~:id","ann"]]', f"it looks like Transit; {WANTED}"),
        (b"<!DOCTYPE html><p>sign in", f"it looks like an HTML page; {WANTED}"),
        (b"<?xml version='1.0'?><users/>", f"it looks like an XML document; {WANTED}"),
        ("ann\nbob".encode("utf-16"), f"it looks like UTF-16 text; {WANTED}"),
        (b"\0" * 1_000_000, f"it looks like binary data; {WANTED}"),
        (b'[{"type":"reaction.v2","item":{"id":"ann"}}]', "it has 1 record, of which none is a user with a key"),
        (b'[{"type":"user","item":{}}]' + b" " * 100, "it has 1 record, of which none is a user with a key"),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_such_keys_is_an_error_that_says_so(tmp_path: Path, content: bytes, message: str) -> None:
    assert refused(tmp_path, content) == message


def test_a_workbook_without_the_key_column_is_an_error_that_names_it(tmp_path: Path) -> None:
    assert refused(tmp_path, as_workbook([["a", "b"], ["c", "d"]])).endswith('"id"')


def test_a_record_that_is_too_long_to_be_read_is_no_key_lost_in_silence(tmp_path: Path) -> None:
    content = b'[{"type":"user","item":{"id":"ann"}},{"type":"user","item":{"id":"bob","name":"%b"}}]' % (
        b"x" * 300_000
    )
    assert refused(tmp_path, content, max_record="100KB") == "record longer than 102,400 bytes: not read"


def test_an_import_file_without_records_of_the_type_has_none_of_its_keys(tmp_path: Path) -> None:
    path = tmp_path / "earlier.json"
    path.write_bytes(b'[{"type":"message","item":{"id":"m"}}]')
    assert missing(references("ann"), "stream-chat", {"user": path}) == ["ann"]


# Bounds


@pytest.mark.parametrize("begin", [b"", b"ann\n"])
def test_a_line_without_end_is_given_up(tmp_path: Path, begin: bytes) -> None:
    content = begin + b"x" * 3_000_000
    line = content.count(b"\n") + 1
    assert refused(tmp_path, content, max_record="1MB") == (
        f"line {line} is longer than 1,048,576 bytes: it cannot be a key"
    )


def test_an_endless_device_is_given_up() -> None:
    with pytest.raises(SourceError) as caught:
        Validator("stream-chat", existing={"user": Path("/dev/zero")})
    assert str(caught.value) == f"/dev/zero, with existing user keys: it looks like binary data; {WANTED}"


def test_a_long_line_takes_memory_once(tmp_path: Path) -> None:
    """Fifty megabytes without a line end are read up to the longest record, in time that grows with them."""
    path = tmp_path / "keys"
    path.write_bytes(b"x" * 50_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceError):
        Validator("stream-chat", existing={"user": path})
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 64 << 20


def test_the_pieces_of_a_long_line_are_not_copied_again_for_each_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line of 200,000 pieces: work that grows with its square would take minutes."""
    monkeypatch.setattr(source_module, "PIECE_SIZE", 32)
    path = tmp_path / "keys"
    path.write_bytes(b"ann\n" + b"x" * 6_400_000)
    assert missing(references("ann"), "stream-chat", {"user": path}) == []


def test_keys_are_taken_from_an_iterator_only_as_they_are_needed() -> None:
    def keys() -> Iterator[Any]:
        yield "ann"
        yield 7

    with pytest.raises(RuleSetError) as caught:
        Validator("stream-chat", existing={"user": keys()})
    assert str(caught.value) == "existing user: a key is text or a tuple of texts, not 7"
