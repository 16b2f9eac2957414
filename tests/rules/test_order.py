"""The order of record types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.finding import Found, dangling, find

ORDER = """
name = "own"
order = ["user", "channel", "message"]
[records.user]
[records.channel]
[records.message]
[records.other]
"""


def out_of_order(index: int, name: str, after: str) -> Found:
    listed = "user, channel, message"
    message = f"{name} after {after}: records have to stand in the order {listed}"
    return dangling(f"{name}:type-order", index, "", message)


@pytest.mark.parametrize(
    ("order", "wrong"),
    [
        ("", []),
        ("u", []),
        ("uucccmm", []),
        ("um", []),
        ("mmm", []),
        ("ouocomo", []),
        ("cu", [(1, "user", "channel")]),
        ("ucmu", [(3, "user", "channel")]),
        ("umcu", [(2, "channel", "message"), (3, "user", "message")]),
        ("mcu", [(1, "channel", "message"), (2, "user", "message")]),
        ("ucucuc", [(2, "user", "channel"), (4, "user", "channel")]),
        ("couuocm", [(2, "user", "channel"), (3, "user", "channel")]),
        ("uummuucc", [(place, "user" if place < 6 else "channel", "message") for place in range(4, 8)]),
    ],
)
def test_type_order(order: str, wrong: list[tuple[int, str, str]]) -> None:
    names = {"u": "user", "c": "channel", "m": "message", "o": "other"}
    found = find(ORDER, *((names[each], {}) for each in order))
    assert found == [out_of_order(*each) for each in wrong]


@pytest.mark.unwatched
def test_type_order_over_many_batches() -> None:
    users, channels = [("user", {"x": "y" * 90})] * 5_000, [("channel", {})] * 5_000
    assert find(ORDER, *users, *channels) == []
    assert find(ORDER, ("channel", {}), *users) == [out_of_order(1 + n, "user", "channel") for n in range(5_000)]
    mixed = [each for pair in zip(channels, users, strict=True) for each in pair]
    assert find(ORDER, *mixed) == [out_of_order(2 * n + 1, "user", "channel") for n in range(5_000)]


@given(st.text("ucmo", max_size=40))
def test_type_order_is_what_its_documentation_says(order: str) -> None:
    names = {"u": "user", "c": "channel", "m": "message", "o": "other"}
    wrong = []
    for index, each in enumerate(order):
        later = [place for place in range(index) if each != "o" and "ucm".find(order[place]) > "ucm".find(each)]
        if later:
            wrong.append(out_of_order(index, names[each], names[order[later[0]]]))
    assert find(ORDER, *((names[each], {}) for each in order)) == wrong


def test_type_order_has_nothing_to_do_without_references() -> None:
    assert find(ORDER, ("channel", {}), ("user", {}), references=False) == []
