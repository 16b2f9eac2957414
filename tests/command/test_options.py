"""Options of `validate` that bound something: samples, memory, records."""

from __future__ import annotations

import pytest

from tests.command import check
from tests.command.broken import BROKEN, BROKEN_REPORT, FileMaker, lines_of, user
from tests.samples import VALID


def test_the_cascade_option_reports_what_refers_to_a_broken_record(file: FileMaker) -> None:
    path = file("broken.json", lines_of(user("ann", online=1), user("bob", user_mutes=["ann"])))
    once = check(path, "--format", "json").document["counts"]
    cascaded = check(path, "--format", "json", "--cascade").document["counts"]
    assert once == {"user:reserved": 1}
    assert cascaded == {"user:reserved": 1, "user.user_mutes:refers-to": 1}


@pytest.mark.parametrize("samples", [0, 1, 5, 100])
def test_the_samples_option_bounds_the_sample_and_not_the_counts(file: FileMaker, samples: int) -> None:
    path = file("broken.json", lines_of(*(user(f"u{n}", pk=1, user_mutes=["x"]) for n in range(10))))
    document = check(path, "--format", "json", "--samples", str(samples)).document
    assert document["counts"] == {"user:reserved": 10, "user.user_mutes:refers-to": 10}
    assert len(document["violations"]) == 2 * min(samples, 10)
    assert document["truncated"] == (samples < 10)


def test_a_text_report_without_samples_still_counts(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    outcome = check(path, "--samples", "0")
    assert outcome.status == 1
    assert outcome.page.splitlines()[7:] == [
        "rule                                 count",
        "user.id:required              error      1",
        "user:reserved                 error      1",
        "channel.created_by:refers-to  error      1",
        "",
        f"{path}: not valid, 3 errors",
    ]


@pytest.mark.parametrize("samples", ["-1", "many"])
def test_a_bad_number_of_samples_is_bad_usage(file: FileMaker, samples: str) -> None:
    outcome = check(file("valid.json", VALID), "--samples", samples)
    assert (outcome.status, outcome.out) == (2, "")
    assert "Invalid value for '--samples'" in outcome.err


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
