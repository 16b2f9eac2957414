"""The records of one type in a batch, by rows and by columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

Fields = Mapping[str, Any]
"""A record's fields as rules see them: None stands for absent, and `UNREADABLE` for a value of the wrong type
(which is reported once, as that)."""

_ONLY_TEXT = {str}


class SideBySide(Sequence[tuple[Any, ...]]):
    """Columns side by side, row by row. A row is made when it is looked at, and mostly dropped again at once."""

    def __init__(self, columns: Sequence[Sequence[Any]]) -> None:
        self.columns = columns

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return zip(*self.columns, strict=True)

    def __len__(self) -> int:
        return len(self.columns[0])

    @overload
    def __getitem__(self, number: int) -> tuple[Any, ...]: ...
    @overload
    def __getitem__(self, number: slice) -> SideBySide: ...
    def __getitem__(self, number: int | slice) -> tuple[Any, ...] | SideBySide:
        parts = [column[number] for column in self.columns]
        return SideBySide(parts) if isinstance(number, slice) else tuple(parts)


class Records(Sequence[Fields]):
    """The fields of the records of one type in a batch. Each column is read once, however many rules need it.

    Attributes:
        rows: the fields of each record.
        surely: the names of fields that every record has.
        maybe: the names of fields that at least one record has.
    """

    def __init__(self, rows: Sequence[Fields]) -> None:
        shapes = set(map(tuple, rows))
        self.maybe: frozenset[str] = frozenset().union(*shapes)
        self.surely: frozenset[str] = frozenset(next(iter(shapes), ())).intersection(*shapes)
        self.rows = rows
        self._count = len(rows)
        self._columns: dict[str, list[Any]] = {}
        self._texts: dict[str, bool] = {}

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> Fields: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Fields]: ...
    def __getitem__(self, number: int | slice) -> Fields | Sequence[Fields]:
        return self.rows[number]

    def column(self, name: str) -> list[Any]:
        """The field of this name in each record; None where it is absent."""
        if name not in self._columns:
            if name not in self.maybe:
                self._columns[name] = [None] * self._count
            elif name in self.surely:
                self._columns[name] = [fields[name] for fields in self.rows]
            else:
                self._columns[name] = [fields.get(name) for fields in self.rows]
        return self._columns[name]

    def is_text(self, name: str) -> bool:
        """Whether the field holds text, and not the empty one, in every record."""
        if name not in self._texts:
            column = self.column(name)
            self._texts[name] = name in self.surely and set(map(type, column)) == _ONLY_TEXT and "" not in column
        return self._texts[name]

    def parts(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """Of each record the fields of these names that are there."""
        if not names:
            return [{}] * self._count
        rows = zip(*map(self.column, names), strict=True)
        return [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows]

    def having(self, name: str) -> list[int]:
        """The numbers of the records in which the field is there, and neither empty nor false."""
        return [number for number, value in enumerate(self.column(name)) if value] if name in self.maybe else []
