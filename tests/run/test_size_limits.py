"""A file one byte over a limit is told so in bytes, since rounded both would read alike."""

from __future__ import annotations

import pytest

from import_validator import validate
from import_validator.units import format_excess

FILE = b'{"type": "user", "data": {"id": "ann"}}\n'


@pytest.mark.parametrize(
    ("size", "most", "texts"),
    [
        ((300 << 20) + 1, 300 << 20, ("314,572,801 bytes", "314,572,800 bytes")),
        ((1 << 10) + 1, 1 << 10, ("1,025 bytes", "1,024 bytes")),
        (400 << 20, 300 << 20, ("400 MB", "300 MB")),
        (2, 1, ("2 bytes", "1 byte")),
    ],
)
def test_a_size_and_the_limit_that_it_exceeds_are_never_the_same_text(
    size: int, most: int, texts: tuple[str, str]
) -> None:
    assert format_excess(size, most) == texts


def test_a_file_one_byte_over_the_limit_is_reported_in_bytes() -> None:
    data = FILE + b" " * ((1 << 20) + 1 - len(FILE))
    report = validate(data, "stream-chat-jsonl", {"max_size": "1MB"})
    assert [each.message for each in report.violations] == [
        "validation error: the file has 1,048,577 bytes; at most 1,048,576 bytes are taken"
    ]
    assert validate(data[:-1], "stream-chat-jsonl", {"max_size": "1MB"}).violations == ()
