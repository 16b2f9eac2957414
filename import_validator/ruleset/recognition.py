"""Which rule set a file is meant for, told from its beginning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..errors import RecognitionError
from ..readers import READERS, looks_like_workbook
from .rule_set import RuleSet

HEAD_SIZE = 64 * 1024
"""How many bytes of a file are looked at."""


def recognise(head: bytes, among: Sequence[RuleSet] | None = None) -> tuple[RuleSet, str]:
    """The one rule set that fits the beginning of a file best, and why it was taken.

    Arguments:
        head: the first bytes of the file; it may end anywhere, and no more than `HEAD_SIZE` of them are looked at.
        among: the candidates; all shipped rule sets where None.

    Raises:
        RecognitionError: where none fits, or several fit equally well; its message lists the candidates.
    """
    candidates = RuleSet.shipped() if among is None else among
    fits = sorted(((_fit(head[:HEAD_SIZE], each), each) for each in candidates), key=lambda pair: -pair[0][0])
    (best, why), rule_set = fits[0]
    names = ", ".join(each.name for each in candidates)
    if best == 0:
        advice = "; for a table, write a rule set first: import-validator draft FILE" if _is_like_a_table(head) else ""
        raise RecognitionError(f"the file fits none of the rule sets ({names}); name one with --rules{advice}")
    rivals = [each.name for (score, _), each in fits if score == best]
    if len(rivals) > 1:
        raise RecognitionError(f"the file fits {' as well as '.join(rivals)}; name one with --rules")
    return rule_set, why


def _is_like_a_table(head: bytes) -> bool:
    """Whether a file may be a table: a workbook, or lines of which the first has delimiters and no brackets."""
    line = head.replace(b"\0", b"").splitlines()[:1]
    return looks_like_workbook(head) or any(
        re.search(b"[,;\t]", each) and not re.search(rb"[][{}]", each) for each in line
    )


def _fit(head: bytes, rule_set: RuleSet) -> tuple[int, str]:
    """How well a rule set fits, from 0 for not at all, and what speaks for it."""
    reader = READERS[rule_set.reader]
    values = reader.first_values(head)
    if values is None:
        return 0, ""
    layout = f"the file looks like {reader.look(head)}"
    envelopes = [value for value in values if _fits(value, rule_set)]
    if not envelopes:
        return 1, layout
    keys = f"records look like {rule_set.envelope.pattern}"
    types = {**rule_set.records, **{alias: each for each in rule_set.records.values() for alias in each.also}}
    known = [str(named) for value in envelopes if (named := rule_set.envelope.type_of(value)) in types]
    if not known:
        return 2, f"{layout} and its {keys}"
    return 2 + len(known), f"{layout}, its {keys}, and {known[0]} is one of its types"


def _fits(value: Any, rule_set: RuleSet) -> bool:
    """Whether a value looks like a record of the rule set; one without an envelope, by the fields that it has."""
    if not rule_set.envelope.record:
        return rule_set.envelope.fits(value)
    fields = rule_set.records[rule_set.envelope.record].fields
    return isinstance(value, dict) and 2 * len(value.keys() & fields.keys()) > len(fields)
