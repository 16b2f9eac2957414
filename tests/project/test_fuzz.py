"""The fuzzing harnesses: what was found once stays mended, and what they check can fail."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from fuzz import readers, rule_sets
from fuzz.harness import CORPUS, NAMES, replay
from import_validator import Report, RuleSet, SourceError, validate
from tests.corpus import ROOT

CHAT = (ROOT / "rules" / "stream-chat.toml").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
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
    assert report.as_dict().keys() - readers.essence(report).keys() == {"source", "seconds"}
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
