"""Files whose format is broken, not a record in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..model.violation import pointer
from ..readers import TableColumn
from ..rules import ReadingRule
from ..rules.breaking import Draft
from .bench import SynthesisError
from .draft import Entry
from .making import options_of, values_of
from .synthesis import Workshop
from .targets import Expected, Target
from .writers import Layout, TableLayout, Written, layout_for

MARK = "(mark)"
_CUSTOM = "remark"


class _FileBench:
    """A valid file with a value that may be damaged. See `FileBench`."""

    mark = MARK

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.choose = workshop.choose
        self.plan = workshop.plan
        self.envelope = workshop.plan.rule_set.envelope
        self.entry = _marked(workshop)
        self.columns = list(workshop.plan.setup.columns)
        plain = workshop.plan.rule_set.reader in {"json-bodies", "table"}
        self.layout: Layout = layout_for(workshop.plan, workshop.choose, plain=plain)
        self._write()

    def _write(self) -> None:
        self.values = values_of(self.plan, self.workshop.draft.in_order())
        self.at = next(at for at, (_, within) in enumerate(self.values) if self.entry in within)
        self.value: Draft = self.values[self.at][0]
        self.texts = [self.layout.encode(value) for value, _ in self.values]
        self.written = self.layout.join(self.texts)

    def encode(self, value: Any) -> bytes:
        return self.layout.encode(value)

    def replaced(self, text: bytes) -> bytes:
        mark = MARK if self.columns else f'"{MARK}"'
        return self.texts[self.at].replace(mark.encode(), text)

    @property
    def mark_field(self) -> str:
        """The field with the mark."""
        return next(name for name, value in (self.entry.fields or {}).items() if value == MARK)

    @property
    def path_of_entry(self) -> str:
        """JSON Pointer from the value to the record with the mark, for a format that puts several into one value."""
        entries = self.envelope.entries
        return pointer((entries, self.values[self.at][1].index(self.entry))) if entries else ""

    @property
    def is_custom(self) -> bool:
        """Whether that field may hold anything."""
        return self.workshop.takes_custom and self.mark_field == _CUSTOM

    def with_columns(self, columns: Sequence[TableColumn]) -> Written:
        """The file as a table with these columns."""
        layout = TableLayout(self.choose, columns, plain=True)
        return layout.join([layout.encode(value) for value, _ in self.values])

    def parameter(self, limit: str) -> str:
        given = getattr(self.plan.rule_set, limit)
        return str(given["param"]) if isinstance(given, Mapping) and set(given) == {"param"} else ""

    def size(self) -> int:
        return len(self.written.data)

    def body_size(self) -> int:
        return len(self.written.data.strip()) - self.written.body

    def fill(self) -> bool:
        most = self.plan.setup.limits.records
        if most is None:
            return False
        fields = self.entry.fields or {}
        for number in range(1, most + 2 - sum(len(within) for _, within in self.values)):
            copy = self.workshop.repeated(self.entry.record_type, fields, number)
            self.workshop.draft.put(Entry(self.entry.record_type, copy))
        self._write()
        return True


def _marked(workshop: Workshop) -> Entry:
    """Put a record with a string into the file that no rule says anything about."""
    for name, record in [(name, workshop.plan.records[name]) for name in workshop.types]:
        closed = any(rule.kind == "closed" for rule in record.record_rules)
        names = [_CUSTOM] if workshop.takes_custom else list(reversed(record.shape.fields))
        for field in names if not closed and not record.wrap else ():
            if workshop.bench(name).fitting(field, [MARK]) and workshop.try_add(name, {field: MARK}, minimal=True):
                return next(each for each in reversed(workshop.draft.entries) if (each.fields or {}).get(field) == MARK)
    raise SynthesisError("no type of records takes custom data, to be damaged")


def damaged_file(workshop: Workshop, target: Target) -> tuple[bytes, Expected]:
    assert isinstance(target.rule, ReadingRule)
    file = _FileBench(workshop)
    ways = list(target.rule.damages(file))
    if not ways:
        raise SynthesisError(f"{target.name}: files of this format cannot break it")
    way = workshop.choose.pick(ways)
    options = dict(target.options)
    params = {**options.get("params", {}), **way.options.get("params", {})}
    options = {**options, **way.options, **({"params": params} if params else {})}
    options = {**options_of(workshop, target.options), **options}
    before = sum(len(within) for _, within in file.values[: file.at])
    total = sum(len(within) for _, within in file.values)
    if way.of_file:
        return file.written.data, Expected(target.name, target.name, None, "", None, options)
    if way.of_body:
        return file.written.data, Expected(target.name, target.name, total, "", file.written.body, options)
    if way.columns:
        expected = Expected(target.name, target.name, None, way.path, 0, options)
        return file.with_columns(way.columns).data, expected
    assert way.text is not None
    path = way.path
    if way.in_mark:
        before += file.values[file.at][1].index(file.entry)
        path = f"{file.path_of_entry}/{file.mark_field}{way.path}"
    texts = [*file.texts[: file.at], way.text, *file.texts[file.at + 1 :]]
    written = file.layout.join(texts)
    name = file.plan.records[file.entry.record_type].reading_rules[target.name].name if way.typed else target.name
    return written.data, Expected(target.name, name, before, path, written.begins[file.at], options)
