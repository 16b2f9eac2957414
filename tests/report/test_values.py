"""The values behind a rule: how often each breaks it, exactly or at least, whatever the file is read by."""

from __future__ import annotations

import json
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from import_validator import validate
from import_validator.report.values import MOST_REMEMBERED, Frequent


@given(st.lists(st.integers(0, 3) | st.integers(0, 90_000), max_size=30), st.integers(1, 3_000))
def test_counts_are_exact_or_at_least_so_many_and_the_same_in_pieces(keys: list[int], size: int) -> None:
    mixed = [number for key in keys for step in range(40) for number in (key, key + step)]
    whole, pieces = Frequent[int](), Frequent[int]()
    new = whole.add(mixed, lambda at: at)
    begins = range(0, len(mixed), size)
    new_in_pieces = [
        begin + at for begin in begins for at in pieces.add(mixed[begin : begin + size], lambda at, b=begin: b + at)
    ]
    assert (new, whole.top(100)) == (new_in_pieces, pieces.top(100))
    true = Counter(mixed)
    for counted in whole.top(100):
        assert counted.count <= true[mixed[counted.first]] <= counted.count + counted.missed


def test_a_frequent_value_is_counted_exactly_among_thousands_of_others() -> None:
    keys = [key for number in range(10 * MOST_REMEMBERED) for key in (-1, number)]
    frequent = Frequent[int]()
    frequent.add(keys, lambda at: at)
    [first, *others] = frequent.top(5)
    assert (first.count, first.missed, first.first, others) == (10 * MOST_REMEMBERED, 0, 0, [])


VALUES = st.sampled_from(["a", "b", 1, 1.0, True, None, [1], {"x": "é"}, "\ud800"])


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["online", "pk"]), VALUES), max_size=40))
def test_a_report_says_how_often_each_value_breaks_a_rule(given_fields: list[tuple[str, object]]) -> None:
    users = [{"type": "user", "item": {"id": str(at), name: value}} for at, (name, value) in enumerate(given_fields)]
    report = validate(json.dumps(users).encode(), "stream-chat", samples=1000)
    found = Counter((each.path, json.dumps(each.value)) for each in report.violations if each.rule == "user:reserved")
    said = {
        (value.path, json.dumps(value.value)): (value.count, value.exact)
        for rule in report.broken
        for value in rule.values
        if rule.rule == "user:reserved"
    }
    repeated = {key: (count, True) for key, count in found.items() if count > 1 and key[1] != "null"}
    assert said == repeated
