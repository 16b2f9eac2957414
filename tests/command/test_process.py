"""The command as a process: interrupted, with temporary files, on a terminal."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.command import check, command_line, run, start_process, timeless
from tests.command.broken import BROKEN, BROKEN_REPORT, FORMATS, FileMaker, lines_of, user
from tests.samples import VALID


@pytest.mark.unwatched
@pytest.mark.parametrize("output_format", FORMATS)
def test_an_interrupted_run_says_so_and_leaves_nothing_behind(tmp_path: Path, output_format: str) -> None:
    arguments: list[str | Path] = [
        "validate",
        "-",
        "--rules",
        "stream-chat",
        "--tmp",
        tmp_path,
        "--memory",
        "64KB",
        "--format",
        output_format,
    ]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with start_process(*arguments, **pipes) as process:
        assert process.stdin is not None
        records = b",".join(b'{"type":"user","item":{"id":"u%d","user_mutes":["x%d"]}}' % (n, n) for n in range(8_000))
        process.stdin.write(b"[" + records)  # more than the pipe holds: the process is at work once this returns
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=50)
    assert (process.returncode, out, err.split()) == (130, b"", [b"interrupted"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.unwatched
@pytest.mark.parametrize("output_format", FORMATS)
def test_temporary_files_lie_in_the_folder_that_was_asked_for_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output_format: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    records = lines_of(*(user(f"u{n}", user_mutes=[f"x{n}"]) for n in range(5_000)))
    piped = gzip.compress(records)
    outcome = check("-", "--tmp", tmp_path, "--memory", "64KB", "--format", output_format, stdin=piped)
    assert (outcome.status, outcome.err) == (1, "")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_for_temporary_files_that_is_not_there_is_bad_usage(file: FileMaker, tmp_path: Path) -> None:
    outcome = run("validate", file("valid.json", VALID), "--tmp", tmp_path / "none")
    assert (outcome.status, outcome.out) == (2, "")
    assert f"Invalid value for '--tmp': Directory '{tmp_path / 'none'}' does not exist." in outcome.err


def test_progress_is_shown_on_a_terminal_and_kept_out_of_the_report(file: FileMaker) -> None:
    openpty = getattr(os, "openpty", None)
    if openpty is None:
        pytest.skip("this system has no pseudo-terminals")
    screen, terminal = openpty()
    path = file("broken.json", BROKEN)
    try:
        arguments = command_line("validate", path, "--rules", "stream-chat", "--format", "json")
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200"}
        done = subprocess.run(
            arguments, stdout=subprocess.PIPE, stderr=terminal, timeout=50, check=False, env=environment
        )
        shown = os.read(screen, 1 << 16)
    finally:
        os.close(screen)
        os.close(terminal)
    assert timeless(json.loads(done.stdout)) == {**BROKEN_REPORT, "source": str(path)}
    assert b"broken.json" in shown
