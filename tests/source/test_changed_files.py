"""A file whose bytes change while they are read gives no verdict, however it is read: an error says so."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from import_validator import SourceError, Validator, iter_violations, validate
from import_validator.source.source import Source, open_source
from tests.command import run

pytestmark = pytest.mark.unwatched

RULES = "stream-chat-jsonl"
LINE = (
    b'{"type":"user","data":{"id":"%-10d","name":"abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz"}}\n'.replace(
        b"%-10d", b"u%09d"
    )
)
COUNT = 30_000
"""Lines of some pieces, of which the first is read before the file changes."""


def lines(first: int = 0, count: int = COUNT) -> bytes:
    return b"".join([LINE % number for number in range(first, first + count)])


@pytest.fixture(scope="module")
def content() -> bytes:
    return lines()


@pytest.fixture
def path(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "import.jsonl"
    path.write_bytes(content)
    return path


def truncated(path: Path) -> None:
    os.truncate(path, len(LINE % 0) * 20_000)


def grown(path: Path) -> None:
    with path.open("ab") as file:
        file.write(LINE % 0)


def overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(lines(COUNT, 20_000))


def replaced(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)


CHANGES = (truncated, grown, overwritten, replaced)


def once(change: Callable[[], object]) -> Callable[[Source], None]:
    """A `progress` that changes something once a piece was read."""
    changes = iter([change])

    def progress(source: Source) -> None:
        for each in changes:
            each()

    return progress


def message(path: Path) -> str:
    return f"{path}: the file was changed while it was read; run again"


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_changes_while_it_is_read_is_an_error(
    path: Path, change: Callable[[Path], None], jobs: int
) -> None:
    with pytest.raises(SourceError) as caught:
        validate(path, RULES, jobs=jobs, progress=once(lambda: change(path)))
    assert str(caught.value) == message(path)


@pytest.mark.parametrize("change", [overwritten, replaced])
def test_a_compressed_file_that_changes_while_it_is_read_is_an_error(
    tmp_path: Path, content: bytes, change: Callable[[Path], None]
) -> None:
    path = tmp_path / "import.jsonl.gz"
    path.write_bytes(gzip.compress(content, 1))
    with pytest.raises(SourceError) as caught:
        validate(path, RULES, progress=once(lambda: change(path)))
    assert str(caught.value) == message(path)


@pytest.mark.parametrize("change", [truncated, grown, overwritten])
def test_a_file_object_whose_file_changes_is_an_error(path: Path, change: Callable[[Path], None]) -> None:
    with path.open("rb") as file, pytest.raises(SourceError) as caught:
        validate(file, RULES, progress=once(lambda: change(path)))
    assert str(caught.value) == "(file object): the file was changed while it was read; run again"


def test_violations_that_are_given_as_they_are_found_end_in_the_error(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"x")
    violations = iter_violations(path, RULES)
    assert next(violations).code == "parse"
    overwritten(path)
    with pytest.raises(SourceError) as caught:
        list(violations)
    assert str(caught.value) == message(path)


def test_a_file_that_grows_as_fast_as_it_is_read_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(lines(0, 5_000))
    with pytest.raises(SourceError) as caught:
        validate(path, RULES, progress=lambda source: path.open("ab").write(lines(0, 5_000)) and None)
    assert str(caught.value) == message(path)
    assert path.stat().st_size < 5 * 5_000 * len(LINE % 0)


def test_the_change_is_the_error_where_it_makes_something_else_fail(tmp_path: Path) -> None:
    """A file that is cut off within gzip data is damaged because it was changed, which is what there is to mend."""
    path = tmp_path / "import.jsonl.gz"
    path.write_bytes(gzip.compress(os.urandom(700_000).hex().encode(), 1))
    with pytest.raises(SourceError) as caught:
        validate(path, RULES, progress=once(lambda: os.truncate(path, 500_000)))
    assert str(caught.value) == message(path)


def test_a_validator_has_no_report_of_a_file_that_was_changed(path: Path) -> None:
    source = open_source(path)
    try:
        with Validator(RULES) as validator, pytest.raises(SourceError) as caught:
            list(validator.read(source, 1, once(lambda: grown(path))))
    finally:
        source.close()
    assert str(caught.value) == message(path)


@pytest.fixture
def touched(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Has a file's time of change set anew each time that some of its content was read."""

    def touch(path: Path) -> None:
        chunks = Source.chunks

        def chunks_of_a_file_that_changes(source: Source) -> Iterator[bytes]:
            for piece in chunks(source):
                if source.name == str(path):
                    os.utime(path, ns=(0, 0))
                yield piece

        monkeypatch.setattr(Source, "chunks", chunks_of_a_file_that_changes)

    return touch


def test_the_command_cannot_validate_a_file_that_changes_meanwhile_but_the_next_one(
    tmp_path: Path, path: Path, touched: Callable[[Path], None]
) -> None:
    fine = tmp_path / "fine.jsonl"
    fine.write_bytes(lines(0, 10))
    touched(path)
    outcome = run("validate", "--rules", RULES, "--jobs", "1", "--format", "json", path, fine)
    assert (outcome.status, outcome.err) == (2, f"import-validator: {message(path)}\n")
    assert [(each["valid"], each.get("error")) for each in outcome.document["files"]] == [
        (False, message(path)),
        (True, None),
    ]


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_list_of_existing_keys_that_changes_while_it_is_read_is_an_error(
    tmp_path: Path, touched: Callable[[Path], None], suffix: str
) -> None:
    keys = tmp_path / f"keys{suffix}"
    text = b"".join([b"u%09d\n" % number for number in range(COUNT)])
    keys.write_bytes(gzip.compress(text, 1) if suffix else text)
    touched(keys)
    with pytest.raises(SourceError) as caught:
        Validator(RULES, existing={"user": keys})
    assert str(caught.value) == message(keys)
