"""A rule written in Python that raises: the error names the rule, the record and its place, and has the cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from import_validator import Fields, Finding, ImportValidatorError, RecordRule, RuleSet, iter_violations, validate
from import_validator.errors import RuleFailedError
from import_validator.rules.keys import Unique


@dataclass(frozen=True, kw_only=True)
class Failing(RecordRule):
    """A rule with a mistake that one record shows."""

    kind = "failing"
    default_message = "{subject}.{field} is odd"
    field: str

    def check(self, fields: Fields) -> Iterator[Finding]:
        if fields.get(self.field) == "odd":
            raise KeyError("mistake")
        yield from ()


@dataclass(frozen=True, kw_only=True)
class Speechless(RecordRule):
    """A rule that finds what it cannot put into words."""

    kind = "speechless"
    default_message = "{subject}.{field} is odd"
    field: str

    def check(self, fields: Fields) -> Iterator[Finding]:
        if fields.get(self.field) == "odd":
            yield Finding((self.field,), "odd")

    def worded(self, finding: Finding, fields: Fields) -> tuple[str, str]:
        raise ValueError("no words")


class Undescribed(Unique):
    """A rule about keys that cannot describe what pass two found."""

    def describe(self, *_: Any) -> Finding:
        raise ValueError("no words")


def with_rule(rule: Any) -> RuleSet:
    return RuleSet.load("stream-chat").with_rules("user", rule, fields={"name": "string"})


def users(count: int, odd: int) -> bytes:
    lines = (
        b'{"type": "user", "item": {"id": "u%d", "name": "%s"}}' % (n, b"odd" if n == odd else b"even" * 100)
        for n in range(count)
    )
    return b"[\n" + b",\n".join(lines) + b"\n]"


def failure_of(content: Any, rules: RuleSet, jobs: int = 1) -> tuple[str, str]:
    """What the error says, and its cause."""
    with pytest.raises(RuleFailedError) as caught:
        validate(content, rules, jobs=jobs)
    assert isinstance(caught.value, ImportValidatorError)
    return str(caught.value), repr(caught.value.__cause__)


@pytest.mark.parametrize(("odd", "count"), [(0, 1), (2, 3), (1500, 3000)], ids=str)
def test_the_error_says_which_rule_failed_at_which_record(odd: int, count: int) -> None:
    content = users(count, odd)
    offset = content.index(b'{"type": "user", "item": {"id": "u%d"' % odd)
    said = (
        f"rule user.name:failing failed at record {odd:,}, line {odd + 2:,}, byte {offset:,}: KeyError: 'mistake'; "
        f"correct its class, {__name__}.Failing"
    )
    assert failure_of(content, with_rule(Failing(field="name"))) == (said, "KeyError('mistake')")


def test_with_one_thread_or_two_the_error_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_bytes(users(25_000, 15_000))
    rules = with_rule(Failing(field="name"))
    assert failure_of(path, rules, jobs=2) == failure_of(path, rules, jobs=1)


def test_a_rule_without_words_is_named_too() -> None:
    said = (
        "rule user.name:speechless failed at record 1, line 3, byte 454: ValueError: no words; "
        f"correct its class, {__name__}.Speechless"
    )
    assert failure_of(users(3, 1), with_rule(Speechless(field="name"))) == (said, "ValueError('no words')")


def test_a_rule_about_keys_that_fails_in_pass_two_is_named_too() -> None:
    content = (
        b'[{"type": "user", "item": {"id": "a", "name": "x"}}, {"type": "user", "item": {"id": "b", "name": "x"}}]'
    )
    said = (
        "rule user.name:unique failed at record 1, line 1, byte 53: ValueError: no words; "
        f"correct its class, {__name__}.Undescribed"
    )
    rules = with_rule(Undescribed(key=["name"], field="name"))
    assert failure_of(content, rules) == (said, "ValueError('no words')")


def test_violations_before_the_record_are_given_first() -> None:
    content = b'[{"type": "user", "item": {"id": ""}},\n' + users(1, 0)[2:]
    with pytest.raises(RuleFailedError):
        list(iter_violations(content, with_rule(Failing(field="name"))))
