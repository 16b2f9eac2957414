"""What type each field has, and what becomes of a record whose fields have others."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..errors import RuleSetError
from ..model.nearest import nearest
from ..readers import UNREADABLE
from .base import Fields, Finding, Path, ReadingRule
from .cell_text import CELL_TEXTS, CellText
from .dates import CLOCK, DAY, OFFSET, is_iso_time, is_timestamp, suggest_timestamp
from .fragments import Schema, definition_reference
from .type_rules import DataKey, Timestamp, Type

_ZERO_TIME = re.compile(r"0001-01-01T(?:00:00:00(?:\.0+)?(?:Z|[+-]00:00)|(..:..):00(?:\.0+)?\+\1)")


TypeFinding = tuple[type[ReadingRule], Finding]
"""What is wrong with a value's type, with the kind of rule that says so."""


@dataclass(frozen=True, slots=True)
class FieldType:
    """The type of a field.

    Attributes:
        wanted: the type in words, with its article.
        accepts: whether a value is wholly of the type.
        basic: the type as JSON Schema, for one that has no parts of declared types.
        item: the type of the items, for a list.
        shape: the fields of the object, for an object that has declared ones.
        values: the type of the values, for an object with keys of any name.
        nullable: whether `null` passes too.
        suggest: for a type of text, what to write instead of text that is not of it.
        kind: the rule that speaks for a type of text.
    """

    wanted: str
    accepts: Callable[[Any], bool]
    basic: Schema | None = None
    item: FieldType | None = None
    shape: Shape | None = None
    values: FieldType | None = None
    nullable: bool = False
    suggest: Callable[[str], str] | None = None
    kind: type[ReadingRule] = Type

    @property
    def schema_type(self) -> str | None:
        """What JSON Schema calls values of the type; None for one that any value is of."""
        if self.item is not None:
            return "array"
        if self.shape is not None or self.values is not None:
            return "object"
        return None if self.basic is None else str(self.basic["type"])

    @property
    def is_time(self) -> bool:
        """Whether text of another form is no time, and not a value of the wrong type."""
        return self.accepts in {is_timestamp, is_iso_time}

    @property
    def is_text(self) -> bool:
        """Whether its values are text, of whatever form."""
        return (self.basic or {}).get("type") == "string"

    def schema(self) -> Schema:
        """The type as JSON Schema, which refers to the schemas of shapes that have a name; see `Shape.definitions`."""
        if self.item is not None:
            schema: Schema = {"type": "array", "items": self.item.schema()}
        elif self.shape is not None:
            schema = {"type": "object", **self.shape.reference()}
        elif self.values is not None:
            schema = {"type": "object", "additionalProperties": self.values.schema()}
        else:
            schema = dict(self.basic or {})
        return or_null(schema) if self.nullable else schema


def _plural(wanted: str) -> str:
    """Several of what the words name, such as `arrays of objects` for `an array of objects`."""
    noun, of, inner = wanted.partition(" ")[2].partition(" of ")
    noun, space, rest = noun.partition(" ")
    return f"{noun}s{space}{rest}{of}{inner}"


def or_null(schema: Schema) -> Schema:
    """The schema, or null."""
    if set(schema) >= {"type"} and isinstance(schema["type"], str):
        return {**schema, "type": [schema["type"], "null"]}
    return schema


def _is_string(value: Any) -> bool:
    return value.__class__ is str


def _is_strings(value: Any) -> bool:
    return value.__class__ is list and all(each.__class__ is str for each in value)


WHOLE_NUMBER = "wholeNumber"
"""A keyword of our own: JSON Schema takes 1.0 for an integer, the formats do not. Other tools pass over it."""

_BASIC: dict[str, FieldType] = {
    "any": FieldType("anything", lambda value: True),
    "string": FieldType("a string", _is_string, {"type": "string"}),
    "boolean": FieldType("a boolean", lambda value: value.__class__ is bool, {"type": "boolean"}),
    "integer": FieldType("an integer", lambda value: value.__class__ is int, {"type": "integer", WHOLE_NUMBER: True}),
    "number": FieldType("a number", lambda value: value.__class__ in {int, float}, {"type": "number"}),
    "object": FieldType("an object", lambda value: value.__class__ is dict, {"type": "object"}),
    "array": FieldType("an array", lambda value: value.__class__ is list, {"type": "array"}),
    "iso-time": FieldType(
        "a time (ISO 8601, such as 2018-07-08T14:09:36.000000)",
        is_iso_time,
        {"type": "string", "pattern": f"^{DAY}{CLOCK}{OFFSET}?$"},
    ),
    "timestamp": FieldType(
        "a timestamp (RFC 3339, such as 2022-01-01T01:01:01Z)",
        is_timestamp,
        {"type": "string", "pattern": f"^{DAY}{CLOCK}{OFFSET}$"},
    ),
}


def _cell_type(cell: CellText) -> FieldType:
    matches = re.compile(cell.pattern, re.ASCII).fullmatch

    def accepts(value: Any) -> bool:
        return value.__class__ is str and matches(value) is not None

    schema = {"type": "string", "pattern": f"^(?:{cell.pattern})$"}
    return FieldType(cell.wanted, accepts, schema, suggest=cell.suggest, kind=cell.kind)


_MOST_OF = 20
"""Types say `of` and `or null` no more often: each is a call within a call, for each value."""

_CELLS = {f"{name} cell": _cell_type(cell) for name, cell in CELL_TEXTS.items()}


def field_type(name: str, shapes: Mapping[str, Shape]) -> FieldType:
    """The type that a rule set names: a basic one, a shape, or `array of` either.

    Raises:
        RuleSetError: where there is no such type.
    """
    if name.count(" of ") + name.count(" or null") > _MOST_OF:
        raise RuleSetError(f"a type of more than {_MOST_OF} words 'of' and 'or null' is too deep")
    if name.endswith(" or null"):
        declared = field_type(name.removesuffix(" or null"), shapes)
        return dataclasses.replace(declared, nullable=True, wanted=f"{declared.wanted} or null")
    if name in _BASIC:
        return _BASIC[name]
    if name in _CELLS:
        return _CELLS[name]
    if name in shapes:
        shape = shapes[name]
        return FieldType("an object", lambda value: value.__class__ is dict and shape.accepts(value), shape=shape)
    if name.startswith("object of "):
        inner = field_type(name.removeprefix("object of "), shapes)
        return FieldType(
            f"an object of {_plural(inner.wanted)}",
            lambda value: value.__class__ is dict and all(inner.accepts(each) for each in value.values()),
            values=inner,
        )
    if name.startswith("array of "):
        item = field_type(name.removeprefix("array of "), shapes)
        if item is _BASIC["string"]:
            return FieldType("an array of strings", _is_strings, item=item)
        accepts = item.accepts
        return FieldType(
            f"an array of {_plural(item.wanted)}",
            lambda value: value.__class__ is list and all(accepts(each) for each in value),
            item=item,
        )
    suggestion = nearest(name, [*_BASIC, *shapes])
    composed = "" if "did you mean" in suggestion else ", and 'array of' and 'object of' any of them"
    raise RuleSetError(f"no such type: {name!r}{suggestion}{composed}")


class Shape:
    """The declared fields of a record, or of an object in it.

    Arguments:
        fields: the type of each field.
        name: the shape's name in its rule set; empty for one that has none.
        null_is_absent: whether `null` passes for any field, as if it were absent.
        zero_time_is_absent: whether the first moment of year 1 does.
    """

    def __init__(
        self, fields: dict[str, FieldType], *, name: str = "", null_is_absent: bool, zero_time_is_absent: bool
    ) -> None:
        self.fields = fields
        self.name = name
        self._null_is_absent = null_is_absent
        self._zero_time_is_absent = zero_time_is_absent
        self._accepts = {name: self._quick(each.accepts) for name, each in fields.items()}

    def _quick(self, accepts: Callable[[Any], bool]) -> Callable[[Any], bool]:
        if accepts is not is_timestamp or not self._zero_time_is_absent:
            return accepts
        return lambda value: is_timestamp(value) and not value.startswith("0001-01-01")

    def accepts(self, fields: Fields) -> bool:
        """Whether all declared fields have their types, and none of them counts as absent without being so."""
        checks = self._accepts
        for name, value in fields.items():
            check = checks.get(name)
            if check is not None and not check(value) and not (value is None and self._null_passes(name)):
                return False
        return True

    def _null_passes(self, name: str) -> bool:
        return self._null_is_absent or self.fields[name].nullable

    def schema(self) -> Schema:
        """The declared fields as JSON Schema. What counts as absent without being so is left to the exact lane."""
        properties = {}
        for name, declared in self.fields.items():
            schema = declared.schema()
            if self._zero_time_is_absent and declared.accepts is is_timestamp:
                schema = {**schema, "not": {"pattern": "^0001-01-01"}}
            properties[name] = or_null(schema) if self._null_is_absent else schema
        return {"properties": properties}

    def reference(self) -> Schema:
        """The schema by its name, for a shape that has one: it is written once, however many fields are of it."""
        return definition_reference(f"shape {self.name}") if self.name else self.schema()

    def definitions(self) -> dict[str, Schema]:
        """The schemas of the shapes that have a name and that this one refers to, however deep, by their names."""
        found: dict[str, Schema] = {}
        pending: list[FieldType] = list(self.fields.values())
        while pending:
            declared = pending.pop()
            inner = declared.item or declared.values
            if inner is not None:
                pending.append(inner)
            shape = declared.shape
            if shape is not None and f"shape {shape.name}" not in found:
                if shape.name:
                    found[f"shape {shape.name}"] = shape.schema()
                pending += shape.fields.values()
        return found

    def normalise(self, fields: dict[str, Any], path: Path = ()) -> tuple[Fields, list[TypeFinding]]:
        """The fields as rules should see them, and what was found wrong with their types."""
        if self.accepts(fields):
            return fields, []
        clean = dict(fields)
        found: list[TypeFinding] = []
        for name, declared in self.fields.items():
            if name in fields and not (fields[name] is None and self._null_passes(name)):
                clean[name], problems = self._normalise_value(fields[name], declared, (*path, name))
                found += problems
        return clean, found

    def typed_paths(self, path: Path = ()) -> Iterator[tuple[Path, FieldType]]:
        """The names that lead to each value of a declared type, however deep; not those that the file chooses."""
        for name, declared in self.fields.items():
            inner: FieldType | None = declared
            while inner is not None:
                yield (*path, name), inner
                if inner.shape is not None:
                    yield from inner.shape.typed_paths((*path, name))
                inner = inner.item or inner.values

    def types_called(self, name: str) -> Iterator[FieldType]:
        """The types of the values that a report shows under a name, such as `attachments.size`.

        It looks down the one way that the name says: there may be very many `typed_paths`.
        """
        for field, declared in self.fields.items():
            if name != field and not name.startswith(f"{field}."):
                continue
            inner: FieldType | None = declared
            while inner is not None:
                if name == field:
                    yield inner
                elif inner.shape is not None:
                    yield from inner.shape.types_called(name.removeprefix(f"{field}."))
                inner = inner.item or inner.values

    def not_an_object(self, value: Any) -> Finding:
        """What is wrong with a value that stands where the fields should."""
        return Finding((), value, {"where": "", "wanted": "an object", "found": name_of_type(value)})

    def _normalise_value(self, value: Any, declared: FieldType, path: Path) -> tuple[Any, list[TypeFinding]]:
        if declared.is_time and isinstance(value, str):
            if self._zero_time_is_absent and _ZERO_TIME.fullmatch(value):
                return None, []
            if not declared.accepts(value):
                details = {
                    "where": _where(path),
                    "wanted": declared.wanted,
                    "suggestion": partial(suggest_timestamp, value, iso=declared.accepts is is_iso_time),
                }
                return UNREADABLE, [(Timestamp, Finding(path, value, details))]
            return value, []
        if declared.accepts(value) or value is UNREADABLE:
            return value, []
        if declared.suggest is not None and isinstance(value, str):
            details = {"where": _where(path), "wanted": declared.wanted, "suggestion": partial(declared.suggest, value)}
            return UNREADABLE, [(declared.kind, Finding(path, value, details))]
        if declared.item is not None and isinstance(value, list):
            pairs = [self._normalise_value(each, declared.item, (*path, at)) for at, each in enumerate(value)]
            return [clean for clean, _ in pairs], [problem for _, problems in pairs for problem in problems]
        if declared.shape is not None and isinstance(value, dict):
            return declared.shape.normalise(value, path)
        if declared.values is not None and isinstance(value, dict):
            by_name = {
                name: self._normalise_value(each, declared.values, (*path, DataKey(name)))
                for name, each in value.items()
            }
            clean_values = {name: clean for name, (clean, _) in by_name.items()}
            return clean_values, [problem for _, problems in by_name.values() for problem in problems]
        details = {"where": _where(path), "wanted": declared.wanted, "found": name_of_type(value)}
        return UNREADABLE, [(Type, Finding(path, value, details))]


def name_of_type(value: Any) -> str:
    """The JSON type of a value in words, with its article."""
    if value is None:
        return "null"
    names: list[tuple[type, str]] = [
        (bool, "a boolean"), (str, "a string"), (int, "an integer"), (float, "a number"),
        (list, "an array"), (dict, "an object"),
    ]  # fmt: skip
    return next((name for kind, name in names if isinstance(value, kind)), type(value).__name__)


def _where(path: Path) -> str:
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return "".join(steps)
