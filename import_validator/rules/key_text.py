"""How a value stands in a key: as text, in which numbers are told from what merely looks like one."""

from __future__ import annotations

from typing import Any

from ..facts.rows import Key
from ..model.violation import to_json


def key_text(value: Any) -> str | None:
    """A value as a part of a key: text as it is; numbers, true and false as JSON behind a NUL; None for all else."""
    if isinstance(value, str):
        return value
    return f"\0{to_json(value)}" if isinstance(value, int | float) else None


def key_texts_of(listed: Any) -> list[str] | None:
    """The items of a list as parts of keys; None for what is no list, or holds what can be no part of a key."""
    texts = [key_text(each) for each in listed] if isinstance(listed, list) else [None]
    return None if None in texts else texts  # type: ignore[return-value]  # of texts alone


def split_key(value: Any, separator: str, parts: int) -> Key | None:
    """A value as a key.

    Arguments:
        separator: what stands between the parts of a key that is one string; empty where the value is the key.
        parts: how many parts the key has.

    Returns:
        None for what has another number of parts, and for what is no part of a key.
    """
    if not separator:
        return key_text(value)
    named = value.split(separator) if isinstance(value, str) else []
    return None if len(named) != parts else named[0] if parts == 1 else tuple(named)
