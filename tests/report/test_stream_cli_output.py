"""The output `stream-cli`: what the Stream Chat format's former tool printed."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from tests.command import Outcome, check
from tests.command.broken import BROKEN, SEED_EXAMPLE, FileMaker, lines_of, user


def test_stream_cli_prints_what_the_former_tool_printed_for_a_valid_file() -> None:
    assert check(SEED_EXAMPLE, "--format", "stream-cli") == Outcome(
        0,
        textwrap.dedent(
            """\
            {
              "Stats": {
                "channels": 1,
                "devices": 1,
                "members": 2,
                "messages": 1,
                "reactions": 1,
                "users": 2
              },
              "Errors": null
            }
            """
        ),
        "",
    )


def test_stream_cli_prints_each_error_with_its_record_s_offset(file: FileMaker) -> None:
    assert check(file("broken.json", BROKEN), "--format", "stream-cli") == Outcome(
        1,
        textwrap.dedent(
            """\
            {
              "Stats": {
                "channels": 1,
                "devices": 0,
                "members": 0,
                "messages": 0,
                "reactions": 0,
                "users": 0
              },
              "Errors": [
                "validation error: user.online is a reserved field (2)",
                "validation error: user.id required (59)",
                "reference error: channel.created_by \\"john\\" doesn't exist (channel \\"messaging:HQ\\") (97)"
              ]
            }
            """
        ),
        "",
    )


def stream_cli(path: Path) -> tuple[dict[str, int], list[str] | None]:
    """The counts that are not 0, and the errors without their offsets."""
    document = check(path, "--format", "stream-cli").document
    errors = document["Errors"]
    stats = {name: count for name, count in document["Stats"].items() if count}
    return stats, errors and [re.sub(r" \(\d+\)$", "", each) for each in errors]


def test_stream_cli_reports_one_error_a_record_and_pass(file: FileMaker) -> None:
    path = file("broken.json", lines_of(user("a", online=1, pk=2, role="king", user_mutes=["x", "y"])))
    assert stream_cli(path) == (
        {},
        [
            "validation error: user.online is a reserved field",
            """reference error: user.role "king" doesn't exist (user "a")""",
        ],
    )


def test_stream_cli_takes_records_that_fail_for_records_that_are_not_there(file: FileMaker) -> None:
    channel = {"type": "channel", "item": {"id": "HQ", "type": "messaging", "created_by": "ann"}}
    path = file("broken.json", lines_of(user("ann", online=1), channel))
    assert stream_cli(path) == (
        {"channels": 1},
        [
            "validation error: user.online is a reserved field",
            """reference error: channel.created_by "ann" doesn't exist (channel "messaging:HQ")""",
        ],
    )


def test_stream_cli_does_not_count_a_duplicate(file: FileMaker) -> None:
    path = file("broken.json", lines_of(user("ann"), user("bob"), user("ann")))
    assert stream_cli(path) == ({"users": 2}, ['validation error: duplicate user found "ann"'])


def test_stream_cli_orders_errors_by_pass_then_file_then_distinct_channels(file: FileMaker) -> None:
    channel = {
        "type": "channel",
        "item": {"member_ids": ["userB", "userA"], "type": "messaging", "created_by": "userA"},
    }
    member = {
        "type": "member",
        "item": {"channel_type": "messaging", "channel_member_ids": ["userA", "userB"], "user_id": "userA"},
    }
    muter = user("userC", user_mutes=["nobody"])
    path = file(
        "broken.json", lines_of(channel, member, user("userA"), user("userB"), muter, user("userB"), user("", pk=1))
    )
    assert stream_cli(path) == (
        {"channels": 1, "members": 1, "users": 3},
        [
            'validation error: duplicate user found "userB"',
            "validation error: user.id required",
            """reference error: muted user "nobody" by user "userC" doesn't exist""",
            'validation error: distinct channel: ["userA" "userB"] is missing members: ["userB"]. '
            "Please include all members as separate member entries",
        ],
    )


def test_stream_cli_has_no_pass_two_after_more_than_25_errors_in_pass_one(file: FileMaker) -> None:
    broken = [user(f"u{number}", pk=1) for number in range(26)]
    dangling = user("ann", user_mutes=["nobody"])
    reserved = "validation error: user.pk is a reserved field"
    missing = """reference error: muted user "nobody" by user "ann" doesn't exist"""
    assert stream_cli(file("25.json", lines_of(dangling, *broken[:25]))) == ({"users": 1}, [reserved] * 25 + [missing])
    assert stream_cli(file("26.json", lines_of(dangling, *broken))) == ({"users": 1}, [reserved] * 26)


def test_stream_cli_words_a_member_that_names_its_channel_twice_as_the_former_tool_did(file: FileMaker) -> None:
    path = file(
        "broken.json",
        lines_of(
            user("userA"),
            user("userB"),
            {"type": "channel", "item": {"id": "HQ", "type": "messaging", "created_by": "userA"}},
            {
                "type": "member",
                "item": {
                    "channel_type": "messaging",
                    "channel_id": "HQ",
                    "channel_member_ids": ["userB", "userA"],
                    "user_id": "userA",
                },
            },
        ),
    )
    assert stream_cli(path) == (
        {"users": 2, "channels": 1},
        [
            "validation error: either member.channel_id or member.channel_member_ids required",
            'reference error: user "userA" specified as a distinct channel member, '
            "but no distinct channel declared with members: [userA userB]",
        ],
    )


def test_stream_cli_escapes_markup_as_the_former_tool_did(file: FileMaker) -> None:
    path = file("broken.json", lines_of(user("a", role="<b>&é")))
    out = check(path, "--format", "stream-cli").out
    assert r"user.role \"\u003cb\u003e\u0026é\" doesn't exist" in out


def test_stream_cli_shows_a_pattern_as_the_format_s_page_does(file: FileMaker) -> None:
    path = file("broken.json", lines_of(user("a b")))
    assert stream_cli(path) == ({}, [r'validation error: user.id invalid ("^[@\w-]*$" allowed)'])
