"""Which violations of a rule are shown, and how many more there are beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import check

OTHERS = "\n--samples N shows N of each rule, --format concise all of them\n"


def file_of(tmp_path: Path, values: list[object]) -> Path:
    path = tmp_path / "broken.json"
    users = [{"type": "user", "item": {"id": f"u{at}", "online": value}} for at, value in enumerate(values)]
    path.write_text("[" + ",\n".join(map(json.dumps, users)) + "]")
    return path


@pytest.mark.parametrize(
    ("options", "shown", "more"),
    [
        ([], [0, 1, 2], ["  … and 3 more"]),
        (["--samples", "1"], [0], ["  … and 5 more"]),
        (["--samples", "6"], [0, 1, 2, 3, 4, 5], []),
        (["--samples", "100"], [0, 1, 2, 3, 4, 5], []),
    ],
)
def test_more_counts_from_what_is_shown(tmp_path: Path, options: list[str], shown: list[int], more: list[str]) -> None:
    path = file_of(tmp_path, [1, 2, 3, 4, 5, 6])
    out = check(path, *options).out
    lines = out.splitlines()
    assert [line for line in lines if line.startswith("  …")] == more
    assert [line.split(",")[0] for line in lines if "value " in line] == [f"    record {at}" for at in shown]
    assert (OTHERS in out) == bool(more)


def test_different_values_are_shown_the_most_frequent_first_and_how_often_there_are(tmp_path: Path) -> None:
    path = file_of(tmp_path, [1, *[2] * 9, 3, 3, 1.5])
    lines = check(path).out.splitlines()
    assert [line.rpartition(", ")[2] for line in lines if line.startswith("    record ")] == [
        "value 2 (9 times)",
        "value 3 (2 times)",
        "value 1",
    ]
    assert "  … and 1 more" in lines


def test_the_same_value_is_shown_again_only_where_more_are_asked_for(tmp_path: Path) -> None:
    path = file_of(tmp_path, [7] * 5)
    first, second = "    record 0, byte 1, at /online, value 7 (5 times)", "    record 1, byte 54, at /online, value 7"
    assert [line for line in check(path).out.splitlines() if "value 7" in line] == [first]
    assert [line for line in check(path, "--samples", "2").out.splitlines() if "value 7" in line] == [first, second]


def test_six_thousand_dangling_references_from_three_wrong_users_are_three(tmp_path: Path) -> None:
    ghosts = ["ghost-one"] * 5_940 + ["ghost-two"] * 40 + ["ghost-three"] * 20
    records = [{"type": "user", "item": {"id": "ann"}}]
    records += [{"type": "device", "item": {"id": f"d{at}", "user_id": each}} for at, each in enumerate(ghosts)]
    for record in records[1:]:
        record["item"] |= {"push_provider_type": "firebase", "created_at": "2024-01-01T00:00:00Z"}
    path = tmp_path / "dangling.json"
    path.write_text("[" + ",\n".join(map(json.dumps, records)) + "]")
    lines = check(path).out.splitlines()
    assert [line.rpartition(", ")[2] for line in lines if line.startswith("    record ")] == [
        *('value "ghost-one" (5,940 times)', 'value "ghost-two" (40 times)', 'value "ghost-three" (20 times)'),
    ]
    assert not [line for line in lines if line.startswith("  …")]


def test_keys_that_are_nowhere_are_named_over_all_rules_that_refer_to_them(tmp_path: Path) -> None:
    def message(number: int, user: str, channel: str) -> dict[str, object]:
        item = {"id": f"m{number}", "user": user, "channel_type": "messaging", "channel_id": channel, "text": "x"}
        return {"type": "message", "item": {**item, "created_at": "2024-01-01T00:00:00Z"}}

    records = [
        {"type": "user", "item": {"id": "ann"}},
        {"type": "channel", "item": {"id": "hq", "type": "messaging", "created_by": "ghost"}},
        *(message(number, "ghost", "hq") for number in range(3)),
        *(message(number, "ann", "gone") for number in range(3, 5)),
        message(5, "once", "hq"),
    ]
    path = tmp_path / "dangling.json"
    path.write_text("[" + ",\n".join(map(json.dumps, records)) + "]")
    missing = [
        {"record_type": "user", "value": "ghost", "count": 4, "exact": True},
        {"record_type": "channel", "value": ["messaging", "gone"], "count": 2, "exact": True},
    ]
    found = check(path, "--format", "json").document["missing"]
    assert [{name: each[name] for name in missing[0]} for each in found] == missing
    assert [each["rules"] for each in found] == [
        ["channel.created_by:refers-to", "message.user:refers-to"],
        ["message.channel:refers-to"],
    ]
    assert (
        'user "ghost" is referred to 4 times and is not in the file\n'
        'channel ["messaging","gone"] is referred to 2 times and is not in the file\n'
        "adding these 2 mends 6 of 7 violations\n"
    ) in check(path).out
