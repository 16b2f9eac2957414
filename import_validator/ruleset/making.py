"""Makes the rules of a rule set from their options, and finds everything that is wrong with them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..errors import RuleSetError
from ..model.nearest import nearest
from ..rules import KeyRule, RecordRule, Rule, Scope
from ..rules.keys import Unique
from ..rules.looking import KEYS, Look, kind_of, looks_at_each
from ..rules.options import missing_option, wrong_option
from ..rules.order import ORDER_SPACE
from ..rules.presence import Required, Reserved
from ..rules.types import FieldType, Shape, field_type
from .checks import Declared, TypeChecker, kinds_of
from .content import Content, RecordType
from .problems import Problems
from .toml_lines import Path

_DEEPEST_SHAPES = 50
"""Rules look into shapes in shapes no deeper: each level is a call within a call, for each record."""


class Made(NamedTuple):
    """The rules of a record type, or of the envelope of several records.

    Attributes:
        shape: the types of its fields.
        scope: what its rules are told.
        rules: those that hold in this run, in order.
    """

    shape: Shape
    scope: Scope
    rules: list[Rule]


class RuleMaker:
    """Makes rules with parameters put in, each told of the record type that it stands in.

    Arguments:
        params: the value of each parameter.
        problems: takes what is wrong; what is made is of use only where nothing is.
        cascade: whether only valid records define keys.
        chosen: picks from the rules of a record type those that hold in this run.
    """

    def __init__(
        self,
        content: Content,
        params: Mapping[str, Any],
        problems: Problems,
        *,
        cascade: bool = False,
        chosen: Callable[[list[Rule]], list[Rule]] = list,
    ) -> None:
        self._content = content = _with_places(content)
        self._params = params
        self._problems = problems
        self._cascade = cascade
        self._chosen = chosen
        self._shapes: dict[str, Shape] = {}
        self._declared: dict[str, Declared] = {}
        self._checker = TypeChecker(self._declared, problems)
        self._nested: dict[tuple[str, str], tuple[RecordRule, ...]] = {}
        self._checked: set[str] = set()
        self._too_deep = False
        for name, shape in content.shapes.items():
            self._shapes[name] = self._shape(shape, name)
        for name, record in content.records.items():
            self._declared[name] = self._declare(record, self._inherited(record))

    def make_all(self) -> tuple[dict[str, Made], dict[str, Made]]:
        """What is made of each record type, and of the envelopes of several records."""
        records = {name: self._record(record) for name, record in self._content.records.items()}
        lines = {name: self._line(line) for name, line in self._content.lines.items()}
        for shape in self._content.shapes.values():
            if shape.name not in self._checked:
                self._rules_inside(shape, shape)
        return records, lines

    def resolved(self, value: Any, path: Path, where: str) -> Any:
        """The value with each `{param = "name"}` in it replaced by the parameter's value."""
        if isinstance(value, Mapping):
            if set(value) == {"param"}:
                name = value["param"]
                if isinstance(name, str) and name in self._params:
                    return self._params[name]
                self._problems.add((*path, "param"), f"{where}: no parameter {name!r}{nearest(name, self._params)}")
                return value
            return {name: self.resolved(each, (*path, name), where) for name, each in value.items()}
        if isinstance(value, list):
            return [self.resolved(each, (*path, number), where) for number, each in enumerate(value)]
        return value

    def _record(self, record: RecordType) -> Made:
        declared = self._declared[record.name]
        records = self._content.records.values()
        self._check_record(record, declared)
        scope = Scope(
            record_type=record.name,
            subject=record.name,
            defaults=record.defaults,
            derived=record.derived,
            shapes={name: self._rules_inside(record, self._content.shapes[name]) for name in self._shapes_in(record)},
            keys={each.name: list(each.key) for each in records},
            derived_of={each.name: each.derived for each in records},
            declared=frozenset(record.fields),
            inherited=self._inherited(record),
            required=_required(record),
            cascade=self._cascade,
        )
        return Made(declared.shape, scope, self._rules_of(record, scope, declared))

    def _line(self, line: RecordType) -> Made:
        """The rules of the envelope of several records of a type."""
        keys = frozenset(self._content.envelope.keys)
        declared = self._declare(line, keys)
        scope = Scope(
            record_type=line.name,
            subject="line",
            defaults=line.defaults,
            declared=frozenset({*line.fields, *keys}),
            required=_required(line),
        )
        return Made(declared.shape, scope, self._rules_of(line, scope, declared))

    def _rules_inside(self, record: RecordType, shape: RecordType, depth: int = 1) -> tuple[RecordRule, ...]:
        """The rules of a shape, told of the record type that it stands in; made once, however many ways lead there."""
        made = (record.name, shape.name)
        if made in self._nested:
            return self._nested[made]
        if depth > min(len(self._content.shapes), _DEEPEST_SHAPES):
            endless = depth > len(self._content.shapes)
            problem = "looks into itself without end" if endless else f"is more than {_DEEPEST_SHAPES} shapes deep"
            if not self._too_deep:  # said of one shape is enough
                self._problems.add(shape.place, f"{shape.where}: {problem}")
            self._too_deep = True
            return ()
        inner = {
            name: self._rules_inside(record, self._content.shapes[name], depth + 1) for name in self._shapes_in(shape)
        }
        scope = Scope(
            record_type=record.name,
            subject=shape.name,
            defaults=shape.defaults,
            shapes=inner,
            declared=frozenset(shape.fields),
            required=_required(shape),
        )
        rules = self._rules_of(shape, scope, self._declare_shape(shape))
        self._checked.add(shape.name)
        for number, rule in enumerate(rules):
            if not isinstance(rule, RecordRule):
                message = f"{shape.where}: {rule.kind} looks at records, not at parts of them"
                self._problems.add(shape.place_of(number), message)
        self._nested[made] = tuple(rule for rule in rules if isinstance(rule, RecordRule))
        return self._nested[made]

    def _shapes_in(self, record: RecordType) -> list[str]:
        """The shapes that the rules of a record type, or of a shape, look into."""
        named = [
            rule.get("shape") if isinstance(rule, Mapping) else getattr(rule, "shape", None) for rule in record.rules
        ]
        return sorted({name for name in named if isinstance(name, str) and name in self._content.shapes})

    def _rules_of(self, record: RecordType, scope: Scope, declared: Declared) -> list[Rule]:
        check = record.name not in self._checked or record.place[:1] != ("shapes",)
        rules = []
        for number, given in enumerate(record.rules):
            path = record.place_of(number)
            where = ".".join(map(str, path)) if record.columns else f"{record.where}.rules[{number}]"
            holds = True
            if isinstance(given, Rule):
                rule: Rule | None = dataclasses.replace(given, scope=scope)
            else:
                holds = self._holds(given, path, where)
                rule = self._rule(given, record, scope, path, where)
            if rule is not None and check:
                self._check(rule, declared, path, where)
            if rule is not None and holds:
                rules.append(rule)
        chosen = self._chosen(rules)
        self._refuse_same_names(chosen, record)
        self._refuse_required_reserved(chosen, record)
        return chosen

    def _rule(self, given: Mapping[str, Any], record: RecordType, scope: Scope, path: Path, where: str) -> Rule | None:
        before = len(self._problems)
        options = {name: self.resolved(value, (*path, name), where) for name, value in given.items()}
        if len(self._problems) > before:
            return None
        for switch in ("when", "unless"):
            options.pop(switch, None)
        kinds = self._content.kinds
        kind = kinds.get(str(options.pop("rule", "")))
        if kind is None:
            named = given.get("rule")
            self._problems.add((*path, "rule"), f"{where}: no kind of rule {named!r}{nearest(named, kinds)}")
            return None
        if issubclass(kind, Unique) and "key" not in options:
            if not record.key:
                self._problems.add(path, f"{where}: unique, but {record.name} has no key")
                return None
            options = {"key": list(record.key), "absent": record.key_absent, **options}
        known = kind.options()
        unknowns = sorted(set(options) - set(known))
        for unknown in unknowns:
            suggestion = nearest(unknown, known, "it has")
            self._problems.add((*path, unknown), f"{where}: {kind.kind} has no {unknown}{suggestion}")
        if not unknowns and (missing := missing_option(kind, options)):
            self._problems.add(path, f"{where}: {kind.kind} needs {missing}")
        if wrong := wrong_option(kind, options):
            self._problems.add((*path, wrong.name), f"{where}: {kind.kind}: {wrong.message}")
        if len(self._problems) > before:
            return None
        try:
            return kind(**options, scope=scope)
        except (TypeError, ValueError, RuleSetError) as error:
            self._problems.add(path, f"{where}: {error}")
            return None

    def _check(self, rule: Rule, declared: Declared, path: Path, where: str) -> None:
        """Hold a rule against what is declared; where nothing is wrong with that, see whether it can be decided."""
        before = len(self._problems)
        self._checker.check_rule(rule, declared, path, where)
        if not isinstance(rule, KeyRule) or len(self._problems) > before:
            return
        try:
            streams = rule.streams()
        except (KeyError, ValueError, RuleSetError) as error:
            self._problems.add(path, f"{rule.name}: {error}")
            return
        for stream in streams:
            for name in {stream.record_type, stream.space.partition("#")[0]} - {"", ORDER_SPACE, *self._declared}:
                self._problems.add(path, f"{rule.name}: no record type {name!r}{nearest(name, self._declared)}")

    def _check_record(self, record: RecordType, declared: Declared) -> None:
        """Hold a record type's key and derived values against its fields."""
        looks = list(looks_at_each("key", record.key, KEYS))
        looks += [Look(("wrap",), record.wrap)] if record.wrap else []
        self._checker.check_looks(looks, declared, record.place, record.where)
        for name, derivation in record.derived.items():
            path = (*record.place, "derived", name)
            self._checker.check_looks(derivation.looks_at(), declared, path, ".".join(path))
            if name in record.fields:
                self._problems.add(path, f"{'.'.join(path)}: a field is called {name}, too")
        for part in record.key_absent if isinstance(record.key_absent, Mapping) else ():
            if part not in record.key:
                message = f"{record.where}.key_absent: {part!r} is no part of the key{nearest(part, record.key)}"
                self._problems.add((*record.place, "key_absent", part), message)

    def _holds(self, given: Mapping[str, Any], path: Path, where: str) -> bool:
        """Whether a rule's switches, `when` and `unless`, let it hold in this run."""
        switches = {name: self._params[name] for name, each in self._content.params.items() if each.type == "switch"}
        switches["cascade"] = self._cascade
        for name in ("when", "unless"):
            switch = given.get(name)
            if name not in given or (isinstance(switch, str) and switch in switches):
                continue
            is_other = isinstance(switch, str) and switch in self._content.params
            message = f"{switch!r} is no switch" if is_other else f"no parameter {switch!r}"
            self._problems.add((*path, name), f"{where}: {name}: {message}{nearest(switch, switches)}")
        when, unless = (str(given.get(name, "")) for name in ("when", "unless"))
        return bool(switches.get(when, True)) and not switches.get(unless, False)

    def _declare(self, record: RecordType, inherited: frozenset[str]) -> Declared:
        return Declared(where=record.where, shape=self._shape(record), derived=record.derived, inherited=inherited)

    def _inherited(self, record: RecordType) -> frozenset[str]:
        """The names that rules can use of what is outside the record: in its envelope, and in its type's name."""
        return frozenset({*self._content.envelope.inherited, *record.named.values()})

    def _declare_shape(self, shape: RecordType) -> Declared:
        return Declared(where=shape.where, shape=self._shapes[shape.name], derived={}, inherited=frozenset())

    def _shape(self, record: RecordType, name: str = "") -> Shape:
        return self._shape_of(record.place, record.fields, name)

    def _shape_of(self, path: Path, fields: Mapping[str, str | Mapping[str, Any]], name: str = "") -> Shape:
        types: dict[str, FieldType] = {}
        for field, given in fields.items():
            place = (*path, "fields", field)
            table: Mapping[str, Any] = {"type": given} if isinstance(given, str) else given
            types[field] = self._field_type(table, place, ".".join(map(str, place)))
        absent = self._content.absent
        return Shape(types, name=name, null_is_absent="null" in absent, zero_time_is_absent="zero-time" in absent)

    def _field_type(self, table: Mapping[str, Any], path: Path, where: str) -> FieldType:
        if "fields" in table:
            return field_type("nested", {"nested": self._shape_of(path, table["fields"])})
        named = table.get("type", "object")
        try:
            declared = field_type(named, self._shapes)
        except RuleSetError as error:
            self._problems.add(path, f"{where}: {error}")
            return field_type("any", {})
        kind = kind_of(table.get("default"))
        if kind and kind not in kinds_of(declared):
            message = f"{where}: the default {table['default']!r} is not {declared.wanted}"
            self._problems.add((*path, "default"), message)
        return declared

    def _refuse_same_names(self, rules: list[Rule], record: RecordType) -> None:
        seen: set[str] = set()
        for rule in rules:
            if rule.name in seen:
                message = f"two rules are called {rule.name}; give one of them a code of its own"
                self._problems.add((*record.place, "rules"), message)
            seen.add(rule.name)

    def _refuse_required_reserved(self, rules: list[Rule], record: RecordType) -> None:
        """Refuse names that have to be there and must not: every record would be wrong."""
        required = {rule.field for rule in rules if isinstance(rule, Required) and not rule.unless_given}
        for name in sorted({name for rule in rules if isinstance(rule, Reserved) for name in rule.fields} & required):
            message = f"{record.where}: {name!r} is required, and reserved: every record would be wrong"
            self._problems.add((*record.place, "rules"), message)


def _with_places(content: Content) -> Content:
    """The same, with the place of each record type that was made in Python and has none."""

    def placed(kind: str, records: Mapping[str, RecordType]) -> dict[str, RecordType]:
        return {
            name: each if each.place else dataclasses.replace(each, place=(kind, name))
            for name, each in records.items()
        }

    return dataclasses.replace(
        content,
        records=placed("records", content.records),
        lines=placed("lines", content.lines),
        shapes=placed("shapes", content.shapes),
    )


def _required(record: RecordType) -> frozenset[str]:
    return frozenset(
        str(rule.get("field")) for rule in record.rules if isinstance(rule, Mapping) and rule.get("rule") == "required"
    )
