"""Reads a rule set's document, laid out as in TOML, and finds everything in it that is out of place.

The types of fields and the options of rules are for `making` to read, which knows parameters and shapes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import RuleSetError
from ..model.envelope import Envelope
from ..model.nearest import nearest
from ..readers import READERS
from ..rules import EXPLAINED, ReadingRule, Rule
from ..rules.derived import DERIVATIONS, Derivation
from ..rules.matching import Matcher
from ..rules.options import missing_option, wrong_option
from .columns import envelope_of_rows, read_columns, read_lists, records_of
from .content import ABSENT, RecordType
from .parameters import Parameter
from .problems import Problems
from .toml_lines import Path
from .toml_text import DEEPEST, wrong_value

_OF_TABLES = ("columns", "lists", "table")
_OF_ANY = ("name", "title", "documentation", "reader")
_OF_RECORDS = (*_OF_ANY, "envelope", "params", "records", "lines", "shapes", "order", "status")
_OF_A_RECORD_TYPE = ("plural", "fields", "rules", "key", "key_absent", "derived", "also", "like", "wrap")
_OF_A_FIELD = ("type", "default", "fields")
_OPTIONS = ("max_size", "max_record", "max_body", "max_records")


def read_document(document: Mapping[str, Any], name: str, problems: Problems) -> dict[str, Any]:
    """What the document says, as the attributes of a rule set; what is wrong is left out, and noted.

    Arguments:
        name: the rule set's name, where the document does not give one.
    """
    reader = _Reading(problems)
    reader.refuse_wrong_values(document)
    if problems:
        problems.raise_error()
    return reader.read(document, name)


class _Reading:
    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def refuse_wrong_values(self, document: Mapping[str, Any]) -> None:
        """Refuse values that no JSON file can have, and tables in tables without end."""
        pending: list[tuple[Path, Any]] = [((), document)]
        while pending:
            path, value = pending.pop()
            if len(path) > 2 * DEEPEST:
                self._problems.add(path[:1], f"{path[0]}: lists and tables nested too deep to be read")
                return
            if isinstance(value, Mapping):
                pending += [((*path, key), each) for key, each in value.items()]
            elif isinstance(value, list | tuple):
                pending += [((*path, number), each) for number, each in enumerate(value)]
            elif wrong := wrong_value(value):
                self._problems.add(path, wrong)

    def read(self, document: Mapping[str, Any], name: str) -> dict[str, Any]:
        reader = self._table(document, (), "reader")
        self._texts(reader, ("reader",), "format")
        format_ = reader.get("format", "json-array")
        if isinstance(format_, str) and format_ not in READERS:
            self._problems.add(("reader", "format"), f"no reader {format_!r}{nearest(format_, READERS)}")
        common = self._common(document, name, reader)
        if format_ == "table":
            return common | self._of_table(document, reader)
        self._only(document, (), [*_OF_RECORDS, *_OF_TABLES])
        self._only(reader, ("reader",), ["format", *_OPTIONS])
        for each in _OF_TABLES:
            if each in document:
                only = 'stands in the rule set of a table alone; see [reader] format = "table"'
                self._problems.add((each,), f"{each}: {only}")
        return common | self._of_records(document)

    def _common(self, document: Mapping[str, Any], name: str, reader: Mapping[str, Any]) -> dict[str, Any]:
        self._texts(document, (), "name", "title", "documentation")
        return {
            "name": str(document.get("name", name)),
            "title": str(document.get("title", "")),
            "documentation": str(document.get("documentation", "")),
            "reader": reader["format"] if reader.get("format") in list(READERS) else "json-array",
            **{each: reader.get(each) for each in _OPTIONS},
        }

    def _of_records(self, document: Mapping[str, Any]) -> dict[str, Any]:
        envelope = self._envelope(self._table(document, (), "envelope"))
        records, lines = self._record_types(document, "records"), self._record_types(document, "lines")
        order = self._names(document, (), "order")
        if not document.get("records"):
            self._problems.add(("records",), "the rule set has no record types: no [records.…] table")
        for number, each in enumerate(order):
            if each not in records:
                self._problems.add(("order", number), f"order: no record type {each!r}{nearest(each, records)}")
        self._refuse_wrong_types(records, lines, envelope)
        return {
            "envelope": envelope,
            "absent": self._absent(document),
            "params": self._parameters(document),
            "records": records,
            "lines": lines,
            "shapes": self._record_types(document, "shapes"),
            "order": order,
            "status": self._statuses(self._table(document, (), "status")),
        }

    def _refuse_wrong_types(
        self, records: Mapping[str, RecordType], lines: Mapping[str, RecordType], envelope: Envelope
    ) -> None:
        """Refuse names of record types that there are none of, and names that two have."""
        if envelope.record and envelope.record not in records:
            message = f"envelope.record: no record type {envelope.record!r}{nearest(envelope.record, records)}"
            self._problems.add(("envelope", "record"), message)
        for name in lines:
            if name not in records:
                self._problems.add(("lines", name), f"lines.{name}: no record type {name!r}{nearest(name, records)}")
        taken = {name: name for name in records}
        for name, record in records.items():
            for number, alias in enumerate(record.also):
                if taken.setdefault(alias, name) != name:
                    message = f"records.{name}: also: {alias!r} is what records of type {taken[alias]} are called"
                    self._problems.add(("records", name, "also", number), message)

    def _of_table(self, document: Mapping[str, Any], reader: Mapping[str, Any]) -> dict[str, Any]:
        """The rule set of a table: its columns, as rules of the one record type that its rows are."""
        self._only(document, (), [*_OF_ANY, *_OF_TABLES], "the rule set of a table")
        self._only(reader, ("reader",), ["format", "max_size", "max_record"])
        options = self._table(document, (), "table")
        self._only(options, ("table",), READERS["table"].options)
        self._texts(options, ("table",), *options)
        columns, lists = read_columns(document, self._problems), read_lists(document, self._problems)
        return {
            "envelope": envelope_of_rows(),
            "records": {
                each: self._record_type(("records", each), each, table, list(from_columns))
                for each, (table, from_columns) in records_of(columns, lists).items()
            },
            "columns": columns,
            "lists": lists,
            "reader_options": options,
        }

    def _absent(self, document: Mapping[str, Any]) -> frozenset[str]:
        envelope = self._table(document, (), "envelope")
        names = self._names(envelope, ("envelope",), "absent")
        for number, each in enumerate(names):
            if each not in ABSENT:
                message = f"envelope.absent: {each}{nearest(each, sorted(ABSENT))}"
                self._problems.add(("envelope", "absent", number), message)
        return frozenset(names) & ABSENT

    def _envelope(self, table: Mapping[str, Any]) -> Envelope:
        path = ("envelope",)
        known = [option.name for option in dataclasses.fields(Envelope)]
        self._only(table, path, [*known, "absent"])
        self._texts(table, path, *(name for name in known if name not in {"inherit", "closed"}))
        inherit = self._names(table, path, "inherit")
        if not isinstance(table.get("closed", False), bool):
            self._problems.add((*path, "closed"), f"envelope: closed has to be true or false, not {table['closed']!r}")
        options = {name: str(table[name]) for name in known if name in table and name not in {"inherit", "closed"}}
        if "record" in options:
            options = {"type": "", "fields": "", **options}
        return Envelope(**options, inherit=tuple(inherit), closed=table.get("closed") is True)

    def _parameters(self, document: Mapping[str, Any]) -> dict[str, Parameter]:
        found = {}
        for name, table in self._table(document, (), "params").items():
            path, before = ("params", name), len(self._problems)
            where = f"params.{name}"
            if not isinstance(table, Mapping):
                self._problems.add(path, f"{where}: has to be a table")
                continue
            self._only(table, path, [option.name for option in dataclasses.fields(Parameter)])
            if "type" not in table or "default" not in table:
                self._problems.add(path, f"{where}: needs a type and a default")
            if wrong := wrong_option(Parameter, {**table, "default": None}):
                self._problems.add((*path, wrong.name), f"{where}: {wrong.message}")
            if len(self._problems) > before:
                continue
            parameter = Parameter(**table)
            try:
                parameter.read(name, parameter.default)
            except RuleSetError as error:
                self._problems.add(path, str(error))
                continue
            found[name] = parameter
        return found

    def _record_types(self, document: Mapping[str, Any], kind: str) -> dict[str, RecordType]:
        tables = self._table(document, (), kind)
        return {
            name: self._record_type((kind, name), name, table)
            for name, table in tables.items()
            if self._is_table(table, (kind, name))
        }

    def _record_type(self, path: tuple[str, ...], name: str, table: Mapping[str, Any], columns: Any = ()) -> RecordType:
        where = ".".join(path)
        self._only(table, path, _OF_A_RECORD_TYPE)
        self._texts(table, path, "plural", "like", "wrap")
        key_absent = table.get("key_absent")
        if not isinstance(key_absent, str | Mapping | None):
            message = f"{where}: key_absent has to be text, or a table of texts"
            self._problems.add((*path, "key_absent"), message)
            key_absent = None
        return RecordType(
            name=name,
            plural=str(table.get("plural", f"{name}s")),
            fields=self._fields(table, path),
            rules=self._rules(table.get("rules", []), path),
            key=self._names(table, path, "key"),
            also=self._names(table, path, "also"),
            like=self._pattern(table.get("like", ""), path),
            wrap=str(table.get("wrap", "")),
            key_absent=key_absent,
            derived=self._derivations(self._table(table, path, "derived"), path),
            place=path,
            columns=columns,
        )

    def _pattern(self, pattern: Any, path: Path) -> str:
        if not isinstance(pattern, str):
            return ""
        try:
            Matcher(pattern, "like")
        except RuleSetError as error:
            self._problems.add((*path, "like"), f"{'.'.join(map(str, path))}: {error}")
            return ""
        return pattern

    def _fields(self, table: Mapping[str, Any], path: Path) -> dict[str, str | Mapping[str, Any]]:
        """The declared types of the fields of a record or of an object, without those that are none."""
        found: dict[str, str | Mapping[str, Any]] = {}
        for name, declared in self._table(table, path, "fields").items():
            place = (*path, "fields", name)
            where = ".".join(map(str, place))
            if isinstance(declared, str):
                found[name] = declared
            elif isinstance(declared, Mapping):
                self._only(declared, place, _OF_A_FIELD)
                kind = declared.get("type", "object")
                if not isinstance(kind, str):
                    self._problems.add((*place, "type"), f"{where}: the type has to be text, not {kind!r}")
                    kind = "any"
                elif "fields" in declared and kind.removesuffix(" or null") != "object":
                    self._problems.add((*place, "type"), f"{where}: only an object has fields, not {kind!r}")
                inner = {"fields": self._fields(declared, place)} if "fields" in declared else {}
                found[name] = {**declared, "type": kind, **inner}
            else:
                self._problems.add(place, f"{where}: has to be a type or a table, not {declared!r}")
                found[name] = "any"
        return found

    def _rules(self, rules: Any, path: Path) -> list[Mapping[str, Any] | Rule]:
        if isinstance(rules, list) and all(isinstance(rule, Mapping | Rule) for rule in rules):
            return rules
        self._problems.add((*path, "rules"), f"{'.'.join(map(str, path))}.rules: has to be a list of tables")
        return []

    def _derivations(self, tables: Mapping[str, Any], path: Path) -> dict[str, Derivation]:
        found = {}
        for name, table in tables.items():
            if isinstance(table, Derivation):
                found[name] = table
            elif self._is_table(table, (*path, "derived", name)):
                derivation = self._derivation(table, (*path, "derived", name))
                if derivation is not None:
                    found[name] = derivation
        return found

    def _derivation(self, table: Mapping[str, Any], path: Path) -> Derivation | None:
        where = ".".join(map(str, path))
        options = dict(table)
        named = options.pop("derive", "")
        kind = DERIVATIONS.get(str(named))
        if kind is None:
            self._problems.add((*path, "derive"), f"{where}: derive has to be one of {', '.join(DERIVATIONS)}")
            return None
        known = [option.name for option in dataclasses.fields(kind)]  # type: ignore[arg-type]  # each is one
        before = len(self._problems)
        self._only(options, path, known, f"{where}: {kind.kind}", owner=True)
        if len(self._problems) == before and (missing := missing_option(kind, options)):
            self._problems.add(path, f"{where}: {kind.kind} needs {missing}")
        if wrong := wrong_option(kind, options):
            self._problems.add((*path, wrong.name), f"{where}: {wrong.message}")
        return kind(**options) if len(self._problems) == before else None

    def _statuses(self, table: Mapping[str, Any]) -> dict[str, int]:
        known = sorted(name for name, kind in EXPLAINED.items() if issubclass(kind, ReadingRule))
        self._only(table, ("status",), known)
        found = {}
        for name, status in table.items():
            if not isinstance(status, int) or isinstance(status, bool):
                self._problems.add(("status", name), f"status: {name} has to be a whole number, not {status!r}")
            elif name in known:
                found[name] = status
        return found

    def _texts(self, table: Mapping[str, Any], path: Path, *names: str) -> None:
        """Refuse anything but text under the given names."""
        for name in names:
            if not isinstance(table.get(name, ""), str):
                self._problems.add((*path, name), f"{_where(path)}: {name} has to be text, not {table[name]!r}")

    def _names(self, table: Mapping[str, Any], path: Path, name: str) -> list[str]:
        """The list of texts under a name."""
        value = table.get(name, [])
        if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
            return list(value)
        self._problems.add((*path, name), f"{_where(path)}: {name} has to be a list of texts, not {value!r}")
        return []

    def _table(self, table: Mapping[str, Any], path: Path, name: str) -> Mapping[str, Any]:
        inner = table.get(name, {})
        return inner if self._is_table(inner, (*path, name)) else {}

    def _is_table(self, value: Any, path: Path) -> bool:
        if not isinstance(value, Mapping):
            self._problems.add(path, f"{_where(path)}: has to be a table")
            return False
        return True

    def _only(
        self, table: Mapping[str, Any], path: Path, known: Iterable[str], where: str = "", *, owner: bool = False
    ) -> None:
        """Refuse other keys than those that are known."""
        known = sorted(known)
        for name in table:
            if name not in known:
                message = f"{where or _where(path)}{' has no' if owner else ': unknown'} {name}{nearest(name, known)}"
                self._problems.add((*path, name), message)


def _where(path: Path) -> str:
    return ".".join(map(str, path)) or "the rule set"
