"""The JSON report, and JSON Lines of violations."""

from __future__ import annotations

from pathlib import Path

from tests.command import check
from tests.command.broken import (
    BROKEN,
    BROKEN_REPORT,
    BROKEN_SUMMARY,
    REFERS_TO,
    REQUIRED,
    RESERVED,
    VALID_REPORT,
    FileMaker,
    lines_of,
    user,
)
from tests.samples import VALID


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
