"""One rule set checks many files: nothing of one file is remembered in the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from import_validator import Finding, RecordRule, Report, RuleSet, Validator, validate
from import_validator.rules import matching
from tests.samples import lines

TABLES = """
[reader]
format = "json-lines"
[envelope]
record = "row"
[records.row]
fields = { table = "string", data = "object", name = "string" }
rules = [
    { rule = "same-fields", field = "data", within = ["table"] },
    { rule = "same-type", field = "data", within = ["table"] },
    { rule = "pattern", field = "name", pattern = "(?=a)(a|a)*$" },
]
"""


RIGHT = lines({"table": "t", "data": {"a": 1}}, {"table": "t", "data": {"a": 2}})
OTHER = lines({"table": "t", "data": {"b": "x"}}, {"table": "t", "data": {"b": "y"}})
WRONG = lines({"table": "t", "data": {"a": 1}}, {"table": "t", "data": {"a": "x"}})


@pytest.fixture
def tables() -> RuleSet:
    return RuleSet.from_toml(TABLES, name="tables")


def _rules(report: Report) -> dict[str, int]:
    return {each.rule: each.count for each in report.broken}


def test_what_belongs_together_is_that_of_one_file(tables: RuleSet) -> None:
    assert [_rules(validate(each, tables)) for each in (RIGHT, OTHER, WRONG, RIGHT)] == [
        {},
        {},
        {"row.data:same-type": 1},
        {},
    ]


def test_files_that_are_checked_at_the_same_time_do_not_mix(tables: RuleSet) -> None:
    validate(RIGHT, tables)
    one, other = Validator(tables), Validator(tables)
    one.feed(RIGHT)
    other.feed(OTHER)
    assert [_rules(one.close()), _rules(other.close())] == [{}, {}]


def test_a_pattern_that_took_too_long_in_one_file_is_asked_again_in_the_next(
    tables: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "RUN_SECONDS", 0.0)
    slow = lines({"name": "a" * 40 + "!"})
    first, quick, again = (validate(each, tables) for each in (slow, lines({"name": "aa"}), slow))
    assert [[each.given_up for each in report.unchecked] for report in (first, quick, again)] == [[True], [], [True]]


def test_parameters_of_one_run_do_not_hold_in_the_next() -> None:
    file = b'[{"type":"channel","item":{"id":"a","type":"nosuch","created_by":"u"}},{"type":"user","item":{"id":"u"}}]'
    known: dict[str, Any] = {"channel_types": ["nosuch"]}
    reports = [validate(file, "stream-chat", params) for params in ({}, known, {}, known)]
    assert [report.valid for report in reports] == [False, True, False, True]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Once(RecordRule):
    """A rule of somebody's own that remembers what it saw."""

    kind = "once"
    field: str

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "_seen", set())

    def check(self, fields: Any) -> Iterator[Finding]:
        seen: set[Any] = self.__dict__["_seen"]
        if fields[self.field] in seen:
            yield Finding((self.field,))
        seen.add(fields[self.field])


def test_rules_of_other_people_may_remember_what_they_like_for_one_file(tables: RuleSet) -> None:
    own = tables.with_rules("row", _Once(field="table"))
    assert [_rules(validate(RIGHT, own)) for _ in range(2)] == [{"row.table:once": 1}] * 2


REFERENCES = RuleSet.from_toml(
    """
    reader.format = "table"
    columns.Id = { unique = true }
    columns.Friend = { link = "Id" }
    """,
    name="references",
)


def test_keys_and_headers_are_those_of_one_file() -> None:
    defines, refers, turned = b"Id,Friend\nann,ann\n", b"Id,Friend\nbob,ann\n", b"Friend,Id\nann,bob\nbob,ann\n"
    dangling = {"entry.Friend:refers-to": 1}
    found = [_rules(validate(each, REFERENCES)) for each in (defines, refers, turned, refers, defines)]
    assert found == [{}, dangling, {}, dangling, {}]


def test_a_run_that_was_given_up_leaves_nothing_to_the_next() -> None:
    with Validator(REFERENCES) as given_up:
        given_up.feed(b"Id,Friend\n" + b"".join(b"u%d,\n" % number for number in range(50_000)))
    assert _rules(validate(b"Id,Friend\nann,u1\n", REFERENCES)) == {"entry.Friend:refers-to": 1}
