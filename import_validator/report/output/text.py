"""The report for a person: a line, a table, and samples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from ...model.violation import Severity, Violation, to_json
from ...ruleset.plan import Plan
from ...units import counted, format_size
from ..report import Report, RuleCount
from ..values import ValueCount
from .base import Output
from .page import Piece, page_on

SHOWN_OF_EACH = 3
"""How many violations of each rule are shown, unless the user asks for more."""

_VERDICT_STYLE = {"valid": "bold green", "not valid": "bold red", "not fully checked": "bold yellow"}
_STYLE = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


class TextOutput(Output):
    """A summary line, what records there are, a table of the rules that were broken, and samples of each."""

    name: ClassVar[str] = "text"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._page = page_on(self.stream)
        self._most = SHOWN_OF_EACH if self.samples is None else self.samples
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
            self._missing(report)
            if self._most:
                self._samples(report)
            else:
                self._page.line()
            self._page.line(f"{report.source}: ", *self._verdict(report))

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

    def _missing(self, report: Report) -> None:
        """The keys that are nowhere and that most violations come from."""
        shown = report.missing[: self._most]
        if not shown:
            return
        self._page.line()
        for each in shown:
            times = f"{'' if each.exact else 'at least '}{counted(each.count, 'time')}"
            key = f"{each.record_type} {to_json(each.value)}"
            self._page.line((key, "bold"), f" is referred to {times} and is not in the file")
        mended = sum(each.count for each in shown)
        what = "it" if len(shown) == 1 else f"these {len(shown)}"
        self._page.line(f"adding {what} mends {mended:,} of {counted(report.errors + report.warnings, 'violation')}")

    def _samples(self, report: Report) -> None:
        of_rule: dict[str, list[Violation]] = {each.rule: [] for each in report.broken}
        for violation in report.violations:
            of_rule[violation.rule].append(violation)
        left_out = False
        for each in report.broken:
            left_out |= self._rule(report, each, of_rule[each.rule])
        self._page.line()
        if left_out:
            self._page.line(("--samples N shows N of each rule, --format concise all of them", "dim"))
        self._page.line(("more about a rule: ", "dim"), f"import-validator explain {report.broken[0].code}")

    def _rule(self, report: Report, about: RuleCount, sample: list[Violation]) -> bool:
        """What breaks one rule: each value once, the most frequent first; whether any of it is left out."""
        self._page.line()
        self._page.line((about.rule, "bold"))
        counts = {(each.index, to_json(each.value)): each for each in about.values}
        firsts = {at: counts.pop(key) for at, each in enumerate(sample) if (key := _key_of(each)) in counts}
        values = {to_json(each.value) for each in firsts.values()}
        others = [at for at, each in enumerate(sample) if at not in firsts and to_json(each.value) not in values]
        shown = [*sorted(firsts, key=lambda at: -firsts[at].count), *others][: self._most]
        more = about.count - sum(firsts[at].count if at in firsts else 1 for at in shown)
        if self.samples is not None:  # the same value again, up to as many as the user wants
            shown += [at for at in range(len(sample)) if at not in firsts and at not in others]
        for at in shown[: self._most]:
            self._violation(report.source, sample[at], firsts.get(at))
        if more > 0:
            self._page.line((f"  … and {more:,} more", "dim"))
        return more > 0

    def _violation(self, source: str, violation: Violation, count: ValueCount | None) -> None:
        self._page.line(f"  {place_of(source, violation)}: {violation.message}")
        details = [violation.cell] if violation.cell is not None else self._details(violation)
        if violation.value is not None:
            details.append(f"value {to_json(violation.value)}{_times(count)}")
        if violation.status is not None:
            details.append(f"status {violation.status}")
        if details:
            self._page.line((f"    {', '.join(details)}", "dim"))
        self._page.line((f"    {violation.hint}", "dim"))

    @staticmethod
    def _details(violation: Violation) -> list[str]:
        """Where a violation is, in a file that is no table, more exactly than by its line."""
        details = []
        if violation.index is not None:
            details.append(f"record {violation.index}")
        if violation.offset is not None:
            details.append(f"byte {violation.offset}")
        if violation.path:
            details.append(f"at {violation.path}")
        return details


def _key_of(violation: Violation) -> tuple[int | None, str]:
    return violation.index, to_json(violation.value)


def place_of(source: str, violation: Violation) -> str:
    """Where a violation is, as editors and terminals take it: `file:line:column`, as far as these are known."""
    places = [source, *(str(each) for each in (violation.line, violation.column) if each is not None)]
    return ":".join(places)


def _times(count: ValueCount | None) -> str:
    """How often a value breaks a rule, where that is more than once."""
    if count is None or (count.count == 1 and count.exact):
        return ""
    return f" ({'' if count.exact else 'at least '}{counted(count.count, 'time')})"
