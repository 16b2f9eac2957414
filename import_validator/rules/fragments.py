"""Pieces of JSON Schema (draft 2020-12) that rules say themselves with."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

Schema = dict[str, Any]

EMPTY = [None, ""]


def given(field: str, *, absent: list[Any] = EMPTY) -> Schema:
    """The field is there, and is none of what counts as absent."""
    return {"required": [field], "properties": {field: {"not": {"enum": absent}}}}


def at_value(field: str, values: list[Any]) -> Schema:
    """The field is there, and has one of the values."""
    return {"required": [field], "properties": {field: {"enum": values}}}


def field_is(field: str, schema: Schema) -> Schema:
    """The field, where it is there, is as the schema says."""
    return {"properties": {field: schema}}


def each_or_one(field: str, schema: Schema, *, each: bool) -> Schema:
    """The field, or each item of it, is as the schema says."""
    return field_is(field, {"items": schema} if each else schema)


def definition_reference(name: str) -> Schema:
    """The schema of this name among the `$defs` of the schema of the record."""
    return {"$ref": f"#/$defs/{quote(name.replace('~', '~0').replace('/', '~1'))}"}


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal as JSON Schema's `enum` has it: 1.0 is 1, and true is not."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)
