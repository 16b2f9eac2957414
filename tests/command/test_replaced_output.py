"""`-o FILE` is written aside and takes the file's place once it is whole: nothing is half written or left behind."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import UNWATCHED, Outcome, check, command_line, run, run_process, start_process
from tests.command.broken import BROKEN, FORMATS, SEED_EXAMPLE, FileMaker
from tests.samples import VALID

pytestmark = [
    pytest.mark.unwatched,
    pytest.mark.skipif(sys.platform == "win32", reason="about files as POSIX has them"),
]

OLD = "the report of yesterday\n"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report that is there already, in a folder of its own."""
    path = tmp_path / "reports" / "report"
    path.parent.mkdir()
    path.write_text(OLD)
    return path


def alone(path: Path) -> bool:
    """Whether there is nothing else in the file's folder."""
    return list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("number", "status", "output_format"),
    [
        *((signal.SIGTERM, 143, each) for each in FORMATS),
        (signal.SIGINT, 130, "text"),  # in all formats: `test_process.py`
        (signal.SIGHUP, 129, "text"),
    ],
    ids=str,
)
def test_a_signal_leaves_the_old_report_and_nothing_else(
    report: Path, tmp_path: Path, number: signal.Signals, status: int, output_format: str
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    arguments = ["validate", "-", "--rules", "stream-chat", "-o", report, "--format", output_format]
    arguments += ["--tmp", temporary, "--memory", "64KB"]
    records = b",".join(b'{"type":"user","item":{"id":"u %d","user_mutes":["x%d"]}}' % (n, n) for n in range(8_000))
    with start_process(*arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"[" + records)  # more than the pipe holds: the process is at work once this returns
        process.stdin.flush()
        process.send_signal(number)
        _, err = process.communicate(timeout=50)
    said = b"interrupted\n" if number is signal.SIGINT else b"ended by signal %d\n" % number
    assert (process.returncode, err) == (status, said)
    assert (report.read_text(), alone(report), list(temporary.iterdir())) == (OLD, True, [])


def test_sigterm_ends_what_threads_work_on(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    user = b'{"type": "user", "data": {"item": {"id": "%s"}}}\n' % (b"x" * 1000)
    arguments = ["validate", fifo, "--rules", "stream-chat-jsonl", "--jobs", "2"]
    with (
        start_process(*arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process,
        fifo.open("wb", buffering=0) as stream,
    ):
        stream.write(user * 20_000)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=50)
    assert (process.returncode, err) == (143, b"ended by signal 15\n")


def test_an_error_leaves_the_old_report(report: Path, tmp_path: Path) -> None:
    for output_format in ("text", "jsonl", "stream-cli"):
        outcome = check(tmp_path / "none", "-o", report, "--format", output_format)
        assert (outcome.status, report.read_text(), alone(report)) == (2, OLD, True)


def test_a_format_that_tells_of_errors_replaces_the_report(report: Path, tmp_path: Path) -> None:
    outcome = run_process("validate", tmp_path / "none", "-o", report, "--format", "json")
    assert (outcome.status, report.read_text().splitlines()[1], alone(report)) == (2, '  "valid": false,', True)


def test_what_could_be_validated_is_reported_beside_what_could_not(
    report: Path, file: FileMaker, tmp_path: Path
) -> None:
    path = file("valid.json", VALID)
    outcome = check(tmp_path / "none", path, "-o", report)
    assert (outcome.status, report.read_text().splitlines()[0], alone(report)) == (2, f"{path}: valid", True)


def test_permissions_stay(report: Path) -> None:
    report.chmod(0o640)
    assert run("validate", SEED_EXAMPLE, "-o", report).status == 0
    assert (stat.S_IMODE(report.stat().st_mode), report.read_text() == OLD, alone(report)) == (0o640, False, True)


def test_a_new_file_has_the_permissions_that_new_files_have(tmp_path: Path) -> None:
    ours, other = tmp_path / "ours", tmp_path / "other"
    other.touch()
    assert run("validate", SEED_EXAMPLE, "-o", ours).status == 0
    assert ours.stat().st_mode == other.stat().st_mode


@pytest.mark.parametrize("target", ["report", "none"])
def test_a_link_stays_and_what_it_leads_to_is_written(report: Path, tmp_path: Path, target: str) -> None:
    link, written = tmp_path / "link", report.with_name(target)
    link.symlink_to(written)
    assert run("validate", SEED_EXAMPLE, "-o", link).status == 0
    assert (link.is_symlink(), written.read_text().splitlines()[0]) == (True, f"{SEED_EXAMPLE}: valid")


def test_a_file_with_two_names_keeps_both(report: Path) -> None:
    other = report.with_name("other")
    other.hardlink_to(report)
    assert run("validate", SEED_EXAMPLE, "-o", report).status == 0
    assert other.samefile(report)
    assert other.read_text().splitlines()[0] == f"{SEED_EXAMPLE}: valid"


def as_anybody(*arguments: str | Path) -> Outcome:
    """Run the command as somebody to whom permissions apply, as they do not to root."""
    words = command_line(*arguments)
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root needs setpriv to give up what root may do")
        words = [setpriv, "--bounding-set=-dac_override,-dac_read_search", *words]
    done = subprocess.run(words, capture_output=True, timeout=50, check=False)
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_file_in_a_folder_that_nothing_can_be_added_to_is_written_over(report: Path) -> None:
    report.parent.chmod(0o555)
    try:
        outcome = as_anybody("validate", SEED_EXAMPLE, "-o", report)
    finally:
        report.parent.chmod(0o755)
    assert outcome == Outcome(0, "", "")
    assert (report.read_text().splitlines()[0], alone(report)) == (f"{SEED_EXAMPLE}: valid", True)


def test_a_file_that_must_not_be_written_is_not_replaced(report: Path) -> None:
    report.chmod(0o444)
    outcome = as_anybody("validate", SEED_EXAMPLE, "-o", report)
    assert outcome == Outcome(2, "", f"import-validator: {report}: Permission denied\n")
    assert (report.read_text(), alone(report)) == (OLD, True)


def test_dev_stdout_is_standard_output_and_a_file_that_grows_is_not_replaced(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    with log.open("ab") as stream:
        arguments = command_line("validate", SEED_EXAMPLE, "-o", "/dev/stdout")
        assert subprocess.run(arguments, stdout=stream, timeout=50, check=False).returncode == 0
    assert log.read_text().splitlines()[:2] == ["before", f"{SEED_EXAMPLE}: valid"]


def test_dev_stdout_may_be_a_pipe() -> None:
    outcome = run_process("validate", SEED_EXAMPLE, "-o", "/dev/stdout")
    assert (outcome.status, outcome.out.splitlines()[0], outcome.err) == (0, f"{SEED_EXAMPLE}: valid", "")


def test_a_named_pipe_is_written_to(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with start_process("validate", SEED_EXAMPLE, "-o", fifo) as process:
        text = fifo.read_text()
    assert (process.returncode, text.splitlines()[0], stat.S_ISFIFO(fifo.stat().st_mode)) == (
        0,
        f"{SEED_EXAMPLE}: valid",
        True,
    )


def test_minus_is_standard_output_for_every_command(file: FileMaker) -> None:
    table = file("table.csv", b"Id,Name\na,1\n")
    for arguments in (
        ["validate", file("broken.json", BROKEN), "--rules", "stream-chat", "--format", "jsonl"],
        ["schema", "stream-chat"],
        ["draft", table],
    ):
        plain, dashed = run(*arguments), run(*arguments, "-o", "-")
        assert plain.out.splitlines()[:-1] == dashed.out.splitlines()[:-1]
        assert (plain.status, plain.err) == (dashed.status, dashed.err)
    assert not Path("-").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["schema", "stream-chat"],
        ["generate", "stream-chat", "--size", "1MB"],
        ["template", "example-table", "--force"],
        ["draft", "TABLE", "--force"],
    ],
    ids=lambda value: value[0],
)
def test_every_command_that_writes_a_file_replaces_it_once_it_is_whole(
    arguments: list[str], tmp_path: Path, file: FileMaker
) -> None:
    folder = tmp_path / "written"
    folder.mkdir()
    output = folder / "file.csv"
    output.write_text(OLD)
    given = [str(file("table.csv", b"Id,Name\na,1\n")) if each == "TABLE" else each for each in arguments]
    limit = f'{UNWATCHED}trap "" XFSZ; ulimit -f 0; exec "$@"'
    done = subprocess.run(
        ["sh", "-c", limit, "sh", *command_line(*given, "-o", output)], capture_output=True, timeout=50, check=False
    )
    said = f"import-validator: {output}: File too large\n"
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", said)
    assert (output.read_text(), alone(output)) == (OLD, True)
    assert run(*given, "-o", output).status == 0
    assert (output.read_bytes() == OLD.encode(), alone(output)) == (False, True)
