"""Keys that the target app has already, which references may lead to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, TypeAlias, cast

from ..errors import RuleSetError, SourceError
from ..facts.rows import Key, Rows, fact_rows, key_digests, seed_of
from ..model.records import Records
from ..model.violation import shortened
from ..pass_one.opening import Opener
from ..readers import READERS, has_header, looks_like_workbook
from ..ruleset.plan import Plan
from ..source.source import Source, open_source

ExistingKeys: TypeAlias = str | os.PathLike[str] | Iterable[Key | os.PathLike[str]]

_ROWS = 8192
_HEAD = 64 * 1024


def existing_facts(plan: Plan, record_type: str, keys: ExistingKeys) -> Iterator[Rows]:
    """The facts that these keys of a record type exist.

    Arguments:
        keys: the keys, and paths of files with a key on each line, or of earlier import files; or one such path.

    Raises:
        RuleSetError: where there is no such record type, or it has no key, or a key has another number of parts.
        SourceError: where the file cannot be read.
    """
    record = plan.rule_set.records.get(record_type)
    if record is None or not record.key:
        keyed = ", ".join(name for name, each in plan.rule_set.records.items() if each.key)
        raise RuleSetError(f"existing {record_type}: no record type of this name has a key; there are {keyed}")
    [*streams] = (each for each in plan.streams if each.name == "existing" and each.space == record_type)
    if not streams:
        return
    seed = seed_of(record_type)
    named = iter(_keys(plan, record_type, len(record.key), keys))
    while chunk := list(islice(named, _ROWS)):
        yield fact_rows(streams[0].number, key_digests(chunk, seed), 0, [], b"")


def _keys(plan: Plan, record_type: str, parts: int, keys: ExistingKeys) -> Iterator[Key]:
    if isinstance(keys, bytes) or not isinstance(keys, str | os.PathLike | Iterable):
        raise RuleSetError(
            f"existing {record_type}: give a list of keys, or the path of a file with them, not {_shown(keys)}"
        )
    for key in [keys] if isinstance(keys, str | os.PathLike) else keys:
        if isinstance(key, os.PathLike) or key is keys:
            source = open_source(cast("str | os.PathLike[str]", key))
            try:
                yield from _keys_of_file(plan, record_type, parts, source)
            finally:
                source.close()
        else:
            yield _key_of(record_type, parts, key)


def _key_of(record_type: str, parts: int, key: Key) -> Key:
    if not isinstance(key, str) and not (isinstance(key, tuple) and all(isinstance(part, str) for part in key)):
        raise RuleSetError(f"existing {record_type}: a key is text or a tuple of texts, not {_shown(key)}")
    named = key if isinstance(key, tuple) else tuple(key.split(":")) if parts > 1 else (key,)
    if len(named) != parts:
        wanted = f"{parts} parts, joined by colons" if parts > 1 else "1 part"
        raise RuleSetError(f"existing {record_type}: the key {_shown(key)} should have {wanted}")
    return named if parts > 1 else named[0]


def _shown(value: Any) -> str:
    return str(shortened(repr(value)))


def _keys_of_file(plan: Plan, record_type: str, parts: int, source: Source) -> Iterator[Key]:
    chunks = source.chunks()
    head = b""
    while len(head) < _HEAD and (piece := next(chunks, b"")):
        head += piece
    if _is_import_file(plan, record_type, head):
        yield from _keys_of_records(plan, record_type, source.name, chain([head], chunks))
        return
    head = head.removeprefix(b"\xef\xbb\xbf")
    rest = b""
    for piece in chain([head], chunks):
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if text := line.strip():
                yield _key_of(record_type, parts, text.decode("utf-8", "surrogateescape"))
    if rest.strip():
        yield _key_of(record_type, parts, rest.strip().decode("utf-8", "surrogateescape"))


def _is_import_file(plan: Plan, record_type: str, head: bytes) -> bool:
    """Whether a file is an import file of the format, not a list of keys, as far as its beginning shows."""
    rule_set = plan.rule_set
    if rule_set.columns:
        listed = any(each.name == record_type for each in rule_set.lists)
        return not listed and (looks_like_workbook(head) or has_header(head, plan.setup))
    values = READERS[rule_set.reader].first_values(head)
    return any(rule_set.envelope.fits(value) for value in values or ())


def _keys_of_records(plan: Plan, record_type: str, name: str, chunks: Iterable[bytes]) -> Iterator[Key]:
    """The keys that the records of an import file define."""
    reader = plan.reader()
    opener = Opener(plan)
    defines = [stream for stream in plan.records[record_type].streams if stream.table == "defined"]
    try:
        for batch in chain(chain.from_iterable(reader.feed(chunk) for chunk in chunks), reader.close()):
            if any(problem.code == "parse" for problem in batch.problems):
                raise SourceError(f"{name}, with existing {record_type} keys: {batch.problems[-1].message}")
            for group in opener.open(batch).groups:
                if group.plan.name == record_type:
                    records = Records([group.plan.shape.normalise(fields)[0] for fields in group.records])
                    for stream in defines:
                        yield from stream.read(records).keys
    finally:
        reader.drop()
