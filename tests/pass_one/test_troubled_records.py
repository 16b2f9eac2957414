"""A record that cannot be read as it is written fails before all rules: under `cascade` it defines no key."""

from __future__ import annotations

import pytest

from import_validator import validate

TROUBLES = {
    "half a surrogate pair": b'"text":"\\ud800"',
    "a number that no double holds": b'"n":1e999',
    "bytes that are no UTF-8": b'"text":"\xff"',
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("cascade", [False, True])
def test_only_without_cascade_does_a_troubled_record_define_its_key(trouble: str, cascade: bool) -> None:
    ann = b'{"type":"user","item":{"id":"ann",%b}}' % TROUBLES[trouble]
    data = b'[%b,{"type":"user","item":{"id":"bob","user_mutes":["ann"]}}]' % ann
    code = "number" if "number" in trouble else "encoding"
    missing = {"user.user_mutes:refers-to": 1} if cascade else {}
    assert validate(data, "stream-chat", cascade=cascade).counts == {f"user:{code}": 1, **missing}
