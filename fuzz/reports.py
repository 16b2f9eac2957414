"""Files of every shipped rule set, damaged at random: one report, by whichever lane, by however many
threads and in whatever memory.

The first byte of an input chooses the rule set, the second how the file is read, and four more are a seed for the
records. Of the rest, four bytes each are a damage: to a value of a record, while the file is in the making, or to the
bytes that it is written as.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from fuzz.readers import SMALL_CHUNK, chunks_of, essence, pieces_of
from import_validator import ImportValidatorError, Report, RuleSet, validate
from import_validator.engine import ENGINE
from import_validator.pass_two import resolver
from import_validator.readers import csv_table, vouching
from import_validator.ruleset.compiler import compile_plan
from import_validator.ruleset.plan import Plan
from import_validator.testing.chooser import RandomChooser
from import_validator.testing.making import populate, values_of
from import_validator.testing.synthesis import Workshop
from import_validator.testing.writers import layout_for

FILE_SIZE = 8_000
"""About how many bytes a file has: some rounds."""

SMALLER = {"ROUND": 1_000, "LARGE_ROUND": 2_000}
THREADS = (1, 2, 3, 5)
VALUES: tuple[Any, ...] = (
    None,
    "",
    7,
    -1.5,
    True,
    [],
    {},
    "a b",
    "é" * 130,
    ["ann", "ann"],
    "2024-02-30T00:00:00Z",
    "x:y",
)
BYTES = (b'"', b"\\", b",", b"{", b"}", b"[", b"]", b"\n", b"\r", b"\xff", b"\0", b"}\n{", b"},{", b'"a":1,', b"", b" ")
WORDS: tuple[str, ...] = ()


def check(data: bytes) -> None:
    """Validate the file that the data says in many ways.

    Raises:
        AssertionError: where a way gives another report.
        Exception: whatever should not have been raised.
    """
    if len(data) < 6:
        return
    plan = _plans()[data[0] % len(_plans())]
    damages = list(zip(*[iter(data[6:])] * 4, strict=False))
    values = _values(plan, int.from_bytes(data[2:6], "big"), [each for each in damages if each[0] % 2])
    written = _written(plan, values, 0)
    of_values = _about_records(_outcome(written, plan))
    # Where records are told apart by the request body that they are in, layouts that divide them otherwise do differ.
    for seed in () if plan.rule_set.reader == "json-bodies" else (1 + data[1], 300 + data[1]):
        again = _outcome(_written(plan, values, seed), plan)
        _compare(of_values, _about_records(again), f"laid out by seed {seed}")
    content = _damaged(written, [each for each in damages if not each[0] % 2])
    _check_ways(content, plan, data[1])


def fresh(rng: random.Random) -> bytes:
    """A new input."""
    return rng.randbytes(6 + 4 * rng.randint(0, 6))


def _check_ways(content: bytes, plan: Plan, way: int) -> None:
    """Validate a file by each lane, by several threads, in pieces, and in little memory."""
    pieces = list(pieces_of(content, (way % 64 + 1, 7, 900)))
    with tempfile.TemporaryDirectory() as folder, _small_head():
        with _engine("python"):
            expected = essence(_outcome(content, plan))
        path = Path(folder) / "file"
        path.write_bytes(content)
        with chunks_of(SMALL_CHUNK):
            _compare(expected, essence(_outcome(iter(pieces), plan, memory=1)), "in pieces")
        with _short_rounds():
            threads = THREADS[way % len(THREADS)]
            memory = ("64MB", 1)[way // len(THREADS) % 2]
            _compare(expected, essence(_outcome(path, plan, jobs=threads, memory=memory)), f"by {threads} threads")


def _outcome(source: Any, plan: Plan, **options: Any) -> Report | ImportValidatorError:
    try:
        assert isinstance(plan.rule_set, RuleSet)
        return validate(source, plan.rule_set, samples=1000, **options)
    except ImportValidatorError as error:
        return error


def _compare(one: dict[str, Any], other: dict[str, Any], how: str) -> None:
    differences = {
        name: (one.get(name), other.get(name)) for name in {**one, **other} if one.get(name) != other.get(name)
    }
    assert not differences, f"{how}, the report has other {', '.join(differences)}: {differences}"


def _about_records(outcome: Report | ImportValidatorError) -> dict[str, Any]:
    """What of a report must not depend on how its records are laid out."""
    if isinstance(outcome, ImportValidatorError):
        return {"error": type(outcome).__name__}
    found = [(each.rule, each.index, each.path, each.message) for each in outcome.violations]
    return {"counts": outcome.counts, "records": outcome.records, "violations": sorted(found, key=repr)}


@cache
def _plans() -> list[Plan]:
    return [compile_plan(rule_set) for rule_set in RuleSet.shipped()]


@cache
def _some_values(number: int, seed: int) -> list[Any]:
    """Values that a valid file of a rule set may consist of."""
    plan = _plans()[number]
    workshop = Workshop(plan, RandomChooser(seed))
    populate(workshop)
    return [value for value, _ in values_of(plan, workshop.draft.in_order())]


def _values(plan: Plan, seed: int, damages: list[tuple[int, ...]]) -> list[Any]:
    """The values of a file, some of them damaged: those of a few valid files, again and again."""
    number = _plans().index(plan)
    some = [value for each in range(3) for value in _some_values(number, (seed + each) % 1_000)]
    values = some * max(1, FILE_SIZE // max(1, len(repr(some))))
    for _, place, which, what in damages:
        at = (place << 8 | which) % len(values)
        values[at] = _replaced(values[at], which, VALUES[what % len(VALUES)], is_table=bool(plan.setup.columns))
    return values


def _replaced(value: Any, which: int, by: Any, *, is_table: bool) -> Any:
    """A value with one of the values in it, at any depth, replaced."""
    if not isinstance(value, dict) or not value:
        return by
    name = list(value)[which % len(value)]
    if is_table:
        return {**value, name: by if isinstance(by, str) else str(by)}
    deeper = isinstance(value[name], dict) and value[name]
    return {**value, name: _replaced(value[name], which // 3, by, is_table=False) if deeper else by}


def _written(plan: Plan, values: list[Any], seed: int) -> bytes:
    """A file of these values, laid out in the plainest way for the seed 0."""
    layout = layout_for(plan, RandomChooser(seed), plain=not seed)
    return layout.join([layout.encode(value) for value in values]).data


def _damaged(content: bytes, damages: list[tuple[int, ...]]) -> bytes:
    """A file with something put in, in the place of something or of nothing, or with its end cut off."""
    for kind, high, low, what in damages:
        at = (high << 8 | low) % (len(content) + 1)
        rest = content[at + kind // 2 % 4 :] if kind else b""
        content = content[:at] + BYTES[what % len(BYTES)] + rest
    return content


@contextmanager
def _short_rounds() -> Iterator[None]:
    """Have small files judged in rounds as large ones are."""
    usual = {name: getattr(vouching, name) for name in SMALLER}
    rows = resolver._MOST_ROWS
    try:
        for name, size in SMALLER.items():
            setattr(vouching, name, size)
        resolver._MOST_ROWS = 100
        yield
    finally:
        for name, size in usual.items():
            setattr(vouching, name, size)
        resolver._MOST_ROWS = rows


@contextmanager
def _engine(name: str) -> Iterator[None]:
    """Have files checked by one lane alone."""
    usual = os.environ.get(ENGINE)
    os.environ[ENGINE] = name
    try:
        yield
    finally:
        del os.environ[ENGINE]
        if usual is not None:
            os.environ[ENGINE] = usual


@contextmanager
def _small_head() -> Iterator[None]:
    """Have the header row of a table looked for in less than one part, whoever reads it."""
    usual = csv_table.HEAD_SIZE
    csv_table.HEAD_SIZE = 500
    try:
        yield
    finally:
        csv_table.HEAD_SIZE = usual
