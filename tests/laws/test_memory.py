"""What memory a run takes besides its budget, which does not grow with the file: the figures that the docs give."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.laws.test_laws import peak_memory

STARTED = 60 << 20
"""What a program that has started takes, with a small file."""

SHORTEST_RECORDS = 160 << 20
"""What it takes where every record is as short as it can be and is wrong, so that a chunk has very many of them."""

OF_ONE_RECORD = 25
"""So many times its own bytes a record takes that is longer than a chunk."""

pytestmark = [
    pytest.mark.unwatched,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to tell the peak of one program"),
]


def test_one_record_takes_a_fixed_number_of_times_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "import.json"
    fields = ",".join(f'"k{number:08}":{number % 10}' for number in range(200_000))
    path.write_text(f'[{{"type":"user","item":{{"id":"a",{fields}}}}}]')
    peak, _ = peak_memory(path, "1MB", 1)
    assert peak < STARTED + OF_ONE_RECORD * path.stat().st_size


def test_the_shortest_records_take_no_more_the_more_they_are(tmp_path: Path) -> None:
    peaks = []
    for count in (100_000, 200_000):
        path = tmp_path / "import.jsonl"
        path.write_bytes(b"{}\n" * count)
        peaks.append(peak_memory(path, "1MB", 1, "stream-chat-jsonl")[0])
    assert max(peaks) < SHORTEST_RECORDS
    assert peaks[1] - peaks[0] < 8 << 20
