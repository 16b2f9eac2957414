"""A rule set made ready to run: what is done with the records of each type."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..facts.streams import FactStream
from ..model.unchecked import Unchecked, joined
from ..model.violation import Severity
from ..readers import READERS, Reader, Setup
from ..rules import Finding, ReadingRule, RecordRule, Rule, Scope
from ..rules.matching import Matcher
from ..rules.types import Shape, TypeFinding
from .content import Content


class UndecidedTypeError(Exception):
    """Whether a name is that of a record type could not be told in time: a record of it cannot be checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPlan:
    """What is done with the records of one type.

    Attributes:
        name: the record type.
        plural: what several of its records are called.
        shape: the types of its fields.
        record_rules: the rules to be asked of each record, in order.
        streams: the facts to be written down about each record.
        reading_rules: the rules of types and of the file format, as they are named for this record type.
        scope: what the record type's rules are told of it.
        own_severity: those of the rules of types that have another severity for one field, by the name that a report
            shows for it.
        wrap: the name that fields which are no object go by; empty where they have to be one.
        like: a pattern of names that records give the type; None where there is none.
        named: the fields that the groups of that pattern are, by the groups' names.
    """

    name: str
    plural: str
    shape: Shape
    record_rules: tuple[RecordRule, ...]
    streams: tuple[FactStream, ...]
    reading_rules: Mapping[str, ReadingRule]
    scope: Scope
    own_severity: Mapping[str, ReadingRule]
    wrap: str = ""
    like: Matcher | None = None
    named: Mapping[str, str] = field(default_factory=dict)

    def fields_in(self, name: Any) -> dict[str, Any]:
        """The fields that are parts of the name which a record gives its type.

        Raises:
            UndecidedTypeError: where the time did not suffice to tell the parts.
        """
        if not self.like or not self.named or not isinstance(name, str):
            return {}
        groups = self.like.groups(name)
        if groups is None:
            raise UndecidedTypeError(self.name)
        return {field: groups[group] for group, field in self.named.items() if group in groups}

    def type_rule(self, found: TypeFinding) -> tuple[ReadingRule, Finding]:
        """What is wrong with a value's type, with the rule that says so."""
        kind, finding = found
        rule = self.reading_rules[kind.kind]
        return self.own_severity.get(rule.name_of(finding), rule) if self.own_severity else rule, finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the caller decides about a run, besides the rule set and its parameters.

    Attributes:
        cascade: whether only valid records define keys.
        references: whether key rules are decided at all.
        severity: `error`, `warning` or `off`, by a rule's code or name.
        strict: whether what is a warning counts as an error.
        reader: what the reader is to read, and how, by the names of its options.
    """

    cascade: bool = False
    references: bool = True
    severity: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False
    reader: Mapping[str, str] = field(default_factory=dict)

    def severity_of(self, rule: Rule, name: str = "") -> str:
        """The severity of a rule in this run, by this name or by its own; `off` where it does not hold."""
        severity = self.severity.get(name or rule.name, self.severity.get(rule.code, rule.severity))
        return Severity.ERROR if self.strict and severity == Severity.WARNING else severity


NO_CHOICES = Choices()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A rule set made ready to run.

    Attributes:
        rule_set: the rule set.
        max_size: largest file that is taken, in bytes; None where there is no limit.
        max_record: longest record that is read, in bytes, where the caller says nothing else.
        setup: what the reader is told.
        records: what is done with the records of each type.
        types: the same, by every name that records give their type.
        lines: what the envelopes of several records are held to, by the type of the records.
        streams: all streams of facts, by number.
        rules: all rules that are asked of records, in the rule set's order.
        order: the place of each rule in the rule set, by its name.
        reading_rules: the rules of the file format, for what belongs to no record type.
        choices: what the caller decides about the run.
        made_with: the parameters and choices that it was compiled with, as text to compare.
        made: what a run has made of the plan alone, for the next run that has it, by name.
    """

    rule_set: Content
    max_size: int | None
    max_record: int
    setup: Setup
    records: Mapping[str, RecordPlan]
    types: Mapping[str, RecordPlan]
    lines: Mapping[str, RecordPlan]
    streams: tuple[FactStream, ...]
    rules: tuple[Rule, ...]
    order: Mapping[str, int]
    reading_rules: Mapping[str, ReadingRule]
    choices: Choices
    made_with: str = ""
    made: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def null_is_absent(self) -> bool:
        """Whether `null` counts as absent."""
        return "null" in self.rule_set.absent

    def reader(self, max_record: int | None = None, tmp: str | os.PathLike[str] | None = None) -> Reader:
        """A reader for a file of the rule set.

        Arguments:
            max_record: longest record that is read, in bytes; the rule set's own limit where None.
            tmp: folder for temporary files; the system's own where None.
        """
        kind = READERS[self.rule_set.reader]
        return kind(max_record=max_record or self.max_record, setup=dataclasses.replace(self.setup, tmp=tmp))

    def plan_for(self, named: Any) -> RecordPlan | None:
        """What is done with a record of the type that its envelope names; None where there is no such type.

        Raises:
            UndecidedTypeError: where the time did not suffice to tell whether a record type is `like` the name.
        """
        if not isinstance(named, str):
            return None
        if named in self.types:
            return self.types[named]
        for record in self._alike:
            assert record.like is not None
            matches = record.like.matches(named)
            if matches is None:
                raise UndecidedTypeError(record.name)
            if matches:
                return record
        return None

    def unchecked(self) -> tuple[Unchecked, ...]:
        """What could not be checked so far with the plan, since patterns took too long."""
        likes = [each.like.unchecked(f"{each.name}:like") for each in self._alike if each.like]
        return joined(*likes, *(rule.matcher.unchecked(rule.name) for rule in self.rules if rule.matcher))

    def forget(self) -> None:
        """Forget everything about the file that was checked: another one follows."""
        for matcher in (*(each.like for each in self._alike), *(rule.matcher for rule in self.rules)):
            if matcher is not None:
                matcher.forget()
        for stream in self.streams:
            if stream.forget is not None:
                stream.forget()

    @property
    def _alike(self) -> Iterator[RecordPlan]:
        """The record types that have a pattern of names."""
        return (record for record in self.records.values() if record.like)
