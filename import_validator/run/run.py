"""One file on its way through both passes, with a rule set that is known."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import Any

import numpy as np

from ..facts.rows import Column, Mask, Rows
from ..facts.spill import IndexLog
from ..model.unchecked import Unchecked
from ..model.violation import Severity, Violation
from ..pass_one.native import NativeLane
from ..pass_one.pipeline import PassOne
from ..pass_two.lookback import Directory, LookBack, Place
from ..pass_two.resolver import Resolver
from ..readers import Batch, Cursor, Reader, TableReader, ValuesReader, VouchingReader
from ..report.bodies import OK
from ..report.report import RecordCount, Report
from ..report.tally import Kept
from ..report.values import MissingKey, ValueCount
from ..rules import Finding, KeyRule, Related
from ..ruleset.plan import Plan, RecordPlan, UndecidedTypeError
from ..ruleset.plans import give_back_plan
from ..source.source import ReadAgain, Source
from ..units import counted, format_excess
from .scan import Scan
from .values import BrokenRow, counts_of, missing_keys
from .words import in_words, rule_failed

_STOPPED = "nothing that follows the last error could be read, and reading stopped there: the file may go on"
_NO_REFERENCES = "references, duplicates and all else that concerns more than one record were not checked"


class Run:
    """One file on its way through both passes, with a rule set that is known."""

    def __init__(
        self,
        plan: Plan,
        memory: int,
        samples: int,
        tmp: str | os.PathLike[str] | None,
        max_record: int,
        *,
        stream: bool,
    ) -> None:
        self.plan = plan
        self._stream = stream
        self._resolver = Resolver(plan.streams, memory, tmp)
        self._pass_one = PassOne(plan, self._resolver.add, memory // 8)
        self._reader = self._made_reader(max_record, memory // 8, tmp)
        self._broken = IndexLog(memory // 16, tmp)
        self._directory = Directory()
        self._scan = Scan(plan, self._pass_one, samples, self._broken, self._directory, stream=stream)
        self._tally = self._scan.tally
        self._bodies = self._scan.bodies
        self._whole = True
        self._known: set[str] = set()
        self._notes = list(dict.fromkeys(note for rule in plan.rules if (note := rule.note)))
        if not plan.choices.references:
            self._notes.append(_NO_REFERENCES)
        self._values: dict[str, list[ValueCount]] = {}
        self._missing: list[MissingKey] = []
        self._unchecked: tuple[Unchecked, ...] = ()
        self._spilled = False
        self._dropped = False

    def _made_reader(self, max_record: int, memory: int, tmp: str | os.PathLike[str] | None) -> Reader:
        """What the file is read with: by the compiled lane, where it knows the format."""
        reader = self.plan.reader(max_record, tmp)
        judge = NativeLane.of(self.plan, self._pass_one.lanes, memory, max_record)
        if judge is not None and isinstance(reader, TableReader):
            reader.judge = judge
        if judge is not None and isinstance(reader, ValuesReader):
            return VouchingReader(reader, judge)
        return reader

    @property
    def _is_judged(self) -> bool:
        """Whether the compiled lane goes through the file before any other."""
        reader = self._reader.chosen if isinstance(self._reader, TableReader) else self._reader
        return isinstance(reader, VouchingReader)

    def use(self, threads: int) -> None:
        """Have so many threads work, where the compiled lane reads the file. To be called before anything is fed."""
        if isinstance(self._reader, VouchingReader | TableReader):
            self._reader.threads = threads

    def know(self, record_type: str, rows: Rows) -> None:
        """Take in facts about keys of a record type that the target app has already."""
        self._known.add(record_type)
        self._resolver.add(rows, 1)

    def feed(self, chunk: bytes) -> list[Violation]:
        return [violation for batch in self._reader.feed(chunk) for violation in self._check(batch)]

    def finish(self, size: int, content: Callable[[], ReadAgain]) -> Iterator[Violation]:
        """What is found at the end of the file, and by pass two.

        Arguments:
            size: how many bytes there were.
            content: gives access to the bytes once more.
        """
        for batch in self._reader.close():
            yield from self._check(batch)
        yield from self._check_size(size)
        self._pass_one.finish()
        yield from self._pass_two(content)

    def stop_if_over(self, source: Source) -> bool:
        """Whether nothing more is to be read of a source: it may have no end, and nothing more can be said of it.

        A file on disk is read to its end all the same, so that its size is known.
        """
        is_over = source.may_be_endless and self._reader.is_over
        if is_over:
            self._notes.append(_STOPPED)
        return is_over

    @property
    def reader(self) -> Reader:
        """What the file is read with."""
        return self._reader

    def report(self, source: str, why: str, size: int, seconds: float) -> Report:
        passed = self._pass_one
        return Report(
            source=source,
            rules=self.plan.rule_set.name,
            why=why,
            records={
                name: RecordCount(total, total - passed.broken[name]) for name, total in passed.total.items() if total
            },
            broken=self._tally.broken(self._values),
            violations=self._tally.violations,
            bodies=tuple(self._bodies.listed(self._scan.records)),
            statuses=self._bodies.statuses(),
            notes=(*self._reader.notes, *self._notes),
            missing=tuple(self._missing),
            unchecked=self._unchecked,
            bytes=size,
            seconds=seconds,
            spilled=self._spilled,
            engine="native" if self._is_judged else "python",
        )

    def drop(self) -> None:
        if self._dropped:
            return
        self._dropped = True
        self._spilled = self._resolver.spilled
        self._unchecked = self.plan.unchecked()
        self._resolver.close()
        self._broken.close()
        self._reader.drop()
        give_back_plan(self.plan)

    def _check(self, batch: Batch) -> list[Violation]:
        self._whole = self._whole and not any(
            problem.at is None and problem.code == "parse" for problem in batch.problems
        )
        return self._scan.check(batch, self._reader.rereader, self._reader.cells)

    def _check_size(self, size: int) -> list[Violation]:
        most = self.plan.max_size
        if most is None or size <= most:
            return []
        rule = self.plan.reading_rules["file-size"]
        given, limit = format_excess(size, most)
        problem = f"the file has {given}; at most {limit} are taken"
        violation = in_words(self.plan, rule, Finding((), None, {"problem": problem}), {}, None, None, None, ())
        for kept in self._tally.count(rule.name, rule.code, rule.severity).values():
            self._tally.keep(violation, kept)
        return [violation] if self._stream else []

    def _pass_two(self, content: Callable[[], ReadAgain]) -> Iterator[Violation]:
        self._broken.rewind()
        unread = self._pass_one.unread
        if not self._whole:
            self._notes.append("the file could not be read to its end, so nothing is said to be missing from it")
        elif unread:
            self._notes.append(f"{counted(unread, 'record')} could not be read, so nothing is said to be missing")
        whole = self._whole and not unread
        look_back = cache(
            lambda: LookBack(
                self._directory,
                self._reader.rereader,
                self.plan.rule_set.envelope,
                self._reader.content or content(),
            )
        )
        present = set(self._pass_one.present)
        for each in self.plan.rule_set.lists:
            if each.name in self._known:
                present.add(each.name)
            elif self.plan.choices.references:
                note = f"links to {each.name} were not checked: give the list with --existing {each.name}=FILE"
                self._notes.append(note)
        for rows in self._resolver.resolve(self._scan.records, present, whole=whole):
            self._count_broken_records(rows)
            self._note_statuses(rows)
            for group, kept in self._to_word(rows):
                violation = self._word_group(group, look_back())
                if kept is not None:
                    self._tally.keep(violation, kept)
                if self._stream:
                    yield violation

        def violation_of(row: BrokenRow) -> Violation:
            return self._word_group([row], look_back())

        for name, values in self._tally.frequent():
            self._values[name] = counts_of(values, self._reader.cells, violation_of)
        if not self.plan.choices.cascade:  # which takes records that are there, and broken, for missing ones
            self._missing = missing_keys(self.plan.rules, self._tally, violation_of)

    def _count_broken_records(self, rows: Rows) -> None:
        """Take the records that pass two found errors in off the valid ones, each once."""
        severe = self._by_stream(lambda rule: rule.severity is Severity.ERROR)
        rows = rows.compress(severe[rows["stream"]])
        indexes, first = np.unique(rows["index"], return_index=True)
        new = ~self._broken.contains(indexes)
        streams, counts = np.unique(rows["stream"][first[new]], return_counts=True)
        for stream, count in zip(streams.tolist(), counts.tolist(), strict=True):
            self._pass_one.broken[self._rule(stream).scope.record_type] += count

    def _note_statuses(self, rows: Rows) -> None:
        """Take the statuses of what pass two found to the bodies that it was found in."""
        if self._bodies.total:
            for stream in _numbers_in(rows["stream"]):
                status = self._rule(stream).status
                for index in np.unique(rows["index"][rows["stream"] == stream]).tolist() if status else ():
                    self._bodies.note(index, status or OK)

    def _to_word(self, rows: Rows) -> Iterator[tuple[list[BrokenRow], Kept | None]]:
        """The rows of each violation that is to be put into words, and what it belongs to in the sample.

        Counts all violations on the way.
        """
        grouping = self._by_stream(lambda rule: rule.groups_items)
        begins = np.ones(len(rows), dtype=np.bool_)
        same = (rows["index"][1:] == rows["index"][:-1]) & (rows["stream"][1:] == rows["stream"][:-1])
        begins[1:] = ~(same & grouping[rows["stream"][1:]])
        starts = np.flatnonzero(begins)
        ends = np.append(starts[1:], len(rows))
        sampled: dict[int, Kept] = {}
        streams = rows["stream"][starts]
        for number in _numbers_in(streams):
            rule = self._rule(number)
            own = np.flatnonzero(streams == number)
            of_rule = rows.take(starts[own])
            keys: Sequence[Hashable] = [None] * len(own)
            if rule.by_value:
                keys = list(zip(of_rule["hi"].tolist(), of_rule["lo"].tolist(), strict=True))
            wanted = self._tally.count(rule.name, rule.code, rule.severity, keys, partial(_row_of, of_rule))
            sampled.update({int(own[at]): kept for at, kept in wanted.items()})
        for at in range(len(starts)) if self._stream else sorted(sampled):
            yield rows[starts[at] : ends[at]].tolist(), sampled.get(at)

    def _word_group(self, group: Sequence[BrokenRow], look_back: LookBack) -> Violation:
        index, related_0, related_1, _, stream, *_ = group[0]
        rule = self._rule(stream)
        place = look_back.record(index)
        fields = self._fields(place)
        related = [self._related(look_back.record(each)) for each in (related_0, related_1)[: rule.relates]]
        record_type, cursor = rule.scope.record_type, Cursor(place.offset, place.line)
        cells, prefix = self._reader.cells, place.record.prefix
        try:
            finding = rule.describe(fields, [row[3] for row in group], related)
            return in_words(self.plan, rule, finding, fields, record_type, index, cursor, prefix, cells)
        except Exception as error:
            raise rule_failed(rule, index, cursor, error) from error

    def _rule(self, stream: int) -> KeyRule:
        rule = self.plan.streams[stream].rule
        assert isinstance(rule, KeyRule), "only the streams of rules are judged"
        return rule

    def _by_stream(self, ask: Callable[[KeyRule], bool]) -> Mask:
        """The answer to a question about rules for each stream; False for those that belong to none."""
        rules = [stream.rule for stream in self.plan.streams]
        return np.array([isinstance(rule, KeyRule) and ask(rule) for rule in rules], dtype=np.bool_)

    def _plan_of(self, place: Place) -> RecordPlan | None:
        """What is done with a record; None where it has no type, or none that can be told in time."""
        try:
            return self.plan.plan_for(place.record.record_type)
        except UndecidedTypeError:
            return None

    @staticmethod
    def _fields_in_name(plan: RecordPlan, place: Place) -> Mapping[str, Any]:
        """The fields that are parts of the name of a record's type; none where they cannot be told in time."""
        with suppress(UndecidedTypeError):
            return plan.fields_in(place.record.record_type)
        return {}

    def _related(self, place: Place) -> Related:
        plan = self._plan_of(place)
        return Related(plan.name if plan else "", self._fields(place))

    def _fields(self, place: Place) -> Mapping[str, Any]:
        record, plan = place.record, self._plan_of(place)
        outer = {**record.outer, **self._fields_in_name(plan, place)} if plan and plan.named else record.outer
        if plan and plan.wrap:
            return {plan.wrap: record.fields, **outer}
        if isinstance(record.fields, dict):
            return {**record.fields, **outer} if outer else record.fields
        return outer


def _numbers_in(streams: Column) -> list[int]:
    """The numbers of the streams that there are among some, from the lowest."""
    return list(np.flatnonzero(np.bincount(streams)).tolist())


def _row_of(rows: Rows, number: int) -> BrokenRow:
    return tuple(rows[number].item())
