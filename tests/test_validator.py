"""`Validator`: fed in pieces, closed, given up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from import_validator import (
    ImportValidatorError,
    RecognitionError,
    Report,
    Validator,
)
from tests.corpus import essence
from tests.samples import REFERS_TO, RESERVED, VALID
from tests.users import CONTENT, ENUM, EXPECTED, users


@pytest.mark.parametrize("rules", [None, "stream-chat"])
@pytest.mark.parametrize("size", [1, 2, 7, 64, 10_000])
def test_chunks_of_any_size_give_the_same_report(size: int, rules: str | None) -> None:
    validator = Validator(rules)
    for start in range(0, len(CONTENT), size):
        assert validator.feed(CONTENT[start : start + size]) == []
    report = validator.close()
    assert essence(report) == EXPECTED
    assert (report.source, report.bytes) == ("(fed)", len(CONTENT))


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("rules", [None, "stream-chat"])
def test_chunks_are_any_kind_of_bytes(kind: Callable[[bytes], Any], rules: str | None) -> None:
    validator = Validator(rules)
    validator.feed(kind(CONTENT[:60]))
    validator.feed(kind(CONTENT[60:]))
    assert essence(validator.close()) == EXPECTED


def test_a_validator_that_streams_gives_each_violation_once() -> None:
    validator = Validator("stream-chat", stream=True, samples=0)
    found = [each for start in range(0, len(CONTENT), 10) for each in validator.feed(CONTENT[start : start + 10])]
    found += validator.finish()
    assert found == [RESERVED, ENUM, REFERS_TO]
    assert validator.report.violations == ()
    assert validator.report.counts == EXPECTED["counts"]


@pytest.mark.unwatched
def test_a_validator_that_streams_gives_violations_before_the_file_ends() -> None:
    validator = Validator("stream-chat", stream=True)
    many = users(*(f'{{"id": "u{number}", "pk": 1}}' for number in range(10_000)))
    found = validator.feed(many)
    assert [each.index for each in found] == list(range(len(found)))
    assert 0 < len(found) <= 10_000
    assert len(found) + sum(1 for _ in validator.finish()) == 10_000


def test_nothing_fed_is_an_empty_file() -> None:
    assert Validator("stream-chat").close().counts == {"parse": 1}
    with pytest.raises(RecognitionError):
        Validator().close()


def test_the_source_name_stands_in_the_report() -> None:
    validator = Validator(source_name="upload 17")
    validator.feed(VALID)
    assert validator.close().summary() == "upload 17: valid: 1 record of stream-chat"


def test_nothing_can_be_fed_after_close() -> None:
    validator = Validator()
    validator.feed(VALID)
    validator.close()
    with pytest.raises(ImportValidatorError) as caught:
        validator.feed(VALID)
    assert str(caught.value) == "the file is finished: nothing can be fed to it after close()"


def test_there_is_no_report_before_close() -> None:
    validator = Validator("stream-chat")
    validator.feed(VALID)
    with pytest.raises(ImportValidatorError) as caught:
        _ = validator.report
    assert str(caught.value) == "there is no report: the file is not finished: call close() first"


def test_the_plan_is_there_once_the_rule_set_is_known() -> None:
    assert Validator("stream-chat").plan.rule_set.name == "stream-chat"
    validator = Validator()
    validator.feed(VALID)
    with pytest.raises(ImportValidatorError) as caught:
        _ = validator.plan
    assert str(caught.value) == "the rule set is not recognised yet: feed more of the file, or close"
    validator.close()
    assert validator.plan.rule_set.name == "stream-chat"


def test_closing_twice_gives_the_same_report() -> None:
    validator = Validator()
    validator.feed(CONTENT)
    assert essence(validator.close()) == essence(validator.close()) == essence(validator.report) == EXPECTED


def test_finish_and_then_close_gives_the_report() -> None:
    validator = Validator()
    validator.feed(CONTENT)
    assert list(validator.finish()) == []
    assert list(validator.finish()) == []
    assert essence(validator.close()) == EXPECTED


def test_a_closed_validator_leaves_the_with_statement_with_its_report() -> None:
    with Validator() as validator:
        validator.feed(CONTENT)
        validator.close()
    assert essence(validator.report) == EXPECTED


def test_nothing_can_be_fed_after_abort() -> None:
    validator = Validator("stream-chat")
    validator.feed(VALID)
    validator.abort()
    validator.abort()
    with pytest.raises(ImportValidatorError):
        validator.feed(VALID)


def aborted() -> Validator:
    validator = Validator("stream-chat")
    validator.feed(VALID)
    validator.abort()
    return validator


def left() -> Validator:
    with Validator("stream-chat") as validator:
        validator.feed(VALID)
    return validator


def failed() -> Validator:
    validator = Validator("stream-chat")
    with pytest.raises(TypeError):
        validator.feed(7)  # type: ignore[arg-type]  # wrong on purpose
    return validator


def half_finished() -> Validator:
    validator = Validator("stream-chat", stream=True)
    validator.feed(CONTENT)
    for _ in validator.finish():
        break
    return validator


@pytest.mark.parametrize("make", [aborted, left, half_finished])
@pytest.mark.parametrize(
    "ask", [lambda validator: validator.report, lambda validator: validator.close()], ids=["report", "close"]
)
def test_there_is_no_report_of_a_file_that_was_not_finished(
    make: Callable[[], Validator], ask: Callable[[Validator], Report]
) -> None:
    validator = make()
    with pytest.raises(ImportValidatorError) as caught:
        ask(validator)
    assert str(caught.value) == "there is no report: the file was given up"


def test_after_an_error_the_validator_says_which_whatever_it_is_asked() -> None:
    validator = failed()
    reason = "the file was given up (TypeError: object of type 'int' has no len())"
    for ask, message in (
        (lambda: validator.report, f"there is no report: {reason}"),
        (validator.close, f"there is no report: {reason}"),
        (lambda: validator.feed(VALID), f"nothing more can be fed: {reason}"),
    ):
        with pytest.raises(ImportValidatorError) as caught:
            ask()
        assert str(caught.value) == message


def test_several_validators_do_not_mind_each_other() -> None:
    first, second = Validator("stream-chat"), Validator("stream-chat")
    for start in range(0, len(CONTENT), 10):
        first.feed(CONTENT[start : start + 10])
        second.feed(VALID[start : start + 10])
    assert essence(first.close()) == EXPECTED
    assert second.close().valid
