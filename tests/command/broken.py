"""A broken file, what is reported for it, and small files of users."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from import_validator import RuleSet
from tests import samples
from tests.corpus import CORPUS

SEED_EXAMPLE = CORPUS / "stream-chat" / "valid" / "seed-example.json"

SHIPPED = ", ".join(rule_set.name for rule_set in RuleSet.shipped())

FORMATS = ["text", "json", "jsonl", "stream-cli"]

BROKEN = b"""[
{"type": "user", "item": {"id": "ann", "online": true}},
{"type": "user", "item": {"id": ""}},
{"type": "channel", "item": {"id": "HQ", "type": "messaging", "created_by": "john"}}
]
"""

REQUIRED = {
    "code": "required",
    "rule": "user.id:required",
    "severity": "error",
    "stage": "validation",
    "message": "validation error: user.id required",
    "hint": 'give "id" a value',
    "record_type": "user",
    "index": 1,
    "offset": 59,
    "line": 3,
    "path": "/id",
    "value": "",
}

RESERVED = samples.RESERVED.as_dict()

REFERS_TO = replace(samples.REFERS_TO, index=2, offset=97, line=4).as_dict()

BROKEN_SUMMARY = {
    "valid": False,
    "rules": "stream-chat",
    "why": "",
    "records": {"user": {"total": 2, "valid": 0}, "channel": {"total": 1, "valid": 0}},
    "counts": {"user.id:required": 1, "user:reserved": 1, "channel.created_by:refers-to": 1},
    "errors": 3,
    "warnings": 0,
    "notes": [],
    "bytes": 184,
}

BROKEN_REPORT = {**BROKEN_SUMMARY, "violations": [RESERVED, REQUIRED, REFERS_TO], "truncated": False}

VALID_REPORT = {
    "valid": True,
    "rules": "stream-chat",
    "why": "",
    "records": {"user": {"total": 1, "valid": 1}},
    "counts": {},
    "errors": 0,
    "warnings": 0,
    "violations": [],
    "truncated": False,
    "notes": [],
    "bytes": 41,
}

UNKNOWN_FORMAT = f"the file fits none of the rule sets ({SHIPPED}); name one with --rules"

FileMaker = Callable[[str, bytes], Path]


def lines_of(*records: dict[str, Any]) -> bytes:
    """An import file with one record a line."""
    return ("[\n" + ",\n".join(json.dumps(each) for each in records) + "\n]\n").encode()


def user(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": "user", "item": {"id": name, **fields}}


KING = lines_of(user("ann", role="king"))
