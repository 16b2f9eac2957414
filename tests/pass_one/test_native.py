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

KNOWN = ("stream-chat", "stream-chat-jsonl", "stream-feeds-jsonl", "stream-feeds", "stream-feeds-api", "example-table")
"""The shipped rule sets of which the lane knows record types."""

FEW = {"stream-feeds-api": 0.4, "stream-feeds-jsonl": 0.4}
"""The share of records that are of a type that the lane does not know yet."""


def by_both(check: Callable[[], Report]) -> tuple[Any, Any]:
    """What a validation gives with the compiled lane, and without it."""
    found = []
    for name in ("native", "python"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(ENGINE, name)
            found.append(essence(check()))
    return found[0], found[1]


@pytest.mark.unwatched(but_one_in=16)
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


@pytest.mark.unwatched(but_one_in=4)
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("name", KNOWN)
def test_a_large_file_with_mistakes_has_the_same_report(name: str, jobs: int, tmp_path: Path) -> None:
    rule_set = RuleSet.load(name)
    large = LargeFile(plan_for(rule_set, {}), 300_000, 5, 0.02, plantable(targets(rule_set, [{}])))
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
        native, python = by_both(lambda data=data, rules=rules: validate(data, rules, samples=1000))  # type: ignore[misc]  # bound at once
        assert native == python


@settings(max_examples=200)
@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_have_the_same_report(before: bytes, after: bytes) -> None:
    data = b'[{"type":"user","item":{"id":"a"}},' + before + b'{"type":"user","item":{"id":"b"}}' + after + b"]"
    native, python = by_both(lambda: validate(data, "stream-chat", samples=1000))
    assert native == python


CELLS = [
    *(
        "CA00001",
        "00123",
        "123",
        "",
        " ",
        '"a"',
        '"a""b"',
        '"a\nb"',
        '"a\r\nb,c"',
        '"a"b',
        'a"b',
        '"',
        "é",
        "\udcff",
        "\0",
    ),
    *("active", "2024-02-30", "2024-02-29", "True", "1E+15", "=1+1", "a@example.org", "x" * 81),
]
HEADERS = ["Member ID", "Name", "Email", "Status", "Team", "Sponsor", "Joined", "Odd", ""]


@settings(max_examples=300)
@given(
    header=st.lists(st.sampled_from(HEADERS), min_size=1, max_size=6, unique=True),
    rows=st.lists(st.lists(st.sampled_from(CELLS), min_size=1, max_size=7), max_size=6),
    delimiter=st.sampled_from(",;\t"),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    ends=st.booleans(),
    piece=st.integers(1, 100),
)
def test_a_table_has_the_same_report(
    header: list[str], rows: list[list[str]], delimiter: str, line_end: str, ends: bool, piece: int
) -> None:
    text = line_end.join(delimiter.join(row) for row in [header, *rows]) + line_end * ends
    data = text.encode("utf-8", "surrogateescape")
    native, python = by_both(lambda: validate(in_pieces(data, piece), "example-table", samples=1000))
    assert native == python


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_table_with_line_breaks_in_cells_has_the_same_report(jobs: int, tmp_path: Path) -> None:
    rows = [
        f'CA{n:05},"N{n}\n{", " * (n % 5)}""",a{n}@b.c,2024-01-0{n % 10}\n' * (1 + n % 50 // 49) for n in range(20_000)
    ]
    path = tmp_path / "table.csv"
    path.write_text("Member ID,Name,Email,Joined\n" + "".join(rows), "utf-8")
    native, python = by_both(lambda: validate(path, "example-table", samples=50, jobs=jobs))
    assert native == python


def test_most_records_of_a_large_file_are_vouched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENGINE, "native")
    for name in KNOWN:
        plan = plan_for(RuleSet.load(name), {})
        large = b"".join(LargeFile(plan, 500_000, 5))
        reader = Run(plan, 1 << 20, 1, None, 1 << 20, stream=False).reader
        batches = [*reader.feed(large), *reader.close()]
        vouched = [batch.values for batch in batches if isinstance(batch.values, Vouched)]
        others = sum(len(entries) if (entries := each.entries) else 1 for batch in vouched for each in batch.refused)
        assert others < sum(each.records for each in vouched) * FEW.get(name, 0.1)
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
