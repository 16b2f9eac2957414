"""What holds within one request body is asked within it, however the file is read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from import_validator import Validator, validate


def body(*clients: int) -> bytes:
    fields = {"table_name": "users", "action": "upsert", "key_names": ["id"], "data": {"id": 1}}
    return json.dumps([{"client_id": each, "sequence": at, **fields} for at, each in enumerate(clients)]).encode()


FILE = b"\n".join([body(4231, 4232), body(), body(4232), body(4233, 4233, 4231)])
DIFFERING = [
    (1, "reference error: record.client_id 4232 differs from 4231", 422),
    (5, "reference error: record.client_id 4231 differs from 4233", 422),
]
SEVERITY = {"increasing": "off"}


def differing(report: Any) -> list[tuple[int, str, int]]:
    return [(each.index, each.message, each.status) for each in report.violations]


@pytest.mark.parametrize("options", [{}, {"jobs": 2}, {"memory": "1MB"}, {"cascade": True}])
def test_client_ids_are_compared_within_each_body(options: dict[str, Any]) -> None:
    report = validate(FILE, "stitch", severity=SEVERITY, **options)
    assert differing(report) == DIFFERING
    assert [each.status for each in report.bodies] == [422, 200, 200, 422]


@pytest.mark.parametrize("size", [1, 7, 100])
def test_client_ids_are_compared_within_each_body_of_a_file_that_comes_in_pieces(size: int) -> None:
    with Validator("stitch", severity=SEVERITY) as validator:
        for begin in range(0, len(FILE), size):
            list(validator.feed(FILE[begin : begin + size]))
        list(validator.finish())
        assert differing(validator.report) == DIFFERING


@pytest.mark.unwatched
def test_thousands_of_bodies_with_client_ids_of_their_own_are_valid() -> None:
    data = b"\n".join(body(1_000 + number, 1_000 + number) for number in range(5_000))
    assert validate(data, "stitch", severity=SEVERITY).violations == ()
