"""Rules about values that have to differ, or to agree, within a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from ..errors import RuleSetError
from ..model.violation import to_json
from ..readers import UNREADABLE
from .base import Fields, Finding, RecordRule
from .breaking import Bench, Breakage, Draft
from .fragments import Schema, field_is
from .kind import kind_of_rule
from .looking import LISTS, OBJECTS, TEXT, Look, looks_at_each, of_text


@kind_of_rule
class NoRepeats(RecordRule):
    """A list must not name anything twice.

    ## What it checks
    No two items of the list are equal; with `by`, no two objects in it have the same value of that field. 1.0 is 1, the
    order of an object's keys does not matter, and `null` is nothing.

    ## Why it matters
    The second one would overwrite the first, or the request be refused.

    ## Example
    `"key_names": ["id", "id"]`

    ## How to mend it
    Remove the second.

    Attributes:
        field: the field with the list; or with an object of lists, each looked at by itself.
        by: the field of the objects in the list that must differ.
    """

    kind: ClassVar[str] = "no-repeats"
    default_message: ClassVar[str] = '{subject}.{field} has "{value}" twice'
    default_hint: ClassVar[str] = "remove the second"

    field: str
    by: str = ""

    def looks_at(self) -> Iterator[Look]:
        yield Look(("field",), self.field, LISTS | OBJECTS)
        if self.by:
            yield Look(("by",), self.by, inside=self.field)

    def schema(self) -> Schema | None:
        return None if self.by else field_is(self.field, {"uniqueItems": True, "not": {"type": "object"}})

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        if isinstance(value, list):
            yield from self._repeats((self.field,), value)
        elif isinstance(value, dict):
            for name, items in value.items():
                if isinstance(items, list):
                    yield from self._repeats((self.field, name), items)

    def _repeats(self, path: tuple[str, ...], items: list[Any]) -> Iterator[Finding]:
        seen: set[str] = set()
        for at, item in enumerate(items):
            named = item if not self.by else item.get(self.by) if isinstance(item, dict) else None
            if named is None or named is UNREADABLE:
                continue
            text = _text_of(named)
            if text in seen:
                yield Finding((*path, at, self.by) if self.by else (*path, at), named)
            seen.add(text)

    def mend(self, fields: Draft, bench: Bench) -> None:
        for found in reversed(list(self.check(fields))):
            place = found.path[:-1] if self.by else found.path
            listed = fields[self.field] if len(place) == 2 else fields[self.field][place[1]]
            del listed[place[-1]]

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        value = fields.get(self.field) or bench.value(self.field)
        if isinstance(value, dict):
            name, items = bench.fresh(), bench.items(self.field, 2)
            place: tuple[str | int, ...] = (self.field, name, 2)
            broken: Any = {**value, name: [*items, items[0]]}
        else:
            items = bench.with_room(fields, self.field) or bench.items(self.field, 1)
            place, broken = (self.field, len(items)), [*items, items[0]]
        yield Breakage({**fields, self.field: broken}, (*place, self.by) if self.by else place, [self.field])


@kind_of_rule
class Disjoint(RecordRule):
    """Two lists, or objects, must not name the same thing.

    ## What it checks
    No item (or key, of an object) stands in both fields; 1.0 is 1, and `null` is nothing. With `dotted`, they are paths
    such as `a.b`: then none of the one field lies within one of the other, either.

    ## Why it matters
    The one says the opposite of the other: a field cannot be set and removed at once.

    ## Example
    `{"set": {"popularity": 3}, "unset": ["popularity"]}`

    ## How to mend it
    Take it out of one of them.

    Attributes:
        fields: the two fields.
        dotted: whether a name is a path, whose steps are separated by dots.
    """

    kind: ClassVar[str] = "disjoint"
    default_message: ClassVar[str] = '"{value}" is in both {names}'
    default_hint: ClassVar[str] = "take it out of one of them"

    fields: list[str]
    dotted: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        _only_two(self.kind, self.fields)

    def looks_at(self) -> Iterator[Look]:
        yield from looks_at_each("fields", self.fields, LISTS | OBJECTS)

    def check(self, fields: Fields) -> Iterator[Finding]:
        first, second = (fields.get(name) for name in self.fields)
        if not isinstance(first, list | dict) or not isinstance(second, list | dict):
            return
        place, other_place = (f"{self.scope.subject}.{name}" for name in self.fields)
        paths = _tree(first) if self.dotted else {}
        named = set(map(_text_of, first))
        for at, item in enumerate(second):
            if item is None or item is UNREADABLE:
                continue
            if self.dotted and isinstance(item, str):
                other = _collision(paths, item)
            else:
                other = item if _text_of(item) in named else None
            if other is not None:
                names = f"{place} and {other_place}" if other == item else f'{place} (as "{other}") and {other_place}'
                yield Finding((self.fields[1], item if isinstance(second, dict) else at), item, {"names": names})

    def mend(self, fields: Draft, bench: Bench) -> None:
        first, second = self.fields
        kept, other = (first, second) if bench.is_held(first) or not bench.is_held(second) else (second, first)
        paths, value = _tree(fields[kept]) if self.dotted else fields[kept], fields[other]
        collides = (lambda name: _collision(paths, name) is not None) if self.dotted else paths.__contains__
        fields[other] = (
            {name: each for name, each in value.items() if not collides(name)}
            if isinstance(value, dict)
            else [each for each in value if not isinstance(each, str) or not collides(each)]
        )

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        name = bench.fresh()
        values = [bench.value(each) for each in self.fields]
        both = [{**each, name: 1} if isinstance(each, dict) else [*each, name] for each in values]
        place = name if isinstance(both[1], dict) else len(both[1]) - 1
        broken = {**fields, **dict(zip(self.fields, both, strict=True))}
        for other in self.fields[1:]:
            yield Breakage(broken, (other, place), self.fields)
        for ours, theirs in ((f"{name}.b", name), (name, f"{name}.b")) if self.dotted else ():
            renamed = [
                {**each, new: 1} if isinstance(each, dict) else [*each, new]
                for each, new in zip(values, (ours, theirs), strict=True)
            ]
            place = theirs if isinstance(renamed[1], dict) else len(renamed[1]) - 1
            yield Breakage({**fields, **dict(zip(self.fields, renamed, strict=True))}, (other, place), self.fields)


_END = ""
"""The key of a whole path that ends here, in a tree whose other keys are tuples of one step."""


def _tree(paths: Iterable[Any]) -> dict[Any, Any]:
    """Dotted paths step by step, so that telling which lie within each other takes time by their length alone."""
    tree: dict[Any, Any] = {}
    for path in paths:
        if isinstance(path, str):
            inner = tree
            for step in path.split("."):
                inner = inner.setdefault((step,), {})
            inner[_END] = path
    return tree


def _collision(tree: dict[Any, Any], path: str) -> str | None:
    """A path of the tree that is the given one, leads to it, or lies within it; None where there is none."""
    inner = tree
    for step in path.split("."):
        if (step,) not in inner:
            return None
        inner = inner[step,]
        if _END in inner:
            return str(inner[_END])
    while _END not in inner:
        inner = next(iter(inner.values()))
    return str(inner[_END])


@kind_of_rule
class Differ(RecordRule):
    """Two fields must not have the same value.

    ## What it checks
    The values of the two fields are different. Nothing is said where one of them is absent or empty.

    ## Why it matters
    Nothing can follow, or contain, itself.

    ## Example
    A follow with the same `source` and `target`.

    ## How to mend it
    Correct one of them, or leave the record out.

    Attributes:
        fields: the two fields.
    """

    kind: ClassVar[str] = "differ"
    default_message: ClassVar[str] = '{subject}.{first} and {subject}.{second} are both "{value}"'
    default_hint: ClassVar[str] = "correct one of them, or leave the {subject} out"

    fields: list[str]

    def __post_init__(self) -> None:
        super().__post_init__()
        _only_two(self.kind, self.fields)

    def looks_at(self) -> Iterator[Look]:
        yield from looks_at_each("fields", self.fields, TEXT)

    def check(self, fields: Fields) -> Iterator[Finding]:
        first, second = self.fields
        value, other = fields.get(first), fields.get(second)
        if value not in (None, "", UNREADABLE) and other is not None and _text_of(value) == _text_of(other):
            yield Finding((second,), value, {"first": first, "second": second})

    def mend(self, fields: Draft, bench: Bench) -> None:
        bench.renew(fields, self.fields[0] if bench.is_held(self.fields[1]) else self.fields[1])

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        first, second = self.fields
        value = fields.get(first) or bench.value(first)
        yield Breakage({**fields, first: value, second: value}, (second,), self.fields)


@kind_of_rule
class ComposedOf(RecordRule):
    """A value must be what its parts make it.

    ## What it checks
    The field is the values of the fields `parts`, texts or numbers, joined by `separator`. Nothing is said where one of
    them is absent.

    ## Why it matters
    The same thing is said twice, and other records refer to it by the one or the other.

    ## Example
    `"group_id": "user", "id": "ann", "fid": "user:bob"`

    ## How to mend it
    Correct the one that is wrong.

    Attributes:
        field: the field.
        parts: the fields that make it.
        separator: what stands between them.
    """

    kind: ClassVar[str] = "composed-of"
    default_message: ClassVar[str] = '{subject}.{field} "{value}" should be "{expected}"'
    default_hint: ClassVar[str] = 'write "{expected}", or correct {names}'

    field: str
    parts: list[str]
    separator: str = ":"

    def looks_at(self) -> Iterator[Look]:
        yield of_text("field", self.field)
        yield from looks_at_each("parts", self.parts, TEXT)

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        parts = [fields.get(name) for name in self.parts]
        texts = [part if isinstance(part, str) else to_json(part) for part in parts if _is_part(part)]
        if not isinstance(value, str) or not value or len(texts) < len(parts):
            return
        expected = self.separator.join(texts)
        if value != expected:
            yield Finding((self.field,), value, {"expected": expected, "names": " or ".join(self.parts)})

    def mend(self, fields: Draft, bench: Bench) -> None:
        if not bench.is_held(self.field):
            if not bench.is_held(self.parts[-1]):
                fields[self.parts[-1]] = bench.fresh(self.parts[-1])
            fields[self.field] = self.separator.join(fields[name] for name in self.parts)
            return
        texts = fields[self.field].split(self.separator, len(self.parts) - 1)
        fields.update(zip(self.parts, texts, strict=False))

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        parts = {name: fields.get(name) or bench.value(name) for name in self.parts}
        right = self.separator.join(parts.values())
        for text in bench.fitting(self.field, [f"{right}x", right.upper(), f"{right} ", *parts.values()]):
            if text != right:
                yield Breakage({**fields, **parts, self.field: text}, (self.field,), [self.field, *self.parts])


def _text_of(value: Any) -> str:
    """A text that is the same for values that are equal as JSON has it, however deep they nest."""
    pieces: list[str] = []
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, list):
            pieces.append(f"[{len(each)}")
            pending += reversed(each)
        elif isinstance(each, dict):
            pieces.append(f"{{{len(each)}")
            for name in sorted(each, reverse=True):
                pending += [each[name], name]
        else:
            pieces.append(to_json(int(each) if isinstance(each, float) and each.is_integer() else each))
    return "\n".join(pieces)


def _is_part(value: Any) -> bool:
    return value != "" and isinstance(value, str | int | float) and not isinstance(value, bool)


def _only_two(kind: str, fields: list[str]) -> None:
    if len(fields) != 2:
        raise RuleSetError(f"{kind}: fields has to name two fields, not {len(fields)}")
