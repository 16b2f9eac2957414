"""Moments in keys."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.finding import find, invalid, thing

MOMENT = thing('rule = "unique"').replace("rules = [", 'key = ["at"]\nrules = [') + (
    '[records.thing.derived]\nat = { derive = "moment", field = "time" }\n'
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2022-01-01T00:00:00Z", "2022-01-01T00:00:00Z"),
        ("2022-01-01T00:00:00Z", "2022-01-01T01:30:00+01:30"),
        ("2022-01-01T00:00:00Z", "2021-12-31T14:00:00-10:00"),
        ("2022-01-01T00:00:00Z", "2022-01-01T00:00:00.000Z"),
        ("2022-01-01T00:00:00.5Z", "2022-01-01T00:00:00.50000000000+00:00"),
        ("2022-01-01T00:00:00Z", "2022-01-01T00:00:00-00:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59+00:00"),
        ("0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00.0+01:00"),
        ("9999-12-31T23:59:59-01:00", "9999-12-31T23:59:59.00-01:00"),
        ("9999-12-31T23:59:59-01:00", "9999-12-31T23:29:59-01:30"),
    ],
)
def test_a_moment_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert find(MOMENT, {"time": one}, {"time": other}) == [
        invalid("thing:unique", 1, "", f"duplicate thing [{other}]")
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2022-01-01T00:00:00Z", "2022-01-01T00:00:01Z"),
        ("2022-01-01T00:00:00Z", "2022-01-01T00:00:00+01:00"),
        ("2022-01-01T00:00:00.5Z", "2022-01-01T00:00:00.05Z"),
        ("2022-01-01T00:00:00.123456789Z", "2022-01-01T00:00:00.123456788Z"),
        ("2022-01-01T00:00:00Z", "2023-01-01T00:00:00Z"),
        ("soon", "soon"),
        ("", ""),
        (7, 7),
        (None, None),
    ],
)
def test_moments_that_are_not_the_same(one: Any, other: Any) -> None:
    assert find(MOMENT, {"time": one}, {"time": other}) == []
