"""Batches of valid records read straight into columns: parsed with the fields that records before them had."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import Annotated, Any, Literal, NamedTuple, Union

import msgspec
import numpy as np

from ..facts.rows import Column
from ..model.envelope import BY_TYPE, Envelope
from ..model.records import Records
from ..rules.fragments import Schema
from ..ruleset.plan import Plan, RecordPlan
from .lane import Acceptor, Asked, FastLane
from .specialise import names_in

_FEW = 8
_MOST_FIELDS = 100
_MOST_KINDS = 256
"""So many record types can be told apart by a byte."""
_MOST_CHANGES = 50
_CHANGES_OF_VALUES = 25
"""After so many changes, only the fields of records are learnt, not what is in them."""
_LONGEST_PAUSE = 64
_SURROGATE = re.compile("[\ud800-\udfff]")
_ODD_IN_NAME = re.compile(r'[\x00-\x1f"\\\ud800-\udfff]')


class TypedGroup(NamedTuple):
    """The records of one type in a batch, all of one form.

    Attributes:
        plan: what is done with them.
        at: their numbers in the batch.
        records: the records.
        form: what they have in common.
    """

    plan: RecordPlan
    at: Column
    records: Records
    form: Form


class Seen(NamedTuple):
    """What records of one type were seen to have.

    Attributes:
        surely: the fields that every record had.
        maybe: the fields that at least one had.
        blank: those of them that were null or the empty text in at least one.
        few: those that every record had, and that never had but a few texts, with these.
        long: those that had text in every record, with so many characters at most: a power of two, less one.
    """

    surely: frozenset[str]
    maybe: frozenset[str]
    blank: frozenset[str]
    few: dict[str, frozenset[str]]
    long: dict[str, int]

    @classmethod
    def of(cls, records: Records) -> Seen:
        columns = {name: records.column(name) for name in records.surely}
        blank = [name for name, column in columns.items() if None in column or "" in column]
        texts = {name: frozenset(column) for name, column in columns.items() if records.is_text(name)}
        few = {name: each for name, each in texts.items() if len(each) <= _FEW}
        long = {name: (1 << max(map(len, each)).bit_length()) - 1 for name, each in texts.items()}
        blank += records.maybe - records.surely
        return cls(records.surely, records.maybe, frozenset(blank), few, long)

    def joined(self, other: Seen) -> Seen:
        """What both were."""
        texts = {name: each | other.few[name] for name, each in self.few.items() if name in other.few}
        few = {name: each for name, each in texts.items() if len(each) <= _FEW}
        long = {name: max(each, other.long[name]) for name, each in self.long.items() if name in other.long}
        return Seen(self.surely & other.surely, self.maybe | other.maybe, self.blank | other.blank, few, long)


class Form:
    """The fields that records of one type have, as a class that holds one record.

    Arguments:
        seen: the fields. A record that has another one, or a blank one that was not, is of no such form.
        asked: what is asked of records with these fields.
    """

    def __init__(self, seen: Seen, asked: Asked) -> None:
        said = asked.by_field
        names = sorted(name for name in seen.maybe if said.get(name) is not False and _can_be_named(name))
        names.sort(key=lambda name: name not in seen.surely)
        attributes = {name: f"field_{number}" for number, name in enumerate(names)}
        types = {
            name: _Native.of(
                said.get(name, True),
                asked.definitions,
                name in seen.blank,
                seen.few.get(name, frozenset()),
                seen.long.get(name),
            )
            for name in names
        }
        self.maybe = frozenset(names)
        self.surely = seen.surely & self.maybe

        def absent(name: str) -> Any:
            # Invariant: a record is written as JSON with the very names it was read with; `may_repeat` counts on it.
            return msgspec.UNSET if types[name].nullable else None

        self.type = msgspec.defstruct(
            "Record",
            [
                (attribute, types[name].type) if name in seen.surely else (attribute, types[name].type, absent(name))
                for name, attribute in attributes.items()
            ],
            rename={attribute: name for name, attribute in attributes.items()},
            omit_defaults=True,
            forbid_unknown_fields=True,
            gc=False,
        )
        self._checks = [
            (name, Acceptor({"items": each.rest}, asked.definitions), name not in seen.surely and not each.nullable)
            for name, each in types.items()
            if each.rest
        ]
        self._together = Acceptor({"items": asked.together}, asked.definitions) if asked.together else None
        self._names_together = sorted(names_in(asked.together) & self.maybe)
        self._rules = asked.rules
        self._read = {
            name: _same_everywhere(only)
            if (only := types[name].only)
            else _column_reader(attribute, may_be_unset=types[name].nullable and name not in seen.surely)
            for name, attribute in attributes.items()
        }
        self._texts = {name: True for name in self.surely if types[name].is_text}

    def records(self, values: Sequence[Any]) -> Records:
        """Records by the columns of objects of the class."""
        return Records.by_columns(
            len(values), self.surely, self.maybe, lambda name: self._read[name](values), self._texts
        )

    def accepts(self, records: Records) -> bool:
        """Whether nothing is wrong with any of the records."""
        for name, acceptor, only_given in self._checks:
            column = records.column(name)
            if not acceptor.accepts([value for value in column if value is not None] if only_given else column):
                return False
        if self._together and not self._together.accepts(records.parts(self._names_together)):
            return False
        try:
            return not any(any(rule.check(fields)) for rule in self._rules for fields in records.rows)
        except Exception:  # the exact lane asks again, and says for which record
            return False


def _column_reader(attribute: str, *, may_be_unset: bool) -> Callable[[Sequence[Any]], list[Any]]:
    """Reads one attribute of many objects: with its name in the code, which is twice as quick as `attrgetter`.

    Arguments:
        may_be_unset: whether it may be `UNSET`, which is read as None.
    """
    read = f"value.{attribute}"
    if may_be_unset:
        read = f"None if ({read}) is UNSET else {read}"
    reader: Callable[[Sequence[Any]], list[Any]] = eval(
        f"lambda values: [{read} for value in values]", {"UNSET": msgspec.UNSET}
    )
    return reader


def _same_everywhere(text: str) -> Callable[[Sequence[Any]], list[Any]]:
    return lambda values: [text] * len(values)


def _can_be_named(name: str) -> bool:
    """Whether msgspec takes the name for a field: in JSON, it is written as it is."""
    return _ODD_IN_NAME.search(name) is None


_NO_TYPE = "\0no type"
_Nothing = msgspec.defstruct("Nothing", [(f"field_{uuid.uuid4().hex}", int)], forbid_unknown_fields=True)
"""A class that no record is of."""

_NOT_NULL = bool | int | float | str | list[Any] | dict[str, Any]


class _Native(NamedTuple):
    """What the parser checks of a value, and what it leaves.

    Invariant: `type` and `rest` together take no value that the schema refuses. They may refuse one that it takes: the
    batch is then read as dictionaries, and checked by the schema itself. So what was seen so far may narrow them.

    Attributes:
        type: the type that it is parsed as.
        rest: what is still to be asked of it; nothing where empty.
        nullable: whether it may be null.
        is_text: whether it is surely text, and not the empty one.
        only: the one text that it is; the empty one where it may be others.
    """

    type: Any
    rest: Schema
    nullable: bool = False
    is_text: bool = False
    only: str = ""

    @classmethod
    def of(
        cls,
        schema: Schema | bool,
        definitions: Mapping[str, Schema],
        blank: bool,
        few: frozenset[str],
        long: int | None,
    ) -> _Native:
        """What a schema says of a value, and what is known of it besides.

        Arguments:
            definitions: what the schema may refer to.
            blank: whether it may be null or the empty text, where the schema says so.
            few: the texts of which it is one; empty where there are too many.
            long: how many characters it has at most; None where that is not known.
        """
        if few and not any(map(_SURROGATE.search, few)) and Acceptor({"items": schema}, definitions).accepts([*few]):
            return cls(Literal[tuple(few)], {}, is_text=True, only="".join(few) if len(few) == 1 else "")
        if isinstance(schema, bool):
            return cls(Any, {}, nullable=True)
        nullable = blank and Acceptor(schema, definitions).accepts(None)
        rest = dict(schema)
        types = _types(rest.pop("type", ()))
        if types == {"boolean"}:
            return cls(bool | None if nullable else bool, rest, nullable)
        if types != {"string"}:
            return cls(Any if nullable else _NOT_NULL, schema, nullable)
        if (excluded := _enumerated(rest.get("not"))) in ([], [""]):
            blank = blank and not excluded
            del rest["not"]
        if long is not None and long <= (enough := _length_alone(rest.get("anyOf", ()))):
            del rest["anyOf"]
            rest["maxLength"] = min(enough, rest.get("maxLength", enough))
        most, least = rest.pop("maxLength", None), max(rest.pop("minLength", 0), int(not blank))
        text = Annotated[str, msgspec.Meta(min_length=least or None, max_length=most)]
        return cls(text | None if nullable else text, rest, nullable, is_text=not blank and not nullable)


def _enumerated(schema: Schema | None) -> list[str] | None:
    """The texts among what a schema lists; None where it says anything else."""
    return [each for each in schema["enum"] if isinstance(each, str)] if schema and set(schema) == {"enum"} else None


def _length_alone(alternatives: Sequence[Schema | bool]) -> int:
    """Up to how many characters a text has whatever is in it, as one of several schemas says; -1 where none does."""
    lengths = [each.get("maxLength", -1) for each in alternatives if isinstance(each, dict) and len(each) == 1]
    return max(lengths, default=-1)


def _types(named: str | Sequence[str]) -> set[str]:
    """The types that a schema names, but for null."""
    return ({named} if isinstance(named, str) else set(named)) - {"null"}


class Forms:
    """The forms that records have had so far, by which batches of more such records are parsed.

    Values come out as objects of a class for each form: that is quicker than dictionaries, checks types and lengths
    on the way, and gives columns. A batch that has anything else in it is read as dictionaries, and what its records
    look like is learnt. Where nothing new is learnt so, forms are tried ever more rarely.

    Arguments:
        lanes: what says of each record type which records are fine.
    """

    def __init__(self, plan: Plan, lanes: Mapping[str, FastLane]) -> None:
        self._plan = plan
        self._lanes = lanes
        self._usable = _is_plain(plan.rule_set.envelope) and len(plan.records) <= _MOST_KINDS
        self._seen: dict[str, Seen] = {}
        self._forms: dict[str, Form] = {}
        self._changes = dict.fromkeys(plan.records, 0)
        self._by_class: dict[type, tuple[RecordPlan, Form]] = {}
        self._kinds: dict[type, int] = {}
        self._decoders: dict[bool, msgspec.json.Decoder[list[Any]]] = {}
        self._pause = 0
        self._left_of_pause = 0

    def learn(self, plan: RecordPlan, records: Records) -> None:
        """See what fields records of a type have."""
        if not self._usable or plan.wrap or self._left_of_pause or len(records.maybe) > _MOST_FIELDS:
            return
        known = self._seen.get(plan.name)
        seen = Seen.of(records) if known is None else Seen.of(records).joined(known)
        if self._changes[plan.name] >= _CHANGES_OF_VALUES:
            seen = seen._replace(blank=seen.maybe, few={}, long={})
        if seen == known or self._changes[plan.name] == _MOST_CHANGES:
            return
        self._seen[plan.name] = seen
        self._changes[plan.name] += 1
        self._forms.pop(plan.name, None)
        asked = self._lanes[plan.name].asked_of(seen.surely, seen.maybe)
        if asked is not None and len(seen.maybe) <= _MOST_FIELDS:
            self._forms[plan.name] = Form(seen, asked)
        self._decoders = {}
        self._pause = 0

    def parse(self, text: bytes, *, between: bool = False) -> list[Any] | None:
        """The values of a JSON array, as objects of the forms' classes.

        Arguments:
            between: whether integers may stand between them.

        Returns:
            None where any value is of no form, or this does not seem to be worth a try.
        """
        if not self._forms:
            return None
        if self._left_of_pause:
            self._left_of_pause -= 1
            return None
        try:
            values = self._decoder(between).decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self._left_of_pause = self._pause
            self._pause = min(2 * self._pause or 1, _LONGEST_PAUSE)
            return None
        self._pause = 0
        return values

    def opened(self, values: list[Any]) -> list[TypedGroup] | None:
        """The records of a batch, by type; None for a batch that was not parsed by forms."""
        try:
            kinds = np.frombuffer(bytes(map(self._kinds.__getitem__, map(type, values))), dtype=np.uint8)
        except KeyError:
            return None
        groups = []
        for kind in np.flatnonzero(np.bincount(kinds)).tolist():
            chosen = kinds == kind
            at = np.flatnonzero(chosen)
            own = list(compress(values, chosen.tobytes())) if len(at) < len(values) else values
            # A batch comes from one decoder, which has one form a record type, if under several names.
            plan, form = self._by_class[own[0].__class__]
            if self._plan.rule_set.envelope.fields:
                own = [value.fields for value in own]
            groups.append(TypedGroup(plan, at, form.records(own), form))
        return groups or None

    def _decoder(self, between: bool) -> msgspec.json.Decoder[list[Any]]:
        if between not in self._decoders:
            envelope = self._plan.rule_set.envelope
            kinds = {name: number for number, name in enumerate(self._plan.records)}
            classes = {
                _in_envelope(envelope, named, self._forms[plan.name].type): (plan, self._forms[plan.name])
                for named, plan in self._plan.types.items()
                if plan.name in self._forms
            }
            # Classes of earlier forms stay: a batch of them may still be on its way. They are as sound.
            self._by_class |= classes
            self._kinds = {each: kinds[plan.name] for each, (plan, _) in self._by_class.items()}
            types = [*classes, *([int] if between else [])]
            if envelope.type:
                # One class alone would take a value that names no type.
                types.append(_in_envelope(envelope, _NO_TYPE, _Nothing))
            self._decoders[between] = msgspec.json.Decoder(list[Union[tuple(types)]])  # type: ignore[misc]  # noqa: UP007
        return self._decoders[between]


def _is_plain(envelope: Envelope) -> bool:
    """Whether the envelope is of one record and says nothing of it but its type."""
    if envelope.entries or envelope.variant or envelope.fields == BY_TYPE:
        return False
    if not envelope.type:
        return not envelope.fields
    odd = [name for name in (envelope.type, envelope.fields) if not _can_be_named(name)]
    return not odd and envelope.fields not in {"", envelope.type}


def _in_envelope(envelope: Envelope, named: str, record: type) -> type:
    """The class of what a record of this name is wrapped in."""
    if not envelope.type:
        return record
    return msgspec.defstruct(
        "Value",
        [("fields", record)],
        rename={"fields": envelope.fields},
        tag_field=envelope.type,
        tag=named,
        forbid_unknown_fields=True,
        gc=False,
    )
