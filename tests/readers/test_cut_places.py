"""Where arrays are cut, and records passed over, when what is fed ends at an awkward byte or is no JSON."""

from __future__ import annotations

import pytest

from import_validator.readers.json_array import JsonArrayReader
from import_validator.readers.json_seams import learn_seam

CHUNK = b"x" * 300_000
TOO_LONG = b'{"a":"' + CHUNK + b'\\"},{\\"' + b'"}'


def read(pieces: list[bytes]) -> list[object]:
    """The records and messages of an array in which records of more than 20,000 bytes are passed over."""
    reader = JsonArrayReader(max_record=20_000)
    batches = [batch for piece in pieces for batch in reader.feed(piece)]
    batches += reader.close()
    return [each for batch in batches for each in (*map(repr, batch.values), *[p.message for p in batch.problems])]


@pytest.mark.parametrize("mark", [b'\\"},{', b'\\""'])
def test_a_long_record_may_be_fed_up_to_a_backslash(mark: bytes) -> None:
    """The byte that a backslash takes with it may come with the next piece."""
    data = b"[" + TOO_LONG + b',{"b":1}]'
    place = data.index(mark) + 1
    assert read([data[:290_000], data[290_000:place], data[place:]]) == [
        "UNREADABLE",
        "record longer than 20,000 bytes: not read",
        "{'b': 1}",
    ]


def test_no_seam_is_learnt_where_no_comma_separates() -> None:
    """Two elements without a comma between them show no seam; a cut is looked for at a comma."""
    assert learn_seam(b'{"a":1}}{"b":1}}') == b""
