"""Validates the table of `benchmarks.entries` with frictionless: the same columns, constraints and foreign key."""

import sys
from pathlib import Path
from typing import Any

from frictionless import Resource, Schema

from benchmarks.entries import FIELDS, STATUSES

CONSTRAINTS: dict[str, dict[str, Any]] = {
    "entry": {"required": True, "unique": True, "maxLength": 20},
    "name": {"maxLength": 80},
    "email": {"required": True},
    "status": {"enum": list(STATUSES)},
}
path = Path(sys.argv[1])
schema = Schema.from_descriptor(
    {
        "fields": [
            {
                "name": name.capitalize(),
                "type": kind,
                "constraints": CONSTRAINTS.get(name, {}),
                **({"format": "email"} if name == "email" else {}),
            }
            for name, kind in FIELDS.items()
        ],
        "foreignKeys": [{"fields": ["Parent"], "reference": {"resource": "", "fields": ["Entry"]}}],
    }
)
report = Resource(path=path.name, basepath=str(path.parent), format="csv", schema=schema).validate()
sys.exit(not report.valid)
