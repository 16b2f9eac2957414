"""Where the output goes: `--output`, and what is never written over."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.command import Outcome, check, command_line
from tests.command.broken import BROKEN, FORMATS, FileMaker
from tests.samples import VALID


@pytest.mark.parametrize("output_format", FORMATS)
def test_the_output_option_writes_to_a_file_what_else_is_printed(
    file: FileMaker, tmp_path: Path, output_format: str
) -> None:
    arguments: list[str | Path] = [file("broken.json", BROKEN), "--format", output_format]
    output = tmp_path / "report"
    printed = check(*arguments)
    assert check(*arguments, "--output", output) == Outcome(1, "", "")
    seconds = re.compile(r'[0-9.]+ seconds|"seconds":\s*[0-9.]+')
    assert seconds.sub("…", output.read_text("utf-8")) == seconds.sub("…", printed.out)


def test_an_output_in_a_folder_that_is_not_there_is_an_error(file: FileMaker, tmp_path: Path) -> None:
    output = tmp_path / "none" / "report"
    outcome = check(file("valid.json", VALID), "-o", output)
    assert outcome == Outcome(2, "", f"import-validator: {output}: No such file or directory\n")


def test_an_output_that_is_a_folder_is_an_error(file: FileMaker, tmp_path: Path) -> None:
    outcome = check(file("valid.json", VALID), "-o", tmp_path)
    assert (outcome.status, outcome.out) == (2, "")
    assert f"File '{tmp_path}' is a directory." in outcome.err


def test_the_output_is_never_written_over_the_file_itself(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    outcome = check(path, "-o", path)
    assert path.read_bytes() == BROKEN
    assert outcome.status == 2


@pytest.mark.unwatched
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("output_format", FORMATS)
def test_a_full_disk_is_an_error_of_one_line(file: FileMaker, output_format: str) -> None:
    with Path("/dev/full").open("wb") as full:
        arguments = command_line("validate", file("broken.json", BROKEN), "--format", output_format)
        done = subprocess.run(arguments, stdout=full, stderr=subprocess.PIPE, timeout=50, check=False)
    assert done.returncode == 2
    assert re.fullmatch(rb"import-validator: .*No space left on device\n", done.stderr)
