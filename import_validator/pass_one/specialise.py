"""JSON Schema made simpler for objects of which it is known what keys they have."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from ..rules.fragments import Schema
from ..rules.types import WHOLE_NUMBER

_MERGED = {"properties", "required"}
_INDEPENDENT = {"type", "enum", "not", "anyOf", "pattern", "minLength", "maxLength", "minimum", "maximum", WHOLE_NUMBER}
"""Keywords that mean the same whatever keywords stand beside them."""


def names_in(schema: Schema | bool) -> set[str]:
    """The keys that a schema of an object asks about by name."""
    if isinstance(schema, bool):
        return set()
    names = {*schema.get("required", ()), *schema.get("properties", {})}
    for keyword in ("allOf", "anyOf", "oneOf"):
        names.update(*map(names_in, schema.get(keyword, ())))
    return names.union(*(names_in(schema[keyword]) for keyword in ("not", "if", "then", "else") if keyword in schema))


class Keys(NamedTuple):
    """What is known of the keys of an object.

    Attributes:
        surely: keys that it has.
        maybe: keys that it may have.
        complete: whether it has no others at all; where not, it has no others that the schema asks about by name.
    """

    surely: AbstractSet[str]
    maybe: AbstractSet[str]
    complete: bool = False


def specialised(schema: Schema | bool, keys: Keys) -> Schema | bool:
    """A schema that says the same of every object that has certain keys, and asks less.

    Arguments:
        schema: a schema for an object.

    Returns:
        The schema; True or False where it says the same of all such objects.
    """
    # Invariant: what replaces a part takes exactly the same of these objects. Fewer would not be safe, either: under
    # `not`, `if` and `oneOf`, fewer becomes more.
    if isinstance(schema, bool):
        return schema
    kept: Schema = {}
    parts: list[Schema | bool] = []
    for keyword, value in schema.items():
        if keyword == "type" and value == "object":
            continue
        if keyword == "required":
            parts.append(_required(value, keys))
        elif keyword == "properties":
            kept["properties"] = {name: each for name, each in value.items() if name in keys.maybe}
            parts.append(not any(each is False and name in keys.surely for name, each in value.items()))
        elif keyword == "propertyNames" and keys.complete and set(value) == {"enum"}:
            parts.append(_named(value["enum"], keys))
        elif keyword == "not":
            parts.append(_negated(specialised(value, keys)))
        elif keyword in {"allOf", "anyOf", "oneOf"}:
            inner = [specialised(each, keys) for each in value]
            parts += inner if keyword == "allOf" else [_any_of(inner) if keyword == "anyOf" else _one_of(inner)]
        elif keyword == "if":
            parts.append(_choice(schema, keys))
        elif keyword not in {"then", "else"}:
            kept[keyword] = value
    return _all_of([kept, *parts])


def asks_by_name(schema: Schema | bool) -> bool:
    """Whether a schema of an object asks only whether it has keys that it names, and what values these have."""
    if isinstance(schema, bool):
        return True
    if not schema.keys() <= {"type", "required", "properties", "allOf", "anyOf", "oneOf", "not", "if", "then", "else"}:
        return False
    inner = [each for keyword in ("allOf", "anyOf", "oneOf") for each in schema.get(keyword, ())]
    inner += [schema[keyword] for keyword in ("not", "if", "then", "else") if keyword in schema]
    return all(map(asks_by_name, inner))


def _required(names: list[str], keys: Keys) -> Schema | bool:
    unsure = [name for name in names if name not in keys.surely]
    if any(name not in keys.maybe for name in unsure):
        return False
    return {"required": unsure} if unsure else True


def _named(names: list[str], keys: Keys) -> Schema | bool:
    if keys.maybe <= set(names):
        return True
    return {"propertyNames": {"enum": names}} if keys.surely <= set(names) else False


def _negated(schema: Schema | bool) -> Schema | bool:
    return not schema if isinstance(schema, bool) else {"not": schema}


def _any_of(schemas: list[Schema | bool]) -> Schema | bool:
    if True in schemas:
        return True
    unsure = [each for each in schemas if not isinstance(each, bool)]
    return {"anyOf": unsure} if len(unsure) > 1 else next(iter(unsure), False)


def _one_of(schemas: list[Schema | bool]) -> Schema | bool:
    unsure = [each for each in schemas if not isinstance(each, bool)]
    certain = schemas.count(True)
    if certain > 1:
        return False
    if certain:
        return _all_of([_negated(each) for each in unsure])
    return {"oneOf": unsure} if len(unsure) > 1 else next(iter(unsure), False)


def _choice(schema: Schema, keys: Keys) -> Schema | bool:
    """What `if`, `then` and `else` say together."""
    when, then, otherwise = (specialised(schema.get(each, True), keys) for each in ("if", "then", "else"))
    if isinstance(when, bool):
        return then if when else otherwise
    return {"if": when, "then": then, "else": otherwise}


def _all_of(schemas: list[Schema | bool]) -> Schema | bool:
    """All of the schemas as one, what they say of each property put together."""
    if False in schemas:
        return False
    required: list[str] = []
    properties: dict[str, list[Any]] = {}
    others: list[Schema] = []
    for each in schemas:
        if isinstance(each, bool) or not each:
            continue
        if not set(each) <= _MERGED:
            others.append(each)
            continue
        required += each.get("required", ())
        for name, value in each.get("properties", {}).items():
            properties.setdefault(name, []).append(value)
    merged: Schema = {"properties": {name: _value(each) for name, each in properties.items()}} if properties else {}
    if required:
        merged["required"] = list(dict.fromkeys(required))
    if not others:
        return merged or True
    return {**merged, "allOf": others} if merged or len(others) > 1 else others[0]


def _value(schemas: list[Any]) -> Any:
    """What several schemas say of one value; their keywords side by side, where no two have the same."""
    if False in schemas:
        return False
    merged: Schema = {}
    others: list[Schema] = []
    for each in schemas:
        if each is True or each in others:
            continue
        independent = each.keys() <= _INDEPENDENT or merged.keys() <= _INDEPENDENT
        if independent and each.keys().isdisjoint(merged):
            merged |= each
        else:
            others.append(each)
    return {"allOf": [merged, *others]} if others else merged
