"""Message templates: text of a rule set with the record's own values put in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from .violation import presentable, to_json

LONGEST_INSERT = 300
"""A message shows at most so many characters of one value; every key that a format allows fits."""

_PLACEHOLDER = re.compile(r'(?P<quote>"?)\{(?P<name>[A-Za-z_][\w.]*)(?::(?P<style>quoted))?\}')

Lookup = Callable[[str], Any]


class Verbatim(str):
    """Text of the rule set itself, which is shown as it is written, between quotes too."""

    __slots__ = ()


class Template:
    """Text with placeholders.

    `{name}` stands for a value; `"{name}"` for a value between quotes, with quotes inside it escaped;
    `{name:quoted}` for a list with each of its items between quotes. Lists are shown as `[a b]`, lists
    in them as JSON. Any other brace stands for itself, so that patterns can be written in messages.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @property
    def names(self) -> list[str]:
        """The names that the template asks for."""
        return [match["name"] for match in _PLACEHOLDER.finditer(self.text)]

    def fill(self, lookup: Lookup) -> str:
        """The text with each name replaced by what `lookup` gives for it."""

        def insert(match: re.Match[str]) -> str:
            value = lookup(match["name"])
            if match["style"]:
                return match["quote"] + _list_text(value, quoted=True)
            return match["quote"] + _text(value, quoted=bool(match["quote"]))

        return _PLACEHOLDER.sub(insert, self.text)


def _text(value: Any, *, quoted: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, Verbatim):
        return str(value)
    if isinstance(value, str):
        shown = presentable(value)
        if len(shown) > LONGEST_INSERT:
            shown = shown[:LONGEST_INSERT] + "…"
        escaped = json.dumps(shown, ensure_ascii=False)[1:-1] if quoted or not shown.isprintable() else shown
        return _printable(escaped)
    if isinstance(value, list | tuple):
        return _list_text(value, quoted=False)
    return _json_text(value)


def _json_text(value: Any) -> str:
    return _printable(to_json(value)[:LONGEST_INSERT])


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def _list_text(values: Sequence[Any] | None, *, quoted: bool) -> str:
    inner = []
    length = 0
    for value in values or ():
        text = _json_text(value) if isinstance(value, list | tuple) else _text(value, quoted=quoted)
        inner.append(f'"{text}"' if quoted else text)
        length += len(text)
        if length > LONGEST_INSERT:
            inner.append("…")
            break
    return f"[{' '.join(inner)}]"
