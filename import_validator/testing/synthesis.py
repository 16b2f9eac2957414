"""Files in the making: valid ones, and ones that one rule is broken in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from ..errors import ImportValidatorError
from ..facts.rows import Key
from ..rules import Finding, KeyRule, Rule, Scope
from ..rules.breaking import Breakage, Chooser, Draft
from ..rules.choices import Enum
from ..ruleset.plan import Plan
from .bench import RecordBench, SynthesisError
from .draft import DraftFile, Entry, Line
from .style import Style

_DEEPEST = 25
_MOST_WAYS = 12
_PARTS_OF_NAMES = ("food", "my-food", "a.b", "été")
_WORDS: dict[str, Any] = {"message": "", "hint": "", "code": "", "stage": None, "severity": "error", "status": None}
"""What two rules may differ in that mean the same."""


class Broken(NamedTuple):
    """What was broken in a file in the making.

    Attributes:
        entry: the record; for a rule about what several are wrapped in, one of them.
        path: where within its fields.
        rule: the name of the rule.
        of_line: whether it is what the records are wrapped in.
    """

    entry: Entry
    path: tuple[str | int, ...]
    rule: str
    of_line: bool = False


class Workshop:
    """Makes the records of one file, each valid beside those before it.

    Arguments:
        plan: what they are held to.
        choose: where choices come from.
        context: keys that references may lead to, besides those of the file.
        style: how keys are named and what texts say.
    """

    def __init__(
        self,
        plan: Plan,
        choose: Chooser,
        context: Mapping[str, Iterable[Key]] | None = None,
        style: Style | None = None,
    ) -> None:
        self.plan = plan
        self.choose = choose
        self.draft = DraftFile(plan, context)
        self.widened: dict[str, list[str]] = {}
        self._style = style or Style()
        self._depth = 0
        self._rules = {name: (*each.record_rules, *self._key_rules(name)) for name, each in plan.records.items()}

    def _key_rules(self, record_type: str) -> list[KeyRule]:
        return [rule for rule in self.plan.rules if isinstance(rule, KeyRule) and rule.scope.record_type == record_type]

    # Records

    def bench(self, record_type: str, **options: Any) -> RecordBench:
        """The bench for a record of a type; the options are those of `RecordBench`."""
        record = self.plan.records[record_type]
        scope = record.scope
        if record.wrap and not self.plan.null_is_absent:
            options["having"] = (*options.get("having", ()), record.wrap)
        if record.named:
            parts = {field: self.choose.pick(_PARTS_OF_NAMES) for field in record.named.values()}
            options["given"] = {**parts, **(options.get("given") or {})}
        if self._style.is_keyed:
            options["having"] = (*options.get("having", ()), *self.plan.rule_set.records[record_type].key)
        return RecordBench(self, scope, record.shape, self._rules[record_type], **options)

    def add(self, record_type: str, given: Mapping[str, Any] | None = None, **options: Any) -> Draft:
        """Put a new record into the file, and what has to be there with it; its fields.

        Arguments:
            given: fields that it has to have as they are; None for those that it must not have.
            options: those of `RecordBench`.

        Raises:
            SynthesisError: where no such record can be made.
        """
        if record_type not in self.types:
            raise SynthesisError(f"no {record_type} can be made: they live in the target system")
        if self._depth > _DEEPEST:
            raise SynthesisError(f"no {record_type} can be made: what it refers to never ends")
        self._depth += 1
        try:
            line = self.line_for(record_type)
            fields = self.bench(record_type, given={**self.inherited(line), **(given or {})}, **options).make()
            self.put(record_type, fields, line)
        finally:
            self._depth -= 1
        return fields

    def try_add(self, record_type: str, given: Mapping[str, Any] | None = None, **options: Any) -> bool:
        """The same, where that is possible; whether it is."""
        mark = self.draft.mark()
        try:
            self.add(record_type, given, **options)
        except ImportValidatorError:
            self.draft.back_to(mark)
            return False
        return True

    def put(self, record_type: str, fields: Draft, line: Line | None = None, **options: Any) -> Entry:
        """Put a record into the file as it is, and what has to be there with it.

        Arguments:
            options: those of `Entry`.
        """
        if line is None and self.plan.rule_set.envelope.entries:
            line = self._line_with(record_type, fields)
        entry = Entry(record_type, fields, line, **options)
        self.draft.put(entry)
        bench = self.bench(record_type)
        for rule in bench.rules:
            if isinstance(rule, KeyRule):
                rule.follow_up(fields, bench)
        return entry

    # What several records are wrapped in

    def line_for(self, record_type: str) -> Line | None:
        """The line that the next record of a type goes into, for formats that wrap several; None for others."""
        if not self.plan.rule_set.envelope.entries:
            return None
        lines = {id(each.line): each.line for each in self.draft.entries if each.record_type == record_type}
        open_lines = [line for line in lines.values() if line is not None and not line.is_whole]
        if open_lines and not self.choose.chance(4):
            return open_lines[-1]
        return Line(record_type, self._without_entries(self.line_bench(record_type).make()))

    def line_bench(self, record_type: str) -> RecordBench:
        """The bench for what records of a type are wrapped in together."""
        entries = self.plan.rule_set.envelope.entries
        line = self.plan.lines.get(record_type)
        if line is None:
            return RecordBench(self, Scope(subject="line"), self.plan.records[record_type].shape, (), minimal=True)
        scope = line.scope
        return RecordBench(self, scope, line.shape, line.record_rules, given={entries: [1]})

    def inherited(self, line: Line | None) -> dict[str, Any]:
        """The fields of a line that its records have too, with None for those that it lacks."""
        names = self.plan.rule_set.envelope.inherit if line is not None else ()
        return {f"line.{name}": line.fields.get(name) for name in names} if line is not None else {}

    def _line_with(self, record_type: str, fields: Draft) -> Line:
        """A line for a record that has a line's fields already."""
        for entry in self.draft.entries:
            line = entry.line
            if line is None or line.record_type != record_type or line.is_whole:
                continue
            if all(fields.get(name) == value for name, value in self.inherited(line).items()):
                return line
        names = self.plan.rule_set.envelope.inherit
        return Line(record_type, {name: fields[f"line.{name}"] for name in names if f"line.{name}" in fields})

    def _without_entries(self, fields: Draft) -> Draft:
        return {name: value for name, value in fields.items() if name != self.plan.rule_set.envelope.entries}

    # Breaking

    def break_one(self, rule: Rule, name: str) -> Broken:
        """Put a record into the file that breaks one rule, and what it takes for it to break no other.

        Arguments:
            name: the rule's name; for a rule about all fields of a type, one that says which field is meant.

        Raises:
            SynthesisError: where it cannot be broken without breaking another.
        """
        record_type = rule.scope.record_type
        if rule.scope.subject == "line":
            return self._break_line(rule, name)
        line = self.line_for(record_type)
        bench = self.bench(record_type, given=self.inherited(line))
        way = self._choose_way(bench, rule, name)
        options: dict[str, Any] = {"written": dict(way.written), "misplaced": way.misplaced, "instead": way.instead}
        if line is not None and any(name.startswith("line.") for name in way.holds):
            line = self._line_with(record_type, way.fields)
        entry = Entry(record_type, way.fields, line, **options)
        self.draft.put(entry)
        for other in bench.rules:
            if isinstance(other, KeyRule) and not self.comes_with(other, rule) and not way.instead:
                other.follow_up(way.fields, bench)
        return Broken(entry, way.path, rule.name_of(Finding(way.path)))

    def _break_line(self, rule: Rule, name: str) -> Broken:
        record_type, entries = rule.scope.record_type, self.plan.rule_set.envelope.entries
        way = self._choose_way(self.line_bench(record_type).let_go(), rule, name)
        line = Line(record_type, self._without_entries(way.fields), dict(way.written), is_whole=True)
        broken = rule.name_of(Finding(way.path))
        if way.instead:
            raise SynthesisError(f"{name}: a line is always an object")
        count = len(way.fields[entries]) if isinstance(way.fields.get(entries), list) else 0
        if not count:
            absent = [] if entries in way.fields else [entries]
            line.written = {**line.written, **({} if entries in line.written or absent else {entries: []})}
            entry = Entry(record_type, None, line)
            self.draft.put(entry)
            return Broken(entry, way.path, broken, of_line=True)
        fields = self.bench(record_type, minimal=True, given=self.inherited(line)).make()
        entry = Entry(record_type, fields, line)
        self.draft.put(entry)
        for number in range(1, count):
            self.draft.put(Entry(record_type, self.repeated(record_type, fields, number), line))
        return Broken(entry, way.path, broken, of_line=True)

    def repeated(self, record_type: str, fields: Draft, number: int) -> Draft:
        """A record like another one, with what tells the records of the type apart changed by a number."""
        copy = dict(fields)
        for rule in self._rules[record_type]:
            if isinstance(rule, KeyRule):
                rule.repeat(copy, number)
        return copy

    def _choose_way(self, bench: RecordBench, rule: Rule, name: str) -> Breakage:
        wanted = 0 if self._style.is_plain else self.choose.integer(0, _MOST_WAYS - 1)
        for _ in range(2):
            count = 0
            for way in bench.ways(rule, name):
                if count == wanted:
                    return way
                count += 1
            if not count:
                raise SynthesisError(f"{name} cannot be broken without breaking another rule")
            wanted %= count
        raise SynthesisError(f"{name}: it is broken in another number of ways each time")

    def means_the_same(self, rule: Rule, other: Rule | None) -> bool:
        """Whether one rule is broken wherever another one is: they differ in words, at most."""
        if other is None or type(rule) is not type(other):
            return False
        return rule is other or replace(rule, **_WORDS) == replace(other, **_WORDS)

    def comes_with(self, rule: Rule, other: Rule | None) -> bool:
        """Whether a rule is broken wherever another one is."""
        return self.means_the_same(rule, other) or (other is not None and other.comes_with(rule))

    @property
    def takes_custom(self) -> bool:
        """Whether records may have fields that the format does not name: those of tables have columns alone."""
        return self.plan.rule_set.reader != "table"

    def usual_types(self, asked_for: Collection[str] = ()) -> list[str]:
        """The types that files have unless more are asked for: all but those of which the rule set says nothing.

        The format's own importer may not know such a type yet.

        Raises:
            ImportValidatorError: where a type is asked for that records of the file cannot have.
        """
        for name in asked_for:
            if name not in self.types:
                there = ", ".join(self.types)
                raise ImportValidatorError(f"{self.plan.rule_set.name} has no records of type {name!r}; it has {there}")
        usual = [name for name in self.types if name in asked_for or self._says_something_of(name)]
        return usual or self.types

    def _says_something_of(self, record_type: str) -> bool:
        record = self.plan.rule_set.records[record_type]
        return bool(record.fields or record.rules or record.key)

    @property
    def types(self) -> list[str]:
        """The types that records of the file can have; the others stand for lists of keys in the target system."""
        record = self.plan.rule_set.envelope.record
        return [record] if record else list(self.plan.records)

    def parameter_of(self, rule: Rule) -> str:
        """The parameter that lists what a rule allows; empty where there is none."""
        record = self.plan.rule_set.records.get(rule.scope.record_type)
        for given in record.rules if record is not None else ():
            if isinstance(given, Mapping) and isinstance(rule, Enum) and given.get("rule") == Enum.kind:
                values = given.get("values")
                if given.get("field") == rule.field and isinstance(values, Mapping) and set(values) == {"param"}:
                    return str(values["param"])
        return ""

    def widen(self, parameter: str, value: str) -> None:
        """Take it that the target system was set up with one more value of what a parameter lists."""
        values = self.widened.setdefault(parameter, [])
        if value not in values:
            values.append(value)

    # Names and texts

    def names(self, record_type: str, field: str) -> Iterator[str]:
        """Ways to write another name that no record has yet, the simplest first."""
        yield from self._style.names(record_type, field, self.draft.number())

    @property
    def style(self) -> Style:
        """How keys are named and what values there are."""
        return self._style
