"""What pass two works with: one text for each key, and tables that find keys whatever their digests are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from import_validator.errors import TemporaryFileError
from import_validator.facts.rows import FACT, Rows, key_texts
from import_validator.facts.spill import IndexLog
from import_validator.facts.tables import KeyTable

PARTS = st.text("a1:,\x1f\x00", max_size=3)
KEYS = st.one_of(*(st.lists(st.tuples(*[PARTS] * count), min_size=1, max_size=8) for count in (2, 3, 4)))


@given(keys=KEYS)
def test_a_key_has_one_text_whatever_stands_beside_it_and_no_other_key_has_it(keys: list[tuple[str, ...]]) -> None:
    texts = key_texts(keys)
    assert texts == [key_texts([key])[0] for key in keys]
    assert len(set(texts)) == len(set(keys))


HALF_A_DIGEST = st.sampled_from([0, 1, 2, 1 << 20, (1 << 20) + 1, 1 << 63, (1 << 64) - 1])
FACTS = st.lists(st.tuples(HALF_A_DIGEST, HALF_A_DIGEST, st.integers(0, 9), st.integers(0, 2)), max_size=40)


def rows_of(facts: list[tuple[int, int, int, int]]) -> Rows:
    rows = np.zeros(len(facts), dtype=FACT)
    for name, column in zip(("hi", "lo", "index", "item"), zip(*facts, strict=True), strict=False):
        rows[name] = column
    return rows


@given(added=st.lists(FACTS, max_size=3), asked=FACTS)
def test_a_table_finds_each_key_with_the_first_record_that_says_it(
    added: list[list[tuple[int, int, int, int]]], asked: list[tuple[int, int, int, int]]
) -> None:
    table = KeyTable()
    first: dict[tuple[int, int], tuple[int, int]] = {}
    for facts in added:
        if facts:
            table.add(rows_of(facts))
        for hi, lo, *place in facts:
            first[hi, lo] = min(first.get((hi, lo), (10, 0)), (place[0], place[1]))
    rows = rows_of(asked)
    found, at = table.find(rows["hi"], rows["lo"])
    assert found.tolist() == [(hi, lo) in first for hi, lo, *_ in asked]
    places = zip(table.column("index", at).tolist(), table.column("item", at).tolist(), strict=True)
    expected = [first.get((hi, lo)) for hi, lo, *_ in asked]
    assert [place if known else None for place, known in zip(places, found, strict=True)] == expected
    assert table.has_duplicates == (sum(map(len, added)) > len(first))


def test_numbers_are_written_to_a_file_only_where_there_are_too_many(tmp_path: Path) -> None:
    numbers = IndexLog(0, tmp_path / "missing")
    numbers.extend([*range(1024)])
    with pytest.raises(TemporaryFileError):
        numbers.extend([1024])
