"""`--no-references`, and what a report says of what was not checked."""

from __future__ import annotations

from tests.command import check
from tests.command.broken import BROKEN, BROKEN_REPORT, KING, REQUIRED, RESERVED, FileMaker, lines_of, user

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
