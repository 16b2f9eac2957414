"""The rules that a table is held to before its entries' own rules are asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ..model.violation import Severity
from ..readers import TableColumn
from .base import ReadingRule
from .breaking import Damage, FileBench
from .kind import kind_of_rule


class MissingColumn(ReadingRule):
    """A table must have every column that is required.

    ## What it checks
    Each required column's header stands in the header row, in any order; case and space around it make no
    difference. It is reported once for the file, not for every row.

    ## Why it matters
    No entry can be stored without it.

    ## Example
    A header row `Name,Email` where `ID` is required.

    ## How to mend it
    Add the column, or correct the text of its header. `import-validator template` writes a file with all of them.
    """

    kind: ClassVar[str] = "missing-column"
    default_hint: ClassVar[str] = "add the column, or correct the header"

    def damages(self, file: FileBench) -> Iterator[Damage]:
        for column in reversed([each for each in file.columns if each.required]):
            yield Damage(None, columns=[each for each in file.columns if each is not column])


@kind_of_rule
class UnknownColumn(ReadingRule):
    """A column that the rule set does not name is not imported.

    ## What it checks
    Every column has a header that the rule set names. One that does not is a warning, and nothing else is said
    of its cells.

    ## Why it matters
    What stands in it is lost; and a header that is misspelt is no header.

    ## Example
    A header `E-mial`.

    ## How to mend it
    Correct the header, name the column in the rule set, or remove it.
    """

    kind: ClassVar[str] = "unknown-column"
    default_hint: ClassVar[str] = "correct the header, or remove the column"
    can_be_off: ClassVar[bool] = True

    severity: Severity = Severity.WARNING

    def damages(self, file: FileBench) -> Iterator[Damage]:
        for header in ("Colour", "Größe", f"{file.columns[0].header}s"):
            yield Damage(None, columns=[*file.columns, TableColumn("", header)], path=f"/{header}")


class DuplicateColumn(ReadingRule):
    """No two columns may have the same header.

    ## What it checks
    No header stands twice in the header row. The first of two columns is read, the second is not.

    ## Why it matters
    Nobody can say which of the two is meant.

    ## Example
    `ID,Name,Name`

    ## How to mend it
    Remove one of the columns, or rename it.
    """

    kind: ClassVar[str] = "duplicate-column"
    default_hint: ClassVar[str] = "remove one of the two columns"

    def damages(self, file: FileBench) -> Iterator[Damage]:
        for column in file.columns:
            yield Damage(None, columns=[*file.columns, TableColumn("", column.header)], path=f"/{column.header}")


class RowCells(ReadingRule):
    """A row must have as many cells as the header row.

    ## What it checks
    Each row of a CSV file has a cell for each header; each row of a sheet has none beyond the last header. Of a
    row that does not, nothing else is reported, since its cells may have moved.

    ## Why it matters
    Values end up under the wrong headers.

    ## Example
    `17,Smith, Ann,ann@example.org` under `ID,Name,Email`: the comma in the name makes a fourth cell.

    ## How to mend it
    Put text that has a delimiter in it between quotes; export the file again, rather than writing it by hand.
    """

    kind: ClassVar[str] = "row-cells"
    default_hint: ClassVar[str] = (
        "make the row as long as the header; text with a delimiter in it stands between quotes"
    )

    def damages(self, file: FileBench) -> Iterator[Damage]:
        yield Damage(file.encode(file.value) + b",more", typed=True)
        yield Damage(file.encode(file.value).rpartition(b",")[0], typed=True)


class Quoting(ReadingRule):
    """What follows a closing quote must be the next cell.

    ## What it checks
    After the quote that closes a cell comes a delimiter or the end of the line. A quote within quotes is written
    twice.

    ## Why it matters
    Programs read such a cell in different ways, or not at all.

    ## Example
    `"the "best" one",17`, which should be `"the ""best"" one",17`.

    ## How to mend it
    Write quotes within the cell twice.
    """

    kind: ClassVar[str] = "quoting"
    default_hint: ClassVar[str] = "write a quote that is part of the text twice"

    def damages(self, file: FileBench) -> Iterator[Damage]:
        for text in (b'"quoted" more', b'"the "best" one"'):
            yield Damage(file.replaced(text), typed=True, in_mark=True)


class Formula(ReadingRule):
    """A formula must have a value.

    ## What it checks
    Each cell with a formula also has the value that the spreadsheet program worked out when it saved the file, and
    that value is no error such as `#REF!`.

    ## Why it matters
    What imports the file reads values; it does not calculate.

    ## Example
    A workbook that a program wrote, with formulas, and that no spreadsheet program has opened since.

    ## How to mend it
    Open the file in a spreadsheet program and save it; or put values in place of the formulas.
    """

    kind: ClassVar[str] = "formula"
    default_hint: ClassVar[str] = "open the file in a spreadsheet program and save it, or put a value in its place"


@kind_of_rule
class MergedCells(ReadingRule):
    """Merged cells have one value among them.

    ## What it checks
    No cells under the headers are merged.

    ## Why it matters
    The value belongs to the first of them; the others are empty, though they do not look it.

    ## Example
    A team's name in one cell, merged over the rows of all its members.

    ## How to mend it
    Undo the merging, and give each row its value.
    """

    kind: ClassVar[str] = "merged-cells"
    default_hint: ClassVar[str] = "undo the merging, and give each cell its value"
    can_be_off: ClassVar[bool] = True

    severity: Severity = Severity.WARNING


@kind_of_rule
class HiddenCells(ReadingRule):
    """Hidden rows and columns are imported like all others.

    ## What it checks
    No row with values, and no column that the rule set names, is hidden. A filter hides rows too.

    ## Why it matters
    What nobody sees is imported all the same.

    ## Example
    Old entries that a filter hides.

    ## How to mend it
    Show the rows, or take them out.
    """

    kind: ClassVar[str] = "hidden-cells"
    default_hint: ClassVar[str] = "show what is hidden, or take it out"
    can_be_off: ClassVar[bool] = True

    severity: Severity = Severity.WARNING


TABLE_RULES: tuple[type[ReadingRule], ...] = (
    MissingColumn, UnknownColumn, DuplicateColumn, RowCells, Quoting, Formula, MergedCells, HiddenCells,
)  # fmt: skip
