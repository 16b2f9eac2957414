"""Which tests run which lines, and how long each takes."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

from coverage import CoverageData

from .contexts import WATCHES_ALL
from .sample import ROOT

_SETTINGS = """
[run]
source = import_validator
data_file = {folder}/coverage
parallel = true
patch = subprocess
"""


class TestsByLine:
    """The tests that run each line, those of the module's own package first, and the quickest of them: `path::name`.

    Runs the whole suite once, and keeps what it saw in the folder.
    """

    def __init__(self, folder: Path) -> None:
        kept = folder / "tests-by-line.json"
        if not kept.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _run_suite(folder)
            kept.write_text(json.dumps(_read(folder)))
        self._lines: dict[str, dict[str, list[str]]] = json.loads(kept.read_text())

    def of(self, path: str, line: int) -> list[str]:
        """The tests that run a line; of one that runs on import alone, or in workers, those that run any of its module.

        A statement of several lines is known by its first.
        """
        lines = {int(number): tests for number, tests in self._lines.get(path, {}).items()}
        begin = max((number for number in lines if number <= line), default=0)
        tests = lines.get(begin) or list(dict.fromkeys(each for tests in lines.values() for each in tests))
        own = f"tests/{path.split('/')[1]}/"
        return sorted(tests, key=lambda test: not test.startswith(own))


def _run_suite(folder: Path) -> None:
    settings = folder / "coveragerc"
    settings.write_text(_SETTINGS.format(folder=folder))
    pytest = ["-m", "pytest", "-q", "-p", WATCHES_ALL, "--numprocesses", "auto", f"--junitxml={folder}/times.xml"]
    for arguments in (["run", f"--rcfile={settings}", *pytest], ["combine", "-q", f"--rcfile={settings}"]):
        done = subprocess.run([sys.executable, "-m", "coverage", *arguments], cwd=ROOT, check=False)
        if done.returncode:
            raise SystemExit("the tests do not pass as they are: mend that first")


def _read(folder: Path) -> dict[str, dict[int, list[str]]]:
    seconds: dict[str, float] = defaultdict(float)
    for case in ET.parse(folder / "times.xml").iter("testcase"):
        module, name = str(case.get("classname")).replace(".", "/"), str(case.get("name")).partition("[")[0]
        seconds[f"{module}.py::{name}"] += float(case.get("time") or 0)
    data = CoverageData(str(folder / "coverage"))
    data.read()
    found: dict[str, dict[int, list[str]]] = {}
    for file in data.measured_files():
        lines = {}
        for line, contexts in data.contexts_by_lineno(file).items():
            lines[line] = sorted((each for each in contexts if each in seconds), key=lambda name: seconds[name])
        found[str(Path(file).relative_to(ROOT))] = lines
    return found
