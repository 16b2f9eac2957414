"""The labelled import files in `corpus/`: what is in them, and what must be reported for each."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from import_validator import Report, validate

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"


class Case(NamedTuple):
    """One file of the corpus. `expected` is what stands beside it; a valid file may have nothing beside it."""

    rules: str
    path: Path
    expected: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.rules}/{self.path.parent.name}/{self.path.name}"

    def validate(self, source: Any = None, **options: Any) -> Report:
        """Validate the file (or the same content from another source) as the case asks for."""
        chosen = {**self.expected.get("options", {}), "samples": 1000, **options}
        return validate(self.path if source is None else source, self.rules, self.expected.get("params"), **chosen)


@cache
def cases() -> list[Case]:
    """Every file of the corpus."""
    found = []
    for path in sorted(CORPUS.glob("*/*valid/*")):
        if path.name.endswith(".expected.json"):
            continue
        beside = path.with_name(path.name + ".expected.json")
        expected = orjson.loads(beside.read_bytes()) if beside.exists() else {}
        found.append(Case(path.parent.parent.name, path, expected))
    return found


def essence(report: Report) -> dict[str, Any]:
    """What of a report depends on the file's content alone."""
    document = report.as_dict()
    for name in ("source", "why", "seconds", "bytes", "notes", "rules", "truncated", "run"):
        del document[name]
    return document


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Compare two reports. Names the parts that differ: to find every difference of long lists takes minutes."""
    different = {name: (found.get(name), each) for name, each in expected.items() if found.get(name) != each}
    if different or found.keys() != expected.keys():
        raise AssertionError(f"{', '.join(different)} differ: {repr(different)[:2000]}")
