"""Tables read by columns: nothing that anybody sees depends on whether a batch is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from import_validator import RuleSet, validate
from import_validator.pass_one.column_lane import ColumnLane
from import_validator.pass_one.lane import FastLane
from import_validator.pass_one.pipeline import PassOne
from import_validator.readers import Batch, ByColumns
from import_validator.ruleset.compiler import compile_plan
from import_validator.ruleset.plan import Choices
from import_validator.run.scan import Scan
from import_validator.testing.generator import LargeFile, plantable
from import_validator.testing.targets import plan_for, targets
from tests.corpus import essence
from tests.tables import CSV_LAYOUTS, HEADER, ROWS, RULES, Table, as_csv

pytestmark = pytest.mark.unwatched

FINE = st.tuples(
    st.sampled_from(["a", "b", "c", "d1", "e2"]),
    st.sampled_from(["", "a@x.org", "b@x.org"]),
    st.sampled_from(["", "plain", "two\nlines", 'a "quote"', "a,b;c\td"]),
    st.sampled_from(["", "a", "b", "z"]),
    st.sampled_from(["", "a@x.org", "c@x.org"]),
    st.sampled_from(["", "a", "b"]),
    st.sampled_from(["", "2022-03-04"]),
    st.sampled_from(["", "1", "-1"]),
    st.sampled_from(["", "red"]),
)
"""A row in which nothing is wrong, unless it is with its keys."""

TABLES = st.lists(st.one_of(FINE, FINE, FINE, ROWS), max_size=20)
PLAN = compile_plan(RULES)


def batches_of(data: bytes, max_record: int) -> list[Batch]:
    reader = PLAN.reader(max_record)
    return [*reader.feed(data), *reader.close()]


def scanned(data: bytes, max_record: int, *, cascade: bool, by_rows: bool) -> dict[str, Any]:
    """All that pass one makes of a table, whose batches are handed to it as they are read or by rows."""
    plan = compile_plan(RULES, {}, Choices(cascade=cascade))
    facts: list[Any] = []
    broken: list[int] = []
    directory: list[tuple[int, int, int, int]] = []
    checks = PassOne(plan, lambda rows, round_number: facts.append((rows.tolist(), round_number)), memory=1 << 20)
    scan = Scan(plan, checks, 1000, broken, directory, stream=True)
    reader = plan.reader(max_record)
    found = []
    for batch in [*reader.feed(data), *reader.close()]:
        if by_rows:
            batch.values = list(batch.values)
        found += scan.check(batch, reader.rereader, reader.cells)
    checks.finish()
    counts = {name: getattr(checks, name) for name in ("total", "broken", "unread", "present")}
    return {"found": found, "facts": facts, "broken": broken, "directory": directory, "counts": counts}


@given(
    rows=TABLES,
    layout=st.sampled_from(list(CSV_LAYOUTS)),
    max_record=st.sampled_from([1_000, 1 << 20]),
    cascade=st.booleans(),
)
def test_pass_one_makes_the_same_of_batches_by_columns_and_by_rows(
    rows: Table, layout: str, max_record: int, cascade: bool
) -> None:
    data = CSV_LAYOUTS[layout](rows)
    by_columns = scanned(data, max_record, cascade=cascade, by_rows=False)
    assert by_columns == scanned(data, max_record, cascade=cascade, by_rows=True)


@given(rows=TABLES)
@example(rows=[("a", *[""] * 8), [""] * 9, ("b", *[""] * 8)])
@example(rows=[("a", *[""] * 8), ("b",), ("c", *[""] * 8, "more")])
def test_the_report_is_the_same_where_a_blank_row_or_small_batches_keep_rows_from_being_read_by_columns(
    rows: Table,
) -> None:
    data = as_csv(rows)
    expected = essence(validate(data, RULES, samples=1000))
    assert essence(validate(data + b"\n", RULES, samples=1000)) == expected
    assert essence(validate(data, RULES, samples=1000, max_record=1_000)) == expected


@given(rows=TABLES)
def test_records_by_columns_are_those_of_rows(rows: Table) -> None:
    read = [value for batch in batches_of(as_csv(rows), 1 << 20) for value in batch.values]
    fields = list(RULES.records["entry"].fields)
    assert read == [{name: cell for name, cell in zip(fields, row, strict=True) if cell} for row in rows if any(row)]


@pytest.mark.parametrize(
    ("rows", "accepted"),
    [
        ([("a", "a@x.org", "x", "b", "", "a", "2022-03-04", "1", "red"), ("b", *[""] * 8)], True),
        ([("a", "a@x.org", "x", "b", "", "odd", "2022-03-04", "1", "red"), ("b", *[""] * 8)], False),
        ([("a", *[""] * 8), ("", "a@x.org", *[""] * 7)], False),
    ],
    ids=["fine", "a value that is none", "no ID"],
)
def test_records_are_taken_by_columns_where_all_of_them_are_fine(rows: Table, accepted: bool) -> None:
    [_, batch] = batches_of(as_csv(rows), 1 << 20)
    lane = ColumnLane.of(PLAN, {name: FastLane(each.shape, each.record_rules) for name, each in PLAN.records.items()})
    assert lane is not None
    assert isinstance(batch.values, ByColumns)
    taken = lane.accepted(batch.values)
    assert (taken is not None) == accepted
    if taken is not None:
        _, at, records = taken
        assert at.tolist() == [0, 1]
        assert [
            {name: value for name, value in row.items() if value is not None} for row in records
        ] == batch.values.rows


def test_a_batch_with_a_row_of_another_width_or_a_blank_one_is_read_by_rows() -> None:
    head = ",".join(HEADER).encode() + b"\n"
    for odd in (b"a\n", b"\n", b",,,,,,,,\n", b"a,,,,,,,,,x\n", b'a,,"x"y,,,,,,\n'):
        [_, batch] = batches_of(head + b"b,,,,,,,,\n" + odd, 1 << 20)
        assert type(batch.values) is list


@pytest.mark.parametrize("broken", [0.001, 0.01])
@pytest.mark.parametrize("rule_set", RuleSet.shipped(), ids=lambda each: each.name)
def test_batches_by_columns_and_records_one_by_one_make_the_same_report(rule_set: RuleSet, broken: float) -> None:
    large = LargeFile(plan_for(rule_set, {}), 800_000, 5, broken, plantable(targets(rule_set, [{}])))
    data = b"".join(large)
    assert large.broken
    # A batch that is longer than records may be is read one record at a time, if at all.
    by_columns, one_by_one = (validate(data, rule_set, samples=1000, max_record=most) for most in (None, 100_000))
    assert essence(by_columns) == essence(one_by_one)
