"""Groups that must exist in the app."""

from __future__ import annotations

import pytest

from import_validator import validate
from import_validator.rules.choices import KnownGroup
from tests.rules.finding import Record, file_of, find, invalid, rule_set_of, thing

GROUPS = thing(
    f'rule = "{KnownGroup.kind}", field = "feed", groups = {{ param = "groups" }}',
    f'rule = "{KnownGroup.kind}", field = "flat", groups = {{ param = "groups" }}, kinds = ["flat", "x"]',
    f'rule = "{KnownGroup.kind}", field = "to", groups = {{ param = "groups" }}, each = true',
    more='[params.groups]\ntype = "kinds"\ndefault = {}\n',
)

FEEDS: list[Record] = [
    {"feed": "timeline:ann", "flat": "user:ann", "to": ["user:a", "timeline:b"]},
    {"feed": "timelin:ann"},
    {"flat": "timeline:ann"},
    {"flat": "timelin:ann"},
    {"to": ["user:a", "usr:b", "news:c", 7]},
    {"feed": "timeline", "flat": "ann", "to": ["ann", ""]},
    {"feed": ":ann"},
    {"feed": "user:a:b"},
    {"feed": 7, "flat": None, "to": "usr:b"},
]


def test_known_group() -> None:
    params = {"params": {"groups": "timeline:aggregated, user:flat"}}
    feed, flat, to = (f"thing.{name}:{KnownGroup.kind}" for name in ("feed", "flat", "to"))
    assert find(GROUPS, *FEEDS, **params) == [
        invalid(feed, 1, "/feed", 'thing.feed: group "timelin" doesn\'t exist (in "timelin:ann")'),
        invalid(flat, 2, "/flat", 'thing.flat: "timeline" is an aggregated group (in "timeline:ann")'),
        invalid(flat, 3, "/flat", 'thing.flat: group "timelin" doesn\'t exist (in "timelin:ann")'),
        invalid(to, 4, "/to/1", 'thing.to: group "usr" doesn\'t exist (in "usr:b")'),
        invalid(to, 4, "/to/2", 'thing.to: group "news" doesn\'t exist (in "news:c")'),
        invalid(feed, 6, "/feed", 'thing.feed: group "" doesn\'t exist (in ":ann")'),
    ]


@pytest.mark.parametrize("name", ["my group", "a.b", "é", "a#b", "a-b", "a/b", "a&b", "<", "a\nb", "(", "\\d", "^", ""])
def test_known_group_of_any_name(name: str) -> None:
    params = {"params": {"groups": {name: "flat"}}}
    assert find(GROUPS, {"feed": f"{name}:ann"}, **params) == []
    assert [each[:3] for each in find(GROUPS, {"feed": f"{name}x:ann"}, **params)] == [
        (f"thing.feed:{KnownGroup.kind}", 0, "/feed")
    ]


def test_known_group_where_no_group_is_of_the_kind() -> None:
    assert find(GROUPS, {"flat": ":ann"}, params={"groups": "timeline:aggregated"}) == [
        invalid(f"thing.flat:{KnownGroup.kind}", 0, "/flat", 'thing.flat: group "" doesn\'t exist (in ":ann")')
    ]


def test_known_group_without_groups_says_in_a_note_that_nothing_was_checked() -> None:
    rule_set = rule_set_of(GROUPS)
    report = validate(file_of(*FEEDS), rule_set)
    assert (report.counts, len(report.notes)) == ({}, 1)
    assert "groups" in report.notes[0]
    assert validate(file_of(*FEEDS), rule_set, {"groups": {"user": "flat"}}).notes == ()
