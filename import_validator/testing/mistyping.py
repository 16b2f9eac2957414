"""Values that have a wrong type somewhere in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..readers import UNREADABLE
from ..rules.base import Path
from ..rules.dates import is_iso_time, is_timestamp
from ..rules.type_rules import DataKey
from ..rules.types import FieldType
from .values import WRONG_ISO_TIMES, WRONG_TIMES, wrong_values

if TYPE_CHECKING:
    from .bench import RecordBench


def mistyped(
    declared: FieldType, inner: RecordBench, *, times: bool, null_passes: bool
) -> Iterator[tuple[Any, Any, Path]]:
    """Values that have a wrong type somewhere in them, with how rules see them and what leads to the mistake."""
    is_time = declared.accepts in {is_timestamp, is_iso_time}
    if times and is_time:
        for text in WRONG_TIMES if declared.accepts is is_timestamp else WRONG_ISO_TIMES:
            yield UNREADABLE, text, ()
    elif not times:
        for wrong in wrong_values(declared, null_passes=null_passes):
            if not (is_time and isinstance(wrong, str)):
                yield UNREADABLE, wrong, ()
    if declared.item is not None:
        for clean, written, path in mistyped(declared.item, inner, times=times, null_passes=False):
            yield [clean], [written], (0, *path)
    elif declared.values is not None:
        for clean, written, path in mistyped(declared.values, inner, times=times, null_passes=False):
            yield {"x": clean}, {"x": written}, (DataKey("x"), *path)
    elif declared.shape is not None:
        part = inner.make()
        for name in declared.shape.fields:
            for clean, written, path in inner.mistyped(name, times=times):
                yield {**part, name: clean}, {**part, name: written}, (name, *path)
