"""Which records say what about keys, and what pass two does with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple, Protocol

from ..model.records import Records
from .rows import Column, Key, Mask, Rows
from .tables import Tables


@dataclass(slots=True)
class Keys:
    """The keys that records of one batch and type name.

    Attributes:
        at: for each key, the number of the record in the sequence that was read; a range where every record has one.
        keys: each key: its text, or its parts.
        items: for each key, the number of the item in a list of the record; empty where all are 0.
        payloads: for each key, 16 bytes that pass two compares or passes on, one after the other; or none at all.
    """

    at: list[int] | range
    keys: Sequence[Key]
    items: list[int] = field(default_factory=list)
    payloads: bytes = b""


class Verdict(NamedTuple):
    """What a judge decides about some rows of a stream.

    Attributes:
        broken: which of the rows break the rule.
        rows: the rows that this is said of, where they are not the ones that were asked about.
        related: for each row, the numbers of up to two more records that the message needs.
        follow_up: rows for the next round, with the name of the stream of the rule that they belong to.
    """

    broken: Mask | None = None
    related: tuple[Column, ...] = ()
    follow_up: tuple[str, Rows] | None = None
    rows: Rows | None = None


Judge = Callable[[Rows, Tables], Verdict]


class StreamRule(Protocol):
    """What pass two has to know of the rule that a stream is for; facts know no more of rules than this."""

    needs_whole_file: ClassVar[bool]
    """Whether it says nothing of a file that could not be read to its end."""

    @property
    def name(self) -> str:
        """The rule's name in its rule set."""


@dataclass(frozen=True, slots=True)
class KeyPart:
    """One part of a key, as a record says it.

    Attributes:
        field: the field with the text; an empty one counts as absent.
        absent: what stands for it where it is absent; None where the record then has no key.
        made_from: a field with a set of texts, of whose digest it is made where the other is absent; empty where it is
            not. See `SetId`.
        prefix: what such a part begins with.
        is_moment: whether the text is a timestamp, of which the part is the moment. See `Moment`.
        next_fields: the fields that stand for the first one where it is absent, the first that is not. See `FirstOf`.
        is_list: whether the field lists texts, each of which makes a key; so can one part at most.
    """

    field: str
    absent: str | None = None
    made_from: str = ""
    prefix: str = ""
    is_moment: bool = False
    next_fields: tuple[str, ...] = ()
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Payload:
    """A text that goes with a key, as a digest.

    Attributes:
        space: the space of the digest.
        field: the field with the text.
        absent: what stands for it where it is absent; None where there is then no fact.
        each: whether the field may be a list, each item of which makes a fact.
    """

    space: str
    field: str
    absent: str | None = None
    each: bool = False


@dataclass(frozen=True, slots=True)
class Digits:
    """Ids that are digits alone, whose lengths are facts.

    Attributes:
        field: the field with the id.
        padded: whether ids with a zero in front are meant, of which the first is enough; those without otherwise.
    """

    field: str
    padded: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What the `read` of a stream does with texts, said so that another lane can do the same.

    Attributes:
        parts: the parts of the key.
        each: a field that lists keys, in place of `parts`.
        separator: what stands between the parts of a key that is one text; empty where the text is the key.
        pieces: how many parts such a key has.
        payload: what goes with the key.
        digits: ids of digits alone, in place of `parts`.
        given: a field without which a record has no key here; empty where there is none.
        unless_given: a field with which a record has no key here; empty where there is none.
        empty_counts: whether that field counts as given also where it is the empty text.
    """

    parts: tuple[KeyPart, ...] = ()
    each: str = ""
    separator: str = ""
    pieces: int = 1
    payload: Payload | None = None
    digits: Digits | None = None
    given: str = ""
    unless_given: str = ""
    empty_counts: bool = False


@dataclass(eq=False)
class FactStream:
    """One kind of fact of a key rule: which records it comes from, and what pass two does with it.

    Attributes:
        name: tells the streams of one rule apart.
        record_type: the type of the records that it is read from; empty for facts that pass two itself adds.
        space: the record type that the keys are keys of. Equal keys of different spaces never meet.
        read: gives the keys that records name.
        table: the table that its rows go into in pass two; None where they are only judged.
        runs_of_rank: for a stream of runs of records that stand next to each other, what goes into the payload.
        pairs: whether its rows also go into a table of pairs of key and payload, named `table` and `:pairs`.
        judge: decides which of its rows break the rule; None where they only fill a table.
        round: the round of pass two that they are for.
        skips_defined: whether a key that is known to be defined needs no fact.
        in_body: whether keys of one request body are apart from the same keys in another.
        rule: the rule that it is for.
        said: the same as `read`, for other lanes; None where only `read` knows.
        only_with: fields without all of which a record has no facts.
        forget: makes `read` forget what it has read, where it remembers anything: another file follows.
    """

    name: str
    record_type: str
    space: str
    read: Callable[[Records], Keys]
    table: str | None = None
    runs_of_rank: int | None = None
    pairs: bool = False
    judge: Judge | None = None
    round: int = 1
    skips_defined: bool = False
    in_body: bool = False
    rule: StreamRule | None = None
    said: Said | None = None
    only_with: tuple[str, ...] = ()
    forget: Callable[[], None] | None = None
    number: int = field(default=0, init=False)
