"""What is measured, as data: the files, and the commands that are run over each."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from benchmarks import chat, entries, shapes
from import_validator.units import format_size, parse_size

ROOT = Path(__file__).parent.parent
FLOOR = "the floor: parsing alone"
WAYS = ("--jobs 1", "--memory 8MB --jobs 1", "--jobs 2")
"""The options that the command is measured with over every large file."""

_SIZES = tuple(map(parse_size, ("30MB", "300MB", "3GB")))
_LONGEST = parse_size("15MB")
"""The longest record that is read: a little less than what the command reads by itself."""

_TIMES_SMALLER = 100
"""How many times smaller than the others the table is that frictionless validates."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the files are, in bytes.

    Attributes:
        clean: the sizes of valid files, from the smallest.
        main: the size of all others; one of `clean`.
    """

    clean: tuple[int, ...]
    main: int

    @classmethod
    def of(cls, largest: int) -> Scale:
        """The usual sizes up to the largest: 30 MB, 300 MB, 3 GB. Above 300 MB there are only valid files."""
        return cls((*(size for size in _SIZES if size < largest), largest), min(largest, _SIZES[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to be made.

    Attributes:
        kind: what it is called in the table, without its size.
        size: about how large it is, in bytes.
        write: writes it to a path.
    """

    kind: str
    size: int
    write: Callable[[Path], None]

    @property
    def title(self) -> str:
        """What it is called in the table."""
        return f"{self.kind}, {format_size(self.size)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One command over one file: a row of the table.

    Attributes:
        file: the file.
        what: what runs, as the table says it.
        command: the command, in which `{file}`, `{report}`, `{schema}` (of `stream-chat`) and `{lines}` (the rules of
            `stream-chat`, for lines) and `{wide}` (those of a wide table) stand for paths.
        status: the exit status that it has to have.
        left_out: why it cannot be run here; empty where it can.
    """

    file: File
    what: str
    command: tuple[str, ...]
    status: int = 0
    left_out: str = ""

    @property
    def name(self) -> str:
        """What tells it from all others."""
        return f"{self.file.title}: {self.what}"


def cases(scale: Scale) -> list[Case]:
    """Everything that is measured."""
    arrays = [_chat("clean array", size) for size in scale.clean]
    lines = [_chat("clean lines", size, array=False) for size in scale.clean]
    longest = min(scale.main // 2, _LONGEST)
    feeds = File(
        kind="many records a line",
        size=scale.main,
        write=lambda path: chat.write(chat.feeds(scale.main), path, scale.main, array=False),
    )
    return [
        *(case for file in arrays for case in _validated(file, _CHAT)),
        *_baselines(arrays[scale.clean.index(scale.main)]),
        *(case for file in lines for case in _validated(file, ("--rules", "{lines}", *_NO_LIMIT))),
        *_validated(_chat("1 % broken array", scale.main, broken=0.01), _CHAT, status=1),
        *_validated(_chat("100 % broken array", scale.main, broken=1), _CHAT, status=1),
        *_validated(_chat("array with all keys equal", scale.main, same_key=True), _CHAT, status=1),
        *_validated(_giant("one giant record", longest), _CHAT),
        *_ways(_giant("one record too long to be read", scale.main), (*_CHAT, "--max-record", str(longest)), status=1),
        *_validated(feeds, ("--rules", "stream-feeds")),
        *_shapes(scale.main),
        *_tables(scale.main),
        _ten_records(),
    ]


_NO_LIMIT = ("--param", "max_size=1000GB")
_CHAT = ("--rules", "stream-chat", *_NO_LIMIT)


def _chat(kind: str, size: int, *, array: bool = True, broken: float = 0, same_key: bool = False) -> File:
    records = partial(chat.chat, size, broken=broken, same_key=same_key)
    return File(kind=kind, size=size, write=lambda path: chat.write(records(), path, size, array=array))


def _validated(file: File, options: tuple[str, ...], *, status: int = 0) -> Iterator[Case]:
    """The floor of a file, and the command over it in each way."""
    yield Case(file=file, what=FLOOR, command=_python("benchmarks.baselines.floor", "{file}"))
    yield from _ways(file, options, status=status)


def _ways(file: File, options: tuple[str, ...], *, status: int = 0) -> Iterator[Case]:
    for way in WAYS:
        command = _python(
            "import_validator", "validate", "{file}", *options, *way.split(), "--format", "json", "--output", "{report}"
        )
        yield Case(file=file, what=f"validate {way}", command=command, status=status)


def _shapes(size: int) -> Iterator[Case]:
    """Arrays as other programs write them, and lines of the one that is least like ours."""
    varied, escaped, nested = (partial(make, size) for make in (shapes.varied, shapes.escaped, shapes.nested))
    for kind, records in (
        ("fields that come and go", varied),
        ("escapes and other scripts", escaped),
        ("nested attachments", nested),
    ):
        file = File(kind=kind, size=size, write=partial(_write_records, records, size))
        yield from _validated(file, _CHAT)
    lines = File(
        kind="lines of fields that come and go", size=size, write=partial(_write_records, varied, size, array=False)
    )
    yield from _validated(lines, ("--rules", "{lines}", *_NO_LIMIT))
    yield from _validated(File(kind="made by `generate`", size=size, write=partial(shapes.generated, size=size)), _CHAT)


def _write_records(records: Callable[[], Iterator[str]], size: int, path: Path, *, array: bool = True) -> None:
    chat.write(records(), path, size, array=array)


def _giant(kind: str, size: int) -> File:
    return File(kind=kind, size=size, write=partial(chat.write_giant, size=size))


def _baselines(file: File) -> Iterator[Case]:
    for what, module, needs in (
        ("ijson", "ijson_alone", "ijson"),
        ("ijson + fastjsonschema, no references", "ijson_fastjsonschema", "fastjsonschema"),
        ("orjson + jsonschema-rs, no references", "orjson_jsonschema_rs", "jsonschema_rs"),
        ("DuckDB, one thread, most of the checks", "duckdb_chat", "duckdb"),
    ):
        command = _python(f"benchmarks.baselines.{module}", "{file}", "{schema}")
        yield Case(file=file, what=what, command=command, left_out=_missing(needs))


def _tables(size: int) -> Iterator[Case]:
    for each in (size, size // _TIMES_SMALLER):
        file = File(kind="CSV", size=each, write=partial(entries.write, size=each))
        yield from _ways(file, ("--rules", str(entries.RULES)))
        if each == size:
            yield _duckdb(file)
    quoted = File(
        kind="CSV with quotes and line breaks", size=size, write=partial(entries.write, size=size, quoted=True)
    )
    yield from _ways(quoted, ("--rules", str(entries.RULES)))
    yield _duckdb(quoted)
    wide = File(kind="wide CSV", size=size, write=partial(entries.write, size=size, wide=True))
    yield from _ways(wide, ("--rules", "{wide}"))
    command = _python("benchmarks.baselines.frictionless_table", "{file}")
    yield Case(file=file, what="frictionless", command=command, left_out=_missing("frictionless"))


def _duckdb(file: File) -> Case:
    command = _python("benchmarks.baselines.duckdb_table", "{file}")
    return Case(file=file, what="DuckDB, one thread, the same checks", command=command, left_out=_missing("duckdb"))


def _ten_records() -> Case:
    records = list(itertools.islice(chat.chat(0), 10))
    file = File(
        kind="ten records",
        size=len("".join(records)),
        write=lambda path: chat.write(iter(records), path, 1 << 20, array=True),
    )
    return Case(file=file, what="validate", command=_python("import_validator", "validate", "{file}"))


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)


def _missing(module: str) -> str:
    return "" if find_spec(module) else f"{module} is not installed"
