"""The benchmarks run, compare what can be compared, and have a row for everything."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice
from pathlib import Path

import orjson
import pytest

from benchmarks import chat
from benchmarks.baselines.chunks import arrays
from benchmarks.cases import FLOOR, WAYS, Case, File, Scale, cases
from benchmarks.measuring import BenchmarkError, Measured, measure
from benchmarks.table import HEADER, markdown, rows
from import_validator import RecordCount, RuleSet, validate
from import_validator.units import parse_size
from tests.corpus import ROOT

pytestmark = pytest.mark.unwatched

MB = 1 << 20
LINES = RuleSet.from_toml(
    (ROOT / "rules" / "stream-chat.toml").read_text("utf-8").replace('format = "json-array"', 'format = "json-lines"')
)


@pytest.mark.parametrize(
    ("largest", "clean", "main"),
    [("30MB", [30], 30), ("300MB", [30, 300], 300), ("3GB", [30, 300, 3072], 300), ("40MB", [30, 40], 40)],
)
def test_the_scale_names_the_largest_file(largest: str, clean: list[int], main: int) -> None:
    assert Scale.of(parse_size(largest)) == Scale(tuple(size * MB for size in clean), main * MB)


def test_there_is_a_row_for_every_case_and_every_comparison() -> None:
    every = cases(Scale.of(parse_size("3GB")))
    measured = [Measured(case, case.file.size, [2.0, 9.0, 4.0], [MB, 3 * MB, 2 * MB]) for case in every]
    table = {f"{row[0]}: {row[1].partition(': left out')[0]}": row[2:] for row in rows(measured)}
    compared = [
        *(f"clean array, 300 MB ÷ 30 MB: validate {way}" for way in WAYS),
        *(f"clean array, 3 GB ÷ 300 MB: validate {way}" for way in WAYS),
        *(f"clean lines, 300 MB ÷ 30 MB: validate {way}" for way in WAYS),
        *(f"clean lines, 3 GB ÷ 300 MB: validate {way}" for way in WAYS),
        *(f"100 % broken ÷ clean array, 300 MB: validate {way}" for way in WAYS),
    ]
    assert list(table) == [*(case.name for case in every), *compared]
    assert table["clean array, 300 MB: validate --jobs 1"] == ("4.00", "1.0", "75", "3 MB")
    assert table["one record too long to be read, 300 MB: validate --jobs 1"] == ("4.00", "0.1", "75", "3 MB")
    assert table["clean lines, 3 GB ÷ 300 MB: validate --jobs 2"] == ("× 1.00", "", "", "× 1.00")
    assert table["ten records, 1.12 KB: validate"] == ("4.00", "", "", "3 MB")


def test_every_command_runs_over_small_files(tmp_path: Path) -> None:
    """The first file in every way, the others in one, and without their floors."""
    every = cases(Scale((parse_size("200KB"),), parse_size("200KB")))
    others = {FLOOR, *(f"validate {way}" for way in WAYS[1:])}
    chosen = [case for case in every if case.file is every[0].file or case.what not in others]
    measured = measure(chosen, 1, tmp_path, lambda _: None)
    for each in measured:
        assert each.case.left_out or (each.seconds > 0 and each.peak > MB and each.size > 0)
    table = markdown(rows(measured)).splitlines()
    assert table[0] == f"| {' | '.join(HEADER)} |"
    assert {line.count("|") for line in table} == {len(HEADER) + 1}


def test_the_command_prints_the_table_and_writes_it(tmp_path: Path) -> None:
    output = tmp_path / "results.md"
    command = [sys.executable, "-m", "benchmarks", "--only", "ten records*", "--runs", "1"]
    run = subprocess.run(
        [*command, "--folder", tmp_path, "--output", output], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert run.stdout == output.read_text("utf-8")
    assert "\n| ten records, 1.12 KB | validate | " in run.stdout
    assert list(tmp_path.iterdir()) == [output]


def test_a_command_that_fails_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"^nothing, 0 bytes: fails: exit status 3, not 0\noh dear"):
        measure([case("fails", "import sys; print('oh dear', file=sys.stderr); sys.exit(3)")], 1, tmp_path, print)


def test_commands_write_and_find_bytecode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    code = (
        "import sys, import_validator, benchmarks.cases\n"
        "from pathlib import Path\n"
        "modules = import_validator, benchmarks.cases\n"
        "sys.exit(sys.dont_write_bytecode or not all(Path(each.__cached__).exists() for each in modules))"
    )
    assert len(measure([case("starts", code)], 1, tmp_path, print)) == 1


def test_reports_that_differ_are_an_error(tmp_path: Path) -> None:
    write = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('{{\"valid\": {}}}')"
    same = [case("one", write.format("true")), case("two", write.format("true"))]
    assert len(measure(same, 2, tmp_path, print)) == 2
    with pytest.raises(BenchmarkError, match=r"^nothing, 0 bytes: three: another report than with other options$"):
        measure([*same, case("three", write.format("false"))], 1, tmp_path, print)


def case(what: str, code: str) -> Case:
    """A case that runs Python code over an empty file; the code's first argument is the path of the report."""
    file = File(kind="nothing", size=0, write=Path.touch)
    return Case(file=file, what=what, command=(sys.executable, "-c", code, "{report}"))


@pytest.mark.parametrize("array", [True, False])
def test_the_floor_parses_every_record(tmp_path: Path, array: bool) -> None:
    path = tmp_path / "file"
    texts = list(islice(chat.chat(0), 2_000))
    chat.write(iter(texts), path, MB, array=array)
    chunks = [orjson.loads(chunk) for chunk in arrays(path)]
    assert len(chunks) > 2
    assert [record for chunk in chunks for record in chunk] == [orjson.loads(text) for text in texts]


def test_the_files_are_as_broken_as_they_are_called(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for broken, valid in ((0.0, 1.0), (0.5, 0.5), (1.0, 0.0)):
        chat.write(chat.chat(0, broken=broken), path, parse_size("300KB"), array=True)
        counts = validate(path, "stream-chat").records.values()
        share = sum(count.valid for count in counts) / sum(count.total for count in counts)
        assert share == pytest.approx(valid, abs=0.1 if 0 < valid < 1 else 0)
    chat.write(chat.chat(0, same_key=True), path, parse_size("300KB"), array=True)
    messages = validate(path, "stream-chat").records["message"]
    assert messages == RecordCount(messages.total, 1)


def test_the_same_records_stand_in_an_array_and_on_lines(tmp_path: Path) -> None:
    array, lines = tmp_path / "array", tmp_path / "lines"
    texts = list(islice(chat.chat(0, broken=0.1), 500))
    chat.write(iter(texts), array, MB, array=True)
    chat.write(iter(texts), lines, MB, array=False)
    assert [orjson.loads(line) for line in lines.read_bytes().splitlines()] == orjson.loads(array.read_bytes())
    assert validate(lines, LINES).counts == validate(array, "stream-chat").counts
