"""What records are wrapped in: where a value of the file says its record's type, and where the fields are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

Path = tuple[str | int, ...]
BY_TYPE = "{type}"
Place = tuple[int, Path]
"""The number of a value in its batch, and the names and indexes that lead from it to a record in it."""


class Opened(NamedTuple):
    """One record, out of its envelope.

    Attributes:
        at: the number of the value in its batch that the record lies in.
        prefix: the names and indexes that lead from the value to the record, for an entry among others.
        record_type: what the envelope says of its type; None where it is to be seen from what follows.
        fields: what lies where the fields should.
        outer: fields of the envelope that its entries have in common.
    """

    at: int
    prefix: Path
    record_type: Any
    fields: Any
    outer: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """How a format wraps its records.

    Attributes:
        type: the key of the record's type; empty where all values are records of one type.
        fields: the key of the record's fields; empty where the value itself has them; `{type}` where they lie under
            a key that is the type's name.
        entries: the key of a list of records, for a format that puts several into one value; else empty.
        inherit: keys of the envelope that rules of its entries can look at, as `line.KEY`.
        variant: the key of something that makes another type of a type, such as a method; else empty.
        default_variant: the variant that is meant where none is given, and which does not show in the type.
        closed: whether other keys are wrong.
        record: the one type of all records, where there is no key for it.
    """

    type: str = "type"
    fields: str = "item"
    entries: str = ""
    inherit: tuple[str, ...] = ()
    variant: str = ""
    default_variant: str = ""
    closed: bool = False
    record: str = ""

    @property
    def keys(self) -> list[str]:
        """The keys that an envelope can have."""
        named = (self.type, "" if self.fields == BY_TYPE else self.fields, self.entries, self.variant, *self.inherit)
        return list(dict.fromkeys(name for name in named if name))

    @property
    def inherited(self) -> dict[str, str]:
        """The keys that rules of the entries can look at, by the names that they have as fields of an entry."""
        return {f"line.{name}": name for name in self.inherit}

    @property
    def required(self) -> list[str]:
        """The keys that an envelope must have."""
        return [name for name in (self.type, self.entries or self.fields) if name and name != BY_TYPE]

    @property
    def pattern(self) -> str:
        """What an envelope looks like."""
        if not self.required:
            return "{…}"
        if self.fields == BY_TYPE:
            return f'{{"{self.type}": "TYPE", "TYPE": {{…}}}}'
        inner = "[…]" if self.entries else "{…}"
        return f'{{"{self.type}": …, "{self.entries or self.fields}": {inner}}}'

    def fits(self, value: Any) -> bool:
        """Whether a value has the keys of the envelope, for telling formats apart."""
        if not isinstance(value, dict) or any(name not in value for name in self.required):
            return False
        if self.fields == BY_TYPE and self.fields_key(value) not in value:
            return False
        return not self.type or isinstance(value[self.type], str)

    def fields_key(self, value: Mapping[str, Any]) -> str:
        """The key of the fields in an envelope; empty where the envelope itself has them."""
        return str(value.get(self.type)) if self.fields == BY_TYPE else self.fields

    def type_of(self, value: Mapping[str, Any]) -> Any:
        """What an envelope says of its record's type."""
        if not self.type:
            return self.record
        named = value.get(self.type)
        variant = value.get(self.variant, self.default_variant) if self.variant else ""
        return f"{named} {variant}" if variant != self.default_variant else named

    def places(self, values: list[Any]) -> list[Place]:
        """The value and the prefix of each record in a batch of values, in file order."""
        if not self.entries:
            return [(at, ()) for at in range(len(values))]
        return [
            (at, (self.entries, number))
            for at, value in enumerate(values)
            if isinstance(value, dict) and isinstance(value.get(self.entries), list)
            for number in range(len(value[self.entries]))
        ]

    def open(self, values: list[Any], place: Place) -> Opened:
        """The record at a place that `places` gave."""
        at, prefix = place
        value = values[at]
        if self.entries:
            return Opened(at, prefix, self.type_of(value), value[self.entries][prefix[1]], self.outer(value))
        fields_key = self.fields_key(value) if isinstance(value, dict) else ""
        return Opened(at, (), self.type_of(value), value[fields_key] if fields_key else value)

    def outer(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """What the entries of an envelope have in common; None, and no field of theirs, where it is absent."""
        return {field: value.get(name) for field, name in self.inherited.items()}
