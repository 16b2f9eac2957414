"""Measures the command on large files: `make bench`, or `python benchmarks/run.py [SIZE]`.

Writes the files to a temporary folder, runs the command over each (the median of three runs), and prints a
table with wall time, speed and peak resident memory; every row as a whole process. The floor in the first row
is what it costs to parse the same bytes: `orjson.loads` over 128 KiB chunks cut at record boundaries, with the
garbage collector off.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from import_validator.units import format_size, parse_size

HERE = Path(__file__).parent
RUNS = 3
FLOOR = """
import gc, sys, orjson
gc.disable()
with open(sys.argv[1], "rb") as file:
    file.read(1)
    rest = b""
    while data := file.read(131072):
        data = rest + data
        cut = data.rfind(b"},\\n{")
        if cut < 0:
            rest = data
            continue
        orjson.loads(b"[" + data[:cut + 1] + b"]")
        rest = data[cut + 2:]
    orjson.loads(b"[" + rest)
"""


def measured(command: list[str]) -> tuple[float, int]:
    """The median wall time in seconds and the peak resident memory in bytes of a command."""
    seconds, peaks = [], []
    for _ in range(RUNS):
        started = os.times().elapsed
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode in {0, 1}, command
        seconds.append(os.times().elapsed - started)
        peaks.append(usage.ru_maxrss * 1024)
    return statistics.median(seconds), max(peaks)


def main() -> None:
    size = sys.argv[1] if len(sys.argv) > 1 else "300MB"
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, orjson {version('orjson')}, numpy {version('numpy')}; "
        f"{size} files, median of {RUNS} runs\n"
    )
    print("| what | seconds | ÷ floor | MB/s | peak memory |")
    print("| --- | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "valid": [],
            "a million violations": ["--broken", "1"],
            "one key for all messages": ["--same-key"],
        }
        floor = 0.0
        for name, options in files.items():
            path = Path(folder, f"{name.replace(' ', '-')}.json")
            subprocess.run([sys.executable, HERE / "make_chat.py", size, path, *options], check=True)
            if not floor:
                floor, peak = measured([sys.executable, "-c", FLOOR, str(path)])
                row("the floor: parsing alone", floor, floor, path, peak)
            reports = []
            for memory, jobs in (("64MB", "1"), ("8MB", "1"), ("64MB", "2")):
                report = Path(folder, "report.json")
                command = [sys.executable, "-m", "import_validator", "validate", str(path), "--format", "json"]
                taken, peak = measured([*command, "--memory", memory, "--jobs", jobs, "--output", str(report)])
                row(f"{name}, --memory {memory} --jobs {jobs}", taken, floor, path, peak)
                reports.append({**json.loads(report.read_bytes()), "seconds": 0})
            assert reports[0] == reports[1] == reports[2], "the report depends on the memory, or the jobs"
            path.unlink()
    print(f"\nAll of them give the same reports. The files have {format_size(parse_size(size))}.")


def row(name: str, taken: float, floor: float, path: Path, peak: int) -> None:
    speed = path.stat().st_size / taken / 2**20
    print(f"| {name} | {taken:.2f} | {taken / floor:.1f} | {speed:.0f} | {peak / 2**20:.0f} MB |", flush=True)


if __name__ == "__main__":
    main()
