"""Rule sets: what holds for one format, from a TOML file, from text, or built in Python."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ..errors import RuleSetError
from ..model.envelope import Envelope
from ..readers import READERS
from ..rules import EXPLAINED, KINDS, ReadingRule, Rule
from ..rules.derived import DERIVATIONS, Derivation
from ..rules.matching import Matcher
from ..rules.options import wrong_option
from .columns import Column, KeyList, envelope_of_rows, read_columns, read_lists, records_of
from .parameters import Parameter

_LONG_INTEGER = "an integer is too large: integers have at most 64 bits"
_OF_TABLES = ("columns", "lists", "table")

ABSENT = {"null", "zero-time"}
"""What a format can have count as absent."""


@dataclass(frozen=True, kw_only=True)
class RecordType:
    """One type of record, or one shape of an object inside records.

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

    @property
    def named(self) -> dict[str, str]:
        """The fields that the groups of `like` are, by the groups' names."""
        return {group: f"line.{group}" for group in Matcher(self.like, "like").names}

    @property
    def defaults(self) -> dict[str, Any]:
        """Values of fields where they are absent."""
        tables = {name: each for name, each in self.fields.items() if isinstance(each, Mapping)}
        return {name: each["default"] for name, each in tables.items() if "default" in each}


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """What holds for one format.

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

    @classmethod
    def load(cls, rules: str | os.PathLike[str]) -> RuleSet:
        """The rule set of this name, or in this file (a path that ends in `.toml`).

        Raises:
            RuleSetError: where there is none, or it is broken.
        """
        if str(rules).endswith(".toml"):
            path = Path(rules)
            try:
                return dataclasses.replace(cls.from_toml(path.read_text("utf-8"), name=path.stem), path=str(path))
            except OSError as error:
                raise RuleSetError(f"{path}: {error.strerror}") from error
            except (RuleSetError, UnicodeDecodeError) as error:
                raise RuleSetError(f"{path}: {error}") from error
        shipped = _shipped()
        if str(rules) not in shipped:
            raise RuleSetError(f"no rule set {str(rules)!r}; there are {', '.join(shipped)}, or a path to a .toml file")
        return _load_shipped(str(rules))

    @classmethod
    def shipped(cls) -> list[RuleSet]:
        """All rule sets that come with this package."""
        return [cls.load(name) for name in _shipped()]

    @classmethod
    def from_toml(cls, text: str, *, name: str = "", kinds: Mapping[str, type[Rule]] | None = None) -> RuleSet:
        """The rule set that TOML text describes.

        Arguments:
            name: its name, where the text does not give one.
            kinds: kinds of rule of the caller's own, by the name that the text uses.

        Raises:
            RuleSetError: where the text is broken.
        """
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise RuleSetError(f"not TOML: {error}") from error
        except RecursionError as error:
            raise RuleSetError("lists and tables nested too deep to be read") from error
        except ValueError as error:  # Python refuses to convert so many digits
            raise RuleSetError(_LONG_INTEGER) from error
        _refuse_long_integers(document)
        return cls.from_dict(document, name=name, kinds=kinds)

    @classmethod
    def from_dict(
        cls, document: Mapping[str, Any], *, name: str = "", kinds: Mapping[str, type[Rule]] | None = None
    ) -> RuleSet:
        """The rule set that a document describes, laid out as in TOML. See `from_toml`."""
        _only(
            document,
            "the rule set",
            {
                "name",
                "title",
                "documentation",
                "reader",
                "envelope",
                "params",
                "records",
                "lines",
                "shapes",
                "order",
                "status",
                *_OF_TABLES,
            },
        )
        _texts(document, "the rule set", "name", "title", "documentation")
        reader = _table(document, "reader")
        envelope = _table(document, "envelope")
        _only(reader, "reader", {"format", "max_size", "max_record", "max_body", "max_records"})
        _texts(reader, "reader", "format")
        if reader.get("format", "json-array") not in READERS:
            raise RuleSetError(f"no reader {reader.get('format')!r}; there are {', '.join(READERS)}")
        if reader.get("format") == "table":
            return _table_rule_set(document, name, reader)
        if of_tables := [each for each in _OF_TABLES if each in document]:
            raise RuleSetError(
                f'{", ".join(of_tables)}: stands in the rule set of a table alone; see [reader] format = "table"'
            )
        _lists(envelope, "envelope", "absent", "inherit")
        _lists(document, "the rule set", "order")
        absent = frozenset(envelope.get("absent", ()))
        if absent - ABSENT:
            raise RuleSetError(f"envelope.absent: {', '.join(sorted(absent - ABSENT))}; there are null and zero-time")
        rule_set = cls(
            name=str(document.get("name", name)),
            title=str(document.get("title", "")),
            documentation=str(document.get("documentation", "")),
            reader=reader.get("format", "json-array"),
            max_size=reader.get("max_size"),
            max_record=reader.get("max_record"),
            max_body=reader.get("max_body"),
            max_records=reader.get("max_records"),
            envelope=_envelope(envelope),
            absent=absent,
            params={each: _parameter(each, table) for each, table in _table(document, "params").items()},
            records={each: _record_type(each, table) for each, table in _table(document, "records").items()},
            lines={each: _record_type(each, table) for each, table in _table(document, "lines").items()},
            shapes={each: _record_type(each, table) for each, table in _table(document, "shapes").items()},
            order=document.get("order", ()),
            status=_statuses(_table(document, "status")),
            kinds={**KINDS, **(kinds or {})},
        )
        if not rule_set.records:
            raise RuleSetError("the rule set has no record types: no [records.…] table")
        for each in rule_set.order:
            if each not in rule_set.records:
                raise RuleSetError(f"order: no record type {each!r}; there are {', '.join(rule_set.records)}")
        return rule_set

    def with_rules(self, record_type: str, *rules: Rule | Mapping[str, Any]) -> RuleSet:
        """A rule set like this one, with more rules at the end of one record type's.

        Raises:
            RuleSetError: where there is no such record type.
        """
        if record_type not in self.records:
            raise RuleSetError(f"no record type {record_type!r}; there are {', '.join(self.records)}")
        record = self.records[record_type]
        longer = dataclasses.replace(record, rules=[*record.rules, *rules])
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
            raise RuleSetError(f"no parameter {', '.join(unknown)}; there are: {there}")
        return {name: each.read(name, given.get(name, each.default)) for name, each in self.params.items()}


@cache
def _load_shipped(name: str) -> RuleSet:
    return RuleSet.from_toml(_shipped()[name].read_text("utf-8"))


@cache
def _shipped() -> dict[str, Traversable]:
    """The shipped rule sets' files by name: in the installed package, or beside it in a checkout."""
    folder: Traversable = resources.files("import_validator") / "rulesets"
    if not folder.is_dir():
        folder = Path(__file__).parent.parent.parent / "rules"
    files = [each for each in folder.iterdir() if each.name.endswith(".toml")]
    return dict(sorted((each.name.removesuffix(".toml"), each) for each in files))


def _table_rule_set(document: Mapping[str, Any], name: str, reader: Mapping[str, Any]) -> RuleSet:
    """The rule set of a table: its columns, as rules of the one record type that its rows are."""
    _only(document, "the rule set of a table", {"name", "title", "documentation", "reader", *_OF_TABLES})
    _only(reader, "reader", {"format", "max_size", "max_record"})
    options = _table(document, "table")
    _only(options, "table", set(READERS["table"].options))
    _texts(options, "table", *options)
    columns, lists = read_columns(document), read_lists(document)
    return RuleSet(
        name=str(document.get("name", name)),
        title=str(document.get("title", "")),
        documentation=str(document.get("documentation", "")),
        reader="table",
        max_size=reader.get("max_size"),
        max_record=reader.get("max_record"),
        envelope=envelope_of_rows(),
        records={each: _record_type(each, table) for each, table in records_of(columns, lists).items()},
        columns=columns,
        lists=lists,
        reader_options=options,
    )


def _envelope(table: Mapping[str, Any]) -> Envelope:
    options = {name: value for name, value in table.items() if name != "absent"}
    _texts(options, "envelope", *(name for name in options if name not in {"inherit", "closed"}))
    _only(options, "envelope", {option.name for option in dataclasses.fields(Envelope)})
    if not isinstance(options.get("closed", False), bool):
        raise RuleSetError(f"envelope: closed has to be true or false, not {options['closed']!r}")
    if "record" in options:
        options = {"type": "", "fields": "", **options}
    return Envelope(**{**options, "inherit": tuple(options.get("inherit", ()))})


def _parameter(name: str, table: Any) -> Parameter:
    where = f"params.{name}"
    if not isinstance(table, Mapping):
        raise RuleSetError(f"{where}: has to be a table")
    _only(table, where, {option.name for option in dataclasses.fields(Parameter)})
    if "type" not in table or "default" not in table:
        raise RuleSetError(f"{where}: needs a type and a default")
    _texts(table, where, "type", "help")
    parameter = Parameter(**table)
    parameter.read(name, parameter.default)
    return parameter


def _record_type(name: str, table: Any) -> RecordType:
    where = f"records.{name}"
    if not isinstance(table, Mapping):
        raise RuleSetError(f"{where}: has to be a table")
    _only(table, where, {"plural", "fields", "rules", "key", "key_absent", "derived", "also", "like", "wrap"})
    _texts(table, where, "plural", "like", "wrap")
    if not isinstance(table.get("key_absent", ""), str | Mapping):
        raise RuleSetError(f"{where}: key_absent has to be text, or a table of texts")
    _lists(table, where, "key", "also")
    _refuse_wrong_pattern(where, table.get("like", ""))
    _refuse_wrong_fields(f"{where}.fields", _table(table, "fields"))
    rules = table.get("rules", [])
    if not isinstance(rules, list) or not all(isinstance(rule, Mapping | Rule) for rule in rules):
        raise RuleSetError(f"{where}.rules: has to be a list of tables")
    return RecordType(
        name=name,
        plural=table.get("plural", f"{name}s"),
        fields=_table(table, "fields"),
        rules=rules,
        key=table.get("key", ()),
        also=table.get("also", ()),
        like=table.get("like", ""),
        wrap=table.get("wrap", ""),
        key_absent=table.get("key_absent"),
        derived={
            each: _derivation(f"{where}.derived.{each}", options) for each, options in _table(table, "derived").items()
        },
    )


def _statuses(table: Mapping[str, Any]) -> Mapping[str, int]:
    known = [name for name, kind in EXPLAINED.items() if issubclass(kind, ReadingRule)]
    _only(table, "status", set(known))
    for name, status in table.items():
        if not isinstance(status, int) or isinstance(status, bool):
            raise RuleSetError(f"status: {name} has to be a whole number, not {status!r}")
    return table


def _refuse_wrong_pattern(where: str, pattern: str) -> None:
    try:
        Matcher(pattern, "like")
    except RuleSetError as error:
        raise RuleSetError(f"{where}: {error}") from error


def _refuse_wrong_fields(where: str, fields: Any) -> None:
    """Refuse anything but types, or tables with fields of their own, for the fields of a record or of an object."""
    if not isinstance(fields, Mapping):
        raise RuleSetError(f"{where}: has to be a table, not {fields!r}")
    for name, declared in fields.items():
        if not isinstance(declared, str | Mapping):
            raise RuleSetError(f"{where}.{name}: has to be a type or a table, not {declared!r}")
        if isinstance(declared, Mapping):
            _refuse_wrong_fields(f"{where}.{name}.fields", declared.get("fields", {}))


def _derivation(where: str, table: Any) -> Derivation:
    if isinstance(table, Derivation):
        return table
    if not isinstance(table, Mapping):
        raise RuleSetError(f"{where}: has to be a table")
    options = dict(table)
    kind = DERIVATIONS.get(str(options.pop("derive", "")))
    if kind is None:
        raise RuleSetError(f"{where}: derive has to be one of {', '.join(DERIVATIONS)}")
    if wrong := wrong_option(kind, options):
        raise RuleSetError(f"{where}: {wrong}")
    try:
        return kind(**options)
    except TypeError as error:
        raise RuleSetError(f"{where}: {str(error).partition('() ')[2]}") from error


def _refuse_long_integers(value: Any) -> None:
    """Refuse integers of more than 64 bits, which TOML does not have and JSON Schema cannot be given."""
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        raise RuleSetError(_LONG_INTEGER)
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            _refuse_long_integers(each)


def _texts(table: Mapping[str, Any], where: str, *names: str) -> None:
    """Refuse anything but text under the given names."""
    for name in names:
        if not isinstance(table.get(name, ""), str):
            raise RuleSetError(f"{where}: {name} has to be text, not {table[name]!r}")


def _lists(table: Mapping[str, Any], where: str, *names: str) -> None:
    """Refuse anything but lists of text under the given names."""
    for name in names:
        value = table.get(name, [])
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            raise RuleSetError(f"{where}: {name} has to be a list of texts, not {value!r}")


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, Mapping):
        raise RuleSetError(f"{name}: has to be a table")
    return table


def _only(table: Mapping[str, Any], where: str, known: set[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise RuleSetError(f"{where}: unknown {', '.join(unknown)}; there are {', '.join(sorted(known))}")
