"""What the values of large files look like: keys like UUIDs, text of believable length, times of one year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod
from typing import Any, ClassVar

from ..rules.breaking import Chooser
from ..rules.cell_text import CELL_TEXTS
from ..rules.named import NamedKeys
from ..rules.sequence import Consistent
from ..rules.structure import SameFields, SameType
from ..rules.types import FieldType
from ..ruleset.plan import Plan
from .chooser import RandomChooser
from .patterns import alphabets_of
from .style import Style
from .values import CELLS, basic_name

TOKEN = re.compile(rb"7e57[0-9a-f]{4}(-?)0000(?:\1)4000(?:\1)8000(?:\1)[0-9a-f]{12}|TEXT[0-9]{4}x*")
"""What stands in a template where a key, or text, of the record's own will be."""

MOST_NAMES = 0xFFFF

_WORDS = """
the and to of a in that it is was for on with as at be this have from or had by not but what all were when we
there can an your which their said if do will each about how up out them then she many some so these would
other into has more her two like him see time could no make than first been its who now people my made over
did down only way find use may water long little very after words called just where most know get through back
much before go good new write our used me man too any day same right look think also around another came come
work three word must because does part even place well such here take why things help put years different away
again off went old number great tell men say small every found still between name should home big give air
line set own under read last never us left end along while might next sound below saw something thought both
few those always looked show large often together asked house world going want school important until form
food keep children feet land side without boy
""".split()  # noqa: SIM905 - a list of words reads better as text
_ENOUGH = 1 << 20
"""So many different keys a pattern has to allow, for each copy to have keys of its own."""

_LONG_FIELDS = frozenset({"text", "html", "message", "body", "description", "content", "object"})
_GREETINGS = ("", "", "", "", "", "", "ça va très bien 🙂 ", "你好 ", "schöne Grüße: ")


def prose(seed: int, size: int = 1 << 17) -> bytes:
    """ASCII text of so many bytes, in sentences."""
    choose = RandomChooser(seed)
    words: list[str] = []
    length = 0
    while length < size:
        count = choose.integer(4, 14)
        sentence = [choose.pick(_WORDS) for _ in range(count)]
        words.append(" ".join([sentence[0].capitalize(), *sentence[1:]]) + choose.pick("...?!"))
        length += len(words[-1]) + 1
    return " ".join(words).encode()[:size]


class Realistic(Style):
    """Values as a real export has them; keys and long texts are tokens, to be replaced in each copy.

    Arguments:
        plan: the rule set.
        apart: whether the records belong to no others of the file: what ties records together is a token, too.

    Attributes:
        numbers: the pattern and the number of each key that is made for a pattern; such a key is a token, too.
    """

    is_plain: ClassVar[bool] = True
    is_keyed: ClassVar[bool] = True

    def __init__(self, plan: Plan, *, apart: bool = False) -> None:
        rules = plan.rules
        self._columns = {(rule.scope.record_type, rule.names) for rule in rules if isinstance(rule, NamedKeys)}
        tied = [rule for rule in rules if isinstance(rule, Consistent | SameFields | SameType)] if apart else []
        self.numbers: dict[str, tuple[str, int]] = {}
        self._tied = {(rule.scope.record_type, name) for rule in tied for name in rule.within}

    def names(self, record_type: str, field: str, number: int) -> Iterator[str]:
        if (record_type, field) in self._columns:
            yield "id" if number % 2 else f"id{number % 7}"
            return
        token = f"7e57{number:04x}-0000-4000-8000-{number:012x}"
        yield token
        yield token.replace("-", "")
        yield f"user:{token.replace('-', '')}"
        yield f"{token}@example.org"

    def numbered(self, pattern: str, number: int) -> str:
        text = super().numbered(pattern, number)
        alphabets = alphabets_of(pattern) or ()
        if prod(map(len, alphabets)) >= _ENOUGH:
            self.numbers[text] = (pattern, number)
        return text

    def text(self, record_type: str, field: str, choose: Chooser, *, minimal: bool) -> str:
        if (record_type, field) in self._tied:
            return next(self.names(record_type, "", choose.integer(1, MOST_NAMES)))
        if field not in _LONG_FIELDS:
            return f"{choose.pick(_WORDS)} {choose.pick(_WORDS)}".capitalize()
        length = choose.pick((12, 20, 40, 60, 90, 130, 180, 240, 320, 420, 600, 900, 1400))
        return f"{choose.pick(_GREETINGS)}TEXT{choose.integer(0, 9999):04}".ljust(length, "x")

    def value(self, declared: FieldType, choose: Chooser) -> Any:
        if declared.wanted == CELL_TEXTS["email"].wanted:
            return list(self.names("", "", choose.integer(1, MOST_NAMES)))[-1]
        if declared.is_time or declared.wanted in {CELL_TEXTS[name].wanted for name in ("date", "timestamp")}:
            day, clock = choose.integer(0, 364), choose.integer(0, 86_399)
            month, day = day // 31 + 1, day % 28 + 1
            hour, minute, second = clock // 3600, clock // 60 % 60, clock % 60
            date = f"2024-{month:02}-{day:02}"
            time = f"{date}T{hour:02}:{minute:02}:{second:02}.{choose.integer(0, 999):03}Z"
            return time if declared.accepts(time) else date
        if declared.suggest is not None:
            return choose.pick(CELLS[declared.wanted])
        kind = basic_name(declared)
        if declared.values is not None or declared.shape is not None:
            return {}
        if kind == "boolean":
            return choose.chance(2)
        if kind in {"integer", "number"}:
            return choose.integer(1, 100_000)
        return [] if kind == "array" else {"plan": choose.pick(_WORDS), "visits": choose.integer(0, 500)}


class Skewed(RandomChooser):
    """Picks the first of many things more often than the last, as a few users write most messages."""

    def pick(self, items: Any) -> Any:
        if len(items) <= len(_GREETINGS) + 20:
            return super().pick(items)
        place = self.integer(0, 999_999) / 1_000_000
        return items[int(len(items) * place * place)] if not isinstance(items[0], str) else super().pick(items)
