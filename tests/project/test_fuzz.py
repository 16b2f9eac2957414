"""The fuzzing harnesses: what was found once stays mended, and what they check can fail."""

from __future__ import annotations

import tomllib
from itertools import islice, repeat
from pathlib import Path

import pytest

from fuzz import harness, patterns, readers, reports, rule_sets
from fuzz.harness import CORPUS, NAMES, explore, limited, new_inputs, replay
from import_validator import Report, RuleSet, SourceError, validate
from import_validator.engine import ENGINE
from import_validator.readers import JsonArrayReader
from tests.corpus import ROOT

CHAT = (ROOT / "rules" / "stream-chat.toml").read_text("utf-8")


@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=pytest.mark.unwatched if each == "reports" else ()) for each in NAMES]
)
def test_the_saved_inputs_pass(name: str) -> None:
    assert replay(name) == len(list((CORPUS / name).iterdir()))


def test_an_input_that_fails_is_named(tmp_path: Path) -> None:
    path = tmp_path / "readers" / "found-1"
    path.mkdir(parents=True)
    with pytest.raises(IsADirectoryError) as raised:
        replay("readers", tmp_path)
    assert raised.value.__notes__ == [f"This was raised for the saved input {path}"]


@pytest.mark.parametrize(
    ("first", "content", "counts"),
    [
        (b"0", b'[{"type":"user","item":{}}]', {"user.id:required": 1}),
        (b"1", b'{"type":"user","item":{}}', {"user.id:required": 1}),
        (b"2", b'{"type":"user","data":[{},{}]}', {"user.id:required": 2}),
        (b"3", b"[]", {}),
        (b"4", b'[{"type":"user","item":{"x":"%s"}}]' % (b"x" * 300), {"record-size": 1}),
        (b"5", b'{"type":"user","item":{"x":"%s"}}' % (b"x" * 300), {"record-size": 1}),
        (b"0", b'[{"type":"user","item":{"x":"%s"}}]' % (b"x" * 300), {"user.id:required": 1}),
    ],
)
def test_an_input_says_how_the_file_is_read(
    tmp_path: Path, first: bytes, content: bytes, counts: dict[str, int]
) -> None:
    readers.check(first + b"@AB" + content)
    given = readers.Input.of(first + b"@AB" + content)
    report = given.outcome(content, str(tmp_path))
    assert given.sizes == (1, 2, 3)
    assert isinstance(report, Report)
    assert report.counts == counts


def test_what_must_not_differ_is_all_but_the_name_and_the_time() -> None:
    report = validate(b"[]", RuleSet.from_toml(CHAT))
    assert report.as_dict().keys() - readers.essence(report).keys() == {"source", "seconds", "run"}
    assert readers.essence(SourceError("no such file")) == {"error": "SourceError: no such file"}


def test_the_sample_file_has_records_of_all_types_and_breaks_rules_of_all() -> None:
    rule_set = RuleSet.from_toml(CHAT)
    report = validate(rule_sets.sample_file(rule_set), rule_set)
    assert list(report.records) == list(rule_set.records)
    assert {rule.partition(".")[0].partition(":")[0] for rule in report.counts} >= set(rule_set.records)
    assert all(count.valid < count.total for count in report.records.values())


def test_a_rule_set_is_the_same_when_it_is_written_on_a_few_lines() -> None:
    document = tomllib.loads(CHAT)
    assert tomllib.loads(rule_sets.to_toml(document)) == document


def test_a_mutation_changes_one_place_and_is_a_document_again() -> None:
    before = tomllib.loads(CHAT)
    changed = [rule_sets.mutated(CHAT.encode(), seed) for seed in range(50)]
    documents = [tomllib.loads(each.decode()) for each in changed if each is not None]
    assert len(documents) > 40
    assert sum(document != before for document in documents) > 40
    assert rule_sets.mutated(b"no = TOML", 1) is None
    assert rule_sets.mutated(b"", 1) is None


@pytest.mark.parametrize("name", NAMES)
def test_new_inputs_are_the_same_for_the_same_seed(name: str) -> None:
    first, again, other = (list(islice(new_inputs(name, seed), 20)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert len(set(first)) > 10


def test_an_input_that_fails_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "readers").mkdir()
    (tmp_path / "readers" / "empty").write_bytes(b"")
    monkeypatch.setattr(harness, "CORPUS", tmp_path)
    monkeypatch.setattr(readers, "check", lambda data: 1 // 0)
    monkeypatch.setattr(harness, "replay", lambda name: 0)
    monkeypatch.setattr(harness, "new_inputs", lambda name, seed: iter([b"odd"]))
    with pytest.raises(SystemExit) as raised:
        explore("readers", 1, 5, None)
    found = tmp_path / "readers" / "found-990cb8ebd0af"
    assert str(raised.value) == f"This was raised for an input that is now {found}"
    assert found.read_bytes() == b"odd"


def test_so_many_new_inputs_are_checked_as_were_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[bytes] = []
    monkeypatch.setattr(harness, "replay", lambda name: 100)
    monkeypatch.setattr(readers, "check", checked.append)
    assert explore("readers", 1, 7, None) == 107
    assert checked == list(islice(new_inputs("readers", 1), 7))


def test_an_input_that_takes_too_long_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "LONGEST_TIME", 0.05)
    with pytest.raises(harness.TookTooLongError), limited():
        sum(1 for _ in repeat(1))  # a loop of Python, since signals wait for one of C to end


def test_a_pattern_that_two_engines_take_in_two_ways_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_pattern", lambda choose, depth: r"\<\w+\>")
    patterns.check(b"")
    monkeypatch.setenv(ENGINE, "python")  # the compiled lane makes up its own mind
    monkeypatch.setattr("import_validator.rules.text.portable", lambda given: f"^(?:{given})$")
    with pytest.raises(AssertionError):
        patterns.check(b"")


def test_a_report_that_differs_by_lanes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("import_validator_native", reason="the compiled lane is not built here: make native")
    monkeypatch.setenv(ENGINE, "native")  # else nothing differs where the lane in Python alone was asked for
    data = (CORPUS / "reports" / "stream-chat-values").read_bytes()
    reports.check(data)
    monkeypatch.setattr(JsonArrayReader, "read_together", lambda _, texts: ([7] * len(texts), []))
    with pytest.raises(AssertionError, match="in pieces, the report has other"):
        reports.check(data)
