"""The fast lane for records of text that are there by columns: each column is asked about as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..facts.rows import Column
from ..model.records import Records
from ..readers import ByColumns
from ..rules.fragments import EMPTY, Schema
from ..ruleset.plan import Plan, RecordPlan
from .lane import Acceptor, Asked, FastLane

_MOST_FORMS = 100
"""In so many forms columns are asked about, for batches in which other cells are empty."""

_Asked = Mapping[str, Acceptor]
_IMPLIED: tuple[tuple[str, Any], ...] = (("type", "string"), ("not", {"enum": EMPTY}), ("minLength", 1))
"""What is known of a cell that is not empty."""


class ColumnLane:
    """Accepts batches of records in which every record is surely fine, without making records of the columns.

    That works where all that is asked of the records is asked of each field alone, which depends on the fields that
    they have.

    Arguments:
        plan: what is done with the records.
        lane: what says what is asked of them.
    """

    def __init__(self, plan: RecordPlan, lane: FastLane) -> None:
        self._plan = plan
        self._lane = lane
        self._asked: dict[tuple[frozenset[str], frozenset[str]], _Asked | None] = {}

    @classmethod
    def of(cls, plan: Plan, lanes: Mapping[str, FastLane]) -> ColumnLane | None:
        """The lane of a rule set; None where a record is not simply what a reader gives."""
        envelope = plan.rule_set.envelope
        record = plan.types.get(envelope.record)
        if record is None or record.wrap or envelope.type or envelope.fields or envelope.entries:
            return None
        return cls(record, lanes[record.name])

    def accepted(self, values: ByColumns) -> tuple[RecordPlan, Column, Records] | None:
        """What is done with the records, their numbers in the batch, and themselves; None where one may be wrong."""
        columns = values.columns
        surely = frozenset([name for name, column in columns.items() if all(column)])
        maybe = surely.union([name for name, column in columns.items() if name not in surely and any(column)])
        asked = self._asked_of(surely, maybe)
        if asked is None:
            return None
        for name, acceptor in asked.items():
            if not acceptor.accepts(list(columns[name] if name in surely else filter(None, columns[name]))):
                return None

        def read(name: str) -> list[Any]:
            return list(columns[name]) if name in surely else [text or None for text in columns[name]]

        records = Records.by_columns(len(values), surely, maybe, read, {name: name in surely for name in maybe})
        return self._plan, np.arange(len(values)), records

    def _asked_of(self, surely: frozenset[str], maybe: frozenset[str]) -> _Asked | None:
        """What each column is asked, of records that have these fields; None where more than that is asked."""
        if (surely, maybe) not in self._asked:
            if len(self._asked) >= _MOST_FORMS:
                return None
            asked = self._lane.asked_of(surely, maybe)
            alone = asked is not None and not asked.together and not asked.rules
            self._asked[surely, maybe] = _acceptors(asked, maybe) if asked and alone else None
        return self._asked[surely, maybe]


def _acceptors(asked: Asked, maybe: frozenset[str]) -> _Asked:
    said, acceptors = asked.by_field, {}
    for name in sorted(maybe & said.keys()):
        schema = said[name]
        left = _beyond_text(schema) if isinstance(schema, dict) else schema
        if left is not True and left != {}:
            acceptors[name] = Acceptor({"items": left}, asked.definitions)
    return acceptors


def _beyond_text(schema: Schema) -> Schema:
    """What a schema asks of text that is not empty."""
    return {keyword: value for keyword, value in schema.items() if (keyword, value) not in _IMPLIED}
