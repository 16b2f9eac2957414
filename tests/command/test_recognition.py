"""Files whose rule set is not named."""

from __future__ import annotations

import pytest

from tests.command import Outcome, run
from tests.command.broken import BROKEN, FORMATS, UNKNOWN_FORMAT, FileMaker

pytestmark = pytest.mark.unwatched(but_one_in=4)


@pytest.mark.parametrize("arguments", [[], ["--format", "json"]], ids=["text", "json"])
def test_a_rule_set_that_is_not_named_is_recognised_and_the_report_says_why(
    file: FileMaker, arguments: list[str]
) -> None:
    outcome = run("validate", file("broken.json", BROKEN), *arguments)
    assert outcome.status == 1
    assert "stream-chat" in outcome.out
    assert "the file looks like json-array" in outcome.out
    assert "user is one of its types" in outcome.out


@pytest.mark.parametrize(
    ("content", "looks"),
    [
        (b"", ""),
        (b"   \n", ""),
        (b"hello", ""),
        (b'"user"', ""),
        (bytes(range(255, 0, -1)), " looks like UTF-16 text, which"),
        (b"\0" * 99, " looks like binary data, which"),
    ],
    ids=["empty", "blank", "text", "string", "binary", "zeros"],
)
def test_a_file_that_fits_no_rule_set_is_an_error(file: FileMaker, content: bytes, looks: str) -> None:
    path = file("odd", content)
    message = UNKNOWN_FORMAT.replace("the file", f"the file{looks}", 1)
    assert run("validate", path) == Outcome(2, "", f"import-validator: {path}: {message}\n")


@pytest.mark.parametrize(
    "content",
    [b"", b"   \n", b"hello", b'{"type": "user", "item": {}}', bytes(range(255, 0, -1)), b"[" * 100_000, b"[1,"],
    ids=["empty", "blank", "text", "object", "binary", "nested", "cut"],
)
@pytest.mark.parametrize("output_format", FORMATS)
def test_a_file_that_is_no_json_array_is_not_valid_where_the_rule_set_is_named(
    file: FileMaker, content: bytes, output_format: str
) -> None:
    outcome = run("validate", file("odd", content), "--rules", "stream-chat", "--format", output_format)
    assert (outcome.status, outcome.err) == (1, "")
    assert "parse error: " in outcome.out
