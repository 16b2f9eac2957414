"""The fast lane: what it accepts, the exact lane finds nothing wrong with; and the schema that it is."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from import_validator import RuleSet
from import_validator.model.records import Records
from import_validator.pass_one.lane import FastLane, rule_set_schema
from import_validator.pass_one.opening import Opener
from import_validator.readers import UNREADABLE
from import_validator.rules.fragments import same
from import_validator.ruleset.compiler import compile_plan
from import_validator.ruleset.plan import Plan, RecordPlan
from import_validator.source.source import open_source
from tests.corpus import cases

pytestmark = pytest.mark.unwatched

LARGE = 100_000
RULE_SETS = [rule_set.name for rule_set in RuleSet.shipped()]
PLANS = {name: compile_plan(RuleSet.load(name)) for name in RULE_SETS}
LANES = {
    name: {each.name: FastLane(each.shape, each.record_rules) for each in plan.records.values()}
    for name, plan in PLANS.items()
}


@cache
def records_of_corpus(name: str) -> list[tuple[RecordPlan, dict[str, Any]]]:
    """Every record of a rule set's corpus that can be read, valid or not, out of its envelope; of long files, some."""
    found = []
    for case in cases():
        if case.rules != name or case.path.stat().st_size > LARGE:
            continue
        reader = PLANS[name].reader()
        chunks = open_source(case.path).chunks()
        batches = [batch for chunk in chunks for batch in reader.feed(chunk)] + list(reader.close())
        for batch in batches:
            for group in Opener(PLANS[name]).open(batch).groups:
                found += [(group.plan, record) for record in group.records[:20]]
    return found


ODD_VALUES = st.sampled_from(
    [
        *(None, "", " ", "a", "é" * 63, "é" * 64, "x" * 64, "x" * 256, "a:b", "\ud800"),
        *("2023-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        *(0, 1, -1, 1.0, 1e300, True, False, [], [None], ["a"], ["a", "a"], [{}], {}, {"a": 1}, {"enabled": 1}),
    ]
)


def explained(plan: RecordPlan, record: dict[str, Any]) -> list[Any]:
    clean, problems = plan.shape.normalise(record)
    return [*problems, *(finding for rule in plan.record_rules for finding in rule.check(clean))]


@pytest.mark.parametrize("name", RULE_SETS)
def test_what_the_fast_lane_accepts_the_exact_lane_finds_nothing_wrong_with(name: str) -> None:
    wrong = [
        record
        for plan, record in records_of_corpus(name)
        if not LANES[name][plan.name].refused(Records([record])) and explained(plan, record)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", RULE_SETS)
def test_most_of_what_the_exact_lane_finds_nothing_wrong_with_the_fast_lane_accepts(name: str) -> None:
    fine = [
        (plan, record)
        for plan, record in records_of_corpus(name)
        if not explained(plan, record) and UNREADABLE not in record.values()
    ]
    refused = [record for plan, record in fine if LANES[name][plan.name].refused(Records([record]))]
    assert len(refused) < len(fine) / 20


@pytest.mark.parametrize("name", RULE_SETS)
@given(data=st.data())
def test_the_lanes_agree_on_records_with_any_field_made_odd_and_rules_not_asked_find_nothing(
    name: str, data: st.DataObject
) -> None:
    plan, record = data.draw(st.sampled_from(records_of_corpus(name)))
    changed = dict(record)
    for field in data.draw(st.lists(st.sampled_from([*plan.shape.fields, *record, "custom"]), max_size=3)):
        changed[field] = data.draw(ODD_VALUES)
    lane = LANES[name][plan.name]
    accepted = not lane.refused(Records([changed]))
    assert not (accepted and explained(plan, changed))
    if plan.shape.accepts(changed):
        not_asked = [rule for rule in plan.record_rules if rule not in lane.concerned(changed)]
        assert [found for rule in not_asked for found in rule.check(changed)] == []


@pytest.mark.parametrize("name", RULE_SETS)
def test_a_whole_batch_is_refused_record_by_record(name: str) -> None:
    rng = random.Random(7)
    for record_type in PLANS[name].records:
        own = [record for plan, record in records_of_corpus(name) if plan.name == record_type]
        rng.shuffle(own)
        alone = [at for at, record in enumerate(own) if LANES[name][record_type].refused(Records([record]))]
        # A batch of them all is asked in the schema's general form, which may refuse more, but never less.
        assert set(LANES[name][record_type].refused(Records(own))) >= set(alone)


ALIKE = st.recursive(
    st.sampled_from([None, True, False, 0, 1, 0.0, 1.0, 1.5, "", "1", "true"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b"]), inner),
    max_leaves=4,
)


@given(one=ALIKE, other=ALIKE)
def test_both_lanes_mean_the_same_by_equal(one: Any, other: Any) -> None:
    assert same(one, other) == jsonschema_rs.Draft202012Validator({"enum": [one]}).is_valid(other)
    assert same(one, one)


def envelopes(plan: Plan) -> list[Any]:
    """The values of the valid corpus files, for a format whose values are records in envelopes."""
    found = []
    for case in cases():
        plain = case.path.parent.name == "valid" and case.path.suffix != ".gz" and "params" not in case.expected
        if case.rules == plan.rule_set.name and plain:
            reader = plan.reader()
            for chunk in open_source(case.path).chunks():
                found += [value for batch in reader.feed(chunk) for value in batch.parsed[:5]]
            found += [value for batch in reader.close() for value in batch.parsed[:5]]
    return found


@pytest.mark.parametrize("name", RULE_SETS)
def test_the_exported_schema_is_one_and_takes_what_is_valid(name: str) -> None:
    schema = rule_set_schema(PLANS[name])
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    values = envelopes(PLANS[name])
    refused = [value for value in values if not validator.is_valid(value)]
    assert values
    assert len(refused) < len(values) / 5
