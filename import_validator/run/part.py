"""Pass one over a part of a file: what a worker makes of it, to be put together with the other parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

import numpy as np

from ..errors import RuleFailedError
from ..facts.rows import Key, Rows, joined
from ..facts.spill import Segment, by_partition
from ..model.unchecked import Unchecked
from ..model.violation import Violation
from ..pass_one.pipeline import PassOne
from ..pass_two.resolver import by_digest
from ..readers import Batch, Cursor, Reader
from ..report.report import RuleCount
from ..ruleset.plan import Plan
from ..source.temporary import write_at
from .scan import Scan


@dataclass(slots=True)
class Part:
    """What pass one made of a part of a file. Records are numbered from 0, lines and columns from 1, at the part's
    beginning; bytes at that of the file.

    Attributes:
        clean: whether the part could be read to its end, which proves that the next one begins at a record.
        records: how many records there are.
        end: where it ends, with what separates it from the next one.
        facts: where facts lie in the worker's file, sorted for pass two, with the round of it that they are for.
        counts: how often each rule was broken, with the first violations of each.
        violations: all violations, where every one is wanted in words.
        broken_indexes: the numbers of records with an error.
        total: how many records of each type there are.
        broken: how many of them have an error.
        unread: how many records could not be read at all.
        present: the types that it has, or parts before it.
        directory: for each batch its first record, byte offset (in the file), length in bytes, and line.
        defined: keys that are defined in the part, of the spaces that have few, for the other workers.
        unchecked: what the worker could not check, in this part and those that it did before.
    """

    clean: bool = True
    records: int = 0
    end: Cursor = field(default_factory=Cursor)
    facts: list[tuple[int, Segment]] = field(default_factory=list)
    counts: list[tuple[RuleCount, list[Violation]]] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    broken_indexes: list[int] = field(default_factory=list)
    total: dict[str, int] = field(default_factory=dict)
    broken: dict[str, int] = field(default_factory=dict)
    unread: int = 0
    present: set[str] = field(default_factory=set)
    directory: list[tuple[int, int, int, int]] = field(default_factory=list)
    defined: dict[str, list[Key]] = field(default_factory=dict)
    unchecked: tuple[Unchecked, ...] = ()


class PartChecker:
    """Runs pass one over parts of a file, one after the other.

    Arguments:
        facts: the temporary file that facts are written to.
    """

    def __init__(
        self, plan: Plan, reader: Reader, facts: IO[bytes], memory: int, samples: int, *, stream: bool
    ) -> None:
        self._plan = plan
        self._stream = stream
        self._samples = samples
        self._reader = reader
        self._facts: dict[int, list[Rows]] = {}
        self._facts_file = facts
        self._written = 0
        self._pass_one = PassOne(plan, lambda rows, number: self._facts.setdefault(number, []).append(rows), memory)
        self._pass_one.facts.keep_track()

    def learn(self, defined: Mapping[str, Sequence[Key]]) -> None:
        """Take in keys that other parts define."""
        self._pass_one.facts.learn(defined)

    def check(self, start: int, pieces: Iterator[bytes], closing: bytes, *, first: bool) -> Part:
        """Check a part.

        Arguments:
            start: where it begins, in bytes from the beginning of the file.
            pieces: its bytes.
            closing: what ends the file, for a part that does not.
            first: whether it is the first part.
        """
        part = Part()
        scan = Scan(self._plan, self._pass_one, self._samples, part.broken_indexes, part.directory, stream=self._stream)
        before = dict(self._pass_one.total), dict(self._pass_one.broken), self._pass_one.unread
        reader = self._reader.resumed(Cursor(start), first=first)
        reader.forms = self._pass_one.forms

        def batches() -> Iterator[Batch]:
            for piece in pieces:
                yield from reader.feed(piece)
            yield from reader.feed(closing)
            yield from reader.close()

        # Invariant: a part that is cut within a record cannot be read to its end: closed there, it has an object, an
        # array or quotes left open, which is a problem of no record. So a wrong cut costs time, and changes no answer.
        for batch in batches():
            if any(problem.at is None for problem in batch.problems):
                part.clean = False
                break
            try:
                part.violations += scan.check(batch, reader.rereader, None)
            except RuleFailedError:  # who reads the part once more knows the record's number in the file
                part.clean = False
                break
        part.records = scan.records
        part.end = reader.cursor
        self._pass_one.facts.hand_over()
        part.facts = [(number, self._stored(rows)) for number, rows in sorted(self._facts.items())]
        self._facts = {}
        part.counts = list(scan.tally.counts)
        part.total = {name: total - before[0][name] for name, total in self._pass_one.total.items()}
        part.broken = {name: total - before[1][name] for name, total in self._pass_one.broken.items()}
        part.unread = self._pass_one.unread - before[2]
        part.present = set(self._pass_one.present)
        part.defined = self._pass_one.facts.taught()
        part.unchecked = self._plan.unchecked()
        return part

    def _stored(self, facts: list[Rows]) -> Segment:
        """Where facts lie in the file, now that they are written."""
        rows = joined(facts)
        order, starts = by_partition(rows, by_digest)
        segment = Segment(self._written, starts)
        data = rows.take(order).view(np.uint8).data
        write_at(self._facts_file, self._written, data)
        self._written += len(data)
        return segment
