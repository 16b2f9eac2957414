"""Declared types."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.finding import Found, find, invalid, thing

ISO = "a time (ISO 8601, such as 2018-07-08T14:09:36.000000)"


@pytest.mark.parametrize(
    "time",
    [
        "2018-07-08T14:09:36",
        "2018-07-08T14:09:36.000000",
        "2018-07-08T14:09:36Z",
        "2018-07-08T14:09:36.1+02:00",
        "2024-02-29T23:59:59",
    ],
)
def test_an_iso_time(time: str) -> None:
    assert find(thing(fields='at = "iso-time"'), {"at": time}) == []


@pytest.mark.parametrize(
    "time",
    [
        "",
        "soon",
        "2018-07-08",
        "2018-07-08 14:09:36",
        "2023-02-29T00:00:00",
        "2018-07-08T24:00:00",
        "2018-07-08T14:09:36z",
    ],
)
def test_what_is_no_iso_time(time: str) -> None:
    assert find(thing(fields='at = "iso-time"'), {"at": time}) == [
        ("thing.at:timestamp", 0, "/at", f'parse error: thing.at: expected {ISO}, found "{time}"')
    ]


def wrong_type(path: str, where: str, wanted: str, found: str, index: int = 0, *, rule: str = "") -> Found:
    """A wrong type; its rule is called after the declared names on the way to it."""
    return (f"thing{rule or where}:type", index, path, f"parse error: thing{where}: expected {wanted}, found {found}")


def test_an_iso_time_of_another_type() -> None:
    assert find(thing(fields='at = "iso-time"'), {"at": 7}, {"at": None}) == [
        wrong_type("/at", ".at", ISO, "an integer"),
        wrong_type("/at", ".at", ISO, "null", 1),
    ]


TYPES: list[tuple[str, list[Any], list[tuple[Any, Found]]]] = [
    (
        "object of integer",
        [{}, {"a": 1, "b": -1}],
        [
            ([], wrong_type("/v", ".v", "an object of integers", "an array")),
            ({"a": 1, "b/c": "1"}, wrong_type("/v/b~1c", ".v.b/c", "an integer", "a string", rule=".v")),
            ({"a": 1.0}, wrong_type("/v/a", ".v.a", "an integer", "a number", rule=".v")),
            ({"a": None}, wrong_type("/v/a", ".v.a", "an integer", "null", rule=".v")),
        ],
    ),
    (
        "object of array of string",
        [{}, {"a": [], "b": ["x"]}],
        [({"a": ["x", 7]}, wrong_type("/v/a/1", ".v.a[1]", "a string", "an integer", rule=".v"))],
    ),
    (
        "array of object of boolean",
        [[], [{}, {"a": True}]],
        [([{}, {"a": 1}], wrong_type("/v/1/a", ".v[1].a", "a boolean", "an integer", rule=".v"))],
    ),
    ("string or null", [None, "", "x"], [(7, wrong_type("/v", ".v", "a string or null", "an integer"))]),
    ("integer or null", [None, 0], [(False, wrong_type("/v", ".v", "an integer or null", "a boolean"))]),
    (
        "array of string or null",
        [None, [], ["x"]],
        [
            (["x", None], wrong_type("/v/1", ".v[1]", "a string", "null", rule=".v")),
            ("x", wrong_type("/v", ".v", "an array of strings or null", "a string")),
        ],
    ),
    (
        "object of string or null",
        [None, {}, {"a": "x"}],
        [({"a": None}, wrong_type("/v/a", ".v.a", "a string", "null", rule=".v"))],
    ),
    ("object or null", [None, {}, {"a": None}], [([], wrong_type("/v", ".v", "an object or null", "an array"))]),
    ("any or null", [None, 7, "x", []], []),
    ("string", ["x"], [(None, wrong_type("/v", ".v", "a string", "null"))]),
    (
        "part",
        [{}, {"n": None}, {"n": 1}],
        [({"n": "x"}, wrong_type("/v/n", ".v.n", "an integer or null", "a string"))],
    ),
    (
        "array of part",
        [[], [{"n": None}, {}]],
        [([{}, {"m": None}], wrong_type("/v/1/m", ".v[1].m", "an integer", "null", rule=".v.m"))],
    ),
    (
        "object of part",
        [{"a": {"n": 1}}],
        [
            ({"a": {"m": 1.5}}, wrong_type("/v/a/m", ".v.a.m", "an integer", "a number", rule=".v.m")),
            ({"a": 7}, wrong_type("/v/a", ".v.a", "an object", "an integer", rule=".v")),
        ],
    ),
    ("part or null", [None, {}], [("x", wrong_type("/v", ".v", "an object or null", "a string"))]),
]


@pytest.mark.parametrize(("declared", "right", "wrong"), TYPES, ids=[declared for declared, _, _ in TYPES])
def test_types(declared: str, right: list[Any], wrong: list[tuple[Any, Found]]) -> None:
    part = '[shapes.part.fields]\nn = "integer or null"\nm = "integer"\n'
    rules = thing(fields=f'v = "{declared}"', more=part)
    assert find(rules, {}, *({"v": value} for value in right)) == []
    for value, expected in wrong:
        assert find(rules, {"v": value}) == [expected]


def test_a_null_that_is_allowed_is_absent_for_rules() -> None:
    rules = thing(
        'rule = "required", field = "id"',
        'rule = "requires", field = "id", needs = ["at"]',
        fields='id = "string or null"\nat = "string or null"',
    )
    assert find(rules, {"id": None}, {"id": "a", "at": None}) == [
        invalid("thing.id:required", 0, "/id", "thing.id required"),
        invalid("thing.id:requires", 1, "/id", "thing.id without at"),
    ]


def test_rules_say_nothing_of_values_of_the_wrong_type() -> None:
    rules = thing(
        'rule = "range", field = "n", min = 5',
        'rule = "count", field = "tags", min = 5',
        'rule = "disjoint", fields = ["tags", "unset"]',
        'rule = "array-points", field = "tags", max = 0',
        'rule = "named-keys", field = "data", names = "names"',
        'rule = "differ", fields = ["k", "m"]',
        fields='n = "number"\nk = "string"\nm = "string"\ntags = "object"\nunset = "object"\n'
        'names = "array"\ndata = "object"',
    )
    record = {"n": "1", "k": 1, "m": 1, "tags": ["a"], "unset": ["a"], "names": {"x": "a"}, "data": ["a"]}
    assert find(rules, record) == [
        wrong_type("/data", ".data", "an object", "an array"),
        wrong_type("/k", ".k", "a string", "an integer"),
        wrong_type("/m", ".m", "a string", "an integer"),
        wrong_type("/n", ".n", "a number", "a string"),
        wrong_type("/names", ".names", "an array", "an object"),
        wrong_type("/tags", ".tags", "an object", "an array"),
        wrong_type("/unset", ".unset", "an object", "an array"),
    ]
