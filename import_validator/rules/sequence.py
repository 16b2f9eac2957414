"""Rules about the order of records, and about a value that has to stay as it began."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import field as option
from typing import Any, ClassVar

import numpy as np

from ..facts.rows import Key, Rows, value_digests
from ..facts.streams import FactStream, Keys, Verdict
from ..facts.tables import Tables
from ..model.violation import Stage, to_json
from ..readers import UNREADABLE
from .base import Fields, Finding, KeyRule, Related
from .breaking import Bench, Breakage, Draft
from .key_columns import KeyReader, fields_of, key_reader, show_part
from .kind import kind_of_rule
from .looking import KEYS, NUMBERS, Look, looks_at_each
from .number_order import is_vague, place_of, place_of_value

_HIGH_ENOUGH = 1 << 62
"""Numbers are made no higher, so that there is room for higher ones."""


@kind_of_rule
class Increasing(KeyRule):
    """Of the records with one key, each must have a higher number than all before it.

    ## What it checks
    The number in `field` is above that of every earlier record with the same key. An equal one is not. A record
    without a number there is passed over. Numbers beyond 7.5 × 10^37, and those that differ only after the 18th
    decimal, are not told apart.

    ## Why it matters
    The record would be dropped, or overwrite a newer one, in an order that nobody chose.

    ## Example
    Two records for the same row, the first with `"sequence": 101`, the second with `"sequence": 99`.

    ## How to mend it
    Sort the records by the number before writing them; take a finer clock where numbers are equal.

    Attributes:
        field: the field with the number, or a derived value that is one: a `moment` is its seconds.
        key: the parts of the key.
    """

    kind: ClassVar[str] = "increasing"
    default_message: ClassVar[str] = "{field} {value} is not above {earlier}"
    default_hint: ClassVar[str] = "sort the records by {field}"
    default_stage: ClassVar[Stage] = Stage.REFERENCE
    relates: ClassVar[int] = 1

    field: str
    key: list[str]

    def looks_at(self) -> Iterator[Look]:
        yield Look(("field",), self.field, NUMBERS)
        yield from looks_at_each("key", self.key, KEYS)

    def streams(self) -> list[FactStream]:
        read_key = key_reader(self.scope, self.key, None)

        def read(records: Sequence[Fields]) -> Keys:
            named = [(at, read_key(fields), self._place(fields)) for at, fields in enumerate(records)]
            numbered = [(at, key, place) for at, key, place in named if key is not None and place is not None]
            return Keys(
                [at for at, _, _ in numbered],
                [key for _, key, _ in numbered],
                payloads=b"".join([place.to_bytes(16, "little") for _, _, place in numbered]),
            )

        table = f"numbered:{self.name}"
        return [
            FactStream(
                "numbers",
                self.scope.record_type,
                f"{self.scope.record_type}#{self.name}",
                read,
                table=table,
                judge=self._judge,
                rule=self,
            )
        ]

    def _judge(self, rows: Rows, tables: Tables) -> Verdict:
        table = tables[f"numbered:{self.name}"]
        if not table.has_duplicates:
            return Verdict()
        highest: dict[tuple[int, int], tuple[int, int]] = tables.memory.setdefault(self.name, {})
        broken = np.zeros(len(rows), dtype=np.bool_)
        related = np.zeros(len(rows), dtype=np.uint64)
        columns = ["hi", "lo", "payload_hi", "payload_lo", "index"]
        for at, (hi, lo, low, high, index) in enumerate(rows[columns].tolist()):
            place, before = high << 64 | low, highest.get((hi, lo))
            if before is not None and (place < before[0] or (place == before[0] and not is_vague(place))):
                broken[at], related[at] = True, before[1]
            else:
                highest[hi, lo] = (place, index)
        return Verdict(broken, (related,))

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        value, earlier = (show_part(self.scope, each, self.field) for each in (fields, related[0].fields))
        return Finding(self._path, value, {"earlier": earlier})

    @property
    def _path(self) -> tuple[str, ...]:
        return () if self.field in self.scope.derived else (self.field,)

    def _place(self, fields: Fields) -> int | None:
        """The place of the record's number among all numbers."""
        derivation = self.scope.derived.get(self.field)
        if derivation is None:
            return place_of_value(fields.get(self.field))
        number = derivation.number(fields)
        return None if number is None else place_of(number)

    def mend(self, fields: Draft, bench: Bench) -> None:
        earlier = self._earlier(fields, bench)
        if self.field not in self.scope.derived:
            if isinstance(number := fields.get(self.field), int | float):
                numbers = [each[self.field] for each in earlier]
                fields[self.field] = max([min(number, _HIGH_ENOUGH), *(math.floor(each) + 1 for each in numbers)])
        elif (place := self._place(fields)) and any((self._place(each) or 0) >= place for each in earlier):
            bench.renew(fields, self.key[-1])

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        held = [name for part in [self.field, *self.key] for name in fields_of(self.scope, part)]
        if self.field in self.scope.derived:
            bench.put(fields)
            yield Breakage(dict(fields), self._path, held)
            return
        earlier = [each[self.field] for each in self._earlier(fields, bench)]
        first = {**fields, self.field: math.floor(max([0, *earlier])) + 1}
        for step in (0, 1, 2**40):
            bench.put(first)
            yield Breakage({**first, self.field: first[self.field] - step}, self._path, held)

    def _earlier(self, fields: Draft, bench: Bench) -> list[Draft]:
        """The records with the same key that have a number."""
        read = key_reader(self.scope, self.key, None)
        same = [each for each in bench.records(self.scope.record_type) if read(each) == read(fields)]
        return [each for each in same if self._place(each) is not None]

    def repeat(self, fields: Draft, number: int) -> None:
        if self.field not in self.scope.derived:
            fields[self.field] += number


@kind_of_rule
class Consistent(KeyRule):
    """Records that belong together must agree on a value.

    ## What it checks
    The field has the same value (a list in whatever order) as in the first record with the same `within`; with
    `in_body`, the first such record of the same request body. A value that is absent, empty, or wrong by itself says
    nothing.

    ## Why it matters
    The value describes all of them: a table has one set of key columns, not one for each row.

    ## Example
    Two records of the table `users`, the one with `"key_names": ["id"]`, the other with `["email"]`.

    ## How to mend it
    Decide on one, or give the others a table of their own.

    Attributes:
        field: the field.
        within: the fields that say which records belong together; all do where there are none.
        in_body: whether only records of one request body do.
    """

    kind: ClassVar[str] = "consistent"
    default_message: ClassVar[str] = "{subject}.{field} {value} differs from {first}"
    default_hint: ClassVar[str] = "decide on one of the two"
    relates: ClassVar[int] = 1

    field: str
    within: list[str] = option(default_factory=list)
    in_body: bool = False

    def looks_at(self) -> Iterator[Look]:
        yield Look(("field",), self.field)
        yield from looks_at_each("within", self.within, KEYS)

    def streams(self) -> list[FactStream]:
        read_key = self._key_reader()

        def read(records: Sequence[Fields]) -> Keys:
            at: list[int] = []
            keys: list[Key] = []
            texts: list[str] = []
            for number, fields in enumerate(records):
                key = read_key(fields)
                if key is not None:
                    at.append(number)
                    keys.append(key)
                    texts.append(_in_any_order(fields[self.field]))
            return Keys(at, keys, payloads=value_digests(texts))

        space = f"{self.scope.record_type}#{self.name}"
        table = f"first:{self.name}"
        stream = FactStream("values", self.scope.record_type, space, read, table=table, judge=self._judge, rule=self)
        stream.in_body = self.in_body
        return [stream]

    def _key_reader(self) -> KeyReader:
        """Reads what records have in common that belong together: None where the record's value says nothing."""
        read_key = key_reader(self.scope, self.within, None) if self.within else lambda fields: ""
        judges = [rule for rule in self.scope.judges if rule.about == self.field]

        def read(fields: Fields) -> Key | None:
            value = fields.get(self.field)
            if value in (None, "", [], {}) or not _is_readable(value):
                return None
            if any(next(rule.check(fields), None) is not None for rule in judges):
                return None
            return read_key(fields)

        return read

    def _judge(self, rows: Rows, tables: Tables) -> Verdict:
        table = tables[f"first:{self.name}"]
        _, place = table.find(rows["hi"], rows["lo"])
        return Verdict(table.column("payload_hi", place) != rows["payload_hi"], (table.column("index", place),))

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        return Finding((self.field,), fields.get(self.field), {"first": related[0].fields.get(self.field)})

    def mend(self, fields: Draft, bench: Bench) -> None:
        read = self._key_reader()
        key, value = read(fields), fields.get(self.field)
        first = None if key is None else bench.index(self.scope.record_type, self.name, read).get(key)
        if first is None or _in_any_order(value) == _in_any_order(first[self.field]):
            return
        if not bench.is_held(self.field):
            fields[self.field] = first[self.field]
        elif self.within:
            bench.renew(fields, self.within[0])

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        value = fields[self.field]
        if isinstance(value, list):
            others: list[Any] = [[*value, bench.fresh()], [bench.fresh()]]
        elif isinstance(value, int):
            others = bench.fitting(self.field, [value + 1, value - 1])
        else:
            others = [bench.fresh(self.field)]
        for value in others:
            bench.put(fields)
            yield Breakage({**fields, self.field: value}, (self.field,), [self.field, *self.within])


def _is_readable(value: Any) -> bool:
    """Whether a value, and all that is in it, has the type that it should have."""
    pending = [value]
    while pending:
        each = pending.pop()
        if each is UNREADABLE:
            return False
        if isinstance(each, list | dict):
            pending += each.values() if isinstance(each, dict) else each
    return True


def _in_any_order(value: Any) -> str:
    """A text that is the same for values that are, whatever the order of keys, and of the items of a list."""
    if isinstance(value, list):
        return to_json(sorted({to_json(each, sort_keys=True) for each in value}))
    return to_json(value, sort_keys=True)
