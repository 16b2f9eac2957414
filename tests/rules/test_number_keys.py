"""Numbers as keys, and in references: told from text that looks like them, wherever keys are read."""

from __future__ import annotations

import pytest

from import_validator import RuleSet
from import_validator.errors import RuleSetError
from import_validator.ruleset.compiler import compile_plan
from tests.rules.finding import dangling, find, invalid

NUMBERED = """
name = "own"
[records.user]
key = ["id"]
rules = [{ rule = "unique" }]
fields = { id = "integer", teams = "array of integer" }
[records.group]
key = ["kind", "cid"]
rules = [
    { rule = "complete", each = "members", key = ["kind", "cid", "members"], to = "member", message = "no {missing}" },
]
fields = { kind = "string", id = "integer", members = "array of integer", team = "integer" }
derived = { cid = { derive = "first-of", fields = ["id", "old_id"] } }
[records.member]
key = ["kind", "group", "user"]
rules = [
    { rule = "refers-to", field = "user", to = "user" },
    { rule = "refers-to", key = ["kind", "group"], to = "group" },
    { rule = "listed-in", field = "user", through = ["kind", "group"], list = "group.members" },
    { rule = "shares-value", field = "user", of = "user.teams", one = "group.team", through = ["kind", "group"] },
]
[records.post]
rules = [
    { rule = "refers-to", field = "readers", each = true, to = "user" },
    { rule = "refers-to-root", field = "after", to = "post", parent = "after", by = ["number"] },
]
fields = { readers = "array of integer", after = "integer", number = "integer" }
"""


def test_a_number_refers_to_a_number_and_text_to_text() -> None:
    users = [("user", {"id": id_}) for id_ in (1, 2, 2**70)]
    posts = [("post", {"readers": readers}) for readers in ([1, 2], [2**70], [3, 1, 4], [])]
    assert find(NUMBERED, *posts, *users) == [
        dangling("post.readers:refers-to", 2, "/readers/0", 'post.readers "3" doesn\'t exist'),
        dangling("post.readers:refers-to", 2, "/readers/2", 'post.readers "4" doesn\'t exist'),
    ]
    assert find(
        NUMBERED.replace("fields = { readers", "fields = { x"), ("user", {"id": 5}), ("post", {"readers": ["5", 5]})
    ) == [dangling("post.readers:refers-to", 1, "/readers/0", 'post.readers "5" doesn\'t exist')]
    assert find(NUMBERED, ("user", {"id": 5}), ("user", {"id": 5}), ("user", {"id": 0}), ("user", {"id": 0})) == [
        invalid("user:unique", 1, "/id", "duplicate user [5]"),
        invalid("user:unique", 3, "/id", "duplicate user [0]"),
    ]


def test_lists_of_numbers_are_held_to_the_records_that_they_name() -> None:
    assert find(
        NUMBERED,
        ("user", {"id": 1, "teams": [7]}),
        ("user", {"id": 2}),
        ("group", {"kind": "k", "id": 9, "members": [1, 2, 10], "team": 7}),
        ("group", {"kind": "k", "old_id": 8, "members": [2]}),
        ("member", {"kind": "k", "group": 9, "user": 1}),
        ("member", {"kind": "k", "group": 9, "user": 2}),
        ("member", {"kind": "k", "group": 8, "user": 2}),
        ("member", {"kind": "k", "group": 8, "user": 1}),
        ("member", {"kind": "k", "group": "8", "user": 0}),
    ) == [
        invalid("group.members:complete", 2, "/members", "no [10]"),
        dangling("member.user:shares-value", 5, "/user", 'member.user "2" has [], which lacks "7"'),
        dangling("member.user:listed-in", 7, "/user", 'member.user "1" is not in group.members ["2"]'),
        dangling("member.user:shares-value", 7, "/user", 'member.user "1" has ["7"], which lacks ""'),
        dangling("member.user:refers-to", 8, "/user", 'member.user "0" doesn\'t exist'),
        dangling("member.group:refers-to", 8, "", 'member.group "[k 8]" doesn\'t exist'),
    ]


def test_a_parent_is_found_by_a_number_that_is_not_the_key() -> None:
    posts = [{"number": 0}, {"number": 1, "after": 0}, {"number": 2, "after": 1}, {"number": 3, "after": 4}]
    assert find(NUMBERED, *(("post", each) for each in posts)) == [
        dangling("post.after:refers-to-root", 2, "/after", 'post.after "1" has a after itself')
    ]


SPLIT = """
name = "own"
[records.place]
key = ["country", "city", "street"]
[records.thing]
rules = [
    { rule = "refers-to", field = "at", split = "/", to = "place" },
    { rule = "refers-to", field = "seen", each = true, split = "/", to = "place" },
]
"""


def test_a_key_in_one_text_is_split_whether_the_field_is_a_list_or_not() -> None:
    place = ("place", {"country": "a", "city": "b", "street": "c"})
    values = ["a/b/c", "a/b/d", "a/b", "a/b/c/d", "abc", "", "//", 5, None, ["a/b/c"]]
    assert find(SPLIT, place, *(("thing", {"at": value}) for value in values)) == [
        dangling("thing.at:refers-to", 2, "/at", 'thing.at "a/b/d" doesn\'t exist'),
        dangling("thing.at:refers-to", 7, "/at", 'thing.at "//" doesn\'t exist'),
    ]
    assert find(SPLIT, place, ("thing", {"seen": values})) == [
        dangling("thing.seen:refers-to", 1, "/seen/1", 'thing.seen "a/b/d" doesn\'t exist'),
        dangling("thing.seen:refers-to", 1, "/seen/6", 'thing.seen "//" doesn\'t exist'),
    ]


@pytest.mark.parametrize("option", ["each = true", 'split = ":"'])
def test_a_key_of_several_fields_is_neither_a_list_nor_split(option: str) -> None:
    rules = SPLIT.replace('field = "at", split = "/"', f'key = ["x", "y", "z"], {option}')
    with pytest.raises(RuleSetError) as raised:
        compile_plan(RuleSet.from_toml(rules))
    assert "refers-to to place: each and split go with field, not with key" in str(raised.value)
