"""How keys are named, and what values there are, in files in the making."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from ..rules.breaking import Chooser
from ..rules.types import FieldType
from .chooser import NumberChooser
from .patterns import text_matching
from .values import TEXTS, value_of


class Style:
    """How keys are named and what values there are: here, the simplest and the oddest.

    Attributes:
        is_plain: whether records have none of what only tests want: custom data, values at limits.
        is_keyed: whether every record that can have a key has one.
    """

    is_plain: ClassVar[bool] = False
    is_keyed: ClassVar[bool] = False

    def names(self, record_type: str, field: str, number: int) -> Iterator[str]:
        """Ways to write the name with this number, the simplest first."""
        stem = "".join(each for each in record_type.lower() if each.isascii() and each.isalnum()) or "name"
        yield f"{stem}{number}"
        yield f"{stem}:{number}"
        yield f"{number:08x}-0000-4000-8000-{number:012x}"
        yield f"{stem}{number}@example.org"

    def text(self, record_type: str, field: str, choose: Chooser, *, minimal: bool) -> str:
        """Text for a field.

        Arguments:
            minimal: whether it is to be as simple as can be.
        """
        return TEXTS[0] if minimal else choose.pick(TEXTS)

    def numbered(self, pattern: str, number: int) -> str:
        """Text that a regular expression matches as a whole, another for each number."""
        return text_matching(pattern, NumberChooser(number))

    def value(self, declared: FieldType, choose: Chooser) -> Any:
        """A value of a type that is no text."""
        return value_of(declared, choose)
