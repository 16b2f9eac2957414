"""The fast lane: what it accepts, the exact lane finds nothing wrong with; and the schema that it is."""

from __future__ import annotations

import copy
import json
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
from import_validator.pass_one.forms import Forms
from import_validator.pass_one.lane import FastLane, rule_set_schema
from import_validator.pass_one.opening import Group, Opener
from import_validator.pass_one.specialise import Keys, names_in, specialised
from import_validator.readers import UNREADABLE, Batch, Cursor
from import_validator.rules import Fields
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


@cache
def values_of_corpus(name: str) -> list[dict[str, Any]]:
    """Values of a rule set's corpus that are objects, as they stand in the files; of long files, some."""
    found = []
    for case in cases():
        if case.rules == name and case.path.stat().st_size <= LARGE:
            reader = PLANS[name].reader()
            chunks = open_source(case.path).chunks()
            batches = [batch for chunk in chunks for batch in reader.feed(chunk)] + list(reader.close())
            found += [value for batch in batches for value in batch.values[:20] if isinstance(value, dict)]
    return found


WITH_FORMS = ["stream-chat", "stream-chat-jsonl", "stream-feeds-jsonl", "stitch"]


def groups_of(name: str, values: list[Any]) -> list[Group]:
    batch = Batch(values, b"", 0, Cursor())
    return Opener(PLANS[name]).open(batch).groups


def made_odd(name: str, data: st.DataObject, value: dict[str, Any]) -> dict[str, Any]:
    """A value like this one, but for some fields, of the record or of its envelope."""
    changed = copy.deepcopy(value)
    fields = changed.get(PLANS[name].rule_set.envelope.fields, changed)
    for part in data.draw(st.lists(st.sampled_from([changed, fields] if isinstance(fields, dict) else [changed]))):
        field = data.draw(st.sampled_from([*part, "custom"]))
        if data.draw(st.booleans()):
            part.pop(field, None)
        else:
            part[field] = data.draw(st.none() | ODD_VALUES)
    return changed


@pytest.mark.parametrize("between", [False, True])
@pytest.mark.parametrize("name", WITH_FORMS)
@given(data=st.data())
def test_what_is_parsed_by_forms_is_what_it_is_without_and_nothing_is_wrong_with_it(
    name: str, between: bool, data: st.DataObject
) -> None:
    forms = Forms(PLANS[name], LANES[name])
    values = data.draw(st.lists(st.sampled_from(values_of_corpus(name)), min_size=1, max_size=6))
    values += [made_odd(name, data, data.draw(st.sampled_from(values))) for _ in range(data.draw(st.integers(0, 2)))]
    for group in groups_of(name, values):
        forms.learn(group.plan, Records(group.records))
    tried = [*values, made_odd(name, data, data.draw(st.sampled_from(values)))]
    seam = ",5," if between else ","
    parsed = forms.parse(f"[{seam.join(map(json.dumps, tried))}]".encode(), between=between)
    if parsed is None:
        return
    typed = forms.opened(parsed[:: 1 + between])
    assert typed is not None
    untyped = {group.plan.name: group for group in groups_of(name, tried)}
    assert {group.plan.name for group in typed} == untyped.keys()
    for group in typed:
        other = untyped[group.plan.name]
        assert group.at.tolist() == list(other.at)
        assert [without_null(row) for row in group.records.rows] == [without_null(row) for row in other.records]
        assert [group.records.is_text(field) for field in other.records[0]] == [
            Records(other.records).is_text(field) for field in other.records[0]
        ]
        if group.form.accepts(group.records):
            assert [found for record in other.records for found in explained(group.plan, record)] == []


def test_a_field_that_some_records_lack_is_parsed_by_forms_and_is_null_in_none_where_null_is_no_value() -> None:
    user: dict[str, Any] = {"type": "user", "data": {"id": "a", "role": "user"}}
    spoken = {"type": "user", "data": {"id": "b", "role": "user", "language": "en"}}
    forms = Forms(PLANS["stream-chat-jsonl"], LANES["stream-chat-jsonl"])
    for group in groups_of("stream-chat-jsonl", [user, spoken]):
        forms.learn(group.plan, Records(group.records))
    assert forms.parse(json.dumps([user, spoken]).encode()) is not None
    assert forms.parse(json.dumps([user, {**spoken, "data": {**spoken["data"], "language": None}}]).encode()) is None


def test_fields_with_names_that_no_class_can_have_are_parsed_without_forms() -> None:
    plain = {"type": "user", "item": {"id": "a", "role": "user"}}
    for name in ('quo"te', "back\\slash", "line\nbreak", "\0", "\ud800", "", "field_0", "gc", "é", "type", "item"):
        odd = {"type": "user", "item": {**plain["item"], name: "x"}}  # type: ignore[dict-item]
        forms = Forms(PLANS["stream-chat"], LANES["stream-chat"])
        for group in groups_of("stream-chat", [plain, odd]):
            forms.learn(group.plan, Records(group.records))
        assert forms.parse(json.dumps([plain]).encode()) is not None
        parsed = forms.parse(json.dumps([plain, odd]).encode())
        assert (parsed is None) == any(each in name for each in ('"', "\\", "\n", "\0", "\ud800"))
        if parsed is not None:
            [group_of_both] = forms.opened(parsed) or []
            assert [without_null(row) for row in group_of_both.records.rows] == [plain["item"], odd["item"]]


def test_half_a_surrogate_pair_in_a_field_with_few_values_is_parsed_without_forms() -> None:
    users = [{"type": "user", "item": {"id": "a", "name": "\ud83d"}}]
    forms = Forms(PLANS["stream-chat"], LANES["stream-chat"])
    for group in groups_of("stream-chat", users):
        forms.learn(group.plan, Records(group.records))
    assert forms.parse(json.dumps(users).encode()) is None
    assert forms.parse(json.dumps(users).replace("\\ud83d", "Ann").encode()) is not None


def test_forms_go_on_where_what_is_in_fields_goes_on_changing() -> None:
    def users(number: int) -> list[Any]:
        fields = {f"field {at}": f"text {max(number - at, 0)}" for at in range(60)}
        return [{"type": "user", "item": {"id": f"{number}-{each}", **fields}} for each in range(20)]

    forms = Forms(PLANS["stream-chat"], LANES["stream-chat"])
    refused = 0
    for number in range(2000):
        if forms.parse(json.dumps(users(number)).encode()) is None:
            refused += 1
            [group] = groups_of("stream-chat", users(number))
            forms.learn(group.plan, Records(group.records))
    assert refused < 60


def without_null(fields: Fields) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


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
                found += [value for batch in reader.feed(chunk) for value in batch.values[:5]]
            found += [value for batch in reader.close() for value in batch.values[:5]]
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


KEYS = ["a", "b", "c"]
_LEAVES = st.one_of(
    st.booleans(),
    st.fixed_dictionaries({"required": st.lists(st.sampled_from(KEYS), unique=True)}),
    st.fixed_dictionaries(
        {
            "properties": st.dictionaries(
                st.sampled_from(KEYS),
                st.sampled_from([True, False, {"type": "string"}, {"enum": [1, None]}, {"not": {"enum": [None, ""]}}]),
            )
        }
    ),
    st.sampled_from([{"type": "object"}, {"maxProperties": 1}, {"propertyNames": {"enum": ["a"]}}]),
)
_SCHEMAS = st.recursive(
    _LEAVES,
    lambda inner: (
        st.sampled_from(["allOf", "anyOf", "oneOf"]).flatmap(
            lambda keyword: st.fixed_dictionaries({keyword: st.lists(inner, min_size=1, max_size=3)})
        )
        | st.fixed_dictionaries({"not": inner})
        | st.fixed_dictionaries({"if": inner, "then": inner}, optional={"else": inner})
        | st.tuples(_LEAVES.filter(lambda leaf: leaf not in (True, False)), inner).map(
            lambda both: {**both[0], "allOf": [both[1]]}
        )
    ),
    max_leaves=8,
)


@given(
    _SCHEMAS,
    st.lists(
        st.dictionaries(st.sampled_from([*KEYS, "other"]), st.sampled_from(["", "x", None, 1]), max_size=3),
        min_size=1,
        max_size=3,
    ),
)
def test_a_schema_made_simpler_for_the_fields_of_a_batch_says_the_same(
    schema: Any, batch: list[dict[str, Any]]
) -> None:
    records = Records(batch)
    names = names_in(schema)
    named = specialised(schema, Keys(records.surely & names, records.maybe & names))
    complete = specialised(schema, Keys(records.surely, records.maybe, complete=True))
    for fields in batch:
        whole = jsonschema.Draft202012Validator(schema).is_valid(fields)
        assert jsonschema.Draft202012Validator(named).is_valid(fields) == whole
        assert jsonschema.Draft202012Validator(complete).is_valid(fields) == whole
