"""The compiled lane: it goes through records without parsing them, and vouches for those that break no rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from ..engine import engine
from ..facts.rows import seed_of
from ..facts.streams import FactStream, Said
from ..model.envelope import BY_TYPE, Envelope
from ..readers import Judged, Refused, Table
from ..rules import RecordRule
from ..rules.dates import CLOCK, DAY, OFFSET
from ..rules.portable import portable
from ..ruleset.plan import Plan, RecordPlan
from .lane import FastLane

if TYPE_CHECKING:
    import import_validator_native

_READERS = {"json-array", "json-lines", "table"}
_BYTES_A_KEY = 40
_KEPT = "compiled lane"


class StreamFacts(NamedTuple):
    """Facts of one stream as the compiled lane gives them.

    Attributes:
        stream: the stream's number.
        digests: 16 bytes each.
        at: the numbers of the records in the batch, in 4 bytes each.
        items: the numbers of the items in them, likewise; empty where all are 0.
        payloads: 16 bytes each; empty where there are none.
    """

    stream: int
    digests: bytes
    at: bytes
    items: bytes
    payloads: bytes


class Kept(NamedTuple):
    """What the compiled lane says of the records that it vouches for.

    Attributes:
        counts: how many there are of each type, by the type's name.
        types: the types that it knows; of these, it has asked about the schema of each record that it refuses.
        named: the types that envelopes of several records name.
        numbers: their numbers in the text, in 4 bytes each, for types in which runs of records are facts.
        facts: their facts.
    """

    counts: Mapping[str, int]
    types: Sequence[str]
    named: Sequence[str]
    numbers: Mapping[str, bytes]
    facts: Sequence[StreamFacts]


class NativeLane:
    """Vouches for records of a plan.

    Arguments:
        lane: the lane, made ready for the plan.
        types: the names of the record types that it knows, in its order.
        envelope: what records are wrapped in.
    """

    def __init__(self, lane: import_validator_native.Lane, types: list[str], envelope: Envelope) -> None:
        self._lane = lane
        self._types = types
        self._envelope = envelope

    @classmethod
    def of(cls, plan: Plan, lanes: Mapping[str, FastLane], memory: int, max_record: int) -> NativeLane | None:
        """The lane for a plan; None where there is none, or none that could vouch for any record.

        It stays with the plan, for a run that asks for the same.

        Arguments:
            memory: how many bytes may be spent on remembering keys that are known to be defined.
            max_record: longest record that is read, in bytes.
        """
        if engine() == "python":
            return None
        made_for = memory, max_record
        kept: tuple[tuple[int, int], NativeLane] | None = plan.made.get(_KEPT)
        if kept is not None and kept[0] == made_for and kept[1]._lane.forget():
            return kept[1]
        described = described_plan(plan, lanes, memory, max_record)
        if described is None:
            return None
        import import_validator_native  # noqa: PLC0415 - it need not be there

        types, source = described
        lane = cls(import_validator_native.Lane(orjson.dumps(source).decode()), types, plan.rule_set.envelope)
        plan.made[_KEPT] = made_for, lane
        return lane

    def set_table(self, table: Table) -> None:
        """See `Judge`."""
        self._lane.set_table(ord(table.delimiter), list(table.names), table.used)

    def judge(self, text: bytes, *, layout: str, after_value: bool, is_last: bool, threads: int) -> Judged:
        """See `Judge`."""
        found = self._lane.check(text, layout=layout, after_value=after_value, is_last=is_last, threads=threads)
        kept = Kept(
            {name: count for name, count in zip(self._types, found.vouched, strict=True) if count},
            self._types,
            [name for name, named in zip(self._types, found.named, strict=True) if named],
            {name: numbers for name, numbers in zip(self._types, found.numbers, strict=True) if numbers},
            [StreamFacts(*each) for each in found.facts],
        )
        refused = [Refused(*each) for each in found.refused]
        return Judged(
            consumed=found.consumed,
            stuck=found.stuck,
            paused=found.paused,
            values=found.values,
            lines=found.lines,
            records=found.count,
            marks=found.marks,
            refused=refused,
            found=kept,
        )

    def records_in(self, value: Any) -> int:
        """See `Judge`."""
        return len(self._envelope.places([value])) if self._envelope.entries else 0


def described_plan(
    plan: Plan, lanes: Mapping[str, FastLane], memory: int, max_record: int
) -> tuple[list[str], dict[str, Any]] | None:
    """The record types of a plan that the lane can know, and the plan as it is told of it; None where it knows none.

    Arguments:
        memory: how many bytes may be spent on remembering keys that are known to be defined.
        max_record: longest record that is read, in bytes.
    """
    envelope = plan.rule_set.envelope
    inner = bool(envelope.entries or envelope.fields)
    if plan.rule_set.reader not in _READERS or envelope.fields == BY_TYPE or bool(envelope.type) != inner:
        return None
    spaces = sorted({stream.space for stream in plan.streams if stream.skips_defined})
    described = {
        name: said
        for name, record in plan.records.items()
        if (envelope.type or name == envelope.record) and (said := _described(record, lanes[name], spaces)) is not None
    }
    for name, line in plan.lines.items():
        if name in described:
            described[name]["line"] = _described(line, FastLane(line.shape, line.record_rules), spaces)
            if described[name]["line"] is None:
                del described[name]
    types = list(described)
    if not types:
        return None
    return types, {
        "timestamp": f"^{DAY}{CLOCK}{OFFSET}$",
        "envelope": {
            "type": envelope.type,
            "fields": envelope.fields,
            "entries": envelope.entries,
            "inherited": [[key, field] for field, key in envelope.inherited.items()],
            "variant": envelope.variant,
            "default_variant": envelope.default_variant,
            "closed": envelope.closed,
            "names": {
                name: types.index(each.name) if each.name in described else None for name, each in plan.types.items()
            },
            "like": list(_alike(plan, types)),
        },
        "types": list(described.values()),
        "spaces": len(spaces),
        "most_known": memory // _BYTES_A_KEY,
        "longest": max_record,
    }


def _alike(plan: Plan, types: list[str]) -> Iterator[tuple[str, int | None]]:
    """Patterns of further names, in order, each with the number of the type if the lane knows it.

    They end at the first that is not portable, since nobody knows what names that one takes.
    """
    for record in plan.records.values():
        if record.like is not None:
            pattern = portable(record.like.pattern)
            if pattern is None:
                return
            yield pattern, types.index(record.name) if record.name in types else None


def _described(record: RecordPlan, lane: FastLane, spaces: list[str]) -> dict[str, Any] | None:
    """A record type as the compiled lane is told of it; None where it could vouch for no record of the type."""
    if record.named:
        return None
    declared = [name for name in record.shape.fields if name]
    watched: set[str] = set()
    for rule in lane.unsaid:
        concerning = _concerning(rule, declared)
        if concerning is None:
            return None
        watched |= set(concerning)
    read = [stream for stream in record.streams if stream.runs_of_rank is None]
    if any(stream.said is None and not stream.only_with for stream in read):
        return None
    return {
        "schema": lane.schema,
        "definitions": lane.definitions,
        "watched": sorted(watched),
        "watches_others": bool(lane.unsaid),
        "declared": declared,
        "together": [list(stream.only_with) for stream in read if stream.said is None],
        "streams": [_stream(stream, stream.said, spaces) for stream in read if stream.said is not None],
        "wrap": record.wrap,
        "wants_numbers": len(read) < len(record.streams),
        "line": None,
    }


def _concerning(rule: RecordRule, declared: list[str]) -> list[str] | None:
    """The declared fields without which, and without others, a rule finds nothing; None where it may all the same."""
    concerning = [name for name in declared if rule.concerns({name})]
    return None if rule.concerns(set(declared) - set(concerning)) else concerning


def _stream(stream: FactStream, said: Said, spaces: list[str]) -> dict[str, Any]:
    payload = said.payload
    space = spaces.index(stream.space) if stream.space in spaces else None
    return {
        "number": stream.number,
        "seed": seed_of(stream.space),
        "parts": [
            {
                "field": part.field,
                "next_fields": part.next_fields,
                "is_moment": part.is_moment,
                "is_list": part.is_list,
                "absent": part.absent,
                "set": part.made_from,
                "prefix": part.prefix,
            }
            for part in said.parts
        ],
        "each": said.each,
        "split": said.separator,
        "pieces": said.pieces,
        "digits": said.digits and {"field": said.digits.field, "padded": said.digits.padded},
        "given": said.given,
        "unless_given": said.unless_given,
        "empty_counts": said.empty_counts,
        "payload": payload
        and {
            "seed": seed_of(payload.space),
            "field": payload.field,
            "absent": payload.absent,
            "each": payload.each,
        },
        "defines": space if stream.table == "defined" else None,
        "refers": space if stream.skips_defined else None,
    }
