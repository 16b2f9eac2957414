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


GROUPS = """
name = "groups"
reader.format = "json-lines"
envelope = { type = "type", fields = "item" }
[records.group]
key = ["kind", "gid"]
derived.gid = { derive = "set-id", id = "id", set = "users", prefix = "!" }
fields = { kind = "string", id = "string", users = "array of string" }
rules = [{ rule = "complete", each = "users", key = ["kind", "gid", "users"], to = "member", unless_given = "id" }]
[records.member]
key = ["kind", "group", "user"]
derived.group = { derive = "set-id", id = "gid", set = "gusers", prefix = "!" }
fields = { kind = "string", gid = "string", gusers = "array of string", user = "string" }
rules = [
    { rule = "listed-in", field = "user", through = ["kind", "group"], list = "group.users", unless_given = "id" },
]
"""
NAMES = st.sampled_from(["ann", "bob", "", None, 7, "a\u001fb"])
LISTS = st.lists(st.sampled_from(["ann", "bob", "bob", "", "a\u001fb"]), max_size=3) | st.sampled_from(
    [None, [7], "ann"]
)
KINDS = st.sampled_from(["k", "l", ""])


@pytest.mark.parametrize("empty_counts", ["", ", empty_counts = true"])
@settings(max_examples=100)
@given(
    st.lists(
        records("group", kind=KINDS, id=NAMES, users=LISTS)
        | records("member", kind=KINDS, gid=NAMES, gusers=LISTS, user=NAMES),
        max_size=8,
    )
)
def test_keys_with_a_part_for_each_item_of_a_list_are_the_same(empty_counts: str, found: list[Any]) -> None:
    rules = RuleSet.from_toml(GROUPS.replace('unless_given = "id"', f'unless_given = "id"{empty_counts}'))
    data = "\n".join(map(json.dumps, found)).encode()
    native, python = by_both(lambda: validate(data, rules, samples=1000))
    assert native == python
