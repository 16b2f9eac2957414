"""Request bodies in Transit: what is read, and what becomes of bodies that are too long or cut off."""

from __future__ import annotations

import json
from typing import Any

import pytest

from import_validator import Report, validate
from import_validator.ruleset.recognition import recognise
from tests.corpus import essence
from tests.strategies import in_pieces


def body(text: str) -> bytes:
    """A body of one record with this text in it; all bodies of one length of text have one length."""
    names = ["~:client_id", "~:table_name", "~:action", "~:sequence", "~:key_names", "~:data"]
    values: list[Any] = [1234, "users", "upsert", 1, ["id"], {"~:id": "a", "~:text": text}]
    return json.dumps([["^ ", *(each for pair in zip(names, values, strict=True) for each in pair)]]).encode()


def check(data: bytes, **options: Any) -> Report:
    """The report on the data: the same in one go as in pieces of any size."""
    reports = [validate(each, "stitch", **options) for each in (data, *(in_pieces(data, size) for size in (1, 7, 50)))]
    assert [(essence(each), each.notes) for each in reports[1:]] == [(essence(reports[0]), reports[0].notes)] * 3
    return reports[0]


@pytest.mark.parametrize("inside", ["x", "]", '"', "\\"], ids=["text", "brackets", "quotes", "backslashes"])
def test_a_body_that_is_too_long_is_passed_over_and_what_follows_is_read(inside: str) -> None:
    short, long = body("ann"), body(inside * 700)
    report = check(b"\n".join([short, long, short]), params={"max_body": 600}, max_record=500)
    begin = len(short) + 1
    assert [(each.rule, each.index, each.offset, each.line, each.message) for each in report.violations] == [
        ("record-size", 1, begin, 2, "parse error: body longer than 500 bytes: not read"),
        (
            "body-size",
            2,
            begin,
            2,
            f"validation error: the body has {len(long):,} bytes; at most 600 are taken",
        ),
        ("record.sequence:increasing", 2, begin + len(long) + 2, 3, "reference warning: sequence 1 is not above 1"),
    ]
    assert [each.status for each in report.bodies] == [200, 413, 200]
    assert report.notes == ("1 record could not be read, so nothing is said to be missing",)


def test_a_body_of_the_greatest_length_is_read() -> None:
    data = body("x" * 300)
    assert check(data, max_record=len(data)).valid
    assert check(data, max_record=len(data) - 1).counts == {"record-size": 1}


def test_a_body_that_is_too_long_and_cut_off_is_cut_off() -> None:
    report = check(body("ann") + b"\n" + body("x" * 700)[:-5], max_record=500)
    [violation] = report.violations
    assert violation.message == "parse error: the file ends inside a body: the array is not closed"
    assert [each.status for each in report.bodies] == [200, 400]


def test_the_path_to_a_name_with_half_a_surrogate_pair_can_be_written() -> None:
    record = {**plain(data={"id": 1}), "key_names": ["\ud800id"]}
    [violation] = [each for each in check(json.dumps([record]).encode()).violations if each.code == "named-keys"]
    assert violation.path == "/data/\ufffdid"


def plain(**data: Any) -> dict[str, Any]:
    """A record whose keys are strings."""
    return {"client_id": 1234, "table_name": "users", "action": "upsert", "sequence": 1, "key_names": ["id"], **data}


@pytest.mark.parametrize(
    ("value", "layout"),
    [
        ("~i7", 'Transit, by texts such as "~i7", which JSON would leave as they are'),
        ("~n-18446744073709551616", 'Transit, by texts such as "~n-184467440737'),
        ("~m1452172417000", 'Transit, by texts such as "~m1452172417000"'),
        ("~t2016-01-07T13:13:37.000Z", 'Transit, by texts such as "~t2016-'),
        ("~u531a379e-31bb-4ce1-8690-158dceb64be6", 'Transit, by texts such as "~u531a'),
        ("~:user/id", 'Transit, by texts such as "~:user/id"'),
        (["~~a", "~i7"], 'Transit, by texts such as "~i7"'),
        ({"~#set": ["a"]}, "Transit, its records"),
        ({"~:id": 7}, "Transit, its records"),
        ({"~$id": 7}, "Transit, its records"),
        (["~i7", "~7 days"], 'JSON, with texts such as "~i7", which in Transit could mean something else'),
        (["~i7", "~tomorrow"], 'JSON, with texts such as "~i7"'),
        ("~~done~~", 'JSON, with texts such as "~~done~~"'),
        ("~~" + "x" * 99, f'JSON, with texts such as "~~{"x" * 38}", which'),
        ("~:)", 'JSON, with texts such as "~:)"'),
    ],
    ids=str,
)
def test_recognition_says_whether_string_keys_are_json_or_verbose_transit(value: Any, layout: str) -> None:
    rule_set, why = recognise(json.dumps([plain(data={"id": value})]).encode())
    assert rule_set.name == "stitch"
    assert why.startswith(f"the file looks like json-bodies in {layout}")


@pytest.mark.parametrize("value", ["~", "a ~i7", 'say "~i7"', ["^ up"], ["[", "^ "], '"~:a": 1', '["^ ", 1]'], ids=str)
def test_json_that_only_resembles_transit_is_json(value: Any) -> None:
    data = json.dumps([plain(data={"id": value})]).encode()
    assert recognise(data)[1].startswith("the file looks like json-bodies, its records")
    assert validate(data, "stitch").valid


@pytest.mark.unwatched
@pytest.mark.parametrize(("length", "is_transit"), [(64_000, True), (66_000, False)])
def test_what_a_file_is_does_not_depend_on_the_pieces_that_it_is_fed_in(length: int, is_transit: bool) -> None:
    records = [
        plain(sequence=1, data={"id": 1, "text": "x" * length}),
        plain(sequence="~i2", data={"id": 1, "text": ""}),
    ]
    report = check(json.dumps(records).encode())
    assert report.counts == ({} if is_transit else {"record.sequence:type": 1})
