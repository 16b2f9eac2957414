"""What a rule is: options from the rule set, a check or facts, and the words for what it finds."""

from __future__ import annotations

import dataclasses
import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, TypeVar

from ..errors import RuleSetError
from ..facts.streams import FactStream
from ..model.records import Fields as Fields  # noqa: PLC0414 - handed on to the kinds of rule
from ..model.violation import Severity, Stage
from ..model.wording import Template, Verbatim
from .breaking import Bench, Breakage, Damage, Draft, FileBench
from .derived import Derivation
from .fragments import Schema
from .kind import kind_of_rule
from .looking import Contradiction, Look
from .matching import Matcher

Path = tuple[str | int, ...]
E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


class Finding(NamedTuple):
    """What a rule found, before it is put into words.

    Attributes:
        path: names and indexes that lead to the value within the record's fields.
        value: the value.
        details: more names for the message; a function gives its value only where the finding is put into words.
        rule: the rule that was broken, where that is not the one that was asked.
        within: the part of the record that it was found in, where that is not the record itself.
    """

    path: Path
    value: Any = None
    details: Mapping[str, Any] = {}
    rule: Rule | None = None
    within: Fields | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rule knows of its record type and of the rule set. The rule set fills it in.

    Attributes:
        record_type: the record type's name.
        subject: what messages call the record: its type, or for a part of it the name of its shape.
        defaults: values that fields have where they are absent.
        derived: values computed from fields, by name.
        shapes: the rules of the parts that `each` looks into, by the shape's name.
        keys: the parts of the key of every record type.
        derived_of: the derived values of every record type.
        declared: the fields that the format names.
        inherited: the fields that the envelope adds.
        required: the fields that another rule requires.
        judges: for a rule about keys, the record type's rules that look at the value of one field, and at nothing else.
        cascade: whether only valid records define keys, and absent values are looked up as the empty string.
    """

    record_type: str = ""
    subject: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    derived: Mapping[str, Derivation] = field(default_factory=dict)
    shapes: Mapping[str, tuple[RecordRule, ...]] = field(default_factory=dict)
    keys: Mapping[str, list[str]] = field(default_factory=dict)
    derived_of: Mapping[str, Mapping[str, Derivation]] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()
    inherited: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    judges: tuple[RecordRule, ...] = ()
    cascade: bool = False


_HTTP_STATUSES = range(100, 600)


@kind_of_rule
class Rule(ABC):
    """One rule of a rule set. Its class is the kind of rule; its options are what the rule set sets.

    Every kind has these options:

    Attributes:
        message: the message, where the format's page fixes it; see `Template` for its placeholders. Or
            several, by the field that must be present for each, the last of them by `otherwise`.
        hint: what to do about it; the kind's own hint where empty.
        stage: `validation` or `reference`.
        severity: `error` or `warning`.
        code: another code than the kind's own, which `explain` then takes as well.
        status: the HTTP status that the target system would answer with, for a format that is sent as a request.
        scope: the record type that the rule stands in; filled in by the rule set.
    """

    kind: ClassVar[str]
    default_message: ClassVar[str] = "{subject} breaks a rule"
    default_hint: ClassVar[str] = ""
    default_stage: ClassVar[Stage] = Stage.VALIDATION

    message: str | Mapping[str, str] = ""
    hint: str = ""
    stage: Stage | None = None
    severity: Severity = Severity.ERROR
    code: str = ""
    status: int | None = None
    scope: Scope = Scope()

    _templates: Mapping[str, Template] = field(init=False, repr=False, compare=False)
    _hint: Template = field(init=False, repr=False, compare=False)
    _prefix: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "code", self.code or self.kind)
        object.__setattr__(self, "stage", _one_of(Stage, "stage", self.stage or self.default_stage))
        object.__setattr__(self, "severity", _one_of(Severity, "severity", self.severity))
        if self.status is not None and self.status not in _HTTP_STATUSES:
            raise RuleSetError(f"status of {self.code}: has to be an HTTP status, from 100 to 599, not {self.status}")
        message = self.message or self.default_message
        by_field = {"otherwise": message} if isinstance(message, str) else message
        if "otherwise" not in by_field:
            raise RuleSetError("message: several need one called otherwise, for records with none of the fields")
        object.__setattr__(self, "_templates", {name: Template(text) for name, text in by_field.items()})
        object.__setattr__(self, "_hint", Template(self.hint or self.default_hint))
        object.__setattr__(self, "_prefix", f"{self.stage} {self.severity}: ")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rule) or other.__class__ is not self.__class__:
            return NotImplemented
        compared = [each.name for each in dataclasses.fields(self) if each.compare]
        return all(getattr(self, name) == getattr(other, name) for name in compared)

    def __hash__(self) -> int:
        return hash((self.__class__, self.code, self.about, self.scope.record_type))

    def __repr__(self) -> str:
        shown = [f"{each.name}={getattr(self, each.name)!r}" for each in dataclasses.fields(self) if each.repr]
        return f"{self.__class__.__qualname__}({', '.join(shown)})"

    @property
    def about(self) -> str:
        """The field, or the other thing, that the rule is about; empty for the record as a whole."""
        return str(getattr(self, "field", "") or "")

    @cached_property
    def name(self) -> str:
        """The rule's name in its rule set, such as `user.id:required`."""
        if not self.scope.record_type:
            return self.code
        subject, record_type = self.scope.subject, self.scope.record_type
        where = subject if subject == record_type else f"{record_type}/{subject}"
        return f"{where}.{self.about}:{self.code}" if self.about else f"{where}:{self.code}"

    @property
    def note(self) -> str:
        """What the reader of a report has to know of the rule: that it was not asked, and why. Mostly nothing."""
        return ""

    @property
    def matcher(self) -> Matcher | None:
        """What the rule matches values against, whose time is limited. Most rules have none."""
        return None

    def name_of(self, finding: Finding) -> str:
        """The name of the rule that a finding counts for."""
        return self.name

    def worded(self, finding: Finding, fields: Fields) -> tuple[str, str]:
        """The message, with a prefix of its stage and severity, and the hint for what was found in a record.

        Arguments:
            fields: the record's fields, or those of the part of it that the rule looked at.
        """

        def lookup(name: str) -> Any:
            if name == "value":
                return finding.value
            if name in finding.details:
                detail = finding.details[name]
                return detail() if callable(detail) else detail
            if name in {"subject", "record_type"}:
                return getattr(self.scope, name)
            if "." in name and fields.get(name) is not None:
                return fields[name]
            head, _, tail = name.partition(".")
            derivation = self.scope.derived.get(head)
            if derivation is not None:
                return derivation.show(fields, tail)
            if fields.get(head) is not None:
                return fields[head]
            if head in self.scope.defaults:
                return self.scope.defaults[head]
            option = getattr(self, head, None)
            return Verbatim(option) if isinstance(option, str) else option

        template = next(each for name, each in self._templates.items() if name == "otherwise" or fields.get(name))
        return self._prefix + template.fill(lookup), self._hint.fill(lookup)

    def looks_at(self) -> Iterator[Look]:
        """The fields that it looks at, with the types that a field needs for it to find anything.

        They are compared with the declared types when a rule set is loaded. A kind that yields nothing is not checked.
        """
        yield from ()

    def contradictions(self) -> Iterator[Contradiction]:
        """Options with which it could find nothing, or would always find something."""
        yield from ()

    def mend(self, fields: Draft, bench: Bench) -> None:  # noqa: B027 (some kinds are never broken by chance)
        """Change a record in the making, for tests, so that it keeps to this rule; fields that are held stay."""

    def comes_with(self, rule: Rule) -> bool:
        """Whether another rule is broken wherever this one is, so that this one cannot be broken alone."""
        return False

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        """For tests: the ways to break a valid record by this rule and by no other; the simplest first.

        Raises:
            RuleSetError: for a kind of rule that does not say how.
        """
        raise RuleSetError(f"rules of the kind {self.kind} do not say how they are broken: they have no `breaks`")

    @classmethod
    def options(cls) -> list[str]:
        """The names of the options that a rule set can give this kind of rule."""
        return [option.name for option in dataclasses.fields(cls) if option.init and option.name != "scope"]

    @classmethod
    def documentation(cls) -> str:
        """The class's docstring: a summary line, then sections."""
        return inspect.getdoc(cls) or ""


def _one_of(kind: type[E], name: str, value: str) -> E:
    try:
        return kind(value)
    except ValueError as error:
        raise RuleSetError(f"{name} has to be one of {', '.join(kind)}, not {value!r}") from error


class RecordRule(Rule):
    """A rule about one record."""

    def schema(self) -> Schema | None:
        """The rule as JSON Schema for the record, for the fast lane and for other tools.

        In a record that the schema accepts, `check` must find nothing. A record that it refuses is checked again. None
        where JSON Schema cannot say it: `check` is then called for every record.
        """
        return None

    @abstractmethod
    def check(self, fields: Fields) -> Iterator[Finding]:
        """Everything in one record that breaks this rule."""

    def concerns(self, maybe: AbstractSet[str]) -> bool:
        """Whether it may find anything in records that have none but these fields."""
        return True

    judges_value: ClassVar[bool] = False
    """Whether it looks at what its one field holds, and at nothing else."""

    def examples(self, bench: Bench) -> Iterator[str]:
        """Texts, for tests, that this rule has nothing against where few are right."""
        yield from ()

    def edge(self, fields: Draft, bench: Bench) -> None:
        """Bring a record, for tests, to where it only just keeps to this rule."""


class KeyRule(Rule):
    """A rule about keys: it is decided when all facts about one key are together."""

    default_stage: ClassVar[Stage] = Stage.REFERENCE
    groups_items: ClassVar[bool] = False
    """Whether what is found for several items of one record makes one violation."""
    needs_whole_file: ClassVar[bool] = False
    """Whether it says nothing of a file that could not be read to its end, or in which a record could not be read."""
    relates: ClassVar[int] = 0
    """How many other records, at most two, the message needs."""
    by_value: ClassVar[bool] = False
    """Whether violations with the same key have the same value: it can then be said how often each value is found."""

    @abstractmethod
    def streams(self) -> list[FactStream]:
        """The facts that pass one writes down for this rule."""

    def follow_up(self, fields: Draft, bench: Bench) -> None:
        """Put into the file, for tests, what has to be there with a record that was just put into it."""

    def repeat(self, fields: Draft, number: int) -> None:
        """Change a copy of a valid record, for tests, by a number, so that it may stand beside the record."""

    @abstractmethod
    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        """What pass two found, from the record itself.

        Arguments:
            fields: the record's fields.
            items: the numbers of the items of a list in it that break the rule, in order.
            related: other records that the verdict rests on.
        """


class Related(NamedTuple):
    """Another record that is needed for the message of a key rule."""

    record_type: str
    fields: Fields


class ReadingRule(Rule):
    """A rule of the file format itself. Readers and the envelope apply it."""

    default_stage: ClassVar[Stage] = Stage.PARSE
    default_message: ClassVar[str] = "{problem}"
    can_be_off: ClassVar[bool] = False
    """Whether a file can be read without it."""

    def damages(self, file: FileBench) -> Iterator[Damage]:
        """The ways to break a valid file by this rule and by no other, for tests; none for rules about types."""
        yield from ()
