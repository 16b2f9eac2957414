"""Rules that a caller writes in Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from import_validator import (
    Finding,
    ImportValidatorError,
    RecordCount,
    RecordRule,
    RecordType,
    RuleSet,
    RuleSetError,
    Severity,
    Stage,
    Validator,
    Violation,
    validate,
)
from import_validator.rules import Rule
from tests.samples import VALID
from tests.users import users


@dataclass(frozen=True, kw_only=True)
class NoShouting(RecordRule):
    """Text must not be all capitals.

    Attributes:
        field: the field.
        most: how many letters may be.
    """

    kind: ClassVar[str] = "no-shouting"
    default_message: ClassVar[str] = '{subject}.{field} "{value}" shouts with {letters} letters'
    default_hint: ClassVar[str] = "write no more than {most} letters in capitals"

    field: str
    most: int = 3

    def check(self, fields: Any) -> Iterator[Finding]:
        value = fields.get(self.field)
        if isinstance(value, str) and value.isupper() and len(value) > self.most:
            yield Finding((self.field,), value, {"letters": len(value)})


class NotEmpty(RecordRule):
    """A record must hold something."""

    kind: ClassVar[str] = "not-empty"

    def check(self, fields: Any) -> Iterator[Finding]:
        if not fields:
            yield Finding(())


SHOUTING = users('{"id": "ANNA"}', '{"id": "anna"}', '{"id": "BOB"}')

SHOUTED = Violation(
    code="no-shouting",
    rule="user.id:no-shouting",
    severity=Severity.ERROR,
    stage=Stage.VALIDATION,
    message='validation error: user.id "ANNA" shouts with 4 letters',
    hint="write no more than 3 letters in capitals",
    record_type="user",
    index=0,
    offset=1,
    line=1,
    path="/id",
    value="ANNA",
)


def test_a_rule_of_one_s_own_is_added_as_an_object() -> None:
    rule_set = RuleSet.load("stream-chat").with_rules("user", NoShouting(field="id"))
    report = validate(SHOUTING, rule_set)
    assert report.violations == (SHOUTED,)
    assert report.counts == {"user.id:no-shouting": 1}
    assert report.records == {"user": RecordCount(total=3, valid=2)}


def test_a_rule_of_one_s_own_is_used_from_toml() -> None:
    text = '[records.user]\nrules = [{ rule = "no-shouting", field = "id" }]\n'
    report = validate(SHOUTING, RuleSet.from_toml(text, kinds={"no-shouting": NoShouting}))
    assert report.violations == (SHOUTED,)


def test_a_rule_of_one_s_own_has_options_parameters_and_conditions_as_any_other() -> None:
    text = """
    [params.loud]
    type = "integer"
    default = 2
    [params.polite]
    type = "switch"
    default = true
    [records.user]
    rules = [{ rule = "no-shouting", field = "id", most = { param = "loud" }, when = "polite", severity = "warning" }]
    """
    rule_set = RuleSet.from_toml(text, kinds={"no-shouting": NoShouting})
    assert validate(SHOUTING, rule_set).counts == {"user.id:no-shouting": 2}
    assert validate(SHOUTING, rule_set, {"loud": 3}).counts == {"user.id:no-shouting": 1}
    assert validate(SHOUTING, rule_set, {"polite": False}).counts == {}


def test_a_rule_of_one_s_own_is_held_to_its_options() -> None:
    text = '[records.user]\nrules = [{ rule = "no-shouting", field = "id", least = 3 }]\n'
    with pytest.raises(RuleSetError) as caught:
        Validator(RuleSet.from_toml(text, kinds={"no-shouting": NoShouting}))
    assert str(caught.value) == (
        f"line 2: records.user.rules[0]: no-shouting has no least; it has {COMMON}, field, most"
    )


def test_an_error_in_a_rule_set_without_a_name_does_not_begin_with_a_colon() -> None:
    with pytest.raises(RuleSetError) as caught:
        Validator(RuleSet.from_toml('[records.user]\nrules = [{ rule = "bogus" }]\n'))
    assert str(caught.value).startswith("line 2: records.user.rules[0]: no kind of rule")


def test_a_rule_of_one_s_own_needs_no_options_and_no_words() -> None:
    report = validate(users("{}"), RuleSet(name="own", records={"user": RecordType(name="user", rules=[NotEmpty()])}))
    [violation] = report.violations
    assert (violation.rule, violation.message, violation.path) == (
        "user:not-empty",
        "validation error: user breaks a rule",
        "",
    )


def test_an_error_in_a_rule_of_one_s_own_names_the_rule_and_the_record() -> None:
    class Faulty(RecordRule):
        kind: ClassVar[str] = "faulty"

        def check(self, fields: Any) -> Iterator[Finding]:
            raise ZeroDivisionError

    with pytest.raises(ImportValidatorError, match=r"^rule user:faulty failed at record 0, line 1, byte 1: ") as raised:
        validate(VALID, RuleSet.load("stream-chat").with_rules("user", Faulty()))
    assert isinstance(raised.value.__cause__, ZeroDivisionError)


COMMON = ", ".join(Rule.options())
