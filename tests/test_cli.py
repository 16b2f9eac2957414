"""The command as people run it: what it prints, where, and with which exit status."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import tempfile
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from import_validator import RuleSet, __version__
from import_validator.command.main import command
from import_validator.rules import EXPLAINED, ReadingRule
from import_validator.ruleset.compiler import compile_plan
from import_validator.ruleset.plan import Choices
from tests import samples
from tests.command import Outcome, check, command_line, run, run_process, start_process, timeless
from tests.corpus import CORPUS
from tests.samples import VALID

SEED_EXAMPLE = CORPUS / "stream-chat" / "valid" / "seed-example.json"
SHIPPED = ", ".join(rule_set.name for rule_set in RuleSet.shipped())
FORMATS = ["text", "json", "jsonl", "stream-cli"]
BROKEN = b"""[
{"type": "user", "item": {"id": "ann", "online": true}},
{"type": "user", "item": {"id": ""}},
{"type": "channel", "item": {"id": "HQ", "type": "messaging", "created_by": "john"}}
]
"""
REQUIRED = {
    "code": "required",
    "rule": "user.id:required",
    "severity": "error",
    "stage": "validation",
    "message": "validation error: user.id required",
    "hint": 'give "id" a value',
    "record_type": "user",
    "index": 1,
    "offset": 59,
    "line": 3,
    "path": "/id",
    "value": "",
}
RESERVED = samples.RESERVED.as_dict()
REFERS_TO = replace(samples.REFERS_TO, index=2, offset=97, line=4).as_dict()
BROKEN_SUMMARY = {
    "valid": False,
    "rules": "stream-chat",
    "why": "",
    "records": {"user": {"total": 2, "valid": 0}, "channel": {"total": 1, "valid": 0}},
    "counts": {"user.id:required": 1, "user:reserved": 1, "channel.created_by:refers-to": 1},
    "errors": 3,
    "warnings": 0,
    "notes": [],
    "bytes": 184,
}
BROKEN_REPORT = {**BROKEN_SUMMARY, "violations": [RESERVED, REQUIRED, REFERS_TO], "truncated": False}
VALID_REPORT = {
    "valid": True,
    "rules": "stream-chat",
    "why": "",
    "records": {"user": {"total": 1, "valid": 1}},
    "counts": {},
    "errors": 0,
    "warnings": 0,
    "violations": [],
    "truncated": False,
    "notes": [],
    "bytes": 41,
}
UNKNOWN_FORMAT = f"the file fits none of the rule sets ({SHIPPED}); name one with --rules"

FileMaker = Callable[[str, bytes], Path]


@pytest.fixture
def file(tmp_path: Path) -> FileMaker:
    """Makes a file of some content in a folder of the test's own."""

    def make(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return make


def lines_of(*records: dict[str, Any]) -> bytes:
    """An import file with one record a line."""
    return ("[\n" + ",\n".join(json.dumps(each) for each in records) + "\n]\n").encode()


def user(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": "user", "item": {"id": name, **fields}}


# Exit status


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_valid_file_exits_with_0(file: FileMaker, output_format: str) -> None:
    outcome = check(file("valid.json", VALID), "--format", output_format)
    assert (outcome.status, outcome.err) == (0, "")


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_file_with_violations_exits_with_1(file: FileMaker, output_format: str) -> None:
    outcome = check(file("broken.json", BROKEN), "--format", output_format)
    assert (outcome.status, outcome.err) == (1, "")


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_file_that_is_not_there_exits_with_2(tmp_path: Path, output_format: str) -> None:
    path = tmp_path / "none.json"
    outcome = check(path, "--format", output_format)
    assert (outcome.status, outcome.err) == (2, f"import-validator: {path}: No such file or directory\n")
    if output_format == "json":
        error = f"{path}: No such file or directory"
        assert outcome.document == {"valid": False, "source": str(path), "error": error}
    else:
        assert outcome.out == ""


def test_warnings_alone_exit_with_0(file: FileMaker) -> None:
    rules = file(
        "own.toml",
        b'[records.user]\nrules = [{ rule = "required", field = "email", severity = "warning" }]\n',
    )
    outcome = run("validate", file("valid.json", VALID), "--rules", rules, "--format", "json")
    document = outcome.document
    assert (outcome.status, document["valid"], document["errors"], document["warnings"]) == (0, True, 0, 1)


def test_of_several_files_the_worst_decides_the_exit_status(file: FileMaker, tmp_path: Path) -> None:
    valid, broken, none = file("valid.json", VALID), file("broken.json", BROKEN), tmp_path / "none.json"
    assert check(valid, valid).status == 0
    assert check(broken, valid).status == 1
    assert check(none, broken, valid).status == 2


# The text format


def test_text_says_that_a_file_is_valid_and_what_is_in_it(file: FileMaker) -> None:
    path = file("valid.json", VALID)
    assert check(path).page == textwrap.dedent(
        f"""\
        {path}: valid
        rule set stream-chat; 41 bytes in … seconds

        records  total  valid
        users        1      1
        """
    )


def test_text_shows_a_table_of_rules_and_samples_of_each(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    outcome = check(path)
    assert [line.rstrip() for line in outcome.page.splitlines()] == [
        f"{path}: not valid, 3 errors",
        "rule set stream-chat; 184 bytes in … seconds",
        "",
        "records   total  valid",
        "users         2      0",
        "channels      1      0",
        "",
        "rule                                 count",
        "user.id:required              error      1",
        "user:reserved                 error      1",
        "channel.created_by:refers-to  error      1",
        "",
        "user.id:required",
        "  validation error: user.id required",
        '    record 1, line 3, byte 59, at /id, value ""',
        '    give "id" a value',
        "  more about it: import-validator explain required",
        "",
        "user:reserved",
        "  validation error: user.online is a reserved field",
        "    record 0, line 2, byte 2, at /online, value true",
        '    remove "online", or rename it',
        "  more about it: import-validator explain reserved",
        "",
        "channel.created_by:refers-to",
        '  reference error: channel.created_by "john" doesn\'t exist (channel "messaging:HQ")',
        '    record 2, line 4, byte 97, at /created_by, value "john"',
        "    add the user to the file, or correct the reference",
        "  more about it: import-validator explain refers-to",
    ]


def test_text_shows_three_of_each_rule_and_counts_the_rest(file: FileMaker) -> None:
    path = file("broken.json", lines_of(*(user(f"u{n}", pk=1) for n in range(1234))))
    out = check(path).out
    assert out.count("validation error: user.pk is a reserved field") == 3
    assert "  … and 1,231 more\n" in out
    assert f"{path}: not valid, 1,234 errors\n" in out


def test_text_shows_markup_in_values_as_it_stands(file: FileMaker) -> None:
    path = file("[bold]broken.json", lines_of(user("[red]a[/red]", online="[bold]yes[/]")))
    out = check(path).out
    assert f"{path}: not valid" in out
    assert 'value "[red]a[/red]"' in out
    assert 'value "[bold]yes[/]"' in out


def test_text_keeps_control_characters_off_the_terminal(file: FileMaker) -> None:
    path = file("broken.json", lines_of(user("\x1b[31mred\r\n", role="\x1b[2J")))
    assert "\x1b" not in check(path).out


def test_text_holds_no_colours_where_it_goes_to_a_file(file: FileMaker, tmp_path: Path) -> None:
    output = tmp_path / "report.txt"
    check(file("broken.json", BROKEN), "-o", output)
    assert "\x1b" not in output.read_text("utf-8")


def test_text_leaves_no_empty_line_for_a_violation_of_the_file_as_a_whole(file: FileMaker) -> None:
    out = check(file("valid.json", VALID), "--param", "max_size=10").out
    assert (
        "file-size\n"
        "  validation error: the file has 41 bytes; at most 10 bytes are taken\n"
        "    split the file\n"
        "  more about it: import-validator explain file-size\n"
    ) in out


def test_text_of_several_files_is_one_page_each(file: FileMaker) -> None:
    first, second = file("first.json", VALID), file("second.json", VALID)
    page = check(first, second).page
    about = "rule set stream-chat; 41 bytes in … seconds\n\nrecords  total  valid\nusers        1      1\n"
    assert page == f"{first}: valid\n{about}\n{second}: valid\n{about}"


# The json format


def test_json_is_the_whole_report(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    assert check(path, "--format", "json").document == {**BROKEN_REPORT, "source": str(path)}


def test_json_of_a_valid_file(file: FileMaker) -> None:
    path = file("valid.json", VALID)
    assert check(path, "--format", "json").document == {**VALID_REPORT, "source": str(path)}


def test_json_of_several_files_is_one_document(file: FileMaker) -> None:
    valid, broken = file("valid.json", VALID), file("broken.json", BROKEN)
    assert check(valid, broken, "--format", "json").document == {
        "valid": False,
        "files": [{**VALID_REPORT, "source": str(valid)}, {**BROKEN_REPORT, "source": str(broken)}],
    }


def test_json_of_several_files_is_not_valid_where_one_could_not_be_read(file: FileMaker, tmp_path: Path) -> None:
    valid, none = file("valid.json", VALID), tmp_path / "none.json"
    outcome = check(valid, none, "--format", "json")
    failed = {"valid": False, "source": str(none), "error": f"{none}: No such file or directory"}
    assert outcome.status == 2
    assert outcome.document == {"valid": False, "files": [{**VALID_REPORT, "source": str(valid)}, failed]}


# The jsonl format


def test_jsonl_is_each_violation_and_then_the_summary(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    summary = {**BROKEN_SUMMARY, "source": str(path)}
    assert check(path, "--format", "jsonl").lines == [RESERVED, REQUIRED, REFERS_TO, {"summary": summary}]


def test_jsonl_holds_every_violation_however_small_the_sample(file: FileMaker) -> None:
    path = file("broken.json", lines_of(*(user(f"u{n}", pk=1) for n in range(100))))
    lines = check(path, "--format", "jsonl", "--samples", "1").lines
    assert [line["index"] for line in lines[:-1]] == list(range(100))
    assert lines[-1]["summary"]["counts"] == {"user:reserved": 100}


def test_jsonl_of_several_files_says_which_file_a_violation_is_in(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    source = {"source": str(path)}
    assert (
        check(path, path, "--format", "jsonl").lines
        == [
            source | RESERVED,
            source | REQUIRED,
            source | REFERS_TO,
            {"summary": BROKEN_SUMMARY | source},
        ]
        * 2
    )


# The stream-cli format


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


def test_the_cascade_option_reports_what_refers_to_a_broken_record(file: FileMaker) -> None:
    path = file("broken.json", lines_of(user("ann", online=1), user("bob", user_mutes=["ann"])))
    once = check(path, "--format", "json").document["counts"]
    cascaded = check(path, "--format", "json", "--cascade").document["counts"]
    assert once == {"user:reserved": 1}
    assert cascaded == {"user:reserved": 1, "user.user_mutes:refers-to": 1}


# Where the report goes


@pytest.mark.parametrize("output_format", FORMATS)
def test_the_output_option_writes_to_a_file_what_else_is_printed(
    file: FileMaker, tmp_path: Path, output_format: str
) -> None:
    arguments: list[str | Path] = [file("broken.json", BROKEN), "--format", output_format]
    output = tmp_path / "report"
    printed = check(*arguments)
    assert check(*arguments, "--output", output) == Outcome(1, "", "")
    seconds = re.compile(r'[0-9.]+ seconds|"seconds":\s*[0-9.]+')
    assert seconds.sub("…", output.read_text("utf-8")) == seconds.sub("…", printed.out)


def test_an_output_in_a_folder_that_is_not_there_is_an_error(file: FileMaker, tmp_path: Path) -> None:
    output = tmp_path / "none" / "report"
    outcome = check(file("valid.json", VALID), "-o", output)
    assert outcome == Outcome(2, "", f"import-validator: {output}: No such file or directory\n")


def test_an_output_that_is_a_folder_is_an_error(file: FileMaker, tmp_path: Path) -> None:
    outcome = check(file("valid.json", VALID), "-o", tmp_path)
    assert (outcome.status, outcome.out) == (2, "")
    assert f"File '{tmp_path}' is a directory." in outcome.err


def test_the_output_is_never_written_over_the_file_itself(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    outcome = check(path, "-o", path)
    assert path.read_bytes() == BROKEN
    assert outcome.status == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("output_format", FORMATS)
def test_a_full_disk_is_an_error_of_one_line(file: FileMaker, output_format: str) -> None:
    with Path("/dev/full").open("wb") as full:
        arguments = command_line("validate", file("broken.json", BROKEN), "--format", output_format)
        done = subprocess.run(arguments, stdout=full, stderr=subprocess.PIPE, timeout=50, check=False)
    assert done.returncode == 2
    assert re.fullmatch(rb"import-validator: .*No space left on device\n", done.stderr)


# Samples, parameters, sizes


@pytest.mark.parametrize("samples", [0, 1, 5, 100])
def test_the_samples_option_bounds_the_sample_and_not_the_counts(file: FileMaker, samples: int) -> None:
    path = file("broken.json", lines_of(*(user(f"u{n}", pk=1, user_mutes=["x"]) for n in range(10))))
    document = check(path, "--format", "json", "--samples", str(samples)).document
    assert document["counts"] == {"user:reserved": 10, "user.user_mutes:refers-to": 10}
    assert len(document["violations"]) == 2 * min(samples, 10)
    assert document["truncated"] == (samples < 10)


def test_a_text_report_without_samples_still_counts(file: FileMaker) -> None:
    outcome = check(file("broken.json", BROKEN), "--samples", "0")
    assert outcome.status == 1
    assert outcome.page.splitlines()[7:] == [
        "rule                                 count",
        "user.id:required              error      1",
        "user:reserved                 error      1",
        "channel.created_by:refers-to  error      1",
    ]


@pytest.mark.parametrize("samples", ["-1", "many"])
def test_a_bad_number_of_samples_is_bad_usage(file: FileMaker, samples: str) -> None:
    outcome = check(file("valid.json", VALID), "--samples", samples)
    assert (outcome.status, outcome.out) == (2, "")
    assert "Invalid value for '--samples'" in outcome.err


KING = lines_of(user("ann", role="king"))


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
        ("rolls=king", "no parameter rolls; there are: roles, channel_types, lighter_channel_id, max_size"),
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
    assert f"Error: Invalid value for --params: {params} is not TOML: " in outcome.err


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


@pytest.mark.parametrize("option", ["--memory", "--max-record"])
@pytest.mark.parametrize("size", ["", "much", "-5", "5 XB", "1,5MB", "MB", "1e6"])
def test_a_bad_size_is_bad_usage(file: FileMaker, option: str, size: str) -> None:
    outcome = check(file("valid.json", VALID), option, size)
    message = f"Invalid value for {option}: {size!r} is no size; write a number with a unit, such as 64MB"
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.endswith(f"Error: {message}\n")


def test_a_size_beyond_all_numbers_is_bad_usage(file: FileMaker) -> None:
    outcome = check(file("valid.json", VALID), "--memory", "9" * 400)
    assert (outcome.status, outcome.out) == (2, "")


@pytest.mark.parametrize("size", ["0", "1", "100 kb", "0.5MB", "2GiB"])
def test_any_memory_gives_the_same_report(file: FileMaker, size: str) -> None:
    path = file("broken.json", BROKEN)
    outcome = check(path, "--format", "json", "--memory", size)
    assert outcome.document == {**BROKEN_REPORT, "source": str(path)}


def test_a_record_longer_than_the_max_record_option_is_passed_over(file: FileMaker) -> None:
    padding = "x" * 300_000
    path = file("long.json", lines_of(user("ann"), user("bob", text=padding), user("cid", pk=1)))
    document = check(path, "--max-record", "100KB", "--format", "json").document
    assert document["counts"] == {"record-size": 1, "user:reserved": 1}
    assert check(path, "--format", "json").document["counts"] == {"user:reserved": 1}


# Severities


def as_warning(violation: dict[str, Any]) -> dict[str, Any]:
    """The violation as it is where its rule is a warning."""
    return {**violation, "severity": "warning", "message": violation["message"].replace(" error: ", " warning: ", 1)}


def test_a_code_gets_another_severity(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    outcome = check(path, "--format", "json", "--severity", "reserved=warning")
    assert (outcome.status, outcome.err) == (1, "")
    assert outcome.document == {
        **BROKEN_REPORT,
        "source": str(path),
        "records": {"user": {"total": 2, "valid": 1}, "channel": {"total": 1, "valid": 0}},
        "errors": 2,
        "warnings": 1,
        "violations": [as_warning(RESERVED), REQUIRED, REFERS_TO],
    }


def test_a_rule_gets_another_severity_by_its_name_which_wins_over_its_code(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    outcome = check(path, "--format", "json", "--severity", "required=off", "--severity", "user.id:required=warning")
    assert outcome.document == {
        **BROKEN_REPORT,
        "source": str(path),
        "records": {"user": {"total": 2, "valid": 1}, "channel": {"total": 1, "valid": 0}},
        "errors": 2,
        "warnings": 1,
        "violations": [RESERVED, as_warning(REQUIRED), REFERS_TO],
    }


@pytest.mark.parametrize("name", ["reserved", "user:reserved"])
def test_a_rule_that_is_off_reports_nothing(file: FileMaker, name: str) -> None:
    path = file("broken.json", BROKEN)
    assert check(path, "--format", "json", "--severity", f"{name}=off").document == {
        **BROKEN_REPORT,
        "source": str(path),
        "records": {"user": {"total": 2, "valid": 1}, "channel": {"total": 1, "valid": 0}},
        "counts": {"user.id:required": 1, "channel.created_by:refers-to": 1},
        "errors": 2,
        "violations": [REQUIRED, REFERS_TO],
    }


def test_a_rule_across_records_gets_another_severity_too(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    records = {"user": {"total": 2, "valid": 0}, "channel": {"total": 1, "valid": 1}}
    expected = {**BROKEN_REPORT, "source": str(path), "records": records, "errors": 2}
    assert check(path, "--format", "json", "--severity", "refers-to=warning").document == {
        **expected,
        "warnings": 1,
        "violations": [RESERVED, REQUIRED, as_warning(REFERS_TO)],
    }
    assert check(path, "--format", "json", "--severity", "channel.created_by:refers-to=off").document == {
        **expected,
        "counts": {"user.id:required": 1, "user:reserved": 1},
        "violations": [RESERVED, REQUIRED],
    }


def test_a_rule_of_a_part_of_a_record_gets_another_severity_by_its_name(file: FileMaker) -> None:
    message = {"type": "message", "item": {"attachments": [{}]}}
    path = file("broken.json", lines_of(message))
    counts = check(path, "--format", "json").document["counts"]
    assert counts["message/attachment.type:required"] == 1
    without = check(path, "--format", "json", "--severity", "message/attachment.type:required=off").document["counts"]
    assert without == {name: count for name, count in counts.items() if name != "message/attachment.type:required"}


def test_records_define_their_keys_also_where_duplicates_are_off(file: FileMaker) -> None:
    path = file("twice.json", lines_of(user("ann", user_mutes=["bob"]), user("bob"), user("bob")))
    assert check(path, "--format", "json").document["counts"] == {"user:unique": 1}
    assert check(path, "--format", "json", "--severity", "unique=off").document["counts"] == {}


def test_warnings_alone_are_valid_and_look_like_warnings(file: FileMaker) -> None:
    path = file("broken.json", lines_of(user("ann", online=True)))
    outcome = check(path, "--severity", "reserved=warning")
    assert outcome.status == 0
    assert [line.rstrip() for line in outcome.page.splitlines()] == [
        f"{path}: valid, 1 warning",
        "rule set stream-chat; 60 bytes in … seconds",
        "",
        "records  total  valid",
        "users        1      1",
        "",
        "rule                    count",
        "user:reserved  warning      1",
        "",
        "user:reserved",
        "  validation warning: user.online is a reserved field",
        "    record 0, line 2, byte 2, at /online, value true",
        '    remove "online", or rename it',
        "  more about it: import-validator explain reserved",
    ]


def test_strict_makes_errors_of_the_warnings_of_the_rule_set(file: FileMaker) -> None:
    rules = file(
        "own.toml",
        b'[records.user]\nrules = [{ rule = "required", field = "email", severity = "warning" }]\n',
    )
    path = file("valid.json", VALID)
    outcome = run("validate", path, "--rules", rules, "--format", "json", "--strict")
    assert (outcome.status, outcome.err) == (1, "")
    assert outcome.document == {
        **VALID_REPORT,
        "valid": False,
        "source": str(path),
        "rules": "own",
        "records": {"user": {"total": 1, "valid": 0}},
        "counts": {"user.email:required": 1},
        "errors": 1,
        "violations": [
            {
                **REQUIRED,
                "rule": "user.email:required",
                "message": "validation error: user.email required",
                "hint": 'give "email" a value',
                "index": 0,
                "offset": 1,
                "line": 1,
                "path": "/email",
                "value": None,
            }
        ],
    }


def test_strict_makes_errors_of_the_warnings_that_the_severity_option_made(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    strict = check(path, "--format", "json", "--severity", "reserved=warning", "--strict")
    assert (strict.status, strict.document) == (1, {**BROKEN_REPORT, "source": str(path)})


def test_a_reading_rule_may_be_a_warning(file: FileMaker) -> None:
    path = file("broken.json", lines_of({"type": "user", "item": {"id": "ann", "role": 7}}))
    assert check(path).status == 1
    outcome = check(path, "--format", "json", "--severity", "type=warning")
    document = outcome.document
    assert (outcome.status, document["records"]) == (0, {"user": {"total": 1, "valid": 1}})
    assert (document["counts"], document["errors"], document["warnings"]) == ({"user.role:type": 1}, 0, 1)


def test_a_reading_rule_gets_another_severity_by_the_name_that_reports_call_it(file: FileMaker) -> None:
    path = file("broken.json", lines_of({"type": "user", "item": {"id": "ann", "role": 7}}))
    assert check(path, "--severity", "user.role:type=warning").status == 0
    assert check(path, "--severity", "user.id:type=warning").status == 1
    assert check(path, "--severity", "type=warning", "--severity", "user.role:type=error").status == 1
    assert check(path, "--severity", "user.role:type=warning", "--strict").status == 1


READING_RULES = [name for name, kind in EXPLAINED.items() if issubclass(kind, ReadingRule) and not kind.can_be_off]


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("bogus=off", "severity of bogus: there is no such rule or code in stream-chat"),
        ("user.id:bogus=warning", "severity of user.id:bogus: there is no such rule or code in stream-chat"),
        ("user.role:type=off", "user.role:type cannot be off: without it the file cannot be read; make it a warning"),
        ("user.id:timestamp=warning", "severity of user.id:timestamp: there is no such rule or code in stream-chat"),
        ("=error", "severity of : there is no such rule or code in stream-chat"),
        ("bogus=fatal", "severity of bogus: 'fatal'; it is one of error, warning, off"),
        *(
            (f"{name}=off", f"{name} cannot be off: without it the file cannot be read; make it a warning")
            for name in READING_RULES
        ),
        *(
            pytest.param(
                f"{name}=fatal",
                f"severity of {name}: 'fatal'; it is one of error, warning, off",
            )
            for name in ("reserved", "refers-to", "parse")
        ),
    ],
    ids=lambda each: each if each.partition("=")[2] in {"off", "fatal", "error", "warning"} else "",
)  # fmt: skip
def test_a_severity_that_makes_no_sense_is_an_error(file: FileMaker, pair: str, message: str) -> None:
    path = file("valid.json", VALID)
    assert check(path, "--severity", pair) == Outcome(2, "", f"import-validator: stream-chat: {message}\n")


@pytest.mark.parametrize("option", ["--severity", "--existing"])
@pytest.mark.parametrize("pair", ["reserved", ""])
def test_an_option_of_pairs_without_a_value_is_bad_usage(file: FileMaker, option: str, pair: str) -> None:
    outcome = check(file("valid.json", VALID), option, pair)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.endswith(f"Error: Invalid value for {option}: {pair!r}: write NAME=VALUE\n")


# Without references


NO_REFERENCES = "references, duplicates and all else that concerns more than one record were not checked"


def test_without_references_nothing_across_records_is_reported_and_the_report_says_so(file: FileMaker) -> None:
    content = BROKEN.replace(b"\n]", b',\n{"type": "user", "item": {"id": "ann"}}\n]')
    path = file("broken.json", content)
    assert check(path, "--format", "json").document["counts"] == {
        "user.id:required": 1,
        "user:reserved": 1,
        "user:unique": 1,
        "channel.created_by:refers-to": 1,
    }
    outcome = check(path, "--format", "json", "--no-references")
    assert outcome.status == 1
    assert outcome.document == {
        **BROKEN_REPORT,
        "source": str(path),
        "records": {"user": {"total": 3, "valid": 1}, "channel": {"total": 1, "valid": 1}},
        "counts": {"user.id:required": 1, "user:reserved": 1},
        "errors": 2,
        "violations": [RESERVED, REQUIRED],
        "notes": [NO_REFERENCES],
        "bytes": len(content),
    }


def test_without_references_what_one_record_says_of_the_app_is_still_checked(file: FileMaker) -> None:
    path = file("broken.json", KING)
    assert check(path, "--format", "json", "--no-references").document["counts"] == {"user.role:enum": 1}


def test_text_shows_the_notes(file: FileMaker) -> None:
    path = file("twice.json", lines_of(user("ann"), user("ann")))
    outcome = check(path, "--no-references")
    assert outcome.status == 0
    assert outcome.page.splitlines()[-1] == f"note: {NO_REFERENCES}"


# Keys that exist already


DANGLING = lines_of(
    user("ann", user_mutes=["bob", "cid"]),
    {"type": "member", "item": {"channel_type": "messaging", "channel_id": "HQ", "user_id": "ann"}},
)
LACKS_BOB = """reference error: muted user "bob" by user "ann" doesn't exist"""
LACKS_CID = """reference error: muted user "cid" by user "ann" doesn't exist"""
LACKS_HQ = """reference error: channel "messaging:HQ" doesn't exist"""


def messages(*arguments: str | Path) -> list[str]:
    """The messages of all violations."""
    outcome = check(*arguments, "--format", "json")
    assert outcome.err == ""
    return [each["message"] for each in outcome.document["violations"]]


def test_without_existing_keys_every_reference_has_to_lead_to_a_record(file: FileMaker) -> None:
    assert messages(file("dangling.json", DANGLING)) == [LACKS_BOB, LACKS_CID, LACKS_HQ]


@pytest.mark.parametrize(
    "content",
    [
        b"bob\n",
        b"bob",
        b"\n\nbob\n\n",
        b"\r\nbob\r\n\r\nzoe\r\n",
        b"  bob\t\n",
        b"zoe\nbob\nbob\n",
        b"\xff\nbob\n",
        gzip.compress(b"bob\n"),
        lines_of(user("bob")),
        lines_of(user("zoe"), {"type": "channel", "item": {"id": "cid"}}, user("bob"), {"type": "odd"}),
        gzip.compress(lines_of(user("bob"))),
        pytest.param(
            b"\xef\xbb\xbfbob\n",
        ),
    ],
    ids=[
        "a line",
        "no newline",
        "blank lines",
        "CRLF",
        "spaces around",
        "repeated",
        "no UTF-8 elsewhere",
        "gzip",
        "an import file",
        "an import file of several types",
        "an import file with gzip",
        "a byte order mark",
    ],
)
def test_existing_keys_come_from_a_file(file: FileMaker, content: bytes) -> None:
    path = file("dangling.json", DANGLING)
    assert messages(path, "--existing", f"user={file('keys', content)}") == [LACKS_CID, LACKS_HQ]


@pytest.mark.parametrize("content", [b"", b" \r\n", gzip.compress(b""), b"[]"], ids=["empty", "blank", "gzip", "array"])
def test_a_file_without_existing_keys_changes_nothing(file: FileMaker, content: bytes) -> None:
    path = file("dangling.json", DANGLING)
    assert messages(path, "--existing", f"user={file('keys', content)}") == [LACKS_BOB, LACKS_CID, LACKS_HQ]


def test_an_existing_key_of_several_parts_is_joined_by_colons(file: FileMaker) -> None:
    path = file("dangling.json", DANGLING)
    keys = file("keys", b"messaging:other\nmessaging:HQ\n")
    assert messages(path, "--existing", f"channel={keys}") == [LACKS_BOB, LACKS_CID]


def test_existing_keys_of_several_types_make_the_file_valid(file: FileMaker) -> None:
    path = file("dangling.json", DANGLING)
    users, channels = file("users", b"bob\ncid\n"), file("channels", b"messaging:HQ\n")
    outcome = check(path, "--existing", f"user={users}", "--existing", f"channel={channels}", "--format", "json")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.document == {
        **VALID_REPORT,
        "source": str(path),
        "records": {"user": {"total": 1, "valid": 1}, "member": {"total": 1, "valid": 1}},
        "bytes": len(DANGLING),
    }


def test_an_existing_key_of_one_part_may_hold_colons(file: FileMaker) -> None:
    path = file("dangling.json", lines_of(user("ann", user_mutes=["a:b:c"])))
    assert check(path, "--existing", f"user={file('keys', b'a:b:c')}").status == 0


def test_a_record_may_have_a_key_that_exists_already(file: FileMaker) -> None:
    path = file("valid.json", VALID)
    assert check(path, "--existing", f"user={file('keys', b'ann')}").status == 0


def test_existing_keys_are_known_to_each_of_several_files(file: FileMaker) -> None:
    path = file("dangling.json", lines_of(user("ann", user_mutes=["bob"])))
    assert check(path, path, "--existing", f"user={file('keys', b'bob')}").status == 0


def test_many_existing_keys_are_found_in_memory_or_spilled(file: FileMaker) -> None:
    path = file("dangling.json", lines_of(user("ann", user_mutes=[f"u{n}" for n in (0, 8191, 8192, 29_999, 30_000)])))
    keys = file("keys", b"".join(b"u%d\r\n" % number for number in range(30_000)))
    for memory in ("64MB", "1"):
        assert messages(path, "--existing", f"user={keys}", "--memory", memory) == [
            """reference error: muted user "u30000" by user "ann" doesn't exist"""
        ]


def test_existing_keys_of_one_type_may_come_from_several_files(file: FileMaker) -> None:
    path = file("dangling.json", DANGLING)
    first, second = file("first", b"bob"), file("second", b"cid")
    assert messages(path, "--existing", f"user={first}", "--existing", f"user={second}") == [LACKS_HQ]


def test_an_import_file_of_existing_keys_that_is_cut_off_is_an_error(file: FileMaker) -> None:
    path = file("dangling.json", DANGLING)
    outcome = check(path, "--existing", f"user={file('earlier.json', lines_of(user('bob'), user('cid'))[:-9])}")
    assert outcome.status == 2
    assert "earlier.json" in outcome.err


@pytest.mark.parametrize("key", ["messaging", "messaging:HQ:x", ":::"])
def test_an_existing_key_with_another_number_of_parts_is_an_error(file: FileMaker, key: str) -> None:
    path = file("dangling.json", DANGLING)
    keys = file("keys", b"messaging:HQ\n" + key.encode())
    message = f"existing channel: the key {key!r} should have 2 parts, joined by colons"
    assert check(path, "--existing", f"channel={keys}") == Outcome(2, "", f"import-validator: {message}\n")


def test_existing_keys_of_a_type_that_there_is_not_are_an_error(file: FileMaker) -> None:
    path = file("dangling.json", DANGLING)
    keyed = ", ".join(name for name, record in RuleSet.load("stream-chat").records.items() if record.key)
    message = f"existing usr: no record type of this name has a key; there are {keyed}"
    outcome = check(path, "--existing", f"usr={file('keys', b'bob')}")
    assert outcome == Outcome(2, "", f"import-validator: {message}\n")


def test_a_file_of_existing_keys_that_is_not_there_is_an_error(file: FileMaker, tmp_path: Path) -> None:
    path, none = file("dangling.json", DANGLING), tmp_path / "none"
    outcome = check(path, "--existing", f"user={none}")
    assert outcome == Outcome(2, "", f"import-validator: {path}: {none}: No such file or directory\n")


# Rule sets


def test_a_rule_set_is_given_by_name_or_by_path(file: FileMaker) -> None:
    path = file("valid.json", VALID)
    own = file("own.toml", b'[records.user]\nrules = [{ rule = "required", field = "email" }]\n')
    by_name = run("validate", path, "--rules", "stream-chat", "--format", "json").document
    by_path = run("validate", path, "--rules", own, "--format", "json").document
    assert (by_name["rules"], by_name["why"], by_name["counts"]) == ("stream-chat", "", {})
    assert (by_path["rules"], by_path["why"], by_path["counts"]) == ("own", "", {"user.email:required": 1})


@pytest.mark.parametrize("command_name", [["rules"], ["validate", SEED_EXAMPLE, "--rules"]])
def test_a_rule_set_that_is_not_there_is_an_error_that_names_those_that_are(command_name: list[str]) -> None:
    message = f"import-validator: no rule set 'chat'; there are {SHIPPED}, or a path to a .toml file\n"
    assert run(*command_name, "chat") == Outcome(2, "", message)


@pytest.mark.parametrize("command_name", [["rules"], ["validate", SEED_EXAMPLE, "--rules"]])
def test_a_rule_set_file_that_is_not_there_is_an_error(command_name: list[str]) -> None:
    outcome = run(*command_name, "none/chat.toml")
    assert outcome == Outcome(2, "", "import-validator: none/chat.toml: No such file or directory\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[records", "not TOML: "),
        (b"\xff", "'utf-8' codec can't decode"),
        (b"", "the rule set has no record types"),
        (b'[records.user]\nrules = [{ rule = "bogus" }]\n', "records.user.rules[0]: no kind of rule 'bogus'; there"),
        (
            b'[records.user]\nrules = [{ rule = "required" }]\n',
            "records.user.rules[0]: Required missing 1 required keyword-only argument: 'field'",
        ),
    ],
    ids=["no toml", "no text", "empty", "no such kind", "no field"],
)
@pytest.mark.parametrize("command_name", [["rules"], ["validate", SEED_EXAMPLE, "--rules"]])
def test_a_broken_rule_set_is_an_error_that_says_where(
    file: FileMaker, command_name: list[str], content: bytes, message: str
) -> None:
    outcome = run(*command_name, file("broken.toml", content))
    assert (outcome.status, outcome.out) == (2, "")
    assert message in outcome.err


@pytest.mark.parametrize("command_name", [["rules"], ["schema"], ["validate", SEED_EXAMPLE, "--rules"]])
def test_every_error_in_a_rule_set_names_its_file(file: FileMaker, command_name: list[str]) -> None:
    path = file("broken.toml", b'[records.user]\nrules = [{ rule = "bogus" }]\n')
    assert run(*command_name, path).err.startswith(f"import-validator: {path}: records.user.rules[0]: ")


def test_rules_lists_the_rule_sets() -> None:
    outcome = run("rules")
    assert (outcome.status, outcome.err) == (0, "")
    assert [line.split() for line in outcome.out.splitlines()] == [
        ["rule", "set", "reads", "for"],
        *([each.name, each.reader, *each.title.split()] for each in RuleSet.shipped()),
    ]


def test_rules_shows_what_a_rule_set_holds() -> None:
    outcome = run("rules", "stream-chat")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(
        "stream-chat: Stream Chat import (JSON array)\n"
        "format: https://github.com/GetStream/stream-cli/blob/main/docs/imports.md\n"
    )
    for name in RuleSet.load("stream-chat").params:
        assert f" {name} " in outcome.out


def test_rules_shows_the_name_of_every_rule_in_full() -> None:
    out = run("rules", "stream-chat").out
    names = [rule.name for rule in compile_plan(RuleSet.load("stream-chat")).rules if rule.kind != "each"]
    assert [name for name in names if name not in out] == []


def test_rules_shows_patterns_as_they_are() -> None:
    assert r"^[@\w-]*$" in run("rules", "stream-chat").out


def test_rules_shows_a_rule_set_of_one_s_own(file: FileMaker) -> None:
    path = file("own.toml", b'title = "Ours"\n[records.user]\nrules = [{ rule = "required", field = "email" }]\n')
    outcome = run("rules", path)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith("own: Ours\n")
    assert "user.email:required" in outcome.out


# Recognition


@pytest.mark.parametrize("arguments", [[], ["--format", "json"]], ids=["text", "json"])
def test_a_rule_set_that_is_not_named_is_recognised_and_the_report_says_why(
    file: FileMaker, arguments: list[str]
) -> None:
    outcome = run("validate", file("broken.json", BROKEN), *arguments)
    assert outcome.status == 1
    assert "stream-chat" in outcome.out
    assert "the file looks like json-array" in outcome.out
    assert "user is one of its types" in outcome.out


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"hello",
        b'"user"',
        bytes(range(255, 0, -1)),
        b"\0" * 99,
    ],
    ids=["empty", "blank", "text", "string", "binary", "zeros"],
)
def test_a_file_that_fits_no_rule_set_is_an_error(file: FileMaker, content: bytes) -> None:
    path = file("odd", content)
    assert run("validate", path) == Outcome(2, "", f"import-validator: {path}: {UNKNOWN_FORMAT}\n")


@pytest.mark.parametrize(
    "content",
    [b"", b"   \n", b"hello", b'{"type": "user", "item": {}}', bytes(range(255, 0, -1)), b"[" * 100_000, b"[1,"],
    ids=["empty", "blank", "text", "object", "binary", "nested", "cut"],
)
@pytest.mark.parametrize("output_format", FORMATS)
def test_a_file_that_is_no_json_array_is_not_valid_where_the_rule_set_is_named(
    file: FileMaker, content: bytes, output_format: str
) -> None:
    outcome = run("validate", file("odd", content), "--rules", "stream-chat", "--format", output_format)
    assert (outcome.status, outcome.err) == (1, "")
    assert "parse error: " in outcome.out


# Files that cannot be read


def test_a_folder_is_an_error(tmp_path: Path) -> None:
    message = f"import-validator: {tmp_path}: is a directory; name the import file in it\n"
    assert run("validate", tmp_path) == Outcome(2, "", message)


def test_a_file_without_permission_is_an_error(file: FileMaker) -> None:
    path = file("secret.json", VALID)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    assert run("validate", path) == Outcome(2, "", f"import-validator: {path}: Permission denied\n")


def test_a_damaged_gzip_file_is_an_error_that_names_it(file: FileMaker) -> None:
    path = file("cut.json.gz", gzip.compress(BROKEN)[:-9])
    message = "the gzip data ends too early: the file was cut off"
    assert run("validate", path) == Outcome(2, "", f"import-validator: {path}: {message}\n")


def test_a_file_that_cannot_be_read_keeps_no_other_from_being_validated(file: FileMaker, tmp_path: Path) -> None:
    none, broken = tmp_path / "none.json", file("broken.json", BROKEN)
    outcome = run("validate", none, broken, "--format", "jsonl")
    assert outcome.err == f"import-validator: {none}: No such file or directory\n"
    assert [line.get("rule") for line in outcome.lines] == [
        "user:reserved",
        "user.id:required",
        "channel.created_by:refers-to",
        None,
    ]


# Standard input, several files, pipes, interruption: in processes of their own


@pytest.mark.parametrize("output_format", ["json", "jsonl"])
def test_standard_input_is_a_file_called_dash(output_format: str) -> None:
    outcome = run_process("validate", "--rules", "stream-chat", "-", "--format", output_format, input=BROKEN)
    last = outcome.lines[-1]["summary"] if output_format == "jsonl" else outcome.document
    assert (outcome.status, outcome.err) == (1, "")
    assert last == {
        **(BROKEN_SUMMARY if output_format == "jsonl" else BROKEN_REPORT),
        "source": "(standard input)",
    }


def test_standard_input_may_be_compressed() -> None:
    outcome = run_process("validate", "--rules", "stream-chat", "-", "--format", "json", input=gzip.compress(BROKEN))
    assert outcome.document == {**BROKEN_REPORT, "source": "(standard input)"}


def test_standard_input_may_be_a_file(file: FileMaker) -> None:
    with file("broken.json", BROKEN).open("rb") as opened:
        outcome = run_process("validate", "--rules", "stream-chat", "-", "--format", "json", stdin=opened)
    assert outcome.document == {**BROKEN_REPORT, "source": "(standard input)"}


def test_an_error_about_standard_input_calls_it_so() -> None:
    outcome = run_process("validate", "-", input=b"hello")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == f"import-validator: -: {UNKNOWN_FORMAT}\n"


def test_several_files_in_one_run(file: FileMaker) -> None:
    valid, broken = file("valid.json", VALID), file("broken.json", BROKEN)
    outcome = run_process("validate", "--rules", "stream-chat", valid, "-", broken, "--format", "json", input=VALID)
    assert outcome.status == 1
    assert [(each["source"], each["valid"]) for each in outcome.document["files"]] == [
        (str(valid), True),
        ("(standard input)", True),
        (str(broken), False),
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", "-", "--rules", "stream-chat", "--format", "jsonl"],
        ["validate", "-", "--rules", "stream-chat", "--format", "json", "--samples", "20000"],
        ["validate", "-", "--rules", "stream-chat", "--format", "stream-cli"],
        ["rules", "stream-chat"],
    ],
    ids=["jsonl", "json", "stream-cli", "rules"],
)
def test_a_reader_that_has_seen_enough_is_no_error(file: FileMaker, arguments: list[str]) -> None:
    path = file("broken.json", lines_of(*(user(f"u{n}", pk=1) for n in range(20_000))))
    with path.open("rb") as stdin:
        process = start_process(*arguments, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline() != b""
            process.stdout.close()
            assert process.stderr.read() == b""


@pytest.mark.parametrize("output_format", FORMATS)
def test_an_interrupted_run_says_so_and_leaves_nothing_behind(tmp_path: Path, output_format: str) -> None:
    arguments: list[str | Path] = [
        "validate",
        "-",
        "--rules",
        "stream-chat",
        "--tmp",
        tmp_path,
        "--memory",
        "64KB",
        "--format",
        output_format,
    ]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with start_process(*arguments, **pipes) as process:
        assert process.stdin is not None
        records = b",".join(b'{"type":"user","item":{"id":"u%d","user_mutes":["x%d"]}}' % (n, n) for n in range(30_000))
        process.stdin.write(b"[" + records)  # more than the pipe holds: the process is at work once this returns
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=50)
    assert (process.returncode, out, err.split()) == (130, b"", [b"interrupted"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("output_format", FORMATS)
def test_temporary_files_lie_in_the_folder_that_was_asked_for_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output_format: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    records = lines_of(*(user(f"u{n}", user_mutes=[f"x{n}"]) for n in range(10_000)))
    piped = gzip.compress(records)
    outcome = check("-", "--tmp", tmp_path, "--memory", "64KB", "--format", output_format, stdin=piped)
    assert (outcome.status, outcome.err) == (1, "")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_for_temporary_files_that_is_not_there_is_bad_usage(file: FileMaker, tmp_path: Path) -> None:
    outcome = run("validate", file("valid.json", VALID), "--tmp", tmp_path / "none")
    assert (outcome.status, outcome.out) == (2, "")
    assert f"Invalid value for '--tmp': Directory '{tmp_path / 'none'}' does not exist." in outcome.err


def test_progress_is_shown_on_a_terminal_and_kept_out_of_the_report(file: FileMaker) -> None:
    openpty = getattr(os, "openpty", None)
    if openpty is None:
        pytest.skip("this system has no pseudo-terminals")
    screen, terminal = openpty()
    path = file("broken.json", BROKEN)
    try:
        arguments = command_line("validate", path, "--rules", "stream-chat", "--format", "json")
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200"}
        done = subprocess.run(
            arguments, stdout=subprocess.PIPE, stderr=terminal, timeout=50, check=False, env=environment
        )
        shown = os.read(screen, 1 << 16)
    finally:
        os.close(screen)
        os.close(terminal)
    assert timeless(json.loads(done.stdout)) == {**BROKEN_REPORT, "source": str(path)}
    assert b"broken.json" in shown


# Explanations, help, version

SECTIONS = ["What it checks", "Why it matters", "Example", "How to mend it"]


@pytest.mark.parametrize("code", list(EXPLAINED))
def test_explain_has_four_sections_for_every_code(code: str) -> None:
    outcome = run("explain", code)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"{code}: ")
    assert [line for line in outcome.out.splitlines() if line in SECTIONS] == SECTIONS


@pytest.mark.parametrize("code", list(EXPLAINED))
def test_explain_shows_the_documentation_without_losing_any_of_it(code: str) -> None:
    shown = " ".join(run("explain", code).out.split())
    for paragraph in EXPLAINED[code].documentation().partition("\nAttributes:\n")[0].split("\n\n"):
        assert " ".join(paragraph.removeprefix("## ").split()) in shown


def test_explain_takes_the_name_of_a_rule() -> None:
    assert run("explain", "user.id:max-length") == run("explain", "max-length")


SHIPPED_CODES = {
    rule.code
    for rule_set in RuleSet.shipped()
    for cascade in (False, True)
    for rule in compile_plan(rule_set, choices=Choices(cascade=cascade)).rules
}


@pytest.mark.parametrize("code", sorted(SHIPPED_CODES))
def test_explain_knows_every_code_that_a_shipped_rule_set_reports(code: str) -> None:
    outcome = run("explain", code)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"{code}: ")


@pytest.mark.parametrize("code", ["bogus", "", "[bold]", "user.id:bogus"])
def test_explain_names_the_codes_there_are_where_there_is_no_such_one(code: str) -> None:
    message = f"Error: no code {code!r}; there are: {', '.join(EXPLAINED)}\n"
    assert run("explain", code) == Outcome(2, "", message)


def test_help_shows_the_commands() -> None:
    outcome = run("--help")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome == run("-h")
    for name in ("validate", "rules", "explain"):
        assert re.search(rf"^  {name}  ", outcome.out, re.MULTILINE)


@pytest.mark.parametrize("name", ["validate", "rules", "explain"])
def test_every_command_has_help_that_shows_its_options(name: str) -> None:
    outcome = run(name, "--help")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: import-validator {name}")
    with command.make_context("import-validator", [], resilient_parsing=True) as context:
        asked = command.get_command(context, name)
    assert asked is not None
    for parameter in asked.params:
        for option in parameter.opts if parameter.param_type_name == "option" else []:
            assert option in outcome.out


def test_version_is_the_package_s() -> None:
    assert run("--version") == Outcome(0, f"import-validator, version {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [["bogus"], ["validate"], ["validate", "--bogus", "x"], ["validate", "x", "--format", "xml"], ["explain"]],
    ids=" ".join,
)
def test_bad_usage_exits_with_2_and_shows_how_to_get_help(arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("Usage: import-validator ")
    assert "--help' for help." in outcome.err
