"""Turns the keys that records name into rows of facts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from ..errors import NamedRule
from ..facts.known_keys import BYTES_PER_DIGEST, BYTES_PER_KEY, KnownKeys
from ..facts.rows import DIGEST_SIZE, Column, Rows, fact_rows, key_digests, seed_of
from ..facts.streams import FactStream
from ..model.records import Records
from ..model.violation import Stage
from ..ruleset.plan import RecordPlan

BYTES_HELD = 4096 * DIGEST_SIZE
"""So many bytes of digests are held before rows are made of them."""


class RuleFailure(Exception):  # noqa: N818 - it becomes a RuleFailedError where the place is known
    """A rule raised an exception.

    Attributes:
        rule: the rule.
        error: the exception.
        index: the number of the record.
        value_at: the number of the value in the batch that the record lies in; None where nobody knows.
    """

    def __init__(self, rule: NamedRule, error: Exception, index: int, value_at: int | None) -> None:
        super().__init__(rule.name)
        self.rule = rule
        self.error = error
        self.index = index
        self.value_at = value_at


class FactWriter:
    """Turns the keys that records name into rows of facts."""

    def __init__(self, streams: tuple[FactStream, ...], add: Callable[[Rows, int], None], memory: int) -> None:
        self._add = add
        self._pending = {stream.number: _Pending(stream) for stream in streams}
        spaces = {stream.space for stream in streams if stream.skips_defined}
        many = partial(next, iter([memory // 2 // BYTES_PER_DIGEST]), 0)  # there is room for the digests of one space
        self._known = {
            space: KnownKeys(memory // BYTES_PER_KEY // len(spaces), seed_of(space), many) for space in spaces
        }
        self._body = 0

    def begin_bodies(self, count: int) -> None:
        """Take it that all records up to the next call stand in the last of so many more request bodies."""
        self._body += count

    def write(self, plan: RecordPlan, records: Records, indexes: Column, stages: list[Stage | None] | None) -> None:
        """Write down the facts about records of one type.

        Arguments:
            indexes: the numbers of the records in the file.
            stages: for each record, the stage at which it fails, where only valid records define keys.
        """
        for stream in plan.streams:
            chosen, places = records, indexes
            if stages is not None and any(stages):
                counted = [not stage if stream.table else stage is not Stage.PARSE for stage in stages]
                chosen = Records([each for each, counts in zip(records.rows, counted, strict=True) if counts])
                places = indexes[np.array(counted, dtype=np.bool_)]
            self._write_stream(stream, chosen, places)

    def take(self, stream: int, digests: bytes, at: Column, items: Column, payloads: bytes) -> None:
        """Take in facts of one stream that somebody else has read.

        Arguments:
            digests: 16 bytes for each fact.
            at: the numbers of their records in the file.
            items: the numbers of the items in them; empty where all are 0.
            payloads: 16 bytes for each fact; empty where there are none.
        """
        pending = self._pending[stream]
        pending.digests += digests
        pending.indexes.append(at)
        pending.items += items.tolist()
        pending.payloads += payloads
        if len(pending.digests) >= BYTES_HELD:
            self._hand_over(pending)

    def write_run(self, plan: RecordPlan, indexes: Column) -> None:
        """Write down that records of a type stand at these numbers, where that is a fact."""
        for stream in plan.streams:
            if stream.runs_of_rank is not None:
                self._write_runs(stream, indexes, stream.runs_of_rank)

    def finish(self) -> None:
        """Hand over what is still held, and forget the keys."""
        for pending in self._pending.values():
            self._hand_over(pending)
        self._known = {}

    def _write_stream(self, stream: FactStream, records: Records, indexes: Column) -> None:
        if stream.runs_of_rank is not None:
            self._write_runs(stream, indexes, stream.runs_of_rank)
            return
        try:
            keys = stream.read(records)
        except Exception:
            _ask_one_by_one(stream, records, indexes)
            raise
        if not keys.keys:
            return
        at, named, items = keys.at, keys.keys, keys.items
        if stream.in_body:
            body = str(self._body)
            named = [(body, key) if isinstance(key, str) else (body, *key) for key in named]
        if stream.table == "defined" and stream.space in self._known:
            self._known[stream.space].add(named)
        # A reference to a key that is known to be defined breaks nothing, wherever it stands: pass two need not see it.
        if stream.skips_defined:
            kept = self._known[stream.space].unknown(named)
            if not kept:
                return
            if len(kept) < len(named):
                at, named = [at[number] for number in kept], [named[number] for number in kept]
                items = [items[number] for number in kept] if items else items
        pending = self._pending[stream.number]
        pending.digests += key_digests(named, pending.seed)
        pending.indexes.append(indexes if isinstance(at, range) else indexes[at])
        pending.items += items
        pending.payloads += keys.payloads
        if len(pending.digests) >= BYTES_HELD:
            self._hand_over(pending)

    def _write_runs(self, stream: FactStream, indexes: Column, rank: int) -> None:
        """Write down runs of records that stand next to each other."""
        pending = self._pending[stream.number]
        begins = np.flatnonzero(np.diff(indexes, prepend=-2) != 1)
        pending.digests += key_digests([""], pending.seed) * len(begins)
        pending.indexes.append(indexes[begins])
        pending.items += np.diff(begins, append=len(indexes)).tolist()
        pending.payloads += (rank.to_bytes(8, "little") + bytes(8)) * len(begins)
        if len(pending.digests) >= BYTES_HELD:
            self._hand_over(pending)

    def _hand_over(self, pending: _Pending) -> None:
        if pending.digests:
            rows = fact_rows(
                pending.stream.number, pending.digests, np.concatenate(pending.indexes), pending.items, pending.payloads
            )
            pending.clear()
            self._add(rows, pending.stream.round)


class _Pending:
    """Facts of one stream that are not rows yet."""

    def __init__(self, stream: FactStream) -> None:
        self.stream = stream
        self.seed = seed_of(stream.space)
        self.clear()

    def clear(self) -> None:
        self.digests = bytearray()
        self.indexes: list[Column] = []
        self.items: list[int] = []
        self.payloads = bytearray()


def _ask_one_by_one(stream: FactStream, records: Records, indexes: Column) -> None:
    """Find the record that the rule of a stream fails at.

    Raises:
        RuleFailure: for the first such record.
    """
    rule = stream.rule
    if rule is None:
        return
    for index, fields in zip(indexes.tolist(), records.rows, strict=True):
        try:
            stream.read(Records([fields]))
        except Exception as error:
            raise RuleFailure(rule, error, index, None) from error
