"""Which rule set a file is meant for, told from its beginning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ..errors import RecognitionError
from ..readers import READERS, JsonLinesReader, kind_of, looks_like_workbook
from .rule_set import RecordType, RuleSet

HEAD_SIZE = 64 * 1024
"""How many bytes of a file are looked at first."""

LARGEST_HEAD = 16 * 1024 * 1024
"""Of a file that fits several rule sets, no more than so many bytes are looked at: its first records may be of a type
that all of them know."""


class SeveralFitError(RecognitionError):
    """Several rule sets fit what was looked at of the file equally well: more of it may tell them apart."""


def recognise(head: bytes, among: Sequence[RuleSet] | None = None) -> tuple[RuleSet, str]:
    """The one rule set that fits the beginning of a file best, and why it was taken.

    Arguments:
        head: the first bytes of the file; it may end anywhere. All of it is looked at up to `HEAD_SIZE` bytes; of a
            larger one, as many bytes at its beginning, and of JSON Lines as many at its end.
        among: the candidates; all shipped rule sets where None.

    Raises:
        RecognitionError: where none fits; its message lists the candidates.
        SeveralFitError: where several fit equally well; its message names them.
    """
    candidates = RuleSet.shipped() if among is None else among
    fits = [(_fit(head, each), each) for each in candidates]
    fits.sort(key=lambda pair: pair[0][0], reverse=True)
    (best, why), rule_set = fits[0]
    names = ", ".join(each.name for each in candidates)
    if best == NOT_AT_ALL:
        kind = kind_of(head)
        looks = f"the file looks like {kind}, which" if kind else "the file"
        advice = "; for a table, write a rule set first: import-validator draft FILE" if _may_be_table(head) else ""
        raise RecognitionError(f"{looks} fits none of the rule sets ({names}); name one with --rules{advice}")
    rivals = [each.name for (score, _), each in fits if score == best]
    if len(rivals) > 1:
        raise SeveralFitError(f"the file fits {' as well as '.join(rivals)}; name one with --rules")
    return rule_set, why


def _may_be_table(head: bytes) -> bool:
    """Whether a file may be a table: a workbook, or lines of which the first has delimiters and no brackets."""
    line = head.replace(b"\0", b"").splitlines()[:1]
    return looks_like_workbook(head) or any(
        re.search(b"[,;\t]", each) and not re.search(rb"[][{}]", each) for each in line
    )


class Fit(NamedTuple):
    """How well a rule set fits. What stands first counts for more than all that follows it.

    Attributes:
        layout: whether the file has the format's layout.
        envelopes: whether any value looks like a record.
        types: of how many records the type is known.
        fields: how many of their fields are declared, less those that are not.
    """

    layout: bool = False
    envelopes: bool = False
    types: int = 0
    fields: int = 0


NOT_AT_ALL = Fit()


def _fit(head: bytes, rule_set: RuleSet) -> tuple[Fit, str]:
    """How well a rule set fits, and what speaks for it."""
    reader = READERS[rule_set.reader]
    values = reader.first_values(head[:HEAD_SIZE])
    if values is None:
        return NOT_AT_ALL, ""
    if issubclass(reader, JsonLinesReader) and len(head) > HEAD_SIZE:
        _, _, lines = head[max(HEAD_SIZE, len(head) - HEAD_SIZE) :].partition(b"\n")
        values = values + (reader.first_values(lines) or [])
    layout = f"the file looks like {reader.look(head[:HEAD_SIZE])}"
    envelopes = [value for value in values if _fits(value, rule_set)]
    if not envelopes:
        return Fit(layout=True), layout
    keys = f"records look like {rule_set.envelope.pattern}"
    types = {**rule_set.records, **{alias: each for each in rule_set.records.values() for alias in each.also}}
    known = [(str(named), value) for value in envelopes if (named := rule_set.envelope.type_of(value)) in types]
    if not known:
        return Fit(layout=True, envelopes=True), f"{layout} and its {keys}"
    fields = sum(_known_fields(value, rule_set, types[named]) for named, value in known)
    return Fit(True, True, len(known), fields), f"{layout}, its {keys}, and {known[0][0]} is one of its types"


def _known_fields(value: Any, rule_set: RuleSet, record_type: RecordType) -> int:
    """How many fields of the records in a value are declared, less those that are not."""
    records = [rule_set.envelope.open([value], place).fields for place in rule_set.envelope.places([value])]
    names = [name for fields in records if isinstance(fields, dict) for name in fields]
    return sum(1 if name in record_type.fields else -1 for name in names)


def _fits(value: Any, rule_set: RuleSet) -> bool:
    """Whether a value looks like a record of the rule set; one without an envelope, by the fields that it has."""
    if not rule_set.envelope.record:
        return rule_set.envelope.fits(value)
    fields = rule_set.records[rule_set.envelope.record].fields
    return isinstance(value, dict) and 2 * len(value.keys() & fields.keys()) > len(fields)
