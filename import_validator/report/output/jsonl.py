"""Every violation as a line of JSON as it is found, and the summary as the last line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import orjson

from ...model.violation import Violation
from ...ruleset.plan import Plan
from ..report import Report
from .base import Output, write_json


class JsonLinesOutput(Output):
    """One violation a line; after those of each file a line with `summary`, the report without its sample."""

    name: ClassVar[str] = "jsonl"
    streams: ClassVar[bool] = True

    @contextmanager
    def file(self, name: str) -> Iterator[None]:
        self._source = {"source": name} if self.files > 1 else {}
        yield

    def violation(self, violation: Violation, plan: Plan) -> None:
        self._write(self._source | violation.as_dict())

    def write_report(self, report: Report, plan: Plan) -> None:
        summary = report.as_dict()
        del summary["violations"], summary["truncated"]
        self._write({"summary": summary})

    def _write(self, document: dict[str, Any]) -> None:
        write_json(self.stream, orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE).decode())
