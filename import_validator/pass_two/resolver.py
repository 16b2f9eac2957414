"""Pass two: facts grouped by key, key rules run over each group, violations in file order."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from ..errors import RuleFailedError
from ..facts.rows import FACT, Column, Rows
from ..facts.spill import PARTITIONS, Partition, Spill, partitioned
from ..facts.streams import FactStream, StreamRule
from ..facts.tables import Tables

BROKEN = np.dtype(
    {
        "names": ["index", "related_0", "related_1", "item", "stream", "hi", "lo"],
        "formats": ["<u8", "<u8", "<u8", "<u4", "<u4", "<u8", "<u8"],
    }
)
"""One broken key rule, 48 bytes: the record, two more that the message needs, the item in it, the stream, and the
digest of the key."""

_BITS = 9
_MOST_ROWS = 16_384
"""More rows at a time make it slower: what is worked on should stay in the processor's cache, and arrays in memory that
the process has already, which larger ones are not given again."""
_DEEPEST = 3


_NOTHING = np.empty(0, dtype=BROKEN)


class _Judged(NamedTuple):
    """What was said of some rows: those that break a rule; or those that follow from them, for the next round."""

    found: Rows
    following: Rows = _NOTHING
    next_round: int = 0


def by_digest(rows: Rows, level: int = 0) -> Column:
    """The partition that facts belong to: the first bits of their key's digest, or, at a deeper level, later ones."""
    # Four levels take the first 36 bits, and leave 28 for the slots of tables, which take the last ones.
    return rows["hi"] >> np.uint64(64 - _BITS * (level + 1)) & np.uint64(PARTITIONS - 1)


class Resolver:
    """Holds facts while pass one writes them down, then decides the key rules over them.

    Facts are partitioned by their key's digest, so that all that is said about one key lies in one partition,
    in the manner of a Grace hash join: a partition that is too large is partitioned again by more of the
    digest's bits. One that stays large holds few keys many times over; its rows are gone through in pieces.

    Arguments:
        streams: all streams of facts, by number.
        memory: the budget in bytes for rows held and for the work on them.
        folder: where temporary files lie.
    """

    def __init__(
        self, streams: Sequence[FactStream], memory: int, folder: str | os.PathLike[str] | None = None
    ) -> None:
        self._streams = streams
        self._memory = memory
        self._folder = folder
        rounds = max((stream.round for stream in streams), default=1)
        # Nearly all facts are for the first round.
        self._rounds = [self._spill(0, memory // (8 if number == 0 else 64)) for number in range(rounds)]
        self._broken: Spill | None = None
        self._whole = True
        self._present: Container[str] = ()

    @property
    def spilled(self) -> bool:
        """Whether any facts lie on disk."""
        return any(spill.spilled for spill in self._rounds)

    def add(self, rows: Rows, round_number: int) -> None:
        """Take in facts for a round, numbered from 1."""
        self._rounds[round_number - 1].add(rows)

    def resolve(self, records: int, present: Container[str], *, whole: bool = True) -> Iterator[Rows]:
        """Decide all key rules.

        Arguments:
            records: how many records the file has.
            present: the record types that the file has records of.
            whole: whether all of them were read; where not, nothing is said to be missing.

        Yields:
            Rows of type `BROKEN`, sorted by record, the rule set's order, and item; a record's all in one array.
        """
        per_partition = records // PARTITIONS + 1

        def by_index(rows: Rows) -> Column:
            return rows["index"] // np.uint64(per_partition)

        self._whole = whole
        self._present = present
        self._broken = Spill(BROKEN, self._memory // 16, by_index, self._folder)
        for number, spill in enumerate(self._rounds, start=1):
            for partition in spill.partitions(self._most):
                for found, following, next_round in self._resolve_partition(partition, number, 1):
                    self._broken.add(found)
                    # Invariant: the next round is a later one; the facts of this one are being read.
                    if next_round:
                        self.add(following, next_round)
            spill.close()
        for partition in self._broken.partitions(self._memory // 16 // BROKEN.itemsize):
            rows = partition.whole()
            yield rows.take(np.lexsort((rows["item"], rows["stream"], rows["index"])))

    def close(self) -> None:
        """Drop everything, on disk too."""
        for spill in self._rounds:
            spill.close()
        if self._broken is not None:
            self._broken.close()

    @property
    def _most(self) -> int:
        """How many rows are worked on at a time."""
        return min(max(self._memory // 16 // FACT.itemsize, 1024), _MOST_ROWS)

    def _spill(self, level: int, memory: int) -> Spill:
        return Spill(FACT, memory, partial(by_digest, level=level), self._folder)

    def _resolve_partition(self, partition: Partition, number: int, level: int) -> list[_Judged]:
        most = self._most
        judged: list[_Judged] = []
        if partition.rows > 2 * most and level <= _DEEPEST:
            for part in self._finer(partition, level):
                judged += self._resolve_partition(part, number, level + 1)
            return judged
        # Invariant: a partition has all facts of its round about a key, and its tables are whole before any rule
        # judges. So rules may judge it piece by piece, in order; what they have to know of earlier pieces is in
        # `tables.memory`.
        tables = Tables()
        once = list(self._by_stream(partition, most)) if partition.rows <= 2 * most else None
        for stream, rows in once or self._by_stream(partition, most):
            assert stream.round == number
            if stream.table is not None:
                tables.add(stream.table, rows, pairs=stream.pairs)
        for stream, rows in once or self._by_stream(partition, most):
            judged += self._judge(stream, rows, tables)
        return judged

    def _finer(self, partition: Partition, level: int) -> Iterator[Partition]:
        """A partition partitioned again, by more of the digest's bits."""
        if partition.rows * FACT.itemsize <= self._memory // 16:
            yield from partitioned(partition.whole(), partial(by_digest, level=level), self._most)
            return
        finer = self._spill(level, self._memory // 16)
        for chunk in partition.chunks(self._most):
            finer.add(chunk)
        yield from finer.partitions(self._most)
        finer.close()

    def _by_stream(self, partition: Partition, most: int) -> Iterator[tuple[FactStream, Rows]]:
        for chunk in partition.chunks(most):
            streams = np.ascontiguousarray(chunk["stream"])
            for number in np.flatnonzero(np.bincount(streams)).tolist():
                yield self._streams[number], chunk.compress(streams == number)

    def _holds(self, rule: StreamRule | None) -> bool:
        """Whether a rule has anything to say of this file."""
        if rule is None:
            return True
        if_any: str = getattr(rule, "if_any", "")
        return (self._whole or not rule.needs_whole_file) and (not if_any or if_any in self._present)

    def _judge(self, stream: FactStream, rows: Rows, tables: Tables) -> Iterator[_Judged]:
        """What a rule says of the rows of one stream: those that break it, and those for the next round."""
        if stream.judge is None or not self._holds(stream.rule):
            return
        try:
            verdict = stream.judge(rows, tables)
        except Exception as error:
            if stream.rule is None or isinstance(error, MemoryError):
                raise
            raise RuleFailedError.of(stream.rule, "in pass two", error) from error
        rows = rows if verdict.rows is None else verdict.rows
        if verdict.broken is not None and verdict.broken.any():
            found = np.zeros(np.count_nonzero(verdict.broken), dtype=BROKEN)
            for name in ("index", "item", "stream", "hi", "lo"):
                found[name] = rows[name][verdict.broken]
            for place, related in enumerate(verdict.related):
                found[f"related_{place}"] = related[verdict.broken]
            yield _Judged(found)
        if verdict.follow_up is not None and len(verdict.follow_up[1]):
            name, following = verdict.follow_up
            target = next(each for each in self._streams if each.rule is stream.rule and each.name == name)
            following["stream"] = target.number
            yield _Judged(_NOTHING, following, target.round)
