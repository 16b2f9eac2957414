"""Any bytes at all, read with every reader, in one piece and in others: one report, whose places lie in the file."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

import orjson

from import_validator import ImportValidatorError, Report, RuleSet, validate
from import_validator.report.output import OUTPUTS
from import_validator.ruleset.compiler import compile_plan

RULES = """
name = "fuzzed"
[reader]
format = "{reader}"
[envelope]
type = "type"
{envelope}
[records.user]
key = ["id"]
rules = [
    {{ rule = "required", field = "id" }},
    {{ rule = "max-length", field = "id", bytes = 8 }},
    {{ rule = "pattern", field = "id", pattern = '^[@\\w-]*$' }},
    {{ rule = "unique" }},
    {{ rule = "refers-to", field = "mutes", each = true, to = "user" }},
]
[records.user.fields]
id = "string"
mutes = "array of string"
teams = "array of string"
count = "integer"
at = "timestamp"
"""
TABLE_RULES = """
name = "fuzzed"
[reader]
format = "table"
[columns.id]
header = "Id"
type = "string"
required = true
unique = true
max_length = 8
[columns.parent]
header = "Parent"
type = "string"
link = "id"
[columns.count]
header = "Count"
type = "integer"
[columns.at]
header = "Date"
type = "date"
"""
KINDS = ("json-array", "json-lines", "entries", "json-bodies", "table")
SHORT_RECORD = 300
"""The longest record that is read, in bytes, where that is to be tried."""

SMALL_CHUNK = 48
"""How many bytes are parsed in one call, so that small files are cut as large ones are."""


@dataclass(frozen=True, slots=True)
class Input:
    """What an input of the fuzzer says.

    Attributes:
        kind: how the file is read; one of `KINDS`.
        short: whether only short records are read.
        sizes: the sizes of the pieces that it is fed in, which take turns.
        content: the file.
    """

    kind: str
    short: bool
    sizes: tuple[int, ...]
    content: bytes

    @classmethod
    def of(cls, data: bytes) -> Input:
        """What the first four bytes say, and the rest, which is the file."""
        kind = "table" if data[0] & 8 else KINDS[data[0] % 4]
        return cls(kind, bool(data[0] & 4), tuple(size % 64 + 1 for size in data[1:4]), data[4:])

    @property
    def rule_set(self) -> RuleSet:
        """The rules that the file is held to."""
        return _rule_set(self.kind)

    def outcome(self, source: Any, folder: str, **options: Any) -> Report | ImportValidatorError:
        """The report on the file, or why there is none."""
        limits: dict[str, Any] = {"max_record": SHORT_RECORD} if self.short else {}
        try:
            return validate(source, self.rule_set, samples=1000, tmp=folder, **limits, **options)
        except ImportValidatorError as error:
            return error


def check(data: bytes) -> None:
    """Validate what the data says, in one piece and in others.

    Raises:
        AssertionError: where reading it in pieces gives another report, or something else is wrong with the report.
        Exception: whatever should not have been raised.
    """
    if len(data) < 4:
        return
    given = Input.of(data)
    with tempfile.TemporaryDirectory() as folder:
        before = _open_files()
        whole = given.outcome(given.content, folder)
        with chunks_of(SMALL_CHUNK):
            pieces = given.outcome(pieces_of(given.content, given.sizes), folder, memory=1)
        assert _open_files() == before, "a file stays open"
        assert list(Path(folder).iterdir()) == [], "a temporary file stays behind"
    one, other = essence(whole), essence(pieces)
    differences = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    assert not differences, f"in pieces, the report has other {', '.join(differences)}"
    if isinstance(whole, Report):
        _check_places(whole)
        _check_outputs(whole, given.rule_set)


def essence(outcome: Report | ImportValidatorError) -> dict[str, Any]:
    """What of a report, or of an error, must not depend on how the bytes arrive."""
    if isinstance(outcome, ImportValidatorError):
        return {"error": f"{type(outcome).__name__}: {outcome}"}
    document = orjson.loads(orjson.dumps(outcome.as_dict()))
    return {name: value for name, value in document.items() if name not in {"source", "seconds", "run"}}


def _check_places(report: Report) -> None:
    for violation in report.violations:
        assert violation.offset is None or 0 <= violation.offset <= report.bytes, "a place beyond the end of the file"
        assert violation.line is None or violation.line >= 1
        assert violation.message
    assert sum(report.counts.values()) == len(report.violations) or report.truncated


def _check_outputs(report: Report, rules: RuleSet) -> None:
    plan = compile_plan(rules)
    for name in ("text", "json"):
        stream = io.StringIO()
        output = OUTPUTS[name](stream, 1)
        output.report(report, plan)
        output.finish()
        stream.getvalue().encode()


@cache
def _rule_set(kind: str) -> RuleSet:
    if kind == "json-bodies":
        return RuleSet.load("stitch")
    if kind == "table":
        return RuleSet.from_toml(TABLE_RULES)
    envelope = 'entries = "data"\nfields = ""' if kind == "entries" else 'fields = "item"'
    return RuleSet.from_toml(RULES.format(reader="json-lines" if kind == "entries" else kind, envelope=envelope))


def pieces_of(content: bytes, sizes: tuple[int, ...]) -> Iterator[bytes]:
    """The content in pieces of sizes that take turns."""
    at = 0
    for size in cycle(sizes):
        if at >= len(content):
            return
        yield content[at : at + size]
        at += size


@contextmanager
def chunks_of(size: int) -> Iterator[None]:
    """Have the readers parse so many bytes in one call."""
    modules = [
        module
        for name, module in sys.modules.items()
        if name.startswith("import_validator.readers.") and hasattr(module, "CHUNK_SIZE")
    ]
    usual = [module.CHUNK_SIZE for module in modules]
    for module in modules:
        module.CHUNK_SIZE = size  # type: ignore[attr-defined]  # its readers have one each
    try:
        yield
    finally:
        for module, before in zip(modules, usual, strict=True):
            module.CHUNK_SIZE = before  # type: ignore[attr-defined]  # as above


def _open_files() -> int:
    """How many files this process has open; 0 where the system does not say."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


WORDS = (
    '[{"type":"user","item":{"id":"a"}}]', '{"type":"user","data":[{"id":"a"}]}', '"mutes":["a","b"]', '"count":1.0',
    '"at":"2024-02-30T00:00:00Z"', '"type"', '"item"', '"user"', "},\n{", "\xef\xbb\xbf", "\x1f\x8b",
    "\x28\xb5\x2f\xfd", "\\u0000", "\\ud800", "1e999", "NaN", '["^ ","~:action"', '"~#list"', '"~:upsert"',
    "18446744073709551616", "[[[[[[",
    "Id,Parent,Count,Date\r\n", ",e1,7,2024-03-05\r\n", "\"a\r\nb\"", "\xff\xfe", "03/04/2022", "=1+1",
)  # fmt: skip
"""What the fuzzer puts into files; a character for each byte."""
