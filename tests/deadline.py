"""A deadline for what waits for other processes: a test of it fails, and does not stay."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class LateError(AssertionError):
    """There was no answer in time. No `OSError`, such as `TimeoutError` is: code that waits may catch these."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Fail what is inside if it takes longer. To be put around each wait: what is tried again after it has its own."""

    def late(*_: Any) -> None:
        raise LateError(f"no answer within {seconds} seconds")

    if not hasattr(signal, "SIGALRM"):  # pragma: no cover - not on Windows
        yield
        return
    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Compare two reports. Names the parts that differ: to find every difference of long lists takes minutes."""
    different = {name: (found.get(name), each) for name, each in expected.items() if found.get(name) != each}
    if different or found.keys() != expected.keys():
        raise AssertionError(f"{', '.join(different)} differ: {repr(different)[:2000]}")
