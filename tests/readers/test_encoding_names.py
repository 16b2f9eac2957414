"""Encodings that no file is in are refused in words, whether Python knows them or not."""

from __future__ import annotations

import pytest

from import_validator import SourceError, validate
from tests.command import run
from tests.command.broken import FileMaker

ADVICE = "line breaks cannot be found in it; save the file as UTF-8"
UNKNOWN = "there is none of this name; examples: utf-8, cp1252, utf-16-le"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("punycode", ADVICE),
        ("idna", ADVICE),
        ("undefined", ADVICE),
        ("unicode_escape", ADVICE),
        ("raw_unicode_escape", ADVICE),
        ("base64", ADVICE),
        ("rot13", ADVICE),
        ("hz", ADVICE),
        ("nonesuch", UNKNOWN),
    ],
    ids=ascii,
)
def test_an_encoding_that_no_file_is_in_is_an_error(file: FileMaker, name: str, why: str) -> None:
    path = file("table.csv", b"Id,Name\na,1\n")
    outcome = run("validate", path, "--rules", "example-table", "--encoding", name)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == f"import-validator: {path}: encoding {name!r}: {why}\n"


def test_a_name_that_python_does_not_even_look_up_is_an_error() -> None:
    with pytest.raises(SourceError, match=r"^encoding 'a\\x00b': there is none of this name; "):
        validate(b"Id,Name\na,1\n", "example-table", reader={"encoding": "a\0b"})
