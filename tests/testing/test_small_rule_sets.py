"""What rules make for tests is as they say, also where a rule set has little around them."""

from __future__ import annotations

import pytest

from import_validator import RuleSet, validate
from import_validator.testing import Expected
from import_validator.testing.breaking import broken_file
from import_validator.testing.chooser import RandomChooser
from import_validator.testing.making import valid_file
from import_validator.testing.targets import plan_for, targets

CASES = {
    "t.number:increasing": """
[records.t]
fields = { kind = "string", number = "integer" }
rules = [
    { rule = "required", field = "kind" },
    { rule = "enum", field = "kind", values = ["a"] },
    { rule = "required", field = "number" },
    { rule = "increasing", field = "number", key = ["kind"] },
]
""",
    "t.other:refers-to": """
[records.t]
key = ["id"]
fields = { id = "integer", other = "integer" }
rules = [{ rule = "required", field = "id" }, { rule = "refers-to", field = "other", to = "t" }]
""",
    "t.data:named-key-length": """
[records.t]
fields = { names = "array of string", data = "object" }
rules = [{ rule = "named-key-length", field = "data", names = "names", characters = 8 }]
""",
    "t.listed:complete": """
[records.t]
fields = { id = "string", listed = "array of string" }
rules = [{ rule = "required", field = "id" }, { rule = "complete", each = "listed", key = ["id", "listed"], to = "u" }]
[records.u]
key = ["t", "id"]
fields = { t = "string", id = "string" }
""",
    "t.text:pattern": """
[records.t]
fields = { text = "string" }
rules = [
    { rule = "required", field = "text" },
    { rule = "pattern", field = "text", pattern = "[a-z]{9}" },
    { rule = "pattern", field = "text", pattern = ".{4}.*[u-z].*", code = "second" },
]
""",
    "t.data:same-type": """
[records.t]
fields = { table = "string", part = "string", data = "object" }
rules = [{ rule = "same-type", field = "data", within = ["table", "part"] }]
""",
    "t.data:same-fields": """
[records.t]
fields = { table = "string", part = "string", data = "object" }
rules = [{ rule = "same-fields", field = "data", within = ["table", "part"] }]
""",
}


@pytest.mark.parametrize("rule", CASES)
def test_a_file_is_valid_or_broken_by_the_one_rule_that_it_is_to_break(rule: str) -> None:
    rule_set = RuleSet.from_toml(f'name = "own"\n{CASES[rule]}')
    plan = plan_for(rule_set, {})
    [target] = [each for each in targets(rule_set, [{}]) if each.name == rule]
    for seed in range(6):
        assert validate(valid_file(plan, RandomChooser(seed)), rule_set).violations == ()
        data, expected = broken_file(target, RandomChooser(seed))
        assert [Expected.of(each) for each in validate(data, rule_set, **expected.options).violations] == [expected]
