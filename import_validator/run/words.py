"""What was found, put into words, with its place in the file."""

from __future__ import annotations

from ..errors import NamedRule, RuleFailedError
from ..model.envelope import Path
from ..model.violation import Violation, pointer, presentable, shortened
from ..readers import Batch, Cells, Cursor, Rereader, Vouched
from ..rules import Fields, Finding, Rule
from ..ruleset.plan import Plan


def in_words(
    plan: Plan,
    rule: Rule,
    finding: Finding,
    fields: Fields,
    record_type: str | None,
    index: int | None,
    cursor: Cursor | None,
    prefix: Path,
    cells: Cells | None = None,
) -> Violation:
    """A violation in words.

    Arguments:
        fields: the fields of the part of the record that it was found in.
        prefix: what leads from the value in the file to the record.
        cells: what the cells of a table are called.
    """
    record = plan.records.get(record_type or "")
    message, hint = rule.worded(finding, fields)
    assert rule.stage is not None
    by_offset = cursor is not None and (cells is None or cells.by_offset)
    return Violation(
        code=rule.code,
        rule=rule.name_of(finding),
        severity=rule.severity,
        stage=rule.stage,
        message=message,
        hint=hint,
        record_type=record_type,
        index=index,
        offset=cursor.offset if cursor is not None and by_offset else None,
        line=None if cursor is None else cursor.line,
        column=None if cursor is None or rule.code != "parse" else cursor.column,
        path=presentable(pointer(_path_in_file(plan, prefix, finding.path, record.wrap if record else ""))),
        status=rule.status,
        value=shortened(finding.value) if finding.value is not None else None,
        cell=None if cells is None or cursor is None else cells.name(cursor.line, str((*finding.path, "")[0])),
    )


def rule_failed(rule: NamedRule, index: int, cursor: Cursor | None, error: BaseException) -> BaseException:
    """What to raise where a rule raised an exception; that itself where it is not the rule's fault.

    Arguments:
        index: the number of the record that it was asked about.
        cursor: where the record begins; None where nobody knows.
    """
    if isinstance(error, MemoryError):
        return error
    place = "" if cursor is None else f", line {cursor.line:,}, byte {cursor.offset:,}"
    return RuleFailedError.of(rule, f"at record {index:,}{place}", error)


class Places:
    """Where the values of a batch begin, found when first asked for; those that are not vouched for, where most are."""

    def __init__(self, batch: Batch, rereader: Rereader) -> None:
        self._batch = batch
        self._rereader = rereader
        self._places: list[tuple[int, int]] | None = None

    def of(self, at: int) -> Cursor:
        batch = self._batch
        if self._places is None:
            self._places = self._found()
        if at >= len(self._places):
            return batch.start
        offset, lines = self._places[at]
        return Cursor(batch.start.offset + offset, batch.start.line + lines)

    def _found(self) -> list[tuple[int, int]]:
        batch = self._batch
        if isinstance(batch.values, Vouched):
            return [(each.begin, each.lines) for each in batch.values.refused]
        return self._rereader.places_of(batch.data) if batch.raw else []


def _path_in_file(plan: Plan, prefix: Path, path: Path, wrap: str) -> Path:
    """The path of a value as the file has it, from the path that its rule knows."""
    envelope = plan.rule_set.envelope
    if path and envelope.inherit and path[0] in envelope.inherited:
        return (envelope.inherited[str(path[0])], *path[1:])
    return (*prefix, *(path[1:] if wrap and path[:1] == (wrap,) else path))
