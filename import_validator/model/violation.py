"""One thing that is wrong with one record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import orjson

LONGEST_VALUE = 200
"""A violation shows at most so many characters of the value it is about."""


class Severity(StrEnum):
    """How serious a violation is. A file that has only warnings is valid."""

    ERROR = "error"
    WARNING = "warning"


class Stage(StrEnum):
    """When the target system would notice; a message begins with `parse error: `, `reference warning: ` and so on."""

    PARSE = "parse"
    VALIDATION = "validation"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing that is wrong, where it is, and how to mend it.

    Attributes:
        code: the kind of rule, as `import-validator explain` knows it.
        rule: the one rule of the rule set: record type, field and code, such as `user.id:required`.
        severity: `error` or `warning`.
        stage: `parse`, `validation` or `reference`.
        message: what is wrong, in the words of the format's page where that fixes them.
        hint: what to do about it.
        record_type: the record's type, None where it has none that is known.
        index: the record's number in the file, from 0; None for the file as a whole.
        offset: where the record begins, in bytes from the beginning of the (decompressed) file.
            For malformed JSON, where the mistake is.
        line: the line of that offset, from 1.
        column: the column of that offset in characters, from 1; only for malformed JSON.
        path: JSON Pointer to the value within the record's fields; empty for the record itself.
        value: the value, shortened to 200 characters; None where there is none.
        status: the HTTP status that the target system would answer with; None for formats that are no request.
        cell: what a spreadsheet shows of the place, such as `Sheet1!C17 (status)`; None for files that are no table.
            Their lines are rows, as the spreadsheet counts them.
    """

    code: str
    rule: str
    severity: Severity
    stage: Stage
    message: str
    hint: str
    record_type: str | None = None
    index: int | None = None
    offset: int | None = None
    line: int | None = None
    column: int | None = None
    path: str = ""
    value: Any = None
    status: int | None = None
    cell: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The violation as JSON types, in the order of its attributes; without those that only some have."""
        document = asdict(self)
        if self.column is None:
            del document["column"]
        if self.status is None:
            del document["status"]
        if self.cell is None:
            del document["cell"]
        return document


def pointer(path: tuple[str | int, ...]) -> str:
    """The JSON Pointer (RFC 6901) of a path of names and indexes."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def shortened(value: Any) -> Any:
    """The value as it is shown: whole where its text has at most 200 characters, else the beginning of it."""
    if isinstance(value, str):
        text = whole = presentable(value)
    else:
        try:
            text, whole = orjson.dumps(value).decode(), value
        except orjson.JSONEncodeError:
            text = whole = to_json(value)
    return text[:LONGEST_VALUE] + "…" if len(text) > LONGEST_VALUE else whole


def presentable(text: str) -> str:
    """The text with unpaired surrogates, which no encoding can hold, replaced by U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def to_json(value: Any, *, sort_keys: bool = False) -> str:
    """Compact JSON of any value a reader can produce, also of those that JSON libraries refuse."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS if sort_keys else None).decode()
    except orjson.JSONEncodeError:
        try:
            return presentable(repr(value))
        except (RecursionError, ValueError):
            return "(nested too deep to be shown)"
