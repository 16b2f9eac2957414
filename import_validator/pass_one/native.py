"""The compiled lane: it goes through records without parsing them, and vouches for those that break no rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from ..engine import engine
from ..facts.rows import seed_of
from ..facts.streams import FactStream, Said
from ..model.envelope import BY_TYPE
from ..readers import Vouched
from ..readers.json_text import NotParsed, parse
from ..rules import RecordRule
from ..rules.dates import CLOCK, DAY, OFFSET
from ..ruleset.plan import Plan, RecordPlan
from .lane import FastLane

if TYPE_CHECKING:
    import import_validator_native

_READERS = {"json-array", "json-lines"}
_BYTES_A_KEY = 40


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


class Judged(NamedTuple):
    """What the compiled lane says of a batch.

    Attributes:
        counts: how many records of each type are vouched for, by the type's name.
        numbers: the numbers of these records, in 4 bytes each, for types in which runs of records are facts.
        facts: their facts.
    """

    counts: Mapping[str, int]
    numbers: Mapping[str, bytes]
    facts: list[StreamFacts]


class NativeLane:
    """Vouches for records of a plan.

    Arguments:
        lane: the lane, made ready for the plan.
        types: the names of the record types that it knows, in its order.
    """

    def __init__(self, lane: import_validator_native.Lane, types: list[str]) -> None:
        self._lane = lane
        self._types = types

    @classmethod
    def of(cls, plan: Plan, lanes: Mapping[str, FastLane], memory: int) -> NativeLane | None:
        """The lane for a plan; None where there is none, or none that could vouch for any record.

        Arguments:
            memory: how many bytes may be spent on remembering keys that are known to be defined.
        """
        if engine() == "python":
            return None
        described = described_plan(plan, lanes, memory)
        if described is None:
            return None
        import import_validator_native  # noqa: PLC0415 - it need not be there

        types, source = described
        return cls(import_validator_native.Lane(orjson.dumps(source).decode()), types)

    def judge(self, text: bytes, *, lines: bool) -> Vouched | None:
        """See `Judge`."""
        answer = self._lane.check(text, lines)
        if answer is None:
            return None
        count, vouched, numbers, refused, facts = answer
        try:
            others = {number: parse(text[begin:end]) for number, begin, end in refused}
        except NotParsed:
            return None
        counts = {name: each for name, each in zip(self._types, vouched, strict=True) if each}
        return Vouched(
            count,
            others,
            Judged(counts, dict(zip(self._types, numbers, strict=True)), [StreamFacts(*each) for each in facts]),
        )


def described_plan(plan: Plan, lanes: Mapping[str, FastLane], memory: int) -> tuple[list[str], dict[str, Any]] | None:
    """The record types of a plan that the lane can know, and the plan as it is told of it; None where it knows none.

    Arguments:
        memory: how many bytes may be spent on remembering keys that are known to be defined.
    """
    envelope = plan.rule_set.envelope
    knows = not envelope.entries and not envelope.variant and envelope.fields != BY_TYPE and not plan.lines
    if not knows or plan.rule_set.reader not in _READERS or bool(envelope.type) != bool(envelope.fields):
        return None
    spaces = sorted({stream.space for stream in plan.streams if stream.skips_defined})
    described = {
        name: said
        for name, record in plan.records.items()
        if (said := _described(record, lanes[name], spaces)) is not None
    }
    types = list(described)
    if not types or (not envelope.type and types != [envelope.record]):
        return None
    return types, {
        "timestamp": f"^{DAY}{CLOCK}{OFFSET}$",
        "envelope": {"type": envelope.type, "fields": envelope.fields, "closed": envelope.closed},
        "types": list(described.values()),
        "names": {name: types.index(each.name) for name, each in plan.types.items() if each.name in described},
        "spaces": len(spaces),
        "most_known": memory // _BYTES_A_KEY,
    }


def _described(record: RecordPlan, lane: FastLane, spaces: list[str]) -> dict[str, Any] | None:
    """A record type as the compiled lane is told of it; None where it could vouch for no record of the type."""
    if record.wrap or record.named:
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
        "wants_numbers": len(read) < len(record.streams),
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
            {"field": part.field, "absent": part.absent, "set": part.made_from, "prefix": part.prefix}
            for part in said.parts
        ],
        "each": said.each,
        "split": said.separator,
        "pieces": said.pieces,
        "given": said.given,
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
