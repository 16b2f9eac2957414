"""The fast lane: one question to a whole batch of records, whether every one of them is surely fine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs
import orjson

from ..model.envelope import BY_TYPE
from ..model.records import Records
from ..rules import RecordRule
from ..rules.fragments import Schema, definition_reference
from ..rules.portable import portable
from ..rules.types import WHOLE_NUMBER, Shape
from ..ruleset.plan import Plan

_KEPT = "fast lanes"
_MOST_LISTED = 100
"""For records with so many different lists of fields it is remembered which rules concern them."""


class _WholeNumber:
    """The keyword `wholeNumber`: a number without a fraction in its text."""

    def __init__(self, *_: Any) -> None:
        pass

    def validate(self, value: Any) -> None:
        if isinstance(value, float):
            raise ValueError("not a whole number")


class FastLane:
    """Accepts the records of one type that no rule has anything to say about.

    The record's types and rules are put together as one JSON Schema, compiled, and asked about the whole batch at once.
    Only where the answer is no are the records asked about one by one. Rules that JSON Schema cannot say are asked
    themselves.

    Attributes:
        schema: the schema of a record.
        definitions: the schemas that it refers to, by name.
        unsaid: the rules that JSON Schema cannot say.
    """

    def __init__(self, shape: Shape, rules: tuple[RecordRule, ...]) -> None:
        fragments, self.definitions = _apart([_fragment(rule) for rule in rules], shape.definitions())
        self.schema = _record_schema(shape, fragments)
        self._rules = rules
        self.unsaid = [rule for rule, fragment in zip(rules, fragments, strict=True) if fragment is None]
        self._concerned: dict[tuple[str, ...], tuple[RecordRule, ...]] = {}
        self._acceptor: jsonschema_rs.Draft202012Validator | None = None

    def refused(self, records: Records) -> list[int]:
        """The numbers of the records that are not surely fine."""
        refused: set[int] = set()
        if self._acceptor is None:
            self._acceptor = _compiled(_text_of({"type": "array", "items": self.schema}, self.definitions))
        acceptor = self._acceptor
        if not _accepts(acceptor, records.rows):
            refused = {at for at, fields in enumerate(records.rows) if not _accepts(acceptor, [fields])}
        for rule in (rule for rule in self.unsaid if rule.concerns(records.maybe)):
            try:
                refused.update(
                    [at for at, fields in enumerate(records.rows) if at not in refused and any(rule.check(fields))]
                )
            except Exception:  # the exact lane asks again, and says for which record
                return list(range(len(records)))
        return sorted(refused)

    def concerned(self, fields: Mapping[str, Any]) -> tuple[RecordRule, ...]:
        """The rules that may find anything in a record with these fields."""
        names = tuple(fields)
        if names not in self._concerned:
            if len(self._concerned) >= _MOST_LISTED:
                return self._rules
            self._concerned[names] = tuple(rule for rule in self._rules if _concerns(rule, fields))
        return self._concerned[names]


def lanes_of(plan: Plan) -> dict[str, FastLane]:
    """The lane of each record type of a plan, by the type's name, made by the plan's first run."""
    if _KEPT not in plan.made:
        plan.made[_KEPT] = {name: FastLane(each.shape, each.record_rules) for name, each in plan.records.items()}
    lanes: dict[str, FastLane] = plan.made[_KEPT]
    return lanes


def rule_set_schema(plan: Plan) -> Schema:
    """A rule set as JSON Schema for one record in its envelope: what the fast lane asks, for other tools to use."""
    envelope = plan.rule_set.envelope
    types: list[Schema] = []
    for name, record in plan.records.items():
        if envelope.record not in {"", name}:
            continue  # a list of keys that live in the app, of which no record is one
        fields: Schema = definition_reference(name)
        if record.wrap:
            fields = record.shape.schema()["properties"].get(record.wrap, {})
        elif plan.null_is_absent and not envelope.record:
            fields = {"anyOf": [fields, {"type": "null"}]}
        if envelope.record:
            types.append(fields)
            continue
        base, _, variant = name.partition(" ") if envelope.variant else (name, "", "")
        names = [each for each, other in plan.types.items() if other is record]
        named: Schema = {"enum": [each.removesuffix(f" {variant}") for each in names]}
        if record.like:
            spelt = portable(record.like.pattern.removesuffix(f" {variant}"))
            named = {"type": "string"} if spelt is None else {"anyOf": [named, {"pattern": spelt}]}
        if envelope.entries:
            key, inner = envelope.entries, {"type": "array", "items": fields}
        else:
            key, inner = (name if envelope.fields == BY_TYPE else envelope.fields), fields
        required, properties = [envelope.type, key], {envelope.type: named, key: inner}
        if envelope.variant:
            properties |= {envelope.variant: {"const": variant or envelope.default_variant}}
            properties[envelope.type] = named if record.like else {"const": base}
            required += [envelope.variant] if variant else []
        types.append({"type": "object", "required": required, "properties": properties})
    definitions: dict[str, Schema] = {}
    for name, record in plan.records.items():
        fragments, further = _apart([_fragment(rule) for rule in record.record_rules], record.shape.definitions())
        definitions[name] = _record_schema(record.shape, fragments)
        definitions |= further
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": plan.rule_set.title or plan.rule_set.name,
        "$comment": f"One record of a file of the rule set {plan.rule_set.name}; made from it by import-validator. "
        "What JSON Schema cannot say (references, duplicates, order, lengths in bytes of text that is not ASCII) "
        "is not in it.",
        "anyOf": types,
        "$defs": definitions,
    }


def _concerns(rule: RecordRule, fields: Mapping[str, Any]) -> bool:
    """Whether a rule may find anything in a record that has these fields and no others."""
    if not rule.concerns(fields.keys()):
        return False
    own = getattr(rule, "field", None) if rule.judges_value else None
    # What it says of a field that is absent, for which a default may stand, it says of a record without any.
    return own is None or own in fields or next(iter(rule.check({})), None) is not None


def _fragment(rule: RecordRule) -> Schema | None:
    """A rule as JSON Schema; None where that cannot say it, or knows no such pattern."""
    fragment = rule.schema()
    try:
        if fragment is not None:
            _compiled(orjson.dumps(fragment))
    except jsonschema_rs.ValidationError:
        return None
    return fragment


def _apart(
    fragments: list[Schema | None], definitions: dict[str, Schema]
) -> tuple[list[Schema | None], dict[str, Schema]]:
    """Fragments without their `$defs`, and these together with others: they belong at the root of the whole schema."""
    for fragment in fragments:
        definitions |= (fragment or {}).get("$defs", {})
    left = [each and {keyword: value for keyword, value in each.items() if keyword != "$defs"} for each in fragments]
    return left, definitions


def _text_of(schema: Schema, definitions: Mapping[str, Schema]) -> bytes:
    """A schema as JSON, with the definitions if it may refer to any of them."""
    text = orjson.dumps(schema)
    return orjson.dumps({**schema, "$defs": definitions}) if b'"$ref":' in text else text


@lru_cache(maxsize=1024)
def _compiled(schema: bytes) -> jsonschema_rs.Draft202012Validator:
    """A schema made ready; the same for the same text, since many files are checked with one rule set."""
    keywords: dict[str, Any] = {WHOLE_NUMBER: _WholeNumber}
    return jsonschema_rs.Draft202012Validator(orjson.loads(schema), keywords=keywords)


def _accepts(validator: jsonschema_rs.Draft202012Validator, value: Any) -> bool:
    try:
        return validator.is_valid(value)
    except ValueError:  # text with unpaired surrogates, which Rust has no string for
        return False


def _record_schema(shape: Shape, fragments: list[Schema | None]) -> Schema:
    """A record type as JSON Schema: its declared types, and every rule that JSON Schema can say."""
    said = [fragment for fragment in fragments if fragment]
    schema: Schema = {"type": "object", **shape.schema()}
    return {**schema, "allOf": said} if said else schema
