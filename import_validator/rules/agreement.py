"""Rules about what has to agree across references."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import numpy as np

from ..facts.rows import FACT, Rows, key_digests, seed_of
from ..facts.streams import FactStream, Keys, Payload, Verdict
from ..facts.tables import Tables, with_payload
from ..model.records import Records
from .base import Fields, Finding, KeyRule, Related
from .breaking import Bench, Breakage, Draft
from .key_columns import column_of_keys, fields_of, key_reader, pairs_of, point, read_nothing, said_of
from .key_text import key_text
from .kind import kind_of_rule
from .looking import KEYS, LISTS, Look, looks_at_each, of_other


@kind_of_rule
class SharesValue(KeyRule):
    """What two references lead to must agree.

    ## What it checks
    The record refers to two others. The value that the one has must be among the values that the other has.
    Where the one has no value, it counts as the empty string; where the other lists none, as the empty
    string alone: two that have nothing agree.

    ## Why it matters
    In an app with teams, users see only what belongs to a team of theirs.

    ## Example
    User `userA` of team `teamA` as a member of a channel of team `teamB`.

    ## How to mend it
    Add the value to the one, change it in the other, or remove the record that ties them together.

    Attributes:
        field: the field with the key of the record that has several values.
        of: that record's type and its field with the values, such as `user.teams`.
        through: the parts of the key of the record that has one value.
        one: that record's type and its field with the value, such as `channel.team`.
    """

    kind: ClassVar[str] = "shares-value"
    default_message: ClassVar[str] = '{subject}.{field} "{value}" has {of:quoted}, which lacks "{with}"'
    default_hint: ClassVar[str] = "make the two agree, or remove the {record_type}"
    relates: ClassVar[int] = 2

    field: str
    of: str
    through: list[str]
    one: str

    def looks_at(self) -> Iterator[Look]:
        yield Look(("field",), self.field, KEYS)
        yield from looks_at_each("through", self.through, KEYS)
        yield of_other("of", self.of, LISTS, KEYS)
        yield of_other("one", self.one, KEYS)

    def streams(self) -> list[FactStream]:
        many_type, many_field = self.of.split(".")
        one_type, one_field = self.one.split(".")
        one_key = column_of_keys(self.scope, self.scope.keys[one_type], None, of=one_type)
        many_key = column_of_keys(self.scope, self.scope.keys[many_type], None, of=many_type)
        through = column_of_keys(self.scope, self.through, None)

        def read_one(records: Records) -> Keys:
            return pairs_of(one_key(records), [["" if each is None else each] for each in records.column(one_field)])

        def read_many(records: Records) -> Keys:
            return pairs_of(many_key(records), [each or [""] for each in records.column(many_field)])

        def read_tie(records: Records) -> Keys:
            keys, values = through(records), records.column(self.field)
            tied = [(at, key, key_text(values[at])) for at, key in zip(keys.at, keys.keys, strict=True)]
            tied = [each for each in tied if each[2]]
            return Keys(
                [at for at, _, _ in tied],
                [key for _, key, _ in tied],
                payloads=key_digests([text for _, _, text in tied if text], seed_of(many_type)),
            )

        one, tie, many = (
            Payload("", one_field, ""),
            Payload(many_type, self.field),
            Payload("", many_field, "", each=True),
        )
        one_said = said_of(self.scope, self.scope.keys[one_type], None, of=one_type, payload=one)
        tie_said = said_of(self.scope, self.through, None, payload=tie)
        many_said = said_of(self.scope, self.scope.keys[many_type], None, of=many_type, payload=many)
        return [
            FactStream("one", one_type, one_type, read_one, table=f"value:{self.one}", rule=self, said=one_said),
            FactStream(
                "tie", self.scope.record_type, one_type, read_tie, judge=self._judge_tie, rule=self, said=tie_said
            ),
            FactStream(
                "many",
                many_type,
                many_type,
                read_many,
                table=f"many:{self.of}",
                pairs=True,
                round=2,
                rule=self,
                said=many_said,
            ),
            FactStream("ask", "", many_type, read_nothing, judge=self._judge_ask, round=2, rule=self),
        ]

    def _judge_tie(self, rows: Rows, tables: Tables) -> Verdict:
        """Find the one value; ask in the next round whether it is among the many."""
        table = tables[f"value:{self.one}"]
        found, place = table.find(rows["hi"], rows["lo"])
        asked = np.zeros(np.count_nonzero(found), dtype=FACT)
        asked["hi"], asked["lo"] = rows["payload_hi"][found], rows["payload_lo"][found]
        asked["payload_hi"] = table.column("payload_hi", place)[found]
        asked["payload_lo"] = table.column("index", place)[found]
        asked["index"] = rows["index"][found]
        return Verdict(follow_up=("ask", asked))

    def _judge_ask(self, rows: Rows, tables: Tables) -> Verdict:
        many = tables[f"many:{self.of}"]
        known, place = many.find(rows["hi"], rows["lo"])
        among, _ = tables[f"many:{self.of}:pairs"].find(*with_payload(rows["hi"], rows["lo"], rows["payload_hi"]))
        return Verdict(known & ~among, (many.column("index", place), rows["payload_lo"]))

    def describe(self, fields: Fields, items: list[int], related: list[Related]) -> Finding:
        many, one = (each.fields for each in related)
        return Finding(
            (self.field,),
            fields.get(self.field),
            {"of": many.get(self.of.split(".")[1]), "with": one.get(self.one.split(".")[1])},
        )

    def mend(self, fields: Draft, bench: Bench) -> None:
        one, many = self._one(fields, bench), self._many(fields, bench)
        if one is None or many is None:
            return
        (_, one_field), (many_type, many_field) = self.one.split("."), self.of.split(".")
        value, values = one.get(one_field) or "", many.get(many_field) or [""]
        if isinstance(value, str) and value not in values:
            bench.change(many_type, many, {many_field: [*values, value]})

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        (one_type, one_field), (many_type, many_field) = self.one.split("."), self.of.split(".")
        held = [name for part in self.through for name in fields_of(self.scope, part)]
        for values in ([bench.fresh()], None):
            one = bench.add(one_type, {**self._without_lists(one_type, bench), one_field: bench.fresh()})
            many = bench.add(many_type, {many_field: values})
            broken = dict(fields)
            point(self.scope, broken, self.through, one_type, self.scope.keys[one_type], one)
            point(self.scope, broken, [self.field], many_type, self.scope.keys[many_type], many)
            yield Breakage(broken, (self.field,), [self.field, *held])

    def _without_lists(self, record_type: str, bench: Bench) -> Draft:
        """What keeps a record from listing who belongs to it."""
        lists = [rule.list.split(".") for rule in bench.rules if isinstance(rule, ListedIn)]
        return {name: None for listing, name in lists if listing == record_type}

    def _one(self, fields: Draft, bench: Bench) -> Draft | None:
        return bench.found(self.one.split(".")[0], key_reader(self.scope, self.through, None)(fields))

    def _many(self, fields: Draft, bench: Bench) -> Draft | None:
        return bench.found(self.of.split(".")[0], key_reader(self.scope, [self.field], None)(fields))


@kind_of_rule
class ListedIn(KeyRule):
    """A record that belongs to another must be one of those that the other one lists.

    ## What it checks
    The record refers to another one. Where that one has a list, the value is in the list. A list beside the field
    `unless_given` is passed over.

    ## Why it matters
    The list says who belongs; a record that says otherwise contradicts it.

    ## Example
    A member record for `userC` in a distinct channel whose `member_ids` are `["userA", "userB"]`.

    ## How to mend it
    Correct the one or the other.

    Attributes:
        field: the field with the value.
        through: the parts of the key of the record with the list.
        list: that record's type and its field with the list, such as `channel.member_ids`.
        unless_given: a field of that record with which its list does not say who belongs.
        empty_counts: whether that field counts as given also where it is empty.
    """

    kind: ClassVar[str] = "listed-in"
    default_message: ClassVar[str] = '{subject}.{field} "{value}" is not in {list} {listed:quoted}'
    default_hint: ClassVar[str] = 'correct "{field}", or the list'
    relates: ClassVar[int] = 1

    field: str
    through: builtins.list[str]
    list: str
    unless_given: str = ""
    empty_counts: bool = False

    def looks_at(self) -> Iterator[Look]:
        yield Look(("field",), self.field, KEYS)
        yield from looks_at_each("through", self.through, KEYS)
        yield of_other("list", self.list, LISTS, KEYS)

    def streams(self) -> builtins.list[FactStream]:
        listing_type, listing_field = self.list.split(".")
        listing_key = column_of_keys(self.scope, self.scope.keys[listing_type], None, of=listing_type)
        through = column_of_keys(self.scope, self.through, None)
        absent = (None,) if self.empty_counts else (None, "")

        def read_listing(records: Records) -> Keys:
            lists = records.column(listing_field)
            if self.unless_given in records.maybe:
                given = records.column(self.unless_given)
                lists = [listed if other in absent else None for listed, other in zip(lists, given, strict=True)]
            return pairs_of(listing_key(records), lists)

        def read_belonging(records: Records) -> Keys:
            given = [None if each == "" else each for each in records.column(self.field)]
            return pairs_of(through(records), [[each] for each in given])

        said = said_of(self.scope, self.through, None, payload=Payload("", self.field))
        listed = Payload("", listing_field, each=True)
        said_listing = said_of(self.scope, self.scope.keys[listing_type], None, of=listing_type, payload=listed)
        if said_listing is not None:
            said_listing = replace(said_listing, unless_given=self.unless_given, empty_counts=self.empty_counts)
        own_type = self.scope.record_type
        return [
            FactStream(
                "lists",
                listing_type,
                listing_type,
                read_listing,
                table=self._table,
                pairs=True,
                rule=self,
                said=said_listing,
                only_with=(listing_field,),
            ),
            FactStream("belongs", own_type, listing_type, read_belonging, judge=self._judge, rule=self, said=said),
        ]

    @property
    def _table(self) -> str:
        return f"lists:{self.list}"

    def _judge(self, rows: Rows, tables: Tables) -> Verdict:
        known, place = tables[self._table].find(rows["hi"], rows["lo"])
        listed, _ = tables[f"{self._table}:pairs"].find(*with_payload(rows["hi"], rows["lo"], rows["payload_hi"]))
        return Verdict(known & ~listed, (tables[self._table].column("index", place),))

    def describe(self, fields: Fields, items: builtins.list[int], related: builtins.list[Related]) -> Finding:
        listed = related[0].fields.get(self.list.split(".")[1])
        shown = sorted(listed, key=str) if isinstance(listed, builtins.list) else []
        return Finding((self.field,), fields.get(self.field), {"listed": shown})

    def mend(self, fields: Draft, bench: Bench) -> None:
        listing_type, name = self.list.split(".")
        listing = bench.found(listing_type, key_reader(self.scope, self.through, None)(fields))
        if listing is None or not listing.get(name) or fields.get(self.field) in listing[name]:
            return
        if any(bench.is_held(each) for each in self._tie()):
            fields[self.field] = bench.choose.pick(listing[name])
            return
        unlisted = [each for each in bench.records(listing_type) if not each.get(name)]
        chosen = bench.choose.pick(unlisted) if unlisted else bench.add(listing_type, {name: None})
        point(self.scope, fields, self.through, listing_type, self.scope.keys[listing_type], chosen)

    def breaks(self, fields: Draft, bench: Bench) -> Iterator[Breakage]:
        listing_type, name = self.list.split(".")
        listed = [bench.referable(self.scope.record_type, self.field, "") for _ in range(2)]
        listing = bench.add(listing_type, {name: listed})
        broken = {**fields, self.field: bench.referable(self.scope.record_type, self.field, "")}
        point(self.scope, broken, self.through, listing_type, self.scope.keys[listing_type], listing)
        yield Breakage(broken, (self.field,), [self.field, *self._tie()])

    def _tie(self) -> builtins.list[str]:
        """The fields that tie the record to the one with the list."""
        return [each for part in self.through for each in fields_of(self.scope, part)]
