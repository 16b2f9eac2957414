"""The fast lane: one question to a whole batch of records, whether every one of them is surely fine."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from .rules import RecordRule
from .rules.fragments import Schema
from .rules.types import WHOLE_NUMBER, Shape


class _WholeNumber:
    """The keyword `wholeNumber`: a number without a fraction in its text."""

    def __init__(self, *_: Any) -> None:
        pass

    def validate(self, value: Any) -> None:
        if isinstance(value, float):
            raise ValueError("not a whole number")


class FastLane:
    """Accepts the records of one type that no rule has anything to say about.

    The record's types and rules are put together as one JSON Schema, compiled, and asked about the whole batch
    at once. Only where the answer is no are the records asked about one by one. Rules that JSON Schema cannot
    say are asked themselves.
    """

    def __init__(self, shape: Shape, rules: tuple[RecordRule, ...]) -> None:
        self.schema = record_schema(shape, rules)
        self._residual = [rule for rule in rules if rule.schema() is None]
        keywords: dict[str, Any] = {WHOLE_NUMBER: _WholeNumber}
        whole: Schema = {"type": "array", "items": self.schema}
        self._whole = jsonschema_rs.Draft202012Validator(whole, keywords=keywords)
        self._single = jsonschema_rs.Draft202012Validator(self.schema, keywords=keywords)

    def refused(self, records: list[dict[str, Any]]) -> list[int]:
        """The numbers of the records that are not surely fine."""
        refused: set[int] = set()
        if not _accepts(self._whole, records):
            refused = {at for at, fields in enumerate(records) if not _accepts(self._single, fields)}
        for rule in self._residual:
            refused.update(at for at, fields in enumerate(records) if at not in refused and any(rule.check(fields)))
        return sorted(refused)


def _accepts(validator: jsonschema_rs.Draft202012Validator, value: Any) -> bool:
    try:
        return validator.is_valid(value)
    except ValueError:  # text with unpaired surrogates, which Rust has no string for
        return False


def record_schema(shape: Shape, rules: tuple[RecordRule, ...]) -> Schema:
    """A record type as JSON Schema: its declared types, and every rule that JSON Schema can say."""
    fragments = [fragment for rule in rules if (fragment := rule.schema())]
    schema: Schema = {"type": "object", **shape.schema()}
    return {**schema, "allOf": fragments} if fragments else schema
