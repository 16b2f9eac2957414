"""Shapes of chat files that other programs write: fields that come and go, escapes, attachments that nest."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.chat import chat
from import_validator.ruleset.compiler import compile_plan
from import_validator.ruleset.rule_set import RuleSet
from import_validator.testing.generator import LargeFile

Change = Callable[[dict[str, Any], random.Random], None]

_CUSTOM = {"team": "red", "score": 12.5, "tags": ["a", "b"], "nested": {"seen": True, "by": None}}
_PIECES = (
    'he said "no"',
    "a\nb",
    "C:\\temp\\x",
    "tab\there",
    "na\u00efve caf\u00e9",
    "\u4f60\u597d",
    "\U0001f642",
    "plain words",
)


def varied(size: int) -> Iterator[str]:
    """Records of `chat` whose fields stand in any order, with optional fields and custom data that come and go."""
    return _changed(size, _vary)


def escaped(size: int) -> Iterator[str]:
    """Records of `chat` whose texts are full of escapes and of characters beyond ASCII, half of them as escapes."""
    return _changed(size, _escape, raw=0.5)


def nested(size: int) -> Iterator[str]:
    """Records of `chat` in which each message has attachments with data that nests six deep."""
    return _changed(size, _nest)


def generated(path: Path, size: int) -> None:
    """Write the file that `import-validator generate stream-chat` writes."""
    with path.open("wb") as file:
        file.writelines(LargeFile(compile_plan(RuleSet.load("stream-chat")), size, 7))


def _changed(size: int, change: Change, raw: float = 0.0) -> Iterator[str]:
    rng = random.Random(11)
    for text in chat(size):
        record = json.loads(text)
        change(record, rng)
        yield json.dumps(record, separators=(",", ":"), ensure_ascii=rng.random() >= raw)


def _vary(record: dict[str, Any], rng: random.Random) -> None:
    item = record["item"]
    if rng.random() < 0.5:
        item[f"custom_{rng.randrange(20)}"] = _CUSTOM
    if rng.random() < 0.3:
        item["color"] = rng.choice(["red", "green", None])
    if record["type"] == "message":
        for name, value in (("show_in_channel", True), ("html", "<p>x</p>"), ("mentioned_users_ids", [item["user"]])):
            if rng.random() < 0.4:
                item[name] = value
    names = list(item)
    rng.shuffle(names)
    record["item"] = {name: item[name] for name in names}


def _escape(record: dict[str, Any], rng: random.Random) -> None:
    if record["type"] == "message":
        record["item"]["text"] = " ".join(rng.choices(_PIECES, k=12))


def _nest(record: dict[str, Any], rng: random.Random) -> None:
    if record["type"] == "message":
        inner: dict[str, Any] = {"value": rng.getrandbits(16)}
        for depth in range(5):
            inner = {"depth": depth, "inner": inner, "list": [depth, str(depth)]}
        attachment = {"type": "image", "image_url": "https://example.com/1.png", "data": inner}
        record["item"]["attachments"] = [attachment] * rng.randrange(1, 4)
