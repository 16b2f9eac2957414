"""What a rule set holds, read and not yet made ready to run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from ..errors import RuleSetError
from ..model.envelope import Envelope
from ..model.nearest import nearest
from ..rules import KINDS, Rule
from ..rules.derived import Derivation
from ..rules.matching import Matcher
from .columns import Column, KeyList
from .parameters import Parameter

ABSENT = {"null", "zero-time"}
"""What a format can have count as absent."""


@dataclass(frozen=True, kw_only=True)
class RecordType:
    """One type of record, or one shape: an object inside records that has fields and rules of its own.

    Attributes:
        name: the type, as records give it.
        plural: what several of them are called.
        fields: the type of each declared field.
        defaults: values of fields where they are absent.
        rules: the rules in order, each a table of options with `rule` as its kind, or a `Rule` made in Python.
        key: the fields and derived values that make the record's key.
        also: other names that records give the type.
        like: a pattern of names that records give the type, for one that has a name of its own in each. What a named
            group of it matches is a field of the record, `line.GROUP`.
        wrap: the name that the fields go by, for a type whose fields are no object, but a list or a text.
        key_absent: what stands for an absent part of the key, for all parts or by part; a record that lacks another
            has no key.
        derived: values computed from fields.
        place: its place in the rule set's document.
        columns: the name of the column that each rule comes from, for the rows of a table; else empty.
    """

    name: str
    plural: str = ""
    fields: Mapping[str, str | Mapping[str, Any]] = field(default_factory=dict)
    rules: Sequence[Mapping[str, Any] | Rule] = ()
    key: Sequence[str] = ()
    also: Sequence[str] = ()
    like: str = ""
    wrap: str = ""
    key_absent: str | Mapping[str, str] | None = None
    derived: Mapping[str, Derivation] = field(default_factory=dict)
    place: tuple[str, ...] = field(default=(), compare=False)
    columns: Sequence[str] = ()

    @property
    def where(self) -> str:
        """Where it stands, for messages, such as `records.user`."""
        return ".".join(self.place) or self.name

    def place_of(self, number: int) -> tuple[str | int, ...]:
        """Where a rule of it stands in the rule set's document, by the rule's number."""
        if number < len(self.columns):
            return ("columns", self.columns[number])
        return (*self.place, "rules", number)

    @property
    def named(self) -> dict[str, str]:
        """The fields that the groups of `like` are, by the groups' names."""
        return {group: f"line.{group}" for group in Matcher(self.like, "like").names} if self.like else {}

    @property
    def defaults(self) -> dict[str, Any]:
        """Values of fields where they are absent."""
        tables = {name: each for name, each in self.fields.items() if isinstance(each, Mapping)}
        return {name: each["default"] for name, each in tables.items() if "default" in each}


@dataclass(frozen=True, kw_only=True)
class Content:
    """What holds for one format, wherever it was read from.

    Attributes:
        name: what the command line calls it.
        title: what it is for, in a line.
        documentation: where the format's own page is.
        reader: the name of the reader.
        max_size: largest file that is taken, in bytes or as a parameter; None where there is no limit.
        max_record: longest record that is read; likewise, 16 MB where None.
        max_body: the most bytes that a request body may have; likewise.
        max_records: the most records that a request body may have; likewise.
        envelope: what records are wrapped in.
        absent: what counts as absent: any of `null` and `zero-time`.
        params: the parameters, by name.
        records: the record types, by name.
        lines: what holds for the envelope of entries itself, by the entries' type.
        shapes: the shapes of objects inside records, by name.
        order: the order in which records of the types have to stand; empty where there is none.
        status: the HTTP status that goes with each code of the reading rules, for a format that is a request.
        kinds: the kinds of rule that may be used, by name.
        path: the file that it was read from; empty for one of another origin.
        columns: the columns of a table.
        lists: the lists of keys in the app that columns of a table link to.
        reader_options: what the reader is to read, and how, unless the caller says otherwise.
        text: the TOML text that it was read from, for finding lines in it; empty for one of another origin.
    """

    name: str
    title: str = ""
    documentation: str = ""
    reader: str = "json-array"
    max_size: Any = None
    max_record: Any = None
    max_body: Any = None
    max_records: Any = None
    envelope: Envelope = field(default_factory=Envelope)
    absent: frozenset[str] = frozenset()
    params: Mapping[str, Parameter] = field(default_factory=dict)
    records: Mapping[str, RecordType] = field(default_factory=dict)
    lines: Mapping[str, RecordType] = field(default_factory=dict)
    shapes: Mapping[str, RecordType] = field(default_factory=dict)
    order: Sequence[str] = ()
    status: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, type[Rule]] = field(default_factory=lambda: KINDS)
    path: str = ""
    columns: Sequence[Column] = ()
    lists: Sequence[KeyList] = ()
    reader_options: Mapping[str, str] = field(default_factory=dict)
    text: str = field(default="", repr=False, compare=False)

    def with_rules(
        self,
        record_type: str,
        *rules: Rule | Mapping[str, Any],
        fields: Mapping[str, str | Mapping[str, Any]] | None = None,
    ) -> Self:
        """A copy of this rule set with more rules for one record type, after those that it has.

        Arguments:
            rules: the rules, each a table of options or made in Python.
            fields: the types of fields that the rules look at and the record type does not declare yet.

        Raises:
            RuleSetError: where there is no such record type.
        """
        if record_type not in self.records:
            raise RuleSetError(f"no record type {record_type!r}{nearest(record_type, self.records)}")
        record = self.records[record_type]
        longer = dataclasses.replace(record, rules=[*record.rules, *rules], fields={**record.fields, **(fields or {})})
        return dataclasses.replace(self, records={**self.records, record_type: longer})

    def parameters(self, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The value of every parameter: what is given, or its default.

        Raises:
            RuleSetError: where something is given that is no parameter, or not of its type.
        """
        given = given or {}
        unknown = [name for name in given if name not in self.params]
        if unknown:
            there = ", ".join(self.params) or "none"
            near = nearest(unknown[0], self.params) if len(unknown) == 1 else ""
            raise RuleSetError(
                f"no parameter {', '.join(unknown)}{near if 'did you mean' in near else f'; there are: {there}'}"
            )
        return {name: each.read(name, given.get(name, each.default)) for name, each in self.params.items()}
