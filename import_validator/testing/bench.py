"""One record in the making: values for its fields, and rounds of mending until it keeps to its rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import ImportValidatorError
from ..rules import Finding, KeyRule, ReadingRule, RecordRule, Rule, Scope
from ..rules.base import Path
from ..rules.breaking import Breakage, Chooser, Draft
from ..rules.choices import Enum
from ..rules.dates import is_timestamp
from ..rules.key_columns import fields_of
from ..rules.parts import Each
from ..rules.references import RefersTo
from ..rules.types import Shape
from .file_access import FileAccess
from .mistyping import mistyped
from .patterns import text_matching
from .surroundings import Surroundings
from .values import NAMES, basic_name, custom_value, value_of

_ROUNDS = 30
_ABSENT = object()
_ZERO_TIME = "0001-01-01T00:00:00Z"
_PLAIN = Shape({}, null_is_absent=False, zero_time_is_absent=False)


class SynthesisError(ImportValidatorError):
    """No record, or no broken one, can be made as a rule set wants it."""


class RecordBench(FileAccess):
    """A record of one type, or a part of one, in the making.

    Arguments:
        workshop: the file that it will stand in, and where choices come from.
        scope: what its rules are told of it.
        shape: the types of its fields.
        rules: what it is held to.
        minimal: whether it is to have no more than it has to.
        given: fields that are held, with None for those that are held absent.
        having: more fields that it has to have.
        breaking: the rule that it is to break.
    """

    def __init__(
        self,
        workshop: Surroundings,
        scope: Scope,
        shape: Shape,
        rules: Sequence[Rule],
        *,
        minimal: bool = False,
        given: Mapping[str, Any] | None = None,
        having: Sequence[str] = (),
        breaking: Rule | None = None,
    ) -> None:
        self.workshop = workshop
        self.choose: Chooser = workshop.choose
        self.scope = scope
        self.shape = shape
        self.rules = rules
        self.minimal = minimal
        self._having = having
        self.breaking = breaking
        self._held: dict[str, Any] = {name: _ABSENT if each is None else each for name, each in (given or {}).items()}
        key = [part for name in scope.keys.get(scope.record_type, []) for part in fields_of(scope, name)]
        self._key_fields = frozenset(key if scope.subject == scope.record_type else ())

    # What a record is made of

    def make(self) -> Draft:
        """Fields that keep to all rules."""
        fields: Draft = {}
        self._restore(fields)
        if not self.minimal:
            self._embellish(fields)
        fields.update({name: self.value(name) for name in self._having if self.has(name) and name not in fields})
        self.mend(fields)
        return fields

    def _embellish(self, fields: Draft) -> None:
        """Give the record some of what it may have."""
        optional = [name for name in self.shape.fields if name not in fields and not self.is_held(name)]
        for _ in range(self.choose.integer(0, min(3, len(optional)))):
            name = self.choose.pick(optional)
            absences = self.absences(name)
            if absences and not self.workshop.style.is_plain and self.choose.chance(6):
                fields[name] = self.choose.pick(absences)[0]
            else:
                fields[name] = self.value(name)
        if self.workshop.style.is_plain:
            return
        if self.workshop.takes_custom and self.choose.chance(3):
            self._add_custom(fields)
        edges = [rule for rule in self.rules if isinstance(rule, RecordRule) and not self._touches_held(rule)]
        if edges and self.choose.chance(2):
            rule = self.choose.pick(edges)
            if rule is not self.breaking:
                rule.edge(fields, self)
                self._restore(fields)

    def _add_custom(self, fields: Draft) -> None:
        reserved = [name for rule in self.rules if rule.kind == "reserved" for name in getattr(rule, "fields", [])]
        names = [*NAMES, *(f"{each}_" for each in reserved[:3]), *(each.upper() for each in reserved[:3])]
        name = self.choose.pick(names)
        if name not in self.shape.fields and name not in reserved and not name.startswith("line."):
            fields[name] = custom_value(self.choose)

    def _touches_held(self, rule: Rule) -> bool:
        return any(self.is_held(name) for name in [rule.about, *getattr(rule, "fields", []), getattr(rule, "by", "")])

    # Mending

    def mend(self, fields: Draft) -> None:
        """Change fields until they keep to all rules, but for those that are held.

        Raises:
            SynthesisError: where that cannot be done; it names the rules.
        """
        asked = [rule for rule in self.rules if not self.workshop.comes_with(rule, self.breaking)]
        for _ in range(_ROUNDS):
            changed = [rule.name for rule in asked if self._mend_one(rule, fields)]
            if not changed:
                return
        about = f" while {self.breaking.name} is broken" if self.breaking else ""
        raise SynthesisError(f"no {self.scope.subject} can be made{about} that keeps to {', '.join(changed)}")

    def _mend_one(self, rule: Rule, fields: Draft) -> bool:
        """Have one rule mend the fields; whether there was anything to mend."""
        if isinstance(rule, KeyRule):
            before = dict(fields), len(self.workshop.draft.entries)
            rule.mend(fields, self)
            self._restore(fields)
            # A record that was put into the file, for this one to refer to, may stand in the way of this one.
            return before != (fields, len(self.workshop.draft.entries))
        assert isinstance(rule, RecordRule)
        found = [each for each in rule.check(fields) if not self._is_meant(each)]
        if not found or self._is_widened(rule, fields):
            return False
        rule.mend(fields, self)
        self._restore(fields)
        return True

    def _is_meant(self, finding: Finding) -> bool:
        """Whether what was found is what is being broken."""
        return finding.rule is not None and self.workshop.means_the_same(finding.rule, self.breaking)

    def _is_widened(self, rule: Rule, fields: Draft) -> bool:
        """Whether the target system could be set up so that there is nothing wrong; it is then taken to be."""
        parameter = self.workshop.parameter_of(rule)
        value = fields.get(rule.about)
        if not parameter or not isinstance(value, str):
            return False
        if self.breaking is not None and self.is_held(rule.about):
            self.workshop.widen(parameter, value)
        return value in self.workshop.widened.get(parameter, ())

    def _restore(self, fields: Draft) -> None:
        for name, value in self._held.items():
            if value is _ABSENT:
                fields.pop(name, None)
            else:
                fields[name] = value

    # Breaking

    def broken(self, rule: Rule) -> Iterator[tuple[Draft, tuple[str | int, ...]]]:
        """Fields that break one rule and no other, with the place where it says so; the simplest first."""
        for way in self.ways(rule):
            yield {**way.fields, **way.written}, way.path

    def ways(self, rule: Rule, name: str = "") -> Iterator[Breakage]:
        """The ways to break one rule and no other, the simplest first. Those that cannot be gone are left out.

        What a way puts into the file is taken out again when the next one is asked for.

        Arguments:
            name: the rule's name, for a rule about all fields; then only what goes by that name is given.
        """
        breaking = self.like(breaking=rule)
        ways = breaking.own_ways(rule, self.make())
        while True:
            mark = self.workshop.draft.mark()
            way = next(ways, None)
            if way is None:
                return
            if not name or rule.name_of(Finding(way.path)) == name:
                fields = dict(way.fields)
                try:
                    breaking.like(held=[(each, fields.get(each, _ABSENT)) for each in way.holds]).mend(fields)
                    yield way._replace(fields=fields)
                except ImportValidatorError:
                    pass
            self.workshop.draft.back_to(mark)

    def own_ways(self, rule: Rule, base: Draft) -> Iterator[Breakage]:
        """The ways to break a rule of the record, or of a part of it, by what the rule itself says."""
        if isinstance(rule, ReadingRule):
            yield from rule.breaks(base, self)
        if any(each is rule for each in self.rules):
            yield from rule.breaks(base, self)
            return
        for each in self.rules:
            if isinstance(each, Each) and isinstance(rule, RecordRule) and each.looks_into(rule):
                yield from each.breaks_inside(rule, base, self)

    def like(self, *, breaking: Rule | None = None, held: Iterable[tuple[str, Any]] = ()) -> RecordBench:
        """A bench like this one, for another purpose: to break a rule, or with more fields that are held."""
        given = {name: None if value is _ABSENT else value for name, value in self._held.items()}
        options: dict[str, Any] = {"minimal": self.minimal, "breaking": breaking or self.breaking, "given": given}
        bench = RecordBench(self.workshop, self.scope, self.shape, self.rules, **options)
        bench._held.update(held)
        return bench

    def let_go(self) -> RecordBench:
        """A bench like this one, with no field held."""
        return RecordBench(self.workshop, self.scope, self.shape, self.rules, minimal=self.minimal)

    # What rules ask for

    def is_held(self, name: str) -> bool:
        """Whether a field has to stay as it is, present or absent."""
        return name in self._held

    def has(self, name: str) -> bool:
        """Whether the format declares a field of this name."""
        return name in self.shape.fields

    def value(self, name: str) -> Any:
        """A value of the field's type, neither null nor the empty string."""
        declared = self.shape.fields.get(name)
        if declared is None:
            return custom_value(self.choose) or "x"
        if declared.item is not None:
            return self.items(name, 1)
        if each := self._each(name):
            if each.by_name:
                return {self.fresh(): self.items(name, 1)}
            return self.part(name, self.scope.shapes[each.shape]).make()
        if basic_name(declared) == "string" and declared.accepts("x"):
            return self._text(name)
        if name in self._key_fields and self._is_integer(name):
            return self.workshop.draft.number()
        return self.workshop.style.value(declared, self.choose)

    def _text(self, name: str) -> str:
        if name in self._key_fields and (text := self.fresh(name)):
            return text
        text = self.workshop.style.text(self.scope.record_type, name, self.choose, minimal=self.minimal)
        if self.fitting(name, [text]):
            return text
        listed = self.fitting(name, self.listed(name))
        return str(self.choose.pick(listed)) if listed else self.fresh(name) or text

    def items(self, name: str, count: int) -> list[Any]:
        """So many different values that are right for the items of the list that the field holds."""
        declared = self.shape.fields.get(name)
        declared = declared.values if declared is not None and declared.values is not None else declared
        item = declared.item if declared is not None else None
        if item is None:
            return list(range(1, count + 1))
        if basic_name(item) == "string" and item.accepts("x"):
            return [self.fresh(name) or self.fresh() for _ in range(count)]
        if item.shape is None:
            return [value_of(item, self.choose) for _ in range(count)]
        return self._objects(name, count)

    def _objects(self, name: str, count: int) -> list[Any]:
        each = self._each(name)
        bench = self.part(name, self.scope.shapes[each.shape] if each else [])
        by = [getattr(rule, "by", "") for rule in self.rules if rule.kind == "no-repeats" and rule.about == name]
        made = [bench.make()] if count else []
        copies = [dict(made[0]) for _ in range(count - 1)]
        for copy in copies:
            copy.update({field: bench.fresh(field) for field in by if field})
        return made + copies

    def fresh(self, name: str = "") -> str:
        """Text that no record has yet; where a field is named, as the rules about the field want it."""
        for text in self.workshop.names(self.scope.record_type, name):
            if not name or self.fitting(name, [text if self._is_text(name) else [text]]):
                return text
        for rule in self.rules:
            if (
                isinstance(rule, RecordRule)
                and rule.about == name
                and not self.workshop.comes_with(rule, self.breaking)
            ):
                for text in rule.examples(self):
                    if self.fitting(name, [text if self._is_text(name) else [text]]):
                        return text
        return ""

    def _is_text(self, name: str) -> bool:
        declared = self.shape.fields.get(name)
        return declared is None or (declared.item is None and declared.values is None)

    def _is_integer(self, name: str) -> bool:
        declared = self.shape.fields.get(name)
        return declared is not None and basic_name(declared) == "integer"

    def fitting(self, name: str, candidates: Sequence[Any]) -> list[Any]:
        """Those of several values that no other rule about what the field may hold has anything against."""
        declared = self.shape.fields.get(name)
        right = [each for each in candidates if declared is None or declared.accepts(each)]
        if not self.workshop.takes_custom:
            right = [each for each in right if "\0" not in each]
        judges = [
            rule
            for rule in self.rules
            if isinstance(rule, RecordRule)
            and rule.judges_value
            and rule.about == name
            and not self.workshop.comes_with(rule, self.breaking)
        ]
        fitting = [each for each in right if self._passes(judges, name, each)]
        if fitting or self.breaking is None:
            return fitting
        closed = [rule for rule in judges if not (isinstance(rule, Enum) and self.workshop.parameter_of(rule))]
        return [each for each in right if self._passes(closed, name, each)]

    @staticmethod
    def _passes(rules: Sequence[RecordRule], name: str, value: Any) -> bool:
        return all(next(iter(rule.check({name: value})), None) is None for rule in rules)

    def with_room(self, fields: Draft, name: str) -> list[Any]:
        """The items of the list in a field, without the last where there may be no more."""
        items = list(fields.get(name) or [])
        return items[:-1] if items and not self.fitting(name, [[*items, items[0]]]) else items

    def listed(self, name: str) -> list[Any]:
        """The values that a rule about the field lists; none where no rule does."""
        return [value for rule in self.rules if isinstance(rule, Enum) and rule.field == name for value in rule.values]

    def declared(self) -> Sequence[str]:
        """The names of the fields that the format declares."""
        return list(self.shape.fields)

    def mistyped(self, name: str, kind: type) -> Iterator[tuple[Any, Any, Path]]:
        """Values of a field that have a wrong type somewhere in them; see `Bench`."""
        each = self._each(name)
        inner = self.part(name, self.scope.shapes[each.shape] if each else [])
        yield from mistyped(self.shape.fields[name], inner, kind, null_passes=self._null_passes)

    @property
    def _null_passes(self) -> bool:
        return "null" in self.workshop.plan.rule_set.absent

    def absences(self, name: str) -> list[tuple[Any, Any]]:
        """The values of a field that count as absent: what rules see, with what stands in the file."""
        declared = self.shape.fields.get(name)
        absent = self.workshop.plan.rule_set.absent
        found: list[tuple[Any, Any]] = [(None, None)] if "null" in absent else []
        if declared is not None and declared.accepts is is_timestamp and "zero-time" in absent:
            found.append((None, _ZERO_TIME))
        if declared is not None and basic_name(declared) == "string" and declared.accepts("") and self.breaking:
            found.append(("", ""))
        return found

    def renew(self, fields: Draft, name: str) -> bool:
        """Give a field, or a derived value, another value than any record has; whether that is possible."""
        for rule in self.rules:
            if isinstance(rule, RefersTo) and name in rule.parts and not rule.each:
                rule.point(fields, self.add(rule.to, having=rule.found_by), self)
                return True
        derivation = self.scope.derived.get(name)
        if derivation is None and name in self._key_fields and self._is_integer(name):
            fields[name] = self.value(name)
            return True
        changes = {name: self.fresh(name)} if derivation is None else derivation.renewed(fields, self)
        if not changes or "" in changes.values() or not self._is_text(name):
            return False
        fields.update({each: value for each, value in changes.items() if value is not None})
        for each in [each for each, value in changes.items() if value is None]:
            fields.pop(each, None)
        return True

    def matching(self, pattern: str) -> str:
        """Text that a regular expression matches as a whole."""
        return text_matching(pattern, self.choose)

    def numbered(self, pattern: str) -> str:
        """Text that a regular expression matches as a whole, another each time."""
        return self.workshop.style.numbered(pattern, self.workshop.draft.number())

    def part(self, name: str, rules: Sequence[Any]) -> RecordBench:
        """The same for the objects in a field, which are held to these rules."""
        declared = self.shape.fields.get(name)
        while declared is not None and (inner := declared.item or declared.values) is not None:
            declared = inner
        shape = declared.shape if declared is not None and declared.shape is not None else _PLAIN
        scope = rules[0].scope if rules else Scope(record_type=self.scope.record_type, subject=name)
        return RecordBench(self.workshop, scope, shape, rules, minimal=self.minimal)

    def _each(self, name: str) -> Each | None:
        return next((rule for rule in self.rules if isinstance(rule, Each) and rule.field == name), None)
