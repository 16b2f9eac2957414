"""Plans that wait for their next run: compiling a rule set takes longer than checking a small file."""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from .compiler import compile_plan
from .content import Content
from .plan import Choices, Plan

_MOST_IDLE = 16
_OURS = f"{__name__.partition('.')[0]}."

_idle: OrderedDict[tuple[int, str], Plan] = OrderedDict()
"""Plans that no run has, by the rule set, which each keeps alive, and by what they were made with; the latest last."""
_lock = threading.Lock()


def take_plan(rule_set: Content, params: Mapping[str, Any], choices: Choices) -> Plan:
    """A plan for one run, compiled now or for an earlier run. Arguments and errors are those of `compile_plan`."""
    # Invariant: a plan is idle, or one run has it: its patterns and streams remember what they saw in the run's file.
    made_with = repr((params, choices))
    with _lock:
        plan = _idle.pop((id(rule_set), made_with), None)
    return plan or dataclasses.replace(compile_plan(rule_set, params, choices), made_with=made_with)


def give_back_plan(plan: Plan) -> None:
    """Let another run have a plan, unless it has rules of other people's, which may remember what they like."""
    if not plan.made_with or not all(rule.__class__.__module__.startswith(_OURS) for rule in plan.rules):
        return
    plan.forget()
    with _lock:
        _idle[id(plan.rule_set), plan.made_with] = plan
        while len(_idle) > _MOST_IDLE:
            _idle.popitem(last=False)
