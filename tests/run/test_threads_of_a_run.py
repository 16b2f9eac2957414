"""Several threads of the compiled lane give the report of one, byte for byte."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from import_validator import ImportValidatorError, RuleSet, iter_violations, validate
from import_validator.pass_two import resolver
from tests.command import run
from tests.corpus import ROOT, assert_same, essence
from tests.strategies import RECORDS, compact, in_pieces

pytestmark = pytest.mark.unwatched(but_one_in=8)

ARRAY = RuleSet.load("stream-chat")
LINES = RuleSet.from_toml(
    (ROOT / "rules" / "stream-chat.toml").read_text("utf-8").replace('format = "json-array"', 'format = "json-lines"')
)


@pytest.fixture(autouse=True)
def short_pieces(short_rounds: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "_MOST_ROWS", 100)


def as_array(records: list[Any]) -> bytes:
    return b"[\n" + b",\n".join(compact([record])[1:-1] for record in records) + b"\n]\n"


def as_lines(records: list[Any]) -> bytes:
    return b"\n".join(compact([record])[1:-1] for record in records) + b"\n"


def as_one_line(records: list[Any]) -> bytes:
    return b"\xef\xbb\xbf\n [" + b", ".join(compact([record])[1:-1] for record in records) + b"]"


LAYOUTS = [(ARRAY, as_array), (ARRAY, as_one_line), (LINES, as_lines)]


@pytest.mark.parametrize(("rules", "layout"), LAYOUTS, ids=["array", "one line", "lines"])
@settings(
    max_examples=3,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a failure here takes many minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(records=st.lists(RECORDS, min_size=1, max_size=12), cascade=st.booleans())
def test_one_answer_of_one_two_and_five_threads(
    rules: RuleSet, layout: Any, tmp_path: Path, records: list[Any], cascade: bool
) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(layout((records * 200)[:900]))
    expected = essence(validate(path, rules, cascade=cascade))
    for jobs, memory in ((2, "64MB"), (5, 1)):
        found = essence(validate(path, rules, jobs=jobs, memory=memory, cascade=cascade))
        assert_same(found, expected)


DAMAGES = [b"}}, oops {", b'"', b"]", b"\xff", b'\\ud800"', b"{", b"},]"]
PLACES = [0.001, 0.6, 0.999]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("place", PLACES)
def test_a_damaged_file_is_reported_as_by_one_thread(damage: bytes, place: float, tmp_path: Path) -> None:
    """Each damage meets each layout at one place or another."""
    rules, layout = LAYOUTS[(DAMAGES.index(damage) + PLACES.index(place)) % len(LAYOUTS)]
    users = [{"type": "user", "item": {"id": f"usér {n}", "user_mutes": [f"u{n + 1}"]}} for n in range(400)]
    data = layout(users)
    cut = int(len(data) * place)
    path = tmp_path / "file.json"
    path.write_bytes(data[:cut] + damage + data[cut:])
    found = essence(validate(path, rules, jobs=3))
    assert_same(found, essence(validate(path, rules)))


@pytest.mark.parametrize("separator", [b",", b" , ", b"\n,\n\t"])
def test_any_layout_of_an_array_can_be_cut(separator: bytes, tmp_path: Path) -> None:
    users = [compact([{"type": "user", "item": {"id": f"u {n}", "x": [{"type": "user"}]}}])[1:-1] for n in range(500)]
    path = tmp_path / "file.json"
    path.write_bytes(b"\xef\xbb\xbf [" + separator.join(users) + b"]")
    assert essence(validate(path, ARRAY, jobs=2)) == essence(validate(path, ARRAY))


def test_an_instruction_without_entries_is_known_to_all_rounds(tmp_path: Path) -> None:
    entry = {"id": "r", "kind": "like", "user_id": "ann", "time": "2023-01-01T00:00:00Z", "activity_id": "a"}
    reactions = [{"instruction": "reactions", "data": [{**entry, "id": f"r{n}"}]} for n in range(100)]
    path = tmp_path / "file.jsonl"
    path.write_bytes(as_lines([*reactions, {"instruction": "users", "data": []}, *reactions[:50]]))
    expected = essence(validate(path, "stream-feeds"))
    assert expected["counts"] == {"reactions.user_id:refers-to": 150, "reactions:unique": 50}
    assert essence(validate(path, "stream-feeds", jobs=3)) == expected


@pytest.mark.parametrize(("rules", "layout"), LAYOUTS, ids=["array", "one line", "lines"])
def test_a_record_that_cannot_be_read_is_known_to_all_rounds(rules: RuleSet, layout: Any, tmp_path: Path) -> None:
    users = [{"type": "user", "item": {"id": f"u{n}", "user_mutes": ["nobody"]}} for n in range(300)]
    users[150] = users[250] = {"type": "user", "item": {"id": "nobody", "text": "x" * 600}}
    path = tmp_path / "file.json"
    path.write_bytes(layout(users))
    expected = validate(path, rules, max_record=500)
    assert (expected.counts, expected.notes) == (
        {"record-size": 2},
        ("2 records could not be read, so nothing is said to be missing",),
    )
    report = validate(path, rules, max_record=500, jobs=3)
    assert (essence(report), report.notes) == (essence(expected), expected.notes)


@pytest.mark.parametrize("damage", [b"", b"}}, oops {"], ids=["whole", "damaged"])
@pytest.mark.parametrize("name", ["gzip", "standard input", "one piece", "bytes"])
def test_sources_that_are_read_once_are_checked_by_several_threads_too(
    name: str, damage: bytes, tmp_path: Path
) -> None:
    users = as_array([{"type": "user", "item": {"id": f"u {n % 900}", "user_mutes": [f"u{n}"]}} for n in range(1000)])
    data = users[:40_000] + damage + users[40_000:]
    packed = tmp_path / "file.json.gz"
    packed.write_bytes(gzip.compress(data))
    made: dict[str, Callable[[], Any]] = {
        "gzip": lambda: packed,
        "standard input": lambda: in_pieces(data, 777),
        "one piece": lambda: iter([data]),
        "bytes": lambda: data,
    }
    assert essence(validate(made[name](), ARRAY, jobs=2)) == essence(validate(made[name](), ARRAY))
    found = list(iter_violations(made[name](), ARRAY))
    assert list(iter_violations(made[name](), ARRAY, jobs=2)) == found
    assert len(found) > 900


def test_a_source_without_seams_is_read_by_one_thread(tmp_path: Path) -> None:
    data = as_array([{"type": "user", "item": {"id": "u", "text": "x" * 40_000}}, {"type": "user", "item": {}}] * 3)
    assert essence(validate(data, ARRAY, jobs=2)) == essence(validate(data, ARRAY))


@pytest.mark.parametrize("rest", [b"", b"\x1f\x8b"])
def test_a_compressed_source_that_is_cut_off_is_an_error_of_several_threads_too(rest: bytes, tmp_path: Path) -> None:
    users = as_array([{"type": "user", "item": {"id": f"u {random.getrandbits(64)}"}} for n in range(2000)])
    path = tmp_path / "file.json.gz"
    path.write_bytes(gzip.compress(users)[:-2000] + rest)
    with pytest.raises(ImportValidatorError, match="gzip data"):
        validate(path, ARRAY, jobs=2)


def test_a_record_that_never_ends_is_not_held_by_threads(tmp_path: Path) -> None:
    """It is passed by, and what follows it is read."""
    user = b'{"type":"user","item":{"id":"u%d"}}'
    long = b'{"type":"user","item":{"id":"%s"}}' % (b"x" * 100_000)
    path = tmp_path / "file.json"
    path.write_bytes(b"[" + b",".join([user % 1, long, *(user % number for number in range(2, 500))]) + b"]")
    expected = validate(path, ARRAY, max_record=5_000)
    assert (expected.counts, expected.records["user"].total) == ({"record-size": 1}, 499)
    assert_same(essence(validate(path, ARRAY, max_record=5_000, jobs=2)), essence(expected))


def test_the_command_says_the_same_with_any_number_of_jobs(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(as_array([{"type": "user", "item": {"id": f"u {n}", "role": "king"}} for n in range(500)]))
    documents = [run("validate", path, "--format", "json", "--jobs", jobs).document for jobs in ("1", "2", "5")]
    assert documents[0] == documents[1] == documents[2]
