"""Rules about keys: what a record defines, and what has to be there with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field as option
from dataclasses import replace
from typing import ClassVar

from ..errors import RuleSetError
from ..facts.rows import Key, Rows
from ..facts.streams import FactStream, Keys, Verdict
from ..facts.tables import Tables
from ..model.records import Records
from ..model.violation import Stage
from .base import Fields, Finding, KeyRule, Related
from .breaking import Bench, Breakage, Draft
from .key_columns import (
    Absent,
    defined_by,
    exists,
    fields_of,
    key_reader,
    part_readers,
    said_of,
    show_part,
    wanted_of,
)
from .key_text import key_texts_of
from .kind import kind_of_rule
from .looking import KEYS, LISTS, Contradiction, Look, looks_at_each
from .references import RefersTo


@kind_of_rule
class Unique(KeyRule):
    """No two records of one type may have the same key.

    ## What it checks
    The record's key is not that of an earlier record of the same type.

    ## Why it matters
    The later record would overwrite the earlier one, or be refused.

    ## Example
    Two users with the id `userA`.

    ## How to mend it
    Merge the records, or give one of them another key, also where it is referred to.

    Attributes:
        key: the parts of the key; the record type's own key where not given.
        absent: what an absent part counts as; where not given, a record without it has no key.
        field: the field that the rule is named for, where there are several such rules.
    """

    kind: ClassVar[str] = "unique"
    default_message: ClassVar[str] = "duplicate {record_type} {key_values}"
    default_hint: ClassVar[str] = "merge the two records, or give one of them another key"
    default_stage: ClassVar[Stage] = Stage.VALIDATION
    by_value: ClassVar[bool] = True

    key: list[str] = option(default_factory=list)
    absent: Absent = None
    field: str = ""

    def looks_at(self) -> Iterator[Look]:
        yield from looks_at_each("key", self.key, KEYS)

    def streams(self) -> list[FactStream]:
        own = self.scope.keys[self.scope.record_type]
        by = f"#{','.join(self.key)}" if self.field and self.key != own else ""
        return [defined_by(self.scope, self.key, self.absent, by=by, rule=self, judge=_judge_unique)]

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        values = [show_part(self.scope, fields, part) for part in self.key]
        path = (self.key[0],) if len(self.key) == 1 and self.key[0] in fields else ()
        return Finding(path, values[0] if len(values) == 1 else values, {"key_values": values})

    def mend(self, fields: Draft, bench: Bench) -> None:
        read = key_reader(self.scope, self.key, self.absent)
        key = read(fields)
        if key is None or key not in bench.index(self.scope.record_type, self.name, read):
            return
        if not any(bench.renew(fields, part) for part in self._renewable(bench)):
            raise RuleSetError(f"{self.name}: there can be no second record beside the first")

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        if key_reader(self.scope, self.key, self.absent)(fields) is None:  # a record that needs no key, and has none
            plain = [part for part in self.key if part not in self.scope.derived]
            fields.update({part: bench.fresh(part) for part in plain if fields.get(part) in (None, "")})
        bench.put(fields)
        path = (self.key[0],) if len(self.key) == 1 and self.key[0] in fields else ()
        held = [name for part in self.key for name in fields_of(self.scope, part)]
        yield Breakage(dict(fields), path, held)

    def _renewable(self, bench: Bench) -> list[str]:
        """The parts of the key that may change; those that refer to nothing first."""
        parts = [part for part in self.key if not any(bench.is_held(name) for name in fields_of(self.scope, part))]
        referring = {part for rule in bench.rules if isinstance(rule, RefersTo) for part in rule.parts}
        return sorted(parts, key=lambda part: part in referring)

    def repeat(self, fields: Draft, number: int) -> None:
        plain = [part for part in self.key if part not in self.scope.derived and isinstance(fields.get(part), str)]
        own = [part for part in plain if not part.startswith("line.")]
        for part in own[-1:]:
            fields[part] = f"{fields[part]}{number}"


def _judge_unique(rows: Rows, tables: Tables) -> Verdict:
    table = tables["defined"]
    if not table.has_duplicates:
        return Verdict()
    _, place = table.find(rows["hi"], rows["lo"])
    return Verdict(table.column("index", place) != rows["index"])


@kind_of_rule
class Complete(KeyRule):
    """What a list in one record names must all be there as records of their own.

    ## What it checks
    For every text or number in the list there is a record of type `to` whose key is made of the parts of `key`, of
    which the list is one. All that are missing for one record are one violation. A record that also gives the
    field `unless_given` is passed over.

    ## Why it matters
    The list says who belongs to something; each who belongs needs a record that says how.

    ## Example
    A distinct channel of `userA` and `userB`, and a member record for `userA` only.

    ## How to mend it
    Add the records that are missing.

    Attributes:
        each: the field with the list.
        key: the parts of the key of the records that must be there; one of them is the list.
        to: the type of those records.
        unless_given: a field with which the list does not say who belongs.
        empty_counts: whether the field counts as given also where it is empty.
    """

    kind: ClassVar[str] = "complete"
    needs_whole_file: ClassVar[bool] = True
    default_message: ClassVar[str] = "{subject}.{each} is missing {to} records: {missing:quoted}"
    default_hint: ClassVar[str] = "add a {to} record for each of: {missing}"
    default_stage: ClassVar[Stage] = Stage.VALIDATION
    groups_items: ClassVar[bool] = True

    each: str
    key: list[str]
    to: str
    unless_given: str = ""
    empty_counts: bool = False

    def looks_at(self) -> Iterator[Look]:
        yield Look(("each",), self.each, LISTS, items=KEYS)
        yield from looks_at_each("key", [part for part in self.key if part != self.each], KEYS)
        if self.to not in self.scope.keys:
            yield Look(("to",), "", of=self.to)

    def contradictions(self) -> Iterator[Contradiction]:
        if self.each not in self.key:
            yield Contradiction(("key",), f"{self.each!r} has to be one of its parts")
        theirs = self.scope.keys.get(self.to, self.key)
        if len(theirs) != len(self.key):
            yield Contradiction(("key",), f"the key of {self.to} has {len(theirs)} parts, not {len(self.key)}")

    @property
    def about(self) -> str:
        return self.each

    def streams(self) -> list[FactStream]:
        [*own] = part_readers(self.scope, self.key, None, "")
        readers = [None if part == self.each else reader for part, reader in zip(self.key, own, strict=True)]
        absent = (None,) if self.empty_counts else (None, "")

        def read(records: Records) -> Keys:
            at: list[int] = []
            keys: list[Key] = []
            items: list[int] = []
            for number in records.having(self.each):
                fields = records[number]
                listed = key_texts_of(fields[self.each])
                if self.unless_given and fields.get(self.unless_given) not in absent:
                    continue
                parts = [None if reader is None else reader(fields) for reader in readers]
                if listed is None or sum(part is None for part in parts) > 1:
                    continue
                for item, each in enumerate(listed):
                    at.append(number)
                    keys.append(tuple([each if part is None else part for part in parts]))
                    items.append(item)
            return Keys(at, keys, items)

        def judge(rows: Rows, tables: Tables) -> Verdict:
            return Verdict(~exists(rows, tables))

        said = said_of(self.scope, self.key, None, each=self.each)
        stream = FactStream(
            "members", self.scope.record_type, self.to, read, judge=judge, rule=self, only_with=(self.each,)
        )
        if said is not None and len(self.key) > 1:
            stream.said = replace(said, unless_given=self.unless_given, empty_counts=self.empty_counts)
        return [stream]

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        missing = sorted({fields[self.each][item] for item in items}, key=lambda each: (isinstance(each, str), each))
        return Finding((self.each,), missing, {"missing": missing})

    def mend(self, fields: Draft, bench: Bench) -> None:
        listed = fields.get(self.each)
        if isinstance(listed, list) and not bench.is_held(self.each):
            known = [self._owner(bench, each) for each in listed]
            fields[self.each] = list(dict.fromkeys(each for each in known if each))

    def follow_up(self, fields: Draft, bench: Bench) -> None:
        read = key_reader(self.scope, self.scope.keys[self.to], None, of=self.to)
        for given in list(self._missing(fields, bench)):
            if not bench.try_add(self.to, given):
                bench.know(self.to, read(given) or "")

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        held = [name for part in self.key for name in fields_of(self.scope, part)]
        held += [self.unless_given] if self.unless_given and self.unless_given not in held else []
        broken = {name: value for name, value in fields.items() if name not in held or name in self.key}
        for count in (2, 1):
            owners = [self._owner(bench, "") for _ in range(count)]
            yield Breakage({**broken, self.each: owners}, (self.each,), held)

    def _missing(self, fields: Draft, bench: Bench) -> Iterator[Draft]:
        """What the records have to be that the list names and the file lacks."""
        their_key = self.scope.keys[self.to]
        read = key_reader(self.scope, their_key, None, of=self.to)
        listed = fields.get(self.each)
        for item in listed if isinstance(listed, list) and key_texts_of(listed) is not None else []:
            given = wanted_of(self.scope, fields, self.key, self.to, their_key, (self.each, item))
            if given is None:
                return
            if read(given) not in bench.index(self.to, (self.to, *their_key), read):
                yield given

    def _owner(self, bench: Bench, item: str) -> str:
        """What the list can name: the key of a record that the records which must be there refer to."""
        part = self.scope.keys[self.to][self.key.index(self.each)]
        return bench.referable(self.to, part, item)
