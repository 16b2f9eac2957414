"""Rules about keys: what a record defines, what it refers to, and what has to agree across references."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as option
from typing import Any, ClassVar

import numpy as np

from ..errors import RuleSetError
from ..facts import FACT, FactStream, Key, Keys, Mask, Rows, Verdict, digest_of, key_digests, seed_of
from ..tables import Tables, with_payload
from ..violation import Stage, to_json
from .base import Fields, Finding, KeyRule, Related, Scope
from .derived import Derivation, SetId

KeyReader = Callable[[Fields], Key | None]
Absent = str | Mapping[str, str] | None
"""What stands for absent parts of a key: one text for all, or one for each of some; None where nothing does."""

PartReader = Callable[[Fields], str | None]


@dataclass(frozen=True, kw_only=True)
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
    """

    kind: ClassVar[str] = "unique"
    default_message: ClassVar[str] = "duplicate {record_type} {key_values}"
    default_hint: ClassVar[str] = "merge the two records, or give one of them another key"
    default_stage: ClassVar[Stage] = Stage.VALIDATION

    key: list[str] = option(default_factory=list)
    absent: Absent = None

    def streams(self) -> list[FactStream]:
        return [defined_by(self.scope, self.key, self.absent, rule=self, judge=_judge_unique)]

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        values = [_show_part(self.scope, fields, part) for part in self.key]
        path = (self.key[0],) if len(self.key) == 1 and self.key[0] in fields else ()
        return Finding(path, values[0] if len(values) == 1 else values, {"key_values": values})


def _exists(rows: Rows, tables: Tables) -> Mask:
    """Whether the key of each row is defined in the file, or known to exist already."""
    defined, _ = tables["defined"].find(rows["hi"], rows["lo"])
    existing, _ = tables["existing"].find(rows["hi"], rows["lo"])
    return defined | existing


def _judge_unique(rows: Rows, tables: Tables) -> Verdict:
    table = tables["defined"]
    if not table.has_duplicates:
        return Verdict()
    _, place = table.find(rows["hi"], rows["lo"])
    return Verdict(table.column("index", place) != rows["index"])


@dataclass(frozen=True, kw_only=True)
class RefersTo(KeyRule):
    """What a record refers to must exist.

    ## What it checks
    The value is the key of a record of type `to`, somewhere in the same file, before or after. With `each`,
    every string of a list is. An absent value refers to nothing and passes.

    ## Why it matters
    The target system would refuse the record, or store one that leads nowhere.

    ## Example
    A channel with `created_by` `"john"`, and no user `john` in the file.

    ## How to mend it
    Add the record that is missing, or correct the reference. Two spellings of one key (case, spaces, a
    shortened id) are the most common cause.

    Attributes:
        to: the record type that is referred to.
        field: the field with its key.
        key: several fields, or derived values, that make its key together.
        each: whether the field is a list of keys.
        split: what stands between the parts of a key that is one string, such as `:` in `type:id`. A value
            with another number of parts is passed over.
        by: parts of records of type `to` that it is found by, where that is not their key.
        if_any: a record type without which in the file nothing is checked, since its records then live in the app.
        cascades: whether, where only valid records count, an absent value is looked up as the empty string.
    """

    kind: ClassVar[str] = "refers-to"
    needs_whole_file: ClassVar[bool] = True
    default_message: ClassVar[str] = """{subject}.{about} "{value}" doesn't exist"""
    default_hint: ClassVar[str] = "add the {to} to the file, or correct the reference"

    to: str
    field: str = ""
    key: list[str] = option(default_factory=list)
    each: bool = False
    split: str = ""
    by: list[str] = option(default_factory=list)
    if_any: str = ""
    cascades: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if bool(self.field) == bool(self.key):
            raise RuleSetError(f"{self.kind} to {self.to}: give either field or key")

    @property
    def about(self) -> str:
        return self.field or self.to

    def streams(self) -> list[FactStream]:
        space = f"{self.to}#{','.join(self.by)}" if self.by else self.to
        refers = FactStream(
            name="refers",
            record_type=self.scope.record_type,
            space=space,
            read=self._reader(),
            judge=self._judge,
            skips_defined=True,
            rule=self,
        )
        if not self.by:
            return [refers]
        read = column_of_keys(self.scope, self.by, None, of=self.to)
        return [refers, FactStream("defines", self.to, space, read, table="defined", rule=self)]

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        if not self.field:
            values = [_show_part(self.scope, fields, part) for part in self.key]
            return Finding((), values[0] if len(values) == 1 else values)
        value = fields.get(self.field)
        if not self.each:
            return Finding((self.field,), "" if value is None else value)
        return Finding((self.field, items[0]), value[items[0]] if isinstance(value, list) else None)

    def _reader(self) -> Callable[[Sequence[Fields]], Keys]:
        if self.each:
            return each_reader(self.field, lambda text: _split(text, self.split))
        absent = "" if self.scope.cascade and self.cascades else None
        return column_of_keys(self.scope, self.key or [self.field], absent)

    def _judge(self, rows: Rows, tables: Tables) -> Verdict:
        return Verdict(~_exists(rows, tables))


@dataclass(frozen=True, kw_only=True)
class RefersToRoot(RefersTo):
    """A record may have a parent, but a parent has none of its own.

    ## What it checks
    The record that is referred to does not itself have the field `parent`. Whether it exists at all is for
    `refers-to` to say.

    ## Why it matters
    Threads, and the like, have one level in the target system: an answer to an answer has no place.

    ## Example
    Message `c` with `parent_id` `b`, where `b` has a `parent_id` too.

    ## How to mend it
    Refer to the first of the thread instead.

    Attributes:
        parent: the field that makes a record of type `to` one that has a parent.
    """

    kind: ClassVar[str] = "refers-to-root"
    needs_whole_file: ClassVar[bool] = False
    default_message: ClassVar[str] = '{subject}.{about} "{value}" has a {parent} itself'
    default_hint: ClassVar[str] = "refer to the {to} that began the thread"

    parent: str

    def streams(self) -> list[FactStream]:
        [refers] = super().streams()
        refers.skips_defined = False
        return [refers, self._marks()]

    def _marks(self) -> FactStream:
        key = key_reader(self.scope, self.scope.keys[self.to], None, of=self.to)
        has_parent = key_reader(self.scope, [self.parent], None)

        def read_marked(records: Sequence[Fields]) -> Keys:
            candidates = [at for at, fields in enumerate(records) if fields.get(self.parent) is not None]
            found = [(at, key(records[at])) for at in candidates if has_parent(records[at])]
            return Keys([at for at, own in found if own is not None], [own for _, own in found if own is not None])

        return FactStream(
            name="has-parent",
            record_type=self.to,
            space=self.to,
            read=read_marked,
            table=f"has-parent:{self.parent}",
            rule=self,
        )

    def _judge(self, rows: Rows, tables: Tables) -> Verdict:
        found, _ = tables[f"has-parent:{self.parent}"].find(rows["hi"], rows["lo"])
        return Verdict(found)


@dataclass(frozen=True, kw_only=True)
class Complete(KeyRule):
    """What a list in one record names must all be there as records of their own.

    ## What it checks
    For every string in the list there is a record of type `to` whose key is made of the parts of `key`, of
    which the list is one. All that are missing for one record are one violation.

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

    @property
    def about(self) -> str:
        return self.each

    def streams(self) -> list[FactStream]:
        [*own] = _part_readers(self.scope, self.key, None, "")
        readers = [None if part == self.each else reader for part, reader in zip(self.key, own, strict=True)]

        def read(records: Sequence[Fields]) -> Keys:
            at: list[int] = []
            keys: list[Key] = []
            items: list[int] = []
            for number in [number for number, fields in enumerate(records) if fields.get(self.each)]:
                fields = records[number]
                listed = fields[self.each]
                parts = [None if reader is None else reader(fields) for reader in readers]
                if not _is_list_of_strings(listed) or sum(part is None for part in parts) > 1:
                    continue
                for item, each in enumerate(listed):
                    at.append(number)
                    keys.append(tuple([each if part is None else part for part in parts]))
                    items.append(item)
            return Keys(at, keys, items)

        def judge(rows: Rows, tables: Tables) -> Verdict:
            return Verdict(~_exists(rows, tables))

        return [FactStream("members", self.scope.record_type, self.to, read, judge=judge, rule=self)]

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        missing = sorted({fields[self.each][item] for item in items})
        return Finding((self.each,), missing, {"missing": missing})


@dataclass(frozen=True, kw_only=True)
class SharesValue(KeyRule):
    """What two references lead to must agree.

    ## What it checks
    The record refers to two others. The value that the one has must be among the values that the other has.
    Where the one has no value, it counts as the empty string; where the other lists none, as the empty
    string alone: two that have nothing agree.

    ## Why it matters
    In an app with teams, users see only what belongs to a team of theirs.

    ## Example
    User `userA` of team `teamA` as a member of a channel of team `teamB`.

    ## How to mend it
    Add the value to the one, change it in the other, or remove the record that ties them together.

    Attributes:
        field: the field with the key of the record that has several values.
        of: that record's type and its field with the values, such as `user.teams`.
        through: the parts of the key of the record that has one value.
        one: that record's type and its field with the value, such as `channel.team`.
    """

    kind: ClassVar[str] = "shares-value"
    default_message: ClassVar[str] = '{subject}.{field} "{value}" has {of:quoted}, which lacks "{with}"'
    default_hint: ClassVar[str] = "make the two agree, or remove the {record_type}"
    relates: ClassVar[int] = 2

    field: str
    of: str
    through: list[str]
    one: str

    def streams(self) -> list[FactStream]:
        many_type, many_field = self.of.split(".")
        one_type, one_field = self.one.split(".")
        one_key = key_reader(self.scope, self.scope.keys[one_type], None, of=one_type)
        many_key = key_reader(self.scope, self.scope.keys[many_type], None, of=many_type)
        through = key_reader(self.scope, self.through, None)

        def read_one(records: Sequence[Fields]) -> Keys:
            return pairs_of(records, one_key, lambda fields: [_or_empty(fields.get(one_field))])

        def read_many(records: Sequence[Fields]) -> Keys:
            return pairs_of(records, many_key, lambda fields: fields.get(many_field) or [""])

        def read_tie(records: Sequence[Fields]) -> Keys:
            keys = column_reader(through)(records)
            named = [(at, key, records[at].get(self.field)) for at, key in zip(keys.at, keys.keys, strict=True)]
            named = [each for each in named if isinstance(each[2], str) and each[2]]
            return Keys(
                [at for at, _, _ in named],
                [key for _, key, _ in named],
                payloads=key_digests([str(value) for _, _, value in named], seed_of(many_type)),
            )

        return [
            FactStream("one", one_type, one_type, read_one, table=f"value:{self.one}", rule=self),
            FactStream("tie", self.scope.record_type, one_type, read_tie, judge=self._judge_tie, rule=self),
            FactStream(
                "many", many_type, many_type, read_many, table=f"many:{self.of}", pairs=True, round=2, rule=self
            ),
            FactStream("ask", "", many_type, _read_nothing, judge=self._judge_ask, round=2, rule=self),
        ]

    def _judge_tie(self, rows: Rows, tables: Tables) -> Verdict:
        """Find the one value; ask in the next round whether it is among the many."""
        table = tables[f"value:{self.one}"]
        found, place = table.find(rows["hi"], rows["lo"])
        asked = np.zeros(np.count_nonzero(found), dtype=FACT)
        asked["hi"], asked["lo"] = rows["payload_hi"][found], rows["payload_lo"][found]
        asked["payload_hi"] = table.column("payload_hi", place)[found]
        asked["payload_lo"] = table.column("index", place)[found]
        asked["index"] = rows["index"][found]
        return Verdict(follow_up=("ask", asked))

    def _judge_ask(self, rows: Rows, tables: Tables) -> Verdict:
        many = tables[f"many:{self.of}"]
        known, place = many.find(rows["hi"], rows["lo"])
        among, _ = tables[f"many:{self.of}:pairs"].find(*with_payload(rows["hi"], rows["lo"], rows["payload_hi"]))
        return Verdict(known & ~among, (many.column("index", place), rows["payload_lo"]))

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        many, one = (each.fields for each in related)
        return Finding(
            (self.field,),
            fields.get(self.field),
            {"of": many.get(self.of.split(".")[1]), "with": one.get(self.one.split(".")[1])},
        )


@dataclass(frozen=True, kw_only=True)
class ListedIn(KeyRule):
    """A record that belongs to another must be one of those that the other one lists.

    ## What it checks
    The record refers to another one. Where that one has a list, the value is in the list.

    ## Why it matters
    The list says who belongs; a record that says otherwise contradicts it.

    ## Example
    A member record for `userC` in a distinct channel whose `member_ids` are `["userA", "userB"]`.

    ## How to mend it
    Correct the one or the other.

    Attributes:
        field: the field with the value.
        through: the parts of the key of the record with the list.
        list: that record's type and its field with the list, such as `channel.member_ids`.
    """

    kind: ClassVar[str] = "listed-in"
    default_message: ClassVar[str] = '{subject}.{field} "{value}" is not in {list} {listed:quoted}'
    default_hint: ClassVar[str] = 'correct "{field}", or the list'
    relates: ClassVar[int] = 1

    field: str
    through: builtins.list[str]
    list: str

    def streams(self) -> builtins.list[FactStream]:
        listing_type, listing_field = self.list.split(".")
        listing_key = key_reader(self.scope, self.scope.keys[listing_type], None, of=listing_type)
        through = key_reader(self.scope, self.through, None)

        def read_listing(records: Sequence[Fields]) -> Keys:
            return pairs_of(records, listing_key, lambda fields: fields.get(listing_field))

        def read_belonging(records: Sequence[Fields]) -> Keys:
            return pairs_of(records, through, lambda fields: [fields.get(self.field) or None])

        return [
            FactStream("lists", listing_type, listing_type, read_listing, table=self._table, pairs=True, rule=self),
            FactStream("belongs", self.scope.record_type, listing_type, read_belonging, judge=self._judge, rule=self),
        ]

    @property
    def _table(self) -> str:
        return f"lists:{self.list}"

    def _judge(self, rows: Rows, tables: Tables) -> Verdict:
        known, place = tables[self._table].find(rows["hi"], rows["lo"])
        listed, _ = tables[f"{self._table}:pairs"].find(*with_payload(rows["hi"], rows["lo"], rows["payload_hi"]))
        return Verdict(known & ~listed, (tables[self._table].column("index", place),))

    def describe(self, fields: Fields, items: builtins.list[int], related: builtins.list[Related]) -> Finding:
        listed = related[0].fields.get(self.list.split(".")[1])
        shown = sorted(each for each in listed if isinstance(each, str)) if isinstance(listed, builtins.list) else []
        return Finding((self.field,), fields.get(self.field), {"listed": shown})


def pairs_of(records: Sequence[Fields], read: KeyReader, values_of: Callable[[Fields], Any]) -> Keys:
    """A key with each of several values as its payload, for many records."""
    at: list[int] = []
    keys: list[Key] = []
    payloads: list[bytes] = []
    for number, fields in enumerate(records):
        values = values_of(fields)
        key = read(fields) if _is_list_of_strings(values) else None
        for value in values if key is not None else ():
            at.append(number)
            keys.append(key)  # type: ignore[arg-type]
            payloads.append(digest_of(value))
    return Keys(at, keys, payloads=payloads)


def _is_list_of_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _or_empty(value: Any) -> Any:
    return "" if value is None else value


def _read_nothing(records: Sequence[Fields]) -> Keys:
    return Keys([], [])


def defined_by(
    scope: Scope, key: list[str], absent: Absent, *, rule: KeyRule | None = None, judge: Any = None
) -> FactStream:
    """The facts that say which keys a record type defines."""
    return FactStream(
        name="defines",
        record_type=scope.record_type,
        space=scope.record_type,
        read=column_of_keys(scope, key, absent),
        table="defined",
        judge=judge,
        rule=rule,
    )


def existing(scope: Scope) -> FactStream:
    """The facts that say which keys of a record type the target app has already. Pass one writes none of them."""
    return FactStream("existing", "", scope.record_type, _read_nothing, table="existing")


def key_reader(scope: Scope, parts: list[str], absent: Absent, *, of: str = "") -> KeyReader:
    """Reads a key off a record's fields: None where a part of it is absent and nothing stands for it.

    Arguments:
        parts: names of fields and derived values.
        absent: what stands for an absent part.
        of: the record type whose derived values are meant; the scope's own where empty.
    """
    readers = _part_readers(scope, parts, absent, of)
    if len(readers) == 1:
        return readers[0]

    def read(fields: Fields) -> Key | None:
        key = tuple([reader(fields) for reader in readers])
        return None if None in key else key  # type: ignore[return-value]

    return read


def column_of_keys(
    scope: Scope, parts: list[str], absent: Absent, *, of: str = ""
) -> Callable[[Sequence[Fields]], Keys]:
    """Reads a key off each of many records, part by part; see `key_reader`."""
    readers = _part_readers(scope, parts, absent, of)
    derived = scope.derived_of[of] if of else scope.derived
    names = [derived[part].plain_field if part in derived else part for part in parts]

    def column(records: Sequence[Fields], name: str, reader: KeyReader) -> Sequence[Any]:
        values = [fields.get(name) for fields in records]
        kinds = set(map(type, values))
        if (kinds == _ONLY_STRINGS and "" not in values) or (kinds == _ONLY_NONE and absent is None and name in parts):
            return values
        return [reader(fields) for fields in records]

    def read(records: Sequence[Fields]) -> Keys:
        columns = [column(records, name, reader) for name, reader in zip(names, readers, strict=True)]
        keys = columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))
        if all(None not in each for each in columns):
            return Keys(range(len(keys)), keys)
        at = [number for number, row in enumerate(zip(*columns, strict=True)) if None not in row]
        return Keys(at, [keys[number] for number in at])

    return read


_ONLY_STRINGS = {str}
_ONLY_NONE = {type(None)}


def _part_readers(scope: Scope, parts: list[str], absent: Absent, of: str) -> list[PartReader]:
    derived = scope.derived_of[of] if of else scope.derived
    by_part = absent if isinstance(absent, Mapping) else dict.fromkeys(parts, absent)
    return [_part_reader(derived.get(part), part, by_part.get(part)) for part in parts]


def _part_reader(derivation: Derivation | None, name: str, absent: str | None) -> PartReader:
    if derivation is not None:
        empty = derivation.empty() if absent is not None and isinstance(derivation, SetId) else absent

        def read_derived(fields: Fields) -> str | None:
            value = derivation.value(fields)
            return empty if value is None else value

        return read_derived

    def read_field(fields: Fields) -> str | None:
        value = fields.get(name)
        if value.__class__ is str:
            return value or absent
        if value is None:
            return absent
        if isinstance(value, int | float):
            return f"\0{to_json(value)}"
        return None

    return read_field


def column_reader(read: KeyReader) -> Callable[[Sequence[Fields]], Keys]:
    """Reads the keys of many records, each of which names at most one."""

    def read_column(records: Sequence[Fields]) -> Keys:
        keys = [read(fields) for fields in records]
        at = [number for number, key in enumerate(keys) if key is not None]
        return Keys(at, [key for key in keys if key is not None])

    return read_column


def each_reader(name: str, to_key: Callable[[str], Key | None]) -> Callable[[Sequence[Fields]], Keys]:
    """Reads the keys that records list in a field."""

    def read(records: Sequence[Fields]) -> Keys:
        at: list[int] = []
        keys: list[Key] = []
        items: list[int] = []
        for number in [number for number, fields in enumerate(records) if fields.get(name)]:
            listed = records[number][name]
            for item, each in enumerate(listed if isinstance(listed, list) else ()):
                key = to_key(each) if isinstance(each, str) else None
                if key is not None:
                    at.append(number)
                    keys.append(key)
                    items.append(item)
        return Keys(at, keys, items)

    return read


def _split(text: str, separator: str) -> Key | None:
    if not separator:
        return text
    parts = tuple(text.split(separator))
    return parts if len(parts) == 2 else None


def _show_part(scope: Scope, fields: Fields, part: str) -> Any:
    derivation = scope.derived.get(part)
    return derivation.show(fields, "given") if derivation is not None else fields.get(part)
