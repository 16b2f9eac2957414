"""Reads TOML in bounded time and memory, whatever it says."""

from __future__ import annotations

import math
import re
import tomllib
from pathlib import Path
from typing import Any

from ..errors import RuleSetError
from ..possessive import compile_possessive
from ..units import counted

MOST_CHARACTERS = 1 << 20
"""Longer text is refused; the longest rule set that comes with this package has about 20,000 characters."""

MOST_PARTS = 16
"""Keys have no more parts: `tomllib` takes time and memory by the square of their number."""

DEEPEST = 64
"""Lists and tables nest no deeper: `tomllib` and what comes after it call themselves for each level."""

# Possessive, and with an end that may be missing, so that no text is scanned twice: it may be anything yet.
STRINGS = (
    r'"""(?:\\.|[^\\"]|"(?!""))*+"{0,5}',
    r"'''(?:[^']|'(?!''))*+'{0,5}",
    r'"(?:\\.|[^"\\\n])*+"?',
    r"'[^'\n]*+'?",
)
"""Patterns of TOML's strings, to be matched with `re.DOTALL`."""

COMMENT = r"#[^\n]*+"

_BRACKETS = compile_possessive("|".join((*STRINGS, COMMENT, r"[\[{]", r"[\]}]")), re.DOTALL)
_PART = rf"(?:[\w-]++|{STRINGS[2]}|{STRINGS[3]})"
_KEYS = compile_possessive(
    "|".join((*STRINGS[:2], COMMENT, rf"(?P<key>{_PART}(?:[ \t]*+\.[ \t]*+{_PART})*+)")), re.DOTALL
)
_LONG_INTEGER = "an integer is too large: integers have at most 64 bits"
_TOO_DEEP = "lists and tables nested too deep to be read"


def text_of(path: Path) -> str:
    """The text of a file of TOML, with line feeds between lines and no byte order mark.

    Hardly more of it is read than `read_toml` takes.

    Raises:
        OSError: where it cannot be read.
        UnicodeDecodeError: where it is no UTF-8.
    """
    with path.open("rb") as file:
        content = file.read(4 * MOST_CHARACTERS + 4)  # a character has at most four bytes
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        if len(content) > 4 * MOST_CHARACTERS:  # it is too long, and may have been cut within a character
            return content.decode("utf-8", "replace")
        raise


def read_toml(text: str) -> dict[str, Any]:
    """The document that TOML text describes.

    Raises:
        RuleSetError: where it is no TOML, is longer than `MOST_CHARACTERS`, or nests deeper than `DEEPEST`.
    """
    if len(text) > MOST_CHARACTERS:
        found = f"{counted(len(text), 'character')}; at most {MOST_CHARACTERS:,} are read"
        raise RuleSetError(f"too long for a file of rules or parameters: {found}")
    _refuse_long_keys(text)
    _refuse_deep_nesting(text)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleSetError(f"not TOML: {error}") from error
    except RecursionError as error:  # the caller's own stack counts, too
        raise RuleSetError(_TOO_DEEP) from error
    except ValueError as error:  # Python refuses to convert so many digits
        raise RuleSetError(_LONG_INTEGER) from error
    return document


def wrong_value(value: Any) -> str:
    """Why a value cannot stand in a rule set, though TOML has it; empty where it can.

    Integers have at most 64 bits in TOML, and records of import files are JSON: they hold no dates.
    """
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        return _LONG_INTEGER
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} is no number that an import file can have"
    if not isinstance(value, str | int | float | None) and hasattr(value, "isoformat"):
        return f'a date or time is written as text here: "{value.isoformat()}"'
    return ""


def _refuse_long_keys(text: str) -> None:
    if not any(line.count(".") >= MOST_PARTS for line in text.split("\n")):
        return
    for match in _KEYS.finditer(text):
        key = match["key"] or ""
        if key.count(".") >= MOST_PARTS and len(compile_possessive(_PART, re.DOTALL).findall(key)) > MOST_PARTS:
            line = text.count("\n", 0, match.start()) + 1
            raise RuleSetError(f"line {line}: a key has more than {MOST_PARTS} parts")


def _refuse_deep_nesting(text: str) -> None:
    depth = 0
    for match in _BRACKETS.finditer(text):
        if match.group() in "[{":
            depth += 1
            if depth > DEEPEST:
                raise RuleSetError(_TOO_DEEP)
        elif match.group() in "]}":
            depth -= 1
