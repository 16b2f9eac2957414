"""Transit (the format's JSON flavours, verbose and not) as plain JSON types."""

from __future__ import annotations

import datetime
import re
import uuid
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, TypeAlias

_CACHE_DIGITS = 44
_CACHE_SIZE = _CACHE_DIGITS**2
_FIRST_DIGIT = 48
_SHORTEST_CACHED = 4
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_DECIMAL = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


_DEEPEST_KEY = 16
"""So deep may arrays and maps nest in something that is made text of, such as a key of a map."""

_Decoding: TypeAlias = Generator[Any, Any, Any]
"""Gives the values that it contains, one after the other, takes each decoded, and ends in the value itself."""


class NotTransitError(ValueError):
    """The value is JSON, but no Transit."""


class TransitDecoder:
    """Decodes one Transit value, which was read as JSON. Cached keys run through the whole of it.

    Keywords, symbols, characters, URIs, UUIDs and big decimals become strings; big integers integers; dates
    RFC 3339 timestamps; binary data its base64 text; sets and lists arrays; maps with other keys than strings
    objects with the keys' text. Values of other tags become objects with `tag` and `value`.

    Arguments:
        counts: how often each name stands in an object, for objects in which one stands more than once, by their `id`.

    Attributes:
        repeated: the decoded maps in which a key stands more than once, each with how often its keys do.
    """

    def __init__(self, counts: Mapping[int, Mapping[str, int]] | None = None) -> None:
        self._cache: list[str] = []
        self._counts = counts or {}
        self.repeated: list[tuple[dict[str, Any], Counter[str]]] = []

    def decode(self, value: Any) -> Any:
        """The value as JSON types.

        What a value contains is decoded without recursion, so that no caller's stack limits how deep it may nest.

        Raises:
            NotTransitError: where it is no Transit.
        """
        decoded, opened = self._begin(value)
        waiting = [] if opened is None else [opened]
        while waiting:
            try:
                inner = waiting[-1].send(decoded)
            except StopIteration as end:
                waiting.pop()
                decoded = end.value
            else:
                decoded, opened = self._begin(inner)
                if opened is not None:
                    waiting.append(opened)
        return decoded

    def _begin(self, value: Any) -> tuple[Any, _Decoding | None]:
        """A value that contains no others, decoded; or else what decodes it."""
        if isinstance(value, str):
            return self._decode_string(value, as_key=False), None
        if isinstance(value, list):
            return None, self._decode_array(value)
        if isinstance(value, dict):
            return None, self._decode_object(value)
        return value, None

    def _decode_array(self, items: list[Any]) -> _Decoding:
        first = items[0] if items else None
        if first == "^ ":
            return (yield from self._decode_map(items[1:]))
        decoded: list[Any] = []
        if isinstance(first, str):
            text = self._expanded(first, as_key=False)
            if text.startswith("~#"):
                if len(items) != 2:
                    raise NotTransitError(f"the tag {text!r} has to be followed by one value")
                return self._tagged(text[2:], (yield items[1]))
            decoded.append(_scalar(text))
        for each in items[len(decoded) :]:
            value = yield each
            decoded.append(value)
        return decoded

    def _decode_object(self, pairs: dict[str, Any]) -> _Decoding:
        decoded: dict[str, Any] = {}
        keys: list[str] = []
        counts = self._counts.get(id(pairs), {}) if self._counts else {}
        for name, value in pairs.items():
            text = self._expanded(name, as_key=True)
            if len(pairs) == 1 and text.startswith("~#"):
                return self._tagged(text[2:], (yield value))
            key = _key_text(_scalar(text))
            keys += [key] * counts.get(name, 1)
            decoded[key] = yield value
        return self._noted(decoded, keys)

    def _decode_map(self, items: list[Any]) -> _Decoding:
        if len(items) % 2:
            raise NotTransitError("a map has a key without a value")
        decoded: dict[str, Any] = {}
        keys: list[str] = []
        for name, value in zip(items[::2], items[1::2], strict=True):
            key = self._decode_string(name, as_key=True) if isinstance(name, str) else (yield name)
            keys.append(_key_text(key))
            decoded[keys[-1]] = yield value
        return self._noted(decoded, keys)

    def _noted(self, decoded: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
        """A map that was made of members with these keys, noted where a key stands among them more than once."""
        if len(decoded) < len(keys):
            self.repeated.append((decoded, Counter(keys)))
        return decoded

    def _tagged(self, tag: str, decoded: Any) -> Any:
        """What a tag makes of a value."""
        if tag in {"set", "list", "array", "'", "link"}:
            return decoded
        if tag == "cmap":
            if not isinstance(decoded, list) or len(decoded) % 2:
                raise NotTransitError("a map has a key without a value")
            keys = [_key_text(key) for key in decoded[::2]]
            return self._noted(dict(zip(keys, decoded[1::2], strict=True)), keys)
        if tag == "ratio" and isinstance(decoded, list):
            return "/".join(_text_of(part) for part in decoded)
        if tag == "u" and isinstance(decoded, list):
            return _uuid_of_halves(decoded)
        if tag in _SCALARS:
            return _SCALARS[tag](_text_of(decoded))
        return {"tag": tag, "value": decoded}

    def _decode_string(self, text: str, *, as_key: bool) -> Any:
        return _scalar(self._expanded(text, as_key=as_key))

    def _expanded(self, text: str, *, as_key: bool) -> str:
        """The text, out of the cache where it stands for something in it; else into the cache, where it belongs."""
        if text.startswith("^") and text != "^ ":
            place = _cache_place(text)
            if place is None or place >= len(self._cache):
                raise NotTransitError(f'nothing is cached as "{text}"')
            return self._cache[place]
        if len(text) >= _SHORTEST_CACHED and (as_key or text.startswith(("~#", "~$", "~:"))):
            if len(self._cache) == _CACHE_SIZE:
                self._cache.clear()
            self._cache.append(text)
        return text


def _cache_place(code: str) -> int | None:
    digits = [ord(digit) - _FIRST_DIGIT for digit in code[1:]]
    if len(digits) not in {1, 2} or not all(0 <= digit < _CACHE_DIGITS for digit in digits):
        return None
    return digits[0] if len(digits) == 1 else digits[0] * _CACHE_DIGITS + digits[1]


def _scalar(text: str) -> Any:
    """What a string stands for."""
    if not text.startswith("~") or len(text) < 2:
        return text
    tag, rest = text[1], text[2:]
    if tag in "~^`":
        return text[1:]
    if tag == "#":
        raise NotTransitError(f"the tag {text!r} stands alone")
    if tag not in _SCALARS:
        return {"tag": tag, "value": rest}
    return _SCALARS[tag](rest)


def _boolean(text: str) -> bool:
    if text not in {"t", "f"}:
        raise NotTransitError(f"{text!r} is neither true (t) nor false (f)")
    return text == "t"


def _integer(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,4000}", text, re.ASCII):
        raise NotTransitError(f"{text[:40]!r} is no integer")
    return int(text)


def _float(text: str) -> float:
    if not _DECIMAL.fullmatch(text):
        raise NotTransitError(f"{text[:40]!r} is no number")
    return float(text)


def _special(text: str) -> float:
    if text not in {"NaN", "INF", "-INF"}:
        raise NotTransitError(f"{text[:40]!r} is no special number")
    return float(text.lower())


def _milliseconds(text: str) -> str:
    try:
        moment = _EPOCH + datetime.timedelta(milliseconds=_integer(text))
    except OverflowError:
        return f"{text} ms"  # a year that has more or less than four digits
    return moment.isoformat().replace("+00:00", "Z")


def _date(text: str) -> str:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise NotTransitError(f"{text[:40]!r} is no date") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    return moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise NotTransitError(f"{text[:40]!r} is no UUID") from error


def _uuid_of_halves(halves: list[Any]) -> str:
    if len(halves) != 2 or not all(isinstance(half, int) for half in halves):
        raise NotTransitError("a UUID has two halves, both integers")
    high, low = (half % (1 << 64) for half in halves)
    return str(uuid.UUID(int=high << 64 | low))


def _key_text(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else _text_of(key)


def _text_of(value: Any) -> str:
    """The text of a value, which is mostly text already."""
    if isinstance(value, str):
        return value
    level = [value]
    for _ in range(_DEEPEST_KEY + 1):
        level = [each for inner in level if isinstance(inner, list | dict) for each in _contents(inner)]
    if level:
        raise NotTransitError(f"a key, or what a tag makes text of, nests deeper than {_DEEPEST_KEY} levels")
    return str(value)


def _contents(value: list[Any] | dict[str, Any]) -> list[Any]:
    return value if isinstance(value, list) else list(value.values())


_SCALARS: dict[str, Callable[[str], Any]] = {
    "_": lambda text: None,
    "?": _boolean,
    "i": _integer,
    "n": _integer,
    "d": _float,
    "f": str,
    "z": _special,
    ":": str,
    "$": str,
    "c": str,
    "r": str,
    "b": str,
    "t": _date,
    "m": _milliseconds,
    "u": _uuid,
}
