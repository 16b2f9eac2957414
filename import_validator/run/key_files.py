"""Files with keys that the target app has already: lists, tables, and earlier import files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TypeAlias

from ..errors import SourceError
from ..facts.rows import Key
from ..model.records import Records
from ..model.violation import shortened
from ..pass_one.opening import Opener
from ..readers import READERS, TABLE, UNREADABLE, Batch, Setup, TableColumn, has_header, kind_of, looks_like_workbook
from ..readers.table import TableReader
from ..ruleset.plan import Plan
from ..source.source import Source
from ..units import counted

WhyNot: TypeAlias = Callable[[str], str]
"""Says why a text cannot be a key; empty where it can."""

_HEAD = 64 * 1024
_LINES_TRIED = 100
_BOM = b"\xef\xbb\xbf"


class KeyFile:
    """A file with keys of a record type: a key on each line, a table, or an import file of the rule set's format.

    Arguments:
        plan: the rule set.
        record_type: the type whose keys are wanted.
        source: the file.
        max_record: the longest line or record that is read, in bytes.
        tmp: folder for temporary files; the system's own where None.

    Raises:
        SourceError: where the file cannot be read.
    """

    def __init__(
        self,
        plan: Plan,
        record_type: str,
        source: Source,
        max_record: int,
        tmp: str | os.PathLike[str] | None,
    ) -> None:
        self._plan = plan
        self._type = record_type
        self._name = source.name
        self._max_record = max_record
        self._tmp = tmp
        self._is_list = any(each.name == record_type for each in plan.rule_set.lists)
        pieces = source.chunks()
        self._head = b""
        while len(self._head) < _HEAD and (piece := next(pieces, None)) is not None:
            self._head += piece
        self._pieces = chain([self._head], pieces)

    @property
    def is_import_file(self) -> bool:
        """Whether it is an import file of the rule set's format, as far as its beginning shows."""
        rule_set = self._plan.rule_set
        if rule_set.columns:
            return not self._is_list and (looks_like_workbook(self._head) or has_header(self._head, self._plan.setup))
        values = READERS[rule_set.reader].first_values(self._head[:_HEAD])
        return values == [] or any(rule_set.envelope.fits(value) for value in values or ())

    def keys_of_records(self) -> Iterator[Key]:
        """The keys that the records of an import file define.

        Raises:
            SourceError: where it cannot be read to its end, or has records, but none with such a key.
        """
        reader = self._plan.reader(self._max_record, self._tmp)
        opener = Opener(self._plan)
        defines = [stream for stream in self._plan.records[self._type].streams if stream.table == "defined"]
        records = known = own = keys = 0
        try:
            for batch in chain(chain.from_iterable(map(reader.feed, self._pieces)), reader.close()):
                self._refuse_unreadable(batch)
                opened = opener.open(batch)
                records += opened.records
                for group in opened.groups:
                    known += len(group.records)
                    if group.plan.name == self._type:
                        own += len(group.records)
                        fields = Records([group.plan.shape.normalise(each)[0] for each in group.records])
                        for stream in defines:
                            found = stream.read(fields).keys
                            keys += len(found)
                            yield from found
        finally:
            reader.drop()
        if records and (not known or (own and not keys)):
            raise self._error(f"it has {counted(records, 'record')}, of which none is a {self._type} with a key")

    def listed_keys(self, why_not: WhyNot) -> Iterator[str | tuple[str, ...]]:
        """The keys in a table, or on the lines of a list, as they stand there.

        Raises:
            SourceError: where it is neither, or none of the keys at its beginning can be one.
        """
        columns = self._key_columns()
        if looks_like_workbook(self._head) or has_header(self._head, Setup(columns=columns)):
            return self._keys_of_table(columns)
        if kind := kind_of(self._head):
            raise self._error(f"it looks like {kind}; {self._advice(kind, columns)}")
        lines = [line for line in map(bytes.strip, self._head.removeprefix(_BOM).split(b"\n")) if line]
        if len(self._head) >= _HEAD:
            lines.pop()  # it may go on
        reasons = [why_not(_text(line)) for line in lines[:_LINES_TRIED]]
        if reasons and all(reasons):
            first = shortened(_text(lines[0]))
            raise self._error(f'none of its first lines can be a key; "{first}" cannot, because {reasons[0]}')
        return map(_text, self._lines())

    def _lines(self) -> Iterator[bytes]:
        """The lines that are not blank, without white space around them."""
        rest = bytearray()
        number = 0
        for piece in self._pieces_without_mark():
            first, *others = piece.split(b"\n")
            rest += first
            for other in others:
                yield from filter(None, [bytes(rest).strip()])
                number += 1
                rest[:] = other
            if len(rest) > self._max_record:
                raise self._error(f"line {number + 1:,} is longer than {self._max_record:,} bytes: it cannot be a key")
        yield from filter(None, [bytes(rest).strip()])

    def _pieces_without_mark(self) -> Iterator[bytes]:
        yield next(self._pieces).removeprefix(_BOM)
        yield from self._pieces

    def _key_columns(self) -> list[TableColumn]:
        """The columns that keys may stand in: one for each part; or any of several, for what a list is of."""
        rule_set = self._plan.rule_set
        headers = {each.name: each.header or each.name for each in rule_set.columns}
        if not self._is_list:
            return [TableColumn(part, headers.get(part, part), True) for part in rule_set.records[self._type].key]
        links = [each.name for each in rule_set.columns if each.link == self._type]
        by_header = {text.casefold(): text for text in (*map(headers.get, links), *links, self._type) if text}
        return [TableColumn(text, text) for text in by_header.values()]

    def _keys_of_table(self, columns: Sequence[TableColumn]) -> Iterator[str | tuple[str, ...]]:
        setup = Setup(columns=columns, options=self._plan.choices.reader, tmp=self._tmp)
        reader = TableReader(max_record=self._max_record, setup=setup)
        names = [each.field for each in columns]
        try:
            for batch in chain(chain.from_iterable(map(reader.feed, self._pieces)), reader.close()):
                self._refuse_unreadable(batch)
                for row in batch.parsed:
                    cells = [row[name] for name in names if row.get(name)]
                    if self._is_list and cells:
                        yield cells[0]
                    elif len(cells) == len(names):
                        yield tuple(cells) if len(cells) > 1 else cells[0]
        finally:
            reader.drop()

    def _refuse_unreadable(self, batch: Batch) -> None:
        """Refuse a file of which a part cannot be read: its keys would be missing without a word."""
        for problem in batch.problems:
            is_lost = problem.at is not None and batch.parsed[problem.at] is UNREADABLE
            if problem.code in {"parse", "missing-column"} or is_lost:
                raise self._error(problem.message)

    def _advice(self, kind: str, columns: Sequence[TableColumn]) -> str:
        if kind == TABLE:
            headers = ", ".join(f'"{each.header}"' for each in columns)
            return f"no column has a header that keys are looked for under: {headers}"
        return f"give a list with a key on each line, a table, or an import file of {self._plan.rule_set.name}"

    def _error(self, message: str) -> SourceError:
        return SourceError(f"{self._name}, with existing {self._type} keys: {message}")


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")
