"""The report as one JSON document."""

from __future__ import annotations

from typing import Any, ClassVar

import orjson

from ...ruleset.plan import Plan
from ..report import Report
from .base import Output, write_json


class JsonOutput(Output):
    """One document: the report of the file; for several files, `valid` and the reports as `files`."""

    name: ClassVar[str] = "json"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._reports: list[dict[str, Any]] = []

    def write_report(self, report: Report, plan: Plan) -> None:
        self._reports.append(report.as_dict())

    def failed(self, name: str, error: str) -> None:
        self.has_report = True
        self._reports.append({"valid": False, "source": name, "error": error})

    def finish(self) -> None:
        document = self._reports[0]
        if self.files > 1:
            document = {"valid": all(each["valid"] for each in self._reports), "files": self._reports}
        text = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        write_json(self.stream, text.decode())
