"""Rules about keys: what a record defines, what it refers to, and what has to be there with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as option
from typing import Any, ClassVar

from ..errors import RuleSetError
from ..facts import FactStream, Key, Keys, Mask, Rows, Verdict
from ..records import Records
from ..tables import Tables
from ..violation import Stage
from .base import Fields, Finding, KeyRule, Related, Scope
from .key_columns import (
    Absent,
    column_of_keys,
    defined_by,
    each_reader,
    is_list_of_strings,
    key_reader,
    part_readers,
)


@dataclass(frozen=True, kw_only=True)
class Unique(KeyRule):
    """No two records of one type may have the same key.

    ## What it checks
    The record's key is not that of an earlier record of the same type.

    ## Why it matters
    The later record would overwrite the earlier one, or be refused.

    ## Example
    Two users with the id `userA`.

    ## How to mend it
    Merge the records, or give one of them another key, also where it is referred to.

    Attributes:
        key: the parts of the key; the record type's own key where not given.
        absent: what an absent part counts as; where not given, a record without it has no key.
        field: the field that the rule is named for, where there are several such rules.
    """

    kind: ClassVar[str] = "unique"
    default_message: ClassVar[str] = "duplicate {record_type} {key_values}"
    default_hint: ClassVar[str] = "merge the two records, or give one of them another key"
    default_stage: ClassVar[Stage] = Stage.VALIDATION

    key: list[str] = option(default_factory=list)
    absent: Absent = None
    field: str = ""

    def streams(self) -> list[FactStream]:
        own = self.scope.keys[self.scope.record_type]
        by = f"#{','.join(self.key)}" if self.field and self.key != own else ""
        return [defined_by(self.scope, self.key, self.absent, by=by, rule=self, judge=_judge_unique)]

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        values = [_show_part(self.scope, fields, part) for part in self.key]
        path = (self.key[0],) if len(self.key) == 1 and self.key[0] in fields else ()
        return Finding(path, values[0] if len(values) == 1 else values, {"key_values": values})


def _exists(rows: Rows, tables: Tables) -> Mask:
    """Whether the key of each row is defined in the file, or known to exist already."""
    defined, _ = tables["defined"].find(rows["hi"], rows["lo"])
    existing, _ = tables["existing"].find(rows["hi"], rows["lo"])
    return defined | existing


def _judge_unique(rows: Rows, tables: Tables) -> Verdict:
    table = tables["defined"]
    if not table.has_duplicates:
        return Verdict()
    _, place = table.find(rows["hi"], rows["lo"])
    return Verdict(table.column("index", place) != rows["index"])


@dataclass(frozen=True, kw_only=True)
class RefersTo(KeyRule):
    """What a record refers to must exist.

    ## What it checks
    The value is the key of a record of type `to`, somewhere in the same file, before or after. With `each`,
    every string of a list is. An absent value refers to nothing and passes.

    ## Why it matters
    The target system would refuse the record, or store one that leads nowhere.

    ## Example
    A channel with `created_by` `"john"`, and no user `john` in the file.

    ## How to mend it
    Add the record that is missing, or correct the reference. Two spellings of one key (case, spaces, a
    shortened id) are the most common cause.

    Attributes:
        to: the record type that is referred to.
        field: the field with its key.
        key: several fields, or derived values, that make its key together.
        each: whether the field is a list of keys.
        split: what stands between the parts of a key that is one string, such as `:` in `type:id`. A value
            with another number of parts is passed over.
        by: parts of records of type `to` that it is found by, where that is not their key.
        if_any: a record type without which in the file nothing is checked, since its records then live in the app.
        cascades: whether, where only valid records count, an absent value is looked up as the empty string.
    """

    kind: ClassVar[str] = "refers-to"
    needs_whole_file: ClassVar[bool] = True
    default_message: ClassVar[str] = """{subject}.{about} "{value}" doesn't exist"""
    default_hint: ClassVar[str] = "add the {to} to the file, or correct the reference"

    to: str
    field: str = ""
    key: list[str] = option(default_factory=list)
    each: bool = False
    split: str = ""
    by: list[str] = option(default_factory=list)
    if_any: str = ""
    cascades: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if bool(self.field) == bool(self.key):
            raise RuleSetError(f"{self.kind} to {self.to}: give either field or key")

    @property
    def about(self) -> str:
        return self.field or self.to

    def streams(self) -> list[FactStream]:
        space = f"{self.to}#{','.join(self.by)}" if self.by else self.to
        refers = FactStream(
            name="refers",
            record_type=self.scope.record_type,
            space=space,
            read=self._reader(),
            judge=self._judge,
            skips_defined=True,
            rule=self,
        )
        if not self.by:
            return [refers]
        read = column_of_keys(self.scope, self.by, None, of=self.to)
        return [refers, FactStream("defines", self.to, space, read, table="defined", rule=self)]

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        if not self.field:
            values = [_show_part(self.scope, fields, part) for part in self.key]
            return Finding((), values[0] if len(values) == 1 else values)
        value = fields.get(self.field)
        if not self.each:
            return Finding((self.field,), "" if value is None else value)
        return Finding((self.field, items[0]), value[items[0]] if isinstance(value, list) else None)

    def _reader(self) -> Callable[[Records], Keys]:
        if self.each:
            return each_reader(self.field, lambda text: _split(text, self.split))
        absent = "" if self.scope.cascade and self.cascades else None
        return column_of_keys(self.scope, self.key or [self.field], absent)

    def _judge(self, rows: Rows, tables: Tables) -> Verdict:
        return Verdict(~_exists(rows, tables))


@dataclass(frozen=True, kw_only=True)
class RefersToRoot(RefersTo):
    """A record may have a parent, but a parent has none of its own.

    ## What it checks
    The record that is referred to does not itself have the field `parent`. Whether it exists at all is for
    `refers-to` to say.

    ## Why it matters
    Threads, and the like, have one level in the target system: an answer to an answer has no place.

    ## Example
    Message `c` with `parent_id` `b`, where `b` has a `parent_id` too.

    ## How to mend it
    Refer to the first of the thread instead.

    Attributes:
        parent: the field that makes a record of type `to` one that has a parent.
    """

    kind: ClassVar[str] = "refers-to-root"
    needs_whole_file: ClassVar[bool] = False
    default_message: ClassVar[str] = '{subject}.{about} "{value}" has a {parent} itself'
    default_hint: ClassVar[str] = "refer to the {to} that began the thread"

    parent: str

    def streams(self) -> list[FactStream]:
        [refers] = super().streams()
        refers.skips_defined = False
        return [refers, self._marks()]

    def _marks(self) -> FactStream:
        key = key_reader(self.scope, self.scope.keys[self.to], None, of=self.to)
        has_parent = key_reader(self.scope, [self.parent], None)

        def read_marked(records: Records) -> Keys:
            found = [(at, key(records[at])) for at in records.having(self.parent) if has_parent(records[at])]
            return Keys([at for at, own in found if own is not None], [own for _, own in found if own is not None])

        return FactStream(
            name="has-parent",
            record_type=self.to,
            space=self.to,
            read=read_marked,
            table=f"has-parent:{self.parent}",
            rule=self,
        )

    def _judge(self, rows: Rows, tables: Tables) -> Verdict:
        found, _ = tables[f"has-parent:{self.parent}"].find(rows["hi"], rows["lo"])
        return Verdict(found)


@dataclass(frozen=True, kw_only=True)
class Complete(KeyRule):
    """What a list in one record names must all be there as records of their own.

    ## What it checks
    For every string in the list there is a record of type `to` whose key is made of the parts of `key`, of
    which the list is one. All that are missing for one record are one violation.

    ## Why it matters
    The list says who belongs to something; each who belongs needs a record that says how.

    ## Example
    A distinct channel of `userA` and `userB`, and a member record for `userA` only.

    ## How to mend it
    Add the records that are missing.

    Attributes:
        each: the field with the list.
        key: the parts of the key of the records that must be there; one of them is the list.
        to: the type of those records.
    """

    kind: ClassVar[str] = "complete"
    needs_whole_file: ClassVar[bool] = True
    default_message: ClassVar[str] = "{subject}.{each} is missing {to} records: {missing:quoted}"
    default_hint: ClassVar[str] = "add a {to} record for each of: {missing}"
    default_stage: ClassVar[Stage] = Stage.VALIDATION
    groups_items: ClassVar[bool] = True

    each: str
    key: list[str]
    to: str

    @property
    def about(self) -> str:
        return self.each

    def streams(self) -> list[FactStream]:
        [*own] = part_readers(self.scope, self.key, None, "")
        readers = [None if part == self.each else reader for part, reader in zip(self.key, own, strict=True)]

        def read(records: Records) -> Keys:
            at: list[int] = []
            keys: list[Key] = []
            items: list[int] = []
            for number in records.having(self.each):
                fields = records[number]
                listed = fields[self.each]
                parts = [None if reader is None else reader(fields) for reader in readers]
                if not is_list_of_strings(listed) or sum(part is None for part in parts) > 1:
                    continue
                for item, each in enumerate(listed):
                    at.append(number)
                    keys.append(tuple([each if part is None else part for part in parts]))
                    items.append(item)
            return Keys(at, keys, items)

        def judge(rows: Rows, tables: Tables) -> Verdict:
            return Verdict(~_exists(rows, tables))

        return [FactStream("members", self.scope.record_type, self.to, read, judge=judge, rule=self)]

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        missing = sorted({fields[self.each][item] for item in items})
        return Finding((self.each,), missing, {"missing": missing})


def _split(text: str, separator: str) -> Key | None:
    if not separator:
        return text
    parts = tuple(text.split(separator))
    return parts if len(parts) == 2 else None


def _show_part(scope: Scope, fields: Fields, part: str) -> Any:
    derivation = scope.derived.get(part)
    return derivation.show(fields, "given") if derivation is not None else fields.get(part)
