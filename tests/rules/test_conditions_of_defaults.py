"""A default counts where the field that a condition looks at is absent; values of a condition have any type."""

from __future__ import annotations

from tests.rules.finding import find, invalid, thing

DEFAULT = "kind = { type = 'string', default = 'a' }\nx = 'any'"


def test_requires_counts_the_default() -> None:
    rules = thing('rule = "requires", field = "kind", equals = "a", needs = ["x"]', fields=DEFAULT)
    said = [invalid("thing.kind:requires", at, "/kind", "thing.kind without x") for at in (0, 1, 2)]
    assert find(rules, {}, {"kind": "a"}, {"x": ""}, {"kind": "b"}, {"kind": ""}, {"x": 0}) == said


def test_requires_without_equals_asks_whether_the_field_is_there() -> None:
    rules = thing('rule = "requires", field = "kind", needs = ["x"]', fields=DEFAULT)
    said = [invalid("thing.kind:requires", 1, "/kind", "thing.kind without x")]
    assert find(rules, {}, {"kind": "b"}, {"kind": ""}, {"kind": "a", "x": 1}) == said


def test_requires_equals_the_empty_string() -> None:
    rules = thing('rule = "requires", field = "kind", equals = "", needs = ["x"]', fields=DEFAULT)
    said = [invalid("thing.kind:requires", 1, "/kind", "thing.kind without x")]
    assert find(rules, {}, {"kind": ""}, {"kind": "", "x": 1}, {"kind": "b"}) == said


def test_conflicts_with_numbers_and_booleans() -> None:
    rules = thing('rule = "conflicts", field = "x", other = "n", values = [0, true]', fields="n = 'any'\nx = 'any'")
    things = [{"x": 1, "n": n} for n in (0, 0.0, False, 1, True, None, "0", [0])]
    assert find(rules, *things) == [
        invalid("thing.x:conflicts", at, "/x", f'thing.x "1" while thing.n is "{found}"')
        for at, found in ((0, "0"), (1, "0.0"), (4, "true"))
    ]
