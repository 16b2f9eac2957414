"""`validate` with its options."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from import_validator import (
    ImportValidatorError,
    RecognitionError,
    RuleSet,
    RuleSetError,
    SourceError,
    ViolationsFoundError,
    validate,
)
from tests.corpus import essence
from tests.users import CONTENT, EXPECTED, SHIPPED, users


def test_only_valid_records_define_keys_with_cascade() -> None:
    content = users('{"id": "ann", "online": true}', '{"id": "bob", "user_mutes": ["ann"]}')
    assert validate(content).counts == {"user:reserved": 1}
    assert validate(content, cascade=True).counts == {"user:reserved": 1, "user.user_mutes:refers-to": 1}


@pytest.mark.parametrize("memory", [0, 1, 1 << 16, "64KB", "1.5 MB", "2GB"])
def test_memory_is_a_number_of_bytes_or_text(memory: int | str) -> None:
    assert essence(validate(CONTENT, memory=memory)) == EXPECTED


@pytest.mark.parametrize("option", ["memory", "max_record"])
@pytest.mark.parametrize("size", ["", "much", "-1", "5 apples"])
def test_a_size_that_is_none_is_an_error_that_names_the_option(option: str, size: Any) -> None:
    options: dict[str, Any] = {option: size}
    with pytest.raises(ImportValidatorError) as caught:
        validate(CONTENT, **options)
    assert str(caught.value) == f"{option}: {size!r} is no size; write a number with a unit, such as 64MB"


@pytest.mark.parametrize(
    ("option", "size"),
    [("memory", 1.5), ("memory", None), ("memory", -1), ("max_record", 1.5), ("max_record", -1), ("max_record", True)],
)
def test_a_size_of_the_wrong_type_is_an_error_too(option: str, size: Any) -> None:
    with pytest.raises(ImportValidatorError) as caught:
        validate(CONTENT, **{option: size})
    assert str(caught.value) == f"{option}: '{size}' is no size; write a number with a unit, such as 64MB"


@pytest.mark.parametrize("samples", [-1, 1.5, "20", None, True])
def test_a_number_of_samples_that_is_none_is_an_error(samples: Any) -> None:
    with pytest.raises(ImportValidatorError) as caught:
        validate(CONTENT, samples=samples)
    assert str(caught.value) == f"samples: {samples!r} is no number of violations; write 0 or more"


def test_an_option_that_does_not_exist_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="bogus"):
        validate(CONTENT, bogus=1)


def test_a_record_longer_than_max_record_is_passed_over() -> None:
    content = users('{"id": "ann"}', '{"id": "bob", "text": "' + "x" * 300_000 + '"}', '{"id": "cid", "pk": 1}')
    assert validate(content, max_record=100_000).counts == {"record-size": 1, "user:reserved": 1}
    assert validate(content, max_record="1MB").counts == {"user:reserved": 1}


ENTRIES = """
name = "entries"
[reader]
format = "{reader}"
[envelope]
type = "type"
entries = "data"
[records.user]
key = ["id"]
rules = [{{ rule = "unique" }}]
[records.user.fields]
id = "string"
"""


@pytest.mark.parametrize(
    ("reader", "unreadable"),
    [
        ("json-lines", b'{"type": "user", "data": [{"id": "x"}, {"id": "y"}]}, {}'),
        ("json-lines", b'{"type": "user", "data": [{"id": "x"}, {"id": "y"}]' + b" " * 1_000 + b"}"),
        ("json-array", b'{"type": "user", "data": [{"id": "x"}, {"id": "y"}]' + b" " * 1_000 + b"}"),
        ("json-bodies", b'{"type": "user", "data": [{"id": "x"}, {"id": "y"}]' + b" " * 1_000 + b"}"),
    ],
    ids=["malformed", "too long a line", "too long in an array", "too long in a body"],
)
def test_entries_that_were_not_read_are_not_counted_when_others_are_read_again(reader: str, unreadable: bytes) -> None:
    values = [b'{"type": "user", "data": [{"id": "ann"}, {"id": "ann"}]}', unreadable]
    values.append(
        b'{"type": "user", "data": [{"id": "bob"}, {"id": "cid"}, {"id": "dan"}, {"id": "eve"}, {"id": "cid"}]}'
    )
    content = b"\n".join([*values, b""]) if reader == "json-lines" else b"[" + b",\n".join(values) + b"]"
    report = validate(content, RuleSet.from_toml(ENTRIES.format(reader=reader)), max_record=1_000)
    found = [(each.index, each.offset, each.value) for each in report.violations if each.code == "unique"]
    assert found == [(1, content.index(values[0]), "ann"), (6, content.index(values[2]), "cid")]


@pytest.mark.parametrize(
    ("unreadable", "note"),
    [
        (
            ['{"id": "bob", "text": "' + "x" * 3_000 + '"}'],
            "1 record could not be read, so nothing is said to be missing",
        ),
        (
            ['{"id": "bob", "x": ' + "[" * 1_200 + "]" * 1_200 + "}"] * 2,
            "2 records could not be read, so nothing is said to be missing",
        ),
        ([], None),
    ],
    ids=["too long", "nested too deep", "none"],
)
def test_nothing_is_said_to_be_missing_beside_records_that_could_not_be_read(
    unreadable: list[str], note: str | None
) -> None:
    content = users('{"id": "ann", "user_mutes": ["bob"]}', *unreadable)
    report = validate(content, "stream-chat", max_record=2_500)
    missing = {"user.user_mutes:refers-to": 1}
    assert {name: count for name, count in report.counts.items() if "refers-to" in name} == ({} if note else missing)
    assert list(report.notes) == ([note] if note else [])


def test_a_file_that_fits_no_rule_set_is_an_error() -> None:
    with pytest.raises(RecognitionError) as caught:
        validate(b"hello")
    assert str(caught.value) == f"the file fits none of the rule sets ({SHIPPED}); name one with --rules"


def test_a_report_says_why_a_rule_set_was_taken() -> None:
    report = validate(CONTENT)
    assert report.rules == "stream-chat"
    assert report.why.startswith("the file looks like json-array")


def test_every_error_is_of_one_family() -> None:
    for error in (RuleSetError, SourceError, RecognitionError, ViolationsFoundError):
        assert issubclass(error, ImportValidatorError)


def test_nothing_of_the_caller_s_process_is_changed() -> None:
    def state() -> tuple[Any, ...]:
        handlers = [signal.getsignal(each) for each in signal.valid_signals()]
        return gc.isenabled(), gc.get_threshold(), handlers, Path.cwd(), dict(os.environ)

    before = state()
    validate(CONTENT)
    assert state() == before
