"""Pieces of JSON Schema (draft 2020-12) that rules say themselves with."""

from __future__ import annotations

import re
from typing import Any

Schema = dict[str, Any]

EMPTY = [None, ""]

_CLASSES = {r"\w": "0-9A-Za-z_", r"\d": "0-9", r"\s": r" \t\n\r\f\v"}
_DIALECT = re.compile(r"\\[^wdsnrt\W]|\(\?(?!:)|\[[^\]]*-\\|[*+?}]\+")
_TOKEN = re.compile(r"\\.|\[|\]", re.DOTALL)


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


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal as JSON Schema's `enum` has it: 1.0 is 1, and true is not."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def means_the_same_everywhere(pattern: str) -> bool:
    """Whether a pattern has only what Python and JSON Schema's libraries take for the same thing."""
    return _DIALECT.search(pattern) is None


def ascii_pattern(pattern: str) -> str:
    r"""A Python pattern that matches whole values, as JSON Schema has it: `\w`, `\d` and `\s` spelt out as ASCII."""
    inside = False

    def spell_out(match: re.Match[str]) -> str:
        nonlocal inside
        token = match.group()
        if token in "[]":
            inside = token == "["
            return token
        members = _CLASSES.get(token)
        if members is None:
            return token
        return members if inside else f"[{members}]"

    return f"^(?:{_TOKEN.sub(spell_out, pattern)})$"
