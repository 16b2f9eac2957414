"""TOML of every size and depth is read, or refused in words, in bounded time and memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from import_validator import RuleSet, RuleSetError
from import_validator.ruleset.toml_text import MOST_CHARACTERS, read_toml

DEEP = "lists and tables nested too deep to be read"
PARTS = "a key has more than 16 parts"
HOSTILE = {
    "header": (f"[{'.'.join('a' * 5_000)}]", f"line 1: {PARTS}"),
    "quoted header": ("\n[" + '.a."b.c"' * 2_500 + "]", f"line 2: {PARTS}"),
    "key": (f"{'.'.join('a' * 20_000)} = 1", f"line 1: {PARTS}"),
    "inline key": (f"a = {{ {' . '.join('a' * 20_000)} = 1 }}", f"line 1: {PARTS}"),
    "lists": (f"a = {'[' * 5_000}{']' * 5_000}", DEEP),
    "tables": (f"a = {'{a = ' * 5_000}1{'}' * 5_000}", DEEP),
    "number": (f"a = {'9' * 5_000}", "an integer is too large: integers have at most 64 bits"),
    "long": ("#" * (MOST_CHARACTERS + 1), "too long for a file of rules or parameters: 1,048,577 characters; "
             "at most 1,048,576 are read"),
    "unclosed strings": ('"\\' * 100_000, "not TOML: Unescaped '\\' in a string (at end of document)"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_what_would_take_too_much_is_refused_before_it_is_parsed(case: str) -> None:
    text, message = HOSTILE[case]
    with pytest.raises(RuleSetError) as caught:
        read_toml(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    [
        "a = '" + "." * 50 + "'\n",
        'a = """\n' + "a.b" * 50 + '\n"""\n',
        "# " + "a." * 50,
        "a = [" + "1.5, " * 50 + "]\n",
        "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p = 1\n",
        "a = " + "[" * 60 + "]" * 60,
        "a = '" + "[" * 100 + "'\n",
        'a = "\\"[[[[[' + "[" * 100 + '"\n',
    ],
)
def test_what_only_looks_deep_is_read(text: str) -> None:
    assert read_toml(text).keys() <= {"a"}


def test_a_byte_order_mark_before_a_rule_set_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xef\xbb\xbf[records.user.fields]\r\nid = 'string'\r\n")
    assert list(RuleSet.load(path).records) == ["user"]
