"""Pass one: batches of records in, what is wrong with each record and the facts about its keys out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import xxhash

from .facts import FactStream, Rows, fact_rows, seed_of
from .plan import Plan, RecordPlan
from .readers import UNREADABLE, Batch, Cursor, Problem
from .rules import Fields, Finding, Rule
from .violation import Severity, Stage

ROWS_HELD = 4096
_BYTES_PER_REMEMBERED_KEY = 150


class Found(NamedTuple):
    """Something wrong with a record, not yet put into words.

    Attributes:
        at: the number of the record in its batch; the number of records in the batch for the file as a whole.
        rule: the rule.
        finding: what it found.
        fields: the fields, as they stand in the file, of the part of the record that it found it in.
        record_type: the record's type, None where it has none that is known.
        cursor: the place of the mistake, where that is known to be other than the record's beginning.
    """

    at: int
    rule: Rule
    finding: Finding
    fields: Fields
    record_type: str | None
    cursor: Cursor | None = None


class Group(NamedTuple):
    """The records of one type in a batch."""

    plan: RecordPlan
    at: list[int]
    records: list[dict[str, Any]]


class PassOne:
    """Checks batches, and writes down facts.

    Arguments:
        plan: what to check.
        add_facts: takes rows of facts, and the round of pass two that they are for.
        memory: how many bytes may be spent on remembering keys that are known to be defined.
    """

    def __init__(self, plan: Plan, add_facts: Callable[[Rows, int], None], memory: int) -> None:
        self._plan = plan
        self._facts = FactWriter(plan.streams, add_facts, memory)
        self.total: dict[str, int] = dict.fromkeys(plan.records, 0)
        self.broken: dict[str, int] = dict.fromkeys(plan.records, 0)

    def check(self, batch: Batch) -> list[Found]:
        """Everything that is wrong with single records of a batch, in file order."""
        found = [self._reading_problem(problem, batch) for problem in batch.problems]
        troubled = {each.at for each in found}
        for group in self._grouped(batch, found):
            self._check_group(group, batch.index, troubled, found)
        found.sort(key=lambda each: each.at)
        return found

    def finish(self) -> None:
        """Hand over the facts that are still held, and forget the keys."""
        self._facts.finish()

    def _reading_problem(self, problem: Problem, batch: Batch) -> Found:
        at = len(batch.values) if problem.at is None else problem.at
        value = batch.values[at] if at < len(batch.values) else None
        record_type = value.get(self._plan.rule_set.type_key) if isinstance(value, dict) else None
        if not isinstance(record_type, str) or record_type not in self._plan.records:
            record_type = None
        rules = self._plan.records[record_type].reading_rules if record_type else self._plan.reading_rules
        finding = Finding((), None, {"problem": problem.message})
        return Found(at, rules[problem.code], finding, {}, record_type, problem.cursor)

    def _grouped(self, batch: Batch, found: list[Found]) -> list[Group]:
        """The records by type. What is no record of a known type is reported, and left out."""
        type_key, fields_key = self._plan.rule_set.type_key, self._plan.rule_set.fields_key
        groups = {name: Group(plan, [], []) for name, plan in self._plan.records.items()}
        for at, value in enumerate(batch.values):
            try:
                group = groups[value[type_key]]
                fields = value[fields_key]
            except (KeyError, TypeError, IndexError):
                if value is not UNREADABLE:
                    found.append(self._envelope_problem(at, value))
                continue
            if fields.__class__ is dict:
                group.at.append(at)
                group.records.append(fields)
            elif fields is None:
                group.at.append(at)
                group.records.append({})
            else:
                self.total[group.plan.name] += 1
                self.broken[group.plan.name] += 1
                found.append(self._no_fields(at, group.plan, fields))
        return [group for group in groups.values() if group.at]

    def _envelope_problem(self, at: int, value: Any) -> Found:
        rules = self._plan.reading_rules
        rule_set = self._plan.rule_set
        pattern = f'{{"{rule_set.type_key}": …, "{rule_set.fields_key}": {{…}}}}'
        if not isinstance(value, dict):
            details = {"problem": f"a record has to be an object: {pattern}", "pattern": pattern}
            return Found(at, rules["envelope"], Finding((), value, details), {}, None)
        record_type = value.get(rule_set.type_key)
        if isinstance(record_type, str) and record_type in self._plan.records:
            plan = self._plan.records[record_type]
            self.total[record_type] += 1
            self.broken[record_type] += 1
            details = {"problem": f"{record_type}: {rule_set.fields_key} required", "pattern": pattern}
            return Found(at, plan.reading_rules["envelope"], Finding((), None, details), {}, record_type)
        return Found(
            at, rules["record-type"], Finding((), record_type, {"known": ", ".join(self._plan.records)}), {}, None
        )

    def _no_fields(self, at: int, plan: RecordPlan, value: Any) -> Found:
        finding = plan.shape.not_an_object(value)
        return Found(at, plan.reading_rules["type"], finding, {}, plan.name)

    def _check_group(self, group: Group, first_index: int, troubled: set[int], found: list[Found]) -> None:
        plan = group.plan
        records: list[Fields] = []
        stages: list[Stage | None] = []
        broken = 0
        for at, fields in zip(group.at, group.records, strict=True):
            clean, findings = plan.shape.normalise(fields)
            invalid = at in troubled
            worst = Stage.PARSE if invalid else None
            for kind, finding in findings:
                rule: Rule = plan.reading_rules[kind.kind]
                found.append(Found(at, rule, finding, fields, plan.name))
                worst, invalid = Stage.PARSE, True
            for record_rule in plan.record_rules:
                for finding in record_rule.check(clean):
                    rule = finding.rule or record_rule
                    found.append(Found(at, rule, finding, finding.within or fields, plan.name))
                    invalid = invalid or rule.severity is Severity.ERROR
                    if worst is None and rule.stage is Stage.VALIDATION:
                        worst = Stage.VALIDATION
            records.append(clean)
            stages.append(worst)
            broken += invalid
        self.total[plan.name] += len(group.at)
        self.broken[plan.name] += broken
        self._facts.write(plan, records, [first_index + at for at in group.at], stages if self._plan.cascade else None)


class FactWriter:
    """Turns the keys that records name into rows of facts."""

    def __init__(self, streams: tuple[FactStream, ...], add: Callable[[Rows, int], None], memory: int) -> None:
        self._add = add
        self._pending = {stream.number: _Pending(stream) for stream in streams}
        self._defined: dict[str, set[str]] = {stream.space: set() for stream in streams}
        self._keys_left = memory // _BYTES_PER_REMEMBERED_KEY

    def write(
        self, plan: RecordPlan, records: list[Fields], indexes: list[int], stages: list[Stage | None] | None
    ) -> None:
        """Write down the facts about records of one type.

        Arguments:
            stages: for each record, the stage at which it fails, where only valid records define keys.
        """
        for stream in plan.streams:
            chosen, places = records, indexes
            if stages is not None:
                counted = [not stage if stream.table else stage is not Stage.PARSE for stage in stages]
                chosen = [each for each, counts in zip(records, counted, strict=True) if counts]
                places = [each for each, counts in zip(indexes, counted, strict=True) if counts]
            self._write_stream(stream, chosen, places)

    def finish(self) -> None:
        """Hand over what is still held, and forget the keys."""
        for pending in self._pending.values():
            self._hand_over(pending)
        self._defined = {}

    def _write_stream(self, stream: FactStream, records: list[Fields], indexes: list[int]) -> None:
        keys = stream.read(records)
        if not keys.texts:
            return
        defined = self._defined[stream.space]
        pending = self._pending[stream.number]
        if stream.table == "defined" and self._keys_left > 0:
            self._keys_left -= len(keys.texts)
            defined.update(keys.texts)
        for place, (at, text) in enumerate(zip(keys.at, keys.texts, strict=True)):
            if stream.skips_defined and text in defined:
                continue
            pending.digests.append(_digest(text, pending.seed))
            pending.indexes.append(indexes[at])
            if keys.items:
                pending.items.append(keys.items[place])
            if keys.payloads:
                pending.payloads.append(keys.payloads[place])
        if len(pending.digests) >= ROWS_HELD:
            self._hand_over(pending)

    def _hand_over(self, pending: _Pending) -> None:
        if pending.digests:
            rows = fact_rows(pending.stream.number, pending.digests, pending.indexes, pending.items, pending.payloads)
            pending.clear()
            self._add(rows, pending.stream.round)


class _Pending:
    """Facts of one stream that are not rows yet."""

    def __init__(self, stream: FactStream) -> None:
        self.stream = stream
        self.seed = seed_of(stream.space)
        self.clear()

    def clear(self) -> None:
        self.digests: list[bytes] = []
        self.indexes: list[int] = []
        self.items: list[int] = []
        self.payloads: list[bytes] = []


def _digest(text: str, seed: int) -> bytes:
    try:
        return xxhash.xxh3_128_digest(text.encode(), seed)
    except UnicodeEncodeError:
        return xxhash.xxh3_128_digest(text.encode("utf-8", "surrogatepass"), seed)
