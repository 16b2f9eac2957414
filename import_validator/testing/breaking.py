"""Broken files, as bytes, with what must be reported of them."""

from __future__ import annotations

from typing import Any

from ..errors import ImportValidatorError
from ..model.violation import pointer
from ..rules import ReadingRule
from ..rules.breaking import Chooser
from ..rules.sequence import Consistent
from ..ruleset.plan import Plan
from .bench import SynthesisError
from .damage import damaged_file
from .draft import Entry
from .making import options_of, populate, values_of
from .style import Style
from .synthesis import Broken, Workshop
from .targets import Expected, Target
from .writers import BodiesLayout, layout_for


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
        return damaged_file(workshop, target)
    try:
        broken = workshop.break_one(target.rule, target.name)
    except ImportValidatorError:
        workshop = Workshop(plan, choose, style=style)
        broken = workshop.break_one(target.rule, target.name)
    layout = layout_for(plan, choose)
    if isinstance(layout, BodiesLayout) and isinstance(target.rule, Consistent) and target.rule.in_body:
        layout.is_one_body = True
    values = values_of(plan, workshop.draft.in_order())
    written = layout.join([layout.encode(value) for value, _ in values])
    index, offset, path = place_of(plan, values, written.begins, broken)
    twins = [each for each in plan.rules if each.name != target.rule.name and workshop.comes_with(each, target.rule)]
    also = tuple(Expected(each.code, each.name, index, path, offset) for each in twins)
    options = options_of(workshop, target.options)
    return written.data, Expected(target.rule.code, broken.rule, index, path, offset, options, also)


def place_of(
    plan: Plan, values: list[tuple[Any, list[Entry]]], begins: list[int], broken: Broken
) -> tuple[int, int, str]:
    """The number, offset and path of what was broken."""
    index, entry = 0, broken.entry
    for at, (_, within) in enumerate(values):
        if broken.of_line and entry.fields is None and _is_line_of(values[at][0], entry):
            return index, begins[at], pointer(broken.path)
        if entry in within:
            number = within.index(entry)
            wrap = plan.records[entry.record_type].wrap
            path = broken.path[1:] if wrap and broken.path[:1] == (wrap,) else broken.path
            if broken.of_line:
                return index, begins[at], pointer(broken.path)
            prefix = (plan.rule_set.envelope.entries, number) if plan.rule_set.envelope.entries else ()
            return index + number, begins[at], pointer((*prefix, *path))
        index += len(within)
    raise SynthesisError("what was broken is not in the file")


def _is_line_of(value: Any, entry: Entry) -> bool:
    assert entry.line is not None
    mine = {**entry.line.fields, **entry.line.written}
    return all(name in value and value[name] is each for name, each in mine.items()) and len(value) == len(mine) + 1
