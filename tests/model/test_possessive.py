"""Possessive patterns mean the same on every Python, also on those whose `re` matches them wrongly."""

from __future__ import annotations

import re

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from import_validator import possessive
from import_validator.readers import json_text
from import_validator.ruleset import toml_text

NESTED = r"(?:a|\[a*+\]|\{a*+\})*+"


@pytest.mark.parametrize("is_right", [True, False])
def test_a_group_that_gives_up_gives_back_what_it_took(is_right: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(possessive, "_RE_IS_RIGHT", is_right and possessive._RE_IS_RIGHT)
    assert possessive.compile_possessive(NESTED).match("a[aa").end() == 1
    assert possessive.compile_possessive(NESTED.encode(), re.DOTALL).match(b"a[aa]{a").end() == 5


@given(st.text('"\\[]{},:a\n', max_size=24))
def test_what_leads_to_no_other_depth_ends_where_regex_says(text: str) -> None:
    flat = r'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")'
    expected = regex.compile(rf"(?:{flat}|\[{flat}*+\]|\{{{flat}*+\}})*+", regex.DOTALL).match(text)
    assert json_text._WITHOUT_DEPTH.match(text.encode()).end() == expected.end()


@given(st.text("\"'.\\ a\n#[", max_size=24))
def test_keys_of_toml_are_found_where_regex_finds_them(text: str) -> None:
    expected = regex.compile(toml_text._KEYS.pattern, regex.DOTALL)
    assert [each.span() for each in toml_text._KEYS.finditer(text)] == [each.span() for each in expected.finditer(text)]
