"""A rule set compiled to a plan: parameters put in, rules told of their record type, streams of facts numbered."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..errors import RuleSetError
from ..facts.streams import FactStream
from ..model.violation import Severity
from ..readers import DEFAULT_MAX_RECORD, READERS, BodyLimits, Setup
from ..rules import EXPLAINED, Finding, KeyRule, ReadingRule, RecordRule, Rule, Scope
from ..rules.key_columns import defined_by, existing, meant_as_well
from ..rules.keys import Unique
from ..rules.matching import Matcher
from ..rules.order import TypeOrder
from ..rules.parts import Each
from ..rules.reading import DuplicateName
from ..rules.type_rules import Timestamp, Type
from ..rules.types import Shape
from ..units import parse_size
from .columns import reader_columns
from .content import Content, RecordType
from .making import Made, RuleMaker
from .plan import NO_CHOICES, Choices, Plan, RecordPlan
from .problems import Problems, placed


def compile_plan(rule_set: Content, params: Mapping[str, Any] | None = None, choices: Choices = NO_CHOICES) -> Plan:
    """Make a rule set ready to run.

    Arguments:
        params: values of parameters, by name.
        choices: what else the caller decides.

    Raises:
        RuleSetError: where the rule set is broken, or a parameter or a choice is; it names the rule set's file, or else
            the rule set. Its `problems` are everything that is wrong with the rule set, each with its line.
    """
    try:
        return _compiled(rule_set, params, choices)
    except RuleSetError as error:
        raise placed(error, rule_set.path or rule_set.name, rule_set.text) from error


def _compiled(rule_set: Content, params: Mapping[str, Any] | None, choices: Choices) -> Plan:
    for name, severity in choices.severity.items():
        if severity not in {"error", "warning", "off"}:
            raise RuleSetError(f"severity of {name}: {severity!r}; it is one of error, warning, off")
    compiler = _Compiler(rule_set, rule_set.parameters(params), choices)
    records, lines = compiler.record_plans()
    streams = tuple(compiler.streams)
    for number, stream in enumerate(streams):
        stream.number = number
    for name, record in records.items():
        own = tuple(stream for stream in streams if stream.record_type == name)
        records[name] = dataclasses.replace(record, streams=own)
    compiler.refuse_unknown_severities()
    types = {alias: name for name, record in rule_set.records.items() for alias in (name, *record.also)}
    reading_rules = compiler.reading_rules(Scope(subject="record"))
    in_force = [reading_rules, *(each.reading_rules for each in (*records.values(), *lines.values()))]
    setup = Setup(
        BodyLimits(size=compiler.sizes["max_body"], records=compiler.sizes["max_records"]),
        reader_columns(rule_set.columns),
        _reader_options(rule_set, choices),
        unique_names=any(DuplicateName.kind in each for each in in_force),
    )
    return Plan(
        rule_set=rule_set,
        max_size=compiler.sizes["max_size"],
        max_record=compiler.sizes["max_record"] or DEFAULT_MAX_RECORD,
        setup=setup,
        records=records,
        types={alias: records[name] for alias, name in types.items()},
        lines=lines,
        streams=streams,
        rules=tuple(compiler.rules),
        order={rule.name: number for number, rule in enumerate(compiler.rules, start=1)},
        reading_rules=reading_rules,
        choices=choices,
    )


def _reader_options(rule_set: Content, choices: Choices) -> dict[str, str]:
    """What the reader is asked for: what the rule set says, and before that what the caller says."""
    known = READERS[rule_set.reader].options
    for name in choices.reader:
        if name not in known:
            there = f"; it has {', '.join(known)}" if known else ""
            raise RuleSetError(f"{name}: files of {rule_set.name} ({rule_set.reader}) have no such thing{there}")
    return {**rule_set.reader_options, **choices.reader}


class _Compiler:
    def __init__(self, rule_set: Content, params: Mapping[str, Any], choices: Choices) -> None:
        self._rule_set = rule_set
        self._choices = choices
        self._named: set[str] = set()
        self._problems = Problems()
        self._maker = RuleMaker(rule_set, params, self._problems, cascade=choices.cascade, chosen=self._chosen)
        self.rules: list[Rule] = []
        self.streams: list[FactStream] = []
        self.sizes = {
            name: self._size(getattr(rule_set, name), name)
            for name in ("max_size", "max_record", "max_body", "max_records")
        }

    def record_plans(self) -> tuple[dict[str, RecordPlan], dict[str, RecordPlan]]:
        """What is done with the records of each type, and with the envelopes of several records.

        Raises:
            RuleSetError: where anything is wrong with the rule set.
        """
        made, made_lines = self._maker.make_all()
        self._problems.raise_if_any()
        records = {name: self._record_plan(self._rule_set.records[name], each) for name, each in made.items()}
        lines = {name: self._line_plan(name, each) for name, each in made_lines.items()}
        return records, lines

    def _record_plan(self, record: RecordType, made: Made) -> RecordPlan:
        scope, rules = made.scope, _told_of_judges(made.rules)
        in_order: list[Rule] = []
        if record.name in self._rule_set.order:
            in_order = self._chosen([TypeOrder(order=list(self._rule_set.order), scope=scope)])
            rules = [*(in_order if record.name != self._rule_set.order[-1] else []), *rules]
        self._add_rules(rules)
        kept = [*in_order, *(rule for rule in rules if rule not in in_order)]
        self._add_streams(record, scope, [rule for rule in kept if isinstance(rule, KeyRule)])
        reading_rules = self.reading_rules(scope)
        return RecordPlan(
            name=record.name,
            plural=record.plural or f"{record.name}s",
            shape=made.shape,
            record_rules=tuple(rule for rule in rules if isinstance(rule, RecordRule)),
            streams=(),
            reading_rules=reading_rules,
            scope=made.scope,
            own_severity=self._own_severity(made.shape, reading_rules),
            wrap=record.wrap,
            like=Matcher(record.like, "like") if record.like else None,
            named=record.named,
        )

    def _line_plan(self, name: str, made: Made) -> RecordPlan:
        """What the envelope of several records of a type is held to."""
        self.rules += made.rules
        reading_rules = self.reading_rules(made.scope)
        return RecordPlan(
            name=name,
            plural="lines",
            shape=made.shape,
            record_rules=tuple(rule for rule in made.rules if isinstance(rule, RecordRule)),
            streams=(),
            reading_rules=reading_rules,
            scope=made.scope,
            own_severity=self._own_severity(made.shape, reading_rules),
        )

    def _add_rules(self, rules: list[Rule]) -> None:
        """Add rules, each with those of the shapes that it looks into; a shape's once, at the first that does."""
        seen: set[int] = set()
        for rule in rules:
            for each in (rule, *(rule.rules_inside if isinstance(rule, Each) else ())):
                if id(each) not in seen:
                    seen.add(id(each))
                    self.rules.append(each)

    def _add_streams(self, record: RecordType, scope: Scope, rules: list[KeyRule]) -> None:
        if not self._choices.references:
            return
        if record.key:
            self.streams.append(existing(scope))
            self.streams += meant_as_well(scope, list(record.key), record.key_absent)
            if not any(isinstance(rule, Unique) and rule.key == list(record.key) for rule in rules):
                self.streams.append(defined_by(scope, list(record.key), record.key_absent))
        for rule in rules:
            self.streams += rule.streams()

    def _size(self, value: Any, name: str) -> int | None:
        """A limit, as a number of bytes or of records; None where there is none, or it is wrong."""
        path, where, before = ("reader", name), f"reader.{name}", len(self._problems)
        resolved = self._maker.resolved(value, path, where)
        if resolved is None or len(self._problems) > before:
            return None
        try:
            return parse_size(resolved)
        except ValueError as error:
            self._problems.add(path, f"{where}: {error}")
            return None

    def _chosen(self, rules: list[Rule]) -> list[Rule]:
        """The rules that hold in this run, with the severity that they have in it."""
        chosen = []
        for rule in rules:
            severity = self._choices.severity_of(rule)
            self._named |= {rule.name, rule.code}
            if severity not in {rule.severity, "off"}:
                chosen.append(dataclasses.replace(rule, severity=Severity(severity)))
            elif severity != "off":
                chosen.append(rule)
        return chosen

    def reading_rules(self, scope: Scope) -> dict[str, ReadingRule]:
        """The rules of types and of the file format, as they are named for a record type."""
        rules: dict[str, ReadingRule] = {}
        for name, kind in EXPLAINED.items():
            if issubclass(kind, ReadingRule):
                rule = _reading_rule(kind, scope.record_type, scope.subject, self._rule_set.status.get(name))
                self._named |= {rule.name, rule.code}
                severity = self._choices.severity_of(rule)
                if severity != "off" or not rule.can_be_off:
                    rules[name] = self._readable(rule, name, severity)
        return rules

    def _own_severity(self, shape: Shape, rules: Mapping[str, ReadingRule]) -> dict[str, ReadingRule]:
        """The rules of types that have another severity for one field, by the name that a report shows for it."""
        own = {}
        for name in self._choices.severity:
            subject, _, code = name.rpartition(":")
            whole = rules[Type.kind].name_of(Finding(())).rpartition(":")[0]
            if not subject.startswith(f"{whole}."):
                continue
            for declared in shape.types_called(subject.removeprefix(f"{whole}.")):
                for kind in (Type.kind, Timestamp.kind) if declared.is_time else (Type.kind,):
                    rule = rules[kind]
                    if rule.code == code:
                        self._named.add(name)
                        own[name] = self._readable(rule, name, self._choices.severity_of(rule, name))
        return own

    @staticmethod
    def _readable(rule: ReadingRule, name: str, severity: str) -> ReadingRule:
        """The reading rule with this severity, which cannot be off."""
        if severity == "off":
            raise RuleSetError(f"{name} cannot be off: without it the file cannot be read; make it a warning")
        return rule if severity == rule.severity else dataclasses.replace(rule, severity=Severity(severity))

    def refuse_unknown_severities(self) -> None:
        """Refuse a severity that is given for no rule there is."""
        for name in self._choices.severity:
            if name not in self._named:
                raise RuleSetError(f"severity of {name}: there is no such rule or code in {self._rule_set.name}")


@lru_cache(maxsize=4096)
def _reading_rule(kind: type[ReadingRule], record_type: str, subject: str, status: int | None) -> ReadingRule:
    """A rule of reading, which knows no more of a record type than its names. Making one took a third of compiling."""
    return kind(scope=Scope(record_type=record_type, subject=subject), status=status)


def _told_of_judges(rules: list[Rule]) -> list[Rule]:
    """The rules, those about keys told of those that look at one value."""
    judges = tuple(rule for rule in rules if isinstance(rule, RecordRule) and rule.judges_value)
    return [
        dataclasses.replace(rule, scope=dataclasses.replace(rule.scope, judges=judges))
        if isinstance(rule, KeyRule) and judges
        else rule
        for rule in rules
    ]
