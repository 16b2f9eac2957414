"""The compiled lane: whatever a file holds, the report is the one that there is without it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from import_validator import ImportValidatorError, Report, RuleSet, validate
from import_validator import engine as engine_module
from import_validator.engine import ENGINE, engine
from import_validator.readers import Vouched
from import_validator.run.run import Run
from import_validator.testing.generator import LargeFile, plantable
from import_validator.testing.targets import plan_for, targets
from tests.command import run
from tests.corpus import Case, cases, essence
from tests.laws.test_laws import LINE_FILES, LINE_LAYOUTS, LINES
from tests.strategies import FILES, LAYOUTS, in_pieces

pytest.importorskip("import_validator_native", reason="the compiled lane is not built here: make native")
pytestmark = pytest.mark.unwatched

KNOWN = ("stream-chat", "stream-chat-jsonl", "stream-feeds-jsonl", "stream-feeds", "stream-feeds-api")
"""The shipped rule sets of which the lane knows record types."""


def by_both(check: Callable[[], Report]) -> tuple[Any, Any]:
    """What a validation gives with the compiled lane, and without it."""
    found = []
    for name in ("native", "python"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(ENGINE, name)
            found.append(essence(check()))
    return found[0], found[1]


@pytest.mark.parametrize("case", [each for each in cases() if each.rules in KNOWN][::4], ids=lambda case: case.name)
def test_a_file_of_the_corpus_has_the_same_report(case: Case) -> None:
    native, python = by_both(case.validate)
    assert native == python


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=60)
@given(records=FILES, cascade=st.booleans())
def test_an_array_has_the_same_report(layout: str, records: list[Any], cascade: bool) -> None:
    data = LAYOUTS[layout](records)
    native, python = by_both(lambda: validate(data, "stream-chat", samples=1000, cascade=cascade))
    assert native == python


@pytest.mark.parametrize("layout", LINE_LAYOUTS)
@settings(max_examples=30)
@given(records=LINE_FILES, piece=st.integers(1, 80))
def test_lines_have_the_same_report_in_pieces_and_on_disk(layout: str, records: list[Any], piece: int) -> None:
    data = LINE_LAYOUTS[layout](records)
    native, python = by_both(lambda: validate(in_pieces(data, piece), LINES, samples=1000, memory=1))
    assert native == python


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("name", KNOWN)
def test_a_large_file_with_mistakes_has_the_same_report(name: str, jobs: int, tmp_path: Path) -> None:
    rule_set = RuleSet.load(name)
    large = LargeFile(plan_for(rule_set, {}), 500_000, 5, 0.02, plantable(targets(rule_set, [{}])))
    path = tmp_path / "file"
    path.write_bytes(b"".join(large))
    assert large.broken
    native, python = by_both(lambda: validate(path, rule_set, samples=1000, jobs=jobs))
    assert native == python


ODD_TEXTS = [
    '{"type":"user","item":{"id":"a","id":"b"}}',
    '{"type":"user","item":{"id":"a","custom":{"x":1,"x":2}}}',
    '{"type":"user","item":{"\\u0069d":"a"}}',
    '{"type":"user","item":{"id":"\\ud800"}}',
    '{"type":"user","item":{"id":"\\u0061\\u00e9"}}',
    '{"type":"us\\u0065r","item":{"id":"a"}}',
    '{"type":"user","item":{"id":"a","n":12345678901234567890}}',
    '{"type":"user","item":{"id":"a","n":1e999}}',
    '{"type":"user","item":{"id":"a","n":1.0}}',
    '{"type":"user","item":{"id":"a","n":-0}}',
    '{"type":"user","item":{"id":"a","x":%s}}' % ("[" * 200 + "]" * 200),
    '{"type":"user","item":{"id":"a"},"more":1}',
    '{"item":{"id":"a"},"type":"user"}',
    '{"type":"user","item":null}',
    '{"type":null,"item":{}}',
    "NaN",
    "tru",
    '"a',
    "[",
]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(ODD_TEXTS), max_size=4), st.sampled_from([",", " , ", "", "\n"]))
def test_texts_that_readers_disagree_about_have_the_same_report(texts: list[str], between: str) -> None:
    array, lines = f"[{between.join(texts)}]".encode(), "\n".join(texts).encode()
    for data, rules in ((array, "stream-chat"), (lines, LINES)):
        native, python = by_both(lambda data=data, rules=rules: validate(data, rules, samples=1000))  # type: ignore[misc]
        assert native == python


@settings(max_examples=200)
@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_have_the_same_report(before: bytes, after: bytes) -> None:
    data = b'[{"type":"user","item":{"id":"a"}},' + before + b'{"type":"user","item":{"id":"b"}}' + after + b"]"
    native, python = by_both(lambda: validate(data, "stream-chat", samples=1000))
    assert native == python


def test_most_records_of_a_large_file_are_vouched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENGINE, "native")
    for name in KNOWN[:2]:
        plan = plan_for(RuleSet.load(name), {})
        large = b"".join(LargeFile(plan, 500_000, 5))
        reader = Run(plan, 1 << 20, 1, None, 1 << 20, stream=False).reader
        batches = [*reader.feed(large), *reader.close()]
        vouched = [batch.values for batch in batches if isinstance(batch.values, Vouched)]
        assert sum(len(each.values) for each in vouched) < sum(each.records for each in vouched) / 10
        assert sum(len(batch.raw) for batch in batches) > 0.9 * len(large)


def test_without_a_lane_that_was_asked_for_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENGINE, "rust")
    with pytest.raises(ImportValidatorError, match="'rust' is no lane; it is native or python"):
        engine()
    monkeypatch.setenv(ENGINE, "native")
    monkeypatch.setattr(engine_module, "_NATIVE", "no_such_module")
    with pytest.raises(ImportValidatorError, match="the compiled lane is not installed: pip install import-val"):
        validate(b"[]", "stream-chat")
    monkeypatch.setenv(ENGINE, "")
    assert engine() == "python"
    assert validate(b"[]", "stream-chat").valid


def test_the_version_says_which_lane_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("native", "python"):
        monkeypatch.setenv(ENGINE, name)
        assert run("--version").out.endswith(f", engine {name}\n")


def test_a_rule_of_ones_own_is_asked_about_every_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENGINE, "native")
    rules = RuleSet.load("stream-chat").with_rules(
        "user", {"rule": "range", "field": "age", "max": 150}, fields={"age": "integer"}
    )
    data = json.dumps([{"type": "user", "item": {"id": str(age), "age": age}} for age in (1, 150, 151)]).encode()
    assert [each.value for each in validate(data, rules).violations] == [151]
