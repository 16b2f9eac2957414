"""Large files: valid ones, or ones in which a share of the records is broken, of any size in constant memory.

A file consists of copies of one block: a few hundred records that refer to each other alone. Each copy has keys and
texts of its own, which are worked out from its number, so that nothing has to be remembered.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import orjson

from ..errors import ImportValidatorError
from ..rules import ReadingRule
from ..rules.breaking import Chooser
from ..rules.derived import SetId
from ..rules.key_columns import fields_of, key_reader
from ..rules.keys import Unique
from ..rules.order import TypeOrder
from ..rules.references import RefersTo
from ..ruleset.plan import Plan
from .bench import SynthesisError
from .breaking import place_of
from .draft import DraftFile, Entry
from .making import values_of
from .patterns import alphabets_of
from .realism import TOKEN, Realistic, Skewed, prose
from .synthesis import Broken, Workshop
from .targets import Target
from .writers import TableLayout

_BLOCK = 400_000
_MASK = (1 << 64) - 1
_NUMBER_BITS = 13
"""Keys that are made for a pattern have numbers below two to this in a block."""

Numbers = Mapping[str, tuple[str, int]]
"""The pattern and the number of keys that are made for a pattern."""


class Frame(NamedTuple):
    """What stands around the records of a file: at its beginning, between them, at its end; and around each copy."""

    opening: bytes
    seam: bytes
    closing: bytes
    is_body: bool = False


FRAMES: dict[str, Frame] = {
    "json-array": Frame(b"[", b",\n", b"]\n"),
    "json-lines": Frame(b"", b"\n", b"\n"),
    "json-bodies": Frame(b"[", b",\n", b"]\n", is_body=True),
    "table": Frame(b"", b"\n", b"\n"),
}
"""How files are put together, by the name of the reader that reads them."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One record that was broken on purpose, as `--list` writes it.

    Attributes:
        rule: the rule's name.
        code: its code.
        index: the record's number, from 0.
        offset: where it begins, in bytes.
        path: JSON Pointer to what is wrong.
    """

    rule: str
    code: str
    index: int
    offset: int
    path: str

    def as_json(self) -> bytes:
        """The record as a line of JSON."""
        return orjson.dumps(self, option=orjson.OPT_APPEND_NEWLINE)


class _Block(NamedTuple):
    draft: DraftFile
    numbers: Numbers


@dataclass(slots=True)
class _Section:
    """The records of a block that stand together: text, cut where keys and texts of each copy go.

    Attributes:
        pieces: the text between the tokens, with room for these in between.
        tokens: what each token stands for: a key's number and whether it has hyphens, or a text's number and length.
        size: the size of a copy, in bytes.
        records: how many records a copy has.
        planted: the record that is broken, as if the section stood at the beginning of a file.
    """

    pieces: list[bytes]
    tokens: list[tuple[int, int]]
    size: int
    records: int
    planted: Planted | None = None


class LargeFile:
    """A large file, in pieces.

    Arguments:
        plan: the rule set.
        size: the size that it has at most, in bytes.
        seed: the same bytes for the same number.
        broken: the share of records that are broken on purpose.
        targets: the rules that they break.
        types: record types that the file has although the rule set says nothing of them.

    Attributes:
        planted: what was broken in the piece that was given last.
        bytes: how many bytes were given so far.
        records: how many records.
        broken: how many of them were broken on purpose.

    Raises:
        ImportValidatorError: where no such file can be made.
    """

    def __init__(
        self,
        plan: Plan,
        size: int,
        seed: int = 0,
        broken: float = 0.0,
        targets: Sequence[Target] = (),
        types: Collection[str] = (),
    ) -> None:
        if plan.rule_set.reader not in FRAMES:
            raise ImportValidatorError(f"no files can be made for the reader {plan.rule_set.reader!r}")
        self._plan = plan
        self._frame = FRAMES[plan.rule_set.reader]
        self._table = TableLayout(Skewed(seed), plan.setup.columns, plain=True) if plan.setup.columns else None
        if self._table is not None:
            self._frame = self._frame._replace(opening=self._table.row(self._table.headers) + b"\n")
        self._patterns: list[str] = []
        self._seed = seed
        self._asked_for = types
        self._prose = prose(seed)
        self._order = [[name] for name in plan.rule_set.order] or [list(plan.records)]
        block = self._block(Skewed(seed), min(_BLOCK, max(size // 8, 1)))
        own = [entry for entry in block.draft.entries if _has_own_key(plan, entry, block.numbers)]
        self._once = self._sections_of([each for each in block.draft.entries if each not in own], block.numbers)
        self._sections = self._sections_of(own, block.numbers)
        self._clusters = self._clusters_of(targets) if broken else []
        self._copies, self._plants = self._counts(size, broken)
        self.planted: list[Planted] = []
        self.bytes = self.records = self.broken = 0
        self._is_empty = True

    def __iter__(self) -> Iterator[bytes]:
        """The file's bytes, in pieces of less than a megabyte, for the most part."""
        self.bytes = self.records = self.broken = 0
        self.planted = []
        self._is_empty = True
        if not self._frame.is_body:
            yield self._take(self._frame.opening)
        for section in range(len(self._sections)):
            if self._once[section].records:
                yield self._written(self._once[section], 0)
            for copy in range(self._copies):
                if self._sections[section].records:
                    yield self._written(self._sections[section], copy)
                before, after = (copy * self._plants // self._copies, (copy + 1) * self._plants // self._copies)
                for plant in range(before, after):
                    cluster = self._clusters[plant % len(self._clusters)][section]
                    if cluster.records:
                        yield self._written(cluster, self._copies + plant)
        self.planted = []
        if not self._frame.is_body:
            yield self._take(self._frame.closing)

    # Writing

    def _written(self, section: _Section, copy: int) -> bytes:
        """A copy of a section, with what goes before it."""
        text = self._filled(section, copy)
        if self._frame.is_body:
            text = self._frame.opening + text + self._frame.closing
            begin = self.bytes + len(self._frame.opening)
        else:
            text = text if self._is_empty else self._frame.seam + text
            begin = self.bytes + (0 if self._is_empty else len(self._frame.seam))
        self._is_empty = False
        self.planted = [self._placed(section.planted, copy, begin)] if section.planted else []
        self.broken += len(self.planted)
        self.records += section.records
        return self._take(text)

    def _placed(self, planted: Planted, copy: int, begin: int) -> Planted:
        """What was broken in a copy, where it stands in the file."""
        path = planted.path
        if TOKEN.search(path.encode()):
            path = self._filled(self._cut(path.encode(), 0, None, {}), copy).decode()
        return replace(planted, index=self.records + planted.index, offset=begin + planted.offset, path=path)

    def _take(self, text: bytes) -> bytes:
        self.bytes += len(text)
        return text

    def _filled(self, section: _Section, copy: int) -> bytes:
        """A copy of a section: keys of its own, and texts that begin elsewhere in the prose."""
        base = (self._seed * 0x9E3779B97F4A7C15 + copy * 0xD1342543DE82EF95) & _MASK
        keys: dict[tuple[int, int], bytes] = {}
        filled = []
        for token in section.tokens:
            number, kind = token
            if kind > 0:
                start = _mixed(base + number) % (len(self._prose) - kind)
                filled.append(self._prose[start : start + kind])
                continue
            key = keys.get(token)
            if key is None and kind < -1:
                key = keys[token] = _spelt(self._patterns[-2 - kind], copy << _NUMBER_BITS | number)
            if key is None:
                key = keys[token] = _key(_mixed(base ^ number << 1), copy << 16 | number, hyphens=kind == 0)
            filled.append(key)
        section.pieces[1::2] = filled
        return b"".join(section.pieces)

    # Planning

    def _counts(self, size: int, broken: float) -> tuple[int, int]:
        """How many copies of the block there are, and how many records are broken."""
        around = len(self._frame.opening) + len(self._frame.seam) + len(self._frame.closing)
        size -= around + sum(section.size + around for section in self._once if section.records)
        block = sum(section.size + around for section in self._sections)
        records = sum(section.records for section in self._sections)
        sizes = [sum(section.size + around for section in cluster) for cluster in self._clusters]
        cluster = sum(sizes) / len(sizes) if sizes else 0.0
        share = records * broken if self._clusters else 0.0
        copies = int(size // (block + share * cluster))
        if copies < 1:
            raise ImportValidatorError(f"a file of {self._plan.rule_set.name} has at least {block + around:,} bytes")
        return copies, round(copies * share)

    def _block(self, choose: Chooser, size: int) -> _Block:
        """A few hundred records that refer to each other alone."""
        style = Realistic(self._plan)
        workshop = Workshop(self._plan, choose, style=style)
        for name, count in _mix(self._plan, workshop.usual_types(self._asked_for), max(size // 400, 1)):
            for _ in range(count):
                mark = workshop.draft.mark()
                if not workshop.try_add(name):
                    break
                if _names_a_set(self._plan, workshop.draft.entries[mark[0] :]):
                    workshop.draft.back_to(mark)
        return _Block(workshop.draft, style.numbers)

    def _clusters_of(self, targets: Sequence[Target]) -> list[list[_Section]]:
        """For each rule, a few records of which one breaks it, which belong to no others of the file."""
        clusters = []
        for number, target in enumerate(targets):
            style = Realistic(target.plan, apart=True)
            workshop = Workshop(target.plan, Skewed(self._seed + number), style=style)
            try:
                broken = workshop.break_one(target.rule, target.name)
            except ImportValidatorError:
                continue
            entries = workshop.draft.entries
            rules = [each for each in target.plan.rules if each.name != target.name]
            is_alone = not any(workshop.comes_with(each, target.rule) for each in rules)
            own_keys = all(_has_own_key(target.plan, each, style.numbers) for each in entries)
            copyable = is_alone and own_keys and not _names_a_set(target.plan, entries)
            if copyable and not (workshop.draft.unknown or workshop.widened):
                clusters.append(self._sections_of(workshop.draft.in_order(), style.numbers, target, broken))
        if not clusters:
            raise SynthesisError("none of these rules can be broken in a large file by itself")
        return clusters

    def _sections_of(
        self, entries: list[Entry], numbers: Numbers, target: Target | None = None, broken: Broken | None = None
    ) -> list[_Section]:
        """The records by where they stand in the file: all together, or each type by itself where order matters."""
        values = values_of(self._plan, entries)
        sections = []
        for types in self._order:
            chosen = [each for each in values if each[1][0].record_type in types]
            texts = [orjson.dumps(value) if self._table is None else self._table.encode(value) for value, _ in chosen]
            planted = None
            if target is not None and broken is not None and any(broken.entry in within for _, within in chosen):
                begins = [sum(map(len, texts[:at])) + at * len(self._frame.seam) for at in range(len(texts))]
                index, offset, path = place_of(self._plan, chosen, begins, broken)
                planted = Planted(broken.rule, target.rule.code, index, offset, path)
            text = self._frame.seam.join(texts)
            sections.append(self._cut(text, sum(len(within) for _, within in chosen), planted, numbers))
        return sections

    def _cut(self, text: bytes, records: int, planted: Planted | None, numbers: Numbers) -> _Section:
        """A section, from its text with tokens in it."""
        pieces: list[bytes] = []
        tokens: list[tuple[int, int]] = []
        end = 0
        for match in _token(numbers).finditer(text):
            tokens.append(self._token(match, numbers))
            pieces += [text[end : match.start()], b""]
            end = match.end()
        return _Section([*pieces, text[end:]], tokens, len(text), records, planted)

    def _token(self, match: re.Match[bytes], numbers: Numbers) -> tuple[int, int]:
        token = match.group()
        if token.decode() in numbers:
            pattern, number = numbers[token.decode()]
            if pattern not in self._patterns:
                self._patterns.append(pattern)
            return number, -2 - self._patterns.index(pattern)
        if token.startswith(b"TEXT"):
            return int(token[4:8]), len(token)
        return int(token[4:8], 16), 0 if match[1] else -1


def _token(numbers: Numbers) -> re.Pattern[bytes]:
    """What matches the tokens in a text, those that are made for a pattern too."""
    if not numbers:
        return TOKEN
    spelt = b"|".join(re.escape(text.encode()) for text in numbers)
    return re.compile(TOKEN.pattern + b"|" + spelt)


def _spelt(pattern: str, number: int) -> bytes:
    """The text with this number among those that a pattern matches, which all have one length."""
    letters = []
    for alphabet in alphabets_of(pattern) or ():
        number, place = divmod(number, len(alphabet))
        letters.append(alphabet[place])
    return "".join(letters).encode()


def plantable(targets: Sequence[Target]) -> list[Target]:
    """Those of several rules that records of a large file can break by themselves."""
    return [
        target
        for target in targets
        if not target.options
        and not target.rule.note
        and not isinstance(target.rule, ReadingRule | TypeOrder)
        and target.rule.scope.subject != "line"
    ]


def _has_own_key(plan: Plan, entry: Entry, numbers: Numbers) -> bool:
    """Whether copies of a record have keys of their own; true of those without a key."""
    for rule in plan.rules:
        if isinstance(rule, Unique) and rule.scope.record_type == entry.record_type and entry.fields is not None:
            made_of = [entry.fields.get(name) for part in rule.key for name in fields_of(rule.scope, part)]
            has_key = key_reader(rule.scope, rule.key, rule.absent)(entry.fields) is not None
            spelt = [numbers[each] for each in made_of if isinstance(each, str) and each in numbers]
            if any(alphabets_of(pattern) and number >> _NUMBER_BITS == 0 for pattern, number in spelt):
                continue
            if has_key and TOKEN.search(orjson.dumps(made_of)) is None:
                return False
    return True


def _names_a_set(plan: Plan, entries: list[Entry]) -> bool:
    """Whether records name an id that is made from a set of keys, so that copies would have to work it out."""
    prefixes = {
        each.prefix.encode()
        for record in plan.rule_set.records.values()
        for each in record.derived.values()
        if isinstance(each, SetId) and each.prefix
    }
    text = orjson.dumps([entry.fields for entry in entries if entry.fields is not None])
    return any(prefix in text for prefix in prefixes)


def _mix(plan: Plan, types: Sequence[str], total: int) -> list[tuple[str, int]]:
    """How many records of each type there are: few of what others refer to, many of what refers to others."""
    level = dict.fromkeys(plan.records, 0)
    rules = [rule for rule in plan.rules if isinstance(rule, RefersTo) and rule.to != rule.scope.record_type]
    for _ in plan.records:
        for rule in rules:
            level[rule.scope.record_type] = max(level[rule.scope.record_type], min(level[rule.to] + 1, 3))
    texts = {name for name, each in plan.records.items() if {"text", "message"} & set(each.shape.fields)}
    weights = {name: 3 ** level[name] * (8 if name in texts else 1) for name in types}
    return [(name, max(total * weight // sum(weights.values()), 1)) for name, weight in weights.items()]


def _mixed(number: int) -> int:
    """A number that looks like chance, the same for the same number on any machine (SplitMix64)."""
    number = (number + 0x9E3779B97F4A7C15) & _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    return number ^ (number >> 27)


def _key(mixed: int, number: int, *, hyphens: bool) -> bytes:
    """A key like a UUID, different for each number below 2⁴⁸."""
    high, low = mixed >> 32, mixed & 0xFFFFFFFF
    key = b"%08x-%04x-4%03x-8%03x-%012x" % (high, low >> 16, low >> 4 & 0xFFF, low & 0xFFF, number)
    return key if hyphens else key.replace(b"-", b"")
