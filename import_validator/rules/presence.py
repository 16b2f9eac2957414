"""Rules about which fields a record has."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import ClassVar

from ..model.violation import to_json
from ..readers import UNREADABLE
from .base import Fields, Finding, RecordRule
from .breaking import Bench, Breakage, Draft
from .fragments import EMPTY, Schema, given
from .kind import kind_of_rule
from .looking import Contradiction, Look, looks_at_each


@kind_of_rule
class Required(RecordRule):
    """A field must be there, and not empty.

    ## What it checks
    The field is present. Where the format says so, `null` and zero times count as absent; the empty string
    always does.

    ## Why it matters
    The record cannot be stored, or found again, without it.

    ## Example
    `{"type": "user", "item": {"role": "admin"}}`: a user without an `id`.

    ## How to mend it
    Give the field a value. Where your data has none, leave the record out, and what refers to it too.

    Attributes:
        field: the field.
        unless_given: another field with which it need not be there.
    """

    kind: ClassVar[str] = "required"
    default_message: ClassVar[str] = "{subject}.{field} required"
    default_hint: ClassVar[str] = 'give "{field}" a value'

    field: str
    unless_given: str = ""

    def looks_at(self) -> Iterator[Look]:
        yield Look(("field",), self.field)
        if self.unless_given:
            yield Look(("unless_given",), self.unless_given)

    def schema(self) -> Schema:
        if self.unless_given:
            return {"anyOf": [given(self.unless_given), given(self.field)]}
        return given(self.field)

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        if value in (None, "") and (not self.unless_given or fields.get(self.unless_given) in (None, "")):
            yield Finding((self.field,), value)

    def mend(self, fields: Draft, bench: Bench) -> None:
        name = self.unless_given if bench.is_held(self.field) and self.unless_given else self.field
        fields[name] = bench.value(name)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        holds = [name for name in (self.field, self.unless_given) if name]
        left = {name: value for name, value in fields.items() if name not in holds}
        yield Breakage(left, (self.field,), holds)
        for clean, written in bench.absences(self.field):
            yield Breakage({**left, self.field: clean}, (self.field,), holds, {self.field: written})


@kind_of_rule
class ExactlyOneOf(RecordRule):
    """Exactly one of several fields must be given.

    ## What it checks
    One of the fields is present and not empty, and none of the others is. An empty string or list counts as
    not given; with `empty_counts`, it counts as given beside another field.

    ## Why it matters
    The fields are different ways to say the same thing; with two of them nobody knows which one is meant.

    ## Example
    `{"type": "channel", "item": {"type": "messaging", "id": "HQ", "member_ids": ["a", "b"], …}}`: a channel
    with an id of its own that is also known by its members.

    ## How to mend it
    Keep the one that you mean.

    Attributes:
        fields: the fields.
        empty_counts: whether two fields are one too many also where one of them is empty.
    """

    kind: ClassVar[str] = "exactly-one-of"
    default_message: ClassVar[str] = "either {choices} required"
    default_hint: ClassVar[str] = "give either {names}, and only one of them"

    fields: list[str]
    empty_counts: bool = False

    def looks_at(self) -> Iterator[Look]:
        yield from looks_at_each("fields", self.fields)

    def contradictions(self) -> Iterator[Contradiction]:
        if not self.fields:
            yield Contradiction(("fields",), "there is no field to give: every record would be wrong")

    def schema(self) -> Schema:
        schema: Schema = {"oneOf": [given(name, absent=[*EMPTY, []]) for name in self.fields]}
        if self.empty_counts:
            schema["allOf"] = [{"oneOf": [given(name, absent=[None]) for name in self.fields]}]
        return schema

    def check(self, fields: Fields) -> Iterator[Finding]:
        filled = [name for name in self.fields if fields.get(name) not in _NOTHING_GIVEN]
        given = [name for name in self.fields if fields.get(name) is not None] if self.empty_counts else filled
        is_one = len(filled) == len(given) == 1
        if not is_one and not any(fields.get(name) is UNREADABLE for name in self.fields):
            choices = " or ".join(f"{self.scope.subject}.{name}" for name in self.fields)
            details = {"choices": choices, "names": " or ".join(self.fields)}
            shown = given if len(given) > 1 else filled
            yield Finding((), {name: fields[name] for name in shown} or None, details)

    def mend(self, fields: Draft, bench: Bench) -> None:
        given = [name for name in self.fields if fields.get(name) not in _NOTHING_GIVEN]
        kept = [name for name in given if bench.is_held(name)] or given
        self._choose(fields, bench, kept or [name for name in self.fields if not bench.is_held(name)])

    def edge(self, fields: Draft, bench: Bench) -> None:
        self._choose(fields, bench, [name for name in self.fields if not bench.is_held(name)])

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        left = {name: value for name, value in fields.items() if name not in self.fields}
        yield Breakage(left, (), self.fields)
        both = {name: bench.value(name) for name in self.fields}
        yield Breakage({**left, **both}, (), self.fields)
        for name in self.fields if self.empty_counts else ():
            yield Breakage({**left, **both, name: type(both[name])()}, (), self.fields)

    def _choose(self, fields: Draft, bench: Bench, names: list[str]) -> None:
        """Let the record have one of several fields."""
        if not names:
            return
        chosen = bench.choose.pick(names)
        for name in self.fields:
            if name != chosen:
                fields.pop(name, None)
        if fields.get(chosen) in _NOTHING_GIVEN:
            fields[chosen] = bench.value(chosen)


_NOTHING_GIVEN: tuple[object, ...] = (*EMPTY, [])


@kind_of_rule
class AtLeastOneOf(RecordRule):
    """At least one of several fields must be given.

    ## What it checks
    One of the fields, or more, is present. An empty string does not count, an empty list or object does.

    ## Why it matters
    Each of the fields says what the record is for; without any it says nothing.

    ## Example
    A change to an activity with neither `set` nor `unset`.

    ## How to mend it
    Give one of them, or leave the record out.

    Attributes:
        fields: the fields.
    """

    kind: ClassVar[str] = "at-least-one-of"
    default_message: ClassVar[str] = "at least one of {choices} required"
    default_hint: ClassVar[str] = "give {names}"

    fields: list[str]

    def looks_at(self) -> Iterator[Look]:
        yield from looks_at_each("fields", self.fields)

    def contradictions(self) -> Iterator[Contradiction]:
        if not self.fields:
            yield Contradiction(("fields",), "there is no field to give: every record would be wrong")

    def schema(self) -> Schema:
        return {"anyOf": [given(name) for name in self.fields]}

    def check(self, fields: Fields) -> Iterator[Finding]:
        if all(fields.get(name) in (None, "") for name in self.fields):
            choices = " and ".join(f"{self.scope.subject}.{name}" for name in self.fields)
            yield Finding((), None, {"choices": choices, "names": " or ".join(self.fields)})

    def mend(self, fields: Draft, bench: Bench) -> None:
        name = bench.choose.pick([name for name in self.fields if not bench.is_held(name)] or self.fields)
        fields[name] = bench.value(name)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        left = {name: value for name, value in fields.items() if name not in self.fields}
        yield Breakage(left, (), self.fields)


@kind_of_rule
class Reserved(RecordRule):
    """Names that belong to the target system must not be used for custom data.

    ## What it checks
    None of the fields is present, whatever its value. With `unless_null`, one that is `null` is not.

    ## Why it matters
    The system fills these fields in itself; a value from outside would be lost or be taken for its own.

    ## Example
    `{"type": "user", "item": {"id": "ann", "online": true}}`

    ## How to mend it
    Leave the field out, or give it a name of your own.

    Attributes:
        fields: the reserved names.
        unless_null: whether `null` passes, for clients that send it for what they leave out.
    """

    kind: ClassVar[str] = "reserved"
    default_message: ClassVar[str] = "{subject}.{found} is a reserved field"
    default_hint: ClassVar[str] = 'remove "{found}", or rename it'

    fields: list[str]
    unless_null: bool = False

    def contradictions(self) -> Iterator[Contradiction]:
        if not self.fields:
            yield Contradiction(("fields",), "there is no field that is reserved: it finds nothing")

    def schema(self) -> Schema:
        return {"properties": dict.fromkeys(self.fields, {"type": "null"} if self.unless_null else False)}

    def check(self, fields: Fields) -> Iterator[Finding]:
        for name in self.fields:
            if name in fields and not (self.unless_null and fields[name] is None):
                yield Finding((name,), fields[name], {"found": name})

    def mend(self, fields: Draft, bench: Bench) -> None:
        for name in self.fields:
            fields.pop(name, None)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        begin = bench.choose.integer(0, len(self.fields) - 1)
        for name in (*self.fields[begin:], *self.fields[:begin]):
            for value in (
                [bench.value(name)] if bench.has(name) else [True, "x", {}, *([] if self.unless_null else [None])]
            ):
                yield Breakage({**fields, name: value}, (name,), [name])


class Closed(RecordRule):
    """A record, or a part of it, has no fields besides those that the format names.

    ## What it checks
    Every field is a declared one.

    ## Why it matters
    Here the format takes no custom data; a name that it does not know is mostly one that was misspelt.

    ## Example
    A device with `"platform": "ios"`.

    ## How to mend it
    Remove the field, or correct its name.
    """

    kind: ClassVar[str] = "closed"
    default_message: ClassVar[str] = "'{found}' is not a valid field of {subject}"
    default_hint: ClassVar[str] = "remove it, or use one of: {names}"

    def schema(self) -> Schema:
        return {"propertyNames": {"enum": sorted(self.scope.declared | self.scope.inherited)}}

    def check(self, fields: Fields) -> Iterator[Finding]:
        if fields.keys() <= self.scope.declared:
            return
        for name in fields:
            if name not in self.scope.declared and name not in self.scope.inherited:
                details = {"found": name, "names": ", ".join(sorted(self.scope.declared))}
                yield Finding((name,), fields[name], details)

    def mend(self, fields: Draft, bench: Bench) -> None:
        for name in [name for name in fields if name not in self.scope.declared | self.scope.inherited]:
            del fields[name]

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        for name in (bench.fresh(), *(f"{each}_" for each in sorted(self.scope.declared))):
            yield Breakage({**fields, name: "x"}, (name,), [name])


@kind_of_rule
class CustomSize(RecordRule):
    """Custom data must not be larger than the target system keeps.

    ## What it checks
    The compact JSON text of all fields that the format does not name, together, has at most `bytes` bytes.

    ## Why it matters
    The import fails on the first record with more, however late in the file it stands.

    ## Example
    A user with a 6 KB profile in a field of its own.

    ## How to mend it
    Store large data elsewhere, and keep a reference to it in the record.

    Attributes:
        bytes: the limit, in bytes of UTF-8.
    """

    kind: ClassVar[str] = "custom-size"
    default_message: ClassVar[str] = "{subject} custom data max size exceeded ({limit} bytes)"
    default_hint: ClassVar[str] = (
        "shorten the custom fields ({names}) to {limit} bytes of JSON together; they have {size}"
    )

    bytes: int

    def contradictions(self) -> Iterator[Contradiction]:
        if self.bytes < 0:
            yield Contradiction(("bytes",), "no text has fewer than 0 bytes")

    def concerns(self, maybe: AbstractSet[str]) -> bool:
        return not maybe <= self.scope.declared | self.scope.inherited

    def check(self, fields: Fields) -> Iterator[Finding]:
        custom = {name: fields[name] for name in fields.keys() - self.scope.declared - self.scope.inherited}
        if custom and (size := len(to_json(custom).encode())) > self.bytes:
            details = {"names": ", ".join(sorted(custom)), "limit": str(self.bytes), "size": str(size)}
            yield Finding((), None, details)

    def mend(self, fields: Draft, bench: Bench) -> None:
        for name in self._custom(fields):
            if not bench.is_held(name):
                del fields[name]

    def edge(self, fields: Draft, bench: Bench) -> None:
        self.mend(fields, bench)
        name = bench.fresh()
        fields[name] = self._filler(name, self.bytes, "")

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        left = {name: value for name, value in fields.items() if name not in self._custom(fields)}
        name = bench.fresh()
        for letter in ("", "é", "🙂"):
            yield Breakage({**left, name: self._filler(name, self.bytes + 1, letter)}, (), [name])

    def _custom(self, fields: Fields) -> list[str]:
        return [name for name in fields if name not in self.scope.declared | self.scope.inherited]

    @staticmethod
    def _filler(name: str, size: int, letter: str) -> str:
        """Text, of this letter where one is given, that makes an object with this key of so many bytes."""
        left = size - len(f'{{"{name}":""}}')
        count = left // len(letter.encode()) if letter else 0
        return letter * count + "x" * (left - count * len(letter.encode()))
