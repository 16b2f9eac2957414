"""Processes forked off this one, which share what is open and compiled here, and answer through a pipe."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .errors import ImportValidatorError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")
R = TypeVar("R")


class WorkerError(ImportValidatorError):
    """A worker process ended before its work was done."""


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # pragma: no cover - not on Linux
        return os.cpu_count() or 1


def can_fork() -> bool:
    """Whether there are processes here that share what is open."""
    return hasattr(os, "fork")


class Fork:
    """A process forked off this one, and the pipe to it.

    Arguments:
        name: what to call it where it dies.
        serve: what it does, given its end of the pipe. What this raises is raised here by `receive`.
        others: the forks that there are already, whose pipes it has to close.

    Attributes:
        connection: this end of the pipe, to wait for several at a time.
    """

    def __init__(self, name: str, serve: Callable[[Connection], None], others: Sequence[Fork]) -> None:
        import multiprocessing  # noqa: PLC0415 - takes a while, and most runs need none

        context = multiprocessing.get_context("fork")
        self.connection, theirs = context.Pipe()
        parents = [*(each.connection for each in others), self.connection]
        self._process = context.Process(target=_run, args=(serve, theirs, parents), name=name, daemon=True)
        self._process.start()
        theirs.close()

    def send(self, task: Any) -> None:
        """Send it something.

        Raises:
            WorkerError: where it is dead.
        """
        try:
            self.connection.send(task)
        except OSError:
            while True:  # what it said last says more: an error of its own, or that there is nothing more
                self.receive()

    def receive(self) -> Any:
        """What it sends next.

        Raises:
            WorkerError: where it is dead.
        """
        try:
            result = self.connection.recv()
        except (EOFError, OSError) as error:
            raise self._dead() from error
        if isinstance(result, BaseException):
            raise result
        return result

    def stop(self) -> None:
        """End the process."""
        self.connection.close()
        self._process.terminate()
        self._process.join()

    def _dead(self) -> WorkerError:
        self._process.join(timeout=5)
        code = self._process.exitcode
        how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with status {code}"
        return WorkerError(
            f"{self._process.name} (process {self._process.pid}) {how} before its work was done; "
            "if memory ran out, use fewer --jobs"
        )


def _run(serve: Callable[[Connection], None], connection: Connection, parents: list[Connection]) -> None:
    for each in parents:
        each.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and ends this process
    gc.disable()
    try:
        serve(connection)
    except (EOFError, ConnectionError):  # nobody listens any more
        return
    except Exception as error:  # to be raised where somebody sees it
        with suppress(ConnectionError):
            connection.send(error)


def dealt(jobs: int, tasks: Sequence[T], work: Callable[[T], R]) -> Iterator[R]:
    """The results of some work on each task, in the tasks' order, done by several processes.

    Raises:
        WorkerError: where one of them dies.
    """

    def serve(first: int, connection: Connection) -> None:
        for task in tasks[first::jobs]:
            connection.send(work(task))

    forks: list[Fork] = []
    try:
        for number in range(jobs):
            forks.append(Fork(f"worker {number + 1}", partial(serve, number), forks))
        for number in range(len(tasks)):
            yield forks[number % jobs].receive()
    finally:
        for fork in forks:
            fork.stop()
