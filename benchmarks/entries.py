"""Writes a table of a given size, as CSV: entries with an email address, a number, a date, a link to another, notes."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

from benchmarks.chat import MOST_TEXTS, WORDS

RULES = Path(__file__).with_name("entries.toml")
FIELDS = {
    "entry": "string",
    "name": "string",
    "email": "string",
    "status": "string",
    "amount": "integer",
    "joined": "date",
    "parent": "string",
    "notes": "string",
}
"""The columns, in order, with their types; `entries.toml` says the same and more, as a rule set."""

STATUSES = ("new", "active", "closed")

MORE = 40
"""So many columns more has a wide table."""


def write(path: Path, size: int, *, quoted: bool = False, wide: bool = False) -> None:
    """Write as many rows as fit a size, in bytes; the same bytes for the same arguments.

    Arguments:
        quoted: whether notes stand in quotes, with line breaks and quotes in them.
        wide: whether there are 40 columns more, each second one of numbers; `wide_rules` says so as a rule set.
    """
    rng = random.Random(7)
    notes = [" ".join(rng.choices(WORDS, k=rng.randrange(2, 30))) for _ in range(MOST_TEXTS)]
    if quoted:
        notes = ['"' + each.replace(" ", "\n", 2).replace(" ", ' ""', 1).replace(" ", '"" ', 1) + '"' for each in notes]
    more = "".join(f",word{number},{number}" for number in range(MORE // 2)) if wide else ""
    with path.open("w", encoding="utf-8", newline="") as file:
        header = [*(name.capitalize() for name in FIELDS), *(f"More {number}" for number in range(MORE if wide else 0))]
        written = file.write(",".join(header) + "\n")
        for number in itertools.count():
            joined = f"20{number % 25:02}-{number % 12 + 1:02}-{number % 28 + 1:02}"
            parent = f"e{int(number * rng.random())}" if number % 3 else ""
            row = (
                f'e{number},"Name, {rng.getrandbits(24):06x}",person{number}@example.com,{STATUSES[number % 3]},'
                f"{rng.getrandbits(20)},{joined},{parent},{rng.choice(notes)}{more}\n"
            )
            written += len(row.encode())
            if written > size:
                return
            file.write(row)


def wide_rules() -> str:
    """The rule set of a wide table, in TOML."""
    types = ("string", "integer")
    more = [f'[columns.more_{at}]\nheader = "More {at}"\ntype = "{types[at % 2]}"\n' for at in range(MORE)]
    return "\n".join([RULES.read_text("utf-8"), *more])
