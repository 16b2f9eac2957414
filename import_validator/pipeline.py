"""Pass one: batches of records in, what is wrong with each record and the facts about its keys out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .fact_writer import FactWriter
from .facts import Rows
from .opening import Found, Group, Opener
from .plan import Plan
from .readers import Batch
from .rules import Fields, Rule
from .violation import Severity, Stage


class Checked(NamedTuple):
    """What pass one says of a batch: everything wrong with single records, in file order, and how many there are."""

    found: list[Found]
    records: int


class PassOne:
    """Checks batches, and writes down facts.

    Arguments:
        plan: what to check.
        add_facts: takes rows of facts, and the round of pass two that they are for.
        memory: how many bytes may be spent on remembering keys that are known to be defined.

    Attributes:
        total: how many records of each type there were so far.
        broken: how many of them had an error of their own.
    """

    def __init__(self, plan: Plan, add_facts: Callable[[Rows, int], None], memory: int) -> None:
        self._plan = plan
        self._opener = Opener(plan)
        self._facts = FactWriter(plan.streams, add_facts, memory)
        self.total: dict[str, int] = dict.fromkeys(plan.records, 0)
        self.broken: dict[str, int] = dict.fromkeys(plan.records, 0)

    def check(self, batch: Batch, first: int) -> Checked:
        """Check a batch.

        Arguments:
            first: the number of the batch's first record in the file.
        """
        groups, found, records = self._opener.open(batch)
        troubled = {each.at for each in found if each.of_record}
        for group in groups:
            self._check_group(group, first, troubled, found)
        found.sort(key=lambda each: each.at)
        return Checked(found, records)

    def finish(self) -> None:
        """Hand over the facts that are still held, and forget the keys."""
        self._facts.finish()

    def _check_group(self, group: Group, first: int, troubled: set[int], found: list[Found]) -> None:
        plan = group.plan
        records: list[Fields] = []
        stages: list[Stage | None] = []
        broken = group.unread
        for at, place, fields in zip(group.at, group.places, group.records, strict=True):
            clean, findings = plan.shape.normalise(fields)
            invalid = at in troubled
            worst = Stage.PARSE if invalid else None
            for kind, finding in findings:
                rule: Rule = plan.reading_rules[kind.kind]
                found.append(Found(at, place, rule, finding, fields, plan.name))
                worst, invalid = Stage.PARSE, invalid or rule.severity is Severity.ERROR
            for record_rule in plan.record_rules:
                for finding in record_rule.check(clean):
                    rule = finding.rule or record_rule
                    found.append(Found(at, place, rule, finding, finding.within or fields, plan.name))
                    invalid = invalid or rule.severity is Severity.ERROR
                    if worst is None and rule.stage is Stage.VALIDATION:
                        worst = Stage.VALIDATION
            records.append(clean)
            stages.append(worst)
            broken += invalid
        self.total[plan.name] += len(group.at) + group.unread
        self.broken[plan.name] += broken
        self._facts.write(
            plan, records, [first + at for at in group.at], stages if self._plan.choices.cascade else None
        )
