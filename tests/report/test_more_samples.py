"""How many more violations of a rule there are, beside those that are shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import check


@pytest.mark.parametrize(
    ("samples", "shown", "more"),
    [("1", 1, "  … and 4 more"), ("2", 2, "  … and 3 more"), ("3", 3, "  … and 2 more"), ("100", 3, "  … and 2 more")],
)
def test_more_counts_from_what_is_shown(tmp_path: Path, samples: str, shown: int, more: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(json.dumps([{"type": "user", "item": {"id": f"u{number}", "online": 1}} for number in range(5)]))
    lines = check(path, "--samples", samples).out.splitlines()
    assert [line for line in lines if line.startswith("  …")] == [more]
    assert sum(line.startswith("    record ") for line in lines) == shown
