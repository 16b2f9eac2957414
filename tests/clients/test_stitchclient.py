"""What the public Python client of Stitch sends, unmodified, passes: in Transit, and as JSON the same records.

The client wants python-dateutil below 3, so it lives in an environment of its own: see requirements-clients.txt.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from import_validator import validate
from import_validator.readers.transit import decode_body
from tests.clients.recorder import Call, recorded_calls

LIMIT = 4_194_304
PYTHON = Path(os.environ.get("CLIENTS_PYTHON") or Path(sys.prefix, "clients", "bin", "python"))
SENDER = Path(__file__).with_name("send_with_stitchclient.py")

pytestmark = [
    pytest.mark.unwatched,
    pytest.mark.skipif(
        not PYTHON.exists(), reason=f"no {PYTHON}: `make test` makes it, or CLIENTS_PYTHON names another"
    ),
]

OPTIONS = {"table_name": "users", "key_names": ["id"]}


def sent(order: dict[str, Any]) -> list[Call]:
    """The calls of a client that is told to push some records."""
    with recorded_calls() as (url, calls):
        text = json.dumps({"url": f"{url}/v2/import/push", "options": OPTIONS, **order})
        subprocess.run([PYTHON, SENDER], input=text, text=True, check=True)
        return calls


def as_json(body: bytes) -> bytes:
    return json.dumps(decode_body(body)[0].value).encode()


def upsert(sequence: int, table: str | None = None, **data: Any) -> dict[str, Any]:
    named = {"table_name": table, "key_names": ["id"]} if table else {}
    return {"action": "upsert", "sequence": sequence, "data": data, **named}


def test_records_of_all_json_types_are_valid() -> None:
    rows = [
        upsert(
            1, id=1, name="~tilde", score=1.5, big=2**70, ok=True, none=None, at={"a b": [1, {"^c": "`d"}]}, tags=[]
        ),
        upsert(2, id=2, name="^caret", score=2.5, big=-(2**70), ok=False, none="x", at={"a b": []}, tags=["x"]),
        upsert(3, "orders", id="a"),
    ]
    [call] = sent({"records": rows, "dates": True})
    assert (call.method, call.content_type) == ("POST", "application/transit+json")
    for body in (call.body, as_json(call.body)):
        report = validate(body, "stitch")
        assert report.violations == ()
        assert [(each.records, each.status) for each in report.bodies] == [(3, 200)]
    assert [record["data"]["name"] for record in decode_body(call.body)[0].value[:2]] == ["~tilde", "^caret"]


def test_bodies_of_the_size_that_the_client_fills_them_up_to_are_valid() -> None:
    one = {"rows": 1, "width": 0}
    around = len(sent(one)[0].body)
    [call] = sent({**one, "width": LIMIT - around})
    assert len(call.body) == LIMIT
    report = validate(call.body, "stitch")
    assert report.violations == ()
    assert [each.status for each in report.bodies] == [200]


def test_a_body_one_byte_longer_than_the_client_sends_is_too_large() -> None:
    around = len(sent({"rows": 1, "width": 0})[0].body)
    order = {"rows": 1, "width": LIMIT + 1 - around, "options": {**OPTIONS, "max_batch_size_bytes": LIMIT + 1}}
    [call] = sent(order)
    assert [(each.code, each.status) for each in validate(call.body, "stitch").violations] == [("body-size", 413)]


def test_records_that_the_client_cuts_into_several_bodies_are_valid() -> None:
    calls = sent({"rows": 30, "width": 300_000})
    report = validate(b"\n".join(call.body for call in calls), "stitch")
    assert len(calls) > 1
    assert report.violations == ()
    assert sum(each.records for each in report.bodies) == 30
    assert all(len(call.body) <= LIMIT for call in calls)


def test_as_many_records_as_the_client_puts_into_one_body_are_valid() -> None:
    [call] = sent({"rows": 20_000, "width": 1})
    report = validate(call.body, "stitch")
    assert report.violations == ()
    assert [each.records for each in report.bodies] == [20_000]
