"""What a validation could not check: the values over which a rule's time ran out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..units import counted

MOST_SHOWN = 10
"""So many values are shown of each rule."""


@dataclass(frozen=True, slots=True)
class Unchecked:
    """What one rule could not check in time. Nobody knows whether the file keeps to the rule.

    Attributes:
        rule: the rule's name in its rule set.
        values: values that took longer than one value may take, in file order; long ones shortened. At most ten.
        given_up: whether the rule's time for the whole file ran out, so that later values were not checked.
    """

    rule: str
    values: tuple[str, ...]
    given_up: bool

    @property
    def reason(self) -> str:
        """What was not checked, and what to do about it, in one sentence for a person."""
        undecided = ""
        if self.values:
            undecided = f"{counted(len(self.values), 'value')} took too long to check, such as {self.values[0]!r}"
        if self.given_up:
            rest = "its time for the whole file ran out, so further values were not checked"
            undecided = f"{undecided}; {rest}" if undecided else rest
        return f"{undecided}: simplify the pattern, so that no two parts of it can match the same text"

    def and_also(self, other: Unchecked) -> Unchecked:
        """This, with what the same rule could not check in a later part of the file."""
        values = tuple(dict.fromkeys((*self.values, *other.values)))[:MOST_SHOWN]
        return Unchecked(self.rule, values, self.given_up or other.given_up)

    def as_dict(self) -> dict[str, Any]:
        """This as JSON types."""
        return {"rule": self.rule, "values": list(self.values), "given_up": self.given_up, "reason": self.reason}


def joined(*several: tuple[Unchecked, ...]) -> tuple[Unchecked, ...]:
    """What could not be checked in several parts of a file, in file order: one entry a rule."""
    by_rule: dict[str, Unchecked] = {}
    for each in (each for part in several for each in part):
        by_rule[each.rule] = by_rule[each.rule].and_also(each) if each.rule in by_rule else each
    return tuple(by_rule.values())
