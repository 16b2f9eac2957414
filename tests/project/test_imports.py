"""Imports point one way: along the list of packages, and never in a circle. Public names are decided on."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from types import ModuleType

import pytest

import import_validator
import import_validator.testing
from tests.corpus import ROOT

PACKAGE = ROOT / "import_validator"
FLOORS = [
    "errors", "units", "engine", "possessive", "model", "source", "readers", "facts", "rules", "ruleset",
    "pass_one", "pass_two", "report", "run", "validator", "validation", "", "spreadsheet", "testing", "command",
    "__main__",
]  # fmt: skip
"""What stands in the package, in the order in which it may import: later from earlier. `""` is the package itself."""


def modules() -> dict[str, Path]:
    """Every module of the package by its name in it; the package itself is the empty name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported_by(name: str, path: Path) -> Iterator[str]:
    """The modules of the package that a module imports, wherever in it: at its top, late, or for types alone."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            steps = package.split(".") if package else []
            base = ".".join([*steps[: len(steps) - node.level + 1], *(node.module or "").split(".")]).strip(".")
            inner = [f"{base}.{each.name}".strip(".") for each in node.names]
            yield from (each for each in inner if each in MODULES)
            if any(each not in MODULES for each in inner):
                yield base


MODULES = modules()


@cache
def graph() -> dict[str, set[str]]:
    """What each module imports. It takes a second, and is not needed where the tests are only collected."""
    return {name: {each for each in imported_by(name, path) if each != name} for name, path in MODULES.items()}


def test_every_module_stands_on_a_floor() -> None:
    assert {name.partition(".")[0] for name in MODULES} == set(FLOORS)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_from_its_own_floor_and_those_before_it(name: str) -> None:
    floor = FLOORS.index(name.partition(".")[0])
    assert [each for each in graph()[name] if FLOORS.index(each.partition(".")[0]) > floor] == []


def test_no_module_imports_itself_by_a_way_round() -> None:
    lazily = {"": set()}  # the package imports each public name when it is first asked for
    assert len([*TopologicalSorter({**graph(), **lazily}).static_order()]) == len(MODULES)


@pytest.mark.parametrize("module", [import_validator, import_validator.testing], ids=lambda each: each.__name__)
def test_every_public_name_was_decided_on(module: ModuleType) -> None:
    names = {name for name, value in vars(module).items() if not isinstance(value, ModuleType)}
    public = {name for name in names if not name.startswith("_")} - {"annotations", "TYPE_CHECKING", "import_module"}
    assert public - set(module.__all__) == set()
    assert all(hasattr(module, name) for name in module.__all__)


MISSPELT = """
from import_validator import validat
from import_validator.testing import filse
from import_validator import Validator, iter_violations, validate

validate("a.json", smaples=3)
iter_violations("a.json", memroy="1MB")
validate("a.json", samples=3)
"""


def test_a_type_checker_sees_a_misspelt_name_and_a_misspelt_option(tmp_path: Path) -> None:
    path = tmp_path / "misspelt.py"
    path.write_text(MISSPELT)
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-pretty", "--cache-dir", str(ROOT / ".mypy_cache"), str(path)],
        capture_output=True, text=True, timeout=300, check=False, cwd=ROOT,
    )  # fmt: skip
    wrong = [line.split(":")[1] for line in checked.stdout.splitlines() if ": error: " in line]
    assert wrong == ["2", "3", "6", "7"], checked.stdout
