"""`--existing`: keys that the target app has already."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from import_validator import RuleSet
from tests.command import Outcome, check
from tests.command.broken import VALID_REPORT, FileMaker, lines_of, user
from tests.samples import VALID

DANGLING = lines_of(
    user("ann", user_mutes=["bob", "cid"]),
    {"type": "member", "item": {"channel_type": "messaging", "channel_id": "HQ", "user_id": "ann"}},
)

LACKS_BOB = """reference error: muted user "bob" by user "ann" doesn't exist"""

LACKS_CID = """reference error: muted user "cid" by user "ann" doesn't exist"""

LACKS_HQ = """reference error: channel "messaging:HQ" doesn't exist"""


def messages(*arguments: str | Path) -> list[str]:
    """The messages of all violations."""
    outcome = check(*arguments, "--format", "json")
    assert outcome.err == ""
    return [each["message"] for each in outcome.document["violations"]]


def test_without_existing_keys_every_reference_has_to_lead_to_a_record(file: FileMaker) -> None:
    assert messages(file("dangling.json", DANGLING)) == [LACKS_BOB, LACKS_CID, LACKS_HQ]


@pytest.mark.parametrize(
    "content",
    [
        b"bob\n",
        b"bob",
        b"\n\nbob\n\n",
        b"\r\nbob\r\n\r\nzoe\r\n",
        b"  bob\t\n",
        b"zoe\nbob\nbob\n",
        b"\xff\nbob\n",
        gzip.compress(b"bob\n"),
        lines_of(user("bob")),
        lines_of(user("zoe"), {"type": "channel", "item": {"id": "cid"}}, user("bob"), {"type": "odd"}),
        gzip.compress(lines_of(user("bob"))),
        pytest.param(
            b"\xef\xbb\xbfbob\n",
        ),
    ],
    ids=[
        "a line",
        "no newline",
        "blank lines",
        "CRLF",
        "spaces around",
        "repeated",
        "no UTF-8 elsewhere",
        "gzip",
        "an import file",
        "an import file of several types",
        "an import file with gzip",
        "a byte order mark",
    ],
)
def test_existing_keys_come_from_a_file(file: FileMaker, content: bytes) -> None:
    path = file("dangling.json", DANGLING)
    assert messages(path, "--existing", f"user={file('keys', content)}") == [LACKS_CID, LACKS_HQ]


@pytest.mark.parametrize("content", [b"", b" \r\n", gzip.compress(b""), b"[]"], ids=["empty", "blank", "gzip", "array"])
def test_a_file_without_existing_keys_changes_nothing(file: FileMaker, content: bytes) -> None:
    path = file("dangling.json", DANGLING)
    assert messages(path, "--existing", f"user={file('keys', content)}") == [LACKS_BOB, LACKS_CID, LACKS_HQ]


def test_an_existing_key_of_several_parts_is_joined_by_colons(file: FileMaker) -> None:
    path = file("dangling.json", DANGLING)
    keys = file("keys", b"messaging:other\nmessaging:HQ\n")
    assert messages(path, "--existing", f"channel={keys}") == [LACKS_BOB, LACKS_CID]


def test_existing_keys_of_several_types_make_the_file_valid(file: FileMaker) -> None:
    path = file("dangling.json", DANGLING)
    users, channels = file("users", b"bob\ncid\n"), file("channels", b"messaging:HQ\n")
    outcome = check(path, "--existing", f"user={users}", "--existing", f"channel={channels}", "--format", "json")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.document == {
        **VALID_REPORT,
        "source": str(path),
        "records": {"user": {"total": 1, "valid": 1}, "member": {"total": 1, "valid": 1}},
        "bytes": len(DANGLING),
    }


def test_an_existing_key_of_one_part_may_hold_colons(file: FileMaker) -> None:
    path = file("dangling.json", lines_of(user("ann", user_mutes=["a:b:c"])))
    keys = file("keys", b"zoe\na:b:c")
    assert check(path, "--existing", f"user={keys}").status == 0


def test_a_record_may_have_a_key_that_exists_already(file: FileMaker) -> None:
    path = file("valid.json", VALID)
    assert check(path, "--existing", f"user={file('keys', b'ann')}").status == 0


def test_existing_keys_are_known_to_each_of_several_files(file: FileMaker) -> None:
    path = file("dangling.json", lines_of(user("ann", user_mutes=["bob"])))
    assert check(path, path, "--existing", f"user={file('keys', b'bob')}").status == 0


@pytest.mark.unwatched
def test_many_existing_keys_are_found_in_memory_or_spilled(file: FileMaker) -> None:
    path = file("dangling.json", lines_of(user("ann", user_mutes=[f"u{n}" for n in (0, 8191, 8192, 29_999, 30_000)])))
    keys = file("keys", b"".join(b"u%d\r\n" % number for number in range(30_000)))
    for memory in ("64MB", "1"):
        assert messages(path, "--existing", f"user={keys}", "--memory", memory) == [
            """reference error: muted user "u30000" by user "ann" doesn't exist"""
        ]


def test_existing_keys_of_one_type_may_come_from_several_files(file: FileMaker) -> None:
    path = file("dangling.json", DANGLING)
    first, second = file("first", b"bob"), file("second", b"cid")
    assert messages(path, "--existing", f"user={first}", "--existing", f"user={second}") == [LACKS_HQ]


def test_an_import_file_of_existing_keys_that_is_cut_off_is_an_error(file: FileMaker) -> None:
    path = file("dangling.json", DANGLING)
    outcome = check(path, "--existing", f"user={file('earlier.json', lines_of(user('bob'), user('cid'))[:-9])}")
    assert outcome.status == 2
    assert "earlier.json" in outcome.err


@pytest.mark.parametrize("key", ["messaging", "messaging:HQ:x", ":::"])
def test_an_existing_key_with_another_number_of_parts_is_an_error(file: FileMaker, key: str) -> None:
    path = file("dangling.json", DANGLING)
    keys = file("keys", b"messaging:HQ\n" + key.encode())
    message = f"existing channel: the key {key!r} should have 2 parts, joined by colons"
    assert check(path, "--existing", f"channel={keys}") == Outcome(2, "", f"import-validator: {message}\n")


def test_existing_keys_of_a_type_that_there_is_not_are_an_error(file: FileMaker) -> None:
    path = file("dangling.json", DANGLING)
    keyed = ", ".join(name for name, record in RuleSet.load("stream-chat").records.items() if record.key)
    message = f"existing usr: no record type of this name has a key; there are {keyed}"
    outcome = check(path, "--existing", f"usr={file('keys', b'bob')}")
    assert outcome == Outcome(2, "", f"import-validator: {message}\n")


def test_a_file_of_existing_keys_that_is_not_there_is_an_error(file: FileMaker, tmp_path: Path) -> None:
    path, none = file("dangling.json", DANGLING), tmp_path / "none"
    outcome = check(path, "--existing", f"user={none}")
    assert outcome == Outcome(2, "", f"import-validator: {path}: {none}: No such file or directory\n")
