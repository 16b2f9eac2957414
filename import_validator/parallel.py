"""Pass one over worker processes, which read the parts of a source themselves."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, wait
from typing import IO, Any

from .errors import ImportValidatorError
from .part import Part, PartChecker
from .parts import WINDOW, Parts, Span
from .plan import Plan
from .readers import READERS
from .run import Run
from .violation import Violation

PARTS_AT_A_TIME = 3
"""So many parts for each worker are given out, or waiting for those before them."""


class WorkerError(ImportValidatorError):
    """A worker process ended before its work was done."""


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # pragma: no cover - not on Linux
        return os.cpu_count() or 1


def can_run_in_parallel(plan: Plan) -> bool:
    """Whether files of a format can be cut, and processes be had that share what is open here."""
    return "fork" in multiprocessing.get_all_start_methods() and READERS[plan.rule_set.reader].can_resume


def check_in_parallel(
    run: Run, parts: Parts, jobs: int, options: dict[str, Any], advance: Callable[[], None]
) -> Iterator[Violation]:
    """Check the parts of a source by workers, and take what they find into the run.

    A part that a worker could read to its end proves that the next one begins at a record. Where one could
    not, it and all after it are read here in one go.

    Arguments:
        parts: the parts, from the first record on.
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
            others = [each.connection for each in workers]
            workers.append(_Worker(run, parts.fileno(), number, options, others))
        for span, part, facts in _in_file_order(workers, iter(parts)):
            if not part.clean:
                break
            last = span.last
            yield from run.absorb(part, facts, last=last)
            parts.done(span)
            advance()
    finally:
        for worker in workers:
            worker.stop()
    if not last:
        start, pieces = parts.rest()
        run.resume(start)
        for piece in pieces:
            yield from run.feed(piece)
            advance()


def _in_file_order(workers: list[_Worker], spans: Iterator[Span]) -> Iterator[tuple[Span, Part, IO[bytes]]]:
    """The parts that workers have checked, each with the file of facts, in the order in which they lie in the file."""
    given: dict[int, Span] = {}
    done: dict[int, tuple[Part, IO[bytes]]] = {}
    next_part = 0
    while True:
        for worker in workers:
            if not worker.busy and len(given) < PARTS_AT_A_TIME * len(workers):
                worker.give(spans, given)
        busy = [worker for worker in workers if worker.busy]
        if not busy:
            return
        ready = wait([worker.connection for worker in busy])
        for worker in busy:
            if worker.connection in ready:
                number, part = worker.take()
                done[number] = part, worker.facts
                for other in workers:
                    other.teach(part.defined)
        while next_part in done:
            yield given.pop(next_part), *done.pop(next_part)
            next_part += 1


class _Worker:
    """One worker process, and the pipe to it."""

    def __init__(self, run: Run, file: int, number: int, options: dict[str, Any], others: list[Connection]) -> None:
        context = multiprocessing.get_context("fork")
        self.connection, theirs = context.Pipe()
        self.busy = False
        self.facts = run.lend()
        self._lessons: list[dict[str, Any]] = []
        self._process = context.Process(
            target=_work,
            args=(theirs, [*others, self.connection], run, file, {"facts": self.facts.fileno(), **options}),
            name=f"worker {number + 1}",
            daemon=True,
        )
        self._process.start()
        theirs.close()

    def give(self, spans: Iterator[Span], given: dict[int, Span]) -> None:
        """Give the worker the next part, if there is one."""
        span = next(spans, None)
        if span is None:
            return
        self._send((span, self._lessons))
        given[span.number] = span
        self._lessons = []
        self.busy = True

    def teach(self, defined: dict[str, Any]) -> None:
        """Have the worker know keys that are defined elsewhere, with the next part."""
        if defined:
            self._lessons.append(defined)

    def take(self) -> tuple[int, Part]:
        """What the worker made of its part."""
        try:
            result = self.connection.recv()
        except (EOFError, OSError) as error:
            raise self._dead() from error
        self.busy = False
        if isinstance(result, BaseException):
            raise result
        number, part = result
        return number, part

    def stop(self) -> None:
        """End the process."""
        self.connection.close()
        self._process.terminate()
        self._process.join()

    def _send(self, task: Any) -> None:
        try:
            self.connection.send(task)
        except OSError as error:
            raise self._dead() from error

    def _dead(self) -> WorkerError:
        self._process.join(timeout=5)
        code = self._process.exitcode
        how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with status {code}"
        return WorkerError(
            f"{self._process.name} (process {self._process.pid}) {how} before its work was done; "
            "if memory ran out, use fewer --jobs"
        )


def _work(connection: Connection, parents: list[Connection], run: Run, file: int, options: dict[str, Any]) -> None:
    """What a worker does: check one part after the other, until there are no more."""
    for each in parents:
        each.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and ends this process
    gc.disable()
    checker = PartChecker(run.plan, run.reader, **options)
    while True:
        try:
            span, lessons = connection.recv()
        except (EOFError, OSError):
            return
        try:
            for defined in lessons:
                checker.learn(defined)
            closing = b"" if span.last else run.reader.closing
            part = checker.check(span.start, _pieces(file, span), closing, first=span.number == 0)
            result: Any = (span.number, part)
        except Exception as error:  # to be raised where somebody sees it
            result = error
        connection.send(result)


def _pieces(file: int, span: Span) -> Iterator[bytes]:
    end = span.at + span.end - span.start
    return (os.pread(file, min(WINDOW, end - at), at) for at in range(span.at, end, WINDOW))
