"""Whatever goes wrong ends with exit status 2 and one line, never with 1, which means violations."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import Outcome, command_line, run
from tests.command.broken import SEED_EXAMPLE

pytestmark = pytest.mark.unwatched(but_one_in=3)


def failing(where: str, what: str, *arguments: str | Path, **environment: str) -> Outcome:
    """What the command does in a process of its own in which a function has a mistake."""
    module, _, name = where.rpartition(".")
    code = (
        f"import sys, {module}\n"
        f"def mistaken(*_, **__): raise {what}\n"
        f"{module}.{name} = mistaken\n"
        "from import_validator.command.main import main\nmain(sys.argv[1:])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        timeout=50,
        check=False,
        env={**os.environ, **environment},
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


INTERNAL = "import-validator: internal error: {}; please report it, with what `import-validator --debug ...` shows\n"
OPEN = "import_validator.command.validate.open_source"


@pytest.mark.parametrize(
    ("what", "status", "said"),
    [
        ("RuntimeError('one\\ntwo \\x1b[31m')", 2, INTERNAL.format(r"RuntimeError: one\ntwo \u001b[31m")),
        ("EOFError()", 2, INTERNAL.format("EOFError")),
        ("RecursionError('too deep')", 2, INTERNAL.format("RecursionError: too deep")),
        (
            "MemoryError()",
            2,
            "import-validator: out of memory; a smaller --memory or --max-record, or fewer --jobs, need less\n",
        ),
        ("KeyboardInterrupt()", 130, "interrupted\n"),
        ("SystemExit(1)", 2, INTERNAL.format("SystemExit: 1")),
    ],
    ids=lambda value: str(value).partition("(")[0],
)
def test_a_mistake_of_the_tool_is_one_line_and_not_violations(what: str, status: int, said: str) -> None:
    assert failing(OPEN, what, "validate", SEED_EXAMPLE) == Outcome(status, "", said)


@pytest.mark.parametrize("arguments", [["rules"], ["explain", "enum"], ["schema", "stream-chat"], ["draft", "x.csv"]])
def test_every_command_has_the_last_resort(arguments: list[str]) -> None:
    where = {
        "rules": "import_validator.command.rules.page_on",
        "explain": "import_validator.command.rules.page_on",
        "schema": "import_validator.command.rules.compile_plan",
        "draft": "import_validator.command.tables.open_source",
    }[arguments[0]]
    assert failing(where, "RuntimeError('no')", *arguments) == Outcome(2, "", INTERNAL.format("RuntimeError: no"))


@pytest.mark.parametrize(("options", "environment"), [(["--debug"], {}), ([], {"IMPORT_VALIDATOR_DEBUG": "1"})])
def test_the_traceback_is_shown_to_those_who_ask(options: list[str], environment: dict[str, str]) -> None:
    outcome = failing(OPEN, "RuntimeError('no')", *options, "validate", SEED_EXAMPLE, **environment)
    first, *_, last = outcome.err.splitlines(keepends=True)
    assert (outcome.status, outcome.out) == (2, "")
    assert (first, last) == ("Traceback (most recent call last):\n", INTERNAL.format("RuntimeError: no"))


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are kept by Linux alone")
def test_too_little_memory_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "giant.json"
    path.write_bytes(b'[{"type": "user", "item": {"id": "%s"}}]' % (b"x" * 60_000_000))
    arguments = command_line("validate", path, "--rules", "stream-chat", "--max-record", "100MB", "--jobs", "1")
    limit = 280 * 1024 * 1024
    done = subprocess.run(
        ["sh", "-c", f'ulimit -v {limit // 1024}; exec "$@"', "sh", *arguments],
        capture_output=True,
        timeout=50,
        check=False,
    )
    said = "import-validator: out of memory; a smaller --memory or --max-record, or fewer --jobs, need less\n"
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", said)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are kept by Linux alone")
@pytest.mark.parametrize("megabytes", [60, 80, 90, 100, 120, 130])
def test_too_little_memory_for_the_libraries_is_said_in_words(megabytes: int) -> None:
    done = subprocess.run(
        ["sh", "-c", f'ulimit -v {megabytes * 1000}; exec "$@"', "sh", *command_line("validate", SEED_EXAMPLE)],
        capture_output=True,
        timeout=50,
        check=False,
    )
    said = "import-validator: out of memory; a smaller --memory or --max-record, or fewer --jobs, need less\n"
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", said)


def test_a_record_of_no_bytes_is_refused() -> None:
    outcome = run("validate", SEED_EXAMPLE, "--max-record", "0")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.endswith("Error: Invalid value for --max-record: a record has at least 1 byte\n")


@pytest.mark.parametrize("option", ["--max-record", "--memory"])
def test_a_negative_size_is_refused(option: str) -> None:
    outcome = run("validate", SEED_EXAMPLE, option, "-1")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.endswith(
        f"Error: Invalid value for {option}: '-1' is no size; write a number with a unit, such as 64MB\n"
    )
