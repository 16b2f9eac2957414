"""Values that have a wrong type somewhere in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..readers import UNREADABLE
from ..rules.base import Path
from ..rules.breaking import Bench
from ..rules.dates import is_timestamp
from ..rules.type_rules import DataKey, Timestamp, Type
from ..rules.types import FieldType
from .values import WRONG_CELLS, WRONG_ISO_TIMES, WRONG_TIMES, wrong_values


def mistyped(declared: FieldType, inner: Bench, kind: type, *, null_passes: bool) -> Iterator[tuple[Any, Any, Path]]:
    """Values that have a wrong type somewhere in them, with how rules see them and what leads to the mistake."""
    for wrong in _wrong(declared, kind, null_passes=null_passes):
        yield UNREADABLE, wrong, ()
    if declared.item is not None:
        for clean, written, path in mistyped(declared.item, inner, kind, null_passes=False):
            yield [clean], [written], (0, *path)
    elif declared.values is not None:
        for clean, written, path in mistyped(declared.values, inner, kind, null_passes=False):
            yield {"x": clean}, {"x": written}, (DataKey("x"), *path)
    elif declared.shape is not None:
        part = inner.make()
        for name in declared.shape.fields:
            for clean, written, path in inner.mistyped(name, kind):
                yield {**part, name: clean}, {**part, name: written}, (name, *path)


def _wrong(declared: FieldType, kind: type, *, null_passes: bool) -> Iterator[Any]:
    """Values that a kind of rule says are not of a type."""
    if declared.suggest is not None:
        texts = WRONG_CELLS[declared.wanted] if kind is declared.kind else ()
        yield from (text for text in texts if not declared.accepts(text))
    elif kind is Timestamp and declared.is_time:
        yield from WRONG_TIMES if declared.accepts is is_timestamp else WRONG_ISO_TIMES
    elif kind is Type:
        values = wrong_values(declared, null_passes=null_passes)
        yield from (value for value in values if not (declared.is_time and isinstance(value, str)))
