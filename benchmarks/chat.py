"""Writes import files of a given size, with the same bytes for the same arguments."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

BYTES_PER_USER = 20_000
MOST_TEXTS = 4_000
TIME = "2024-03-05T06:07:08"
PHRASES = (
    "I love it when a plan comes together and nobody asks why we are late again for the train to the sea because "
    "there was so much to see on the way ça va très bien 你好 🙂 thanks for the quick answer"
)
WORDS = PHRASES.split()


def write(records: Iterator[str], path: Path, size: int, *, array: bool) -> None:
    """Write as many records as fit a size, in bytes, one a line; as a JSON array, or as JSON Lines."""
    seam, closing = (b",\n", b"\n]\n") if array else (b"\n", b"\n")
    with path.open("wb") as file:
        written = file.write(b"[" if array else b"") + len(closing)
        separator = b""
        for record in records:
            data = separator + record.encode()
            written += len(data)
            if written > size:
                break
            file.write(data)
            separator = seam
        file.write(closing)


def chat(size: int, *, broken: float = 0.0, same_key: bool = False) -> Iterator[str]:
    """Records of `stream-chat` as JSON text, endlessly: few users and channels, many messages and reactions.

    Arguments:
        size: how many bytes there will be about, which decides how many users and channels there are.
        broken: the share of records that break a rule each; among messages, every other time a key rule.
        same_key: whether all messages have the same id; there are no reactions then.
    """
    return (f'{{"type":"{record_type}","item":{{{item}}}}}' for record_type, item in _items(size, broken, same_key))


def write_giant(path: Path, size: int) -> None:
    """Write an array of a user, a channel, and one message of a given size, in bytes."""
    opening = (
        '[{"type":"user","item":{"id":"ann"}},\n'
        '{"type":"channel","item":{"type":"messaging","id":"hq","created_by":"ann"}},\n'
        '{"type":"message","item":{"id":"m1","channel_type":"messaging","channel_id":"hq","user":"ann","custom":['
    )
    closing = "]}}]\n"
    with path.open("w", encoding="utf-8") as file:
        written = file.write(opening) + len(closing)
        separator = ""
        for number in itertools.count():
            entry = f'{separator}{{"number":{number},"text":"{WORDS[0]}"}}'
            written += len(entry)
            if written > size:
                break
            file.write(entry)
            separator = ","
        file.write(closing)


def feeds(size: int) -> Iterator[str]:
    """Instructions of `stream-feeds`, endlessly: one of users, then four of reactions of them.

    Arguments:
        size: how many bytes there will be about: each instruction has 10,000 entries where that is 20 MB or more.
    """
    count = min(max(size // 2_000, 1), 10_000)
    rng = random.Random(7)
    for line in itertools.count():
        users = [f"user_{line}_{number}" for number in range(count)]
        entries = ",".join(f'{{"id":"{user}","data":{{"name":"{user[5:]}","about":"{WORDS[7]}"}}}}' for user in users)
        yield f'{{"instruction":"users","data":[{entries}]}}'
        for part in range(4):
            entries = ",".join(
                f'{{"id":"reaction-{line}-{part}-{number}","kind":"like","user_id":"{user}",'
                f'"activity_id":"{rng.getrandbits(64):016x}","time":"{TIME}Z"}}'
                for number, user in enumerate(users)
            )
            yield f'{{"instruction":"reactions","data":[{entries}]}}'


def _items(size: int, broken: float, same_key: bool) -> Iterator[tuple[str, str]]:
    rng = random.Random(7)
    users = [f"user-{rng.getrandbits(48):012x}" for _ in range(max(size // BYTES_PER_USER, 20))]
    channels = [f"channel-{rng.getrandbits(32):08x}" for _ in range(max(len(users) // 10, 5))]

    def breaks() -> bool:
        return broken > 0 and rng.random() < broken

    for user in users:
        more = ',"online":true' if breaks() else ""
        yield "user", f'"id":"{user}","role":"user","name":"{user[5:11]}","created_at":"{TIME}Z"{more}'
    for channel in channels:
        creator = "nobody" if breaks() else rng.choice(users)
        yield (
            "channel",
            f'"id":"{channel}","type":"messaging","created_by":"{creator}","created_at":"{TIME}Z","color":"blue"',
        )
    for channel in channels:
        for user in rng.sample(users, min(len(users), 10)):
            yield (
                "member",
                f'"channel_id":"{channel}","channel_type":"messaging","user_id":"{user}",'
                f'"is_moderator":{7 if breaks() else "false"},"created_at":"{TIME}Z"',
            )
    for user in users:
        yield (
            "device",
            f'"id":"dev-{user}","user_id":"{"nobody" if breaks() else user}","push_provider_type":"firebase",'
            f'"created_at":"{TIME}Z"',
        )
    texts = [" ".join(rng.choices(WORDS, k=rng.randrange(4, 40))) for _ in range(MOST_TEXTS)]
    for number in itertools.count(1):
        message = "the-same" if same_key else f"{rng.getrandbits(32):08x}-7e57-4000-8000-{number:012x}"
        user = users[int(len(users) * rng.random() ** 2)]
        channel = channels[int(len(channels) * rng.random() ** 2)]
        text = texts[int(MOST_TEXTS * rng.random())]
        author, more = user, ""
        if breaks():
            author, more = (user, '"reply_count":3,') if number % 2 else ("nobody", "")
        if number % 20 == 0:
            more += '"attachments":[{"type":"image","image_url":"https://example.com/1.png"},{"type":"file"}],'
        yield (
            "message",
            f'"id":"{message}","channel_type":"messaging","channel_id":"{channel}","user":"{author}","text":"{text}",'
            f'{more}"created_at":"{TIME}.{number % 1000:03d}Z"',
        )
        if number % 5 == 0 and not same_key:
            user = "nobody" if breaks() else user
            yield "reaction", f'"message_id":"{message}","type":"like","user_id":"{user}","created_at":"{TIME}Z"'
