"""The report for a person: a line, a table, and samples."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, ClassVar

from ...model.violation import Severity, Violation, to_json
from ...ruleset.plan import Plan
from ...units import counted, format_size
from ..report import Report
from .base import Output
from .page import Piece, page_on

SHOWN_OF_EACH = 3
"""How many violations of each rule are shown; the other formats show more."""

_VERDICT_STYLE = {"valid": "bold green", "not valid": "bold red", "not fully checked": "bold yellow"}
_STYLE = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


class TextOutput(Output):
    """A summary line, what records there are, a table of the rules that were broken, and samples of each."""

    name: ClassVar[str] = "text"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._page = page_on(self.stream)
        self._written = 0

    def write_report(self, report: Report, plan: Plan) -> None:
        if self._written:
            self._page.line()
        self._written += 1
        self._page.line(f"{report.source}: ", *self._verdict(report))
        self._page.line((self._about(report), "dim"))
        self._records(report, plan)
        if report.statuses:
            answers = ", ".join(f"{status}: {count:,}" for status, count in report.statuses.items())
            self._page.line()
            self._page.line(f"request bodies by the status they would be answered with: {answers}")
        for unchecked in report.unchecked:
            self._page.line("not checked: ", (unchecked.rule, "bold"), f": {unchecked.reason}")
        for note in report.notes:
            self._page.line(f"note: {note}")
        if report.broken:
            self._rules(report)
            self._samples(report)

    @staticmethod
    def _verdict(report: Report) -> Iterator[Piece]:
        yield report.verdict, _VERDICT_STYLE[report.verdict]
        before = ", "
        for count, what, style in ((report.errors, "error", "red"), (report.warnings, "warning", "yellow")):
            if count:
                yield before
                yield counted(count, what), style
                before = " and "

    def _about(self, report: Report) -> str:
        why = f" ({report.why})" if report.why else ""
        speed = f"{format_size(report.bytes)} in {report.seconds:.2f} seconds"
        return f"rule set {report.rules}{why}; {speed}"

    def _records(self, report: Report, plan: Plan) -> None:
        if not report.records:
            self._page.line("no entries" if plan.rule_set.columns else "no records")
            return
        rows = [
            (plan.records[name].plural, f"{each.total:,}", f"{each.valid:,}") for name, each in report.records.items()
        ]
        self._page.line()
        self._page.table(("records", "total", "valid"), rows, numbers=2)

    def _rules(self, report: Report) -> None:
        rows = [(each.rule, (str(each.severity), _STYLE[each.severity]), f"{each.count:,}") for each in report.broken]
        self._page.line()
        self._page.table(("rule", "", "count"), rows, numbers=1)

    def _samples(self, report: Report) -> None:
        counts = report.counts
        by_rule = sorted(report.violations, key=lambda each: list(counts).index(each.rule))
        for rule, group in groupby(by_rule, key=lambda each: each.rule):
            violations = list(group)[:SHOWN_OF_EACH]
            self._page.line()
            self._page.line((rule, "bold"))
            for violation in violations:
                self._violation(violation)
            more = counts[rule] - len(violations)
            if more > 0:
                self._page.line((f"  … and {more:,} more", "dim"))
            self._page.line("  ", ("more about it:", "dim"), f" import-validator explain {violations[0].code}")

    def _violation(self, violation: Violation) -> None:
        self._page.line(f"  {violation.message}")
        place = [violation.cell] if violation.cell is not None else self._place(violation)
        if violation.value is not None:
            place.append(f"value {to_json(violation.value)}")
        if violation.status is not None:
            place.append(f"status {violation.status}")
        if place:
            self._page.line((f"    {', '.join(place)}", "dim"))
        self._page.line((f"    {violation.hint}", "dim"))

    @staticmethod
    def _place(violation: Violation) -> list[str]:
        """Where a violation is, in a file that is no table."""
        place = []
        if violation.index is not None:
            place.append(f"record {violation.index:,}")
        if violation.line is not None:
            place.append(f"line {violation.line:,}")
        if violation.column is not None:
            place.append(f"column {violation.column:,}")
        if violation.offset is not None:
            place.append(f"byte {violation.offset:,}")
        if violation.path:
            place.append(f"at {violation.path}")
        return place
