"""Running commands over files, and taking their time and memory."""

from __future__ import annotations

import compileall
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import entries
from benchmarks.cases import ROOT, Case, File

_LAUNCHER = Path(__file__).with_name("launch.py")
_CHAT_RULES = ROOT / "rules" / "stream-chat.toml"


class BenchmarkError(Exception):
    """A command did not do what it has to do, so that its time says nothing."""


@dataclass(slots=True)
class Measured:
    """The runs of one case.

    Attributes:
        case: the case.
        size: the size of the file, in bytes.
        times: the wall time of each run, in seconds.
        peaks: the peak resident memory of the largest process in each run, in bytes.
    """

    case: Case
    size: int = 0
    times: list[float] = field(default_factory=list)
    peaks: list[int] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """The median wall time, in seconds."""
        return statistics.median(self.times)

    @property
    def peak(self) -> int:
        """The largest peak resident memory, in bytes."""
        return max(self.peaks)


def measure(cases: Sequence[Case], runs: int, folder: Path, say: Callable[[str], None]) -> list[Measured]:
    """Write the files and run every case the given number of times: all of them once, then all of them again.

    A file is read through before each run, so that all find it in memory, or none, where it is too large for that.
    Commands find their bytecode written, as they do wherever they are run for a second time.

    Arguments:
        folder: where the files are written to.
        say: told what is going on.

    Raises:
        BenchmarkError: where a command fails, or its report depends on the memory or the jobs.
    """
    (folder / "lines.toml").write_text(
        _CHAT_RULES.read_text("utf-8").replace('format = "json-array"', 'format = "json-lines"'), "utf-8"
    )
    (folder / "wide.toml").write_text(entries.wide_rules(), "utf-8")
    for package in ("import_validator", "benchmarks"):
        compileall.compile_dir(ROOT / package, quiet=2)
    schema = [sys.executable, "-m", "import_validator", "schema", "stream-chat"]
    (folder / "schema.json").write_bytes(subprocess.run(schema, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    measured = [Measured(case) for case in cases]
    to_run = [each for each in measured if not each.case.left_out]
    paths: dict[str, Path] = {}
    for each in to_run:
        paths[each.case.file.title] = _written(each.case.file, folder, say)
        each.size = paths[each.case.file.title].stat().st_size
    reports: dict[str, Any] = {}
    for run in range(1, runs + 1):
        for each in to_run:
            path = paths[each.case.file.title]
            seconds, peak = _launched(each.case, path, folder)
            say(f"run {run} of {runs}: {each.case.name}: {seconds:.2f} s")
            each.times.append(seconds)
            each.peaks.append(peak)
            _compare(each.case, folder / "report.json", reports)
    return measured


def _written(file: File, folder: Path, say: Callable[[str], None]) -> Path:
    path = folder / file.title.replace(" ", "-")
    if not path.exists():
        say(f"writing {file.title}")
        file.write(path)
    return path


def _launched(case: Case, path: Path, folder: Path) -> tuple[float, int]:
    """The wall time in seconds, and the peak resident memory in bytes, of a case's command."""
    _read_through(path)
    places = {
        "{file}": str(path),
        "{report}": str(folder / "report.json"),
        "{schema}": str(folder / "schema.json"),
        "{lines}": str(folder / "lines.toml"),
        "{wide}": str(folder / "wide.toml"),
    }
    command = [places.get(part, part) for part in case.command]
    launcher = [sys.executable, "-I", "-S", str(_LAUNCHER)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    launched = subprocess.run(
        [*launcher, *command], cwd=ROOT, check=True, capture_output=True, text=True, env=environment
    )
    seconds, peak, status = launched.stdout.split()
    if int(status) != case.status:
        raise BenchmarkError(f"{case.name}: exit status {status}, not {case.status}\n{launched.stderr}")
    return float(seconds), int(peak)


def _read_through(path: Path) -> None:
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass


def _compare(case: Case, report: Path, reports: dict[str, Any]) -> None:
    """See to it that all cases of a file with a report have the same, but for the time."""
    if not report.exists():
        return
    document = {**json.loads(report.read_bytes()), "seconds": 0}
    report.unlink()
    if reports.setdefault(case.file.title, document) != document:
        raise BenchmarkError(f"{case.name}: another report than with other options")
