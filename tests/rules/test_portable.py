"""Patterns that are said to mean the same to every engine do, to two that have nothing in common."""

from __future__ import annotations

import random

import jsonschema_rs
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from import_validator import ImportValidatorError, RuleSet
from import_validator.rules import cell_text, cells
from import_validator.rules.dates import CLOCK, DAY, OFFSET
from import_validator.rules.portable import MOST_ATOMS, literal, portable
from import_validator.testing.patterns import text_matching

LITERALS = [
    *"ab- _1&~#/<>:,@!%='\"`;zAZ]}",
    "é",
    "٣",
    "\u212a",
    "🙂",
    "\n",
    "\t",
    "\x0b",
    "\x1c",
    "\x85",
    "\u2028",
    "\0",
]
ESCAPES = [rf"\{each}" for each in r"\^$.|?*+()[]{}/-ntrfv"]
CLASSES = [r"\w", r"\d", r"\s"]
REPEATS = ["*", "+", "?", "{2}", "{0}", "{1,}", "{0,2}", "{1,3}", "*?", "+?", "??", "{1,2}?"]
ODD = [
    r"\b",
    r"\<",
    r"\>",
    r"\A",
    r"\Z",
    r"[[a]",
    "[]a]",
    "[a&&b]",
    "[a--b]",
    "a++",
    "(?i)k",
    "(?=a)a",
    "[\\W]",
    "^",
    "$",
]
CHARACTERS = "".join({*LITERALS, *"\r\x0c\x1d\u2029.$^|?*+()[{\\cK09"} - {""})


def members() -> st.SearchStrategy[str]:
    """What may stand in a class: characters, ranges of them, and classes of characters."""
    one = st.sampled_from([*LITERALS, *ESCAPES])
    ends = st.tuples(*[st.sampled_from("09 ~AZaz/:é")] * 2).map(sorted).map("-".join)
    return st.lists(st.one_of(one, ends, st.sampled_from(CLASSES)), min_size=1, max_size=4).map("".join)


def patterns() -> st.SearchStrategy[str]:
    """Patterns made of what may be portable, and now and then of what is not."""
    dash = st.sampled_from(["", "", "-"])
    classes = st.tuples(st.sampled_from(["", "^"]), dash, members(), dash).map(lambda each: f"[{''.join(each)}]")
    atoms = st.one_of(
        st.sampled_from(LITERALS),
        st.sampled_from([*ESCAPES, *CLASSES, r"\W", r"\D", r"\S", "."]),
        classes,
        st.sampled_from([*LITERALS, *ODD]),
    )

    def longer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        group = st.tuples(st.sampled_from(["(", "(?:"]), inner, st.just(")")).map("".join)
        repeated = st.tuples(st.one_of(atoms, group), st.sampled_from(["", *REPEATS])).map("".join)
        alternatives = st.lists(repeated, max_size=4).map("".join)
        return st.lists(alternatives, min_size=1, max_size=3).map("|".join)

    plain = st.recursive(atoms, longer, max_leaves=12)
    return st.one_of(plain, plain.map(lambda each: f"^{each}$"))


class ByChance:
    """Chooses as a random generator does."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def pick(self, choices: list[str] | str) -> str:
        return self._random.choice(choices)

    def integer(self, least: int, most: int) -> int:
        return self._random.randint(least, most)


def texts_near(pattern: str, seed: int) -> list[str]:
    """Texts that a pattern matches, and some that differ from these in one place."""
    rng = random.Random(seed)
    texts = ["", "\n", rng.choice(CHARACTERS)]
    for number in range(3):
        try:
            text = text_matching(pattern, ByChance(seed + number))
        except ImportValidatorError:
            continue
        at, odd = rng.randrange(len(text) + 1), rng.choice(CHARACTERS)
        texts += [text, f"{text}\n", text + odd, text[1:], text[:-1], text[:at] + odd + text[at + 1 :]]
    return texts


@settings(max_examples=300, derandomize=True, database=None)
@given(patterns(), st.integers(0, 1 << 32))
def test_two_engines_take_a_portable_pattern_for_the_same(pattern: str, seed: int) -> None:
    spelt = portable(pattern)
    if spelt is None:
        return
    python = regex.compile(pattern, regex.ASCII)
    rust = jsonschema_rs.Draft202012Validator({"pattern": spelt})
    for text in texts_near(pattern, seed):
        try:
            expected = python.fullmatch(text, timeout=0.1) is not None
        except TimeoutError:
            continue
        assert (text, rust.is_valid(text)) == (text, expected)


@pytest.mark.parametrize(
    ("pattern", "spelt"),
    [
        ("", "^(?:)$"),
        (r"^[@\w-]*$", "^(?:^[@0-9A-Za-z_-]*$)$"),
        (r"\W\D\S", r"^(?:[^0-9A-Za-z_][^0-9][^ \t\n\r\f\v])$"),
        ("a.b", r"^(?:a[^\n]b)$"),
        ("^a$|^b$", "^(?:^a$|^b$)$"),
        (r"^[\w.~!$&'()*+,;=:@\[\]-]$", r"^(?:^[0-9A-Za-z_.~!$&'()*+,;=:@\[\]-]$)$"),
        ("(?:a|b){2,3}?", "^(?:(?:a|b){2,3}?)$"),
        ("é{2}", "^(?:é{2})$"),
        ("a(?P<n>b)", "^(?:a(?:b))$"),
    ],
)
def test_a_portable_pattern_is_spelt_out(pattern: str, spelt: str) -> None:
    assert portable(pattern) == spelt


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\<\w+\>$", r"a\b", r"\Aa\Z", r"\x41", r"\u0041", r"(a)\1", "(?i)a", "(?=a)a", "(?<n>a)", "(?P=n)", "(?>a)",
        "a++", "a**", "a{2}{3}", "a{3,2}", "a{,2}", "a{x}", "{", "}", "]", "*a", "(*a)", "|*", "^*", "(", ")", "a\\",
        "[a", "[[a]", "[]a]", "[a&&b]", "[a~~b]", "[a--b]", "[--]", "[a-c-e]", r"[\w-z]", r"[\W]", r"[\b]", "[]", "[^]",
        "[^^]", "a$\n", "a$b", "a^b", "(^a)", "(a$)", "(a?)*", "(a|)+", "(?:){2}", "\ud800", "a{9999}", "(a{100}){100}",
        r"\p{L}",
    ],
)  # fmt: skip
def test_a_pattern_with_anything_else_is_not_portable(pattern: str) -> None:
    assert portable(pattern) is None


def test_a_pattern_is_portable_as_long_as_it_spells_out_few_characters() -> None:
    assert portable(f"a{{{MOST_ATOMS - 1}}}") is not None
    assert portable(f"a{{{MOST_ATOMS}}}") is None
    assert portable(f"(?:ab?){{{MOST_ATOMS // 2}}}") is None


@given(st.text(st.sampled_from([*CHARACTERS, *r"]}|)"]), max_size=4))
def test_a_literal_matches_its_text_alone(text: str) -> None:
    spelt = portable(literal(text))
    assert spelt is not None
    rust = jsonschema_rs.Draft202012Validator({"pattern": spelt})
    assert [each for each in (text, f"{text}x", text[1:], text.swapcase()) if rust.is_valid(each)] == (
        [each for each in (text, f"{text}x", text[1:], text.swapcase()) if each == text]
    )


@pytest.mark.parametrize(
    "pattern",
    [
        *(each.pattern for each in cell_text.CELL_TEXTS.values()),
        cells._SCIENTIFIC,
        cells._NUMBER,
        f"{DAY}{CLOCK}{OFFSET}",
    ],
)
def test_the_engine_s_own_patterns_are_portable(pattern: str) -> None:
    assert portable(pattern) is not None


def patterns_of(document: object) -> list[str]:
    """Every pattern in a rule set."""
    if isinstance(document, dict):
        own = [document["pattern"]] if isinstance(document.get("pattern"), str) else []
        return [*own, *(each for value in document.values() for each in patterns_of(value))]
    return [each for value in document for each in patterns_of(value)] if isinstance(document, list | tuple) else []


@pytest.mark.parametrize("name", [each.name for each in RuleSet.shipped()])
def test_the_shipped_rule_sets_have_portable_patterns(name: str) -> None:
    rules = [rule for record in RuleSet.load(name).records.values() for rule in record.rules]
    assert [each for each in patterns_of(rules) if portable(each) is None and each != r"^[\s\S]+$"] == []
