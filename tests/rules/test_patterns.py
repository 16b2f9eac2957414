"""Patterns mean what Python takes them for."""

from __future__ import annotations

import pytest
import regex

from tests.rules.finding import find, thing

PATTERNS = [
    r"^[\w\-+:.]*$", r"^\W*$", r"^[^\W]*$", r"^[^\D]*$", r"^\S*$", r"^[\s]*$", r"^[^\s]*$", r"^[^\w]*$", r"^[\d-x]*$",
    r"^a\b.*$", r"^.*$", r"(?s)^.*$", r"^[^a]*$", r"^[[a]*$", r"^[a&&b]*$", r"^[a~~b]*$", r"^[]a]*$", r"^[^]]*$",
    r"^a$|^b$", r"(?m)^a$", r"^(a)\1$", r"^(?=a).*$", r"^a++$", r"^(?>a)$", r"^\x41$", r"^\u0041$", r"^a{1,}$", r"^é$",
    r"\Aa\Z", r"(?P<x>a)(?P=x)?", r"(?x) a  # c", r"^[a-\d]*$", r"(?<=a)?a", r"^(?#c)a$", r"^\X$",
    r"^\<\w+\>$", r"^[^\S]*$", r"^a\B.*$", r"^(?i)k$", r"^(?i:k)$", r"^\p{L}*$", r"^[\p{L}]+$",
]  # fmt: skip

TEXTS = [
    "a", "A", "b", "aa", "<a>", "é", "aé", "éa", "٣", "k", "K", "\u212a", "a\n", "\n", "a b", "a\u00a0b", "[", "a[",
    "]", "&", "~", "-", "_", "x1", "\x85", "\u2028", "", "ß", "\U0001f600", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_means_what_python_takes_it_for(pattern: str) -> None:
    rules = thing(f'rule = "pattern", field = "a", pattern = \'{pattern}\'', fields='a = "string"')
    matches = regex.compile(pattern, regex.ASCII).fullmatch
    refused = [index for rule, index, *_ in find(rules, *({"a": text} for text in TEXTS)) if rule == "thing.a:pattern"]
    assert refused == [index for index, text in enumerate(TEXTS) if not matches(text)]
