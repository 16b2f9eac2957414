"""Pass one over worker processes, which read the parts of a source themselves."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from ..forks import Fork, can_fork
from ..model.violation import Violation
from ..readers import READERS
from ..ruleset.plan import Plan
from ..source.source import PIECE_SIZE, Source
from .part import Part, PartChecker
from .parts import Parts, Span
from .run import Run

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

PARTS_AT_A_TIME = 3
"""So many parts for each worker are given out, or waiting for those before them."""


def can_run_in_parallel(plan: Plan) -> bool:
    """Whether files of a format can be cut, and processes be had that share what is open here."""
    return can_fork() and READERS[plan.rule_set.reader].can_resume


def check_in_parallel(
    run: Run, source: Source, parts: Parts, jobs: int, options: dict[str, Any], advance: Callable[[], None]
) -> Iterator[Violation]:
    """Check the parts of a source by workers, and take what they find into the run.

    A part that a worker could read to its end proves that the next one begins at a record. Where one could
    not, it and all after it are read here in one go.

    Arguments:
        source: the source.
        parts: its parts, from the first record on.
        jobs: how many workers there are.
        options: `memory`, `samples` and `stream`, as `PartChecker` takes them.
        advance: called when a part is done.

    Yields:
        What is found, in file order, where every violation is wanted in words.

    Raises:
        WorkerError: where a worker dies.
    """
    workers: list[_Worker] = []
    last = False
    try:
        for number in range(jobs):
            workers.append(_Worker(run, parts.fileno(), number, options, workers))
        for span, part, facts in _in_file_order(workers, iter(parts)):
            if not part.clean:
                break
            last = span.last
            yield from run.absorb(part, facts, last=last)
            parts.done(span)
            advance()
    finally:
        for worker in workers:
            worker.fork.stop()
    if not last:
        run.resume()
        for piece in parts.rest():
            yield from run.feed(piece)
            advance()
            if run.stop_if_over(source):
                break


def _in_file_order(workers: list[_Worker], spans: Iterator[Span]) -> Iterator[tuple[Span, Part, IO[bytes]]]:
    """The parts that workers have checked, each with the file of facts, in the order in which they lie in the file."""
    from multiprocessing.connection import wait  # noqa: PLC0415 - takes a while, and most runs need none

    coming: deque[Span] = deque()
    given: dict[int, Span] = {}
    done: dict[int, tuple[Part, IO[bytes]]] = {}
    next_part = 0
    while True:
        # What workers wait for comes first; then, while all work, to take in what they have done, and to cut parts.
        while coming and (worker := _next_to_be_given(workers)):
            given[coming[0].number] = coming[0]
            worker.give(coming.popleft())
        while next_part in done:
            yield given.pop(next_part), *done.pop(next_part)
            next_part += 1
        room = PARTS_AT_A_TIME * len(workers) - len(given) - len(coming)
        coming += islice(spans, min(room, len(workers) - len(coming)))
        if coming and _next_to_be_given(workers):
            continue
        busy = [worker for worker in workers if worker.parts]
        if not busy:
            return
        ready = wait([worker.fork.connection for worker in busy])
        for worker in (each for each in busy if each.fork.connection in ready):
            number, part = worker.take()
            done[number] = part, worker.facts
            # Invariant: what is known in a part comes from parts before it, since lessons go along with the next part
            # to be given, and parts are given in file order. So a part that is taken in relies on none that is not.
            for other in workers:
                if other is not worker:
                    other.teach(part.defined)


def _next_to_be_given(workers: list[_Worker]) -> _Worker | None:
    """The worker that is to have the next part: one without any; else one that does not know yet what comes next."""
    return min((worker for worker in workers if worker.has_room), key=lambda worker: worker.parts, default=None)


class _Worker:
    """One worker process, and what it has to do.

    Attributes:
        fork: the process.
        facts: the file that it writes facts to.
        parts: how many parts it was given and has not done.
    """

    def __init__(self, run: Run, file: int, number: int, options: dict[str, Any], others: list[_Worker]) -> None:
        self.facts = run.lend()
        self.parts = 0
        self._lessons: list[dict[str, Any]] = []
        options = {"facts": self.facts, **options}
        serve = partial(_check_parts, run, file, options)
        self.fork: Fork = Fork(f"worker {number + 1}", serve, [each.fork for each in others])

    @property
    def has_room(self) -> bool:
        """Whether it can be given one more part.

        While it works, nothing is sent that a pipe might not hold: each could wait for the other to take what it says.
        """
        return not self.parts or (self.parts == 1 and not self._lessons)

    def give(self, span: Span) -> None:
        """Give the worker a part to do."""
        self.fork.send((span, self._lessons))
        self._lessons = []
        self.parts += 1

    def teach(self, defined: dict[str, Any]) -> None:
        """Have the worker know keys that are defined elsewhere, with the next part."""
        if defined:
            self._lessons.append(defined)

    def take(self) -> tuple[int, Part]:
        """What the worker made of its next part, and the part's number."""
        number, part = self.fork.receive()
        self.parts -= 1
        return number, part


def _check_parts(run: Run, file: int, options: dict[str, Any], connection: Connection) -> None:
    """What a worker does: check one part after the other, until there are no more."""
    checker = PartChecker(run.plan, run.reader, **options)
    while True:
        span, lessons = connection.recv()
        for defined in lessons:
            checker.learn(defined)
        closing = b"" if span.last else run.reader.closing
        part = checker.check(span.start, _pieces(file, span), closing, first=span.number == 0)
        connection.send((span.number, part))


def _pieces(file: int, span: Span) -> Iterator[bytes]:
    end = span.at + span.end - span.start
    return (os.pread(file, min(PIECE_SIZE, end - at), at) for at in range(span.at, end, PIECE_SIZE))
