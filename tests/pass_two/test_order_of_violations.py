"""What pass two finds comes record by record, rule by rule, item by item."""

from __future__ import annotations

import json
from typing import Any

import pytest

from import_validator import RuleSet, validate


@pytest.mark.parametrize("options", [{}, {"memory": 1}, {"jobs": 2}], ids=["in-memory", "spilled", "two-jobs"])
def test_two_rules_broken_by_items_of_lists_in_each_come_one_after_the_other(options: dict[str, Any]) -> None:
    users = [
        {"id": f"user{number}", "user_mutes": ["a", "b", "c"], "blocked_user_ids": ["d", "user0", "e"]}
        for number in range(3)
    ]
    data = b"\n".join(json.dumps({"type": "user", "data": each}).encode() for each in users)
    report = validate(data, "stream-chat-jsonl", samples=100, **options)
    assert [(each.index, each.rule, each.path) for each in report.violations] == [
        (index, rule, path)
        for index in range(3)
        for rule, path in [
            ("user.blocked_user_ids:refers-to", "/blocked_user_ids/0"),
            ("user.blocked_user_ids:refers-to", "/blocked_user_ids/2"),
            ("user.user_mutes:refers-to", "/user_mutes/0"),
            ("user.user_mutes:refers-to", "/user_mutes/1"),
            ("user.user_mutes:refers-to", "/user_mutes/2"),
        ]
    ]


TWO_LISTS = """
name = "own"
[records.team]
rules = [
    { rule = "complete", each = "players", key = ["name", "players"], to = "player" },
    { rule = "complete", each = "coaches", key = ["name", "coaches"], to = "coach" },
]
fields = { name = "string", players = "array of string", coaches = "array of string" }
[records.player]
key = ["team", "id"]
fields = { team = "string", id = "string" }
[records.coach]
key = ["team", "id"]
fields = { team = "string", id = "string" }
"""


@pytest.mark.parametrize("options", [{}, {"memory": 1}], ids=["in-memory", "spilled"])
def test_what_is_missing_from_each_of_two_lists_of_one_record_is_one_violation(options: dict[str, Any]) -> None:
    team = {"name": "reds", "players": ["a", "b", "c"], "coaches": ["d", "e", "f"]}
    data = json.dumps([{"type": "team", "item": team}]).encode()
    report = validate(data, RuleSet.from_toml(TWO_LISTS), **options)
    assert [(each.rule, each.path, each.value) for each in report.violations] == [
        ("team.players:complete", "/players", ["a", "b", "c"]),
        ("team.coaches:complete", "/coaches", ["d", "e", "f"]),
    ]
