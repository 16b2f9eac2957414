"""Records out of their envelopes: the values of a batch sorted by record type, and what is wrong with envelopes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from ..model.envelope import BY_TYPE, Path, Place
from ..model.nearest import did_you_mean
from ..readers import UNREADABLE, Batch, Cursor, Problem
from ..rules import Fields, Finding, Rule
from ..ruleset.plan import Plan, RecordPlan, UndecidedTypeError


class Found(NamedTuple):
    """Something wrong with a record, not yet put into words.

    Attributes:
        at: the number of the record in its batch; for what is wrong with an envelope, of the record that follows.
        place: the number of the value in the batch that the record lies in, and what leads from it to the record.
        rule: the rule.
        finding: what it found.
        fields: the fields, as they stand in the file, of the part of the record that it found it in.
        record_type: the record's type, None where it has none that is known.
        of_record: whether it is wrong with the record, not with the envelope of several or the file.
        cursor: the place of the mistake, where there is no record.
        of_file: whether it is wrong with the file as a whole.
    """

    at: int
    place: Place
    rule: Rule
    finding: Finding
    fields: Fields
    record_type: str | None
    of_record: bool = True
    cursor: Cursor | None = None
    of_file: bool = False


@dataclass(slots=True)
class Group:
    """The records of one type in a batch.

    Attributes:
        plan: what is done with them.
        at: their numbers in the batch.
        places: for each, the number of the value that it lies in, and what leads from it to the record; empty where
            values are records.
        records: their fields, as they stand in the file, with those that their envelope adds.
        unread: how many more records of the type there are, whose fields cannot be read.
        named: whether an envelope of several names the type, also one without entries.
    """

    plan: RecordPlan
    at: list[int] | range = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    unread: int = 0
    named: bool = False

    def add(self, at: int, fields: dict[str, Any]) -> None:
        """Take in a record, with its number in the batch."""
        assert isinstance(self.at, list)
        self.at.append(at)
        self.records.append(fields)

    def place(self, number: int) -> Place:
        """Where the record with this number in the group lies."""
        return self.places[number] if self.places else (self.at[number], ())


class OpenedBatch(NamedTuple):
    """The records of a batch.

    Attributes:
        groups: the records by type.
        found: what kept records from being read, and what is wrong with envelopes.
        records: how many records there are.
        undecided: how many of them are in no group, since it took too long to tell their type.
    """

    groups: list[Group]
    found: list[Found]
    records: int
    undecided: int

    def renumbered(self, numbers: Sequence[int], of_values: Sequence[int], records: int) -> OpenedBatch:
        """The same as part of a larger batch.

        Arguments:
            numbers: the number in that of each record here.
            of_values: the number in that of the record that follows where a value begins, for each value here.
            records: how many records that has.
        """
        for group in self.groups:
            group.places = [group.place(number) for number in range(len(group.at))]
            group.at = [numbers[at] for at in group.at]
        found = [
            each._replace(at=numbers[each.at] if each.place[1] else of_values[each.place[0]]) for each in self.found
        ]
        return self._replace(found=found, records=records)


class Opener:
    """Takes records out of their envelopes."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._envelope = plan.rule_set.envelope
        self._undecided = 0

    def open(self, batch: Batch, chosen: Sequence[Sequence[int] | None] | None = None) -> OpenedBatch:
        """The records of a batch, by type.

        Arguments:
            chosen: for each value with several records, which of them are wanted; None for one of which all are. The
                envelopes of the others are right.
        """
        values = batch.parsed
        places = self._envelope.places(values) if self._envelope.entries else None
        self._undecided = 0
        problems = [self._reading_problem(each, batch, places) for each in batch.problems]
        found = [each for each in problems if each is not None]
        groups = {name: Group(plan) for name, plan in self._plan.records.items()}
        if places is None:
            if not self._open_alike(values, groups):
                self._open_values(values, groups, found)
        else:
            self._open_entries(values, chosen or [None] * len(values), groups, found)
        records = len(values) if places is None else len(places)
        present = [group for group in groups.values() if group.at or group.unread or group.named]
        return OpenedBatch(present, found, records, self._undecided)

    def _reading_problem(self, problem: Problem, batch: Batch, places: list[Place] | None) -> Found | None:
        """What a reader found, by the rule that says so; None where that is off."""
        at = len(batch.parsed) if problem.at is None else problem.at
        value = batch.parsed[at] if at < len(batch.parsed) else None
        plan = None
        with suppress(UndecidedTypeError):
            plan = self._plan_of(value)
        rule = (plan.reading_rules if plan else self._plan.reading_rules).get(problem.code)
        if rule is None:
            return None
        advice = "what follows it was not looked at" if problem.at is None else "what follows it was read"
        details = {"problem": problem.message, "advice": f"correct the file at this place; {advice}"}
        number, prefix, path = self._place_within(at, value, problem.path, places)
        named = problem.path[-1] if problem.path and not path else None
        return Found(
            at=number,
            place=(at, prefix),
            rule=rule,
            finding=Finding((plan.wrap, *path) if plan and plan.wrap and path else path, named, details),
            fields={},
            record_type=plan.name if plan else None,
            of_record=(places is None or bool(prefix)) and not problem.of_file,
            cursor=problem.cursor,
            of_file=problem.of_file,
        )

    def _place_within(self, at: int, value: Any, path: Path, places: list[Place] | None) -> tuple[int, Path, Path]:
        """The record that a path in a value leads into.

        Arguments:
            at: the value's number in the batch.
            places: where the records lie, for a format that puts several into one value.

        Returns:
            The record's number in the batch, what leads from the value to it, and the path within its fields: the empty
            one for what the record is wrapped in. For an envelope of several, the number of the record that follows,
            and the path within the envelope.
        """
        if places is not None:
            entry = (at, path[:2])
            number = bisect_left(places, entry if len(path) > 2 else (at, ()))
            if len(path) > 2 and number < len(places) and places[number] == entry:
                return number, path[:2], path[2:]
            return bisect_left(places, (at, ())), (), path
        fields_key = self._envelope.fields_key(value) if isinstance(value, dict) else ""
        if not fields_key:
            return at, (), path
        return at, (), path[1:] if path[:1] == (fields_key,) else ()

    def _plan_of(self, value: Any) -> RecordPlan | None:
        return self._plan.plan_for(self._envelope.type_of(value)) if isinstance(value, dict) else None

    def _open_alike(self, values: list[Any], groups: dict[str, Group]) -> bool:
        """Whether all values were records of one type, plain or in plain envelopes, and now are in its group."""
        envelope = self._envelope
        if envelope.variant or envelope.fields == BY_TYPE:
            return False
        try:
            [named] = {value[envelope.type] for value in values} if envelope.type else {envelope.record}
            records = [value[envelope.fields] for value in values] if envelope.fields else values
        except (KeyError, TypeError, IndexError, ValueError):
            return False
        plan = self._plan.types.get(named)
        if plan is None or plan.wrap or set(map(type, records)) != {dict}:
            return False
        if envelope.closed and set(map(len, values)) != {2}:
            return False
        groups[plan.name] = Group(plan, range(len(values)), [], records)
        return True

    def _open_values(self, values: list[Any], groups: dict[str, Group], found: list[Found]) -> None:
        """Each value is the envelope of one record."""
        type_key, fields_key, closed = self._envelope.type, self._envelope.fields, self._envelope.closed
        by_name = not self._envelope.variant and fields_key != BY_TYPE
        known = {name: groups[plan.name] for name, plan in self._plan.types.items()} if by_name else {}
        for at, value in enumerate(values):
            try:
                group, fields = known[value[type_key]], value[fields_key]
                if fields.__class__ is dict and not closed and not group.plan.wrap:
                    group.add(at, fields)
                    continue
            except (KeyError, TypeError, IndexError):
                try:
                    plan = self._plan_of(value)
                except UndecidedTypeError:
                    self._undecided += 1
                    continue
                if value is UNREADABLE:
                    continue
                key = self._envelope.fields_key(value) if isinstance(value, dict) else ""
                if plan is None or (key and key not in value):
                    found.append(self._envelope_problem(at, at, value, plan, groups))
                    continue
                group, fields = groups[plan.name], value[key] if key else value
            if closed and len(value) > 2:
                found += self._unexpected_keys(at, at, value, group.plan)
            try:
                outer = group.plan.fields_in(self._envelope.type_of(value)) if group.plan.named else {}
            except UndecidedTypeError:
                self._undecided += 1
                continue
            self._place(group, at, (at, ()), fields, outer, found)

    def sizes(self, values: list[Any]) -> Iterator[int]:
        """How many records each of the values has."""
        return (len(self._envelope.places([value])) if self._envelope.entries else 1 for value in values)

    def _open_entries(
        self,
        values: list[Any],
        chosen: Sequence[Sequence[int] | None],
        groups: dict[str, Group],
        found: list[Found],
    ) -> None:
        """Each value is the envelope of several records, with rules of its own."""
        number = 0
        for at, (value, wanted) in enumerate(zip(values, chosen, strict=True)):
            if value is UNREADABLE:
                continue
            try:
                plan = self._plan_of(value)
            except UndecidedTypeError:
                undecided = len(self._envelope.places([value]))
                self._undecided += undecided
                number += undecided
                continue
            if plan is None:
                found.append(self._envelope_problem(number, at, value, None, groups)._replace(of_record=False))
            else:
                if self._envelope.closed:
                    unexpected = self._unexpected_keys(number, at, value, plan)
                    found += [each._replace(of_record=False) for each in unexpected]
                groups[plan.name].named = True
                if wanted is None:
                    self._check_line(number, at, value, plan, found)
            entries = value.get(self._envelope.entries) if isinstance(value, dict) else None
            outer = self._envelope.outer(value) if isinstance(value, dict) else {}
            for entry_at, entry in enumerate(entries if isinstance(entries, list) else ()):
                if plan is not None and (wanted is None or entry_at in wanted):
                    place = (at, (self._envelope.entries, entry_at))
                    self._place(groups[plan.name], number, place, entry, outer, found)
                number += 1

    def _check_line(self, number: int, at: int, value: dict[str, Any], plan: RecordPlan, found: list[Found]) -> None:
        """Hold the envelope of several records to the rules that there are for it."""
        line = self._plan.lines.get(plan.name)
        if line is None:
            return
        clean, problems = line.shape.normalise(value)
        broken: list[tuple[Rule, Finding]] = [line.type_rule(problem) for problem in problems]
        for rule in line.record_rules:
            broken += [(finding.rule or rule, finding) for finding in rule.check(clean)]
        for broken_rule, finding in broken:
            found.append(Found(number, (at, ()), broken_rule, finding, value, plan.name, of_record=False))

    def _place(
        self, group: Group, number: int, place: Place, fields: Any, outer: Mapping[str, Any], found: list[Found]
    ) -> None:
        """Put a record into its group; where it has no fields, report that."""
        plan = group.plan
        if plan.wrap:
            record = {plan.wrap: fields, **outer}
        elif fields.__class__ is dict:
            record = {**fields, **outer} if outer else fields
        elif fields is None and self._plan.null_is_absent:
            record = dict(outer)
        else:
            group.unread += 1
            finding = plan.shape.not_an_object(fields)
            found.append(Found(number, place, plan.reading_rules["type"], finding, {}, plan.name))
            return
        group.add(number, record)
        if place[1]:
            group.places.append(place)

    def _envelope_problem(
        self, number: int, at: int, value: Any, plan: RecordPlan | None, groups: dict[str, Group]
    ) -> Found:
        rules, envelope = self._plan.reading_rules, self._envelope
        if not isinstance(value, dict):
            details = {"problem": f"a record has to be an object: {envelope.pattern}", "pattern": envelope.pattern}
            return Found(number, (at, ()), rules["envelope"], Finding((), value, details), {}, None)
        if plan is not None:
            groups[plan.name].unread += 1
            details = {"problem": f"{plan.name}: {envelope.fields_key(value)} required", "pattern": envelope.pattern}
            return Found(number, (at, ()), plan.reading_rules["envelope"], Finding((), None, details), {}, plan.name)
        named, types = envelope.type_of(value), self._plan.types
        # A batch may have very many records without a type, for which nothing is kept to be asked later.
        meant = partial(did_you_mean, named, types) if isinstance(named, str) else ""
        finding = Finding((), named, {"known": ", ".join(types), "meant": meant})
        return Found(number, (at, ()), rules["record-type"], finding, {}, None)

    def _unexpected_keys(self, number: int, at: int, value: dict[str, Any], plan: RecordPlan) -> Iterator[Found]:
        known = {*self._envelope.keys, self._envelope.fields_key(value)}
        for name in value:
            if name not in known:
                details = {"problem": f"unexpected key {name!r} beside the record", "pattern": self._envelope.pattern}
                yield Found(number, (at, ()), plan.reading_rules["envelope"], Finding((), name, details), {}, plan.name)
