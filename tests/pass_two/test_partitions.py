"""Pass two works on a part at a time: facts by their key's digest, and what is broken by its record."""

from __future__ import annotations

import numpy as np

from import_validator.facts.rows import FACT
from import_validator.facts.streams import FactStream, Verdict
from import_validator.pass_two.resolver import Resolver, by_digest
from import_validator.rules.key_columns import read_nothing


def test_each_level_goes_by_the_next_bits_of_the_digest() -> None:
    rows = np.zeros(2, dtype=FACT)
    rows["hi"] = [0o001_002_003_004 << 28, 0o777_776_775_774 << 28]
    assert [by_digest(rows, level).tolist() for level in range(4)] == [
        [0o001, 0o777],
        [0o002, 0o776],
        [0o003, 0o775],
        [0o004, 0o774],
    ]


def test_without_memory_what_is_broken_comes_in_parts_of_neighbouring_records() -> None:
    rows = np.zeros(1000, dtype=FACT)
    rows["index"] = np.arange(1000)
    broken = FactStream(
        "all", "user", "", read_nothing, judge=lambda rows, tables: Verdict(np.ones(len(rows), dtype=np.bool_))
    )
    resolver = Resolver([broken], memory=1)
    resolver.add(rows, 1)
    found = [each["index"].tolist() for each in resolver.resolve(1000, ())]
    assert found == [[at, at + 1] for at in range(0, 1000, 2)]
