"""Nothing that a file, a rule set or a name holds reaches the terminal as it is: no escape sequence, no forged line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from import_validator.model.escaping import as_ascii, encodable, printable
from tests.command import command_line, run
from tests.command.broken import SEED_EXAMPLE, FileMaker

EVIL = "\x1b[31m\x9b31m\u202e\u2028\u2029\x7f\x85\r\nFAKE: valid\t\u200b"
SHOWN = r"\u001b[31m\u009b31m\u202e\u2028\u2029\u007f\u0085\r\nFAKE: valid\t\u200b"
TABLE = b"""
name = "t"
[reader]
format = "table"
[columns.id]
header = "Id"
type = "string"
required = true
[columns.n]
header = "N"
type = "integer"
"""


def forged(text: str) -> list[str]:
    """The lines that have anything that is not printable, or that say what only the content says."""
    return [line for line in text.split("\n") if not line.isprintable() or line.startswith("FAKE")]


def test_escapes_are_those_of_json_and_what_is_printable_stays() -> None:
    assert printable(EVIL) == SHOWN
    assert printable("päth ☃ 😀 \\n") == "päth ☃ 😀 \\n"
    assert printable("\U000e0001\udcff\ud800") == r"\udb40\udc01\xff\ud800"


@pytest.mark.unwatched
@given(st.text())
@example(EVIL)
def test_all_text_becomes_one_printable_line(text: str) -> None:
    assert printable(text).isprintable()
    assert printable(printable(text)) == printable(text)
    assert encodable(text).encode().decode() == encodable(text)
    assert as_ascii(encodable(text)).isascii()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_as_ascii_says_the_same(text: str) -> None:
    assert json.loads(as_ascii(json.dumps(text, ensure_ascii=False))) == text


@pytest.mark.parametrize("output_format", ["text", "stream-cli"])
def test_names_and_values_of_records_are_escaped(file: FileMaker, output_format: str) -> None:
    upsert = {"client_id": 1000, "table_name": "t", "sequence": 1, "action": "upsert", "key_names": [EVIL]}
    bodies = [{**upsert, "data": {"x": 1}}, {**upsert, "sequence": 2, "action": EVIL, "data": {EVIL: {EVIL: EVIL}}}]
    path = file("inject.json", json.dumps(bodies).encode())
    outcome = run("validate", path, "--rules", "stitch", "--format", output_format)
    assert (outcome.status, forged(outcome.out), outcome.err) == (1, [], "")
    assert SHOWN.partition(r"\r")[0] in outcome.out.replace("\\\\", "\\")  # JSON writes a backslash twice


def test_headers_and_cells_are_escaped(file: FileMaker) -> None:
    rules = file("t.toml", TABLE)
    content = f'Id,N,"{EVIL}"\n"{EVIL}","{EVIL}",1\n'.encode()
    outcome = run("validate", file("inject.csv", content), "--rules", rules)
    assert (outcome.status, forged(outcome.out), outcome.err) == (1, [], "")


@pytest.mark.parametrize("arguments", [["--plan"], []])
def test_names_of_rule_sets_are_escaped(file: FileMaker, arguments: list[str]) -> None:
    evil = json.dumps(EVIL).replace("\\u007f", "\\u007F")
    rules = file("t.toml", TABLE.replace(b'"t"', evil.encode()).replace(b'"Id"', evil.encode()))
    table = file("x.csv", b"Id,N\na,1\n")
    for asked in (["validate", table, "--rules", rules, *arguments], ["rules", rules], ["template", rules, "-o", "x"]):
        outcome = run(*asked)
        assert (forged(outcome.out), forged(outcome.err)) == ([], [])


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such file names")
@pytest.mark.parametrize(
    "arguments",
    [
        ["validate", EVIL],
        ["validate", SEED_EXAMPLE, "--rules", EVIL],
        ["validate", SEED_EXAMPLE, "--rules", f"none/{EVIL}.toml"],
        ["validate", SEED_EXAMPLE, "--params", EVIL],
        ["validate", SEED_EXAMPLE, "--param", EVIL],
        ["validate", SEED_EXAMPLE, "--param", f"{EVIL}={EVIL}"],
        ["validate", SEED_EXAMPLE, "--severity", f"{EVIL}=off"],
        ["validate", SEED_EXAMPLE, "--existing", f"user={EVIL}"],
        ["validate", SEED_EXAMPLE, "--memory", EVIL],
        ["validate", SEED_EXAMPLE, "--tmp", EVIL],
        ["validate", SEED_EXAMPLE, "-o", f"{EVIL}/x"],
        ["validate", SEED_EXAMPLE, f"--{EVIL}"],
        [EVIL],
        ["explain", EVIL],
        ["rules", EVIL],
        ["schema", EVIL],
        ["draft", EVIL],
        ["generate", "stream-chat", "--rule", EVIL, "-o", "x"],
        ["template", "example-table", "-o", EVIL],
    ],
    ids=lambda value: " ".join(map(ascii, value)),
)
def test_what_the_user_writes_is_escaped_in_errors(
    arguments: list[str | Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run(*arguments)
    assert (outcome.status, outcome.out, forged(outcome.err)) == (2, "", [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such file names")
def test_the_file_s_name_is_escaped_in_its_report(tmp_path: Path) -> None:
    path = tmp_path / f"{EVIL}.json"
    path.write_bytes(SEED_EXAMPLE.read_bytes())
    done = subprocess.run(command_line("validate", path), capture_output=True, timeout=50, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().split("\n")[0] == f"{tmp_path}/{SHOWN}.json: valid"
