"""After a comma a value is wanted, however far away the bracket is that closes the array without one."""

from __future__ import annotations

import pytest

from import_validator.readers import JsonArrayReader
from import_validator.readers.base import CHUNK_SIZE
from tests.strategies import in_pieces


@pytest.mark.unwatched(but_one_in=8)
@pytest.mark.parametrize("piece", [997, 1 << 16, 1 << 20])
@pytest.mark.parametrize("space", [0, 1, CHUNK_SIZE - 20, CHUNK_SIZE, CHUNK_SIZE + 1, 3 * CHUNK_SIZE])
@pytest.mark.parametrize("values", [1, 2, 20_000])
@pytest.mark.parametrize("last", [b"{}", b'"\\ud800"'], ids=["read at once", "read one by one"])
def test_a_comma_before_the_closing_bracket_is_a_mistake(last: bytes, values: int, space: int, piece: int) -> None:
    data = b"[" + b'{"a":{"b":1}},' * (values - 1) + last + b"," + b" " * space + b"]"
    reader = JsonArrayReader()
    batches = [batch for each in in_pieces(data, piece) for batch in reader.feed(each)]
    batches += reader.close()
    found = [(problem.code, problem.message) for batch in batches for problem in batch.problems if problem.at is None]
    assert found == [("parse", "malformed JSON: expecting value")]
    assert sum(len(batch.values) for batch in batches) == values
