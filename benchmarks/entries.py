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


def write(path: Path, size: int) -> None:
    """Write as many rows as fit a size, in bytes; the same bytes for the same size."""
    rng = random.Random(7)
    notes = [" ".join(rng.choices(WORDS, k=rng.randrange(2, 30))) for _ in range(MOST_TEXTS)]
    with path.open("w", encoding="utf-8", newline="") as file:
        written = file.write(",".join(name.capitalize() for name in FIELDS) + "\n")
        for number in itertools.count():
            joined = f"20{number % 25:02}-{number % 12 + 1:02}-{number % 28 + 1:02}"
            parent = f"e{int(number * rng.random())}" if number % 3 else ""
            row = (
                f'e{number},"Name, {rng.getrandbits(24):06x}",person{number}@example.com,{STATUSES[number % 3]},'
                f"{rng.getrandbits(20)},{joined},{parent},{rng.choice(notes)}\n"
            )
            written += len(row.encode())
            if written > size:
                return
            file.write(row)
