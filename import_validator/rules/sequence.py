"""Rules about the order of records, and about a value that has to stay as it began."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from ..facts.rows import Key, Rows, value_digests
from ..facts.streams import FactStream, Keys, Verdict
from ..facts.tables import Tables
from ..model.violation import Stage, to_json
from ..readers import UNREADABLE
from .base import Fields, Finding, KeyRule, Related
from .breaking import Bench, Breakage, Draft
from .key_columns import fields_of, key_reader
from .kind import kind_of_rule

_SIGN = 1 << 127
_HIGHEST = (1 << 128) - 1
_LIMITS = {(0, 0), (_HIGHEST >> 64, _HIGHEST >> 64)}
"""What numbers of more than 128 bits are written down as: they are below or above others, but not told apart."""
_HIGH_ENOUGH = 1 << 62
"""Numbers are made no higher, so that there is room for higher ones."""


@kind_of_rule
class Increasing(KeyRule):
    """Of the records with one key, each must have a higher number than all before it.

    ## What it checks
    The number in `field` is above that of every earlier record with the same key. An equal one is not.

    ## Why it matters
    The record would be dropped, or overwrite a newer one, in an order that nobody chose.

    ## Example
    Two records for the same row, the first with `"sequence": 101`, the second with `"sequence": 99`.

    ## How to mend it
    Sort the records by the number before writing them; take a finer clock where numbers are equal.

    Attributes:
        field: the field with the number, an integer; those of more than 128 bits are not told apart.
        key: the parts of the key.
    """

    kind: ClassVar[str] = "increasing"
    default_message: ClassVar[str] = "{field} {value} is not above {earlier}"
    default_hint: ClassVar[str] = "sort the records by {field}"
    default_stage: ClassVar[Stage] = Stage.REFERENCE
    relates: ClassVar[int] = 1

    field: str
    key: list[str]

    def streams(self) -> list[FactStream]:
        read_key = key_reader(self.scope, self.key, None)

        def read(records: Sequence[Fields]) -> Keys:
            named = [(at, read_key(fields), fields.get(self.field)) for at, fields in enumerate(records)]
            numbered = [
                (at, key, number)
                for at, key, number in named
                if key is not None and isinstance(number, int) and not isinstance(number, bool)
            ]
            places = [min(max(number + _SIGN, 0), _HIGHEST) for _, _, number in numbered]
            return Keys(
                [at for at, _, _ in numbered],
                [key for _, key, _ in numbered],
                payloads=b"".join([place.to_bytes(16, "little") for place in places]),
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
        highest: dict[tuple[int, int], tuple[tuple[int, int], int]] = tables.memory.setdefault(self.name, {})
        broken = np.zeros(len(rows), dtype=np.bool_)
        related = np.zeros(len(rows), dtype=np.uint64)
        columns = ["hi", "lo", "payload_hi", "payload_lo", "index"]
        for at, (hi, lo, low, high, index) in enumerate(rows[columns].tolist()):
            number, before = (high, low), highest.get((hi, lo))
            if before is not None and (number < before[0] or (number == before[0] and number not in _LIMITS)):
                broken[at], related[at] = True, before[1]
            else:
                highest[hi, lo] = (number, index)
        return Verdict(broken, (related,))

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        return Finding((self.field,), fields.get(self.field), {"earlier": related[0].fields.get(self.field)})

    def mend(self, fields: Draft, bench: Bench) -> None:
        number = fields.get(self.field)
        if isinstance(number, int):
            earlier = self._earlier(fields, bench)
            fields[self.field] = max([min(number, _HIGH_ENOUGH), *(each + 1 for each in earlier)])

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        first = {**fields, self.field: max([0, *self._earlier(fields, bench)]) + 1}
        held = [name for part in self.key for name in fields_of(self.scope, part)]
        for step in (0, 1, 2**40):
            bench.put(first)
            broken = {**first, self.field: first[self.field] - step}
            yield Breakage(broken, (self.field,), [self.field, *held])

    def _earlier(self, fields: Draft, bench: Bench) -> list[int]:
        """The numbers of the records with the same key."""
        read = key_reader(self.scope, self.key, None)
        same = [each for each in bench.records(self.scope.record_type) if read(each) == read(fields)]
        return [each[self.field] for each in same if isinstance(each.get(self.field), int)]

    def repeat(self, fields: Draft, number: int) -> None:
        fields[self.field] += number


@kind_of_rule
class Consistent(KeyRule):
    """Records that belong together must agree on a value.

    ## What it checks
    The field has the same value (a list in whatever order) as in the first record with the same `within`. One
    that is absent or empty says nothing.

    ## Why it matters
    The value describes all of them: a table has one set of key columns, not one for each row.

    ## Example
    Two records of the table `users`, the one with `"key_names": ["id"]`, the other with `["email"]`.

    ## How to mend it
    Decide on one, or give the others a table of their own.

    Attributes:
        field: the field.
        within: the fields that say which records belong together.
    """

    kind: ClassVar[str] = "consistent"
    default_message: ClassVar[str] = "{subject}.{field} {value} differs from {first}"
    default_hint: ClassVar[str] = "decide on one of the two"
    relates: ClassVar[int] = 1

    field: str
    within: list[str]

    def streams(self) -> list[FactStream]:
        read_key = key_reader(self.scope, self.within, None)

        def read(records: Sequence[Fields]) -> Keys:
            at: list[int] = []
            keys: list[Key] = []
            texts: list[str] = []
            for number, fields in enumerate(records):
                key, value = read_key(fields), fields.get(self.field)
                if key is not None and value not in (None, "", []) and _is_readable(value):
                    at.append(number)
                    keys.append(key)
                    texts.append(_in_any_order(value))
            return Keys(at, keys, payloads=value_digests(texts))

        space = f"{self.scope.record_type}#{self.name}"
        table = f"first:{self.name}"
        return [FactStream("values", self.scope.record_type, space, read, table=table, judge=self._judge, rule=self)]

    def _judge(self, rows: Rows, tables: Tables) -> Verdict:
        table = tables[f"first:{self.name}"]
        _, place = table.find(rows["hi"], rows["lo"])
        return Verdict(table.column("payload_hi", place) != rows["payload_hi"], (table.column("index", place),))

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        return Finding((self.field,), fields.get(self.field), {"first": related[0].fields.get(self.field)})

    def mend(self, fields: Draft, bench: Bench) -> None:
        read = key_reader(self.scope, self.within, None)
        key, value = read(fields), fields.get(self.field)
        first = None if key is None else bench.index(self.scope.record_type, self.name, read).get(key)
        if first is None or not isinstance(value, list) or set(value) == set(first.get(self.field) or value):
            return
        if bench.is_held(self.field):
            bench.renew(fields, self.within[0])
        else:
            fields[self.field] = list(first[self.field])

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        for value in ([*fields[self.field], bench.fresh()], [bench.fresh()]):
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
