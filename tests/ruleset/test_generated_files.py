"""What `generate` writes is recognised, also where two rule sets have the same envelope and types in common."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from import_validator import RecognitionError, Validator, validate
from import_validator.ruleset.recognition import recognise
from tests.command import run


@pytest.mark.unwatched(but_one_in=4)
@pytest.mark.parametrize("size", ["5KB", "100KB"])
@pytest.mark.parametrize("seed", [0, 1])
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


MANY_USERS = b'{"type":"user","data":{"id":"a"}}\n' * 10_000
MESSAGES = b'{"type":"message","data":{"id":"m"}}\n' * 5_000


@pytest.mark.unwatched
def test_a_file_that_begins_with_hundreds_of_kilobytes_that_both_know_is_recognised_by_what_follows(
    tmp_path: Path,
) -> None:
    path = tmp_path / "file"
    path.write_bytes(MANY_USERS + MESSAGES)
    with Validator() as validator:
        for begin in range(0, path.stat().st_size, 10_007):
            validator.feed(path.read_bytes()[begin : begin + 10_007])
        fed = validator.close()
    assert [fed.rules, validate(path).rules, validate(path, jobs=2).rules] == ["stream-chat-jsonl"] * 3


@pytest.mark.unwatched
@pytest.mark.parametrize("users", [2_500, 10_000, 300_000])
def test_a_file_of_users_alone_is_an_error_however_long_it_is(tmp_path: Path, users: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(MANY_USERS[:34] * users)
    for read in (validate, partial(validate, jobs=2), fed_whole):
        with pytest.raises(RecognitionError) as caught:
            read(path)
        said = "the file fits stream-chat-jsonl as well as stream-feeds-jsonl; name one with --rules"
        assert str(caught.value) == said


def fed_whole(path: Path) -> None:
    with Validator() as validator:
        validator.feed(path.read_bytes())
        validator.close()
