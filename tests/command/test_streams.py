"""Standard streams as they come: in other encodings, closed, full, and with a reader that goes away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.command import command_line, run, timeless
from tests.command.broken import BROKEN, FORMATS, SEED_EXAMPLE, FileMaker
from tests.samples import VALID

pytestmark = pytest.mark.unwatched

NAMES = b'[{"type": "user", "item": {"id": "b\xc3\xa4d \xe2\x98\x83 \xf0\x9f\x98\x80"}}]'
NOT_UTF_8 = ["latin-1", "cp1252", "ascii", "utf-16"]


def shell(script: str, *arguments: str | Path, **environment: str) -> tuple[int, bytes, bytes]:
    """The status and the output of a shell's script, in which "$@" is the command."""
    done = subprocess.run(
        ["sh", "-c", script, "sh", *command_line(*arguments)],
        capture_output=True,
        timeout=50,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": "", **environment},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("encoding", NOT_UTF_8)
def test_text_that_an_encoding_cannot_hold_is_shown_as_escapes(file: FileMaker, encoding: str) -> None:
    status, out, err = shell('"$@"', "validate", file("names.json", NAMES), PYTHONIOENCODING=encoding)
    [shown] = [line for line in out.decode(encoding).splitlines() if "record 0" in line]
    known = {"latin-1": "bäd \\u2603 \\ud83d\\ude00", "cp1252": "bäd \\u2603 \\ud83d\\ude00", "utf-16": "bäd ☃ 😀"}
    value = known.get(encoding, "b\\u00e4d \\u2603 \\ud83d\\ude00")
    assert (status, shown, err) == (1, f'    record 0, byte 1, at /id, value "{value}"', b"")


@pytest.mark.parametrize(
    ("encoding", "output_format"),
    [*((each, "json") for each in NOT_UTF_8), ("ascii", "jsonl"), ("cp1252", "stream-cli")],
)
def test_json_in_any_other_encoding_than_utf_8_is_ascii(file: FileMaker, encoding: str, output_format: str) -> None:
    def documents(text: str) -> list[Any]:
        lines = text.splitlines() if output_format == "jsonl" else [text]
        return [timeless(json.loads(line)) for line in lines]

    arguments = ["validate", file("names.json", NAMES), "--rules", "stream-chat", "--format", output_format]
    status, out, err = shell('"$@"', *arguments, PYTHONIOENCODING=encoding)
    text = out.decode(encoding)
    assert (status, text.isascii(), err) == (1, True, b"")
    assert documents(text) == documents(run(*arguments).out)


@pytest.mark.parametrize("name", ["", "validate", "generate"])  # what they say in UTF-8: `test_help.py`
def test_help_can_be_read_on_every_terminal(name: str) -> None:
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    status, out, err = shell('"$@"', *filter(None, [name]), "--help", **environment)
    assert (status, out.isascii(), out[:7], err) == (0, True, b"Usage: ", b"")


def test_an_error_in_the_c_locale_is_one_line(tmp_path: Path) -> None:
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    status, out, err = shell('"$@"', "validate", "ümläut.json", **environment)
    said = b"import-validator: \\xc3\\xbcml\\xc3\\xa4ut.json: No such file or directory\n"
    assert (status, out, err) == (2, b"", said)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such file names")
@pytest.mark.parametrize("output_format", FORMATS)
def test_a_file_name_that_is_not_utf_8_is_shown_with_escapes(tmp_path: Path, output_format: str) -> None:
    path = os.fsencode(tmp_path) + b"/bad\xff.json"
    Path(os.fsdecode(path)).write_bytes(VALID)
    status, out, err = shell('"$@"', "validate", os.fsdecode(path), "--format", output_format)
    shown = f"{tmp_path}/bad\\xff.json"
    assert (status, err) == (0, b"")
    if output_format == "text":
        assert out.decode().startswith(f"{shown}: valid\n")
    elif output_format != "stream-cli":
        document = json.loads(out)
        assert document.get("summary", document)["source"] == shown


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such file names")
def test_an_error_about_a_file_name_that_is_not_utf_8_is_valid_json(tmp_path: Path) -> None:
    path = os.fsdecode(b"none\xff\x1b.json")
    status, out, err = shell('"$@"', "validate", path, "--format", "json")
    error = "none\\xff\x1b.json: No such file or directory"
    assert (status, json.loads(out)) == (2, {"valid": False, "source": "none\\xff\x1b.json", "error": error})
    assert err == b"import-validator: none\\xff\\u001b.json: No such file or directory\n"


@pytest.mark.parametrize(
    ("script", "status", "said"),
    [
        ('"$@" >&-', 2, b"import-validator: standard output: it is closed\n"),
        ('"$@" 2>&- >/dev/null', 0, b""),
        ('"$@" <&- >/dev/null', 0, b""),
        ('"$@" <&- >&- 2>&-', 2, b""),
        ('"$@" -o /dev/null >&-', 0, b""),
        ('"$@" none 2>&- >/dev/null', 2, b""),
        ('"$@" - <&- >/dev/null', 2, b"import-validator: (standard input): it is closed\n"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_closed_stream_is_an_error_only_where_it_is_needed(script: str, status: int, said: bytes) -> None:
    assert shell(script, "validate", SEED_EXAMPLE) == (status, b"", said)


def test_what_is_written_to_a_closed_stream_does_not_end_up_in_a_file(file: FileMaker, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    status, out, err = shell('"$@" <&- >&- 2>&-', "validate", "none", SEED_EXAMPLE, "-o", report, "--format", "json")
    assert (status, out, err) == (2, b"", b"")
    assert [each["valid"] for each in json.loads(report.read_bytes())["files"]] == [False, True]


@pytest.mark.parametrize(
    ("content", "status", "output_format"),
    [*((BROKEN, b"1\n", each) for each in FORMATS), (VALID, b"0\n", "text")],
    ids=[*FORMATS, "valid"],
)
def test_where_the_reader_goes_away_the_verdict_is_still_the_status(
    file: FileMaker, content: bytes, status: bytes, output_format: str
) -> None:
    script = '{ "$@"; echo $? >&2; } | true'
    assert shell(script, "validate", file("x.json", content), "--format", output_format) == (0, b"", status)


@pytest.mark.parametrize("output_format", ["jsonl"])
def test_where_the_reader_goes_away_before_there_is_a_verdict_the_status_is_141(
    file: FileMaker, output_format: str
) -> None:
    users = b",".join(b'{"type": "user", "item": {"id": "a b%d"}}' % number for number in range(3000))
    path = file("many.json", b"[" + users + b"]")
    script = '{ "$@"; echo $? >&2; } | true'
    assert shell(script, "validate", path, "none", "--format", output_format) == (0, b"", b"141\n")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["rules"], ["explain", "enum"], ["generate", "stream-chat", "--size", "1MB", "-o", "-"]]
)
def test_other_commands_end_with_141_where_nobody_reads_what_they_write(arguments: list[str]) -> None:
    assert shell('{ sleep 0.1; "$@"; echo $? >&2; } | true', *arguments) == (0, b"", b"141\n")


def test_errors_that_nobody_reads_change_nothing() -> None:
    script = '{ "$@" 2>&1 >/dev/null; echo $? >&3; } 3>&2 | true'
    assert shell(script, "validate", "none") == (0, b"", b"2\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", SEED_EXAMPLE],
        ["validate", SEED_EXAMPLE, "--format", "json"],
        ["schema", "stream-chat"],
        ["generate", "stream-chat", "--size", "1MB"],
        ["template", "example-table"],
    ],
    ids=lambda value: " ".join(map(str, value[:1] + value[2:])),
)
def test_a_full_disk_is_named_by_the_output(arguments: list[str | Path], tmp_path: Path) -> None:
    output = "/dev/full"
    if arguments[0] == "template":
        link = tmp_path / "full.csv"
        link.symlink_to("/dev/full")
        output = str(link)
    said = f"import-validator: {output}: No space left on device\n".encode()
    assert shell('"$@"', *arguments, "-o", output) == (2, b"", said)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["--help"], ["rules"], ["explain", "enum"], ["validate", SEED_EXAMPLE]])
def test_a_full_disk_behind_standard_output_is_said(arguments: list[str | Path]) -> None:
    said = b"import-validator: standard output: No space left on device\n"
    assert shell('"$@" >/dev/full', *arguments) == (2, b"", said)
