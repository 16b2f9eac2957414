"""The rule set of a table, which is its columns, as the rule set of records that the engine knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import RuleSetError
from ..model.envelope import Envelope
from ..readers import TableColumn
from ..rules.cell_text import CELL_TEXTS
from ..rules.options import wrong_option

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


def read_columns(document: Mapping[str, Any]) -> list[Column]:
    """The columns of a rule set's document.

    Raises:
        RuleSetError: where one of them is broken.
    """
    lists = _table(document, "lists")
    columns = [_read(Column, f"columns.{name}", name, table) for name, table in _table(document, "columns").items()]
    names = {each.name for each in columns}
    headers: dict[str, str] = {}
    for each in columns:
        where = f"columns.{each.name}"
        if each.type not in TYPES:
            raise RuleSetError(f"{where}: no type {each.type!r}; there are {', '.join(TYPES)}")
        if each.link and each.link not in names | set(lists):
            raise RuleSetError(f"{where}: link: there is neither a column nor a list called {each.link!r}")
        if each.max_length is not None and each.max_length < 1:
            raise RuleSetError(f"{where}: max_length has to be 1 or more")
        header = " ".join((each.header or each.name).split()).casefold()
        if header in headers:
            raise RuleSetError(f"{where}: has the same header as columns.{headers[header]}")
        headers[header] = each.name
    if not columns:
        raise RuleSetError("a table has columns: there is no [columns.…] table")
    if both := sorted(names & set(lists)):
        raise RuleSetError(f"lists.{both[0]}: is called as a column is")
    return columns


def read_lists(document: Mapping[str, Any]) -> list[KeyList]:
    """The lists of keys of a rule set's document."""
    found = [_read(KeyList, f"lists.{name}", name, table) for name, table in _table(document, "lists").items()]
    if any(each.name == ENTRY for each in found):
        raise RuleSetError(f"lists.{ENTRY}: the rows of the table are called that")
    return found


def reader_columns(columns: Sequence[Column]) -> list[TableColumn]:
    """What the reader has to know of the columns."""
    return [TableColumn(each.name, each.header or each.name, each.required, each.type) for each in columns]


def envelope_of_rows() -> Envelope:
    """What a row is wrapped in: nothing."""
    return Envelope(type="", fields="", record=ENTRY)


def records_of(columns: list[Column], lists: list[KeyList]) -> dict[str, dict[str, Any]]:
    """The record types, laid out as in TOML: the entries that rows are, and lists of keys, of which no row is one."""
    key = next((each.name for each in columns if each.unique), "")
    rules = [rule for each in columns for rule in _rules(each, key, columns)]
    fields = {
        each.name: {"type": _field_type(each)} | ({} if each.default is None else {"default": each.default})
        for each in columns
    }
    entry = {"plural": "entries", "fields": fields, "rules": rules} | ({"key": [key]} if key else {})
    named = {each.name: {"plural": each.name, "fields": {"key": "string"}, "key": ["key"]} for each in lists}
    return {ENTRY: entry, **named}


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


def _read(kind: type[Any], where: str, name: str, table: Any) -> Any:
    if not isinstance(table, Mapping):
        raise RuleSetError(f"{where}: has to be a table")
    known = [each for each in kind.__dataclass_fields__ if each != "name"]
    if unknown := sorted(set(table) - set(known)):
        raise RuleSetError(f"{where}: unknown {', '.join(unknown)}; there are {', '.join(known)}")
    if wrong := wrong_option(kind, table):
        raise RuleSetError(f"{where}: {wrong}")
    return kind(name=name, **table)


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, Mapping):
        raise RuleSetError(f"{name}: has to be a table")
    return table
