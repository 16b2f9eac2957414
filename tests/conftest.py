"""Settings for every test: no deadlines, since machines differ; the same few examples each time, so that one commit
is always green or always red. `make fuzz` draws others."""

from __future__ import annotations

import gc
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import coverage
import pytest
from hypothesis import HealthCheck, settings

from import_validator import RuleSet
from import_validator.readers import vouching
from import_validator.testing.targets import targets

SETTINGS = settings(
    deadline=None, max_examples=30, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("default", SETTINGS)
settings.load_profile("default")

EVERY_RULE = "_broken_by_one_rule_is_reported_with_that_rule_alone_at_that_place["
OF_WORKBOOKS = 3


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Have the garbage collector leave alone what stays to the end: it would go through all of it again and again."""
    gc.disable()
    yield
    gc.enable()
    gc.freeze()


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Makes a file of some content in a folder of the test's own."""

    def make(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return make


@pytest.fixture
def short_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has small files judged by the compiled lane in rounds, as large ones are."""
    monkeypatch.setattr(vouching, "ROUND", 1_000)
    monkeypatch.setattr(vouching, "LARGE_ROUND", 2_000)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many rules law 4 was tried on, where it was."""
    tried = [
        report
        for outcome in ("passed", "failed", "error")
        for report in terminalreporter.stats.get(outcome, [])
        if EVERY_RULE in getattr(report, "nodeid", "") and report.when == "call"
    ]
    if tried:
        every = sum(len(targets(rule_set)) for rule_set in RuleSet.shipped()) + OF_WORKBOOKS
        held = sum(report.passed for report in tried)
        terminalreporter.write_line(f"law 4, every rule bites: tried on {len(tried)} of {every} rules, held by {held}")


@pytest.fixture(autouse=True)
def watched(request: pytest.FixtureRequest) -> Iterator[None]:
    """Have coverage, if it runs, look away from an unwatched test and from the processes that it starts."""
    mark = request.node.get_closest_marker("unwatched")
    one_in = mark.kwargs.get("but_one_in") if mark else 1
    watching = None if request.config.pluginmanager.hasplugin("mutants.contexts") else coverage.Coverage.current()
    if watching is None or (one_in and zlib.crc32(request.node.name.encode()) % one_in == 0):
        yield
        return
    watching.stop()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        yield
    watching.start()
