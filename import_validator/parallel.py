"""Pass one over worker processes, each of which reads its parts of the file itself."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from .errors import ImportValidatorError
from .part import Part, PartChecker
from .plan import Plan
from .readers import READERS, Reader
from .run import Run

PART_SIZE = 4 * 1024 * 1024
"""About how many bytes a worker checks at a time."""

_PIECE = 256 * 1024
_LONGEST_SEARCH = 16 * 1024 * 1024


class WorkerError(ImportValidatorError):
    """A worker process ended before its work was done."""


@dataclass(frozen=True, slots=True)
class _Span:
    """A part of the file: where it begins and ends, in bytes, and whether it is the last."""

    start: int
    end: int
    last: bool


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # pragma: no cover - not on Linux
        return os.cpu_count() or 1


def is_large(size: int) -> bool:
    """Whether a file of this size, in bytes, is worth several processes."""
    return size > 2 * PART_SIZE


def can_run_in_parallel(plan: Plan) -> bool:
    """Whether files of a format can be cut, and processes be had that share what is open here."""
    return "fork" in multiprocessing.get_all_start_methods() and READERS[plan.rule_set.reader].can_resume


def check_in_parallel(
    run: Run, file: int, size: int, jobs: int, options: dict[str, Any], advance: Callable[[int], None]
) -> int:
    """Check as much of a file as can be by workers, and take what they find into the run.

    A part that a worker could read to its end proves that the next one begins at a record. Where one could
    not, it and all after it are left for the caller to read in one go.

    Arguments:
        file: the open file's descriptor; it is read at given offsets, and its own position left alone.
        size: the file's size, in bytes.
        jobs: how many workers there are.
        options: `memory` and `samples`, as `PartChecker` takes them.
        advance: called with the number of bytes that are done.

    Returns:
        The offset at which the caller has to go on; the file's size where nothing is left.

    Raises:
        WorkerError: where a worker dies.
    """
    sample = os.pread(file, _PIECE, 0)
    start = run.begin(sample)
    if start is None:
        return 0
    options = {**options, "reader": run.reader}
    spans = _spans(run.reader, file, size, sample, start)
    workers: list[_Worker] = []
    try:
        for number in range(jobs):
            workers.append(_Worker(run.plan, file, number, options, [each.connection for each in workers]))
        for span, part in _in_file_order(workers, spans):
            if not part.clean:
                run.resume(span.start)
                return span.start
            run.absorb(part)
            advance(span.end)
    finally:
        for worker in workers:
            worker.stop()
    return size


def _in_file_order(workers: list[_Worker], spans: Iterator[_Span]) -> Iterator[tuple[_Span, Part]]:
    """The parts that workers have checked, in the order in which they lie in the file."""
    given: list[_Span] = []
    done: dict[int, Part] = {}
    next_part = 0
    while True:
        for worker in workers:
            if not worker.busy and len(given) - next_part < 3 * len(workers):
                worker.give(spans, given)
        busy = [worker for worker in workers if worker.busy]
        if not busy:
            return
        ready = wait([worker.connection for worker in busy])
        for worker in busy:
            if worker.connection in ready:
                number, part = worker.take()
                done[number] = part
                for other in workers:
                    other.teach(part.defined)
        while next_part in done:
            yield given[next_part], done.pop(next_part)
            next_part += 1


def _spans(reader: Reader, file: int, size: int, sample: bytes, start: int) -> Iterator[_Span]:
    """The parts of the file, cut at places that look like seams between records."""
    while start < size:
        target = start + PART_SIZE
        seam = None
        odd, counted_to = False, start
        while target < size - PART_SIZE // 2 and target < start + _LONGEST_SEARCH and seam is None:
            if reader.pairs:
                odd ^= _count(file, counted_to, target, reader.pairs) % 2 == 1
                counted_to = target
            seam = reader.cut(os.pread(file, _PIECE, target), sample, odd=odd)
            target += 0 if seam else _PIECE // 2
        if seam is None:
            yield _Span(start, size, last=True)
            return
        yield _Span(start, target + seam[0], last=False)
        start = target + seam[1]


def _count(file: int, start: int, end: int, what: bytes) -> int:
    """How often a byte stands between two places of the file."""
    return sum(os.pread(file, min(_PIECE, end - at), at).count(what) for at in range(start, end, _PIECE))


class _Worker:
    """One worker process, and the pipe to it."""

    def __init__(self, plan: Plan, file: int, number: int, options: dict[str, Any], others: list[Connection]) -> None:
        context = multiprocessing.get_context("fork")
        self.connection, theirs = context.Pipe()
        self.busy = False
        self._lessons: list[dict[str, Any]] = []
        self._process = context.Process(
            target=_work,
            args=(theirs, [*others, self.connection], plan, file, options),
            name=f"worker {number + 1}",
            daemon=True,
        )
        self._process.start()
        theirs.close()

    def give(self, spans: Iterator[_Span], given: list[_Span]) -> None:
        """Give the worker the next part, if there is one."""
        span = next(spans, None)
        if span is None:
            return
        self._send((len(given), span, self._lessons))
        given.append(span)
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


def _work(connection: Connection, parents: list[Connection], plan: Plan, file: int, options: dict[str, Any]) -> None:
    """What a worker does: check one part after the other, until there are no more."""
    for each in parents:
        each.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and ends this process
    gc.disable()
    closing = READERS[plan.rule_set.reader].closing
    checker = PartChecker(plan, **options)
    while True:
        try:
            number, span, lessons = connection.recv()
        except (EOFError, OSError):
            return
        try:
            for defined in lessons:
                checker.learn(defined)
            pieces = (os.pread(file, min(_PIECE, span.end - at), at) for at in range(span.start, span.end, _PIECE))
            part = checker.check(span.start, pieces, b"" if span.last else closing, first=number == 0)
            result: Any = (number, part)
        except Exception as error:  # to be raised where somebody sees it
            result = error
        connection.send(result)
