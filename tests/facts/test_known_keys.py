"""Keys that are known to be defined: none that was not, and all of them while there is room."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from import_validator.facts.known_keys import KnownKeys
from import_validator.facts.rows import Key
from import_validator.model.records import SideBySide

TEXTS = st.sampled_from(["a", "b", "c", "aa", ""])
SINGLE = st.lists(TEXTS, min_size=1, max_size=5)
PAIRS = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5)
SIDE_BY_SIDE = PAIRS.map(lambda pairs: SideBySide([list(column) for column in zip(*pairs, strict=True)]))


def steps(keys: st.SearchStrategy[Sequence[Key]]) -> st.SearchStrategy[list[tuple[bool, Sequence[Key]]]]:
    """Keys that are taken in, or asked about."""
    return st.lists(st.tuples(st.booleans(), keys), max_size=12)


@pytest.mark.parametrize(("room", "more"), [(0, 0), (0, 2), (0, 1000), (3, 0), (3, 1000), (1000, 0)])
@given(taken=steps(SINGLE) | steps(PAIRS | SIDE_BY_SIDE))
def test_known_is_what_was_taken_in_all_of_it_while_there_is_room(
    room: int, more: int, taken: list[tuple[bool, Sequence[Key]]]
) -> None:
    known = KnownKeys(room, 7, lambda: more)
    added: set[Key] = set()
    for adds, keys in taken:
        if adds:
            known.add(keys)
            added.update(keys)
            continue
        unknown = list(known.unknown(keys))
        never = [number for number, key in enumerate(keys) if key not in added]
        assert set(unknown) >= set(never)
        if room == 1000:
            assert unknown == never


def test_without_room_the_latest_are_known_as_long_as_some_are_referred_to() -> None:
    known = KnownKeys(4)
    for number in range(100):
        known.add([f"{number}", f"{number}b"])
        assert list(known.unknown([f"{number}", f"{number - 1}"])) == ([1] if number == 0 else [])
    assert list(known.unknown(["3"])) == [0]


def test_of_many_keys_at_least_the_later_half_of_what_there_is_room_for_is_known() -> None:
    known = KnownKeys(100)
    for number in range(1000):
        known.add([f"{number}"])
        latest = [f"{each}" for each in range(max(number - 49, 0), number + 1)]
        assert list(known.unknown(latest)) == []
    assert len(known.unknown([f"{each}" for each in range(1000)])) >= 850


def test_keys_that_too_few_references_lead_to_are_forgotten_and_those_that_nobody_asked_for_stay() -> None:
    known = KnownKeys(4)
    for number in range(10):
        known.add([f"{number}", f"{number}b"])
    assert list(known.unknown(["0", "1b", "2", "9"])) == [2, 3]
    for number in range(10, 20):
        known.add([f"{number}", f"{number}b"])
        assert list(known.unknown(["nobody"])) == [0]
    assert list(known.unknown(["0", "19"])) == [0, 1]


def test_no_more_digests_are_remembered_than_there_is_room_for() -> None:
    known = KnownKeys(1, 7, lambda: 3)
    keys = [f"{number}" for number in range(10)]
    for key in keys:
        known.add([key])
    assert list(known.unknown(keys)) == [3, 4, 5, 6, 7, 8, 9]


@given(more=st.lists(st.lists(st.integers(0, 60).map(str), min_size=1, max_size=20), max_size=10))
def test_many_that_come_before_anybody_refers_to_them_are_all_known_and_those_that_come_later(
    more: list[list[str]],
) -> None:
    known = KnownKeys(4, 7, lambda: 1000)
    first = [f"{number}" for number in range(0, 60, 2)]
    for key in first:
        known.add([key])
    added = set(first)
    for keys in more:
        unknown = known.unknown(keys)
        assert list(unknown) == [number for number, key in enumerate(keys) if key not in added]
        known.add(keys[:2])
        added.update(keys[:2])
