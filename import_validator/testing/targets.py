"""Which rules a file can be broken by, and what must be reported then."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..model.violation import Violation
from ..rules import Finding, Rule, Scope
from ..rules.table_reading import TABLE_RULES
from ..rules.type_rules import TypeRule
from ..ruleset.compiler import compile_plan
from ..ruleset.plan import Choices, Plan, RecordPlan
from ..ruleset.rule_set import RuleSet


@dataclass(frozen=True, slots=True)
class Expected:
    """The one violation that a broken file must be reported with.

    Attributes:
        code: the violation's code.
        rule: the rule's name.
        index: the record's number, from 0.
        path: JSON Pointer to the value.
        offset: where the record begins, in bytes.
        options: what `validate` has to be called with besides the rule set, for the rule to be the only one that is
            broken: parameters, keys that exist already, limits. Mostly none.
        also: the same of other rules that mean the same as this one, in the rule set's order. Mostly none.
    """

    code: str
    rule: str
    index: int | None
    path: str
    offset: int | None
    options: Mapping[str, Any] = field(default_factory=dict, compare=False)
    also: tuple[Expected, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, violation: Violation) -> Expected:
        """What a violation says of its rule and its place, to be compared."""
        return cls(violation.code, violation.rule, violation.index, violation.path, violation.offset)


class Target(NamedTuple):
    """A rule that a file can be broken by.

    Attributes:
        name: its name; for a rule about the fields of a type, with the field; for one of the file format, its code.
        rule: the rule.
        options: what the rule set has to be compiled with, for the rule to hold: parameters, or `cascade`.
        plan: the rule set, compiled with these.
    """

    name: str
    rule: Rule
    options: Mapping[str, Any]
    plan: Plan


def plan_for(rules: str | RuleSet, options: Mapping[str, Any]) -> Plan:
    """A rule set made ready for some of the options of `validate`: `params`, `cascade`, `severity` and `strict`."""
    rule_set = rules if isinstance(rules, RuleSet) else RuleSet.load(rules)
    choices = {name: options[name] for name in ("cascade", "severity", "strict") if name in options}
    return compile_plan(rule_set, options.get("params"), Choices(**choices))


def variants(rule_set: RuleSet) -> list[dict[str, Any]]:
    """Options under which all of a rule set's rules hold: none, each switch the other way, groups given, cascade."""
    found: list[dict[str, Any]] = [{}]
    for name, parameter in rule_set.params.items():
        if parameter.type == "switch":
            found.append({"params": {name: not parameter.read(name, parameter.default)}})
        elif parameter.type == "kinds" and not parameter.default:
            found.append({"params": {name: _groups(rule_set, name)}})
    rules = [rule for record in rule_set.records.values() for rule in record.rules]
    if any(isinstance(rule, Mapping) and "cascade" in {rule.get("when"), rule.get("unless")} for rule in rules):
        found.append({"cascade": True})
    return found


def _groups(rule_set: RuleSet, parameter: str) -> dict[str, str]:
    """Groups of every kind that a rule asks for, and of another."""
    kinds = {
        kind
        for record in (*rule_set.records.values(), *rule_set.lines.values())
        for rule in record.rules
        if isinstance(rule, Mapping) and rule.get("groups") == {"param": parameter}
        for kind in rule.get("kinds", ())
    }
    return {f"{kind}1": kind for kind in [*sorted(kinds), "another"]}


def targets(rule_set: RuleSet, options: Sequence[Mapping[str, Any]] | None = None) -> list[Target]:
    """Every rule that holds in a rule set, by itself or under one of its variants.

    Arguments:
        options: the options to look at; those of `variants` where None.
    """
    found: dict[tuple[str, str], Target] = {}
    for each in variants(rule_set) if options is None else options:
        for target in _targets_of(plan_for(rule_set, each), each):
            found.setdefault((target.name, repr(dataclasses.replace(target.rule, scope=Scope()))), target)
    awake = {target.name for target in found.values() if not target.rule.note}
    return [target for target in found.values() if not target.rule.note or target.name not in awake]


def _targets_of(plan: Plan, options: Mapping[str, Any]) -> Iterator[Target]:
    for rule in plan.rules:
        if rule.kind != "each":
            yield Target(rule.name, rule, options, plan)
    for record in (*plan.records.values(), *plan.lines.values()):
        yield from _types_of(plan, record, options)
    for code, rule in plan.reading_rules.items():
        if not isinstance(rule, TypeRule) and _is_in_force(plan, code):
            yield Target(code, rule, options, plan)


def _types_of(plan: Plan, record: RecordPlan, options: Mapping[str, Any]) -> Iterator[Target]:
    """The rules about the types of a record's fields, each once for every field."""
    wrong_type, wrong_time = record.reading_rules["type"], record.reading_rules["timestamp"]
    is_line = wrong_type.scope.subject == "line"
    if not is_line and not record.wrap and not plan.rule_set.envelope.record:
        yield Target(wrong_type.name_of(Finding(())), wrong_type, options, plan)
    if not is_line and plan.rule_set.envelope.record not in {"", record.name}:
        return
    for path, declared in record.shape.typed_paths():
        if declared.suggest is not None:
            rule = record.reading_rules[declared.kind.kind]
            yield Target(rule.name_of(Finding(path)), rule, options, plan)
            continue
        if declared.is_time:
            yield Target(wrong_time.name_of(Finding(path)), wrong_time, options, plan)
        if declared.wanted != "anything" and plan.rule_set.reader != "table":
            yield Target(wrong_type.name_of(Finding(path)), wrong_type, options, plan)


_OF_JSON = {"number", "nesting", "duplicate-name", "envelope", "record-type", "record-size"}
_OF_TABLES = {kind.kind for kind in TABLE_RULES}
_OF_WORKBOOKS = {"formula", "merged-cells", "hidden-cells"}


def _is_in_force(plan: Plan, code: str) -> bool:
    """Whether files of a format, tables as CSV, can break a rule of reading at all."""
    if plan.rule_set.reader == "table":
        if code in _OF_JSON | _OF_WORKBOOKS:
            return False
    elif code in _OF_TABLES:
        return False
    bodies = plan.setup.limits
    limits = {"file-size": plan.max_size, "body-size": bodies.size, "body-records": bodies.records}
    if code == "record-type":
        return bool(plan.rule_set.envelope.type)
    return limits.get(code, 1) is not None
