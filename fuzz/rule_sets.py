"""Any text at all as a rule set: it loads, or is refused in words; one that loads can validate a file."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from import_validator import RuleSet, RuleSetError, validate
from import_validator.model.envelope import BY_TYPE
from import_validator.pass_one.lane import rule_set_schema
from import_validator.rules import KINDS
from import_validator.ruleset.compiler import compile_plan

VALUES = ("ann", "", "a:b", "2024-02-30T00:00:00Z", 7, 1.5, True, ["ann", "ann", 7], [{"type": "x"}], {"id": "ann"})
"""What every field of every record type is given in turn, and what is put into rule sets."""

ODD_VALUES = (-1, 1 << 70, "^a$", "(", "{value}", "{", {"param": "x"})
"""What else is put into rule sets."""

FITTING = {"string": "ann", "integer": 7, "number": 0.5, "boolean": True, "timestamp": "2024-03-05T06:07:08Z"}
WORDS = (
    *KINDS, "rule", "field", "fields", "key", "param", "records", "string", "array of string", "each", "message",
)  # fmt: skip
"""What the fuzzer puts into rule sets."""


def check(data: bytes) -> None:
    """Load the rule set that the data is as text, and validate a file of all its record types with it.

    Raises:
        Exception: whatever is not a refusal in words.
    """
    try:
        rule_set = RuleSet.from_toml(data.decode("utf-8", "replace"), name="fuzzed")
        plan = compile_plan(rule_set)
    except RuleSetError:
        return
    orjson.dumps(rule_set_schema(plan))
    orjson.dumps(validate(sample_file(rule_set), rule_set).as_dict())


def sample_file(rule_set: RuleSet) -> bytes:
    """A file with records of all types of a rule set: right ones, twice, and ones with values of other types."""
    values = list(_values(rule_set))
    if rule_set.reader == "json-lines":
        return b"\n".join(orjson.dumps(value) for value in values)
    return orjson.dumps(values)


def _values(rule_set: RuleSet) -> Iterator[Any]:
    envelope = rule_set.envelope
    for name, record in rule_set.records.items():
        fitting = {field: _fitting(declared) for field, declared in record.fields.items()}
        entries = [fitting, fitting, {}, *(dict.fromkeys(record.fields, value) for value in (None, *VALUES))]
        outer = {envelope.type: name} if envelope.type else {}
        outer |= dict.fromkeys(envelope.inherit, "ann")
        if envelope.entries:
            yield {**outer, envelope.entries: entries}
            continue
        for fields in entries:
            key = name if envelope.fields == BY_TYPE else envelope.fields
            yield {**outer, key: fields} if key else {**fields, **outer}
    yield from (None, 7, [], {})


def _fitting(declared: Any) -> Any:
    kind = str(declared.get("type", "") if isinstance(declared, Mapping) else declared)
    return [FITTING.get(kind[9:], {})] if kind.startswith("array of ") else FITTING.get(kind, {})


def mutated(data: bytes, seed: int) -> bytes | None:
    """The text with one value of its document changed, removed, or put in another place; None where it is no TOML."""
    try:
        document = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return None
    rng = random.Random(seed)
    places = list(_places(document))
    if not places:
        return None
    holder, key = rng.choice(places)
    other_holder, other_key = rng.choice(places)
    action = rng.randrange(4)
    if action == 0:
        del holder[key]
    elif action == 1:
        holder[key] = other_holder[other_key]
    elif action == 2 and isinstance(holder, dict):
        holder[rng.choice(WORDS)] = holder[key]
    else:
        holder[key] = rng.choice([*VALUES, *ODD_VALUES, *WORDS])
    try:
        return to_toml(document).encode()
    except RecursionError:  # something was put into itself
        return None


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document, as what holds it and its name or number there."""
    steps = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for key, each in steps:
        yield value, key
        if isinstance(each, dict | list):
            yield from _places(each)


def to_toml(document: Mapping[str, Any]) -> str:
    """A document as TOML, each of its values on one line."""
    return "".join(f"{_text(name)} = {_inline(value)}\n" for name, value in document.items())


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(name)} = {_inline(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, str):
        return _text(value)
    return str(value).lower() if isinstance(value, bool | float | int) else value.isoformat()


def _text(text: str) -> str:
    return orjson.dumps(text).decode().replace("\x7f", "\\u007f")
