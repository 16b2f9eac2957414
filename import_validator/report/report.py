"""What a validation found: exact counts by rule, a bounded sample of violations, statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ..errors import ImportValidatorError
from ..model.unchecked import Unchecked
from ..model.violation import Severity, Violation
from ..units import counted
from .bodies import BodyStatus
from .values import MissingKey, ValueCount


@dataclass(frozen=True, slots=True)
class RecordCount:
    """How many records of one type there are, and how many of them have no error."""

    total: int
    valid: int


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often one rule was broken.

    Attributes:
        values: the values that break it more than once, the most frequent first, as many as there are samples; none for
            rules that are not about a value, such as one that is absent.
    """

    rule: str
    code: str
    severity: Severity
    count: int
    values: tuple[ValueCount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a validation found.

    Attributes:
        source: what was validated.
        rules: the name of the rule set.
        why: why that rule set was taken; empty where the caller named it.
        records: how many records there are, and how many are valid, by type.
        broken: how often each rule was broken, exactly, in the rule set's order.
        violations: some violations of each rule, as many as were asked for, in file order: the first of each value, as
            far as there are different ones, and the first of all.
        bodies: for formats of request bodies, the status that each would be answered with; at most the first 1,000.
        statuses: how many bodies have each status.
        missing: keys that are referred to more than once, by whatever rules, and are nowhere; the most frequent first.
        unchecked: rules that took too long over some values, so that nobody knows whether these are right.
        notes: what else the reader has to know, such as checks that were left out.
        bytes: the size of the file, decompressed.
        seconds: how long it took.
        spilled: whether facts were written to disk.
        engine: which lane went through the file first: `native` or `python`.
    """

    source: str
    rules: str
    why: str = ""
    records: Mapping[str, RecordCount] = field(default_factory=dict)
    broken: tuple[RuleCount, ...] = ()
    violations: tuple[Violation, ...] = ()
    bodies: tuple[BodyStatus, ...] = ()
    statuses: Mapping[int, int] = field(default_factory=dict)
    missing: tuple[MissingKey, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    notes: tuple[str, ...] = ()
    bytes: int = 0
    seconds: float = 0.0
    spilled: bool = False
    engine: str = field(default="python", compare=False)

    @property
    def valid(self) -> bool:
        """Whether everything was checked, and there is no error. Warnings do not count."""
        return self.errors == 0 and not self.unchecked

    @property
    def verdict(self) -> str:
        """`valid`, `not valid`, or `not fully checked` where no error was found but not everything could be checked."""
        return "not valid" if self.errors else "not fully checked" if self.unchecked else "valid"

    @property
    def counts(self) -> dict[str, int]:
        """How often each rule was broken, exactly, by the rule's name."""
        return {each.rule: each.count for each in self.broken}

    @property
    def errors(self) -> int:
        """How many errors there are."""
        return sum(each.count for each in self.broken if each.severity is Severity.ERROR)

    @property
    def warnings(self) -> int:
        """How many warnings there are."""
        return sum(each.count for each in self.broken if each.severity is Severity.WARNING)

    @property
    def truncated(self) -> bool:
        """Whether there are more violations than `violations` holds."""
        return self.errors + self.warnings > len(self.violations)

    def summary(self) -> str:
        """What was found, in one line."""
        total = sum(each.total for each in self.records.values())
        what = f"{counted(total, 'record')} of {self.rules}"
        found = [counted(self.errors, "error")] if self.errors else []
        found += [counted(self.warnings, "warning")] if self.warnings else []
        return f"{self.source}: {self.verdict}: {what}" + (f", {' and '.join(found)}" if found else "")

    def raise_for_violations(self) -> None:
        """Raise where the file is not valid.

        Raises:
            ViolationsFoundError: with the summary as its message, and this report.
            UncheckedError: likewise, where no error was found, but not everything could be checked.
        """
        if self.unchecked and not self.errors:
            raise UncheckedError(self)
        if not self.valid:
            raise ViolationsFoundError(self)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON types."""
        bodies = {
            "statuses": {str(status): count for status, count in self.statuses.items()},
            "bodies": [asdict(body) for body in self.bodies],
        }
        values = {each.rule: [value.as_dict() for value in each.values] for each in self.broken if each.values}
        return {
            "valid": self.valid,
            "source": self.source,
            "rules": self.rules,
            "why": self.why,
            "records": {name: {"total": each.total, "valid": each.valid} for name, each in self.records.items()},
            "counts": self.counts,
            **({"values": values} if values else {}),
            **({"missing": [each.as_dict() for each in self.missing]} if self.missing else {}),
            "errors": self.errors,
            "warnings": self.warnings,
            "violations": [violation.as_dict() for violation in self.violations],
            "truncated": self.truncated,
            **(bodies if self.statuses else {}),
            **({"unchecked": [each.as_dict() for each in self.unchecked]} if self.unchecked else {}),
            "notes": list(self.notes),
            "bytes": self.bytes,
            "seconds": round(self.seconds, 3),
            "run": {"engine": self.engine},
        }


class _ReportError(ImportValidatorError):
    """An error that carries the whole report, and has its summary for a message."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.summary())
        self.report = report

    def __reduce__(self) -> tuple[type[_ReportError], tuple[Report]]:
        return type(self), (self.report,)


class ViolationsFoundError(_ReportError):
    """Raised by `Report.raise_for_violations` for a file that is not valid.

    Attributes:
        report: the whole report.
    """


class UncheckedError(_ReportError):
    """Raised by `Report.raise_for_violations` for a file of which not everything could be checked.

    Attributes:
        report: the whole report.
    """
