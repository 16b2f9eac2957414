"""The command as tests run it: in this process, or in one of its own."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from import_validator.command.main import main


class Outcome(NamedTuple):
    """What a run of the command gave."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON on standard output, without how long it took."""
        return timeless(json.loads(self.out))

    @property
    def lines(self) -> list[Any]:
        """The JSON lines on standard output, without how long it took."""
        return [timeless(json.loads(line)) for line in self.out.splitlines()]

    @property
    def page(self) -> str:
        """Standard output, without how long it took."""
        return masked(self.out)


def masked(text: str) -> str:
    """What was printed, without how long it took."""
    return re.sub(r"[0-9.]+ seconds", "… seconds", text)


def timeless(document: Any) -> Any:
    """The JSON of a report, without how long it took, and by which lane."""
    for each in (document, document.get("summary", {}), *document.get("files", [])):
        each.pop("seconds", None)
        each.pop("run", None)
    return document


def run(*arguments: str | Path, stdin: bytes = b"") -> Outcome:
    """Run the command in this process."""
    before = sys.stdin, sys.stdout, sys.stderr
    out, err = io.BytesIO(), io.BytesIO()
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin))
    sys.stdout, sys.stderr = io.TextIOWrapper(out, encoding="utf-8"), io.TextIOWrapper(err, encoding="utf-8")
    try:
        with pytest.raises(SystemExit) as exit_:
            main([str(each) for each in arguments])
        sys.stdout.flush()
        sys.stderr.flush()
        outcome = Outcome(int(exit_.value.code or 0), out.getvalue().decode(), err.getvalue().decode())
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
    assert "Traceback" not in outcome.err
    return outcome


def check(*arguments: str | Path, stdin: bytes = b"") -> Outcome:
    """Validate with the rule set `stream-chat`, in this process."""
    return run("validate", "--rules", "stream-chat", *arguments, stdin=stdin)


def run_process(*arguments: str | Path, **options: Any) -> Outcome:
    """Run the command in a process of its own."""
    done = subprocess.run(command_line(*arguments), capture_output=True, timeout=50, check=False, **options)
    outcome = Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in outcome.err
    return outcome


def start_process(*arguments: str | Path, **options: Any) -> subprocess.Popen[bytes]:
    """Start the command in a process of its own, which can be interrupted also where this one cannot.

    A shell that runs things in the background has them ignore SIGINT, and a process hands that on to its children.
    """
    line = command_line(*arguments)
    return subprocess.Popen(line, preexec_fn=_can_be_interrupted, **options)  # noqa: PLW1509 - tests have no threads


def _can_be_interrupted() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


UNWATCHED = "unset COVERAGE_PROCESS_START COVERAGE_PROCESS_CONFIG; "
"""For a shell in which nothing can be written: coverage could not write down what it saw there, and would say so."""


def command_line(*arguments: str | Path) -> list[str]:
    """The words that run the command in a process of its own."""
    return [sys.executable, "-m", "import_validator", *map(str, arguments)]
