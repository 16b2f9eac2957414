"""Keys that the target app has already, which references may lead to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice, product
from typing import Any, TypeAlias, cast

from ..errors import ImportValidatorError, RuleSetError
from ..facts.rows import Key, Rows, fact_rows, key_digests, seed_of
from ..model.violation import Severity, shortened
from ..rules.key_columns import scalars_of
from ..rules.key_text import key_texts_of
from ..rules.types import FieldType, field_type
from ..ruleset.plan import Plan
from ..source.source import open_source
from .key_files import KeyFile

GivenKey: TypeAlias = str | int | float | tuple[str | int | float, ...]
ExistingKeys: TypeAlias = str | os.PathLike[str] | Iterable[GivenKey | os.PathLike[str]]

_ROWS = 8192
_TEXT = field_type("string", {})


def existing_facts(
    plan: Plan,
    record_type: str,
    keys: ExistingKeys,
    max_record: int,
    tmp: str | os.PathLike[str] | None = None,
) -> Iterator[Rows]:
    """The facts that these keys of a record type exist.

    Arguments:
        keys: the keys, and paths of files with a key on each line, of tables, or of earlier import files; or one such
            path.
        max_record: the longest line or record of a file that is read, in bytes.
        tmp: folder for temporary files; the system's own where None.

    Raises:
        RuleSetError: where there is no such record type, or it has no key, or a key cannot be one of the type.
        SourceError: where a file cannot be read, or is nothing that keys can be read from.
    """
    record = plan.rule_set.records.get(record_type)
    if record is None or not record.key:
        keyed = ", ".join(name for name, each in plan.rule_set.records.items() if each.key)
        raise RuleSetError(f"existing {record_type}: no record type of this name has a key; there are {keyed}")
    [*streams] = (each for each in plan.streams if each.name == "existing" and each.space == record_type)
    if not streams:
        return
    seed = seed_of(record_type)
    named = _Existing(plan, record_type, max_record, tmp).keys(keys)
    while chunk := list(islice(named, _ROWS)):
        yield fact_rows(streams[0].number, key_digests(chunk, seed), 0, [], b"")


class _Existing:
    """Turns what is given for a record type into its keys.

    A part of a key that is declared as a number is taken for a number, however it is given. One that may be a number as
    well as text stands for both.
    """

    def __init__(self, plan: Plan, record_type: str, max_record: int, tmp: str | os.PathLike[str] | None) -> None:
        self._plan = plan
        self._type = record_type
        self._max_record = max_record
        self._tmp = tmp
        self._names = tuple(plan.rule_set.records[record_type].key)
        derived = plan.rule_set.records[record_type].derived
        fields = plan.records[record_type].shape.fields
        self._declared = [_TEXT if name in derived else fields.get(name) for name in self._names]

    def keys(self, given: ExistingKeys) -> Iterator[Key]:
        """The keys, in order; of files, those that are in them."""
        if isinstance(given, bytes) or not isinstance(given, str | os.PathLike | Iterable):
            raise RuleSetError(
                f"existing {self._type}: give a list of keys, or the path of a file with them, not {_shown(given)}"
            )
        for key in [given] if isinstance(given, str | os.PathLike) else given:
            if isinstance(key, os.PathLike) or key is given:
                yield from self._keys_of_file(cast("str | os.PathLike[str]", key))
            else:
                yield from self._keys_of(key)

    def _keys_of_file(self, path: str | os.PathLike[str]) -> Iterator[Key]:
        source = open_source(path)
        file = KeyFile(self._plan, self._type, source, self._max_record, self._tmp)
        try:
            if file.is_import_file:
                yield from file.keys_of_records()
            else:
                for key in file.listed_keys(self._why_not):
                    yield from self._keys_of(key)
        except ImportValidatorError:
            source.check_unchanged()  # which is then what is to be said
            raise
        else:
            source.check_unchanged()
        finally:
            source.close()

    def _keys_of(self, key: GivenKey) -> Iterator[Key]:
        """The keys that a given one stands for: mostly one."""
        named = [*product(*map(_spellings, self._parts_of(key), self._declared))]
        if not named:
            wanted = " and ".join(
                f"{name} is {each.wanted}" for name, each in zip(self._names, self._declared, strict=True) if each
            )
            raise RuleSetError(f"existing {self._type}: {_shown(key)} cannot be a key: {wanted}")
        for parts in named:
            yield parts if len(parts) > 1 else parts[0]

    def _parts_of(self, key: GivenKey) -> tuple[str | int | float, ...]:
        wanted = len(self._names)
        parts = key if isinstance(key, tuple) else (key,)
        if not all(isinstance(part, str) or _is_number_of(part, self._declared) for part in parts):
            raise RuleSetError(f"existing {self._type}: a key is text or a tuple of texts, not {_shown(key)}")
        if isinstance(key, str) and wanted > 1:
            parts = tuple(key.split(":"))
        if len(parts) != wanted:
            many = f"{wanted} parts, joined by colons" if wanted > 1 else "1 part"
            raise RuleSetError(f"existing {self._type}: the key {_shown(key)} should have {many}")
        return parts

    def _why_not(self, key: GivenKey) -> str:
        """Why no record can have this key, as far as its own rules say; empty where nothing speaks against it."""
        try:
            parts = self._parts_of(key)
        except RuleSetError:
            return f"it should have {len(self._names)} parts, joined by colons"
        for name, part, declared in zip(self._names, parts, self._declared, strict=True):
            values = [each for each in scalars_of(part) if declared is None or declared.accepts(each)]
            for rule in self._plan.records[self._type].record_rules if values else ():
                if not rule.judges_value or getattr(rule, "field", None) != name or rule.severity != Severity.ERROR:
                    continue
                if finding := next(rule.check({name: values[0]}), None):
                    return rule.worded(finding, {name: values[0]})[0].partition(": ")[2]
        return ""


def _spellings(part: str | int | float, declared: FieldType | None) -> list[str]:
    """What a part of a key is called in facts, for each value that it may be; none where it is of the wrong type."""
    fitting = key_texts_of([each for each in scalars_of(part) if declared is None or declared.accepts(each)])
    if not fitting and isinstance(part, str) and declared is not None and declared.is_text:
        return [part]  # text of another form, such as no time, is what the app has nevertheless
    return fitting or []


def _is_number_of(part: Any, declared: Iterable[FieldType | None]) -> bool:
    """Whether what was given for a part is a number, and any part of the key may be one."""
    is_number = isinstance(part, int | float) and not isinstance(part, bool)
    return is_number and any(each is None or each.accepts(part) for each in declared)


def _shown(value: Any) -> str:
    return str(shortened(repr(value)))
