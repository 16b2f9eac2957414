"""What rules have at hand to mend and to break records with, for tests of programs that write import files."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from ..facts.rows import Key
from ..readers import TableColumn

T = TypeVar("T")
Draft = dict[str, Any]
"""A record's fields while they are being made."""


class Breakage(NamedTuple):
    """A record that breaks one rule.

    Attributes:
        fields: its fields.
        path: where within them the rule will say that it is broken.
        holds: the names of the fields that break it; they stay as they are, present or absent, when other rules mend
            the rest.
        written: what stands in the file in the place of some fields, where that is not what rules see of them.
        misplaced: whether the record has to stand at the end of the file.
        instead: one value that stands in the place of all fields, where there is one.
    """

    fields: Draft
    path: tuple[str | int, ...]
    holds: Sequence[str]
    written: Mapping[str, Any] = {}
    misplaced: bool = False
    instead: tuple[Any, ...] = ()


class Damage(NamedTuple):
    """A file that breaks one rule of its format.

    Attributes:
        text: the text of the damaged value; None where no value is damaged.
        typed: whether the rule is named after the record's type.
        options: what `validate` has to be called with for the rule to be broken.
        of_body: whether it is the request body that is wrong, not a value in it.
        of_file: whether it is the file as a whole.
        in_mark: whether the rule says that it is in the field with the mark.
        columns: the columns that the table has instead of those that it should have.
        path: JSON Pointer to what is wrong: within the value, the field with the mark, or the table's columns.
    """

    text: bytes | None
    typed: bool = False
    options: Mapping[str, Any] = {}
    of_body: bool = False
    of_file: bool = False
    in_mark: bool = False
    columns: Sequence[TableColumn] = ()
    path: str = ""


class FileBench(Protocol):
    """A valid file with a value that may be damaged, since no other refers to it."""

    choose: Chooser
    envelope: Any
    """The format's `Envelope`."""
    value: dict[str, Any]
    """The value, with `mark` as a string in it."""
    mark: str
    texts: list[bytes]
    """The text of all values."""

    @property
    def mark_field(self) -> str:
        """The field with the mark."""

    @property
    def is_custom(self) -> bool:
        """Whether that field may hold anything."""

    def encode(self, value: Any) -> bytes:
        """The text of a value."""

    def replaced(self, text: bytes) -> bytes:
        """The text of the value, with this in the place of the mark and its quotes."""

    columns: list[TableColumn]
    """The columns, for tables; else none."""

    def parameter(self, limit: str) -> str:
        """The parameter that sets one of the format's limits; empty where it has no such limit, or a fixed one."""

    def size(self) -> int:
        """The size of the file, in bytes."""

    def body_size(self) -> int:
        """The size of its one request body, in bytes."""

    def fill(self) -> bool:
        """Have one more record in the request body than there may be; whether there is a limit."""


class Chooser(Protocol):
    """Where choices come from: at random, or from what searches for examples. The first choice is the simplest."""

    def integer(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""

    def chance(self, one_in: int) -> bool:
        """True once in so many times."""


class Bench(Protocol):
    """A record of one type, or a part of one, in the making, and the file that it will stand in."""

    choose: Chooser
    rules: Sequence[Any]
    """The rules that the record is held to."""

    def is_held(self, name: str) -> bool:
        """Whether a field has to stay as it is, present or absent."""

    def has(self, name: str) -> bool:
        """Whether the format declares a field of this name."""

    def value(self, name: str) -> Any:
        """A value of the field's type, neither null nor the empty string."""

    def items(self, name: str, count: int) -> list[Any]:
        """So many different values that are right for the items of the list that the field holds."""

    def fresh(self, name: str = "") -> str:
        """Text that no record has yet; where a field is named, as the other rules about the field want it.

        Empty where they allow none.
        """

    def fitting(self, name: str, candidates: Sequence[Any]) -> list[Any]:
        """Those of several values that no other rule about what the field may hold has anything against."""

    def with_room(self, fields: Draft, name: str) -> list[Any]:
        """The items of the list in a field, without the last where there may be no more."""

    def listed(self, name: str) -> list[Any]:
        """The values that a rule about the field lists; none where no rule does."""

    def declared(self) -> Sequence[str]:
        """The names of the fields that the format declares."""

    def lay(self, given: Mapping[str, Any]) -> None:
        """Put a valid record of the bench's own type into the file.

        Arguments:
            given: fields that it has to have as they are.
        """

    def mistyped(self, name: str, kind: type) -> Iterator[tuple[Any, Any, tuple[str | int, ...]]]:
        """Values of a field that have a wrong type somewhere in them.

        Arguments:
            kind: the kind of rule that is to speak of it.

        Returns:
            What rules see of the value, what stands in the file, and what leads from the field to the mistake.
        """

    def absences(self, name: str) -> list[tuple[Any, Any]]:
        """The values of a field that count as absent: what rules see, with what stands in the file."""

    def renew(self, fields: Draft, name: str) -> bool:
        """Give a field, or a derived value, another value than any record has; whether that is possible."""

    def matching(self, pattern: str) -> str:
        """Text that a regular expression matches as a whole."""

    def numbered(self, pattern: str) -> str:
        """Text that a regular expression matches as a whole, another each time."""

    def part(self, name: str, rules: Sequence[Any]) -> Bench:
        """The same for the objects in a field, which are held to these rules."""

    def make(self) -> Draft:
        """Fields that keep to all rules."""

    def mend(self, fields: Draft) -> None:
        """Change fields until they keep to all rules, but for those that are held."""

    def broken(self, rule: Any) -> Iterator[tuple[Draft, tuple[str | int, ...]]]:
        """Fields that break one rule and no other, with the place where it says so; the simplest first."""

    def records(self, record_type: str) -> list[Draft]:
        """The fields of all records of a type in the file so far, and of those that the target system has."""

    def index(self, record_type: str, tag: Hashable, read: Callable[[Draft], Key | None]) -> Mapping[Key, Draft]:
        """The records of a type by a key; of several with one key the first.

        Arguments:
            tag: what names the key among others.
            read: reads the key off a record's fields.
        """

    def add(self, record_type: str, given: Mapping[str, Any] | None = None, *, having: Sequence[str] = ()) -> Draft:
        """Put a new record into the file, valid and no larger than it has to be; its fields.

        Arguments:
            given: fields that it has to have as they are; None for those that it must not have.
            having: more fields that it has to have.
        """

    def makes(self, record_type: str) -> bool:
        """Whether the file can have records of a type; those of the others live in the target system."""

    def try_add(self, record_type: str, given: Mapping[str, Any]) -> bool:
        """The same, where that is possible; whether it is."""

    def found(self, record_type: str, key: Key | None) -> Draft | None:
        """The record of a type with this key."""

    def change(self, record_type: str, fields: Draft, changes: Mapping[str, Any]) -> None:
        """Change a record that is in the file already."""

    def referable(self, record_type: str, name: str, item: str) -> str:
        """A value for a field of another type's records that refers to something: this one, if it does; else a new one.

        It is any text where the field refers to nothing.
        """

    def put(self, fields: Draft) -> None:
        """Put a record of the bench's own type into the file as it is."""

    def lack(self, record_type: str, key: Key) -> None:
        """Take care that no record with this key comes into the file, or is taken to be in the target system."""

    def lacks(self, record_type: str, key: Key) -> bool:
        """Whether there must be no record with this key."""

    def know(self, record_type: str, key: Key) -> None:
        """Take it that the target system has a record with this key, which the file does not hold."""
