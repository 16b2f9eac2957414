"""Import files to test with: records that are mostly right and sometimes wrong, and ways to lay a file out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

IDS = st.sampled_from(["a", "b", "c", "ann", "a b", "é" * 128, "", "x" * 300])
TEAMS = st.lists(st.sampled_from(["t1", "t2", ""]), max_size=2)
TIMES = st.sampled_from(
    [
        "2022-01-01T01:01:01Z",
        "2024-02-29T00:00:00+02:00",
        "2023-02-29T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "soon",
        None,
        7,
    ]
)
CUSTOM = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def record(record_type: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A record of `stream-chat`, with any of the fields and something custom."""
    items = st.fixed_dictionaries({}, optional={**fields, "custom": CUSTOM, "pk": st.just(1)})
    return items.map(lambda item: {"type": record_type, "item": item})


RECORDS = st.one_of(
    record(
        "user", id=IDS, role=st.sampled_from(["user", "king", None]), teams=TEAMS, user_mutes=st.lists(IDS, max_size=2)
    ),
    record("user", id=IDS, created_at=TIMES, channel_mutes=st.lists(st.sampled_from(["messaging:a", "a", "a:b:c"]))),
    record(
        "channel", id=IDS, type=st.sampled_from(["messaging", "odd"]), created_by=IDS, team=st.sampled_from(["t1", ""])
    ),
    record("channel", type=st.just("messaging"), created_by=IDS, member_ids=st.lists(IDS, max_size=3)),
    record("member", channel_type=st.just("messaging"), channel_id=IDS, user_id=IDS),
    record("member", channel_type=st.just("messaging"), channel_member_ids=st.lists(IDS, max_size=3), user_id=IDS),
    record(
        "message", id=IDS, channel_type=st.just("messaging"), channel_id=IDS, user=IDS, parent_id=IDS, pinned_at=TIMES
    ),
    record(
        "message", id=IDS, type=st.sampled_from(["deleted", "odd", 3]), deleted_at=TIMES, attachments=st.just([{}, 3])
    ),
    record("reaction", message_id=IDS, type=st.sampled_from(["like", "li ke"]), user_id=IDS, created_at=TIMES),
    record("device", id=IDS, user_id=IDS, created_at=TIMES, push_provider_type=st.sampled_from(["apn", "pigeon"])),
    st.sampled_from([{"type": "bogus", "item": {}}, {"type": "user"}, {"type": "user", "item": []}, 7, None, "x", {}]),
)
FILES = st.lists(RECORDS, max_size=12)


def compact(records: list[Any]) -> bytes:
    """A JSON array without any white space."""
    return json.dumps(records, ensure_ascii=False, separators=(",", ":")).encode()


def odd(records: list[Any]) -> bytes:
    """A JSON array with white space wherever the grammar allows it, escapes, and a byte order mark."""
    inner = " \r\n,\t ".join(json.dumps(each, indent="\t", separators=(" , ", " : ")) for each in records)
    return b"\xef\xbb\xbf \n[\n" + inner.encode() + b"\n\t]\r\n "


LAYOUTS: dict[str, Callable[[list[Any]], bytes]] = {
    "compact": compact,
    "indented": lambda records: json.dumps(records, indent=4).encode(),
    "odd": odd,
    "gzipped": lambda records: gzip.compress(compact(records)),
}


def in_pieces(data: bytes, size: int) -> Iterator[bytes]:
    """The data in pieces of a size."""
    for start in range(0, len(data), size):
        yield data[start : start + size]
