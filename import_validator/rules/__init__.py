"""One small class a kind of rule: what it means, how it is worded, and its documentation."""

from .agreement import ListedIn, SharesValue
from .base import Fields, Finding, KeyRule, ReadingRule, RecordRule, Related, Rule, Scope
from .cells import DamagedId, FormulaText, LostZeros
from .choices import Enum, KnownGroup
from .comparisons import ComposedOf, Differ, Disjoint, NoRepeats
from .conditions import Conflicts, OnlyWhere, Requires
from .keys import Complete, Unique
from .named import NamedKeyLength, NamedKeys
from .order import TypeOrder
from .parts import Each
from .presence import AtLeastOneOf, Closed, CustomSize, ExactlyOneOf, Required, Reserved
from .reading import READING_RULES
from .references import RefersTo, RefersToRoot
from .sequence import Consistent, Increasing
from .structure import SameFields, SameType
from .table_reading import TABLE_RULES
from .text import MaxLength, MaxLengthBy, Pattern
from .type_rules import CellType, Date, Timestamp, Type
from .values import ArrayPoints, Count, Range

_RULES: tuple[type[Rule], ...] = (
    Required, ExactlyOneOf, AtLeastOneOf, Reserved, Closed, Requires, OnlyWhere, Conflicts, CustomSize,
    MaxLength, MaxLengthBy, Pattern, Enum, KnownGroup, Each,
    Range, Count, NoRepeats, Disjoint, Differ, ComposedOf, NamedKeys, NamedKeyLength, ArrayPoints,
    DamagedId, FormulaText, LostZeros,
    Unique, RefersTo, RefersToRoot, SharesValue, ListedIn, Complete,
    TypeOrder, Increasing, Consistent, SameFields, SameType,
)  # fmt: skip

KINDS: dict[str, type[Rule]] = {kind.kind: kind for kind in _RULES}
"""The kinds of rule that a rule set can use, by the name that it uses for them."""

_READING: tuple[type[Rule], ...] = (Type, Timestamp, CellType, Date, *READING_RULES, *TABLE_RULES)

EXPLAINED: dict[str, type[Rule]] = KINDS | {kind.kind: kind for kind in _READING}
"""Every kind that a violation can carry as its code."""

__all__ = [
    "EXPLAINED",
    "KINDS",
    "Fields",
    "Finding",
    "KeyRule",
    "ReadingRule",
    "RecordRule",
    "Related",
    "Rule",
    "Scope",
]
