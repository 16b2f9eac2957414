"""Patterns with possessive quantifiers over more than one character, which some Pythons match wrongly."""

from __future__ import annotations

import re
from typing import Any

import regex

_RE_IS_RIGHT = re.match(r"(?:a|\[a*+\])*+", "a[a").end() == 1  # type: ignore[union-attr]  # it may match nothing
"""Before 3.11.5, Python does not go back where a possessive group gave up (CPython issue 106052)."""


def compile_possessive(pattern: Any, flags: int = 0) -> Any:
    """The pattern compiled by `re`, or by `regex`, which is slower, where this Python's `re` would match it wrongly.

    Arguments:
        pattern: text or bytes that mean the same to both.
        flags: those of `re`, of which DOTALL and ASCII are known here.
    """
    if _RE_IS_RIGHT:
        return re.compile(pattern, flags)
    translated = {re.DOTALL: regex.DOTALL, re.ASCII: regex.ASCII}
    return regex.compile(pattern, sum(int(to) for of, to in translated.items() if flags & of))
