"""Message templates: text of a rule set with the record's own values put in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from .escaping import printable
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
        return [each.name for each in self._inserts]

    def fill(self, lookup: Lookup) -> str:
        """The text with each name replaced by what `lookup` gives for it."""
        pieces = [self._beginning]
        for name, quoted, listed, after in self._inserts:
            value = lookup(name)
            pieces.append(_list_text(value, quoted=True) if listed else _text(value, quoted=quoted))
            pieces.append(after)
        return "".join(pieces)

    @cached_property
    def _beginning(self) -> str:
        """What stands before the first placeholder, with the quote that the placeholder begins with."""
        first = _PLACEHOLDER.search(self.text)
        return self.text if first is None else self.text[: first.end("quote")]

    @cached_property
    def _inserts(self) -> list[_Insert]:
        matches = list(_PLACEHOLDER.finditer(self.text))
        ends = [*(each.end("quote") for each in matches[1:]), len(self.text)]
        return [
            _Insert(each["name"], bool(each["quote"]), bool(each["style"]), self.text[each.end() : end])
            for each, end in zip(matches, ends, strict=False)
        ]


class _Insert(NamedTuple):
    """A placeholder: whose value, how it is shown, and the text up to the next one."""

    name: str
    quoted: bool
    listed: bool
    after: str


def _text(value: Any, *, quoted: bool) -> str:
    if value is None:
        return ""
    if value.__class__ is str and len(value) <= LONGEST_INSERT and _is_plain(value, quoted=quoted):
        return str(value)
    if isinstance(value, Verbatim):
        return str(value)
    if isinstance(value, str):
        shown = presentable(value)
        if len(shown) > LONGEST_INSERT:
            shown = shown[:LONGEST_INSERT] + "…"
        escaped = json.dumps(shown, ensure_ascii=False)[1:-1] if quoted else shown
        return printable(escaped)
    if isinstance(value, list | tuple):
        return _list_text(value, quoted=False)
    return _json_text(value)


def _is_plain(text: str, *, quoted: bool) -> bool:
    """Whether a text is shown as it is: nothing in it is to be replaced, or escaped between quotes."""
    return text.isprintable() and not (quoted and ('"' in text or "\\" in text))


def _json_text(value: Any) -> str:
    return printable(to_json(value)[:LONGEST_INSERT])


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
