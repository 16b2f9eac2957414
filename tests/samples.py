"""Small files that several tests use: the smallest of `stream-chat`, with what is found in them, and any as lines."""

from __future__ import annotations

import json
from typing import Any

from import_validator import Severity, Stage, Violation

VALID = b'[{"type": "user", "item": {"id": "ann"}}]'
BROKEN = b"""[
{"type": "user", "item": {"id": "ann", "online": true}},
{"type": "channel", "item": {"id": "HQ", "type": "messaging", "created_by": "john"}}
]
"""
"""What is wrong with `ann` shows in pass one; that there is no `john`, in pass two, which reads the file again."""

RESERVED = Violation(
    code="reserved",
    rule="user:reserved",
    severity=Severity.ERROR,
    stage=Stage.VALIDATION,
    message="validation error: user.online is a reserved field",
    hint='remove "online", or rename it',
    record_type="user",
    index=0,
    offset=2,
    line=2,
    path="/online",
    value=True,
)
REFERS_TO = Violation(
    code="refers-to",
    rule="channel.created_by:refers-to",
    severity=Severity.ERROR,
    stage=Stage.REFERENCE,
    message='reference error: channel.created_by "john" doesn\'t exist (channel "messaging:HQ")',
    hint="add the user to the file, or correct the reference",
    record_type="channel",
    index=1,
    offset=59,
    line=3,
    path="/created_by",
    value="john",
)


def lines(*records: dict[str, Any]) -> bytes:
    """Records as JSON Lines."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)
