"""Two threads that use one validator at the same time get an error, and never a report."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from import_validator import Fields, Finding, ImportValidatorError, RecordRule, RuleSet, Validator
from tests.samples import VALID

REASON = "the file was given up (two threads used the validator at the same time; use one)"


@dataclass(frozen=True, kw_only=True)
class Waiting(RecordRule):
    """A rule that lets a test do something while a record is checked."""

    kind = "waiting"
    default_message = "-"
    field: str
    wait: Callable[[], object]

    def check(self, fields: Fields) -> Iterator[Finding]:
        self.wait()
        yield from ()


@pytest.mark.parametrize(
    "interfere",
    [lambda validator: validator.feed(b"x"), lambda validator: validator.close()],
    ids=["feed", "close"],
)
def test_a_second_thread_gets_an_error_and_so_does_the_first(interfere: Callable[[Validator], Any]) -> None:
    checking, interfered = threading.Event(), threading.Event()

    def wait() -> None:
        checking.set()
        interfered.wait(timeout=50)

    validator = Validator(RuleSet.load("stream-chat").with_rules("user", Waiting(field="id", wait=wait)))
    said: list[str] = []

    def use() -> None:
        try:
            validator.feed(VALID)
            validator.close()
        except ImportValidatorError as error:
            said.append(str(error))

    thread = threading.Thread(target=use)
    thread.start()
    assert checking.wait(timeout=50)
    with pytest.raises(ImportValidatorError) as caught:
        interfere(validator)
    interfered.set()
    thread.join(timeout=50)
    assert (str(caught.value), said) == (REASON, [REASON])
    for ask, message in (
        (lambda: validator.report, f"there is no report: {REASON}"),
        (validator.close, f"there is no report: {REASON}"),
        (lambda: validator.feed(b""), f"nothing more can be fed: {REASON}"),
    ):
        with pytest.raises(ImportValidatorError) as after:
            ask()
        assert str(after.value) == message


def test_one_thread_after_the_other_may_feed() -> None:
    validator = Validator("stream-chat")
    for begin in range(0, len(VALID), 20):
        thread = threading.Thread(target=validator.feed, args=[VALID[begin : begin + 20]])
        thread.start()
        thread.join()
    assert validator.close().summary() == "(fed): valid: 1 record of stream-chat"
