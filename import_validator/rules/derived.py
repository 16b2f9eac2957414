"""Values computed from a record's fields, which keys and messages can use as if they were fields."""

from __future__ import annotations

import base64
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from ..model.records import Fields
from ..model.violation import to_json
from .breaking import Bench, Draft
from .key_text import key_text
from .kind import kind_of_rule
from .looking import KEYS, NUMBERS, OBJECTS, TEXT, Look, looks_at_each, of_text
from .number_order import Scaled, scaled, scaled_decimal

if TYPE_CHECKING:
    import hashlib

_TIMESTAMP = re.compile(
    r"(?P<whole>[0-9-]{10}T[0-9:]{8})(?:\.(?P<fraction>[0-9]+))?(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)


class Derivation(ABC):
    """A value computed from fields."""

    kind: ClassVar[str]
    kinds: ClassVar[frozenset[str]] = TEXT
    """The kinds of values that rules can take it for, as JSON Schema calls them."""
    may_say_two: ClassVar[bool] = False
    """Whether the fields can give it two values at once: see `other_value`."""

    @property
    def plain_field(self) -> str:
        """A field that, where it is a string that is not empty, is the value itself; empty where there is none."""
        return ""

    @abstractmethod
    def value(self, fields: Fields) -> str | None:
        """The value, None where the fields it is made of are absent."""

    def other_value(self, fields: Fields) -> str | None:
        """The value that may be meant as well, where the fields say two things at once; None where they do not."""
        return None

    def number(self, fields: Fields) -> Scaled | None:
        """The value as a number; None where it is none."""
        return None

    @property
    @abstractmethod
    def made_of(self) -> list[str]:
        """The fields that the value is made of."""

    @abstractmethod
    def looks_at(self) -> Iterator[Look]:
        """The fields that the value is made of, with the types that they can have."""

    def point(self, fields: Draft, value: Any, source: Derivation | None, target: Fields) -> None:
        """Let fields in the making have the value that another record has; for tests.

        Arguments:
            value: the other record's value.
            source: how it is derived there; None where a field holds it.
            target: the other record's fields.
        """
        if self.plain_field:
            fields[self.plain_field] = value

    def renewed(self, fields: Draft, bench: Bench) -> Draft:
        """The fields to change, with None for those to leave out, for another value than any record has; for tests."""
        return {}

    @abstractmethod
    def show(self, fields: Fields, aspect: str) -> Any:
        """The value for a message; `aspect` is what follows the dot in `{name.aspect}`, empty where nothing does."""


@kind_of_rule
class SetId(Derivation):
    """An id that is given, or made from a set of strings where it is not.

    The made one is `prefix` and the unpadded base64url of the SHA-512/256 of the strings, sorted and joined
    by commas, so that the order in which they are listed never matters.

    In messages: `{name}` is the id; `{name.set}` the strings, sorted; `{name.given}` the id where that is
    given, else the strings.

    Attributes:
        id: the field with the given id.
        set: the field with the strings.
        prefix: what a made id begins with.
    """

    kind: ClassVar[str] = "set-id"
    may_say_two: ClassVar[bool] = True

    id: str
    set: str
    prefix: str = ""

    def looks_at(self) -> Iterator[Look]:
        if self.id:
            yield of_text("id", self.id)
        yield of_text("set", self.set, each=True)

    @property
    def plain_field(self) -> str:
        return self.id

    @property
    def made_of(self) -> list[str]:
        return [self.id, self.set] if self.id else [self.set]

    def value(self, fields: Fields) -> str | None:
        given = fields.get(self.id)
        if given and isinstance(given, str):
            return given
        members = self._members(fields)
        return self.prefix + _digest_of_set(tuple(members)) if members else None

    def other_value(self, fields: Fields) -> str | None:
        members = self._members(fields) if fields.get(self.id) else []
        return self.prefix + _digest_of_set(tuple(members)) if members else None

    def show(self, fields: Fields, aspect: str) -> Any:
        if aspect == "set":
            return sorted(self._members(fields))
        given = fields.get(self.id)
        if aspect == "given":
            return given or sorted(self._members(fields))
        return self.value(fields)

    def point(self, fields: Draft, value: Any, source: Derivation | None, target: Fields) -> None:
        if isinstance(source, SetId) and not target.get(source.id):
            fields[self.set] = list(target[source.set])
            fields.pop(self.id, None)
        else:
            fields[self.id] = value
            fields.pop(self.set, None)

    def renewed(self, fields: Draft, bench: Bench) -> Draft:
        if self.id:
            return {self.id: bench.fresh(self.id), self.set: None}
        return {self.set: bench.items(self.set, max(len(fields.get(self.set) or []), 2))}

    def empty(self) -> str:
        """The id made from no strings at all."""
        return self.prefix + _digest_of_set(())

    def _members(self, fields: Fields) -> list[str]:
        members = fields.get(self.set)
        return [member for member in members if isinstance(member, str)] if isinstance(members, list) else []


def _digest_of_set(members: tuple[str, ...]) -> str:
    return _remembered_digest(members) if len(members) <= 16 else _compute_digest(members)


def _compute_digest(members: tuple[str, ...]) -> str:
    digest = _sha512_256().copy()
    digest.update(",".join(sorted(members)).encode("utf-8", "surrogatepass"))
    return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()


@cache
def _sha512_256() -> hashlib._Hash:
    import hashlib  # noqa: PLC0415 - loads OpenSSL, which few files need

    return hashlib.new("sha512_256")


_remembered_digest = lru_cache(maxsize=2048)(_compute_digest)


@kind_of_rule
class Moment(Derivation):
    """A moment in time, however it is written: offsets and trailing zeros make no difference.

    Attributes:
        field: the field with the timestamp (RFC 3339).
    """

    kind: ClassVar[str] = "moment"
    kinds: ClassVar[frozenset[str]] = TEXT | NUMBERS

    field: str

    def looks_at(self) -> Iterator[Look]:
        yield of_text("field", self.field)

    @property
    def made_of(self) -> list[str]:
        return [self.field]

    def value(self, fields: Fields) -> str | None:
        seconds = self._seconds(fields)
        return None if seconds is None else f"{seconds[0]}.{seconds[1]}"

    def number(self, fields: Fields) -> Scaled | None:
        seconds = self._seconds(fields)
        return None if seconds is None else scaled_decimal(*seconds)

    def _seconds(self, fields: Fields) -> tuple[int, str] | None:
        """The whole seconds since the beginning of the calendar, and the decimals of those that follow."""
        text = fields.get(self.field)
        match = _TIMESTAMP.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            return None
        fraction = (match["fraction"] or "").rstrip("0")
        year, month, day, hours, minutes, seconds = (int(part) for part in re.split("[-T:]", match["whole"]))
        offset = 0 if match["offset"] == "Z" else int(match["offset"][:3] + match["offset"][4:])
        behind = (abs(offset) // 100 * 60 + abs(offset) % 100) * (1 if offset > 0 else -1)
        return ((_days(year, month, day) * 24 + hours) * 60 + minutes - behind) * 60 + seconds, fraction

    def show(self, fields: Fields, aspect: str) -> Any:
        return fields.get(self.field)

    def point(self, fields: Draft, value: Any, source: Derivation | None, target: Fields) -> None:
        fields[self.field] = target.get(source.field) if isinstance(source, Moment) else value

    def renewed(self, fields: Draft, bench: Bench) -> Draft:
        return {self.field: bench.value(self.field)}


@kind_of_rule
class NamedValues(Derivation):
    """The values in an object of the keys that another field names, in whatever order it names them.

    Attributes:
        names: the field with the list of keys.
        of: the field with the object.
    """

    kind: ClassVar[str] = "named-values"

    names: str
    of: str

    def looks_at(self) -> Iterator[Look]:
        yield of_text("names", self.names, each=True)
        yield Look(("of",), self.of, OBJECTS)

    @property
    def made_of(self) -> list[str]:
        return [self.names, self.of]

    def value(self, fields: Fields) -> str | None:
        names, data = fields.get(self.names), fields.get(self.of)
        if not isinstance(names, list) or not isinstance(data, dict) or not names:
            return None
        chosen = sorted({name for name in names if isinstance(name, str)})
        values = [data.get(name) for name in chosen]
        return None if None in values else to_json([chosen, values])

    def show(self, fields: Fields, aspect: str) -> Any:
        return self.value(fields)


@kind_of_rule
class FirstOf(Derivation):
    """The first of several fields that is given: text, or a number.

    Attributes:
        fields: the fields.
        default: the value where none of them is given; none where empty.
    """

    kind: ClassVar[str] = "first-of"
    kinds: ClassVar[frozenset[str]] = KEYS

    fields: list[str]
    default: str = ""

    def looks_at(self) -> Iterator[Look]:
        yield from looks_at_each("fields", self.fields, KEYS)

    @property
    def made_of(self) -> list[str]:
        return self.fields

    def value(self, fields: Fields) -> str | None:
        return key_text(self._first(fields))

    def number(self, fields: Fields) -> Scaled | None:
        return scaled(self._first(fields))

    def show(self, fields: Fields, aspect: str) -> Any:
        return self._first(fields)

    def point(self, fields: Draft, value: Any, source: Derivation | None, target: Fields) -> None:
        fields[self.fields[0]] = value

    def renewed(self, fields: Draft, bench: Bench) -> Draft:
        return {self.fields[0]: bench.fresh(self.fields[0])}

    def _first(self, fields: Fields) -> Any:
        return next((fields[name] for name in self.fields if fields.get(name) not in (None, "")), self.default or None)


def _days(year: int, month: int, day: int) -> int:
    """The number of a day in the Gregorian calendar, also of years that Python's dates do not reach."""
    year, month = (year, month) if month > 2 else (year - 1, month + 12)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day


_DERIVATIONS: tuple[type[Derivation], ...] = (SetId, Moment, NamedValues, FirstOf)

DERIVATIONS: dict[str, type[Derivation]] = {derivation.kind: derivation for derivation in _DERIVATIONS}
