"""Holds rules against the declared types of the fields that they look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..model.nearest import nearest
from ..rules import Rule
from ..rules.derived import Derivation
from ..rules.looking import ANYTHING, LISTS, TEXT, Look, kind_of
from ..rules.types import FieldType, Shape
from .problems import Problems
from .toml_lines import Path


class Declared(NamedTuple):
    """What a record type, or a shape, declares.

    Attributes:
        where: its place in the rule set, for messages, such as `records.user`.
        shape: the types of its fields.
        derived: its derived values.
        inherited: other names that its rules can use: of what its envelope passes on, or has itself.
    """

    where: str
    shape: Shape
    derived: Mapping[str, Derivation]
    inherited: frozenset[str]

    @property
    def names(self) -> list[str]:
        """All names that rules can use."""
        return [*self.shape.fields, *self.derived, *sorted(self.inherited)]

    def kinds(self, name: str) -> frozenset[str]:
        """The kinds of values that a name can have."""
        if name in self.shape.fields:
            return kinds_of(self.shape.fields[name])
        return self.derived[name].kinds if name in self.derived else ANYTHING

    def wanted(self, name: str) -> str:
        """What a name is declared as, in words."""
        declared = self.shape.fields.get(name)
        return declared.wanted if declared is not None else "a derived value"


def kinds_of(declared: FieldType) -> frozenset[str]:
    """The kinds of values, as JSON Schema calls them, that a field of the type can have."""
    kind = declared.schema_type
    if kind is None:
        return ANYTHING
    return frozenset({"integer", "number"}) if kind == "number" else frozenset({kind})


class TypeChecker:
    """Notes what rules say that cannot be, given what the record types declare.

    Arguments:
        records: what each record type declares.
    """

    def __init__(self, records: Mapping[str, Declared], problems: Problems) -> None:
        self._records = records
        self._problems = problems

    def check_rule(self, rule: Rule, own: Declared, path: Path, where: str) -> None:
        """Note what a rule's options say of fields, and of each other, that cannot be.

        Arguments:
            own: what the rule's record type, or shape, declares.
            path: where the rule is in the rule set's document.
            where: the same for messages.
        """
        for contradiction in rule.contradictions():
            self._problems.add((*path, *contradiction.option), f"{where}: {rule.kind}: {contradiction.message}")
        self.check_looks(rule.looks_at(), own, path, f"{where}: {rule.kind}")

    def check_looks(self, looks: Iterable[Look], own: Declared, path: Path, where: str) -> None:
        """Note each look at a field that is not there, or cannot have what is looked for."""
        for look in looks:
            message = self._wrong_with(look, own)
            if message:
                self._problems.add((*path, *look.option), f"{where}: {message}")
            elif look.values:
                self._check_values(look, own, path, where)

    def _wrong_with(self, look: Look, own: Declared) -> str:
        option = look.option[0]
        owner = self._records.get(look.of) if look.of else own
        if owner is None:
            return f"{option}: no record type {look.of!r}{nearest(look.of, self._records)}"
        if look.inside:
            return self._wrong_inside(look, owner)
        if look.name not in owner.names:
            return _undeclared(look, owner)
        kinds = owner.kinds(look.name)
        if not kinds & look.kinds:
            return _never(look, owner, look.kinds)
        if look.items:
            item = owner.shape.fields[look.name].item if look.name in owner.shape.fields else None
            if item is not None and not kinds_of(item) & look.items:
                return _never(look, owner, look.items)
        if look.matches is not None:
            return self._wrong_match(look, look.matches, kinds, owner)
        return ""

    def _wrong_match(self, look: Look, other: Look, kinds: frozenset[str], owner: Declared) -> str:
        theirs = self._records.get(other.of)
        if theirs is None or other.name not in theirs.names:
            return ""  # said of the other
        declared = owner.shape.fields.get(look.name)
        if look.items and declared is not None:
            kinds = ANYTHING if declared.item is None else kinds_of(declared.item)
        if kinds & theirs.kinds(other.name):
            return ""
        return (
            f"{look.option[0]}: {look.name} is declared as {owner.wanted(look.name)}, and "
            f"{theirs.where}.{other.name} as {theirs.wanted(other.name)}: they can never be the same"
        )

    def _wrong_inside(self, look: Look, owner: Declared) -> str:
        outer = owner.shape.fields.get(look.inside)
        inner = outer.item or outer.values if outer is not None else None
        while inner is not None and inner.shape is None:
            inner = inner.item or inner.values
        if inner is None or inner.shape is None or look.name in inner.shape.fields:
            return ""
        suggestion = nearest(look.name, inner.shape.fields)
        return f"{look.option[0]}: what {owner.where}.{look.inside} holds has no field {look.name!r}{suggestion}"

    def _check_values(self, look: Look, own: Declared, path: Path, where: str) -> None:
        kinds = own.kinds(look.name)
        for option, value in look.values:
            kind = kind_of(value)
            if (
                kind
                and kind not in kinds
                and not (kind == "number" and float(value).is_integer() and "integer" in kinds)
            ):
                wanted = own.wanted(look.name)
                message = f"{look.name} is declared as {wanted}, and can never be {value!r}"
                self._problems.add((*path, *option), f"{where}: {option[0]}: {message}")


_PLURALS = {
    "string": "strings", "integer": "integers", "number": "numbers", "boolean": "booleans",
    "array": "arrays", "object": "objects",
}  # fmt: skip


def _undeclared(look: Look, owner: Declared) -> str:
    suggestion = nearest(look.name, owner.names)
    if "did you mean" not in suggestion:
        suggestion = f'; declare it in {owner.where}.fields, as "any" where its type does not matter'
    return f"{look.option[0]}: {owner.where} has no field {look.name!r}{suggestion}"


def _never(look: Look, owner: Declared, wanted: frozenset[str]) -> str:
    names = [
        word for kind, word in _PLURALS.items() if kind in wanted and (kind != "integer" or "number" not in wanted)
    ]
    what = f"{'arrays of ' if look.items and wanted is look.items else ''}{' or '.join(names)}"
    is_list = owner.kinds(look.name) == LISTS and not look.items
    hint = "; use each = true for the items of a list" if is_list and wanted == TEXT else ""
    return (
        f"{look.option[0]}: it looks at {what}, and {owner.where}.{look.name} is declared as "
        f"{owner.wanted(look.name)}: it could never find anything{hint}"
    )
