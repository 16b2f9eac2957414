"""Writes a valid import file of a given size: `python benchmarks/make_chat.py 300MB FILE [--broken 0.01]`.

The file is a `stream-chat` array; with `--lines` the same records, one a line, to be read with the same rules;
with `--feeds` a `stream-feeds` file with 10,000 entries a line.

Few users and channels, many messages and reactions, all referring to each other; the same bytes for the same
arguments. `--broken` makes that share of the messages break a rule each, half of them a key rule;
`--same-key` gives every message the same id.
"""

from __future__ import annotations

import argparse
import itertools
import random
from collections.abc import Iterator
from pathlib import Path

from import_validator.units import parse_size

WORDS = [
    "I",
    "love",
    "it",
    "when",
    "a",
    "plan",
    "comes",
    "together",
    "and",
    "nobody",
    "asks",
    "why",
    "we",
    "are",
    "late",
    "again",
    "for",
    "the",
    "train",
    "to",
    "the",
    "sea",
    "because",
    "there",
    "was",
    "so",
    "much",
    "to",
    "see",
    "on",
    "the",
    "way",
    "ça",
    "va",
    "très",
    "bien",
    "你好",
    "🙂",
    "thanks",
    "for",
    "the",
    "quick",
    "answer",
]
BYTES_PER_USER = 20_000


def records(size: int, broken: float, same_key: bool) -> Iterator[str]:
    """The records as JSON text, endlessly; the first ones depend on how many bytes there will be."""
    rng = random.Random(7)
    users = [f"user-{rng.getrandbits(48):012x}" for _ in range(max(size // BYTES_PER_USER, 20))]
    channels = [f"channel-{rng.getrandbits(32):08x}" for _ in range(max(len(users) // 10, 5))]
    time = "2024-03-05T06:07:08"
    for user in users:
        yield f'{{"type":"user","item":{{"id":"{user}","role":"user","name":"{user[5:11]}","created_at":"{time}Z"}}}}'
    for channel in channels:
        creator = rng.choice(users)
        yield (
            f'{{"type":"channel","item":{{"id":"{channel}","type":"messaging","created_by":"{creator}",'
            f'"created_at":"{time}Z","color":"blue"}}}}'
        )
    for channel in channels:
        for user in rng.sample(users, min(len(users), 10)):
            yield (
                f'{{"type":"member","item":{{"channel_id":"{channel}","channel_type":"messaging",'
                f'"user_id":"{user}","is_moderator":false,"created_at":"{time}Z"}}}}'
            )
    for user in users:
        yield (
            f'{{"type":"device","item":{{"id":"dev-{user}","user_id":"{user}","push_provider_type":"firebase",'
            f'"created_at":"{time}Z"}}}}'
        )
    number = 0
    while True:
        number += 1
        message = f"{rng.getrandbits(32):08x}-7e57-4000-8000-{number:012x}" if not same_key else "the-same"
        user, channel = users[int(len(users) * rng.random() ** 2)], channels[int(len(channels) * rng.random() ** 2)]
        text = " ".join(rng.choices(WORDS, k=rng.randrange(4, 40)))
        extra = ""
        if broken and rng.random() < broken:
            extra, user = ('"reply_count":3,', user) if number % 2 else ("", "nobody")
        if number % 20 == 0:
            extra += '"attachments":[{"type":"image","image_url":"https://example.com/1.png"},{"type":"file"}],'
        yield (
            f'{{"type":"message","item":{{"id":"{message}","channel_type":"messaging","channel_id":"{channel}",'
            f'"user":"{user}","text":"{text}",{extra}"created_at":"{time}.{number % 1000:03d}Z"}}}}'
        )
        if number % 5 == 0 and not same_key:
            yield (
                f'{{"type":"reaction","item":{{"message_id":"{message}","type":"like","user_id":"{user}",'
                f'"created_at":"{time}Z"}}}}'
            )


def feeds() -> Iterator[str]:
    """Instructions of 10,000 users each, and of as many reactions of them, endlessly."""
    rng = random.Random(7)
    for line in itertools.count():
        users = [f"user_{line}_{number}" for number in range(10_000)]
        entries = ",".join(f'{{"id":"{user}","data":{{"name":"{user[5:]}","about":"{WORDS[7]}"}}}}' for user in users)
        yield f'{{"instruction":"users","data":[{entries}]}}'
        for part in range(4):
            entries = ",".join(
                f'{{"id":"reaction-{line}-{part}-{number}","kind":"like","user_id":"{user}",'
                f'"activity_id":"{rng.getrandbits(64):016x}","time":"2024-03-05T06:07:08Z"}}'
                for number, user in enumerate(users)
            )
            yield f'{{"instruction":"reactions","data":[{entries}]}}'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size")
    parser.add_argument("path", type=Path)
    parser.add_argument("--broken", type=float, default=0.0)
    parser.add_argument("--same-key", action="store_true")
    parser.add_argument("--lines", action="store_true")
    parser.add_argument("--feeds", action="store_true")
    arguments = parser.parse_args()
    size = parse_size(arguments.size)
    opening, seam, closing = ("", "\n", "\n") if arguments.lines or arguments.feeds else ("[", ",\n", "]\n")
    texts = feeds() if arguments.feeds else records(size, arguments.broken, arguments.same_key)
    written = 1
    with arguments.path.open("w", encoding="utf-8") as file:
        file.write(opening)
        separator = ""
        for record in texts:
            text = separator + record
            written += len(text.encode())
            if written > size - 2:
                break
            file.write(text)
            separator = seam
        file.write(closing)


if __name__ == "__main__":
    main()
