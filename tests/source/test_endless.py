"""A source without end is given up as soon as nothing more can be said of it; a file is read to its end."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import pytest

from import_validator import RuleSet, validate
from tests.tables import RULES

NOTE = "nothing that follows the last error could be read, and reading stopped there: the file may go on"
FATAL = {
    "stream-chat": b'[{"type":"user","item":{"id":"ann"}},]',
    "stream-chat-jsonl": b"\xff\xfe",
    "table": b"no,header,of,ours\n1,2,3,4\n",
}


@contextmanager
def endless_pipe(begin: bytes) -> Iterator[BinaryIO]:
    """A pipe that somebody writes to until nobody reads."""
    read_end, write_end = os.pipe()

    def write() -> None:
        with suppress(BrokenPipeError), os.fdopen(write_end, "wb") as pipe:
            pipe.write(begin)
            while True:
                pipe.write(b" " * 65_536)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with os.fdopen(read_end, "rb") as pipe:
            yield pipe
    finally:
        writer.join()


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("rules", FATAL)
def test_a_pipe_without_end_is_given_up_after_a_fatal_error(rules: str, jobs: int) -> None:
    with endless_pipe(FATAL[rules]) as pipe:
        report = validate(pipe, RULES if rules == "table" else RuleSet.load(rules), jobs=jobs)
    assert (report.valid, report.counts, NOTE in report.notes) == (False, {"parse": 1}, True)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device without end")
@pytest.mark.parametrize("rules", ["stream-chat", "stream-chat-jsonl"])
def test_a_device_without_end_is_given_up(rules: str) -> None:
    report = validate("/dev/zero", rules)
    [violation] = report.violations
    assert violation.message.startswith("parse error: the file looks like binary data; expected ")
    assert report.notes[0] == NOTE


@pytest.mark.parametrize("rules", FATAL)
def test_a_file_is_read_to_its_end_whatever_is_wrong_with_it(tmp_path: Path, rules: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(FATAL[rules] + b" " * 2_000_000)
    report = validate(path, RULES if rules == "table" else RuleSet.load(rules))
    assert (report.bytes, NOTE in report.notes) == (path.stat().st_size, False)
