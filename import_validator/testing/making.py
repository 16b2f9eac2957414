"""Valid files and broken ones, as bytes, with what must be reported of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..model.envelope import BY_TYPE
from ..rules.breaking import Chooser
from ..ruleset.plan import Plan, RecordPlan
from .draft import Entry, Line
from .style import Style
from .synthesis import Workshop
from .writers import layout_for

_FEW = 4


def values_of(plan: Plan, entries: Sequence[Entry]) -> list[tuple[Any, list[Entry]]]:
    """The values that a file in the making consists of, each with the records in it."""
    envelope = plan.rule_set.envelope
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
    named = _name_with(plan.records[named], entry.fields or {})
    value: dict[str, Any] = {}
    if envelope.variant and " " in named:
        named, value[envelope.variant] = named.rsplit(" ", 1)
    value = {envelope.type: named, **value}
    if envelope.fields == BY_TYPE:
        return {**value, named: fields}
    return {**value, envelope.fields: fields} if envelope.fields else {**value, **fields}


_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")


def _name_with(record: RecordPlan, fields: Mapping[str, Any]) -> str:
    """The name that a record gives its type, with the fields in it that are parts of that name."""
    parts = {group: fields.get(field) for group, field in record.named.items()}
    if record.like is None or not parts or not all(isinstance(part, str) for part in parts.values()):
        return record.name
    separated = record.like.pattern.replace("/+", "/").replace("/*", "")
    name = _GROUP.sub(lambda match: str(parts[match[1]]), separated)
    return (
        name if record.fields_in(name) == {record.named[group]: part for group, part in parts.items()} else record.name
    )


def _fields(plan: Plan, entry: Entry) -> Any:
    if entry.instead:
        return entry.instead[0]
    fields = {name: each for name, each in (entry.fields or {}).items() if not name.startswith("line.")}
    fields.update(entry.written)
    wrap = plan.records[entry.record_type].wrap
    return fields.get(wrap) if wrap else fields


def populate(workshop: Workshop, most: int = _FEW, asked_for: Collection[str] = ()) -> None:
    """Put a few records into a file, of any of its types.

    Arguments:
        asked_for: types that it may have although the rule set says nothing of them.

    Raises:
        SynthesisError: where there is no type that a record can be made of.
    """
    types = workshop.usual_types(asked_for)
    for _ in range(workshop.choose.integer(1, most)):
        workshop.try_add(workshop.choose.pick(types))
    for name in types:
        if not workshop.draft.entries:
            workshop.try_add(name)
    if not workshop.draft.entries:
        workshop.add(types[0])


def valid_file(plan: Plan, choose: Chooser, style: Style | None = None, asked_for: Collection[str] = ()) -> bytes:
    """A file that keeps to every rule, laid out in any way; for `asked_for`, see `populate`."""
    workshop = Workshop(plan, choose, style=style)
    populate(workshop, asked_for=asked_for)
    layout = layout_for(plan, choose)
    return layout.join([layout.encode(value) for value, _ in values_of(plan, workshop.draft.in_order())]).data


def options_of(workshop: Workshop, given: Mapping[str, Any]) -> dict[str, Any]:
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
