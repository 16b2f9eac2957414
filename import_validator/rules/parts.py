"""The rule that looks into the parts of a record."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Any, ClassVar

from ..errors import RuleSetError
from .base import Fields, Finding, Path, RecordRule
from .breaking import Bench, Breakage, Draft
from .fragments import Schema, definition_reference, field_is
from .kind import kind_of_rule
from .looking import LISTS, OBJECTS, Look


@kind_of_rule
class Each(RecordRule):
    """The parts of a record are held to rules of their own.

    ## What it checks
    The object, or every object in the list, keeps to the rules of `shape`. What is found is reported under those rules'
    codes, with a path that leads to the part.

    ## Why it matters
    A mistake in one part is enough to refuse the whole record.

    ## Example
    A message with two attachments, of which the second has no `type`.

    ## How to mend it
    See the code of the rule that was broken.

    Attributes:
        field: the field with the object, or the list of objects.
        shape: the name of the shape.
        by_name: whether the field is an object whose values are the objects, or lists of them, by any name.
    """

    kind: ClassVar[str] = "each"

    field: str
    shape: str
    by_name: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.scope.record_type and self.shape not in self.scope.shapes:
            raise RuleSetError(f"each of {self.field}: no shape {self.shape!r}")

    def looks_at(self) -> Iterator[Look]:
        yield Look(("field",), self.field, OBJECTS if self.by_name else LISTS | OBJECTS)

    def schema(self) -> Schema | None:
        return self._schema

    @cached_property
    def _schema(self) -> Schema | None:
        """The rule's schema, made once: a shape may be looked into from many others.

        It holds the rules of each shape once, among its `$defs`, and refers to them.
        """
        inner = [rule.schema() for rule in self.scope.shapes[self.shape]]
        definitions: dict[str, Schema] = {}
        fragments: list[Schema] = []
        for each in inner:
            if each is None:
                return None
            definitions |= each.get("$defs", {})
            if said := {keyword: value for keyword, value in each.items() if keyword != "$defs"}:
                fragments.append(said)
        part: Schema = {}
        if fragments:
            name = f"rules {self.scope.record_type}/{self.shape}"
            definitions[name] = {"allOf": fragments}
            part = definition_reference(name)
        listed = {"items": {**part, "items": part}}
        value = {"additionalProperties": {**part, **listed}, **listed} if self.by_name else {**part, **listed}
        return {**field_is(self.field, value), **({"$defs": definitions} if definitions else {})}

    def concerns(self, maybe: AbstractSet[str]) -> bool:
        return self.field in maybe

    def check(self, fields: Fields) -> Iterator[Finding]:
        for path, part in self._parts(fields.get(self.field), (self.field,)):
            for rule in self.scope.shapes[self.shape]:
                for found in rule.check(part):
                    within = found.within if found.rule else part
                    yield Finding((*path, *found.path), found.value, found.details, found.rule or rule, within)

    def _parts(self, value: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
        if isinstance(value, list):
            for number, item in enumerate(value):
                yield from self._parts(item, (*path, number))
        elif isinstance(value, dict) and self.by_name and len(path) == 1:
            for name, item in value.items():
                yield from self._parts(item, (*path, name))
        elif isinstance(value, dict):
            yield path, value

    def mend(self, fields: Draft, bench: Bench) -> None:
        inner = bench.part(self.field, self.scope.shapes[self.shape])
        for _, part in self._parts(fields.get(self.field), (self.field,)):
            inner.mend(part)

    def edge(self, fields: Draft, bench: Bench) -> None:
        value = self._wrapped(fields, bench, bench.part(self.field, self.scope.shapes[self.shape]).make())
        fields[self.field] = value[0]

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        for rule in self.scope.shapes[self.shape]:
            yield from self.breaks_inside(rule, fields, bench)

    def breaks_inside(self, rule: RecordRule, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        """The ways to break one of the rules of the parts, or of the parts in those."""
        inner = bench.part(self.field, self.scope.shapes[self.shape])
        for broken, path in inner.broken(rule):
            value, place = self._wrapped(fields, bench, broken)
            yield Breakage({**fields, self.field: value}, (self.field, *place, *path), [self.field])

    def looks_into(self, rule: RecordRule) -> bool:
        """Whether a rule is one of the parts, or of the parts in those."""
        return any(each is rule for each in self.rules_inside)

    @cached_property
    def rules_inside(self) -> tuple[RecordRule, ...]:
        """The rules of the parts, and of the parts in those: each once, in the rule set's order."""
        found: dict[int, RecordRule] = {}
        for each in self.scope.shapes[self.shape]:
            inner = each.rules_inside if isinstance(each, Each) else ()
            found |= {id(rule): rule for rule in (each, *inner) if id(rule) not in found}
        return tuple(found.values())

    def _wrapped(self, fields: Draft, bench: Bench, part: Draft) -> tuple[Any, Path]:
        """The field's value with a part in it, and where in it the part is."""
        if self.by_name:
            name = bench.fresh()
            return {name: [part]}, (name, 0)
        if isinstance(bench.value(self.field), list):
            listed = fields.get(self.field) or []
            return [*listed, part], (len(listed),)
        return part, ()
