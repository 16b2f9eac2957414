"""Reads keys off records: of one, or of many at a time, part by part."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import RuleSetError
from ..facts.rows import Key, Mask, Rows, value_digests
from ..facts.streams import FactStream, KeyPart, Keys, Payload, Said
from ..facts.tables import Tables
from ..model.records import Records, SideBySide
from .base import Fields, KeyRule, Scope
from .breaking import Draft
from .derived import Derivation, FirstOf, Moment, SetId
from .key_text import key_text, key_texts_of

KeyReader = Callable[[Fields], Key | None]
Absent = str | Mapping[str, str] | None
"""What stands for absent parts of a key: one text for all, or one for each of some; None where nothing does."""

PartReader = Callable[[Fields], str | None]


def defined_by(
    scope: Scope, key: list[str], absent: Absent, *, by: str = "", rule: KeyRule | None = None, judge: Any = None
) -> FactStream:
    """The facts that say which keys a record type defines.

    Arguments:
        by: what keeps keys apart that are not the record type's own: they are in a space of themselves.
    """
    return FactStream(
        name="defines",
        record_type=scope.record_type,
        space=f"{scope.record_type}{by}",
        read=column_of_keys(scope, key, absent),
        table="defined",
        judge=judge,
        rule=rule,
        said=said_of(scope, key, absent),
    )


def existing(scope: Scope) -> FactStream:
    """The facts that say which keys of a record type the target app has already. Pass one writes none of them."""
    return FactStream("existing", "", scope.record_type, read_nothing, table="existing")


def meant_as_well(scope: Scope, key: list[str], absent: Absent) -> list[FactStream]:
    """The facts that say by which other key a record may be meant, where its fields give its key twice.

    Such a record breaks a rule of its own. What refers to it by either key is not to blame, so these keys are taken to
    exist; they are not defined, since a second record with such a key is no duplicate.
    """
    doubled = [part for part in key if part in scope.derived and scope.derived[part].may_say_two]
    return [
        FactStream(
            name=f"meant-as-well:{part}",
            record_type=scope.record_type,
            space=scope.record_type,
            read=_column_of_other_keys(scope, key, absent, part),
            table="existing",
            only_with=tuple(scope.derived[part].made_of),
        )
        for part in doubled
    ]


def key_reader(scope: Scope, parts: list[str], absent: Absent, *, of: str = "") -> KeyReader:
    """Reads a key off a record's fields: None where a part of it is absent and nothing stands for it.

    Arguments:
        parts: names of fields and derived values.
        absent: what stands for an absent part.
        of: the record type whose derived values are meant; the scope's own where empty.
    """
    readers = part_readers(scope, parts, absent, of)
    if len(readers) == 1:
        return readers[0]

    def read(fields: Fields) -> Key | None:
        key = tuple([reader(fields) for reader in readers])
        return None if None in key else key  # type: ignore[return-value]  # of texts alone

    return read


def column_of_keys(scope: Scope, parts: list[str], absent: Absent, *, of: str = "") -> Callable[[Records], Keys]:
    """Reads a key off each of many records, part by part; see `key_reader`."""
    readers = part_readers(scope, parts, absent, of)
    derived = scope.derived_of[of] if of else scope.derived
    names = [derived[part].plain_field if part in derived else part for part in parts]
    needed = {part for part in parts if part not in derived} if absent is None else set()

    def column(records: Records, name: str, reader: PartReader) -> Sequence[Any]:
        if name and records.is_text(name):
            return records.column(name)
        if name in needed and set(map(type, values := records.column(name))) <= _TEXT_OR_NONE and "" not in values:
            return values
        return [reader(fields) for fields in records.rows]

    def read(records: Records) -> Keys:
        if not needed <= records.maybe:
            return Keys([], [])
        columns = [column(records, name, reader) for name, reader in zip(names, readers, strict=True)]
        keys = columns[0] if len(columns) == 1 else SideBySide(columns)
        if all(records.is_text(name) or None not in each for name, each in zip(names, columns, strict=True)):
            return Keys(range(len(keys)), keys)
        if len(columns) == 1:
            at = [number for number, key in enumerate(keys) if key is not None]
        else:
            at = [number for number, row in enumerate(zip(*columns, strict=True)) if None not in row]
        return Keys(at, [keys[number] for number in at])

    return read


def said_of(
    scope: Scope, parts: list[str], absent: Absent, *, of: str = "", payload: Payload | None = None, each: str = ""
) -> Said | None:
    """What `column_of_keys` reads of texts, for other lanes; None where a part is not simply the text of a field.

    Arguments:
        each: a part that is a list, each item of which makes a key; empty where there is none.
    """
    said = []
    for part, derivation, empty in _with_derivations(scope, parts, absent, of):
        if derivation is None:
            said.append(KeyPart(part, empty, is_list=part == each))
        elif isinstance(derivation, SetId) and derivation.id:
            said.append(KeyPart(derivation.id, empty, derivation.set, derivation.prefix))
        elif isinstance(derivation, Moment):
            said.append(KeyPart(derivation.field, empty, is_moment=True))
        elif isinstance(derivation, FirstOf) and derivation.fields:
            first, *others = derivation.fields
            said.append(KeyPart(first, derivation.default or empty, next_fields=tuple(others)))
        else:
            return None
    return Said(tuple(said), payload=payload)


_SCALAR = re.compile(r"true|false|-?(?:0|[1-9][0-9]{0,307})(?:\.[0-9]{1,308})?")
"""A number or boolean as JSON has it, in a list of keys; what is longer than any number, or is written as no key is,
such as 1e3, stays text."""

_TEXT_OR_NONE = {str, type(None)}


def _column_of_other_keys(scope: Scope, key: list[str], absent: Absent, doubled: str) -> Callable[[Records], Keys]:
    """Reads off many records the key with the other value of a derived part; of most there is none."""
    derivation = scope.derived[doubled]
    readers = part_readers(scope, key, absent, "")
    readers[key.index(doubled)] = derivation.other_value

    def read(records: Records) -> Keys:
        if not records.maybe.issuperset(derivation.made_of):
            return Keys([], [])
        rows = [
            (number, [reader(records[number]) for reader in readers])
            for number in records.having(derivation.made_of[0])
        ]
        named = [(number, parts) for number, parts in rows if None not in parts]
        return Keys([number for number, _ in named], [_key_of_parts(parts) for _, parts in named])

    return read


def _key_of_parts(parts: list[Any]) -> Key:
    return parts[0] if len(parts) == 1 else tuple(parts)


def part_readers(scope: Scope, parts: list[str], absent: Absent, of: str) -> list[PartReader]:
    """What reads the parts of a key, each off a record's fields; see `key_reader`.

    Raises:
        RuleSetError: where there are no parts.
    """
    if not parts:
        raise RuleSetError(f"{of} has no key" if of else "a key has to have parts")
    return [_part_reader(*each) for each in _with_derivations(scope, parts, absent, of)]


def _with_derivations(
    scope: Scope, parts: list[str], absent: Absent, of: str
) -> Iterator[tuple[str, Derivation | None, str | None]]:
    """The parts of a key, each with its derivation, if it has one, and with what stands for it where it is absent."""
    derived = scope.derived_of[of] if of else scope.derived
    by_part = absent if isinstance(absent, Mapping) else dict.fromkeys(parts, absent)
    for part in parts:
        derivation, empty = derived.get(part), by_part.get(part)
        if empty is not None and isinstance(derivation, SetId):
            empty = derivation.empty()
        yield part, derivation, empty


def _part_reader(name: str, derivation: Derivation | None, empty: str | None) -> PartReader:
    if derivation is not None:

        def read_derived(fields: Fields) -> str | None:
            value = derivation.value(fields)
            return empty if value is None else value

        return read_derived

    def read_field(fields: Fields) -> str | None:
        value = fields.get(name)
        return empty if value is None or value == "" else key_text(value)

    return read_field


def scalars_of(part: str | int | float) -> list[str | int | float]:
    """The values that a part of a key may be meant to have: text, and the number or boolean that it spells."""
    if not isinstance(part, str) or not _SCALAR.fullmatch(part):
        return [part]
    return [part, json.loads(part)]


def split_column(
    scope: Scope, name: str, absent: str | None, to_key: Callable[[Any], Key | None]
) -> Callable[[Records], Keys]:
    """Reads the key that each of many records says in one value with a separator; see `key_reader`."""
    [read_part] = part_readers(scope, [name], absent, "")

    def read(records: Records) -> Keys:
        named = [(at, to_key(read_part(fields))) for at, fields in enumerate(records.rows)]
        return Keys([at for at, key in named if key is not None], [key for _, key in named if key is not None])

    return read


def each_reader(name: str, to_key: Callable[[Any], Key | None]) -> Callable[[Records], Keys]:
    """Reads the keys that records list in a field."""

    def read(records: Records) -> Keys:
        at: list[int] = []
        keys: list[Key] = []
        items: list[int] = []
        for number in records.having(name):
            listed = records[number][name]
            for item, each in enumerate(listed if isinstance(listed, list) else ()):
                key = to_key(each)
                if key is not None:
                    at.append(number)
                    keys.append(key)
                    items.append(item)
        return Keys(at, keys, items)

    return read


def pairs_of(keys: Keys, values: Sequence[Any]) -> Keys:
    """The keys that records name, each with each of several values of the record as its payload.

    Arguments:
        values: the values of each record, as a list of texts or numbers; anything else where none can be read.
    """
    at: list[int] = []
    named: list[Key] = []
    texts: list[str] = []
    for number, key in zip(keys.at, keys.keys, strict=True):
        for text in key_texts_of(values[number]) or ():
            at.append(number)
            named.append(key)
            texts.append(text)
    return Keys(at, named, payloads=value_digests(texts))


def read_nothing(records: Sequence[Fields]) -> Keys:
    return Keys([], [])


def point(
    scope: Scope, fields: Draft, parts: Sequence[str], to: str, their_parts: Sequence[str], target: Fields
) -> None:
    """Let parts of a record in the making have the values that parts of another record have; for tests.

    Arguments:
        scope: the scope of the record in the making.
        to: the type of the other record.
        target: its fields.
    """
    for part, theirs in zip(parts, their_parts, strict=True):
        source = scope.derived_of[to].get(theirs)
        value = target.get(theirs) if source is None else source.value(target)
        own = scope.derived.get(part)
        if own is None:
            fields[part] = value
        else:
            own.point(fields, value, source, target)


def wanted_of(
    scope: Scope,
    fields: Draft,
    parts: Sequence[str],
    to: str,
    their_parts: Sequence[str],
    item: tuple[str, str] = ("", ""),
) -> Draft | None:
    """The fields that another record needs for parts of it to have the values that parts of a record have; for tests.

    Arguments:
        to: the type of the other record.
        item: a part that is a list, and the item of it that is meant.

    Returns:
        None where a value is absent or cannot be read.
    """
    wanted: Draft = {}
    for part, theirs in zip(parts, their_parts, strict=True):
        own, their_own = scope.derived.get(part), scope.derived_of[to].get(theirs)
        value = item[1] if part == item[0] else own.value(fields) if own else fields.get(part)
        if key_text(value) in (None, ""):
            return None
        if their_own is None:
            wanted[theirs] = value
        else:
            their_own.point(wanted, value, own, fields)
    return wanted


def fields_of(scope: Scope, part: str) -> list[str]:
    """The fields that a part of a key is made of."""
    derivation = scope.derived.get(part)
    return [part] if derivation is None else derivation.made_of


def exists(rows: Rows, tables: Tables) -> Mask:
    """Whether the key of each row is defined in the file, or known to exist already."""
    defined, _ = tables["defined"].find(rows["hi"], rows["lo"])
    existing, _ = tables["existing"].find(rows["hi"], rows["lo"])
    return defined | existing


def show_part(scope: Scope, fields: Fields, part: str) -> Any:
    derivation = scope.derived.get(part)
    return derivation.show(fields, "given") if derivation is not None else fields.get(part)
