"""Rules that hold under a condition."""

from __future__ import annotations

from import_validator.ruleset.compiler import compile_plan
from tests.rules.finding import find, invalid, rule_set_of, thing


def test_only_where() -> None:
    rules = thing('rule = "only-where", field = "accepted_at", other = "invited", values = [true]')
    assert find(
        rules,
        {"accepted_at": "now", "invited": True},
        {"accepted_at": "now", "invited": False},
        {"accepted_at": "now"},
        {"accepted_at": "now", "invited": None},
        {"accepted_at": "now", "invited": 1},
        {"accepted_at": "now", "invited": "true"},
        {"accepted_at": "", "invited": False},
        {"accepted_at": None, "invited": False},
        {"accepted_at": False, "invited": False},
        {"invited": False},
        {},
    ) == [
        invalid(
            "thing.accepted_at:only-where", index, "/accepted_at", f"thing.accepted_at while thing.invited is {found}"
        )
        for index, found in [(1, "false"), (2, "absent"), (3, "absent"), (4, "1"), (5, '"true"'), (8, "false")]
    ]


def test_only_where_another_field_has_one_of_several_values_or_its_default() -> None:
    rules = thing(
        'rule = "only-where", field = "at", other = "type", values = ["deleted", 0, 1.5]',
        fields='type = { type = "any", default = "deleted" }',
    )
    values = ["deleted", "regular", 0, False, 1.5, 1, None]
    assert find(rules, {"at": 1}, *({"at": 1, "type": value} for value in values)) == [
        invalid("thing.at:only-where", index, "/at", f"thing.at while thing.type is {found}")
        for index, found in [(2, '"regular"'), (4, "false"), (6, "1")]
    ]


def test_only_where_takes_a_number_however_it_is_written() -> None:
    rules = thing('rule = "only-where", field = "at", other = "n", values = [0, 1]')
    [rule] = compile_plan(rule_set_of(rules)).records["thing"].record_rules
    assert find(rules, {"at": 1, "n": 0.0}, {"at": 1, "n": 1.0}) == []
    assert list(rule.check({"at": 1, "n": 0.0})) == []


def test_requires_tells_true_from_1() -> None:
    rules = thing('rule = "requires", field = "a", equals = 1, needs = ["b"]', 'rule = "reserved", fields = ["pk"]')
    assert find(rules, {"a": True}) == []
    assert find(rules, {"a": True, "pk": 1}) == [invalid("thing:reserved", 0, "/pk", "thing.pk is a reserved field")]
