"""What makes a class a kind of rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def kind_of_rule(rule: type[T]) -> type[T]:
    """Make a class a kind of rule: a frozen dataclass of its options.

    How two are compared, and shown, is written out for none of them: that would take a tenth of each start.
    """
    return dataclass(frozen=True, kw_only=True, eq=False, repr=False)(rule)
