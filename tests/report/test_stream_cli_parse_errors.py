"""`--format stream-cli`: of a record with a parse error, the parse error alone is printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.command import check

MISTYPED: list[dict[str, Any]] = [
    {"type": "user", "item": {"id": "ann", "role": "king", "invisible": "yes"}},
    {"type": "user", "item": {"id": "bob", "channel_mutes": ["x"], "teams": 5, "online": True}},
    {"type": "channel", "item": {"id": "HQ", "type": "bogus", "created_by": 5}},
    {"type": "message", "item": {"text": "x" * 20_001, "channel_type": "messaging", "parent_id": 1}},
    {"type": "reaction", "item": {"type": "like", "created_at": "soon"}},
    {"type": "user", "item": {"id": "cid", "role": "king"}},
]
"""Each but the last has one value of the wrong type, and breaks rules of both passes besides."""


def test_a_record_with_a_parse_error_is_left_out_of_both_passes(tmp_path: Path) -> None:
    path = tmp_path / "mistyped.json"
    path.write_text(json.dumps(MISTYPED))
    outcome = check(path, "--format", "stream-cli")
    offsets = [0]
    for record in MISTYPED:
        offsets.append(offsets[-1] + len(json.dumps(record)) + len(", "))
    ann, bob, channel, message, reaction, cid = (offset + len("[") for offset in offsets[:-1])
    time = "a timestamp (RFC 3339, such as 2022-01-01T01:01:01Z)"
    assert (outcome.status, json.loads(outcome.out)) == (
        1,
        {
            "Stats": {"channels": 0, "devices": 0, "members": 0, "messages": 0, "reactions": 0, "users": 1},
            "Errors": [
                f"parse error: user.invisible: expected a boolean, found a string ({ann})",
                f"parse error: user.teams: expected an array of strings, found an integer ({bob})",
                f"parse error: channel.created_by: expected a string, found an integer ({channel})",
                f"parse error: message.parent_id: expected a string, found an integer ({message})",
                f'parse error: reaction.created_at: expected {time}, found "soon" ({reaction})',
                f"""reference error: user.role "king" doesn't exist (user "cid") ({cid})""",
            ],
        },
    )
