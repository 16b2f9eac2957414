"""The report for a person: a line, a table, and samples."""

from __future__ import annotations

from itertools import groupby
from typing import Any, ClassVar

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from ..plan import Plan
from ..report import Report
from ..units import counted, format_size
from ..violation import Severity, Violation, to_json
from .base import Output

SHOWN_OF_EACH = 3
"""How many violations of each rule are shown; the other formats show more."""

_STYLE = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


class TextOutput(Output):
    """A summary line, what records there are, a table of the rules that were broken, and samples of each."""

    name: ClassVar[str] = "text"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        width = None if self.stream.isatty() else 120
        self._console = Console(file=self.stream, highlight=False, soft_wrap=True, width=width)
        self._written = 0

    def report(self, report: Report, plan: Plan) -> None:
        if self._written:
            self._console.print()
        self._written += 1
        verdict = "[bold green]valid[/]" if report.valid else "[bold red]not valid[/]"
        found = [f"[red]{counted(report.errors, 'error')}[/]"] if report.errors else []
        found += [f"[yellow]{counted(report.warnings, 'warning')}[/]"] if report.warnings else []
        self._console.print(f"{escape(report.source)}: {verdict}" + (f", {' and '.join(found)}" if found else ""))
        self._console.print(self._about(report), style="dim")
        self._records(report, plan)
        if report.statuses:
            answers = ", ".join(f"{status}: {count:,}" for status, count in report.statuses.items())
            self._console.print(f"\nrequest bodies by the status they would be answered with: {answers}")
        for note in report.notes:
            self._console.print(f"note: {escape(note)}")
        if report.broken:
            self._rules(report)
            self._samples(report)

    def _about(self, report: Report) -> str:
        why = f" ({report.why})" if report.why else ""
        speed = f"{format_size(report.bytes)} in {report.seconds:.2f} seconds"
        return escape(f"rule set {report.rules}{why}; {speed}")

    def _records(self, report: Report, plan: Plan) -> None:
        if not report.records:
            self._console.print("no entries" if plan.rule_set.columns else "no records")
            return
        table = Table(box=None, pad_edge=False)
        for name in ("records", "total", "valid"):
            table.add_column(name, justify="left" if name == "records" else "right")
        for name, each in report.records.items():
            table.add_row(plan.records[name].plural, f"{each.total:,}", f"{each.valid:,}")
        self._console.print()
        self._console.print(table)

    def _rules(self, report: Report) -> None:
        table = Table(box=None, pad_edge=False)
        table.add_column("rule")
        table.add_column("")
        table.add_column("count", justify="right")
        for each in report.broken:
            table.add_row(escape(each.rule), Text(each.severity, style=_STYLE[each.severity]), f"{each.count:,}")
        self._console.print()
        self._console.print(table)

    def _samples(self, report: Report) -> None:
        counts = report.counts
        by_rule = sorted(report.violations, key=lambda each: list(counts).index(each.rule))
        for rule, group in groupby(by_rule, key=lambda each: each.rule):
            violations = list(group)[:SHOWN_OF_EACH]
            self._console.print()
            self._console.print(f"[bold]{escape(rule)}[/]")
            for violation in violations:
                self._violation(violation)
            more = counts[rule] - len(violations)
            if more > 0:
                self._console.print(f"  … and {more:,} more", style="dim")
            code = violations[0].code
            self._console.print(f"  [dim]more about it:[/] import-validator explain {code}")

    def _violation(self, violation: Violation) -> None:
        self._console.print(Text(f"  {violation.message}"))
        place = [violation.cell] if violation.cell is not None else self._place(violation)
        if violation.value is not None:
            place.append(f"value {to_json(violation.value)}")
        if violation.status is not None:
            place.append(f"status {violation.status}")
        if place:
            self._console.print(Text(f"    {', '.join(place)}", style="dim"))
        self._console.print(Text(f"    {violation.hint}", style="dim"))

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
