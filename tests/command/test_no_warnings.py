"""Libraries print nothing of their own to standard error."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import run_process

RULES = """
[reader]
format = "json-lines"
[envelope]
record = "user"
[records.user]
rules = [{ rule = "required", field = "id" }, { rule = "pattern", field = "id", pattern = '[[a]*' }]
[records.user.fields]
id = "string"
"""


@pytest.mark.unwatched
def test_a_pattern_that_a_library_warns_of_is_generated_for_and_validated_in_silence(tmp_path: Path) -> None:
    rules, path = tmp_path / "own.toml", tmp_path / "file"
    rules.write_text(RULES, "utf-8")
    outcomes = [
        run_process("generate", rules, "--size", "1KB", "-o", path),
        run_process("validate", path, "--rules", rules),
    ]
    assert [(outcome.status, outcome.err.count("Warning")) for outcome in outcomes] == [(0, 0), (0, 0)]
