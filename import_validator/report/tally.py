"""Counts violations while they are found, and keeps a sample of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..model.violation import Severity, Violation
from .report import RuleCount
from .values import Counted, Frequent, ValueCount

Kept: TypeAlias = list[tuple[int, Violation]]
"""Violations that were kept, each with its number among all that were."""


@dataclass(slots=True)
class _OfRule:
    """What is known of one rule's violations: those kept first for each value, and the first of the others."""

    code: str
    severity: Severity
    count: int = 0
    values: Frequent[Any] = field(default_factory=Frequent)
    different: Kept = field(default_factory=list)
    others: Kept = field(default_factory=list)


class Tally:
    """Counts violations by rule and value, and keeps a sample: different values, as far as there are any.

    Arguments:
        samples: how many violations of each rule are kept.
        order: the place of each rule in the rule set, by name.
    """

    def __init__(self, samples: int, order: Mapping[str, int]) -> None:
        self.samples = samples
        self._order = order
        self._rules: dict[str, _OfRule] = {}
        self._kept = 0

    def count(
        self,
        rule: str,
        code: str,
        severity: Severity,
        keys: Sequence[Hashable] = (None,),
        first: Callable[[int], Any] = lambda _: None,
    ) -> dict[int, Kept]:
        """Count violations of a rule, in file order.

        Arguments:
            keys: for each of them, what is the same for those with the same value; None for one without a value.
            first: what is to be remembered of a violation, by its number among these, if it is the first with its key.

        Returns:
            Which of them are to be put into words for the sample, by number, with what `keep` then puts them into.
        """
        about = self._rules.setdefault(rule, _OfRule(code, severity))
        about.count += len(keys)
        valued = [at for at, key in enumerate(keys) if key is not None]
        new = about.values.add([keys[at] for at in valued], lambda number: first(valued[number]))
        different = [valued[number] for number in new[: self.samples - len(about.different)]]
        wanted = dict.fromkeys(different, about.different)
        room = self.samples - len(about.others)
        for at in range(len(keys)) if room > 0 else ():
            if at not in wanted:
                wanted[at] = about.others
                room -= 1
                if not room:
                    break
        return wanted

    def keep(self, violation: Violation, kept: Kept) -> None:
        """Keep a violation for the report."""
        self._kept += 1
        kept.append((self._kept, violation))

    def frequent(self) -> Iterator[tuple[str, list[Counted[Any]]]]:
        """Of each rule the values that break it more than once, as many as there are samples."""
        for name, about in self._rules.items():
            yield name, about.values.top(self.samples)

    def values_of(self, rule: str) -> Mapping[Hashable, Counted[Any]]:
        """The values of a rule that are remembered, by their keys; none of a rule that was not broken."""
        return self._rules[rule].values.counted if rule in self._rules else {}

    def broken(self, values: Mapping[str, Sequence[ValueCount]]) -> tuple[RuleCount, ...]:
        """How often each rule was broken, in the rule set's order, and by which values."""
        names = sorted(self._rules, key=lambda name: (self._order.get(name, 0), name))
        return tuple(
            RuleCount(name, about.code, about.severity, about.count, tuple(values.get(name, ())))
            for name, about in ((name, self._rules[name]) for name in names)
        )

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What was kept, in file order; for each record in the rule set's order, and then by the rules' names."""
        kept: Kept = []
        for about in self._rules.values():
            kept += [*about.different, *about.others][: self.samples]
        return tuple(violation for _, violation in sorted(kept, key=lambda each: self._place(*each)))

    def _place(self, number: int, violation: Violation) -> tuple[int, int, str, int]:
        index = violation.index
        if index is None:  # what stands before all records, and what concerns the file as a whole
            index = 1 << 63 if violation.line is None else -1
        return index, self._order.get(violation.rule, 0), violation.rule, number
