"""What type each field has, and what becomes of a record whose fields have others."""

from __future__ import annotations

import calendar
import dataclasses
import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from dateutil import parser as dateutil_parser

from ..errors import RuleSetError
from ..readers import UNREADABLE
from .base import Fields, Finding, Path, ReadingRule
from .fragments import Schema

_TIMESTAMP = re.compile(
    r"[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-9]))"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_WHOLE_DATE = re.compile(r"(?<![0-9-])[0-9]{4}[-/.]|[-/. ][0-9]{4}(?![0-9])|^[0-9]{8}(?![0-9])", re.ASCII)
_DAY = (
    r"(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
_CLOCK = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_OFFSET = r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_ODD_OFFSET = re.compile(r"Z[+-]|[+-](?:[0-9]{2}:?[6-9][0-9]|[3-9][0-9]:?[0-9]{2}|2[4-9]:?[0-9]{2})$")
_ZONED = re.compile(r"(?:Z|T.*[+-][0-9:]+)$")
_ZERO_TIME = re.compile(r"0001-01-01T(?:00:00:00(?:\.0+)?(?:Z|[+-]00:00)|(..:..):00(?:\.0+)?\+\1)")


class _TypeRule(ReadingRule):
    """A rule that speaks for every declared field of a record type."""

    def name_of(self, finding: Finding) -> str:
        subject, record_type = self.scope.subject, self.scope.record_type
        where = subject if subject == record_type else f"{record_type}/{subject}"
        return f"{'.'.join([where, *_names(finding.path)])}:{self.code}"


@dataclass(frozen=True, kw_only=True)
class Type(_TypeRule):
    """A value must have the JSON type that its field has.

    ## What it checks
    Strings are strings, numbers numbers, lists lists of what they should be lists of. An integer has no
    fraction and no exponent. Whether `null` passes, as if the field were absent, is for the format to say.

    ## Why it matters
    A reader that expects another type refuses the whole record, sometimes the whole file.

    ## Example
    `{"type": "user", "item": {"id": 17}}`: the id has to be `"17"`.

    ## How to mend it
    Write the value as the type that is wanted. Numbers that are ids go between quotes.
    """

    kind: ClassVar[str] = "type"
    default_message: ClassVar[str] = "{subject}{where}: expected {wanted}, found {found}"
    default_hint: ClassVar[str] = "write {wanted}"


@dataclass(frozen=True, kw_only=True)
class Timestamp(_TypeRule):
    """A time must be written as RFC 3339 has it.

    ## What it checks
    `2022-01-01T01:01:01Z`: capital `T`; capital `Z` or a numeric offset; a fraction of any length or none;
    a date that exists; hours 00–23, minutes and seconds 00–59.

    ## Why it matters
    Other spellings are read differently by different systems, or not at all.

    ## Example
    `"2022-02-30T00:00:00Z"` (no such day), `"2022-01-01 10:00"`, `"01/02/2022"`, `""`.

    ## How to mend it
    Write it as RFC 3339, with the offset of the time zone it is meant in. The hint says how the value would
    look if it was read right.
    """

    kind: ClassVar[str] = "timestamp"
    default_message: ClassVar[str] = '{subject}{where}: expected {wanted}, found "{value}"'
    default_hint: ClassVar[str] = "{suggestion}"


def is_timestamp(value: Any) -> bool:
    """Whether the value is a time as RFC 3339 has it, of a date that exists."""
    if value.__class__ is not str or _TIMESTAMP.fullmatch(value) is None:
        return False
    return value[5:10] != "02-29" or calendar.isleap(int(value[:4]))


TypeFinding = tuple[type[ReadingRule], Finding]
"""What is wrong with a value's type, with the kind of rule that says so."""


def is_iso_time(value: Any) -> bool:
    """Whether the value is a time as ISO 8601 has it, with an offset or without."""
    return is_timestamp(value) or (value.__class__ is str and is_timestamp(f"{value}Z"))


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
    """

    wanted: str
    accepts: Callable[[Any], bool]
    basic: Schema | None = None
    item: FieldType | None = None
    shape: Shape | None = None
    values: FieldType | None = None
    nullable: bool = False

    @property
    def is_time(self) -> bool:
        """Whether text of another form is no time, and not a value of the wrong type."""
        return self.accepts in {is_timestamp, is_iso_time}

    def schema(self) -> Schema:
        """The type as JSON Schema."""
        if self.item is not None:
            schema: Schema = {"type": "array", "items": self.item.schema()}
        elif self.shape is not None:
            schema = {"type": "object", **self.shape.schema()}
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
        {"type": "string", "pattern": f"^{_DAY}{_CLOCK}{_OFFSET}?$"},
    ),
    "timestamp": FieldType(
        "a timestamp (RFC 3339, such as 2022-01-01T01:01:01Z)",
        is_timestamp,
        {"type": "string", "pattern": f"^{_DAY}{_CLOCK}{_OFFSET}$"},
    ),
}


def field_type(name: str, shapes: Mapping[str, Shape]) -> FieldType:
    """The type that a rule set names: a basic one, a shape, or `array of` either.

    Raises:
        RuleSetError: where there is no such type.
    """
    if name.endswith(" or null"):
        declared = field_type(name.removesuffix(" or null"), shapes)
        return dataclasses.replace(declared, nullable=True, wanted=f"{declared.wanted} or null")
    if name in _BASIC:
        return _BASIC[name]
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
    known = ", ".join([*_BASIC, *shapes])
    raise RuleSetError(f"no such type: {name!r}; there are {known}, and 'array of' and 'object of' any of them")


class Shape:
    """The declared fields of a record, or of an object in it.

    Arguments:
        fields: the type of each field.
        null_is_absent: whether `null` passes for any field, as if it were absent.
        zero_time_is_absent: whether the first moment of year 1 does.
    """

    def __init__(self, fields: dict[str, FieldType], *, null_is_absent: bool, zero_time_is_absent: bool) -> None:
        self.fields = fields
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
                    "suggestion": suggest_timestamp(value, iso=declared.accepts is is_iso_time),
                }
                return UNREADABLE, [(Timestamp, Finding(path, value, details))]
            return value, []
        if declared.accepts(value):
            return value, []
        if declared.item is not None and isinstance(value, list):
            pairs = [self._normalise_value(each, declared.item, (*path, at)) for at, each in enumerate(value)]
            return [clean for clean, _ in pairs], [problem for _, problems in pairs for problem in problems]
        if declared.shape is not None and isinstance(value, dict):
            return declared.shape.normalise(value, path)
        if declared.values is not None and isinstance(value, dict):
            by_name = {
                name: self._normalise_value(each, declared.values, (*path, _DataKey(name)))
                for name, each in value.items()
            }
            clean_values = {name: clean for name, (clean, _) in by_name.items()}
            return clean_values, [problem for _, problems in by_name.values() for problem in problems]
        details = {"where": _where(path), "wanted": declared.wanted, "found": name_of_type(value)}
        return UNREADABLE, [(Type, Finding(path, value, details))]


def suggest_timestamp(value: str, *, iso: bool = False) -> str:
    """How to write a time, if what was meant can be made out; see the `timestamp` rule.

    Arguments:
        iso: whether ISO 8601 without an offset is right too.
    """
    meant = sorted({moment for day_first in (False, True) if (moment := _read_sloppily(value, day_first=day_first))})
    if not meant:
        return f"write it as {'ISO 8601' if iso else 'RFC 3339'}, such as 2022-01-01T01:01:01Z"
    zone = "" if _ZONED.search(meant[0]) else ", in UTC"
    written = " or ".join(moment if _ZONED.search(moment) else f"{moment}Z" for moment in meant)
    return (
        f"write {written}, whichever is meant{zone}"
        if len(meant) > 1
        else f"write {written} if that is what is meant{zone}"
    )


def _read_sloppily(value: str, *, day_first: bool) -> str | None:
    """The moment in a text that names a whole date, in ISO form; None where it does not, or is no date at all."""
    if len(value) > 64 or not _WHOLE_DATE.search(value) or _ODD_OFFSET.search(value):
        return None
    moments = set()
    for stand_in in (datetime.datetime(2001, 1, 1), datetime.datetime(2004, 2, 2)):
        try:
            moment = dateutil_parser.parse(value, default=stand_in, dayfirst=day_first, tzinfos=_known_zone)
            moments.add(moment.isoformat().replace("+00:00", "Z"))
        except (ValueError, OverflowError):
            return None
    [meant, *others] = moments
    year_first = value[:4].isdigit() and len(value) > 7 and not value[4].isdigit()
    return None if others or (year_first and value[5:7] != meant[5:7]) else meant


def _known_zone(name: str | None, offset: int | None) -> datetime.tzinfo | None:
    if name is None:
        return None if offset is None else datetime.timezone(datetime.timedelta(seconds=offset))
    if name in {"Z", "UTC", "GMT"} and not offset:
        return datetime.UTC
    raise ValueError(f"nobody knows which zone {name} is meant")


def name_of_type(value: Any) -> str:
    """The JSON type of a value in words, with its article."""
    if value is None:
        return "null"
    names: list[tuple[type, str]] = [
        (bool, "a boolean"), (str, "a string"), (int, "an integer"), (float, "a number"),
        (list, "an array"), (dict, "an object"),
    ]  # fmt: skip
    return next((name for kind, name in names if isinstance(value, kind)), type(value).__name__)


def _names(path: Path) -> list[str]:
    return [step for step in path if isinstance(step, str) and not isinstance(step, _DataKey)]


class _DataKey(str):
    """A name in a path that the file chose, not the rule set: it is no part of a rule's name."""

    __slots__ = ()


def _where(path: Path) -> str:
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return "".join(steps)
