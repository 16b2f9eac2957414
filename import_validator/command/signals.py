"""Signals that end the command: as an exception, so that what is open is closed and what is half written is removed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))


class Ended(BaseException):
    """A signal ends the process.

    Attributes:
        number: the signal's number; the exit status is 128 more, as shells have it.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by signal {number}")
        self.number = number


@contextmanager
def ending_signals() -> Iterator[None]:
    """Within this block the first signal that ends the process raises `Ended`.

    Those after it are ignored, for cleaning up is not to be interrupted. What the parent had this process ignore
    (`nohup`, jobs in the background of scripts) stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    ours = [number for number, handler in before.items() if handler not in {signal.SIG_IGN, None}]

    def end(number: int, frame: FrameType | None) -> None:
        for each in ours:
            signal.signal(each, signal.SIG_IGN)
        raise Ended(number)

    try:
        for number in ours:
            signal.signal(number, end)
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
