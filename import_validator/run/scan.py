"""Pass one over batches that follow each other: what is counted, what lies where, and what is put into words."""

from __future__ import annotations

from collections.abc import Hashable

from ..facts.spill import IndexLog
from ..model.violation import Severity, Violation, shortened
from ..pass_one.fact_writer import RuleFailure
from ..pass_one.opening import Found
from ..pass_one.pipeline import PassOne
from ..pass_two.lookback import Directory
from ..readers import Batch, Cells, Rereader
from ..report.bodies import Bodies
from ..report.tally import Kept, Tally
from ..ruleset.plan import Plan
from .values import ValueFound, value_key
from .words import Places, in_words, rule_failed

_MOST_FOUND = 4_096


class Scan:
    """Pass one over the batches of a file.

    Arguments:
        plan: what to check.
        pass_one: what checks.
        samples: how many violations of each rule are kept.
        broken: takes in the numbers of records with an error.
        directory: takes in where the batches lie.
        stream: whether every violation is put into words, not the sample alone.

    Attributes:
        records: how many records there were so far.
        tally: how often each rule was broken, and the sample.
        bodies: the request bodies, for a format that consists of them.
    """

    def __init__(
        self, plan: Plan, pass_one: PassOne, samples: int, broken: IndexLog, directory: Directory, *, stream: bool
    ) -> None:
        self.records = 0
        self.tally = Tally(samples, plan.order)
        self.bodies = Bodies()
        self._plan = plan
        self._pass_one = pass_one
        self._broken = broken
        self._directory = directory
        self._stream = stream

    def check(self, batch: Batch, rereader: Rereader, cells: Cells | None) -> list[Violation]:
        """Check the next batch.

        Arguments:
            rereader: what says where its records lie.
            cells: what the cells of a table are called.

        Returns:
            All that was found in it, in words; nothing where that was not asked for.
        """
        first = self.records
        for place in batch.begins:
            self.bodies.begin(first, place)
        places = Places(batch, rereader)
        for number, offset, length, line in batch.spans():
            self._directory.append((first + number, offset, length, line))
        try:
            found, records = self._pass_one.check(batch, first)
        except RuleFailure as failure:
            cursor = None if failure.value_at is None else places.of(failure.value_at)
            raise rule_failed(failure.rule, failure.index, cursor, failure.error) from failure.error
        self.records += records
        errors = {each.at for each in found if each.of_record and each.rule.severity is Severity.ERROR}
        self._broken.extend([first + at for at in sorted(errors)])
        for each in found:
            if each.rule.status is not None:
                self.bodies.note(None if each.at >= records else first + each.at, each.rule.status)
        given = []
        # A batch of the shortest records has very many: what is worked out of all would take as much room again.
        for begin in range(0, len(found), _MOST_FOUND):
            given += self._worded(found[begin : begin + _MOST_FOUND], first, places, cells)
        return given

    def _worded(self, found: list[Found], first: int, places: Places, cells: Cells | None) -> list[Violation]:
        """Count what was found, and put into words what is asked for."""
        wanted = self._counted(found, first, places)
        given = []
        for number in range(len(found)) if self._stream else sorted(wanted):
            each = found[number]
            value_at, prefix = each.place
            cursor = each.cursor or places.of(value_at)
            index = None if each.of_file else first + each.at
            try:
                violation = in_words(
                    self._plan, each.rule, each.finding, each.fields, each.record_type, index, cursor, prefix, cells
                )
            except Exception as error:
                raise rule_failed(each.rule, first + each.at, cursor, error) from error
            if number in wanted:
                self.tally.keep(violation, wanted[number])
            if self._stream:
                given.append(violation)
        return given

    def _counted(self, found: list[Found], first: int, places: Places) -> dict[int, Kept]:
        """Count what was found in a batch; which of it is to be put into words, and what that belongs to then."""
        by_rule: dict[str, list[int]] = {}
        for number, each in enumerate(found):
            by_rule.setdefault(each.rule.name_of(each.finding), []).append(number)
        wanted: dict[int, Kept] = {}
        for name, numbers in by_rule.items():
            rule = found[numbers[0]].rule

            def value(at: int, numbers: list[int] = numbers) -> ValueFound:
                each = found[numbers[at]]
                place = places.of(each.place[0])
                return ValueFound(first + each.at, place, shortened(each.finding.value), each.finding.path)

            keys = [_key_of(found[number]) for number in numbers]
            of_rule = self.tally.count(name, rule.code, rule.severity, keys, value)
            wanted.update({numbers[at]: kept for at, kept in of_rule.items()})
        return wanted


def _key_of(found: Found) -> Hashable:
    """What is the same for violations of a rule with the same value; None where there is no value, or no record."""
    finding = found.finding
    if finding.value is None or found.of_file or not found.of_record:
        return None
    return value_key(shortened(finding.value), finding.path)
