"""What can be validated: files, standard input, several of them; and what cannot be read."""

from __future__ import annotations

import gzip
import os
import subprocess
from pathlib import Path

import pytest

from tests.command import Outcome, run, run_process, start_process
from tests.command.broken import BROKEN, BROKEN_REPORT, BROKEN_SUMMARY, UNKNOWN_FORMAT, FileMaker, lines_of, user
from tests.samples import VALID

pytestmark = pytest.mark.unwatched(but_one_in=3)


def test_a_folder_is_an_error(tmp_path: Path) -> None:
    message = f"import-validator: {tmp_path}: is a directory; name the import file in it\n"
    assert run("validate", tmp_path) == Outcome(2, "", message)


def test_a_file_without_permission_is_an_error(file: FileMaker) -> None:
    path = file("secret.json", VALID)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    assert run("validate", path) == Outcome(2, "", f"import-validator: {path}: Permission denied\n")


def test_a_damaged_gzip_file_is_an_error_that_names_it(file: FileMaker) -> None:
    path = file("cut.json.gz", gzip.compress(BROKEN)[:-9])
    message = "the gzip data ends too early: the file was cut off"
    assert run("validate", path) == Outcome(2, "", f"import-validator: {path}: {message}\n")


def test_a_file_that_cannot_be_read_keeps_no_other_from_being_validated(file: FileMaker, tmp_path: Path) -> None:
    none, broken = tmp_path / "none.json", file("broken.json", BROKEN)
    outcome = run("validate", none, broken, "--format", "jsonl")
    assert outcome.err == f"import-validator: {none}: No such file or directory\n"
    assert [line.get("rule") for line in outcome.lines] == [
        "user:reserved",
        "user.id:required",
        "channel.created_by:refers-to",
        None,
    ]


@pytest.mark.parametrize("output_format", ["json", "jsonl"])
def test_standard_input_is_a_file_called_dash(output_format: str) -> None:
    outcome = run_process("validate", "--rules", "stream-chat", "-", "--format", output_format, input=BROKEN)
    last = outcome.lines[-1]["summary"] if output_format == "jsonl" else outcome.document
    assert (outcome.status, outcome.err) == (1, "")
    assert last == {
        **(BROKEN_SUMMARY if output_format == "jsonl" else BROKEN_REPORT),
        "source": "(standard input)",
    }


def test_standard_input_may_be_compressed() -> None:
    outcome = run_process("validate", "--rules", "stream-chat", "-", "--format", "json", input=gzip.compress(BROKEN))
    assert outcome.document == {**BROKEN_REPORT, "source": "(standard input)"}


def test_standard_input_may_be_a_file(file: FileMaker) -> None:
    with file("broken.json", BROKEN).open("rb") as opened:
        outcome = run_process("validate", "--rules", "stream-chat", "-", "--format", "json", stdin=opened)
    assert outcome.document == {**BROKEN_REPORT, "source": "(standard input)"}


def test_an_error_about_standard_input_calls_it_so() -> None:
    outcome = run_process("validate", "-", input=b"hello")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == f"import-validator: (standard input): {UNKNOWN_FORMAT}\n"


def test_several_files_in_one_run(file: FileMaker) -> None:
    valid, broken = file("valid.json", VALID), file("broken.json", BROKEN)
    outcome = run_process("validate", "--rules", "stream-chat", valid, "-", broken, "--format", "json", input=VALID)
    assert outcome.status == 1
    assert [(each["source"], each["valid"]) for each in outcome.document["files"]] == [
        (str(valid), True),
        ("(standard input)", True),
        (str(broken), False),
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", "-", "--rules", "stream-chat", "--format", "jsonl"],
        ["validate", "-", "--rules", "stream-chat", "--format", "json", "--samples", "2000"],
        ["validate", "-", "--rules", "stream-chat", "--format", "stream-cli"],
        ["rules", "stream-chat"],
    ],
    ids=["jsonl", "json", "stream-cli", "rules"],
)
def test_a_reader_that_has_seen_enough_is_no_error(file: FileMaker, arguments: list[str]) -> None:
    path = file("broken.json", lines_of(*(user(f"u{n}", pk=1) for n in range(2_000))))
    with path.open("rb") as stdin:
        process = start_process(*arguments, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline() != b""
            process.stdout.close()
            assert process.stderr.read() == b""
