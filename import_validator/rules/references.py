"""Rules about what a record refers to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field as option
from dataclasses import replace
from typing import Any, ClassVar

from ..errors import RuleSetError
from ..facts.rows import Key, Rows
from ..facts.streams import FactStream, Keys, Said, Verdict
from ..facts.tables import Tables
from ..model.records import Records
from .base import Fields, Finding, KeyRule, Related
from .breaking import Bench, Breakage, Draft
from .key_columns import (
    column_of_keys,
    each_reader,
    exists,
    fields_of,
    key_reader,
    point,
    said_of,
    show_part,
    split_column,
    wanted_of,
)
from .key_text import key_text, split_key
from .kind import kind_of_rule
from .looking import KEYS, LISTS, Look, looks_at_each


@kind_of_rule
class RefersTo(KeyRule):
    """What a record refers to must exist.

    ## What it checks
    The value is the key of a record of type `to`, somewhere in the same file, before or after. With `each`,
    every text or number of a list is. An absent value refers to nothing and passes. The text "5" and the number 5 are
    two keys.

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
            with another number of parts than the key has is passed over.
        by: parts of records of type `to` that it is found by, where that is not their key.
        if_any: a record type without which in the file nothing is checked, since its records then live in the app.
        cascades: whether, where only valid records count, an absent value is looked up as the empty string.
    """

    kind: ClassVar[str] = "refers-to"
    needs_whole_file: ClassVar[bool] = True
    by_value: ClassVar[bool] = True
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
        if self.key and (self.each or self.split):
            raise RuleSetError(f"{self.kind} to {self.to}: each and split go with field, not with key")

    def looks_at(self) -> Iterator[Look]:
        if self.to not in self.scope.keys:
            yield Look(("to",), "", of=self.to)
            return
        if self.if_any and self.if_any not in self.scope.keys:
            yield Look(("if_any",), "", of=self.if_any)
        yield from looks_at_each("by", self.by, KEYS, of=self.to)
        theirs = [Look(("to",), part, of=self.to) for part in self.found_by]
        if self.each or self.split:
            match = theirs[0] if len(theirs) == 1 else None
            kinds = LISTS if self.each else KEYS
            yield Look(("field",), self.field, kinds, items=KEYS if self.each else frozenset(), matches=match)
            return
        for number, part in enumerate(self.parts):
            match = theirs[number] if len(theirs) == len(self.parts) else None
            yield Look(("key", number) if self.key else ("field",), part, KEYS, matches=match)

    @property
    def about(self) -> str:
        return self.field or self.to

    def streams(self) -> list[FactStream]:
        self._refuse_other_parts()
        space = f"{self.to}#{','.join(self.by)}" if self.by else self.to
        refers = FactStream(
            name="refers",
            record_type=self.scope.record_type,
            space=space,
            read=self._reader(),
            judge=self._judge,
            skips_defined=True,
            rule=self,
            said=self._said(),
        )
        if not self.by:
            return [refers]
        read = column_of_keys(self.scope, self.by, None, of=self.to)
        said = said_of(self.scope, self.by, None, of=self.to)
        return [refers, FactStream("defines", self.to, space, read, table="defined", rule=self, said=said)]

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        if not self.field:
            values = [show_part(self.scope, fields, part) for part in self.key]
            return Finding((), values[0] if len(values) == 1 else values)
        value = fields.get(self.field)
        if not self.each:
            return Finding((self.field,), "" if value is None else value)
        return Finding((self.field, items[0]), value[items[0]] if isinstance(value, list) else None)

    def _refuse_other_parts(self) -> None:
        """Refuse a reference with another number of parts than the keys that it is looked up among: all would fail."""
        theirs = len(self.found_by)
        if not theirs:
            raise RuleSetError(f"{self.to} has no key")
        own = max(theirs, 2) if self.split else len(self.parts)
        if theirs != own:
            raise RuleSetError(f"{self.to} is found by {theirs} part{'s' * (theirs > 1)}, not by {own}")

    def _reader(self) -> Callable[[Records], Keys]:
        if self.each:
            return each_reader(self.field, self._key_in)
        if self.split:
            return split_column(self.scope, self.field, self._absent, self._key_in)
        return column_of_keys(self.scope, self.parts, self._absent)

    def _said(self) -> Said | None:
        """The same as `_reader`, for other lanes."""
        pieces = len(self.found_by)
        if self.each:
            return Said(each=self.field, separator=self.split, pieces=pieces)
        said = said_of(self.scope, self.parts, self._absent)
        return replace(said, separator=self.split, pieces=pieces) if said else None

    def _key_in(self, value: Any) -> Key | None:
        """The key that one value says: all of it, or its parts."""
        return split_key(value, self.split, len(self.found_by))

    def _judge(self, rows: Rows, tables: Tables) -> Verdict:
        return Verdict(~exists(rows, tables))

    @property
    def parts(self) -> list[str]:
        """The fields, and derived values, that say what is referred to."""
        return self.key or [self.field]

    @property
    def found_by(self) -> list[str]:
        """The parts of the other records that they are found by."""
        return self.by or self.scope.keys[self.to]

    def mend(self, fields: Draft, bench: Bench) -> None:
        if self.if_any and not bench.records(self.if_any) and not bench.makes(self.if_any):
            return
        if self.each:
            listed = fields.get(self.field)
            if isinstance(listed, list):
                fields[self.field] = [self._mended_item(each, bench) for each in listed]
            return
        key = self._own_key(fields)
        if key is None or key in self._targets(bench):
            return
        if not any(bench.is_held(name) for name in self._made_of()):
            self.point(fields, self.target(bench), bench)
        elif bench.lacks(self.to, key):
            raise RuleSetError(f"{self.name}: what it refers to must not be there")
        elif not self._move_the_rest(fields, bench):
            bench.know(self.to, key)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        if self.each:
            listed = bench.with_room(fields, self.field)
            for item in self._unknown(bench, bench.fresh(), bench.fresh().upper()):
                self._settle(bench)
                bench.lack(self.to, self._key_in(item) or "")
                yield Breakage({**fields, self.field: [*listed, item]}, (self.field, len(listed)), [self.field])
            return
        broken = dict(fields)
        if self.key and self._own_key(fields) is None:
            self.point(broken, self.target(bench), bench)
        for part in reversed(self.parts):
            self._settle(bench)
            derivation = self.scope.derived.get(part)
            plain = {part: self._unknown(bench, bench.fresh(part) or bench.fresh(), part=part)[0]}
            changes = plain if derivation is None else derivation.renewed(broken, bench)
            changed = {name: value for name, value in {**broken, **changes}.items() if value is not None}
            key = self._own_key(changed)
            if key is None or key in self._targets(bench):
                continue
            bench.lack(self.to, key)
            yield Breakage(changed, (self.field,) if self.field else (), self._made_of())

    def point(self, fields: Draft, target: Fields, bench: Bench) -> None:
        """Let a record in the making refer to another one; for tests."""
        if self.each:
            fields[self.field] = [*(fields.get(self.field) or []), self._text_of(target)]
        elif self.split:
            fields[self.field] = self._text_of(target)
        else:
            point(self.scope, fields, self.parts, self.to, self.found_by, target)

    def _unknown(self, bench: Bench, *texts: str, part: str = "") -> list[Any]:
        """Values that refer to nothing: these texts, or numbers where the field takes no text."""
        named = [self.split.join(["x"] * (len(self.found_by) - 1) + [text]) if self.split else text for text in texts]
        numbers = [number for number in _NUMBERS if key_text(number) not in self._targets(bench)]
        fits = bench.fitting(part or self.field, [[named[0]] if self.each else named[0]])
        takes = bench.fitting(part or self.field, [[number] if self.each else number for number in numbers])
        return named if fits or not takes else numbers

    def target(self, bench: Bench) -> Fields:
        """A record that may be referred to; for tests."""
        targets = list(self._targets(bench).values())
        return bench.choose.pick(targets) if targets else bench.add(self.to, having=self.found_by)

    def _targets(self, bench: Bench) -> Mapping[Key, Fields]:
        read = key_reader(self.scope, self.found_by, None, of=self.to)
        return bench.index(self.to, (self.to, *self.found_by), read)

    def _own_key(self, fields: Fields) -> Key | None:
        key = key_reader(self.scope, self.parts, self._absent)(fields)
        return self._key_in(key) if self.split else key

    @property
    def _absent(self) -> str | None:
        return "" if self.scope.cascade and self.cascades else None

    def _made_of(self) -> list[str]:
        return [name for part in self.parts for name in fields_of(self.scope, part)]

    def _settle(self, bench: Bench) -> None:
        """Put into the file what it takes for references to be checked at all."""
        if self.if_any and not bench.try_add(self.if_any, {}):
            bench.know(self.if_any, bench.fresh())

    def _move_the_rest(self, fields: Draft, bench: Bench) -> bool:
        """Refer to a record that has what is held, or to a new one."""
        held = [name for name in self._made_of() if bench.is_held(name)]
        for target in self._targets(bench).values():
            moved = dict(fields)
            self.point(moved, target, bench)
            if all(moved.get(name) == fields.get(name) for name in held):
                fields.update(moved)
                return True
        if self.split:
            return False
        wanted = wanted_of(self.scope, fields, self.parts, self.to, self.found_by)
        return wanted is not None and bench.try_add(self.to, wanted)

    def _mended_item(self, item: Any, bench: Bench) -> Any:
        key = self._key_in(item)
        if key is None or key in self._targets(bench):
            return item
        if not bench.is_held(self.field):
            return self._text_of(self.target(bench))
        if self.split or not bench.try_add(self.to, {self.found_by[0]: item}):
            bench.know(self.to, key)
        return item

    def _text_of(self, target: Fields) -> Any:
        """What refers to another record in one value."""
        [*parts] = self.found_by
        if len(parts) == 1 and parts[0] not in self.scope.derived_of[self.to]:
            return target.get(parts[0])
        key = key_reader(self.scope, parts, None, of=self.to)(target)
        return key if isinstance(key, str) else self.split.join(key or ())


_NUMBERS = (2**31 + 7, 987_654_321)
"""Numbers that are hardly a key."""


@kind_of_rule
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

    def looks_at(self) -> Iterator[Look]:
        yield from super().looks_at()
        yield Look(("parent",), self.parent, KEYS, of=self.to)

    def streams(self) -> list[FactStream]:
        refers, *defines = super().streams()
        refers.skips_defined = False
        return [refers, *defines, self._marks(refers.space)]

    def _marks(self, space: str) -> FactStream:
        key = key_reader(self.scope, self.found_by, None, of=self.to)

        def read_marked(records: Records) -> Keys:
            parents = records.column(self.parent) if self.parent in records.maybe else ()
            found = [(at, key(records[at])) for at, each in enumerate(parents) if key_text(each)]
            return Keys([at for at, own in found if own is not None], [own for _, own in found if own is not None])

        said = said_of(self.scope, self.found_by, None, of=self.to)
        return FactStream(
            name="has-parent",
            record_type=self.to,
            space=space,
            read=read_marked,
            table=f"has-parent:{self.parent}",
            rule=self,
            said=said and replace(said, given=self.parent),
        )

    def _judge(self, rows: Rows, tables: Tables) -> Verdict:
        found, _ = tables[f"has-parent:{self.parent}"].find(rows["hi"], rows["lo"])
        return Verdict(found)

    def mend(self, fields: Draft, bench: Bench) -> None:
        parent = self._targets(bench).get(self._own_key(fields) or "")
        if parent is None or parent.get(self.parent) is None:
            return
        roots = [each for each in self._targets(bench).values() if each.get(self.parent) is None]
        if roots:
            self.point(fields, bench.choose.pick(roots), bench)
        else:
            fields.pop(self.field, None)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        root = bench.add(self.to, {self.parent: None}, having=self.found_by)
        key = key_reader(self.scope, self.found_by, None, of=self.to)(root)
        child = bench.add(self.to, {self.parent: key}, having=self.found_by)
        broken = dict(fields)
        self.point(broken, child, bench)
        yield Breakage(broken, (self.field,), [self.field])
