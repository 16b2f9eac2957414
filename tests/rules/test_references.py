"""References by other fields than the key, and under a condition."""

from __future__ import annotations

from tests.rules.finding import dangling, find

BY = """
name = "own"
[records.user]
key = ["id"]
fields = { login = "string", name = "string", surname = "string" }
[records.post]
fields = { slug = "string" }
rules = [
    { rule = "refers-to", field = "author", to = "user", by = ["login"] },
    { rule = "refers-to", key = ["first", "last"], to = "user", by = ["name", "surname"], code = "by-name" },
]
[records.vote]
rules = [{ rule = "refers-to", field = "user", to = "user", if_any = "user" }]
[records.like]
rules = [{ rule = "refers-to", field = "post", to = "post", by = ["slug"], if_any = "user" }]
"""


def test_refers_to_by_other_fields_than_the_key() -> None:
    assert find(
        BY,
        ("post", {"author": "ann1"}),
        ("post", {"author": "u1"}),
        ("post", {"first": "Ann", "last": "Li"}),
        ("post", {"first": "Li", "last": "Ann"}),
        ("post", {"first": "AnnL", "last": "i"}),
        ("post", {"first": "Ann"}),
        ("post", {"author": ""}),
        ("user", {"id": "u1", "login": "ann1", "name": "Ann", "surname": "Li"}),
        ("user", {"id": "u2"}),
        ("user", {"id": "u1", "login": "ann1"}),
        ("post", {"author": "ann1"}),
        ("post", {"author": "ann2"}),
    ) == [
        dangling("post.author:refers-to", 1, "/author", 'post.author "u1" doesn\'t exist'),
        dangling("post.user:by-name", 3, "", 'post.user "[Li Ann]" doesn\'t exist'),
        dangling("post.user:by-name", 4, "", 'post.user "[AnnL i]" doesn\'t exist'),
        dangling("post.author:refers-to", 11, "/author", 'post.author "ann2" doesn\'t exist'),
    ]


def test_refers_to_a_type_only_if_the_file_has_any_of_it() -> None:
    votes = [("vote", {"user": "u1"}), ("vote", {"user": "u2"})]
    missing = [dangling("vote.user:refers-to", 1, "/user", 'vote.user "u2" doesn\'t exist')]
    assert find(BY, *votes) == []
    assert find(BY, *votes, ("user", {"id": "u1"})) == missing
    assert find(BY, *votes, ("user", {"id": "u1", "x": 1}), ("user", {})) == missing


def test_refers_to_by_other_fields_only_if_the_file_has_any_of_another_type() -> None:
    records = [("like", {"post": "a"}), ("post", {"slug": "b"}), ("like", {"post": "b"})]
    assert find(BY, *records) == []
    assert find(BY, *records, ("user", {})) == [
        dangling("like.post:refers-to", 0, "/post", 'like.post "a" doesn\'t exist')
    ]


def test_refers_to_by_other_fields_is_not_answered_by_keys_that_exist_already() -> None:
    posts = [("post", {"author": "u1"})]
    missing = [dangling("post.author:refers-to", 0, "/author", 'post.author "u1" doesn\'t exist')]
    assert find(BY, *posts, existing={"user": ["u1"]}) == missing
