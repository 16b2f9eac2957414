"""Parameters of a rule set, from options and from files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import Outcome, check
from tests.command.broken import KING, FileMaker


def test_a_parameter_is_given_by_name_and_value(file: FileMaker) -> None:
    path = file("king.json", KING)
    assert check(path).status == 1
    assert check(path, "--param", "roles=user, king").status == 0


def test_parameters_come_from_a_file_and_from_options_which_win(file: FileMaker) -> None:
    path = file("king.json", KING)
    params = file("params.toml", b'roles = ["king"]\nlighter_channel_id = true\n')
    assert check(path, "--params", params).status == 0
    assert check(path, "--params", params, "--param", "roles=user").status == 1


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("rolls=king", "no parameter rolls; did you mean 'roles'?"),
        ("lighter_channel_id=maybe", "parameter lighter_channel_id: is a switch: true or false, not 'maybe'"),
        ("max_size=huge", "parameter max_size: 'huge' is no size; write a number with a unit, such as 64MB"),
    ],
)
def test_a_wrong_parameter_is_an_error_that_says_what_is_right(file: FileMaker, pair: str, message: str) -> None:
    path = file("king.json", KING)
    outcome = check(path, "--param", pair)
    assert outcome == Outcome(2, "", f"import-validator: stream-chat: {message}\n")


def test_a_wrong_limit_is_an_error_in_words(file: FileMaker) -> None:
    outcome = check(file("king.json", KING), "--param", "channel_types=messaging:long")
    assert outcome.status == 2
    assert "channel_types" in outcome.err
    assert "literal" not in outcome.err


@pytest.mark.parametrize("pair", ["roles", ""])
def test_a_parameter_without_a_value_is_bad_usage(file: FileMaker, pair: str) -> None:
    outcome = check(file("king.json", KING), "--param", pair)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.endswith(f"Error: Invalid value for --param: {pair!r}: write NAME=VALUE\n")


@pytest.mark.parametrize("content", [b"roles = [", b"\xff\xfe\x00"])
def test_a_file_of_parameters_that_is_not_toml_is_bad_usage(file: FileMaker, content: bytes) -> None:
    params = file("params.toml", content)
    outcome = check(file("king.json", KING), "--params", params)
    assert (outcome.status, outcome.out) == (2, "")
    assert f"Error: Invalid value for --params: {params}: " in outcome.err


def test_a_file_of_parameters_that_is_not_there_is_an_error(file: FileMaker, tmp_path: Path) -> None:
    params = tmp_path / "none.toml"
    outcome = check(file("king.json", KING), "--params", params)
    assert outcome == Outcome(2, "", f"import-validator: {params}: No such file or directory\n")


@pytest.mark.parametrize(
    "content",
    [
        "roles = 5",
        "roles = [1]",
        "lighter_channel_id = 2",
        "max_size = []",
        "max_size = 1.5",
        "channel_types = { messaging = inf }",
    ],
)
def test_a_parameter_of_the_wrong_toml_type_is_an_error(file: FileMaker, content: str) -> None:
    outcome = check(file("king.json", KING), "--params", file("params.toml", content.encode()))
    assert (outcome.status, outcome.out) == (2, "")
    assert f"parameter {content.partition(' ')[0]}: " in outcome.err
