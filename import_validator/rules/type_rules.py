"""The rules that speak where a value is not of its field's type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from .base import Finding, Path, ReadingRule
from .breaking import Bench, Breakage, Draft


class DataKey(str):
    """A name in a path that the file chose, not the rule set: it is no part of a rule's name."""

    __slots__ = ()


class TypeRule(ReadingRule):
    """A rule that speaks for every declared field of a record type."""

    def name_of(self, finding: Finding) -> str:
        subject, record_type = self.scope.subject, self.scope.record_type
        where = subject if subject == record_type else f"{record_type}/{subject}"
        return f"{'.'.join([where, *_names(finding.path)])}:{self.code}"

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        for name in bench.declared():
            for clean, written, path in bench.mistyped(name, type(self)):
                yield Breakage({**fields, name: clean}, (name, *path), [name], {name: written})
        wrong: list[Any] = [7, "x", [], True] if isinstance(self, Type) else []
        for value in wrong:
            yield Breakage(fields, (), [], instead=(value,))


class Type(TypeRule):
    """A value must have the JSON type that its field has.

    ## What it checks
    Strings are strings, numbers numbers, lists lists of what they should be lists of. An integer has no
    fraction and no exponent. Whether `null` passes, as if the field were absent, is for the format to say.

    ## Why it matters
    A reader that expects another type refuses the whole record, sometimes the whole file.

    ## Example
    `{"type": "user", "item": {"id": 17}}`: the id has to be `"17"`.

    ## How to mend it
    Write the value as the type that is wanted. Numbers that are ids go between quotes.
    """

    kind: ClassVar[str] = "type"
    default_message: ClassVar[str] = "{subject}{where}: expected {wanted}, found {found}"
    default_hint: ClassVar[str] = "write {wanted}"


class Timestamp(TypeRule):
    """A time must be written as RFC 3339 has it.

    ## What it checks
    `2022-01-01T01:01:01Z`: capital `T`; capital `Z` or a numeric offset; a fraction of any length or none;
    a date that exists; hours 00–23, minutes and seconds 00–59.

    ## Why it matters
    Other spellings are read differently by different systems, or not at all.

    ## Example
    `"2022-02-30T00:00:00Z"` (no such day), `"2022-01-01 10:00"`, `"01/02/2022"`, `""`.

    ## How to mend it
    Write it as RFC 3339, with the offset of the time zone it is meant in. The hint says how the value would
    look if it was read right.
    """

    kind: ClassVar[str] = "timestamp"
    default_message: ClassVar[str] = '{subject}{where}: expected {wanted}, found "{value}"'
    default_hint: ClassVar[str] = "{suggestion}"


class CellType(TypeRule):
    """A cell must hold what its column is for.

    ## What it checks
    Cells are text. An integer has digits and perhaps a minus sign, or is written as spreadsheets show long ones that
    are round: `1E+15`. A number may have a point, an exponent and a percent sign, too: `17.5`, `1.5E-07`, `50%`. A
    boolean is `TRUE` or `FALSE`; an email has one `@`, and a point after it; a timestamp is `2022-01-01T10:00:00`,
    with an offset or without. In a workbook, a cell counts as the text that CSV would have: 0.5 with the format 0% is
    `50%`.

    ## Why it matters
    Other spellings are read differently by different systems, or not at all.

    ## Example
    `1,234`, `12 kg` or `1.23457E+15` (digits are lost) in a column of integers; `yes` in one of booleans.

    ## How to mend it
    Write the value as the hint says.
    """

    kind: ClassVar[str] = "cell-type"
    default_message: ClassVar[str] = '{subject}{where}: expected {wanted}, found "{value}"'
    default_hint: ClassVar[str] = "{suggestion}"


class Date(TypeRule):
    """A date must be written year first.

    ## What it checks
    `2022-03-04`: four digits for the year, two for the month, two for the day; a date that exists.

    ## Why it matters
    `03/04/2022` is the third of April to some, and the fourth of March to others.

    ## Example
    `03/04/2022`, `4.3.2022`, `2022-02-30` (no such day).

    ## How to mend it
    Write it year first. In a spreadsheet, enter it as a date, so that the cell holds a date and not text. The hint says
    which dates the text could be.
    """

    kind: ClassVar[str] = "date"
    default_message: ClassVar[str] = '{subject}{where}: expected {wanted}, found "{value}"'
    default_hint: ClassVar[str] = "{suggestion}"


def _names(path: Path) -> list[str]:
    return [step for step in path if isinstance(step, str) and not isinstance(step, DataKey)]
