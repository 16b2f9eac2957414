"""What the compiled lane is told of a rule set: this needs no compiled lane."""

from __future__ import annotations

from typing import Any

import pytest

from import_validator import RuleSet
from import_validator.pass_one.lane import FastLane
from import_validator.pass_one.native import described_plan
from import_validator.ruleset.compiler import compile_plan


def described(rule_set: RuleSet) -> tuple[list[str], dict[str, Any]] | None:
    plan = compile_plan(rule_set)
    lanes = {name: FastLane(each.shape, each.record_rules) for name, each in plan.records.items()}
    return described_plan(plan, lanes, 8_000, 1_000)


def test_the_lane_knows_these_types_of_the_shipped_rule_sets() -> None:
    known = {rule_set.name: plan[0] for rule_set in RuleSet.shipped() if (plan := described(rule_set))}
    chat = ["user", "channel", "member", "message", "reaction", "device"]
    assert {name: set(types) for name, types in known.items()} == {
        "stream-chat": set(chat),
        "stream-chat-jsonl": {*chat, "future_channel_ban", "poll", "poll_vote"},
        "example-table": {"entry"},
        "stream-feeds": {"users", "collections", "follow", "add_activities", "reactions"},
        "stream-feeds-api": {
            *("activities", "activity", "activity_to_targets", "collections/NAME/ID PUT", "feed", "feed/add_to_many"),
            *("follow_many", "follows", "reaction", "reaction PUT", "reaction/ID/restore PUT", "unfollow_many", "user"),
            "user PUT",
        },
        "stream-feeds-jsonl": {
            *("user", "feed_group", "feed_view", "comment", "reaction", "collection"),
            *("bookmark", "poll", "poll_vote", "user_interest"),
        },
    }


THINGS = """
name = "own"
reader.format = "json-lines"
envelope = { record = "thing" }
[records.thing]
key = ["id"]
fields = { id = "string", at = "timestamp", tags = "array of string", friend = "string" }
rules = [{ rule = "unique" }, { rule = "refers-to", field = "friend", to = "thing" }]
"""


def test_a_record_type_is_told_by_its_schema_and_its_keys() -> None:
    plan = described(RuleSet.from_toml(THINGS))
    assert plan is not None
    types, source = plan
    [thing] = source["types"]
    assert (types, source["envelope"]["type"], source["envelope"]["names"]) == (["thing"], "", {"thing": 0})
    assert (source["spaces"], source["most_known"]) == (1, 200)
    assert (thing["watched"], thing["watches_others"], thing["together"]) == ([], False, [])
    assert [(each["parts"][0]["field"], each["defines"], each["refers"]) for each in thing["streams"]] == [
        ("id", 0, None),
        ("friend", None, 0),
    ]


@pytest.mark.parametrize(
    "rule",
    [
        '{ rule = "increasing", field = "at", key = ["id"] }',
        '{ rule = "same-fields", field = "data", within = ["id"] }',
    ],
)
def test_nothing_is_told_of_a_type_with_facts_that_only_python_can_read(rule: str) -> None:
    text = THINGS.replace('at = "timestamp"', 'at = "integer", data = "object"')
    assert described(RuleSet.from_toml(text.replace("rules = [", f"rules = [{rule}, "))) is None
