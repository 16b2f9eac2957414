"""Small files of users, and what is found in them."""

from __future__ import annotations

from import_validator import (
    RuleSet,
    Severity,
    Stage,
    Violation,
)
from tests.samples import REFERS_TO, RESERVED

SHIPPED = ", ".join(rule_set.name for rule_set in RuleSet.shipped())

CONTENT = b"""[
{"type": "user", "item": {"id": "ann", "online": true}},
{"type": "channel", "item": {"id": "HQ", "type": "messaging", "created_by": "john"}},
{"type": "user", "item": {"id": "bob", "role": "king"}}
]
"""

ENUM = Violation(
    code="enum",
    rule="user.role:enum",
    severity=Severity.ERROR,
    stage=Stage.REFERENCE,
    message="""reference error: user.role "king" doesn't exist (user "bob")""",
    hint="use one of: user, guest, anonymous, admin, moderator, channel_member, channel_moderator, "
    "global_admin, global_moderator",
    record_type="user",
    index=2,
    offset=145,
    line=4,
    path="/role",
    value="king",
)

EXPECTED = {
    "valid": False,
    "records": {"user": {"total": 2, "valid": 0}, "channel": {"total": 1, "valid": 0}},
    "counts": {"user:reserved": 1, "user.role:enum": 1, "channel.created_by:refers-to": 1},
    "errors": 3,
    "warnings": 0,
    "violations": [RESERVED.as_dict(), REFERS_TO.as_dict(), ENUM.as_dict()],
}


def users(*items: str) -> bytes:
    """A file of users, from the JSON of each one's fields."""
    return ("[" + ",".join(f'{{"type": "user", "item": {each}}}' for each in items) + "]").encode()


OWN = """
name = "own"
title = "Our users"

[params.roles]
type = "names"
default = ["user"]

[records.user]
key = ["id"]
rules = [
    { rule = "required", field = "id" },
    { rule = "enum", field = "role", values = { param = "roles" } },
]

[records.user.fields]
id = "string"
role = "string"
"""
