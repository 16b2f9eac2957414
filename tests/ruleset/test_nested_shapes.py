"""Shapes that nest: found at every depth, and made once however many ways lead there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from import_validator import RuleSet, RuleSetError, validate
from import_validator.pass_one.lane import rule_set_schema
from import_validator.ruleset.compiler import compile_plan


def nested_shapes(depth: int, children: int) -> str:
    """A rule set of shapes, each of which looks into the one before from several fields."""
    names = "abcdefgh"[:children]

    def shape(inner: int) -> str:
        fields = ", ".join(f'{name} = "s{inner}"' for name in names)
        rules = ", ".join(f'{{ rule = "each", field = "{name}", shape = "s{inner}" }}' for name in names)
        return f"fields = {{ {fields} }}\nrules = [{rules}]\n"

    first = '[shapes.s0]\nfields = { x = "string" }\nrules = [{ rule = "required", field = "x" }]\n'
    shapes = "".join(f"[shapes.s{number}]\n{shape(number - 1)}" for number in range(1, depth + 1))
    return f'name = "t"\n[envelope]\nrecord = "r"\n{first}{shapes}[records.r]\n{shape(depth)}'


def test_rules_of_a_shape_are_made_once_for_a_record_type_however_many_ways_lead_there() -> None:
    plan = compile_plan(RuleSet.from_toml(nested_shapes(12, 3)))
    assert len(plan.rules) == 13 * 3 + 1
    assert list(rule_set_schema(plan)["$defs"]) == [
        "r", *(f"shape s{number}" for number in range(12, -1, -1)), *(f"rules r/s{number}" for number in range(13)),
    ]  # fmt: skip


def test_shapes_that_nest_find_what_is_wrong_at_every_depth() -> None:
    rule_set = RuleSet.from_toml(nested_shapes(3, 2))
    data = (
        b'[{"a": {"b": {"a": {"b": {"x": 7}}}}, "b": {"a": {"a": {"a": {}}}}}, {"a": {"a": {"a": {"a": {"x": "y"}}}}}]'
    )
    found = [(each.rule, each.index, each.path) for each in validate(data, rule_set).violations]
    assert found == [
        ("r.a.b.a.b.x:type", 0, "/a/b/a/b/x"),
        ("r/s0.x:required", 0, "/b/a/a/a/x"),
    ]


def test_a_severity_of_a_field_in_nested_shapes_is_given_by_its_name() -> None:
    rule_set = RuleSet.from_toml(nested_shapes(3, 2))
    data = b'[{"a": {"b": {"a": {"b": {"x": 7}}}}}]'
    report = validate(data, rule_set, severity={"r.a.b.a.b.x:type": "warning"})
    assert (report.valid, report.warnings) == (True, 1)
    with pytest.raises(RuleSetError, match=r"severity of r\.a\.b\.x:type: there is no such rule or code in t"):
        validate(data, rule_set, severity={"r.a.b.x:type": "warning"})


def test_shapes_nest_fifty_deep_and_no_deeper() -> None:
    assert len(compile_plan(RuleSet.from_toml(nested_shapes(49, 2))).rules) == 50 * 2 + 1
    with pytest.raises(RuleSetError) as caught:
        compile_plan(RuleSet.from_toml(nested_shapes(60, 2)))
    assert [each.message for each in caught.value.problems] == ["shapes.s10: is more than 50 shapes deep"]


def test_a_type_in_a_type_in_a_type_is_refused_where_it_is_too_deep() -> None:
    with pytest.raises(RuleSetError) as caught:
        compile_plan(RuleSet.from_toml(f'[records.a]\nfields.x = "{"array of " * 5_000}string"\n'))
    assert str(caught.value) == (
        "line 2: records.a.fields.x: a type of more than 20 words 'of' and 'or null' is too deep"
    )


MEASURED = """
import resource, sys
from import_validator import RuleSet, validate
validate(b'[{"a": {}}]', RuleSet.from_toml(sys.stdin.read()))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.unwatched
@pytest.mark.skipif(sys.platform == "win32", reason="memory is asked for as Unix does")
def test_memory_grows_with_the_size_of_a_rule_set_however_it_nests() -> None:
    def kilobytes(text: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", MEASURED], input=text, capture_output=True, text=True, timeout=120, check=True
        )
        return int(done.stdout) // (1024 if sys.platform == "darwin" else 1)

    assert kilobytes(nested_shapes(10, 5)) - kilobytes(nested_shapes(1, 5)) < 20_000
