"""Keys made of several fields: the compiled lane reads the same off a record as Python does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from import_validator import RuleSet, validate

from .test_native import by_both

pytestmark = pytest.mark.unwatched

RULES = RuleSet.from_toml(
    """
name = "own"
reader.format = "json-lines"
envelope = { type = "type", fields = "item" }
[records.visit]
key = ["place", "moment"]
derived.place = { derive = "first-of", fields = ["id", "name"] }
derived.moment = { derive = "moment", field = "time" }
fields = { id = "any", name = "string", time = "string" }
rules = [{ rule = "unique" }]
[records.note]
derived.place = { derive = "first-of", fields = ["visited"], default = "here" }
derived.moment = { derive = "moment", field = "at" }
fields = { visited = "string", at = "timestamp" }
rules = [{ rule = "refers-to", key = ["place", "moment"], to = "visit" }]
"""
)

TIMES = st.sampled_from(
    [
        *("2024-02-29T23:30:00Z", "2024-03-01T01:00:00.000+01:30", "2024-02-29T22:30:00.0-01:00"),
        *("2024-02-29T23:30:00.1Z", "2024-02-29T23:30:00.100+00:00", "0000-01-01T00:00:00+23:59"),
        *("2024-02-31T23:30:00Z", "2024-02-29 23:30:00Z", "", None, 7),
    ]
)
PLACES = st.sampled_from(["here", "", "a", None, 7, "7", True, ["a"], "\u00e9\u001f"])


def records(record_type: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    item = st.fixed_dictionaries({}, optional=fields)
    return st.builds(lambda item: {"type": record_type, "item": item}, item)


@settings(max_examples=100)
@given(
    st.lists(
        records("visit", id=PLACES, name=PLACES, time=TIMES) | records("note", visited=PLACES, at=TIMES), max_size=8
    )
)
def test_keys_of_moments_and_of_the_first_field_that_is_given_are_the_same(found: list[Any]) -> None:
    data = "\n".join(map(json.dumps, found)).encode()
    native, python = by_both(lambda: validate(data, RULES, samples=1000))
    assert native == python
