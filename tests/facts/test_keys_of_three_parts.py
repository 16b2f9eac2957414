"""Keys of three parts that agree in one or two of them are different keys."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from import_validator.facts.known_keys import KnownKeys
from import_validator.facts.rows import Key
from import_validator.model.records import SideBySide
from tests.rules.finding import dangling, find

PARTS = st.sampled_from(["a", "b"])
TRIPLES = st.lists(st.tuples(PARTS, PARTS, PARTS), min_size=1, max_size=5)
BY_COLUMNS = TRIPLES.map(lambda keys: SideBySide([list(column) for column in zip(*keys, strict=True)]))


@pytest.mark.parametrize("more", [0, 1000])
@given(taken=st.lists(st.tuples(st.booleans(), TRIPLES | BY_COLUMNS), max_size=8))
def test_no_key_is_known_that_was_not_taken_in(more: int, taken: list[tuple[bool, Sequence[Key]]]) -> None:
    known = KnownKeys(1000 if not more else 3, 7, lambda: more)
    added: set[Key] = set()
    for adds, keys in taken:
        if adds:
            known.add(keys)
            added.update(keys)
            continue
        never = [number for number, key in enumerate(keys) if key not in added]
        assert (set(known.unknown(keys)) >= set(never)) if more else (list(known.unknown(keys)) == never)


RULES = """
name = "own"
[records.place]
key = ["country", "city", "street"]
[records.visit]
rules = [{ rule = "refers-to", key = ["land", "town", "road"], to = "place" }]
"""


def test_a_reference_has_to_agree_in_all_three_parts() -> None:
    every = list(itertools.product("ab", repeat=3))
    for there in every:
        places = [("place", dict(zip(("country", "city", "street"), key, strict=True))) for key in (there, "xyz")]
        visits = [("visit", dict(zip(("land", "town", "road"), key, strict=True))) for key in every]
        assert find(RULES, *places, *visits) == [
            dangling("visit.place:refers-to", 2 + at, "", f'visit.place "[{" ".join(key)}]" doesn\'t exist')
            for at, key in enumerate(every)
            if key != there
        ]
