"""Pass one: batches of records in, what is wrong with each record and the facts about its keys out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..facts.rows import Rows
from ..model.records import Records
from ..model.violation import Severity, Stage
from ..readers import UNREADABLE, Batch, Cursor, Problem, Vouched
from ..rules import Fields, Finding, Rule
from ..ruleset.plan import Plan, RecordPlan
from .fact_writer import FactWriter, RuleFailure
from .lane import lanes_of
from .native import Kept
from .opening import Found, Group, OpenedBatch, Opener


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
        lanes: what says of each record type which records are fine.
        total: how many records of each type there were so far.
        broken: how many of them had an error of their own.
        unread: how many records could not be read at all, or not be told the type of, so that nobody knows their keys.
        present: the types that the file has so far, also where it names them without a record.
    """

    def __init__(self, plan: Plan, add_facts: Callable[[Rows, int], None], memory: int) -> None:
        self._plan = plan
        self._opener = Opener(plan)
        self.lanes = lanes_of(plan)
        self._facts = FactWriter(plan.streams, add_facts, memory)
        self.total: dict[str, int] = dict.fromkeys(plan.records, 0)
        self.broken: dict[str, int] = dict.fromkeys(plan.records, 0)
        self.unread = 0
        self.present: set[str] = set()

    def check(self, batch: Batch, first: int) -> Checked:
        """Check a batch.

        Arguments:
            first: the number of the batch's first record in the file.
        """
        # No batch holds records of two bodies: those that begin in it end before its first record, but for the last.
        self._facts.begin_bodies(len(batch.begins))
        if isinstance(batch.values, Vouched):
            groups, found, records, undecided = self._open_others(batch.values, batch.problems, first)
        else:
            groups, found, records, undecided = self._opener.open(batch)
        self.unread += undecided
        if batch.problems:
            self.unread += sum(value is UNREADABLE for value in batch.parsed)
        troubled = {each.at for each in found if each.of_record and each.rule.severity is Severity.ERROR}
        asked = batch.values.found.types if isinstance(batch.values, Vouched) else ()
        for group in groups:
            self._check_group(group, first, troubled, found, is_refused=group.plan.name in asked)
        found.sort(key=lambda each: each.at)
        return Checked(found, records)

    def _open_others(self, vouched: Vouched, problems: list[Problem], first: int) -> OpenedBatch:
        """Take in the records that the compiled lane vouches for; the others of their batch, as if all were opened."""
        kept: Kept = vouched.found
        self.present.update(kept.counts, kept.named)
        for name, count in kept.counts.items():
            self.total[name] += count
        for name, at in kept.numbers.items():
            self._facts.write_run(self._plan.records[name], first + vouched.numbers(at))
        for each in kept.facts:
            items = np.frombuffer(each.items, dtype="<u4")
            self._facts.take(each.stream, each.digests, first + vouched.numbers(each.at), items, each.payloads)
        if not vouched.values:
            return OpenedBatch([], [], vouched.records, 0)
        entries = [each.entries for each in vouched.refused]
        opened = self._opener.open(Batch(vouched.values, b"", 0, Cursor(), problems), entries)
        numbers = [
            each.number + at
            for each, count in zip(vouched.refused, self._opener.sizes(vouched.values), strict=True)
            for at in range(count)
        ]
        return opened.renumbered(numbers, [each.number for each in vouched.refused], vouched.records)

    def finish(self) -> None:
        """Hand over the facts that are still held, and forget the keys."""
        self._facts.finish()

    def _check_group(
        self, group: Group, first: int, troubled: set[int], found: list[Found], *, is_refused: bool
    ) -> None:
        """Hold the records of one type to its rules: the fast lane first, the exact lane for what it refuses.

        Arguments:
            is_refused: whether the compiled lane has refused all of them, so that there is no need to ask the fast one.
        """
        plan = group.plan
        self.present.add(plan.name)
        records = Records(group.records)
        refused = list(range(len(records))) if is_refused else self.lanes[plan.name].refused(records)
        if troubled:
            refused = sorted({*refused, *(number for number, at in enumerate(group.at) if at in troubled)})
        clean: list[Fields] = list(group.records) if refused else []
        stages: list[Stage | None] = [None] * len(records)
        broken = group.unread
        for number in refused:
            at = group.at[number]
            place = group.place(number)
            clean[number], explained = self._explained(plan, group.records[number], first + at, place[0])
            found += [Found(at, place, *each, plan.name) for each in explained]
            errors = [rule.stage for rule, _, _ in explained if rule.severity is Severity.ERROR]
            broken += bool(errors) or at in troubled
            stages[number] = Stage.PARSE if at in troubled or Stage.PARSE in errors else _first_stage(errors)
        self.total[plan.name] += len(records) + group.unread
        self.broken[plan.name] += broken
        self._facts.write(
            plan,
            Records(clean) if refused else records,
            first + np.asarray(group.at, dtype=np.int64),
            stages if self._plan.choices.cascade else None,
        )

    def _explained(
        self, plan: RecordPlan, fields: dict[str, Any], index: int, value_at: int
    ) -> tuple[Fields, list[tuple[Rule, Finding, Fields]]]:
        """The exact lane: a record's fields as rules should see them, and everything that is wrong with them."""
        clean, problems = plan.shape.normalise(fields)
        explained: list[tuple[Rule, Finding, Fields]] = [(*plan.type_rule(problem), fields) for problem in problems]
        lane = self.lanes[plan.name]
        for rule in lane.concerned(fields) if clean is fields else plan.record_rules:
            try:
                explained += [(found.rule or rule, found, found.within or fields) for found in rule.check(clean)]
            except Exception as error:
                raise RuleFailure(rule, error, index, value_at) from error
        return clean, explained


def _first_stage(stages: list[Stage | None]) -> Stage | None:
    """The stage at which a record fails; None where it fails in its references alone, or not at all."""
    return Stage.VALIDATION if Stage.VALIDATION in stages else None
