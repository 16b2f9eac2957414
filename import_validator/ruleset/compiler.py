"""A rule set compiled to a plan: parameters put in, rules told of their record type, streams of facts numbered."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import RuleSetError
from ..facts.streams import FactStream
from ..model.violation import Severity
from ..readers import DEFAULT_MAX_RECORD, READERS, BodyLimits, Setup
from ..rules import EXPLAINED, Finding, KeyRule, ReadingRule, RecordRule, Rule, Scope
from ..rules.key_columns import defined_by, existing, meant_as_well
from ..rules.keys import Unique
from ..rules.matching import Matcher
from ..rules.options import wrong_option
from ..rules.order import ORDER_SPACE, TypeOrder
from ..rules.parts import Each
from ..rules.reading import DuplicateName
from ..rules.type_rules import Timestamp, Type
from ..rules.types import FieldType, Shape, field_type
from ..units import parse_size
from .columns import reader_columns
from .plan import NO_CHOICES, Choices, Plan, RecordPlan
from .rule_set import RecordType, RuleSet


def compile_plan(rule_set: RuleSet, params: Mapping[str, Any] | None = None, choices: Choices = NO_CHOICES) -> Plan:
    """Make a rule set ready to run.

    Arguments:
        params: values of parameters, by name.
        choices: what else the caller decides.

    Raises:
        RuleSetError: where the rule set is broken, or a parameter or a choice is; it names the rule set's file, or else
            the rule set.
    """
    try:
        return _compiled(rule_set, params, choices)
    except RuleSetError as error:
        where = rule_set.path or rule_set.name
        raise RuleSetError(f"{where}: {error}" if where else str(error)) from error


def _compiled(rule_set: RuleSet, params: Mapping[str, Any] | None, choices: Choices) -> Plan:
    for name, severity in choices.severity.items():
        if severity not in {"error", "warning", "off"}:
            raise RuleSetError(f"severity of {name}: {severity!r}; it is one of error, warning, off")
    compiler = _Compiler(rule_set, rule_set.parameters(params), choices)
    records = {name: compiler.record_plan(record) for name, record in rule_set.records.items()}
    types = {alias: name for name, record in rule_set.records.items() for alias in (name, *record.also)}
    lines = {name: compiler.line_plan(record) for name, record in rule_set.lines.items()}
    compiler.refuse_wrong_shapes()
    streams = tuple(compiler.streams)
    for number, stream in enumerate(streams):
        stream.number = number
        for name in {stream.record_type, stream.space.partition("#")[0]} - {"", ORDER_SPACE}:
            if name not in records:
                raise RuleSetError(f"{stream.rule.name if stream.rule else ''}: no record type {name!r}")
    for name, record in records.items():
        records[name] = dataclasses.replace(
            record, streams=tuple(stream for stream in streams if stream.record_type == name)
        )
    compiler.refuse_unknown_severities()
    limits = BodyLimits(
        size=compiler.size(rule_set.max_body, "reader.max_body"),
        records=compiler.size(rule_set.max_records, "reader.max_records"),
    )
    reading_rules = compiler.reading_rules(Scope(subject="record"))
    in_force = [reading_rules, *(each.reading_rules for each in (*records.values(), *lines.values()))]
    setup = Setup(
        limits,
        reader_columns(rule_set.columns),
        _reader_options(rule_set, choices),
        unique_names=any(DuplicateName.kind in each for each in in_force),
    )
    return Plan(
        rule_set=rule_set,
        max_size=compiler.size(rule_set.max_size, "reader.max_size"),
        max_record=compiler.size(rule_set.max_record, "reader.max_record") or DEFAULT_MAX_RECORD,
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


def _reader_options(rule_set: RuleSet, choices: Choices) -> dict[str, str]:
    """What the reader is asked for: what the rule set says, and before that what the caller says."""
    known = READERS[rule_set.reader].options
    for name in choices.reader:
        if name not in known:
            there = f"; it has {', '.join(known)}" if known else ""
            raise RuleSetError(f"{name}: files of {rule_set.name} ({rule_set.reader}) have no such thing{there}")
    return {**rule_set.reader_options, **choices.reader}


class _Compiler:
    def __init__(self, rule_set: RuleSet, params: Mapping[str, Any], choices: Choices) -> None:
        self._rule_set = rule_set
        self._params = params
        self._choices = choices
        self._shapes: dict[str, Shape] = {}
        self._shape_types: dict[str, RecordType] = dict(rule_set.shapes)
        for name, record in rule_set.shapes.items():
            self._shapes[name] = self._shape(f"shapes.{name}", record.fields)
        self._named: set[str] = set()
        self.rules: list[Rule] = []
        self.streams: list[FactStream] = []

    def record_plan(self, record: RecordType) -> RecordPlan:
        scope = Scope(
            record_type=record.name,
            subject=record.name,
            defaults=record.defaults,
            derived=record.derived,
            shapes={name: self._nested_rules(record, self._shape_types[name]) for name in self._shapes_in(record)},
            keys={each.name: list(each.key) for each in self._rule_set.records.values()},
            derived_of={each.name: each.derived for each in self._rule_set.records.values()},
            declared=frozenset(record.fields),
            inherited=frozenset({*self._rule_set.envelope.inherited, *record.named.values()}),
            required=_required(record),
            cascade=self._choices.cascade,
        )
        rules = _told_of_judges(self._rules_of(record, scope, f"records.{record.name}"))
        in_order: list[Rule] = []
        if record.name in self._rule_set.order:
            in_order = self._chosen([TypeOrder(order=list(self._rule_set.order), scope=scope)])
            rules = [*(in_order if record.name != self._rule_set.order[-1] else []), *rules]
        self._refuse_same_names(rules)
        for rule in rules:
            self.rules.append(rule)
            if isinstance(rule, Each):
                self.rules += self._nested(rule, scope)
        kept = [*in_order, *(rule for rule in rules if rule not in in_order)]
        self._add_streams(record, scope, [rule for rule in kept if isinstance(rule, KeyRule)])
        shape, reading_rules = self._shape(f"records.{record.name}", record.fields), self.reading_rules(scope)
        return RecordPlan(
            name=record.name,
            plural=record.plural or f"{record.name}s",
            shape=shape,
            record_rules=tuple(rule for rule in rules if isinstance(rule, RecordRule)),
            streams=(),
            reading_rules=reading_rules,
            own_severity=self._own_severity(shape, reading_rules),
            wrap=record.wrap,
            like=Matcher(record.like, "like") if record.like else None,
            named=record.named,
        )

    def _nested(self, rule: Each, scope: Scope) -> Iterator[Rule]:
        """The rules of the shape that a rule looks into, and of the shapes in that."""
        for inner in scope.shapes[rule.shape]:
            yield inner
            if isinstance(inner, Each):
                yield from self._nested(inner, inner.scope)

    def _add_streams(self, record: RecordType, scope: Scope, rules: list[KeyRule]) -> None:
        if not self._choices.references:
            return
        if record.key:
            self.streams.append(existing(scope))
            self.streams += meant_as_well(scope, list(record.key), record.key_absent)
            if not any(isinstance(rule, Unique) and rule.key == list(record.key) for rule in rules):
                self.streams.append(defined_by(scope, list(record.key), record.key_absent))
        for rule in rules:
            self.streams += self._streams_of(rule)

    def line_plan(self, line: RecordType) -> RecordPlan:
        """What the envelope of several records of a type is held to."""
        scope = Scope(
            record_type=line.name,
            subject="line",
            defaults=line.defaults,
            declared=frozenset({*line.fields, *self._rule_set.envelope.keys}),
            required=_required(line),
        )
        rules = self._rules_of(line, scope, f"lines.{line.name}")
        self.rules += rules
        shape, reading_rules = self._shape(f"lines.{line.name}", line.fields), self.reading_rules(scope)
        return RecordPlan(
            name=line.name,
            plural="lines",
            shape=shape,
            record_rules=tuple(rule for rule in rules if isinstance(rule, RecordRule)),
            streams=(),
            reading_rules=reading_rules,
            own_severity=self._own_severity(shape, reading_rules),
        )

    def size(self, value: Any, where: str) -> int | None:
        """A limit, as a number of bytes or of records; None where there is none."""
        resolved = self.resolved(value, where)
        try:
            return None if resolved is None else parse_size(resolved)
        except ValueError as error:
            raise RuleSetError(f"{where}: {error}") from error

    def resolved(self, value: Any, where: str) -> Any:
        """The value with each `{param = "name"}` in it replaced by the parameter's value."""
        if isinstance(value, Mapping):
            if set(value) == {"param"}:
                if not isinstance(value["param"], str) or value["param"] not in self._params:
                    raise RuleSetError(f"{where}: no parameter {value['param']!r}")
                return self._params[value["param"]]
            return {name: self.resolved(each, where) for name, each in value.items()}
        if isinstance(value, list):
            return [self.resolved(each, where) for each in value]
        return value

    def _nested_rules(self, record: RecordType, shape: RecordType, depth: int = 0) -> tuple[RecordRule, ...]:
        """The rules of a shape, told of the record type that it stands in."""
        if depth > len(self._shape_types):
            raise RuleSetError(f"shapes.{shape.name}: looks into itself without end")
        inner = {
            name: self._nested_rules(record, self._shape_types[name], depth + 1) for name in self._shapes_in(shape)
        }
        scope = Scope(
            record_type=record.name,
            subject=shape.name,
            defaults=shape.defaults,
            shapes=inner,
            declared=frozenset(shape.fields),
            required=_required(shape),
        )
        rules = self._rules_of(shape, scope, f"shapes.{shape.name}")
        self._refuse_same_names(rules)
        for rule in rules:
            if not isinstance(rule, RecordRule):
                raise RuleSetError(f"shapes.{shape.name}: {rule.kind} looks at records, not at parts of them")
        return tuple(rule for rule in rules if isinstance(rule, RecordRule))

    def refuse_wrong_shapes(self) -> None:
        """Look at the shapes, too, that no record type looks into."""
        used = {name for record in self._rule_set.records.values() for name in self._shapes_in(record)}
        for name, shape in self._shape_types.items():
            if name not in used:
                self._nested_rules(shape, shape)

    def _shapes_in(self, record: RecordType) -> list[str]:
        """The shapes that the rules of a record type, or of a shape, look into."""
        named = [
            rule.get("shape") if isinstance(rule, Mapping) else getattr(rule, "shape", None) for rule in record.rules
        ]
        return sorted({name for name in named if isinstance(name, str) and name in self._shape_types})

    def _rules_of(self, record: RecordType, scope: Scope, where: str) -> list[Rule]:
        rules = []
        for number, given in enumerate(record.rules):
            place = f"{where}.rules[{number}]"
            if isinstance(given, Rule):
                rules.append(dataclasses.replace(given, scope=scope))
            elif self._holds(given, place):
                rules.append(self._rule(given, record, scope, place))
        return self._chosen(rules)

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
                rule = kind(scope=scope, status=self._rule_set.status.get(name))
                self._named |= {rule.name, rule.code}
                severity = self._choices.severity_of(rule)
                if severity != "off" or not rule.can_be_off:
                    rules[name] = self._readable(rule, name, severity)
        return rules

    def _own_severity(self, shape: Shape, rules: Mapping[str, ReadingRule]) -> dict[str, ReadingRule]:
        """The rules of types that have another severity for one field, by the name that a report shows for it."""
        own = {}
        for path, declared in shape.typed_paths():
            for kind in (Type.kind, Timestamp.kind) if declared.is_time else (Type.kind,):
                rule = rules[kind]
                name = rule.name_of(Finding(path))
                self._named.add(name)
                if name in self._choices.severity:
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

    def _holds(self, given: Mapping[str, Any], where: str) -> bool:
        """Whether a rule's switches, `when` and `unless`, let it hold in this run."""
        switches = {**self._params, "cascade": self._choices.cascade}
        for name in ("when", "unless"):
            if name in given and str(given[name]) not in switches:
                raise RuleSetError(f"{where}: {name}: no parameter {given[name]!r}")
        return bool(switches.get(given.get("when", ""), True)) and not switches.get(given.get("unless", ""), False)

    def _rule(self, given: Mapping[str, Any], record: RecordType, scope: Scope, where: str) -> Rule:
        options = {name: self.resolved(value, where) for name, value in given.items()}
        for switch in ("when", "unless"):
            options.pop(switch, None)
        kind = self._rule_set.kinds.get(str(options.pop("rule", "")))
        if kind is None:
            raise RuleSetError(
                f"{where}: no kind of rule {given.get('rule')!r}; there are {', '.join(self._rule_set.kinds)}"
            )
        if issubclass(kind, Unique) and "key" not in options:
            if not record.key:
                raise RuleSetError(f"{where}: unique, but {record.name} has no key")
            options = {"key": list(record.key), "absent": record.key_absent, **options}
        unknown = sorted(set(options) - set(kind.options()))
        if unknown:
            raise RuleSetError(f"{where}: {kind.kind} has no {', '.join(unknown)}; it has {', '.join(kind.options())}")
        if wrong := wrong_option(kind, options):
            raise RuleSetError(f"{where}: {kind.kind}: {wrong}")
        try:
            return kind(**options, scope=scope)
        except (TypeError, ValueError, RuleSetError) as error:
            raise RuleSetError(f"{where}: {_without_class(error)}") from error

    def _streams_of(self, rule: KeyRule) -> list[FactStream]:
        try:
            return rule.streams()
        except KeyError as error:
            raise RuleSetError(f"{rule.name}: no record type {error}") from error
        except ValueError as error:
            raise RuleSetError(f"{rule.name}: refers to something that is not there: {error}") from error
        except RuleSetError as error:
            raise RuleSetError(f"{rule.name}: {error}") from error

    def _shape(self, where: str, fields: Mapping[str, str | Mapping[str, Any]]) -> Shape:
        types: dict[str, FieldType] = {}
        for name, given in fields.items():
            declared = given if isinstance(given, str) else given.get("type", "object")
            if not isinstance(declared, str):
                raise RuleSetError(f"{where}.fields.{name}: the type has to be text, not {declared!r}")
            if isinstance(given, Mapping) and "fields" in given:
                types[name] = self._nested_type(f"{where}.fields.{name}", given["fields"])
                continue
            try:
                types[name] = field_type(declared, self._shapes)
            except RuleSetError as error:
                raise RuleSetError(f"{where}.fields.{name}: {error}") from error
        absent = self._rule_set.absent
        return Shape(types, null_is_absent="null" in absent, zero_time_is_absent="zero-time" in absent)

    def _nested_type(self, where: str, fields: Mapping[str, Any]) -> FieldType:
        return field_type("nested", {"nested": self._shape(where, fields)})

    @staticmethod
    def _refuse_same_names(rules: list[Rule]) -> None:
        seen: set[str] = set()
        for rule in rules:
            if rule.name in seen:
                raise RuleSetError(f"two rules are called {rule.name}; give one of them a code of its own")
            seen.add(rule.name)


def _told_of_judges(rules: list[Rule]) -> list[Rule]:
    """The rules, those about keys told of those that look at one value."""
    judges = tuple(rule for rule in rules if isinstance(rule, RecordRule) and rule.judges_value)
    return [
        dataclasses.replace(rule, scope=dataclasses.replace(rule.scope, judges=judges))
        if isinstance(rule, KeyRule) and judges
        else rule
        for rule in rules
    ]


def _required(record: RecordType) -> frozenset[str]:
    return frozenset(
        str(rule.get("field")) for rule in record.rules if isinstance(rule, Mapping) and rule.get("rule") == "required"
    )


def _without_class(error: Exception) -> str:
    """The text of an error about options, without the name of the class that they are options of."""
    return str(error).replace(".__init__()", "")
