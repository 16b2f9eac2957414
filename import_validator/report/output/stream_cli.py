"""The output that the Stream Chat format's page documents for `stream-cli chat validate-import`, which is gone."""

from __future__ import annotations

import heapq
import itertools
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import ClassVar, NamedTuple

from ...model.escaping import printable
from ...model.violation import Stage, Violation
from ...ruleset.plan import Plan
from ...source.temporary import open_temporary
from ..report import Report
from .base import Output, write_json

MOST_ERRORS = 25
"""Where pass one finds more errors than this, there is no pass two."""

_HTML = str.maketrans({mark: f"\\u{ord(mark):04x}" for mark in "<>&"})


class StreamCliOutput(Output):
    """`Stats` and `Errors` as JSON: at most one error a record and pass, each with its record's byte offset.

    All of pass one comes first, in file order, then all of pass two, then the distinct channels that lack
    members. Only valid records count as existing. A record with a parse error is left out of both passes: of it, the
    parse error alone is printed. Errors lie on disk until they are printed, since the order of the page is not the
    order in which they are found.

    Prefixes, quotes, order and offsets are those that the format's page documents. The former program's bytes are not
    copied where they differ from the page.
    """

    name: ClassVar[str] = "stream-cli"
    streams: ClassVar[bool] = True
    cascade: ClassVar[bool] = True

    @contextmanager
    def file(self, name: str) -> Iterator[None]:
        with ExitStack() as stack:
            self._fields, self._keys, self._references, self._late, self._incomplete = (
                stack.enter_context(_Log(self.tmp)) for _ in range(5)
            )
            self._unread: int | None = None
            yield

    def violation(self, violation: Violation, plan: Plan) -> None:
        if violation.index is not None and violation.index == self._unread:
            return
        # Invariant: a record's parse errors come before all else that pass one finds in it; pass two, which follows
        # under `cascade`, finds nothing in such a record. So one number is enough to remember.
        self._unread = violation.index if violation.stage is Stage.PARSE else None
        found_late = violation.rule in {stream.rule.name for stream in plan.streams if stream.rule}
        if violation.code == "complete":
            log = self._incomplete
        elif violation.stage is Stage.REFERENCE:
            log = self._late if found_late else self._references
        else:
            log = self._keys if found_late else self._fields
        log.write(violation, plan.order.get(violation.rule, 0))

    def write_report(self, report: Report, plan: Plan) -> None:
        passed = {name: each.total for name, each in report.records.items()}
        with _Log(self.tmp) as printed:
            failed = 0
            for line in _first_of_each_record(self._fields, self._keys):
                failed += 1
                printed.copy(line)
                if line.record_type in passed:
                    passed[line.record_type] -= 1
            if failed <= MOST_ERRORS:
                for line in itertools.chain(_first_of_each_record(self._references, self._late), self._incomplete):
                    printed.copy(line)
            self._print(plan, passed, printed)

    def _print(self, plan: Plan, passed: dict[str, int], errors: Iterable[Line]) -> None:
        stats = {record.plural: passed.get(name, 0) for name, record in plan.records.items()}
        self.stream.write('{\n  "Stats": ')
        self.stream.write(json.dumps(dict(sorted(stats.items())), indent=2).replace("\n", "\n  "))
        self.stream.write(',\n  "Errors": ')
        before = "[\n    "
        for line in errors:
            write_json(self.stream, before + printable(json.dumps(line.text, ensure_ascii=False).translate(_HTML)))
            before = ",\n    "
        self.stream.write("null\n}\n" if before.startswith("[") else "\n  ]\n}\n")


class Line(NamedTuple):
    """One error: the record's number and type, the rule's place in the rule set, and what is printed."""

    record: int
    order: int
    record_type: str | None
    text: str


class _Log:
    """Errors in an unnamed temporary file, in the order in which they were found."""

    def __init__(self, folder: str | None) -> None:
        self._file = open_temporary(folder, buffering=-1)

    def __enter__(self) -> _Log:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def write(self, violation: Violation, order: int) -> None:
        place = "" if violation.offset is None else f" ({violation.offset})"
        index = 1 << 62 if violation.index is None else violation.index
        self.copy(Line(index, order, violation.record_type, violation.message + place))

    def copy(self, line: Line) -> None:
        self._file.write(json.dumps(line).encode() + b"\n")

    def __iter__(self) -> Iterator[Line]:
        self._file.seek(0)
        for text in self._file:
            yield Line(*json.loads(text))


def _first_of_each_record(early: Iterable[Line], late: Iterable[Line]) -> Iterator[Line]:
    """Of errors in file order, from both passes over the file, the first of each record by its rules' order."""
    for _, lines in itertools.groupby(heapq.merge(early, late, key=lambda line: line.record), lambda line: line.record):
        yield min(lines, key=lambda line: line.order)
