"""The exit status: 0 for valid, 1 for violations, 2 for what could not be validated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import check, run
from tests.command.broken import BROKEN, FORMATS, FileMaker
from tests.samples import VALID


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_valid_file_exits_with_0(file: FileMaker, output_format: str) -> None:
    outcome = check(file("valid.json", VALID), "--format", output_format)
    assert (outcome.status, outcome.err) == (0, "")


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_file_with_violations_exits_with_1(file: FileMaker, output_format: str) -> None:
    outcome = check(file("broken.json", BROKEN), "--format", output_format)
    assert (outcome.status, outcome.err) == (1, "")


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_file_that_is_not_there_exits_with_2(tmp_path: Path, output_format: str) -> None:
    path = tmp_path / "none.json"
    outcome = check(path, "--format", output_format)
    assert (outcome.status, outcome.err) == (2, f"import-validator: {path}: No such file or directory\n")
    if output_format == "json":
        error = f"{path}: No such file or directory"
        assert outcome.document == {"valid": False, "source": str(path), "error": error}
    else:
        assert outcome.out == ""


def test_warnings_alone_exit_with_0(file: FileMaker) -> None:
    rules = file(
        "own.toml",
        b'[records.user]\nfields.email = "any"\n'
        b'rules = [{ rule = "required", field = "email", severity = "warning" }]\n',
    )
    outcome = run("validate", file("valid.json", VALID), "--rules", rules, "--format", "json")
    document = outcome.document
    assert (outcome.status, document["valid"], document["errors"], document["warnings"]) == (0, True, 0, 1)


def test_of_several_files_the_worst_decides_the_exit_status(file: FileMaker, tmp_path: Path) -> None:
    valid, broken, none = file("valid.json", VALID), file("broken.json", BROKEN), tmp_path / "none.json"
    assert check(valid, valid).status == 0
    assert check(broken, valid).status == 1
    assert check(none, broken, valid).status == 2
