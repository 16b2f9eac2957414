"""What a rule says of the fields that it looks at, so that a rule set can be held against its declared types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

OptionPath = tuple[str | int, ...]

TEXT = frozenset({"string"})
NUMBERS = frozenset({"integer", "number"})
LISTS = frozenset({"array"})
OBJECTS = frozenset({"object"})
KEYS = frozenset({"string", "integer", "number", "boolean"})
"""The kinds of values that a part of a key can be."""
ANYTHING = frozenset({"string", "integer", "number", "boolean", "array", "object"})


class Look(NamedTuple):
    """One field, or derived value, that a rule looks at.

    Attributes:
        option: the option that names the field, and the index or key in it.
        name: the field.
        kinds: the kinds of values, as JSON Schema calls them, that the rule can say something about.
        items: the kinds that the items of the field can have, for a rule that looks at these; else empty.
        of: the record type that the field belongs to; the rule's own where empty.
        inside: the field whose items, objects, have the field, where it is not the record itself; else empty.
        values: values that the field has to be able to have, each with the option that gives it.
        matches: another look, at the field that this one is compared with: they need a kind in common.
    """

    option: OptionPath
    name: str
    kinds: frozenset[str] = ANYTHING
    items: frozenset[str] = frozenset()
    of: str = ""
    inside: str = ""
    values: tuple[tuple[OptionPath, Any], ...] = ()
    matches: Look | None = None


class Contradiction(NamedTuple):
    """Options with which a rule could find nothing, or would reject everything.

    Attributes:
        option: the option, and the index or key in it.
        message: what is wrong with it.
    """

    option: OptionPath
    message: str


def looks_at_each(
    option: str, names: Iterable[str], kinds: frozenset[str] = ANYTHING, *, of: str = ""
) -> Iterator[Look]:
    """A look at each field that an option lists."""
    for number, name in enumerate(names):
        yield Look((option, number), name, kinds, of=of)


def of_text(option: str, name: str, *, each: bool = False) -> Look:
    """A look at a field of text, or at a list of texts."""
    return Look((option,), name, LISTS, items=TEXT) if each else Look((option,), name, TEXT)


def of_other(option: str, dotted: str, kinds: frozenset[str], items: frozenset[str] = frozenset()) -> Look:
    """A look at a field of another record type, such as `channel.team`."""
    record_type, _, name = dotted.partition(".")
    return Look((option,), name, kinds, items, of=record_type)


def bounds_contradict(low: float | None, high: float | None) -> Iterator[Contradiction]:
    """What is wrong with bounds named `min` and `max`, of which None is no bound."""
    if low is None and high is None:
        yield Contradiction((), "finds nothing without min or max")
    if low is not None and high is not None and low > high:
        yield Contradiction(("min",), f"min {low} is above max {high}")


def kind_of(value: Any) -> str:
    """The kind of a value, as JSON Schema calls it; empty for one that JSON does not have."""
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "boolean"), (str, "string"), (int, "integer"), (float, "number"),
        (list, "array"), (tuple, "array"), (dict, "object"),
    )  # fmt: skip
    return next((kind for python, kind in kinds if isinstance(value, python)), "")
