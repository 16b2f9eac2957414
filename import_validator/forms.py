"""Batches of valid records read straight into columns: parsed with the fields that records before them had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from operator import attrgetter
from typing import Annotated, Any, NamedTuple, Union

import msgspec

from .envelope import BY_TYPE, Envelope
from .lane import Acceptor, FastLane
from .plan import Plan, RecordPlan
from .records import Records
from .rules.fragments import EMPTY, Schema

_MOST_FIELDS = 100
_MOST_CHANGES = 50
_LONGEST_PAUSE = 64
_fields_of = attrgetter("fields")


class TypedGroup(NamedTuple):
    """The records of one type in a batch, all of one form.

    Attributes:
        plan: what is done with them.
        at: their numbers in the batch.
        records: the records.
        form: what they have in common.
    """

    plan: RecordPlan
    at: Sequence[int]
    records: Records
    form: Form


class Form:
    """The fields that records of one type have, as a class that holds one record.

    Arguments:
        surely: the fields that every record has.
        maybe: the fields that a record may have; if it has another one, it is of no such form.
        said: what is asked of the value of each field.
    """

    def __init__(self, surely: frozenset[str], maybe: frozenset[str], said: Mapping[str, Schema | bool]) -> None:
        names = [name for name in sorted(maybe) if said.get(name) is not False and _is_unicode(name)]
        attributes = {name: f"field_{number}" for number, name in enumerate(names)}
        types = {name: _Native.of(said.get(name, True)) for name in names}
        self.surely = surely
        self.maybe = frozenset(names)
        self.type = msgspec.defstruct(
            "Record",
            [(attributes[name], types[name].type) for name in names if name in surely]
            + [(attributes[name], types[name].type | None, None) for name in names if name not in surely],
            rename={attribute: name for name, attribute in attributes.items()},
            forbid_unknown_fields=True,
            gc=False,
        )
        self._checks = [(name, Acceptor({"items": each.rest})) for name, each in types.items() if each.rest]
        self._read = {name: attrgetter(attribute) for name, attribute in attributes.items()}
        self._texts = {name: True for name in surely if types[name].is_text}

    def records(self, values: Sequence[Any]) -> Records:
        """Records by the columns of objects of the class."""
        return Records.by_columns(
            len(values), self.surely, self.maybe, lambda name: list(map(self._read[name], values)), self._texts
        )

    def accepts(self, records: Records) -> bool:
        """Whether nothing is wrong with any of the records."""
        return all(acceptor.accepts(records.column(name)) for name, acceptor in self._checks)


def _is_unicode(name: str) -> bool:
    """Whether a field can have the name in a class: not one with half a surrogate pair."""
    return name.encode(errors="replace").decode() == name


class _Native(NamedTuple):
    """What the parser checks of a value, and what it leaves.

    Attributes:
        type: the type that it is parsed as.
        rest: what is still to be asked of it; nothing where empty.
        is_text: whether it is surely text, and not the empty one.
    """

    type: Any
    rest: Schema
    is_text: bool = False

    @classmethod
    def of(cls, schema: Schema | bool) -> _Native:
        if isinstance(schema, bool):
            return cls(Any, {})
        rest = dict(schema)
        named = rest.pop("type", ())
        types = {named} if isinstance(named, str) else set(named)
        if types - {"null"} == {"boolean"}:
            return cls(bool if types == {"boolean"} else bool | None, rest)
        if types - {"null"} != {"string"}:
            return cls(Any, schema)
        given = rest.get("not") == {"enum": EMPTY}
        if given:
            del rest["not"]
        most, least = rest.pop("maxLength", None), max(rest.pop("minLength", 0), int(given))
        text: Any = Annotated[str, msgspec.Meta(min_length=least or None, max_length=most)]
        nullable = "null" in types and not given
        return cls(text | None if nullable else text, rest, is_text=least > 0 and not nullable)


class Forms:
    """The forms that records have had so far, by which batches of more such records are parsed.

    Values come out as objects of a class for each form: that is quicker than dictionaries, checks types and lengths
    on the way, and gives columns. A batch that has anything else in it is read as dictionaries, and what its records
    look like is learnt. Where that goes on, forms are tried ever more rarely.

    Arguments:
        lanes: what says of each record type which records are fine.
    """

    def __init__(self, plan: Plan, lanes: Mapping[str, FastLane]) -> None:
        self._plan = plan
        self._lanes = lanes
        self._usable = _is_plain(plan.rule_set.envelope)
        self._forms: dict[str, Form] = {}
        self._changes = dict.fromkeys(plan.records, 0)
        self._by_class: dict[type, tuple[RecordPlan, Form]] = {}
        self._decoders: dict[bool, msgspec.json.Decoder[list[Any]]] = {}
        self._pause = 0
        self._left_of_pause = 0

    def learn(self, plan: RecordPlan, records: Records) -> None:
        """See what fields records of a type have."""
        known = self._forms.get(plan.name)
        surely, maybe = records.surely, records.maybe
        if known is not None:
            if known.surely <= surely and maybe <= known.maybe:
                return
            surely, maybe = surely & known.surely, maybe | known.maybe
        self._changes[plan.name] += 1
        if not self._usable or plan.wrap or self._changes[plan.name] > _MOST_CHANGES or len(maybe) > _MOST_FIELDS:
            return
        said = self._lanes[plan.name].said_by_field(surely, maybe)
        if said is not None:
            self._forms[plan.name] = Form(surely, maybe, said)
        else:
            self._forms.pop(plan.name, None)
        self._by_class, self._decoders = {}, {}

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
        classes = set(map(type, values))
        if not classes or not classes <= self._by_class.keys():
            return None
        if len(classes) == 1:
            return [self._group(values[0].__class__, values, range(len(values)))]
        of_class = list(map(type, values))
        groups = []
        for each in classes:
            chosen = [one is each for one in of_class]
            groups.append(self._group(each, list(compress(values, chosen)), list(compress(range(len(values)), chosen))))
        return groups

    def _group(self, kind: type, values: Sequence[Any], at: Sequence[int]) -> TypedGroup:
        plan, form = self._by_class[kind]
        if self._plan.rule_set.envelope.fields:
            values = list(map(_fields_of, values))
        return TypedGroup(plan, at, form.records(values), form)

    def _decoder(self, between: bool) -> msgspec.json.Decoder[list[Any]]:
        if not self._by_class:
            envelope = self._plan.rule_set.envelope
            for named, plan in self._plan.types.items():
                form = self._forms.get(plan.name)
                if form is not None:
                    self._by_class[_in_envelope(envelope, named, form.type)] = plan, form
        if between not in self._decoders:
            types = [*self._by_class, *([int] if between else [])]
            self._decoders[between] = msgspec.json.Decoder(list[Union[tuple(types)]])  # type: ignore[misc]  # noqa: UP007
        return self._decoders[between]


def _is_plain(envelope: Envelope) -> bool:
    """Whether the envelope is of one record and says nothing of it but its type."""
    if envelope.entries or envelope.variant or envelope.fields == BY_TYPE:
        return False
    return bool(envelope.type) == bool(envelope.fields)


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
