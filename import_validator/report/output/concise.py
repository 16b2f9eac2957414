"""Every violation as one line of text, as it is found: made to be searched, and for editors to jump to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from ...model.escaping import printable
from ...model.violation import Violation
from ...ruleset.plan import Plan
from ..report import Report
from .base import Output
from .text import place_of


class ConciseOutput(Output):
    """`file:line: RULE: message`, a line each; after those of each file a line that sums it up."""

    name: ClassVar[str] = "concise"
    streams: ClassVar[bool] = True

    @contextmanager
    def file(self, name: str) -> Iterator[None]:
        self._source = name
        yield

    def violation(self, violation: Violation, plan: Plan) -> None:
        place = place_of(self._source, violation) + (f": {violation.cell}" if violation.cell else "")
        self._line(f"{place}: {violation.rule}: {violation.message}")

    def write_report(self, report: Report, plan: Plan) -> None:
        for unchecked in report.unchecked:
            self._line(f"{report.source}: not checked: {unchecked.rule}: {unchecked.reason}")
        for note in report.notes:
            self._line(f"{report.source}: note: {note}")
        self._line(report.summary())

    def _line(self, text: str) -> None:
        self.stream.write(f"{printable(text)}\n")
