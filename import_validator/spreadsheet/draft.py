"""A first rule set from a table that is there, for its owner to correct."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from ..errors import ImportValidatorError
from ..readers import READERS, Batch, Cells, Setup
from ..readers.header import folded
from ..rules.cell_text import CELL_TEXTS
from ..rules.dates import read_sloppily

MOST_ROWS = 20_000
"""Rows that are looked at."""

_MOST_ALLOWED = 12
_LIKE_KEYS = {"id", "key", "code", "uuid", "number", "no", "nr"}
_ROUNDINGS = (20, 40, 80, 120, 255, 500, 1000, 5000)
_RUNS = re.compile(r"[A-Z]+|[a-z]+|[0-9]+|[^A-Za-z0-9]+")
_CLASSES = {"A": "[A-Z]", "a": "[a-z]", "0": "[0-9]"}


@dataclass(slots=True)
class _Seen:
    """What the values of a column have been so far.

    Attributes:
        header: the text over it.
        count: how many cells are not empty.
        longest: the longest of them, in characters.
        types: the types that all of them fit.
        values: the different ones.
        repeats: whether any stands twice.
        shapes: what they are made of; more than one, where they have different shapes.
        sloppy_dates: how many are dates, but not written as they should be.
    """

    header: str
    count: int = 0
    longest: int = 0
    types: set[str] = field(default_factory=lambda: set(CELL_TEXTS))
    values: set[str] = field(default_factory=set)
    repeats: bool = False
    shapes: set[str] = field(default_factory=set)
    sloppy_dates: int = 0

    def see(self, cell: str) -> None:
        self.count += 1
        self.longest = max(self.longest, len(cell))
        self.types = {each for each in self.types if _MATCHES[each](cell)}
        if "integer" in self.types and re.match("-?0[0-9]", cell):
            self.types -= {"integer", "number"}
        if not self.types and self.sloppy_dates == self.count - 1 and _is_sloppy_date(cell):
            self.sloppy_dates += 1
        if len(self.shapes) < 2:
            self.shapes.add(_shape_of(cell))
        self.repeats = self.repeats or cell in self.values
        self.values.add(cell)


_MATCHES = {name: re.compile(each.pattern, re.ASCII).fullmatch for name, each in CELL_TEXTS.items()}


def draft(pieces: Iterable[bytes], source: str, *, options: dict[str, str], tmp: str | None = None) -> str:
    """A rule set as TOML with comments, under which what was looked at is valid.

    Arguments:
        pieces: the file's bytes.
        source: what to call the file.
        options: what of the file is read, and how: `sheet`, `delimiter`, `encoding`.
        tmp: folder for temporary files; the system's own where None.

    Raises:
        ImportValidatorError: where it is no table.
    """
    rows = misfits = 0
    seen: dict[str, _Seen] = {}
    for batch, headers in _batches(pieces, options, tmp):
        for name, header in headers.items():
            seen.setdefault(name, _Seen(header))
        for record in batch.parsed[: MOST_ROWS - rows]:
            rows += 1
            for name, cell in record.items():
                if isinstance(cell, str):
                    seen[name].see(cell)
        misfits += sum(problem.code == "row-cells" for problem in batch.problems)
        if rows >= MOST_ROWS:
            break
    if misfits > rows / 2:
        header = ", ".join(f'"{each.header}"' for each in list(seen.values())[:10])
        raise ImportValidatorError(
            f"most rows do not have as many cells as the first row, which has {header}: remove a title above the "
            "headers, or name what separates cells with --delimiter"
        )
    return "\n".join(_toml(seen, rows, source, options))


def _batches(
    pieces: Iterable[bytes], options: dict[str, str], tmp: str | None
) -> Iterator[tuple[Batch, dict[str, str]]]:
    """The batches of a file, with the headers of its columns by field."""
    reader = READERS["table"](setup=Setup(options=options, tmp=tmp))
    try:
        for batch in chain(chain.from_iterable(reader.feed(piece) for piece in pieces), reader.close()):
            for problem in batch.problems:
                if problem.code == "parse" and problem.at is None:
                    raise ImportValidatorError(problem.message)
            yield batch, _headers(reader.cells or Cells({}))
    finally:
        reader.drop()


def _headers(cells: Cells) -> dict[str, str]:
    """The header of each column that is read, by field: a second one with the same is not."""
    headers: dict[str, str] = {}
    seen: set[str] = set()
    for name, (_, header) in cells.columns.items():
        if header and folded(header) not in seen:
            headers[name] = header
            seen.add(folded(header))
    return headers


def _toml(seen: dict[str, _Seen], rows: int, source: str, options: dict[str, str]) -> Iterator[str]:
    names = _field_names(each.header for each in seen.values())
    columns = dict(zip(names, seen.values(), strict=True))
    keys = [name for name, each in columns.items() if _is_key(each, rows)]
    key = next((name for name in keys if _LIKE_KEYS & set(name.split("_"))), next(iter(keys), None))
    yield f"# The columns of {_comment(source)}, as its first {rows:,} rows show them. This is a first draft: a file"
    yield "# shows what is there, not what is allowed. Go through it, and correct what you know better."
    yield ""
    yield f'name = "{_slug(Path(source).name.partition(".")[0]) or "table"}"'
    yield ""
    yield "[reader]"
    yield 'format = "table"'
    if options:
        yield ""
        yield "[table]"
        yield from (f"{name} = {_quoted(value)}" for name, value in options.items())
    for name, column in columns.items():
        yield ""
        yield f"[columns.{name}]"
        yield f"header = {_quoted(column.header)}"
        yield from _about(name, column, rows, key, columns)
    yield ""


def _about(name: str, column: _Seen, rows: int, key: str | None, columns: dict[str, _Seen]) -> Iterator[str]:
    if not column.count:
        yield "# All its cells are empty. What should stand there?"
        yield '# type = "string"'
        return
    kind = _type_of(column)
    if kind != "string":
        yield f'type = "{kind}"'
    elif column.sloppy_dates == column.count:
        yield '# type = "date"    # these are dates, but not written as year-month-day'
    if column.count == rows:
        yield "required = true"
    else:
        yield f"# required = true    # {rows - column.count:,} of {rows:,} cells are empty"
    if name == key:
        yield "unique = true"
    elif _is_key(column, rows):
        yield "# unique = true    # no two rows have the same"
    if kind != "string":
        return
    if allowed := _allowed(column):
        yield f"values = [{', '.join(map(_quoted, allowed))}]    # all that there are; are there others?"
        return
    limit = next((each for each in _ROUNDINGS if each >= column.longest), column.longest)
    yield f"# max_length = {limit}    # the longest has {column.longest:,} characters"
    if len(column.shapes) == 1 and _is_key(column, rows) and (pattern := _pattern(next(iter(column.shapes)))):
        yield f"pattern = {_quoted(pattern)}    # all are made like this"
    if key and name != key and column.values <= columns[key].values:
        yield f'# link = "{key}"    # all of them stand under {_comment(columns[key].header)}'


def _type_of(column: _Seen) -> str:
    return next((each for each in CELL_TEXTS if each in column.types), "string")


def _is_key(column: _Seen, rows: int) -> bool:
    return column.count == rows > 1 and not column.repeats


def _allowed(column: _Seen) -> list[str]:
    """The values of a column that seems to have a few of them; none for others."""
    few = len(column.values) <= _MOST_ALLOWED and column.count >= 3 * len(column.values) and column.longest <= 40
    return sorted(column.values) if few else []


def _is_sloppy_date(cell: str) -> bool:
    return any(read_sloppily(cell, day_first=day_first) for day_first in (True, False))


def _shape_of(cell: str) -> str:
    """A value with each letter and digit replaced by one that stands for all of its kind; empty for a long one."""
    if len(cell) > 40 or not cell.isascii():
        return ""
    return re.sub("[0-9]", "0", re.sub("[a-z]", "a", re.sub("[A-Z]", "A", cell)))


def _pattern(shape: str) -> str:
    """The regular expression for a shape; empty for one that says nothing."""
    if "0" not in shape:
        return ""
    runs = []
    for run in _RUNS.findall(shape):
        count = f"{{{len(run)}}}" if len(run) > 1 else ""
        runs.append(f"{_CLASSES[run[0]]}{count}" if run[0] in _CLASSES else re.escape(run))
    return "".join(runs)


def _field_names(headers: Iterable[str]) -> list[str]:
    """A name for the field under each header, no two the same."""
    names: list[str] = []
    for number, header in enumerate(headers, 1):
        name = base = _slug(header) or f"column_{number}"
        again = 2
        while name in names:
            name, again = f"{base}_{again}", again + 1
        names.append(name)
    return names


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "_", plain).strip("_")


def _quoted(text: Any) -> str:
    """Text as TOML has it: between single quotes where that needs no escapes."""
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return "".join(map(_escaped, json.dumps(text, ensure_ascii=False)))


def _escaped(character: str) -> str:
    """A character of a string in TOML: as it is, where a person can see it."""
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if character <= "\uffff" else f"\\U{ord(character):08x}"


def _comment(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)
