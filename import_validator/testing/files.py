"""Valid files and broken ones, as bytes, with what must be reported of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..envelope import BY_TYPE
from ..errors import ImportValidatorError
from ..plan import Choices, Plan, RecordPlan, compile_plan
from ..rules import Finding, ReadingRule, Rule, Scope
from ..rules.breaking import Chooser, Draft
from ..rules.types import FieldType
from ..ruleset import RuleSet
from ..violation import Violation, pointer
from .bench import SynthesisError
from .draft import DraftFile, Entry, Line
from .synthesis import Broken, Style, Workshop
from .writers import Layout, Written, layout_for

MARK = "(mark)"
_FEW = 4


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


# Which rules there are


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
        if code not in {"type", "timestamp"} and _is_in_force(plan, code):
            yield Target(code, rule, options, plan)


def _types_of(plan: Plan, record: RecordPlan, options: Mapping[str, Any]) -> Iterator[Target]:
    """The rules about the types of a record's fields, each once for every field."""
    wrong_type, wrong_time = record.reading_rules["type"], record.reading_rules["timestamp"]
    is_line = wrong_type.scope.subject == "line"
    if not is_line and not record.wrap and not plan.rule_set.envelope.record:
        yield Target(wrong_type.name_of(Finding(())), wrong_type, options, plan)
    for name, declared in record.shape.fields.items():
        for path, inner in _leaves((name,), declared):
            if inner.wanted.startswith(("a time",)):
                yield Target(wrong_time.name_of(Finding(path)), wrong_time, options, plan)
            if inner.wanted != "anything":
                yield Target(wrong_type.name_of(Finding(path)), wrong_type, options, plan)


def _leaves(path: tuple[str, ...], declared: FieldType) -> Iterator[tuple[tuple[str, ...], FieldType]]:
    yield path, declared
    inner = declared
    while (item := inner.item or inner.values) is not None:
        inner = item
    for name, each in inner.shape.fields.items() if inner.shape is not None else ():
        yield from _leaves((*path, name), each)


def _is_in_force(plan: Plan, code: str) -> bool:
    """Whether files of a format can break a rule of reading at all."""
    limits = {"file-size": plan.max_size, "body-size": plan.limits.size, "body-records": plan.limits.records}
    if code == "record-type":
        return bool(plan.rule_set.envelope.type)
    return limits.get(code, 1) is not None


# Files as bytes


def values_of(plan: Plan, draft: DraftFile) -> list[tuple[Any, list[Entry]]]:
    """The values that a file in the making consists of, each with the records in it."""
    envelope = plan.rule_set.envelope
    entries = draft.in_order()
    if not envelope.entries:
        return [(_enveloped(plan, entry), [entry]) for entry in entries]
    lines: dict[int, tuple[Line, list[Entry]]] = {}
    for entry in entries:
        assert entry.line is not None
        lines.setdefault(id(entry.line), (entry.line, []))[1].append(entry)
    found = []
    for line, within in lines.values():
        records = [entry for entry in within if entry.fields is not None]
        listed = {envelope.entries: [_fields(plan, entry) for entry in records]} if records else {}
        found.append(({envelope.type: line.record_type, **line.fields, **listed, **line.written}, records))
    return found


def _enveloped(plan: Plan, entry: Entry) -> Any:
    envelope = plan.rule_set.envelope
    fields = _fields(plan, entry)
    if not envelope.type:
        return fields
    named = entry.record_type
    like = plan.records[named].like
    if like is not None and named not in plan.types:
        named = like.pattern
    value: dict[str, Any] = {}
    if envelope.variant and " " in named:
        named, value[envelope.variant] = named.rsplit(" ", 1)
    value = {envelope.type: named, **value}
    if envelope.fields == BY_TYPE:
        return {**value, named: fields}
    return {**value, envelope.fields: fields} if envelope.fields else {**value, **fields}


def _fields(plan: Plan, entry: Entry) -> Any:
    if entry.instead:
        return entry.instead[0]
    fields = {name: each for name, each in (entry.fields or {}).items() if not name.startswith("line.")}
    fields.update(entry.written)
    wrap = plan.records[entry.record_type].wrap
    return fields.get(wrap) if wrap else fields


def populate(workshop: Workshop, most: int = _FEW) -> None:
    """Put a few records into a file, of any of its types.

    Raises:
        SynthesisError: where there is no type that a record can be made of.
    """
    types = list(workshop.plan.records)
    for _ in range(workshop.choose.integer(1, most)):
        workshop.try_add(workshop.choose.pick(types))
    for name in types:
        if not workshop.draft.entries:
            workshop.try_add(name)
    if not workshop.draft.entries:
        workshop.add(types[0])


def valid_file(plan: Plan, choose: Chooser, style: Style | None = None) -> bytes:
    """A file that keeps to every rule, laid out in any way."""
    workshop = Workshop(plan, choose, style=style)
    populate(workshop)
    layout = layout_for(plan.rule_set.reader, choose)
    return layout.join([layout.encode(value) for value, _ in values_of(plan, workshop.draft)]).data


def broken_file(target: Target, choose: Chooser, style: Style | None = None) -> tuple[bytes, Expected]:
    """A file that breaks one rule, laid out in any way, with what must be reported.

    Raises:
        SynthesisError: where the rule cannot be broken without breaking another.
    """
    plan = target.plan
    workshop = Workshop(plan, choose, style=style)
    if choose.chance(2):
        populate(workshop, 2)
    if isinstance(target.rule, ReadingRule) and target.name == target.rule.code:
        return _damaged(workshop, target)
    try:
        broken = workshop.break_one(target.rule, target.name)
    except ImportValidatorError:
        workshop = Workshop(plan, choose, style=style)
        broken = workshop.break_one(target.rule, target.name)
    layout = layout_for(plan.rule_set.reader, choose)
    values = values_of(plan, workshop.draft)
    written = layout.join([layout.encode(value) for value, _ in values])
    index, offset, path = _place(plan, values, written, broken)
    twins = [
        each for each in plan.rules if each.name != target.rule.name and workshop.means_the_same(each, target.rule)
    ]
    also = tuple(Expected(each.code, each.name, index, path, offset) for each in twins)
    options = _options(workshop, target.options)
    return written.data, Expected(target.rule.code, broken.rule, index, path, offset, options, also)


def _place(plan: Plan, values: list[tuple[Any, list[Entry]]], written: Written, broken: Broken) -> tuple[int, int, str]:
    """The number, offset and path of what was broken."""
    index, entry = 0, broken.entry
    for at, (_, within) in enumerate(values):
        if broken.of_line and entry.fields is None and _is_line_of(values[at][0], entry):
            return index, written.begins[at], pointer(broken.path)
        if entry in within:
            number = within.index(entry)
            wrap = plan.records[entry.record_type].wrap
            path = broken.path[1:] if wrap and broken.path[:1] == (wrap,) else broken.path
            if broken.of_line:
                return index, written.begins[at], pointer(broken.path)
            prefix = (plan.rule_set.envelope.entries, number) if plan.rule_set.envelope.entries else ()
            return index + number, written.begins[at], pointer((*prefix, *path))
        index += len(within)
    raise SynthesisError("what was broken is not in the file")


def _is_line_of(value: Any, entry: Entry) -> bool:
    assert entry.line is not None
    mine = {**entry.line.fields, **entry.line.written}
    return all(name in value and value[name] is each for name, each in mine.items()) and len(value) == len(mine) + 1


def _options(workshop: Workshop, given: Mapping[str, Any]) -> dict[str, Any]:
    """What `validate` has to be called with."""
    options: dict[str, Any] = {**given}
    rule_set = workshop.plan.rule_set
    values = rule_set.parameters(given.get("params"))
    for name, more in workshop.widened.items():
        each = rule_set.params[name].each
        wider = {**values[name], **dict.fromkeys(more, each)} if each is not None else [*values[name], *more]
        options["params"] = {**options.get("params", {}), name: wider}
    existing: dict[str, list[Any]] = {}
    for record_type, key in workshop.draft.unknown:
        existing.setdefault(record_type, []).append(key)
    return {**options, **({"existing": existing} if existing else {})}


# Files whose format is broken


class _FileBench:
    """A valid file with a value that may be damaged. See `FileBench`."""

    mark = MARK

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.choose = workshop.choose
        self.plan = workshop.plan
        self.envelope = workshop.plan.rule_set.envelope
        self.entry = _marked(workshop)
        plain = workshop.plan.rule_set.reader == "json-bodies"
        self.layout: Layout = layout_for(workshop.plan.rule_set.reader, workshop.choose, plain=plain)
        self._write()

    def _write(self) -> None:
        self.values = values_of(self.plan, self.workshop.draft)
        self.at = next(at for at, (_, within) in enumerate(self.values) if self.entry in within)
        self.value: Draft = self.values[self.at][0]
        self.texts = [self.layout.encode(value) for value, _ in self.values]
        self.written = self.layout.join(self.texts)

    def encode(self, value: Any) -> bytes:
        return self.layout.encode(value)

    def replaced(self, text: bytes) -> bytes:
        return self.texts[self.at].replace(f'"{MARK}"'.encode(), text)

    def parameter(self, limit: str) -> str:
        given = getattr(self.plan.rule_set, limit)
        return str(given["param"]) if isinstance(given, Mapping) and set(given) == {"param"} else ""

    def size(self) -> int:
        return len(self.written.data)

    def body_size(self) -> int:
        return len(self.written.data.strip()) - self.written.body

    def fill(self) -> bool:
        most = self.plan.limits.records
        if most is None:
            return False
        fields = self.entry.fields or {}
        for number in range(1, most + 2 - sum(len(within) for _, within in self.values)):
            copy = self.workshop.repeated(self.entry.record_type, fields, number)
            self.workshop.draft.put(Entry(self.entry.record_type, copy))
        self._write()
        return True


def _marked(workshop: Workshop) -> Entry:
    """Put a record with a string into the file that no rule says anything about."""
    for name, record in workshop.plan.records.items():
        closed = any(rule.kind == "closed" for rule in record.record_rules)
        if not closed and not record.wrap and workshop.try_add(name, {"remark": MARK}, minimal=True):
            marked = [each for each in workshop.draft.entries if (each.fields or {}).get("remark") == MARK]
            return marked[-1]
    raise SynthesisError("no type of records takes custom data, to be damaged")


def _damaged(workshop: Workshop, target: Target) -> tuple[bytes, Expected]:
    assert isinstance(target.rule, ReadingRule)
    file = _FileBench(workshop)
    ways = list(target.rule.damages(file))
    if not ways:
        raise SynthesisError(f"{target.name}: files of this format cannot break it")
    way = workshop.choose.pick(ways)
    options = dict(target.options)
    params = {**options.get("params", {}), **way.options.get("params", {})}
    options = {**options, **way.options, **({"params": params} if params else {})}
    options = {**_options(workshop, target.options), **options}
    before = sum(len(within) for _, within in file.values[: file.at])
    total = sum(len(within) for _, within in file.values)
    if way.of_file:
        return file.written.data, Expected(target.name, target.name, None, "", None, options)
    if way.of_body:
        return file.written.data, Expected(target.name, target.name, total, "", file.written.body, options)
    assert way.text is not None
    texts = [*file.texts[: file.at], way.text, *file.texts[file.at + 1 :]]
    written = file.layout.join(texts)
    name = file.plan.records[file.entry.record_type].reading_rules[target.name].name if way.typed else target.name
    return written.data, Expected(target.name, name, before, "", written.begins[file.at], options)
