"""Patterns are refused in words where they would take too much, and matched in bounded time."""

from __future__ import annotations

import copy

import pytest

from import_validator import RuleSet, RuleSetError, validate
from import_validator.model.unchecked import Unchecked
from import_validator.rules import matching
from import_validator.rules.matching import LONGEST_PATTERN, MOST_NESTED, Matcher
from import_validator.testing.patterns import text_matching
from tests.rules.test_portable import ByChance

SLOW = "(?=a)(a|a)*$"
"""Takes time that doubles with each letter of a text that it does not match, and is not portable."""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "VALUE_SECONDS", 0.02)
    monkeypatch.setattr(matching, "RUN_SECONDS", 0.05)


def slow_text(number: int) -> str:
    return "a" * 40 + "!" * number


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(?:" * 3000 + ")" * 3000, f"has 12,000 characters; at most {LONGEST_PATTERN:,} are taken"),
        ("(" * 2000 + ")" * 2000, "its parentheses nest 2,000 deep; at most 50 are taken"),
        ("(" * 51 + "a" + ")" * 51, "its parentheses nest 51 deep; at most 50 are taken"),
        ("(?V1)" + "[" * 2000 + "]" * 2000, "its brackets nest too deep"),
        ("(?u)a", "ASCII, LOCALE and UNICODE flags are mutually incompatible"),
        (r"\L<words>", "undefined named list at position 9"),
        ("a{99999999999}", "its repeats have to match more than 100,000 characters"),
        (r"\d{100000}", "its repeats have to match more than 100,000 characters"),
        ("((a{100}){100}){100}", "its repeats have to match more than 100,000 characters"),
        ("(a|b){50000,}", "its repeats have to match more than 100,000 characters"),
        ("(?#[)a{100000}(?#])", "its repeats have to match more than 100,000 characters"),
        ("(?x)#[\na{100000}#]", "its repeats have to match more than 100,000 characters"),
        ("(?x)a{100 000}", "its repeats have to match more than 100,000 characters"),
        ("(?x)(a{1000})#(\n{1000}", "its repeats have to match more than 100,000 characters"),
        ("[", "unterminated character set at position 1"),
    ],
)
def test_a_pattern_that_takes_too_much_is_refused_in_words(pattern: str, why: str) -> None:
    shown = repr(pattern if len(pattern) <= 200 else pattern[:200] + "…")
    for what in ("pattern", "like"):
        with pytest.raises(RuleSetError) as raised:
            Matcher(pattern, what)
        assert str(raised.value) == f"{what} {shown}: {why}"


@pytest.mark.parametrize(
    "pattern",
    [
        "(" * MOST_NESTED + "a" + ")" * MOST_NESTED,
        r"\(" * 60 + "[(]" * 60,
        "a" * LONGEST_PATTERN,
        "[0-9]{40}(,[0-9]{40})" * 100,
        "(?x)" + "[0-9]{40}\n" * 100,
        "(a{300}){300}[{99999999}]",
        "^a{0,99999999}$",
    ],
)
def test_a_pattern_that_is_just_not_too_much_is_taken(pattern: str) -> None:
    assert Matcher(pattern).matches("b") is False


@pytest.mark.parametrize("option", ['like = "{}"', 'rules = [{{ rule = "pattern", field = "id", pattern = "{}" }}]',
                                    'rules = [{{ rule = "damaged-id", field = "id", pattern = "{}" }}]'])  # fmt: skip
def test_a_rule_set_with_such_a_pattern_is_refused(option: str) -> None:
    nested = "(" * 2000 + ")" * 2000
    toml = f"[records.user]\n{option.format(nested)}\n[records.user.fields]\nid = 'string'"
    with pytest.raises(RuleSetError, match=r"its parentheses nest 2,000 deep; at most 50 are taken$"):
        validate(b"[]", RuleSet.from_toml(toml))


def test_a_slow_value_is_left_to_an_engine_without_backtracking_where_the_pattern_is_portable() -> None:
    matcher = Matcher("^(a|a)*$")
    assert [matcher.matches(text) for text in (slow_text(1), slow_text(0))] == [False, True]
    assert matcher.unchecked("x:pattern") == ()


def test_text_with_unpaired_surrogates_is_matched_too() -> None:
    assert [Matcher("^[^a]$").matches("\ud800"), Matcher(r"^\w$").matches("\ud800")] == [True, False]


@pytest.mark.usefixtures("impatient")
def test_nobody_knows_of_a_value_that_takes_too_long() -> None:
    matcher = Matcher(SLOW)
    assert [matcher.matches(text) for text in ("a", "b", slow_text(1), slow_text(1), "a", "b")] == [
        True, False, None, None, True, False,
    ]  # fmt: skip
    assert matcher.unchecked("x:pattern") == (Unchecked("x:pattern", (slow_text(1),), given_up=False),)


@pytest.mark.usefixtures("impatient")
def test_a_pattern_that_takes_too_long_over_many_values_is_given_up() -> None:
    matcher = Matcher(SLOW)
    decided = [matcher.matches(slow_text(number)) for number in range(1, 9)]
    assert decided == [None] * 8
    assert [matcher.matches("a"), matcher.matches(slow_text(1))] == [None, None]
    [unchecked] = matcher.unchecked("x:pattern")
    assert unchecked == Unchecked("x:pattern", unchecked.values, given_up=True)
    assert unchecked.values == tuple(slow_text(number) for number in range(1, len(unchecked.values) + 1))
    assert len(unchecked.values) < 8


@pytest.mark.usefixtures("impatient")
def test_what_was_decided_before_a_pattern_was_given_up_stays_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "_QUICK_SECONDS", 0.0)
    monkeypatch.setattr(matching, "_QUICK_SECONDS_A_CHARACTER", 0.0)
    matcher = Matcher(SLOW)
    before = [matcher.matches(text) for text in ("a" * 12 + "!", "a" * 13)]
    monkeypatch.setattr(matching, "RUN_SECONDS", 0.0)
    assert [matcher.matches(text) for text in (slow_text(1), "a" * 12 + "!", "a" * 13)] == [None, *before]


def test_a_copy_of_a_matcher_begins_anew() -> None:
    matcher = copy.deepcopy(Matcher("a", "like"))
    assert (matcher.pattern, matcher.matches("a"), matcher.unchecked("x:like")) == ("a", True, ())


def test_a_text_for_a_slow_pattern_is_made_in_bounded_time() -> None:
    assert set(text_matching("^(a|a)*b$", ByChance(1))) <= {"a", "b"}


def test_groups_are_what_each_matches() -> None:
    matcher = Matcher("(?P<one>a+)(?:/(?P<two>b))?")
    assert matcher.names == ("one", "two")
    assert [matcher.groups(text) for text in ("aa/b", "a", "x")] == [
        {"one": "aa", "two": "b"},
        {"one": "a", "two": None},
        {},
    ]


def test_groups_of_a_text_are_known_however_busy_the_machine_was_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(text: str) -> float:
        raise TimeoutError

    monkeypatch.setattr(matching, "_quickly", busy)
    matcher = Matcher("(?P<one>a+)(?:/(?P<two>b))?")
    assert (matcher.groups("aa/b"), matcher.matches("aa/b")) == ({"one": "aa", "two": "b"}, True)
    assert matcher.unchecked("x:like") == ()


def test_no_groups_are_known_once_the_time_of_the_run_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "RUN_SECONDS", 0.0)
    matcher = Matcher("(?P<one>(a|a)*)")
    assert [matcher.groups(text) for text in (slow_text(1), "a")] == [None, None]
    assert matcher.unchecked("x:like") == (Unchecked("x:like", (), given_up=True),)


def test_nobody_knows_the_groups_of_a_text_that_takes_too_long() -> None:
    matcher = Matcher("(?P<one>(a|a)*)")
    assert (matcher.matches(slow_text(1)), matcher.groups(slow_text(1))) == (False, None)
    assert matcher.unchecked("x:like") == (Unchecked("x:like", (slow_text(1),), given_up=False),)
