"""What `generate` writes is recognised, also where two rule sets have the same envelope and types in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from import_validator import RecognitionError
from import_validator.ruleset.recognition import recognise
from tests.command import run


@pytest.mark.parametrize("size", ["5KB", "100KB"])
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", ["stream-chat", "stream-chat-jsonl", "stream-feeds", "stream-feeds-jsonl", "stitch"])
def test_a_generated_file_is_recognised(tmp_path: Path, name: str, seed: int, size: str) -> None:
    path = tmp_path / "file"
    outcome = run("generate", name, "--size", size, "--seed", str(seed), "-o", path)
    assert outcome.status == 0
    assert recognise(path.read_bytes())[0].name == name


@pytest.mark.parametrize(
    ("last", "name"),
    [
        ('{"type":"feed","data":{"id":"f"}}', "stream-feeds-jsonl"),
        ('{"type":"message","data":{"id":"m"}}', "stream-chat-jsonl"),
        ('{"type":"user","data":{"id":"b","custom":{}}}', "stream-feeds-jsonl"),
    ],
)
def test_one_record_that_only_one_rule_set_knows_decides_however_late_it_comes(last: str, name: str) -> None:
    first = '{"type":"user","data":{"id":"a"}}\n' * 1_000
    assert recognise((first + last + "\n").encode())[0].name == name


def test_a_file_that_both_rule_sets_know_all_of_is_an_error() -> None:
    with pytest.raises(RecognitionError) as caught:
        recognise(b'{"type":"user","data":{"id":"a"}}\n' * 1_000)
    assert str(caught.value) == "the file fits stream-chat-jsonl as well as stream-feeds-jsonl; name one with --rules"
