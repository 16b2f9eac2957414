"""What was found, put into words, with its place in the file."""

from __future__ import annotations

from collections.abc import Callable

from .envelope import Path
from .plan import Plan
from .readers import Batch, Cursor
from .rules import Fields, Finding, Rule
from .violation import Violation, pointer, shortened


def in_words(
    plan: Plan,
    rule: Rule,
    finding: Finding,
    fields: Fields,
    record_type: str | None,
    index: int | None,
    cursor: Cursor | None,
    prefix: Path,
) -> Violation:
    """A violation in words.

    Arguments:
        fields: the fields of the part of the record that it was found in.
        prefix: what leads from the value in the file to the record.
    """
    record = plan.records.get(record_type or "")
    message, hint = rule.worded(finding, fields)
    assert rule.stage is not None
    return Violation(
        code=rule.code,
        rule=rule.name_of(finding),
        severity=rule.severity,
        stage=rule.stage,
        message=message,
        hint=hint,
        record_type=record_type,
        index=index,
        offset=None if cursor is None else cursor.offset,
        line=None if cursor is None else cursor.line,
        column=None if cursor is None or rule.code != "parse" else cursor.column,
        path=pointer(_path_in_file(plan, prefix, finding.path, record.wrap if record else "")),
        status=rule.status,
        value=shortened(finding.value) if finding.value is not None else None,
    )


class Places:
    """Where the records of a batch begin, found when first asked for. To be asked in file order."""

    def __init__(self, batch: Batch, offsets_of: Callable[[bytes], list[int]]) -> None:
        self._batch = batch
        self._offsets_of = offsets_of
        self._offsets: list[int] | None = None
        self._counted_to = 0
        self._newlines = 0

    def of(self, at: int) -> Cursor:
        batch = self._batch
        if self._offsets is None:
            self._offsets = self._offsets_of(batch.data) if batch.data else []
        if at >= len(self._offsets):
            return batch.start
        offset = self._offsets[at]
        self._newlines += batch.data.count(b"\n", self._counted_to, offset)
        self._counted_to = offset
        return Cursor(batch.start.offset + offset, batch.start.line + self._newlines)


def _path_in_file(plan: Plan, prefix: Path, path: Path, wrap: str) -> Path:
    """The path of a value as the file has it, from the path that its rule knows."""
    inherited = plan.rule_set.envelope.inherited
    if path and path[0] in inherited:
        return (inherited[str(path[0])], *path[1:])
    return (*prefix, *(path[1:] if wrap and path[:1] == (wrap,) else path))
