"""In a daemonic process, which may have no processes of its own, the work is done by that process."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

from import_validator import validate
from import_validator.forks import can_fork


def summary_of(path: Path) -> tuple[bool, str]:
    return can_fork(), validate(path, "stream-chat", jobs=2, memory="64KB").summary()


def test_several_jobs_may_be_asked_for_in_a_pool_s_worker(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    users = (b'{"type": "user", "item": {"id": "u%d", "name": "%s"}}' % (n, b"x" * 500) for n in range(18_000))
    path.write_bytes(b"[" + b",".join(users) + b"]")
    here = summary_of(path)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        there = pool.apply(summary_of, [path])
    assert (here, there) == ((True, here[1]), (False, here[1]))
    assert here[1].endswith("valid: 18,000 records of stream-chat")
