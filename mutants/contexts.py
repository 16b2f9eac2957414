"""A plugin of pytest: tells coverage which test runs, also where another library's code is between the two."""

from __future__ import annotations

from collections.abc import Iterator

import coverage
import pytest

WATCHES_ALL = "mutants.contexts"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Put all that runs for a test down to its function."""
    watching = coverage.Coverage.current()
    if watching is not None:
        watching.switch_context(item.nodeid.partition("[")[0])
    return (yield)
