"""A part of a workbook as XML: read piece by piece, within bounds that hold whatever the part says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import NoReturn
from xml.parsers import expat

from ..errors import SourceError
from .archive import damaged

_DEEPEST = 100
_MOST_NAMES = 10_000
_LONGEST_TAG = 1 << 20


class XmlPart(ABC):
    """Parses one part.

    expat keeps every open element, every name, and a tag until its end. So depth, the number of names and the length
    of a tag, in bytes, are held within bounds after each piece: no piece is long enough to pass them by much.

    Arguments:
        name: what the part is called in error messages.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.depth = 0
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self._fed = 0

    @abstractmethod
    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins. Counts it in `depth`."""

    @abstractmethod
    def end(self, tag: str) -> None:
        """An element ends. Takes it off `depth`."""

    def feed(self, piece: bytes, *, final: bool = False) -> None:
        """Parse the next piece.

        Raises:
            SourceError: where it is no XML, or more than is read.
        """
        self._fed += len(piece)
        try:
            self.parser.Parse(piece, final)
        except expat.ExpatError as error:
            raise damaged(f"{self.name} is no XML ({error})") from error
        if self.depth > _DEEPEST:
            raise damaged(f"{self.name} has elements that nest more than {_DEEPEST} deep")
        if len(self.parser.intern) > _MOST_NAMES:
            raise damaged(f"{self.name} has more than {_MOST_NAMES:,} different names of elements and attributes")
        if self._fed - self.parser.CurrentByteIndex > _LONGEST_TAG:
            raise damaged(f"{self.name} has a tag or a comment of more than {_LONGEST_TAG:,} bytes")

    def _refuse(self, *_: object) -> NoReturn:
        raise SourceError(
            f"{self.name} in the workbook has a document type, in which entities can be defined that unpack without "
            "end: it is not read; no spreadsheet program writes one"
        )


class _Elements(XmlPart):
    """Collects the elements that are wanted."""

    def __init__(self, name: str, wanted: frozenset[str]) -> None:
        super().__init__(name)
        self._wanted = wanted
        self.found: list[tuple[str, dict[str, str]]] = []

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if (local := local_name(tag)) in self._wanted:
            self.found.append((local, attributes))

    def end(self, tag: str) -> None:
        self.depth -= 1


def elements(name: str, pieces: Iterable[bytes], wanted: Iterable[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of a part that have one of these names, in order, each with its attributes.

    Raises:
        SourceError: where the part is no XML, or more than is read.
    """
    parser = _Elements(name, frozenset(wanted))
    for piece in pieces:
        parser.feed(piece)
        found, parser.found = parser.found, []
        yield from found
    parser.feed(b"", final=True)


def local_name(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]
