"""The table of results, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.cases import FLOOR
from benchmarks.measuring import Measured
from import_validator.units import format_size

HEADER = ("file", "what runs", "seconds", "÷ floor", "MB/s", "peak memory")

_SMALL = 2_000
"""A file with fewer bytes than this measures how a process starts, and nothing by the byte."""


def rows(measured: Sequence[Measured]) -> list[tuple[str, ...]]:
    """A row for each case, and one for each comparison of two cases that were both run."""
    floors = {each.case.file.title: each for each in measured if each.case.what == FLOOR}
    return [*(_row(each, _floor_of(each, floors)) for each in measured), *_comparisons(measured)]


def markdown(table: Sequence[tuple[str, ...]]) -> str:
    """The rows as a table."""
    marks = ("---", "---", *["---:"] * (len(HEADER) - 2))
    return "".join(f"| {' | '.join(row)} |\n" for row in (HEADER, marks, *table))


def _floor_of(measured: Measured, floors: Mapping[str, Measured]) -> float | None:
    """What parsing the file costs alone, in seconds; where that was not measured, what as many other bytes cost."""
    own = floors.get(measured.case.file.title)
    if own is not None:
        return own.seconds
    other = next(iter(floors.values()), None)
    return other.seconds * measured.size / other.size if other else None


def _row(measured: Measured, floor: float | None) -> tuple[str, ...]:
    case = measured.case
    if case.left_out:
        return (case.file.title, f"{case.what}: left out, {case.left_out}", "", "", "", "")
    ratio = f"{measured.seconds / floor:.1f}" if floor else ""
    speed = f"{measured.size / 2**20 / measured.seconds:.3g}"
    return (
        case.file.title,
        case.what,
        f"{measured.seconds:.2f}",
        *((ratio, speed) if measured.size > _SMALL else ("", "")),
        f"{measured.peak / 2**20:.0f} MB",
    )


def _comparisons(measured: Sequence[Measured]) -> Iterator[tuple[str, ...]]:
    """How each valid file compares with the next smaller one, and a broken file with a valid one."""
    ran = [each for each in measured if each.times and each.case.what != FLOOR]
    for each in ran:
        file = each.case.file
        alike = [other for other in ran if other.case.what == each.case.what]
        smaller = [other for other in alike if other.case.file.kind == file.kind and other.size < each.size]
        if smaller and file.kind.startswith("clean"):
            other = max(smaller, key=lambda other: other.size)
            yield _ratio(f"{file.title} ÷ {format_size(other.case.file.size)}", each, other)
        for other in alike:
            if file.kind == "100 % broken array" and other.case.file.title == f"clean array, {format_size(file.size)}":
                yield _ratio(f"100 % broken ÷ clean array, {format_size(file.size)}", each, other)


def _ratio(name: str, one: Measured, other: Measured) -> tuple[str, ...]:
    seconds, peak = one.seconds / other.seconds, one.peak / other.peak
    return (name, one.case.what, f"× {seconds:.2f}", "", "", f"× {peak:.2f}")
