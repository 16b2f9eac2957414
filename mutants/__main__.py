"""`python -m mutants`: how many of a fixed sample of mistakes the tests notice."""

from __future__ import annotations

import argparse
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from .coverage_map import TestsByLine
from .sample import ROOT, Mutant, sample

_NOTICED, _SURVIVED, _NOT_RUN = "noticed", "survived", "not run by any test"
_FIRST_LOT, _LARGER = 6, 4
"""So many test functions run first, the quickest of all; most mistakes are noticed by them. Each further lot is so many
times as large as the one before."""

PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"

_MOST_MEMORY = 6_000_000
"""In KiB, of address space: a mistake may well be one that takes memory without end."""


def main() -> None:
    """Take a sample, try each mistake in a copy of the project, and print the ones that no test notices."""
    parser = argparse.ArgumentParser(prog="make mutants", description=main.__doc__)
    parser.add_argument("--sample", type=int, default=200, metavar="N", help="how many mistakes  [%(default)s]")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which ones  [%(default)s]")
    parser.add_argument("--only", default="", metavar="TEXT", help="only in modules whose path has this in it")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="how many at the same time  [%(default)s]")
    parser.add_argument("--map", type=Path, metavar="DIR", help="keeps which tests run which lines")
    parser.add_argument("--seconds", type=int, default=300, metavar="N", help="for each run of pytest  [%(default)s]")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mutants-") as temporary:
        folder = Path(temporary)
        tests = TestsByLine(chosen.map or folder)
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(chosen.jobs):
            copies.put(_copy(folder / f"copy-{number}"))

        def attempt(mutant: Mutant) -> str:
            copy = copies.get()
            try:
                outcome = _try(mutant, tests.of(mutant.path, mutant.line), copy, chosen.seconds)
            finally:
                copies.put(copy)
            print(f"{outcome:>9}  {mutant.path}:{mutant.line}  {mutant.operator}:{mutant.occurrence}", flush=True)
            return outcome

        mutants = sample(chosen.sample, chosen.seed, chosen.only)
        with ThreadPoolExecutor(chosen.jobs) as pool:
            outcomes = list(pool.map(attempt, mutants))
    for mutant, outcome in zip(mutants, outcomes, strict=True):
        if outcome != _NOTICED:
            print(f"\n{outcome}: {mutant.path}:{mutant.line}\n{_difference(mutant)}", end="")
    counts = Counter(outcomes)
    print(f"\n{counts[_NOTICED]} of {len(mutants)} mistakes noticed ({counts[_NOTICED] / len(mutants):.1%})")


def _copy(folder: Path) -> Path:
    ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "target")
    shutil.copytree(ROOT, folder, ignore=ignored)
    return folder


def _try(mutant: Mutant, tests: Sequence[str], copy: Path, seconds: int) -> str:
    """What becomes of a mistake: the tests that run its line are asked, the quickest first."""
    if not tests:
        return _NOT_RUN
    path = copy / mutant.path
    right = path.read_text("utf-8")
    path.write_text(mutant.code(), "utf-8")
    try:
        at, size = 0, _FIRST_LOT
        while at < len(tests):
            if not _passes(tests[at : at + size], copy, seconds):
                return _NOTICED
            at, size = at + size, size * _LARGER
        return _SURVIVED
    finally:
        path.write_text(right, "utf-8")


def _passes(tests: Sequence[str], copy: Path, seconds: int) -> bool:
    """Whether some tests pass in a copy of the project. A mistake that makes them go on without end is noticed, too."""
    pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    command = ["sh", "-c", f'ulimit -v {_MOST_MEMORY}; exec "$@"', "sh", *pytest]
    environment = {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "PATH": PATH}
    with subprocess.Popen(
        command, cwd=copy, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as run:
        try:
            return run.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            subprocess.run(["pkill", "-KILL", "-s", str(run.pid)], check=False)


def _difference(mutant: Mutant) -> str:
    before = (ROOT / mutant.path).read_text("utf-8").splitlines(keepends=True)
    return "".join(list(difflib.unified_diff(before, mutant.code().splitlines(keepends=True), n=1))[2:])


if __name__ == "__main__":
    main()
