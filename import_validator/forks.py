"""Processes forked off this one, which share what is open and compiled here, and answer through a pipe."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .errors import ImportValidatorError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_ENDING = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}

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
    """Whether this process can have others that share what is open here.

    A daemonic process of `multiprocessing`, such as a worker of a `Pool`, may have none; it does the work itself.
    """
    if not hasattr(os, "fork"):
        return False
    started = sys.modules.get("multiprocessing.process")  # where it was not imported, this is no process of it
    return started is None or not started.current_process().daemon


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
        # Invariant: the parent's ends of all pipes are open in the parent alone. A fork that kept one would have the
        # others wait for ever for a parent that has died.
        parents = [*(each.connection for each in others), self.connection]
        self._process = context.Process(target=_run, args=(serve, theirs, parents), name=name, daemon=True)
        # A signal is for the parent, which ends this process. Until that has its own handlers, it must see none.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
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
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and ends this process
    for number in _ENDING - {signal.SIGINT}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    for each in parents:
        each.close()
    gc.disable()
    try:
        serve(connection)
    except (EOFError, ConnectionError):  # nobody listens any more
        return
    except Exception as error:
        with suppress(ConnectionError):
            connection.send(_to_be_raised(error))


def _to_be_raised(error: Exception) -> Exception:
    """An error to be raised where somebody sees it; one that nobody expects with the traceback that it has here."""
    if not isinstance(error, ImportValidatorError):
        error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # one that does not survive the way
        return WorkerError(f"a worker process failed: {type(error).__name__}: {error}")
    return error


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
