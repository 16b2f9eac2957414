"""What somebody may have meant who wrote a name that is not known."""

from __future__ import annotations

import pytest

from import_validator import RuleSet, validate
from import_validator.model.nearest import did_you_mean, meant

TYPES = ["regular", "deleted", "system", 7]


@pytest.mark.parametrize(
    ("value", "near"),
    [
        ("Regular", "regular"),
        ("regular ", "regular"),
        ("REGULR", "regular"),
        ("systm", "system"),
        ("bogus", None),
        ("", None),
        (" ", None),
        (7.5, None),
        (None, None),
        ("r" * 101, None),
    ],
)
def test_case_spaces_and_a_letter_make_no_difference(value: object, near: str | None) -> None:
    assert meant(value, TYPES) == near
    assert did_you_mean(value, TYPES) == (f'did you mean "{near}"? ' if near else "")


def test_among_very_many_nothing_is_looked_for() -> None:
    assert meant("name1", [f"name{number}" for number in range(1_001)]) is None


def test_a_misspelt_header_is_named_with_the_one_that_no_column_has() -> None:
    rules = "[reader]\nformat = 'table'\n[columns.name]\nheader = 'Name'\n[columns.first]\nheader = 'First name'\n"
    report = validate(b"Name,First nmae,Names\na,b,c\n", RuleSet.from_toml(rules))
    assert [each.message for each in report.violations] == [
        'parse warning: the rule set has no column "First nmae": it was not looked at; did you mean "First name"?',
        'parse warning: the rule set has no column "Names": it was not looked at',
    ]
