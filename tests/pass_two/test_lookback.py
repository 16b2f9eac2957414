"""Looking back: the directory of a file stays small, and what is read again for one record stays small, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from import_validator import validate
from import_validator.pass_two import lookback
from import_validator.pass_two.lookback import Directory
from import_validator.readers import json_array
from import_validator.source.source import ReadAgain, Source

MOST = 64
GAPS = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 300), st.sampled_from([0, 1, 2_000, 50_000])), min_size=1, max_size=400
)


@pytest.fixture(autouse=True, scope="module")
def _few_entries() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lookback, "MOST_ENTRIES", MOST)
        patch.setattr(lookback, "SHORTEST_SPAN", 500)
        yield


def laid_out(batches: list[tuple[int, int, int]]) -> tuple[Directory, list[tuple[int, int, int]]]:
    """A directory of batches, and where each lies: its first record, its offset, its end.

    Arguments:
        batches: for each how many records it has, how many bytes, and how many lie between it and the next one.
    """
    directory, places = Directory(), []
    first = offset = 0
    for records, length, gap in batches:
        directory.append((first, offset, length, first + 1))
        places.append((first, offset, offset + length))
        first, offset = first + records + (gap > 0), offset + length + gap
    return directory, places


@given(GAPS)
def test_every_record_lies_in_the_entry_that_is_found_for_it(batches: list[tuple[int, int, int]]) -> None:
    directory, places = laid_out(batches)
    for first, offset, end in places:
        own_first, own_offset, length, line = directory.find(first)
        assert own_first <= first
        assert own_offset <= offset
        assert own_offset + length >= end
        assert line == own_first + 1


@given(GAPS)
def test_the_directory_stays_small_however_many_gaps_there_are(batches: list[tuple[int, int, int]]) -> None:
    directory, places = laid_out(batches)
    entries = {directory.find(first)[0] for first, _, _ in places}
    assert len(entries) <= MOST


@pytest.mark.parametrize("gap", [0, 5_000])
def test_an_entry_holds_no_more_than_its_share_of_the_file(gap: int) -> None:
    directory, places = laid_out([(1, 100, gap)] * 5_000)
    longest = max(directory.find(first)[2] for first, _, _ in places)
    assert longest < 6 * places[-1][2] / MOST


def test_a_long_record_is_not_read_with_its_neighbours() -> None:
    """A gap of ten megabytes among many small batches is no entry's, although all others are joined."""
    batches = [(1, 100, 10_000_000 if number % 500 == 499 else 0) for number in range(5_000)]
    directory, places = laid_out(batches)
    assert max(directory.find(first)[2] for first, _, _ in places) <= 500 * 100


def user(number: int) -> str:
    """One of 600 users, of whom the later half have the ids of the earlier."""
    return f'{{"type":"user","item":{{"id":"u{number % 300}"}}}}'


def test_what_is_read_again_is_short_in_a_file_with_long_records_in_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four records of three megabytes stand among small batches; none of them is read again with its neighbours."""
    monkeypatch.setattr(json_array, "CHUNK_SIZE", 100)
    path = tmp_path / "import.json"
    with path.open("w") as file:
        for first in range(0, 600, 5):
            file.write("[" if first == 0 else ",\n")
            file.write(",\n".join(user(number) for number in range(first, first + 5)))
            file.write("]" if first == 595 else f',\n"{"x" * 3_000_000}"' if first % 150 == 140 else "")
    read_again = Source.read_again
    lengths: list[int] = []

    class Measured:
        def __init__(self, content: ReadAgain) -> None:
            self._content = content

        def read_at(self, offset: int, length: int) -> bytes:
            lengths.append(length)
            return self._content.read_at(offset, length)

        def close(self) -> None:
            self._content.close()

    monkeypatch.setattr(Source, "read_again", lambda *arguments: Measured(read_again(*arguments)))
    report = validate(path, "stream-chat", max_record="100KB", samples=1_000)
    repeated = [(each.index, each.offset) for each in report.violations if each.code == "unique"]
    content = path.read_bytes()
    found = [content[offset or 0 :].partition(b",\n")[0].removesuffix(b"]").decode() for _, offset in repeated]
    assert found == [user(number) for number in range(300, 600)]
    assert [index for index, _ in repeated] == [number + (number + 5) // 150 for number in range(300, 600)]
    assert max(lengths) < 1_000_000
