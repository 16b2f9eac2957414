"""The rule set of a table, which is its columns, as the rule set of records that the engine knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..model.envelope import Envelope
from ..model.nearest import nearest
from ..readers import TableColumn
from ..rules.cell_text import CELL_TEXTS
from ..rules.options import wrong_option
from .problems import Problems

ENTRY = "entry"
"""The record type that every row of a table is."""

TYPES = ["string", *CELL_TEXTS]
"""The types that a column can have."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table, as its rule set describes it.

    Attributes:
        name: the name of the field, which reports and other columns call it by.
        header: the text over the column; its name where not given.
        type: what its cells hold: `string`, `integer`, `number`, `boolean`, `email`, `date` or `timestamp`.
        link: the column of the same table, or the list, that has to have the value.
        required: whether every row has to have a value.
        max_length: the most characters.
        pattern: the regular expression that the whole value has to match.
        values: what is allowed.
        unique: whether no two rows may have the same value.
        default: what the app takes where a cell is empty.
        help: what the column is for, in a few words.
    """

    name: str = ""
    header: str = ""
    type: str = "string"
    link: str = ""
    required: bool = False
    max_length: int | None = None
    pattern: str = ""
    values: list[str] = field(default_factory=list)
    unique: bool = False
    default: str | None = None
    help: str = ""


@dataclass(frozen=True, kw_only=True)
class KeyList:
    """A list of keys that live in the app, for columns to link to.

    Attributes:
        name: its name, as `--existing NAME=FILE` has it.
        help: what is in it, in a few words.
    """

    name: str = ""
    help: str = ""


def read_columns(document: Mapping[str, Any], problems: Problems) -> list[Column]:
    """The columns of a rule set's document that are right; what is wrong with others is noted."""
    lists, tables = _table(document, "lists", problems), _table(document, "columns", problems)
    headers: dict[str, str] = {}
    columns = []
    for name, table in tables.items():
        column: Column | None = _read(Column, ("columns", name), name, table, problems)
        if column is not None:
            columns.append(column)
            for option, message in _wrong(column, [*tables, *lists], headers):
                problems.add(("columns", name, option), f"columns.{name}: {message}")
    if not tables:
        problems.add(("columns",), "a table has columns: there is no [columns.…] table")
    for name in sorted(set(tables) & set(lists)):
        problems.add(("lists", name), f"lists.{name}: is called as a column is")
    return columns


def read_lists(document: Mapping[str, Any], problems: Problems) -> list[KeyList]:
    """The lists of keys of a rule set's document."""
    tables = _table(document, "lists", problems)
    if ENTRY in tables:
        problems.add(("lists", ENTRY), f"lists.{ENTRY}: the rows of the table are called that")
    read = [_read(KeyList, ("lists", name), name, table, problems) for name, table in tables.items()]
    return [each for each in read if each is not None]


def _wrong(column: Column, linkable: list[str], headers: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The options of a column that contradict its type, or other columns, and what is wrong with them.

    Arguments:
        linkable: the names of all columns and lists.
        headers: the name of the column that has each header, of those before; this one is added.
    """
    if column.type not in TYPES:
        yield "type", f"no type {column.type!r}{nearest(column.type, TYPES)}"
    if column.link and column.link not in linkable:
        suggestion = nearest(column.link, linkable)
        yield "link", f"link: there is neither a column nor a list called {column.link!r}{suggestion}"
    if column.max_length is not None and column.max_length < 1:
        yield "max_length", "max_length has to be 1 or more"
    header = " ".join((column.header or column.name).split()).casefold()
    if header in headers:
        yield "header", f"has the same header as columns.{headers[header]}"
    headers[header] = column.name
    if cell := CELL_TEXTS.get(column.type):
        is_right = re.compile(cell.pattern, re.ASCII).fullmatch
        for option, values in (("values", column.values), ("default", [column.default or ""])):
            if wrong := [each for each in values if each and not is_right(each)]:
                yield option, f"{option}: {wrong[0]!r} is not {cell.wanted}, so no cell can have it"


def reader_columns(columns: Sequence[Column]) -> list[TableColumn]:
    """What the reader has to know of the columns."""
    return [TableColumn(each.name, each.header or each.name, each.required, each.type) for each in columns]


def envelope_of_rows() -> Envelope:
    """What a row is wrapped in: nothing."""
    return Envelope(type="", fields="", record=ENTRY)


def records_of(columns: list[Column], lists: list[KeyList]) -> dict[str, tuple[dict[str, Any], list[str]]]:
    """The record types: the entries that rows are, and lists of keys, of which no row is one.

    Returns:
        Each laid out as in TOML, with the name of the column that each of its rules comes from.
    """
    key = next((each.name for each in columns if each.unique), "")
    rules = [(each.name, rule) for each in columns for rule in _rules(each, key, columns)]
    fields = {
        each.name: {"type": _field_type(each)} | ({} if each.default is None else {"default": each.default})
        for each in columns
    }
    entry: dict[str, Any] = {"plural": "entries", "fields": fields, "rules": [rule for _, rule in rules]}
    if key:
        entry["key"] = [key]
    named = {
        each.name: ({"plural": each.name, "fields": {"key": "string"}, "key": ["key"]}, list[str]()) for each in lists
    }
    return {ENTRY: (entry, [name for name, _ in rules]), **named}


def _field_type(column: Column) -> str:
    return "string" if column.type == "string" else f"{column.type} cell"


def _rules(column: Column, key: str, columns: list[Column]) -> list[dict[str, Any]]:
    """The rules of a column, each a table of options."""
    name = column.name
    rules: list[dict[str, Any]] = []
    if column.required:
        rules.append({"rule": "required", "field": name, "hint": "fill in the cell"})
    if column.max_length is not None:
        rules.append({"rule": "max-length", "field": name, "characters": column.max_length})
    if column.pattern:
        rules.append({"rule": "pattern", "field": name, "pattern": column.pattern})
    if column.values:
        rules.append({"rule": "enum", "field": name, "values": column.values})
    if column.type == "string" and not column.values:
        rules.append({"rule": "damaged-id", "field": name} | ({"pattern": column.pattern} if column.pattern else {}))
        rules.append({"rule": "formula-text", "field": name})
        if (column.unique or column.link) and not column.pattern:
            rules.append({"rule": "lost-zeros", "field": name})
    if column.unique:
        message, hint = 'entry.%s "{%s}" stands in an earlier row, too', "remove one of the two rows, or correct it"
        rules.append({"rule": "unique", "field": name, "key": [name], "message": message % (name, name), "hint": hint})
    if column.link:
        rules.append(_link(column, key, columns))
    return rules


def _link(column: Column, key: str, columns: list[Column]) -> dict[str, Any]:
    rule: dict[str, Any] = {"rule": "refers-to", "field": column.name}
    target = next((each for each in columns if each.name == column.link), None)
    if target is None:
        hint = f"correct it, or add it to the app first and to the list given with --existing {column.link}=FILE"
        message = f'entry.{column.name} "{{value}}" is not in the list {column.link}'
        return {**rule, "to": column.link, "if_any": column.link, "message": message, "hint": hint}
    message = f'entry.{column.name} "{{value}}": no row has this {target.header or target.name}'
    by = {} if target.name == key else {"by": [target.name]}
    return {**rule, **by, "to": ENTRY, "message": message, "hint": "add the row that is missing, or correct the cell"}


def _read(kind: type[Any], path: tuple[str, ...], name: str, table: Any, problems: Problems) -> Any:
    """A column or a list; None where it is broken."""
    where, before = ".".join(path), len(problems)
    if not isinstance(table, Mapping):
        problems.add(path, f"{where}: has to be a table")
        return None
    known = [each for each in kind.__dataclass_fields__ if each != "name"]
    for unknown in sorted(set(table) - set(known)):
        problems.add((*path, unknown), f"{where}: unknown {unknown}{nearest(unknown, known)}")
    if wrong := wrong_option(kind, table):
        problems.add((*path, wrong.name), f"{where}: {wrong.message}")
    return kind(name=name, **table) if len(problems) == before else None


def _table(document: Mapping[str, Any], name: str, problems: Problems) -> Mapping[str, Any]:
    table = document.get(name, {})
    if isinstance(table, Mapping):
        return table
    problems.add((name,), f"{name}: has to be a table")
    return {}
