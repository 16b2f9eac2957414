"""Bytes from anywhere: the same content gives the same report, and what cannot be read is one kind of error."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from import_validator import (
    ImportValidatorError,
    RecognitionError,
    RuleSetError,
    SourceError,
    Validator,
    iter_violations,
    validate,
)
from import_validator.source import source as source_module
from import_validator.source.source import PIECE_SIZE, Source, open_source
from tests.corpus import essence
from tests.samples import BROKEN, REFERS_TO, RESERVED
from tests.strategies import in_pieces

EXPECTED = {
    "valid": False,
    "records": {"user": {"total": 1, "valid": 0}, "channel": {"total": 1, "valid": 0}},
    "counts": {"user:reserved": 1, "channel.created_by:refers-to": 1},
    "errors": 2,
    "warnings": 0,
    "violations": [RESERVED.as_dict(), REFERS_TO.as_dict()],
}


def dangling(count: int) -> bytes:
    """A file of users who each mute somebody who is not there."""
    users = [b'{"type":"user","item":{"id":"u%d","user_mutes":["x%d"]}}' % (n, n) for n in range(count)]
    return b"[" + b",\n".join(users) + b"]"


class Unseekable(io.RawIOBase):
    """A file object that can only be read on, as a pipe or a download is; at most `most` bytes at a time."""

    def __init__(self, data: bytes, most: int = 1 << 30) -> None:
        self._rest = io.BytesIO(data)
        self._most = most

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._rest.read(self._most if size < 0 else min(size, self._most))


# The same content from everywhere


def test_a_path_as_text(tmp_path: Path) -> None:
    path = tmp_path / "import.json"
    path.write_bytes(BROKEN)
    report = validate(str(path))
    assert essence(report) == EXPECTED
    assert (report.source, report.bytes) == (str(path), len(BROKEN))


def test_a_path_object(tmp_path: Path) -> None:
    path = tmp_path / "import.json"
    path.write_bytes(BROKEN)
    report = validate(path)
    assert essence(report) == EXPECTED
    assert (report.source, report.bytes) == (str(path), len(BROKEN))


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes(kind: Callable[[bytes], Any]) -> None:
    report = validate(kind(BROKEN))
    assert essence(report) == EXPECTED
    assert (report.source, report.bytes) == ("(bytes)", len(BROKEN))


@pytest.mark.parametrize("size", [1, 2, 7, 100, 1000])
def test_an_iterable_of_bytes(size: int) -> None:
    report = validate(in_pieces(BROKEN, size))
    assert essence(report) == EXPECTED
    assert (report.source, report.bytes) == ("(pieces)", len(BROKEN))


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_list_of_pieces_of_any_kind_of_bytes(kind: Callable[[bytes], Any]) -> None:
    assert essence(validate([kind(BROKEN[:50]), kind(b""), kind(BROKEN[50:])])) == EXPECTED


def test_a_file_object_that_can_seek(tmp_path: Path) -> None:
    path = tmp_path / "import.json"
    path.write_bytes(BROKEN)
    with path.open("rb") as file:
        assert essence(validate(file)) == EXPECTED
        assert not file.closed


def test_a_file_object_in_memory() -> None:
    file = io.BytesIO(BROKEN)
    assert essence(validate(file)) == EXPECTED
    assert not file.closed


def test_a_file_object_in_the_middle_counts_from_there(tmp_path: Path) -> None:
    path = tmp_path / "import.json"
    path.write_bytes(b"HEADER " + BROKEN)
    with path.open("rb") as file:
        file.seek(7)
        assert essence(validate(file)) == EXPECTED


def test_a_compressed_file_object_in_the_middle_counts_from_there() -> None:
    file = io.BytesIO(b"HEADER " + gzip.compress(BROKEN))
    file.seek(7)
    assert essence(validate(file)) == EXPECTED


@pytest.mark.parametrize("most", [1, 3, 64, 1 << 20])
def test_a_file_object_that_cannot_seek(most: int) -> None:
    assert essence(validate(Unseekable(BROKEN, most))) == EXPECTED


def test_a_file_object_with_nothing_but_read() -> None:
    class Response:
        def __init__(self, data: bytes) -> None:
            self._file = io.BytesIO(data)

        def read(self, size: int) -> bytes:
            return self._file.read(size)

    assert essence(validate(Response(BROKEN))) == EXPECTED  # type: ignore[arg-type]  # reads like a file


def test_a_file_inside_an_archive() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("import.json", BROKEN)
    with zipfile.ZipFile(archive) as packed, packed.open("import.json") as file:
        assert essence(validate(file)) == EXPECTED


def test_a_gzip_file_object(tmp_path: Path) -> None:
    path = tmp_path / "import.json.gz"
    path.write_bytes(gzip.compress(BROKEN))
    with gzip.open(path) as file:
        assert essence(validate(file)) == EXPECTED


def test_a_temporary_file_of_the_caller_s() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(BROKEN)
        file.seek(0)
        assert essence(validate(file)) == EXPECTED


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("content", [BROKEN, gzip.compress(BROKEN)], ids=["plain", "gzip"])
def test_a_named_pipe(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(content,))
    writer.start()
    report = validate(path)
    writer.join()
    assert essence(report) == EXPECTED


def test_a_pipe() -> None:
    readable, writable = os.pipe()
    with os.fdopen(writable, "wb") as sender:
        sender.write(BROKEN)
    with os.fdopen(readable, "rb") as receiver:
        assert essence(validate(receiver)) == EXPECTED


def test_a_file_of_several_pieces_is_read_again_at_the_right_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "PIECE_SIZE", PIECE_SIZE // 10)
    path = tmp_path / "import.json"
    data = dangling(2_000)
    path.write_bytes(data)
    assert len(data) > 3 * PIECE_SIZE // 10
    for source in (path, Unseekable(data), in_pieces(gzip.compress(data), 1000), io.BytesIO(gzip.compress(data))):
        found = list(iter_violations(source, samples=0))
        assert [each.value for each in found] == [f"x{number}" for number in range(2_000)]
        assert [each.offset for each in found] == [data.index(b'{"type"', 0)] + [
            place + 1 for place, byte in enumerate(data) if byte == 0x0A
        ]


# What is no source


@pytest.mark.parametrize("source", [None, 7, 1.5, object()])
def test_what_is_no_source_is_refused(source: Any) -> None:
    with pytest.raises(SourceError, match="a source is a path, a binary file object, bytes, or an iterable of bytes; "):
        validate(source)


def test_a_text_file_object_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "import.json"
    path.write_bytes(BROKEN)
    with path.open("r", encoding="utf-8") as file, pytest.raises(SourceError) as caught:
        validate(file)  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value) == "(file object): gives str, not bytes; open the file in binary mode"


def test_text_in_memory_is_refused() -> None:
    with pytest.raises(SourceError) as caught:
        validate(io.StringIO(BROKEN.decode()))  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value) == "(file object): gives str, not bytes; open the file in binary mode"


def test_a_text_file_object_is_refused_before_its_text_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "import.json.gz"
    path.write_bytes(gzip.compress(BROKEN))
    with path.open("r", encoding="utf-8") as file, pytest.raises(SourceError):
        validate(file)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    ("source", "found"), [([BROKEN.decode()], "str"), ([BROKEN, "]"], "str"), ([91, 93], "int"), ([None], "NoneType")]
)
def test_pieces_that_are_not_bytes_are_refused(source: Any, found: str) -> None:
    with pytest.raises(SourceError) as caught:
        validate(source)
    assert str(caught.value) == f"(pieces): gives {found}, not bytes; open the file in binary mode"


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "none.json"
    with pytest.raises(SourceError) as caught:
        validate(path)
    assert str(caught.value) == f"{path}: No such file or directory"


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        validate(tmp_path)
    assert str(caught.value) == f"{tmp_path}: is a directory; name the import file in it"


@pytest.mark.parametrize(
    "path",
    ["x" * 5000, "a\0b"],
    ids=["too long", "with NUL"],
)
def test_a_path_that_no_system_allows(path: str) -> None:
    with pytest.raises(SourceError):
        validate(path)


def test_a_file_object_that_fails_while_it_is_read() -> None:
    class Failing(Unseekable):
        def read(self, size: int = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(SourceError) as caught:
        validate(Failing(b""))
    assert str(caught.value) == "(file object): Input/output error"


def test_an_error_of_the_caller_s_own_comes_through_as_it_is() -> None:
    def failing() -> Iterator[bytes]:
        yield BROKEN
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        validate(failing())


# Compressed with gzip


def gzipped(kind: str) -> bytes:
    """The content in gzip members of some number, with or without what may stand behind them."""
    middle = len(BROKEN) // 2
    return {
        "one member": gzip.compress(BROKEN),
        "several members": b"".join(gzip.compress(BROKEN[at : at + 10]) for at in range(0, len(BROKEN), 10)),
        "an empty member": gzip.compress(BROKEN[:middle]) + gzip.compress(b"") + gzip.compress(BROKEN[middle:]),
        "padded": gzip.compress(BROKEN) + bytes(1000),
        "padded between": gzip.compress(BROKEN[:middle]) + bytes(10) + gzip.compress(BROKEN[middle:]),
        "not packed": gzip.compress(BROKEN, compresslevel=0),
    }[kind]


GZIP_KINDS = ["one member", "several members", "an empty member", "padded", "padded between", "not packed"]


@pytest.mark.parametrize("kind", GZIP_KINDS)
def test_gzip_gives_the_report_of_what_is_in_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "import.json.gz"
    path.write_bytes(gzipped(kind))
    report = validate(path)
    assert essence(report) == EXPECTED
    assert report.bytes == len(BROKEN)


@pytest.mark.parametrize("kind", GZIP_KINDS)
@pytest.mark.parametrize("size", [2, 11, 100_000])
def test_gzip_in_pieces(kind: str, size: int) -> None:
    assert essence(validate(in_pieces(gzipped(kind), size))) == EXPECTED


@pytest.mark.parametrize(
    "first",
    [[b"\x1f", b"\x8b"], [b"", b"\x1f\x8b"]],
    ids=["one byte", "nothing"],
)
def test_gzip_is_known_however_little_the_first_piece_holds(first: list[bytes]) -> None:
    assert essence(validate([*first, gzip.compress(BROKEN)[2:]])) == EXPECTED


def test_gzip_is_packed_out_in_pieces_however_well_it_was_packed() -> None:
    white = b" " * 50_000_000
    packed = gzip.compress(b"[" + white + b"]")
    chunks = list(open_source(io.BytesIO(packed)).chunks())
    assert max(len(chunk) for chunk in chunks) <= PIECE_SIZE
    assert sum(len(chunk) for chunk in chunks) == len(white) + 2


@pytest.mark.parametrize("cut", [1, 8, 9, 40])
def test_gzip_that_is_cut_off_is_an_error(cut: int) -> None:
    with pytest.raises(SourceError) as caught:
        validate(gzip.compress(BROKEN)[:-cut])
    assert str(caught.value) == "the gzip data ends too early: the file was cut off"


def test_gzip_whose_second_member_is_cut_off_is_an_error() -> None:
    with pytest.raises(SourceError) as caught:
        validate(gzip.compress(BROKEN) + gzip.compress(b"more of it")[:-3])
    assert str(caught.value) == "the gzip data ends too early: the file was cut off"


def test_gzip_of_nothing_but_its_magic_number_is_an_error() -> None:
    with pytest.raises(SourceError) as caught:
        validate(b"\x1f\x8b")
    assert str(caught.value) == "the gzip data ends too early: the file was cut off"


@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: packed[:20] + bytes([packed[20] ^ 0xFF]) + packed[21:],
        lambda packed: packed[:-8] + b"\0\0\0\0" + packed[-4:],
        lambda packed: packed + b"something else",
    ],
    ids=["in the middle", "in the checksum", "behind"],
)
def test_gzip_that_is_damaged_is_an_error(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(SourceError, match=r"^the gzip data is damaged: "):
        validate(damage(gzip.compress(BROKEN)))


# Compressed with zstd


def zstd(data: bytes) -> bytes:
    return bytes(pytest.importorskip("zstandard").ZstdCompressor(write_checksum=True).compress(data))


def test_zstd_gives_the_report_of_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "import.json.zst"
    path.write_bytes(zstd(BROKEN))
    report = validate(path)
    assert essence(report) == EXPECTED
    assert report.bytes == len(BROKEN)


def test_zstd_of_several_frames() -> None:
    assert essence(validate(zstd(BROKEN[:50]) + zstd(BROKEN[50:]))) == EXPECTED


@pytest.mark.parametrize("size", [4, 11, 1000])
def test_zstd_in_pieces(size: int) -> None:
    assert essence(validate(in_pieces(zstd(BROKEN), size))) == EXPECTED


def test_zstd_with_an_empty_piece_in_it() -> None:
    packed = zstd(BROKEN)
    assert essence(validate([packed[:30], b"", packed[30:]])) == EXPECTED


def test_zstd_that_is_damaged_is_an_error() -> None:
    packed = zstd(dangling(1000))
    with pytest.raises(SourceError, match=r"^the zstd data is damaged: "):
        validate(packed[:100] + b"\xff" * 100 + packed[200:])


def test_zstd_with_something_behind_it_is_an_error() -> None:
    with pytest.raises(SourceError, match=r"^the zstd data is damaged: "):
        validate(zstd(BROKEN) + b"something else")


@pytest.mark.parametrize("cut", [1, 9, 40])
def test_zstd_that_is_cut_off_is_an_error(cut: int) -> None:
    with pytest.raises(SourceError):
        validate(zstd(BROKEN)[:-cut], "stream-chat")


# Files that change while they are validated


def changing(change: Callable[[], object]) -> Callable[[Source], None]:
    """A `progress` that changes something once the first piece was read."""
    changes = iter([change])

    def progress(source: Source) -> None:
        for each in changes:
            each()

    return progress


@pytest.mark.parametrize("content", [BROKEN, gzip.compress(BROKEN)], ids=["plain", "gzip"])
def test_a_file_that_is_written_to_meanwhile_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "import.json"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        validate(path, progress=changing(lambda: os.utime(path, ns=(0, 0))))
    assert str(caught.value) == f"{path}: the file was changed while it was read; run again"


def test_a_file_that_is_cut_off_meanwhile_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "import.json"
    path.write_bytes(b"[" + b",".join([b'{"type":"user","item":{"id":"ann"}}'] * 20_000) + b"]")
    with pytest.raises(SourceError) as caught:
        validate(path, "stream-chat", progress=changing(lambda: os.truncate(path, PIECE_SIZE)))
    assert str(caught.value) == f"{path}: the file was changed while it was read; run again"


def test_a_file_object_whose_file_is_written_to_meanwhile_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "import.json"
    path.write_bytes(BROKEN)
    with path.open("rb") as file, pytest.raises(SourceError) as caught:
        validate(file, progress=changing(lambda: os.utime(path, ns=(0, 0))))
    assert str(caught.value) == "(file object): the file was changed while it was read; run again"


def test_a_file_that_is_removed_meanwhile_is_reported_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "import.json"
    path.write_bytes(BROKEN)
    assert essence(validate(path, progress=changing(path.unlink))) == EXPECTED


def test_progress_is_told_how_much_was_read_of_how_much(tmp_path: Path) -> None:
    path = tmp_path / "import.json"
    path.write_bytes(dangling(10_000))
    size = path.stat().st_size
    seen: list[tuple[int, int | None]] = []
    validate(path, progress=lambda source: seen.append((source.bytes_read, source.size)))
    assert seen == [(min(place + PIECE_SIZE, size), size) for place in range(0, size, PIECE_SIZE)]


# Temporary files


def temporary_files(folder: Path) -> list[str]:
    """What lies in the folder, with the unnamed files in it that this process has open."""
    descriptors = Path("/proc/self/fd")
    opened = []
    for each in descriptors.iterdir() if descriptors.exists() else ():
        try:
            target = str(each.readlink())
        except OSError:
            continue
        if target.startswith(str(folder)):
            opened.append(target)
    return opened + [each.name for each in folder.iterdir()]


def test_fed_content_lies_in_the_folder_that_was_asked_for_until_the_end(tmp_path: Path) -> None:
    validator = Validator(tmp=tmp_path)
    validator.feed(BROKEN)
    if Path("/proc/self/fd").exists():
        assert len(temporary_files(tmp_path)) == 1
    assert essence(validator.close()) == EXPECTED
    assert temporary_files(tmp_path) == []


@pytest.mark.parametrize("content", [dangling(10_000), gzip.compress(dangling(10_000))], ids=["plain", "gzip"])
@pytest.mark.parametrize("seekable", [True, False])
def test_nothing_is_left_behind_after_success(tmp_path: Path, content: bytes, seekable: bool) -> None:
    source: IO[bytes] | Unseekable = io.BytesIO(content) if seekable else Unseekable(content)
    report = validate(source, tmp=tmp_path, memory="64KB")
    assert report.counts == {"user.user_mutes:refers-to": 10_000}
    assert report.spilled
    assert temporary_files(tmp_path) == []


def test_nothing_is_left_behind_after_abort(tmp_path: Path) -> None:
    validator = Validator(tmp=tmp_path, memory="64KB")
    validator.feed(dangling(10_000))
    validator.abort()
    assert temporary_files(tmp_path) == []


def test_nothing_is_left_behind_after_the_with_statement(tmp_path: Path) -> None:
    with Validator(tmp=tmp_path, memory="64KB") as validator:
        validator.feed(dangling(10_000))
    assert temporary_files(tmp_path) == []


def test_nothing_is_left_behind_by_violations_that_nobody_asks_for_any_more(tmp_path: Path) -> None:
    violations = iter_violations(Unseekable(dangling(10_000)), tmp=tmp_path, memory="64KB")
    next(violations)
    violations.close()  # type: ignore[attr-defined]  # it is a generator
    assert temporary_files(tmp_path) == []


def test_nothing_is_left_behind_after_an_error_in_what_was_fed(tmp_path: Path) -> None:
    validator = Validator(tmp=tmp_path)
    with pytest.raises(RecognitionError):
        validator.feed(b"x" * 100_000)
    assert temporary_files(tmp_path) == []


def test_nothing_is_left_behind_after_an_error_at_the_end(tmp_path: Path) -> None:
    validator = Validator(tmp=tmp_path)
    validator.feed(b"hello")
    with pytest.raises(RecognitionError):
        validator.close()
    assert temporary_files(tmp_path) == []


def test_nothing_is_left_behind_after_an_error_in_the_source(tmp_path: Path) -> None:
    packed = gzip.compress(dangling(10_000))
    with pytest.raises(SourceError) as caught:
        validate(in_pieces(packed[:-9], 1000), tmp=tmp_path, memory="64KB")
    assert str(caught.value) == "the gzip data ends too early: the file was cut off"
    assert temporary_files(tmp_path) == []


def test_nothing_is_left_behind_after_an_error_in_the_rule_set(tmp_path: Path) -> None:
    with pytest.raises(RuleSetError) as caught:
        Validator("bogus", tmp=tmp_path)
    assert str(caught.value).startswith("no rule set 'bogus'")
    assert temporary_files(tmp_path) == []


def test_nothing_is_left_behind_after_an_error_in_the_existing_keys(tmp_path: Path) -> None:
    def keys() -> Iterator[str]:
        yield from (f"u{number}" for number in range(20_000))
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        validate(BROKEN, "stream-chat", tmp=tmp_path, memory=1, existing={"user": keys()})
    assert temporary_files(tmp_path) == []


def test_a_folder_for_temporary_files_that_is_not_there_is_an_error_of_the_family(tmp_path: Path) -> None:
    with pytest.raises(ImportValidatorError):
        validate([BROKEN], tmp=tmp_path / "none")
