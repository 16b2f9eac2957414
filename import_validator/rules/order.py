"""The rule about the order of record types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from ..facts.rows import Rows
from ..facts.streams import FactStream, Verdict
from ..facts.tables import Tables
from .base import Fields, Finding, KeyRule, Related
from .breaking import Bench, Breakage, Draft
from .key_columns import read_nothing
from .kind import kind_of_rule

ORDER_SPACE = "(order)"
"""The space of the one key that the facts about the order of types are about."""


@kind_of_rule
class TypeOrder(KeyRule):
    """Records must stand in the order of types that the format sets.

    ## What it checks
    No record stands after one of a type that comes later in `order`. Types that the list does not name may
    stand anywhere.

    ## Why it matters
    The target system reads the file once, from top to bottom, and does not know yet what stands further down.

    ## Example
    A `user` after the first `channel`.

    ## How to mend it
    Sort the records by type. Within a type, their order does not matter.

    Attributes:
        order: the types, in order.
    """

    kind: ClassVar[str] = "type-order"
    default_message: ClassVar[str] = "{record_type} after {found}: records have to stand in the order {listed}"
    default_hint: ClassVar[str] = "move it before the first {found}"
    relates: ClassVar[int] = 1

    order: list[str]

    def streams(self) -> list[FactStream]:
        rank = self.order.index(self.scope.record_type)

        def judge(rows: Rows, tables: Tables) -> Verdict:
            return self._judge(rows, tables, rank)

        return [
            FactStream(
                "runs",
                self.scope.record_type,
                ORDER_SPACE,
                read_nothing,
                runs_of_rank=rank,
                table="order",
                pairs=True,
                judge=judge,
                rule=self,
            )
        ]

    def _judge(self, runs: Rows, tables: Tables, rank: int) -> Verdict:
        """Every record of a run that begins after the first record of a later type."""
        firsts = tables["order:pairs"].rows
        later = firsts["index"][firsts["payload_hi"] > rank]
        if not len(later):
            return Verdict()
        threshold = later.min()
        runs = runs[runs["index"] > threshold]
        rows = np.repeat(runs, runs["item"])
        starts = np.repeat(np.cumsum(runs["item"], dtype=np.int64) - runs["item"], runs["item"])
        rows["index"] += (np.arange(len(rows)) - starts).astype(np.uint64)
        rows["item"] = 0
        everything = np.ones(len(rows), dtype=np.bool_)
        return Verdict(everything, (np.full(len(rows), threshold),), rows=rows)

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        return Finding((), None, {"found": related[0].record_type, "listed": ", ".join(self.order)})

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        for later in self.order[self.order.index(self.scope.record_type) + 1 :]:
            if bench.try_add(later, {}):
                yield Breakage(fields, (), [], misplaced=True)
