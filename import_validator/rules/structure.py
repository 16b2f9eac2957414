"""Rules about the structure of objects that belong together: the same fields, of the same types."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, ClassVar, NamedTuple

import xxhash

from ..facts.rows import Key, Mask, Rows, value_digests
from ..facts.streams import FactStream, Keys, Verdict
from ..facts.tables import Tables, with_payload
from ..model.records import Records
from ..model.violation import to_json
from .base import Fields, Finding, KeyRule, Path, Related
from .breaking import Bench, Breakage, Draft
from .key_columns import key_reader
from .kind import kind_of_rule
from .looking import KEYS, OBJECTS, Look, looks_at_each
from .types import name_of_type

_MOST_REMEMBERED = 50_000
"""So many types of columns, and names in sets of fields, are remembered, so that only new ones become facts."""


@kind_of_rule
class _OfRows(KeyRule):
    """What is the same for objects that are the rows of tables, told apart by the fields `within`."""

    relates: ClassVar[int] = 1

    field: str
    within: list[str]

    def looks_at(self) -> Iterator[Look]:
        yield Look(("field",), self.field, OBJECTS)
        yield from looks_at_each("within", self.within, KEYS)

    def begin(self, fields: Draft, bench: Bench) -> None:
        """Make of a record in the making the first of those that belong together, for tests."""
        for name in self.within:
            bench.renew(fields, name)
        fields[self.field] = fields.get(self.field) or bench.value(self.field)


@kind_of_rule
class SameFields(_OfRows):
    """Objects that belong together must have the same fields.

    ## What it checks
    The object has the fields that the object in the first record with the same `within` has, at its top level. Each
    other set of fields is reported once, where it first turns up. A field that is `null` is there.

    ## Why it matters
    The objects are rows of one table: a row without a column leaves it empty, and one with another column changes
    the table.

    ## Example
    `"data": {"id": 1, "email": "a@example.org"}` and later, for the same table, `"data": {"id": 2, "mail": "b@…"}`.

    ## How to mend it
    Write every field in every record, as `null` where there is no value. Give rows of another kind their own table.

    Attributes:
        field: the field with the object.
        within: the fields that say which records belong together.
    """

    kind: ClassVar[str] = "same-fields"
    default_message: ClassVar[str] = "{subject}.{field} {difference}, unlike the first record of {together}"
    default_hint: ClassVar[str] = "write every field in every record, as null where there is no value"

    def streams(self) -> list[FactStream]:
        read_key = key_reader(self.scope, self.within, None)
        seen: set[tuple[Key, tuple[str, ...]]] = set()
        room = _MOST_REMEMBERED

        def read(records: Records) -> Keys:
            nonlocal room
            at: list[int] = []
            keys: list[Key] = []
            layouts: list[str] = []
            for number, fields in enumerate(records):
                key, data = read_key(fields), fields.get(self.field)
                if key is None or not isinstance(data, dict) or (key, names := tuple(data)) in seen:
                    continue
                if len(names) < room:
                    room -= len(names) + 1
                    seen.add((key, names))
                at.append(number)
                keys.append(key)
                layouts.append(to_json(sorted(names)))
            return Keys(at, keys, payloads=value_digests(layouts))

        def forget() -> None:
            nonlocal room
            seen.clear()
            room = _MOST_REMEMBERED

        return [_stream_of(self, "layouts", read, forget)]

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        own, first = fields[self.field], related[0].fields[self.field]
        missing, extra = _quoted(first, own), _quoted(own, first)
        said = [*([f"lacks {missing}"] if missing else []), *([f"has {extra}"] if extra else [])]
        together = " and ".join(f"{name} {to_json(fields.get(name))}" for name in self.within)
        return Finding((self.field,), None, {"difference": " and ".join(said), "together": together})

    def mend(self, fields: Draft, bench: Bench) -> None:
        data = fields.get(self.field)
        if not isinstance(data, dict):
            return
        others = _others(self, fields, bench)
        if all(each[self.field].keys() == data.keys() for each in others):
            return
        if bench.is_held(self.field) and not bench.is_held(self.within[0]):
            bench.renew(fields, self.within[0])
            return
        if not bench.is_held(self.field):
            data = {**others[0][self.field], **data}
            fields[self.field] = data
        for other in others:
            bench.change(self.scope.record_type, other, {self.field: {**data, **other[self.field]}})

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        self.begin(fields, bench)
        less, name = fields[self.field], bench.fresh()
        more = {**less, name: "x"}
        for first, other in ((less, more), (more, less), (more, {**less, f"{name}_": "x"})):
            bench.put({**fields, self.field: first})
            yield Breakage({**fields, self.field: other}, (self.field,), [self.field, *self.within])


@kind_of_rule
class SameType(_OfRows):
    """A column must keep its type.

    ## What it checks
    Each field of the object has the JSON type that it has in the first record with the same `within`; so has each
    field of the objects in it, however deep, and in its lists. Each further type is reported once, where it first
    turns up. `null` fits any type; integers and other numbers are two types.

    ## Why it matters
    The target system splits such a column in two, or refuses the later rows.

    ## Example
    `"data": {"id": 10}` and later, for the same table, `"data": {"id": "10"}`.

    ## How to mend it
    Write the column as one type everywhere.

    Attributes:
        field: the field with the object.
        within: the fields that say which records belong together.
    """

    kind: ClassVar[str] = "same-type"
    default_message: ClassVar[str] = "{field}.{column} is {found}, and was {first}"
    default_hint: ClassVar[str] = "write the column as one type everywhere"

    def streams(self) -> list[FactStream]:
        read_key = key_reader(self.scope, self.within, None)
        seen: set[tuple[Key, str, str, type]] = set()

        def read(records: Records) -> Keys:
            at: list[int] = []
            keys: list[Key] = []
            items: list[int] = []
            types: list[str] = []
            for number, fields in enumerate(records):
                within, data = read_key(fields), fields.get(self.field)
                if within is None or not isinstance(data, dict):
                    continue
                together = (within,) if isinstance(within, str) else within
                for item, (place, name, value, _) in enumerate(_columns(data)):
                    column = (within, place, name, value.__class__)
                    if value is None or column in seen:
                        continue
                    if len(seen) < _MOST_REMEMBERED:
                        seen.add(column)
                    at.append(number)
                    keys.append((*together, place, name))
                    items.append(item)
                    types.append(name_of_type(value))
            return Keys(at, keys, items, value_digests(types))

        return [_stream_of(self, "types", read, seen.clear)]

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        column = next(islice(_columns(fields[self.field]), items[0], None))
        first = next(
            each.value
            for each in _columns(related[0].fields[self.field])
            if (each.place, each.name) == (column.place, column.name) and each.value is not None
        )
        details = {"column": column.shown, "found": name_of_type(column.value), "first": name_of_type(first)}
        return Finding((self.field, *column.path), column.value, details)

    def mend(self, fields: Draft, bench: Bench) -> None:
        data = fields.get(self.field)
        if not isinstance(data, dict):
            return
        others = [each[self.field] for each in _others(self, fields, bench)]
        known = {name: each for other in reversed(others) for name, each in other.items()}
        types = _types_of(known)
        wrong = dict.fromkeys(
            str(column.path[0])
            for column in _columns(data)
            if column.value is not None
            and types.setdefault((column.place, column.name), column.value.__class__) is not column.value.__class__
        )
        if wrong and bench.is_held(self.field):
            bench.renew(fields, self.within[0])
        elif wrong:
            fields[self.field] = {**data, **{name: known[name] if name in known else bench.fresh() for name in wrong}}

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        self.begin(fields, bench)
        for value, other in (("1", 1), (1, 1.5), (True, "true"), ([1], {"a": 1})):
            name = bench.fresh()
            ways: list[tuple[Any, Any, Path]] = [
                (value, other, (name,)),
                ({"a": {"b": value}}, {"a": {"b": other}}, (name, "a", "b")),
                ([[{"a": value}]], [[{"a": value}, {"a": other}]], (name, 0, 1, "a")),
            ]
            for first, broken, path in ways:
                bench.put({**fields, self.field: {**fields[self.field], name: first}})
                given = {**fields, self.field: {**fields[self.field], name: broken}}
                yield Breakage(given, (self.field, *path), [self.field, *self.within])


class _Column(NamedTuple):
    """A field of an object, or of an object in it.

    Attributes:
        place: what leads to the object that has the field, whatever the number of an item in a list: as a digest, since
            the names that lead to all fields may together be much longer than the object. Empty for the object itself.
        name: the field's name.
        value: its value.
        trail: the trail of the object that has the field, and the field's name; see `_Trail`.
    """

    place: str
    name: str
    value: Any
    trail: _Trail

    @property
    def path(self) -> Path:
        """The names and indexes that lead to the field."""
        steps: list[str | int] = []
        trail: _Trail | None = self.trail
        while trail is not None:
            trail, step = trail
            steps.append(step)
        return tuple(reversed(steps))

    @property
    def shown(self) -> str:
        """The column as a person would write it, such as `address.zip` or `items[].price`."""
        return "".join("[]" if isinstance(step, int) else f".{step}" for step in self.path).removeprefix(".")


_Trail = tuple[Any, str | int]
"""The trail of what a value lies in, None at the top, with the name or index of the value in that."""


def _columns(data: Mapping[str, Any]) -> Iterator[_Column]:
    """Every field of an object, and of the objects and lists in it: level by level, each in its order."""
    pending: deque[tuple[Any, str, _Trail | None]] = deque([(data, "", None)])
    while pending:
        value, place, trail = pending.popleft()
        if isinstance(value, dict):
            for name, each in value.items():
                yield _Column(place, name, each, (trail, name))
                if each and isinstance(each, dict | list):
                    pending.append((each, _place_in(place, f".{name}"), (trail, name)))
        else:
            inner = _place_in(place, "[]")
            pending.extend(
                (each, inner, (trail, number))
                for number, each in enumerate(value)
                if each and isinstance(each, dict | list)
            )


def _place_in(place: str, step: str) -> str:
    # A place is empty or of 32 hexadecimal digits, and a step begins with neither: no two pairs make the same text.
    return xxhash.xxh3_128_hexdigest(f"{place}{step}".encode("utf-8", "surrogatepass"))


def _types_of(data: Mapping[str, Any]) -> dict[tuple[str, str], type]:
    return {(each.place, each.name): each.value.__class__ for each in _columns(data) if each.value is not None}


def _stream_of(
    rule: SameFields | SameType, name: str, read: Callable[[Records], Keys], forget: Callable[[], None]
) -> FactStream:
    """Facts that say what records with one key have; another value than the first one's is reported once."""
    record_type, table = rule.scope.record_type, f"{name}:{rule.name}"

    def judge(rows: Rows, tables: Tables) -> Verdict:
        if not tables[table].has_duplicates:
            return Verdict()
        _, place = tables[table].find(rows["hi"], rows["lo"])
        pairs = tables[f"{table}:pairs"]
        _, first_of_value = pairs.find(*with_payload(rows["hi"], rows["lo"], rows["payload_hi"]))
        differs: Mask = tables[table].column("payload_hi", place) != rows["payload_hi"]
        newly: Mask = pairs.column("index", first_of_value) == rows["index"]
        newly &= pairs.column("item", first_of_value) == rows["item"]
        return Verdict(differs & newly, (tables[table].column("index", place),))

    space = f"{record_type}#{rule.name}"
    return FactStream(name, record_type, space, read, table=table, pairs=True, judge=judge, rule=rule, forget=forget)


def _others(rule: SameFields | SameType, fields: Draft, bench: Bench) -> list[Draft]:
    """The records in the file that belong together with a record in the making, for tests."""
    read = key_reader(rule.scope, rule.within, None)
    key = read(fields)
    same = [each for each in bench.records(rule.scope.record_type) if key is not None and read(each) == key]
    return [each for each in same if isinstance(each.get(rule.field), dict)]


def _quoted(names: Iterable[str], but: Container[str]) -> str:
    return ", ".join(to_json(name) for name in names if name not in but)
