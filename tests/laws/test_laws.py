"""The laws of the design: layout, one answer, findable, bounded, linear."""

from __future__ import annotations

import cProfile
import gzip
import json
import pstats
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from import_validator import Report, RuleSet, iter_violations, validate
from tests.corpus import ROOT, Case, cases, essence
from tests.strategies import FILES, LAYOUTS, RECORDS, compact, in_pieces

pytestmark = pytest.mark.unwatched

RULE_SETS = {rule_set.name: rule_set for rule_set in RuleSet.shipped()}
CHAT = (ROOT / "rules" / "stream-chat.toml").read_text("utf-8")
LINES = RuleSet.from_toml(CHAT.replace('format = "json-array"', 'format = "json-lines"'))
"""The rules of `stream-chat` for records of which each stands on a line."""


def one_a_line(records: list[Any], before: str = "", after: str = "\n") -> bytes:
    """JSON Lines, with something before and after each record."""
    texts = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in records)
    return "".join(before + text + after for text in texts).encode()


LINE_LAYOUTS: dict[str, Callable[[list[Any]], bytes]] = {
    "compact": one_a_line,
    "no last newline": lambda records: one_a_line(records)[:-1],
    "CRLF": lambda records: one_a_line(records, after="\r\n"),
    "blank lines between": lambda records: one_a_line(records, before="\n \r\n", after="\n\n\t\n"),
    "spaces around": lambda records: one_a_line(records, before=" \t ", after="  \n"),
    "byte order mark": lambda records: b"\xef\xbb\xbf" + one_a_line(records),
    "gzipped": lambda records: gzip.compress(one_a_line(records)),
}
LINE_FILES = st.lists(RECORDS, min_size=1, max_size=12)


def without_places(report: Report) -> list[dict[str, Any]]:
    """What was found, apart from where it lies in the file."""
    violations = [violation.as_dict() for violation in report.violations]
    for each in violations:
        del each["offset"], each["line"]
    return violations


@given(FILES, st.sampled_from(list(LAYOUTS)), st.integers(1, 70))
def test_layout_the_same_records_give_the_same_violations(records: list[Any], layout: str, piece: int) -> None:
    data = LAYOUTS[layout](records)
    expected = validate(compact(records), "stream-chat", samples=1000)
    found = validate(in_pieces(data, piece), "stream-chat", samples=1000)
    assert without_places(found) == without_places(expected)
    assert found.records == expected.records


@given(LINE_FILES, st.sampled_from(list(LINE_LAYOUTS)), st.integers(1, 70))
def test_layout_the_same_lines_give_the_same_violations(records: list[Any], layout: str, piece: int) -> None:
    expected = validate(one_a_line(records), LINES, samples=1000)
    found = validate(in_pieces(LINE_LAYOUTS[layout](records), piece), LINES, samples=1000)
    assert without_places(found) == without_places(expected)
    assert found.records == expected.records


@given(LINE_FILES)
def test_layout_lines_give_the_violations_of_an_array(records: list[Any]) -> None:
    expected = validate(compact(records), "stream-chat", samples=1000)
    found = validate(one_a_line(records), LINES, samples=1000)
    assert without_places(found) == without_places(expected)
    assert found.records == expected.records


@given(FILES, st.booleans())
def test_one_answer_in_memory_or_spilled(records: list[Any], cascade: bool) -> None:
    data = compact(records)
    in_memory = validate(data, "stream-chat", samples=1000, cascade=cascade)
    spilled = validate(data, "stream-chat", samples=1000, cascade=cascade, memory=1)
    assert essence(spilled) == essence(in_memory)


@given(LINE_FILES, st.booleans())
def test_one_answer_of_lines_in_memory_or_spilled(records: list[Any], cascade: bool) -> None:
    data = one_a_line(records)
    in_memory = validate(data, LINES, samples=1000, cascade=cascade)
    spilled = validate(data, LINES, samples=1000, cascade=cascade, memory=1)
    assert essence(spilled) == essence(in_memory)


@pytest.mark.parametrize("case", cases()[::4], ids=lambda case: case.name)
def test_one_answer_for_the_corpus_in_memory_or_spilled_and_byte_by_byte(case: Case) -> None:
    """Every fourth file: `tests/project/test_corpus.py` reads them all, and fuzzing compares ways to read at length.

    A large one comes in twenty thousand pieces: it has more of the same, and each piece costs as much as a short file.
    """
    loaded = case._replace(rules=RULE_SETS[case.rules])  # type: ignore[arg-type]  # rule sets are taken, too
    expected = case.expected.get("report") or essence(loaded.validate())
    data = case.path.read_bytes()
    assert essence(loaded.validate(in_pieces(data, 1 + len(data) // 20_000), memory=1)) == expected


@given(FILES)
def test_findable_reading_the_file_at_a_violations_offset_gives_the_record(records: list[Any]) -> None:
    data = json.dumps(records, indent=1, ensure_ascii=False).encode()
    for violation in iter_violations(data, "stream-chat"):
        assert violation.index is not None
        assert violation.offset is not None
        found, _ = json.JSONDecoder().raw_decode(data[violation.offset :].decode())
        assert found == records[violation.index]
        assert violation.line == data.count(b"\n", 0, violation.offset) + 1


@given(LINE_FILES, st.sampled_from([each for each in LINE_LAYOUTS if each != "gzipped"]))
def test_findable_reading_the_line_at_a_violations_offset_gives_the_record(records: list[Any], layout: str) -> None:
    data = LINE_LAYOUTS[layout](records)
    for violation in iter_violations(data, LINES):
        assert violation.index is not None
        assert violation.offset is not None
        found, _ = json.JSONDecoder().raw_decode(data[violation.offset :].decode())
        assert found == records[violation.index]
        assert violation.line == data.count(b"\n", 0, violation.offset) + 1


def test_findable_a_line_is_right_though_a_later_line_is_reported_first() -> None:
    """Lines without records have the number of the record that would come next, so that all three have the same."""
    data = b'{"instruction": "bogus", "data": []}\n{"instru\xb5": 1, "data": []}\n'
    found = [(violation.rule, violation.line) for violation in iter_violations(data, "stream-feeds")]
    assert found == [("encoding", 2), ("record-type", 1), ("record-type", 2)]


def test_findable_the_place_of_a_mistake_is_right_after_text_that_is_no_utf_8() -> None:
    data = b'[{"type": "\xff\xe9\xff" 1}]'
    [violation] = iter_violations(data, "stream-chat")
    assert (violation.rule, violation.offset, violation.column) == ("parse", data.index(b"1"), data.index(b"1") + 1)


@given(FILES)
def test_every_violation_is_given_once_and_the_report_counts_them_all(records: list[Any]) -> None:
    data = compact(records)
    report = validate(data, "stream-chat", samples=1)
    streamed = list(iter_violations(data, "stream-chat"))
    assert sum(report.counts.values()) == len(streamed)
    assert {each.rule for each in streamed} == set(report.counts)
    whole = validate(data, "stream-chat", samples=1000)
    assert sorted(map(repr, whole.violations)) == sorted(map(repr, streamed))


def write_messages(path: Path, count: int, *, same_key: bool = False) -> None:
    """A file in which every message breaks two rules: one of its own, and a reference."""
    with path.open("w") as file:
        file.write('[{"type":"channel","item":{"type":"messaging","id":"c","created_by":"nobody"}}')
        for number in range(count):
            key = "same" if same_key else f"message-{number:09}"
            file.write(
                f',\n{{"type":"message","item":{{"id":"{key}","channel_type":"messaging","channel_id":"c",'
                f'"user":"nobody-{number}","reply_count":1}}}}'
            )
        file.write("]")


def peak_memory(path: Path, budget: str, jobs: int, rules: str | Path = "stream-chat") -> tuple[int, str]:
    """The peak resident memory in bytes of the command over a file, in the largest of its processes; its report."""
    script = (
        "import resource, sys; from import_validator.command.main import main\n"
        "try: main(sys.argv[1:])\n"
        "finally:\n"
        "    own = int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])\n"
        "    print(max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss), file=sys.stderr)"
    )
    options = {"--rules": str(rules), "--format": "json", "--memory": budget, "--jobs": str(jobs), "--samples": "2"}
    arguments = ["validate", str(path), *(word for pair in options.items() for word in pair)]
    run = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)
    return int(run.stderr.splitlines()[-1]) * 1024, run.stdout


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to tell the peak of one program")
@pytest.mark.parametrize(
    ("same_key", "jobs", "few", "many"),
    [(False, 1, 5_000, 30_000), (True, 1, 5_000, 30_000), (False, 2, 40_000, 70_000)],
    ids=["all keys different", "all keys equal", "two threads"],
)
def test_bounded_memory_follows_the_budget_not_the_file_nor_the_violations(
    tmp_path: Path, same_key: bool, jobs: int, few: int, many: int
) -> None:
    small, large = tmp_path / "small.json", tmp_path / "large.json"
    write_messages(small, few, same_key=same_key)
    write_messages(large, many, same_key=same_key)
    baseline, _ = peak_memory(small, "2MB", jobs)
    peak, spilled = peak_memory(large, "2MB", jobs)
    assert peak - baseline < 8 << 20
    roomy, in_memory = peak_memory(large, "64MB", jobs)
    assert roomy < 150 << 20
    reports = [{**json.loads(each), "seconds": 0} for each in (spilled, in_memory)]
    assert reports[0] == reports[1]
    assert reports[0]["counts"]["message.user:refers-to"] == many


def test_bounded_a_record_beyond_the_limit_is_passed_over_and_what_follows_is_read() -> None:
    user = b'{"type":"user","item":{"id":"%s"}}'
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def pieces() -> Any:
        yield b"[" + user % b"a" + b","
        yield b'{"type":"user","item":{"id":"'
        for _ in range(400):
            yield b"x" * 262_144
        yield b'"}},' + user % b"b b" + b"]"

    report = validate(pieces(), "stream-chat", max_record="1MB")
    assert [(each.code, each.index) for each in report.violations] == [("record-size", 1), ("pattern", 2)]
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < 50 << 20


def calls(data: bytes, piece: int, rules: str | RuleSet = "stream-chat") -> int:
    """How many function calls it takes to validate the data: work that does not depend on the machine."""
    profile = cProfile.Profile()
    profile.enable()
    validate(in_pieces(data, piece), rules, samples=5, memory="1MB", max_record="64MB")
    profile.disable()
    return pstats.Stats(profile).total_calls  # type: ignore[attr-defined]  # not in stubs


def array_of(record: str) -> Callable[[int], bytes]:
    return lambda count: b"[" + b",".join([record.encode()] * count) + b"]"


SHAPES: dict[str, Callable[[int], bytes]] = {
    "nothing but errors": array_of('{"type":"user","item":{"id":"a b","online":1,"pk":1}}'),
    "one giant record": lambda n: b'[{"type":"user","item":{"id":"a","x":[%s]}}]' % b",".join([b'{"a":1}'] * n * 4),
    "one giant string": lambda n: b'[{"type":"user","item":{"id":"a","x":"%s"}}]' % (b'},{\\"' * n * 8),
    "unclosed string": lambda n: b'[{"type":"user","item":{"id":"a' + b'},{"type' * n * 4,
    "seams inside records": array_of('{"type":"user","item":{"id":"a","x":[{"type":"user"},{"type":"user"},3]}}'),
    "no records at all": array_of("1"),
    "one key": array_of('{"type":"message","item":{"id":"m","parent_id":"m"}}'),
    "one team": lambda n: (
        b"["
        + b'{"type":"user","item":{"id":"a","teams":[%s]}},' % b",".join(b'"t%d"' % each for each in range(n))
        + array_of('{"type":"member","item":{"channel_type":"messaging","channel_id":"c","user_id":"a"}}')(n)[1:]
    ),
    "deep nesting": lambda n: b"[" + b"[" * n * 20,
    "white space": lambda n: b"[" + b" " * n * 80 + b"]",
    "commas": lambda n: b"[" + b"," * n * 80,
}


PIECE = 1 << 14
STEP = 2_000
THIRDS = (1, STEP, 2 * STEP, 3 * STEP)
"""Sizes of files, the last three in equal steps of many pieces: work comes in batches, at least one a piece."""


IN_SMALL_PIECES = ("one giant record", "one giant string", "unclosed string", "deep nesting", "white space", "commas")
"""What could be gone through anew for each piece; all else is work for each record, however the file comes."""


@pytest.mark.parametrize("shape", SHAPES)
def test_linear_the_third_third_is_no_more_work_than_the_second(shape: str) -> None:
    piece = 997 if shape in IN_SMALL_PIECES else PIECE
    _, once, twice, thrice = (calls(SHAPES[shape](count), piece) for count in THIRDS)
    assert thrice - twice < (twice - once) * 1.3 + 1_000


LINE_SHAPES: dict[str, Callable[[int], bytes]] = {
    "good and broken lines in turn": lambda n: b'{"type":"user","item":{"id":"a b","pk":1}}\n{"type":"user",\n' * n,
    "one giant line": lambda n: b'{"type":"user","item":{"id":"a","x":[%s]}}\n' % b",".join([b'{"a":1}'] * n * 4),
    "one line without end": lambda n: b'{"type":"user' * n * 8,
    "blank lines": lambda n: b" \r\n" * n * 8,
}


@pytest.mark.parametrize("shape", LINE_SHAPES)
def test_linear_the_third_third_of_lines_is_no_more_work_than_the_second(shape: str) -> None:
    piece = PIECE if shape == "good and broken lines in turn" else 997
    _, once, twice, thrice = (calls(LINE_SHAPES[shape](count), piece, LINES) for count in THIRDS)
    assert thrice - twice < (twice - once) * 1.3 + 1_000


@settings(max_examples=100)
@given(
    st.binary(max_size=200), st.sampled_from([b"", b"[", b'[{"type":"user","item":', b'[{"type":"user","item":{"id":"'])
)
def test_any_bytes_give_a_report(tail: bytes, head: bytes) -> None:
    assume(not (head + tail).startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")))  # compressed files are another matter
    report = validate(head + tail, "stream-chat", samples=1000)
    assert report.valid == (report.counts == {})
    assert essence(validate(in_pieces(head + tail, 3), "stream-chat", samples=1000)) == essence(report)
