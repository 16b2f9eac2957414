"""What a record in the making needs of the file that it will stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from ..rules import Rule
from ..rules.breaking import Bench, Chooser, Draft
from ..ruleset.plan import Plan
from .draft import DraftFile
from .style import Style


class Surroundings(Protocol):
    """The file that a record is made for. `Workshop` is one; a bench knows no more of it than this."""

    plan: Plan
    choose: Chooser
    draft: DraftFile
    widened: dict[str, list[str]]

    @property
    def style(self) -> Style:
        """How keys are named and what values there are."""

    @property
    def types(self) -> list[str]:
        """The types that records of the file can have; the others stand for lists of keys in the target system."""

    @property
    def takes_custom(self) -> bool:
        """Whether records may have fields that the format does not name."""

    def bench(self, record_type: str, **options: Any) -> Bench:
        """The bench for a record of a type."""

    def add(self, record_type: str, given: Mapping[str, Any] | None = None, **options: Any) -> Draft:
        """Put a new record into the file, and what has to be there with it; its fields."""

    def try_add(self, record_type: str, given: Mapping[str, Any] | None = None, **options: Any) -> bool:
        """The same, where that is possible; whether it is."""

    def put(self, record_type: str, fields: Draft) -> object:
        """Put a record into the file as it is, and what has to be there with it."""

    def means_the_same(self, rule: Rule, other: Rule | None) -> bool:
        """Whether one rule is broken wherever another one is: they differ in words, at most."""

    def comes_with(self, rule: Rule, other: Rule | None) -> bool:
        """Whether a rule is broken wherever another one is."""

    def parameter_of(self, rule: Rule) -> str:
        """The parameter that lists what a rule allows; empty where there is none."""

    def widen(self, parameter: str, value: str) -> None:
        """Take it that the target system was set up with one more value of what a parameter lists."""

    def names(self, record_type: str, field: str) -> Iterator[str]:
        """Ways to write another name that no record has yet, the simplest first."""
