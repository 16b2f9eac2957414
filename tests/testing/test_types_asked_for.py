"""Record types of which a rule set says nothing stand in made files only where somebody asks for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from import_validator import RuleSet, validate
from import_validator.errors import ImportValidatorError
from import_validator.testing import files
from import_validator.testing.chooser import RandomChooser
from import_validator.testing.making import valid_file
from import_validator.testing.targets import plan_for
from tests.command import run

KNOWN = {"user", "device", "future_channel_ban", "channel", "member", "message", "reaction"}
NEW = {"poll", "poll_vote"}


@pytest.mark.unwatched(but_one_in=2)
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], KNOWN),
        (["--with", "poll"], KNOWN | {"poll"}),
        (["--with", "poll, poll_vote"], KNOWN | NEW),
        (["--broken", "5%"], KNOWN),
    ],
)
def test_generate_writes_new_types_only_when_asked(tmp_path: Path, options: Sequence[str], expected: set[str]) -> None:
    path = tmp_path / "made.jsonl"
    assert run("generate", "stream-chat-jsonl", "--size", "200KB", "-o", path, *options).status == 0
    assert {json.loads(line)["type"] for line in path.read_bytes().splitlines()} == expected
    assert validate(path, "stream-chat-jsonl").valid == ("--broken" not in options)


def test_generate_refuses_a_type_that_is_not_there(tmp_path: Path) -> None:
    outcome = run("generate", "stream-chat-jsonl", "--with", "polls", "-o", tmp_path / "made.jsonl")
    assert (outcome.status, outcome.err) == (
        2,
        "import-validator: stream-chat-jsonl has no records of type 'polls'; it has user, device, future_channel_ban, "
        "channel, member, message, reaction, poll, poll_vote\n",
    )


def test_strategies_make_new_types_only_when_asked() -> None:
    plan = plan_for("stream-chat-jsonl", {})

    def types_of(asked_for: Sequence[str]) -> set[str]:
        made = [valid_file(plan, RandomChooser(seed), asked_for=asked_for) for seed in range(60)]
        lines = [line for data in made for line in data.decode("utf-8-sig").split("\n") if line.strip()]
        return {json.loads(line)["type"].replace("channel_member", "member") for line in lines}

    assert types_of([]) == KNOWN
    assert types_of(["poll_vote"]) == KNOWN | {"poll_vote"}
    with pytest.raises(ImportValidatorError) as raised:
        files("stream-chat-jsonl", types=["polls"])
    assert str(raised.value).startswith("stream-chat-jsonl has no records of type 'polls'; it has user, ")


def test_a_rule_set_that_says_nothing_of_any_type_has_files_of_all() -> None:
    rules = RuleSet.from_toml('name = "own"\n[records.a]\n[records.b]\n')
    made = [valid_file(plan_for(rules, {}), RandomChooser(seed)) for seed in range(20)]
    assert {value["type"] for data in made for value in json.loads(data.decode("utf-8-sig"))} == {"a", "b"}
