r"""Which patterns mean the same to every engine, and how they are written for JSON Schema.

Engines differ in the corners: `\<` is a literal to one and the beginning of a word to another, `a++` is possessive or
a repeat of a repeat, `$` stands before a last newline or does not. So a pattern is *portable* only if it has nothing
but what is listed here, and the tests hold two engines against each other over such patterns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

MOST_ATOMS = 2_000
"""A pattern that spells out more characters and classes, with its repeats written out, is not portable: an engine that
builds automata could need more time and memory for it than it has."""

_SYNTAX = r"\^$.|?*+()[]{}"
_CLASSES = {"w": "0-9A-Za-z_", "d": "0-9", "s": r" \t\n\r\f\v"}
_ESCAPE = r"\\[\\^$.|?*+()\[\]{}/\-ntrfv]"
_MEMBER = rf"(?:[^\[\]\\^\-&~]|&(?!&)|~(?!~)|{_ESCAPE})"
_MEMBERS = rf"(?:{_MEMBER}-{_MEMBER}|{_MEMBER}|\\[wds])+"
_TOKEN = re.compile(
    rf"""(?P<class>\[\^?(?:-|-?{_MEMBERS}-?)\])
    |(?P<escape>{_ESCAPE})
    |(?P<kind>\\[wdsWDS])
    |(?P<any>\.)
    |(?P<open>\((?:\?:|\?P<[A-Za-z_][A-Za-z0-9_]*>|(?!\?)))
    |(?P<close>\))
    |(?P<or>\|)
    |(?P<repeat>(?:[*+?]|\{{[0-9]{{1,4}}(?:,[0-9]{{0,4}})?\}})\??)
    |(?P<begin>\^)
    |(?P<end>\$)
    |(?P<literal>[^\\^$.|?*+()\[\]{{}}])""",
    re.VERBOSE | re.DOTALL,
)
_BEFORE_BEGIN = {"", "or"}


@lru_cache(maxsize=1024)
def portable(pattern: str) -> str | None:
    r"""A pattern for whole values as JSON Schema has it; None where it has what engines may take in different ways.

    `\w`, `\d` and `\s` are spelt out as ASCII, and `.` as everything but a newline.
    """
    reading = _Reading()
    at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None or not reading.take(str(token.lastgroup), token.group()):
            return None
        at = token.end()
    return f"^(?:{''.join(reading.written)})$" if reading.is_whole() and _is_unicode(pattern) else None


def literal(text: str) -> str:
    """A pattern for just this text, which means the same everywhere."""
    return "".join(f"\\{each}" if each in _SYNTAX else each for each in text)


@dataclass(slots=True)
class _Group:
    """What is known of a group that is being read; sizes are numbers of characters and classes.

    Attributes:
        size: with repeats written out, of all alternatives.
        least: the fewest characters that the alternative that is being read matches.
        shortest: the same of the alternatives before it.
    """

    size: int = 1
    least: int = 0
    shortest: int | None = None

    @property
    def width(self) -> int:
        """The fewest characters that it matches."""
        return self.least if self.shortest is None else min(self.shortest, self.least)


@dataclass(slots=True)
class _Reading:
    """A pattern as far as it was read, and written again.

    Attributes:
        groups: those that are open, from the pattern itself on.
        atom: size and least width of what a repeat that follows would repeat; None where there is nothing to repeat.
        before: the kind of the token that was read last.
        written: what was read, in the words of JSON Schema.
    """

    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    atom: tuple[int, int] | None = None
    before: str = ""
    written: list[str] = field(default_factory=list)

    def take(self, kind: str, text: str) -> bool:
        """Read a token; whether the pattern is portable so far."""
        # What follows a `$` might be a newline, before which some engines let it match: it has to be the very end.
        fits = self.before != "end" or kind == "or"
        if kind == "open":
            self.groups.append(_Group())
            self.atom = None
        elif kind == "close":
            fits = fits and self._close()
        elif kind == "or":
            self._end_alternative()
        elif kind == "repeat":
            fits = fits and self._repeat(text)
        elif kind in {"begin", "end"}:
            fits = fits and len(self.groups) == 1 and (kind == "end" or self.before in _BEFORE_BEGIN)
            self.atom = None
        else:
            self._add(1, 1)
        self.before = kind
        self.written.append(_spelt_out(kind, text))
        return fits and self.groups[0].size <= MOST_ATOMS

    def is_whole(self) -> bool:
        """Whether no group is open."""
        return len(self.groups) == 1

    def _add(self, size: int, width: int) -> None:
        self.groups[-1].size += size
        self.groups[-1].least += width
        self.atom = size, width

    def _end_alternative(self) -> None:
        group = self.groups[-1]
        group.shortest, group.least = group.width, 0
        self.atom = None

    def _close(self) -> bool:
        if len(self.groups) == 1:
            return False
        group = self.groups.pop()
        self._add(group.size, group.width)
        return True

    def _repeat(self, text: str) -> bool:
        """Whether there is something to repeat, of which engines agree how often it can be.

        They do not for what can be empty: some end a loop after a round that took no character, others go on.
        """
        if self.atom is None or self.atom[1] == 0:
            return False
        (size, width), group = self.atom, self.groups[-1]
        least, most = _times(text)
        group.size += size * (max(least, most) - 1)
        group.least += width * (least - 1)
        self.atom = None
        return least <= most


def _times(repeat: str) -> tuple[int, int]:
    """How often at least, and how often at most, something is repeated; for no limit, how often it is written out."""
    plain = repeat.removesuffix("?") or "?"
    if plain in {"*", "+", "?"}:
        return int(plain == "+"), 1
    least, comma, most = plain[1:-1].partition(",")
    return int(least), int(most or int(least) + 1 if comma else least)


def _spelt_out(kind: str, text: str) -> str:
    if kind == "any":
        return r"[^\n]"
    if kind == "kind":
        return f"[{'^' if text[1].isupper() else ''}{_CLASSES[text[1].lower()]}]"
    if kind == "open":
        return text if text == "(" else "(?:"  # a name changes nothing where no reference to it is portable
    if kind == "class":
        return re.sub(r"\\(.)", lambda match: _CLASSES.get(match[1], match[0]), text, flags=re.DOTALL)
    return text


def _is_unicode(text: str) -> bool:
    """Whether there is no half of a surrogate pair in a text."""
    return text.isascii() or not re.search("[\ud800-\udfff]", text)
