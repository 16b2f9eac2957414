"""Values of the types that rule sets declare: ordinary ones, and those that programs trip over."""

from __future__ import annotations

from typing import Any

from ..rules.breaking import Chooser
from ..rules.cell_text import CELL_TEXTS
from ..rules.dates import is_iso_time, is_timestamp
from ..rules.types import FieldType

TEXTS = (
    "a", "b", "hello", "Ann", "two words", "naïve café", "日本語", "🙂👩‍👩‍👧", "e\u0301", "ß",
    "line\nbreak", 'quote " and \\', "tab\t", "İ", "\u202eright to left", "\u2028", "\x7f", "\x00", "null",
    "true", "0", "-1", "{}", "[]", "<b>",
    "~tilde", "^caret", "`tick", "=1+1", "é" * 130, "word " * 60,
)  # fmt: skip
"""Texts, the simplest first."""

TIMESTAMPS = (
    "2022-01-01T01:01:01Z", "2024-02-29T00:00:00Z", "2000-02-29T23:59:59+14:00", "2022-12-31T23:59:59.999999999Z",
    "2022-01-01T00:00:00-23:59", "2022-01-01T00:00:00.0+00:00", "0001-01-02T00:00:00Z", "9999-12-31T23:59:59Z",
    "1969-12-31T23:59:59Z", "2022-03-27T02:30:00+01:00",
)  # fmt: skip
"""Times that are right, the simplest first."""

WRONG_TIMES = (
    "", "soon", "2022-01-01", "2022-01-01T01:01:01", "2022-01-01 01:01:01Z", "2022-01-01t01:01:01z",
    "2023-02-29T00:00:00Z", "2022-13-01T00:00:00Z", "2022-01-01T24:00:00Z", "2022-01-01T00:00:60Z",
    "2022-01-01T00:00:00+24:00", "2022-01-01T00:00:00+0100", "01/02/2022", "1900-02-29T00:00:00Z",
)  # fmt: skip
"""Texts that are no times as RFC 3339 has them, the simplest first."""

WRONG_ISO_TIMES = tuple(each for each in WRONG_TIMES if not is_iso_time(each))
"""Texts that are no times as ISO 8601 has them either."""

INTEGERS = (1, 0, -1, 2, 7, 127, 2**31, 2**53 + 1, -(2**63), 2**63 - 1)
NUMBERS = (0, 1, 0.5, -1, 1e-9, 1.7e300, 2**53 + 1, -0.0)

NAMES = (
    "note",
    "color",
    "x",
    "Id",
    "ID",
    "_type",
    "on line",
    "prénom",
    "名前",
    "",
    "a.b",
    "a/b",
    "~",
    "$ref",
    "__proto__",
)
"""Names for custom fields, among them look-alikes of those that formats have."""

CELLS: dict[str, tuple[str, ...]] = {
    CELL_TEXTS["integer"].wanted: ("1", "0", "-1", "007", "9007199254740993", "1E+15"),
    CELL_TEXTS["number"].wanted: ("1", "0.5", "-1e-9", "1E300", "0", "50%"),
    CELL_TEXTS["boolean"].wanted: ("TRUE", "false", "True"),
    CELL_TEXTS["email"].wanted: ("ann@example.org", "a+b@mail.example.co", "jürgen@exämple.org"),
    CELL_TEXTS["date"].wanted: ("2022-03-04", "2024-02-29", "1969-12-31", "9999-12-31"),
    CELL_TEXTS["timestamp"].wanted: ("2022-03-04T10:00:00", "2024-02-29T23:59:59.999Z", "2022-01-01T00:00:00-23:59"),
}
"""Texts of cells of each type, by the type in words, the simplest first."""

WRONG_CELLS: dict[str, tuple[str, ...]] = {
    CELL_TEXTS["integer"].wanted: ("x", "1,234", "1.5", "12 kg", " 1", "٣", "TRUE", "1.23457E+15", "1E-3", "200%"),
    CELL_TEXTS["number"].wanted: ("x", "1,5", "1.5.", "½", "1 000", "NaN", "0x10", "50 %"),
    CELL_TEXTS["boolean"].wanted: ("yes", "1", "TRUE ", "WAHR"),
    CELL_TEXTS["email"].wanted: ("ann", "ann@example", "@example.org", "Ann <ann@example.org>", "a@b.c, d@e.f"),
    CELL_TEXTS["date"].wanted: ("soon", "03/04/2022", "2022-02-30", "1900-02-29", "44624", "2022-3-4"),
    CELL_TEXTS["timestamp"].wanted: ("soon", "2022-01-01 10:00", "2023-02-29T00:00:00", "2022-01-01T24:00:00Z"),
}
"""Texts that are none of each type, by the type in words, the simplest first."""

_WRONG: dict[str, tuple[Any, ...]] = {
    "string": (17, True, ["a"], {"a": 1}, 1.5),
    "boolean": (1, "true", 0, [], "yes"),
    "integer": ("7", 1.0, 1.5, True, [1], 1e3),
    "number": ("1", True, [1], {}),
    "object": ([], "x", 1, False),
    "array": ({}, "x", 1, {"0": "a"}),
}

DEEPEST = 60


def custom_value(choose: Chooser, depth: int = 0) -> Any:
    """Anything that JSON can say."""
    kind = choose.integer(0, 7 if depth < 3 else 4)
    if kind == 0:
        return choose.pick(TEXTS)
    if kind == 1:
        return choose.pick(INTEGERS)
    if kind == 2:
        return choose.pick((True, False, None))
    if kind == 3:
        return choose.pick(NUMBERS)
    if kind == 4:
        return choose.pick(TIMESTAMPS)
    if kind == 5:
        return [custom_value(choose, depth + 1) for _ in range(choose.integer(0, 3))]
    if kind == 6:
        return {choose.pick(NAMES): custom_value(choose, depth + 1) for _ in range(choose.integer(0, 3))}
    nested: Any = choose.pick(INTEGERS)
    for _ in range(choose.integer(1, DEEPEST)):
        nested = [nested]
    return nested


def value_of(declared: FieldType | None, choose: Chooser) -> Any:
    """A value of a declared type, neither null nor the empty string; lists have one item, objects as few as can be."""
    if declared is None:
        return custom_value(choose)
    if declared.item is not None:
        return [value_of(declared.item, choose)]
    if declared.shape is not None or declared.values is not None:
        return {}
    return _basic(declared, choose)


def _basic(declared: FieldType, choose: Chooser) -> Any:
    if declared.suggest is not None:
        return choose.pick(CELLS[declared.wanted])
    if declared.accepts is is_timestamp:
        return choose.pick(TIMESTAMPS)
    if declared.accepts is is_iso_time:
        return choose.pick((*TIMESTAMPS, "2018-07-08T14:09:36.000000"))
    values: dict[str, Any] = {"string": TEXTS, "boolean": (True, False), "integer": INTEGERS, "number": NUMBERS}
    kind = basic_name(declared)
    if kind == "object":
        return {choose.pick(NAMES): custom_value(choose, 2) for _ in range(choose.integer(0, 2))}
    if kind == "array":
        return [custom_value(choose, 2) for _ in range(choose.integer(0, 2))]
    return choose.pick(values[kind]) if kind in values else custom_value(choose)


def wrong_values(declared: FieldType, *, null_passes: bool) -> tuple[Any, ...]:
    """Values that are not of a declared type, the simplest first; none where everything is."""
    kind = basic_name(declared)
    wrong = _WRONG.get(kind, ())
    return wrong if null_passes or declared.nullable or not wrong else (*wrong, None)


def basic_name(declared: FieldType) -> str:
    """What JSON Schema calls the JSON type of a declared type; empty where it may be any."""
    if declared.item is not None:
        return "array"
    if declared.shape is not None or declared.values is not None:
        return "object"
    return str((declared.basic or {}).get("type", ""))
