"""Text that people read: templates, shortened values, pointers, sizes, counts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from import_validator.model.violation import pointer, presentable, shortened, to_json
from import_validator.model.wording import Template
from import_validator.units import counted, format_size, parse_size


def fill(text: str, **values: Any) -> str:
    return Template(text).fill(values.get)


# Templates


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("no names", {}, "no names"),
        ("{a}", {"a": "x"}, "x"),
        ("{a} and {b}", {"a": "x", "b": "y"}, "x and y"),
        ("{a}{a}", {"a": "x"}, "xx"),
        ("{a}", {"a": None}, ""),
        ("{a}", {}, ""),
        ("{a.b}", {"a.b": "x"}, "x"),
        ("{a}", {"a": 17}, "17"),
        ("{a}", {"a": 1.5}, "1.5"),
        ("{a}", {"a": True}, "true"),
        ("{a}", {"a": {"b": [1]}}, '{"b":[1]}'),
        ("{a}", {"a": "{b}", "b": "y"}, "{b}"),
        ("é {a} …", {"a": "ß"}, "é ß …"),
    ],
)
def test_a_name_in_braces_stands_for_its_value(text: str, values: dict[str, Any], filled: str) -> None:
    assert fill(text, **values) == filled


@pytest.mark.parametrize("text", ["{}", "{1}", "[a-z]{2}", "{a", "a}", "{a b}", "{a:other}", "{-}", "{ a }"])
def test_any_other_brace_stands_for_itself(text: str) -> None:
    assert fill(text, a="x", b="y") == text
    assert Template(text).names == []


@pytest.mark.parametrize(
    ("value", "filled"),
    [("x", '"x"'), ('say "hi"', r'"say \"hi\""'), ("a\nb", r'"a\nb"'), ("é", '"é"'), (None, '""'), (7, '"7"')],
)
def test_between_quotes_a_value_s_own_quotes_are_escaped(value: Any, filled: str) -> None:
    assert fill('"{a}"', a=value) == filled


def test_without_quotes_a_value_s_own_quotes_stay() -> None:
    assert fill("{a}", a='say "hi"') == 'say "hi"'


@pytest.mark.parametrize(("value", "filled"), [("a\nb", r"a\nb"), ("a\x00b", r"a\u0000b"), ("\x1b[2J", r"\u001b[2J")])
def test_what_cannot_be_printed_is_escaped_with_or_without_quotes(value: str, filled: str) -> None:
    assert fill("{a}", a=value) == filled
    assert fill('"{a}"', a=value) == f'"{filled}"'


@pytest.mark.parametrize("value", ["\x7f", "\x9b2J", "a\u202eb", "a\u2028b"], ids=ascii)
def test_what_cannot_be_printed_and_json_need_not_escape_is_escaped_too(value: str) -> None:
    escaped = "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in value)
    assert fill("{a}", a=value) == escaped
    assert fill('"{a}"', a=value) == f'"{escaped}"'
    assert fill("{a}", a={"b": [value]}) == f'{{"b":["{escaped}"]}}'


@pytest.mark.parametrize(
    ("value", "plain", "quoted"),
    [
        (["x", "y"], "[x y]", '["x" "y"]'),
        (["x"], "[x]", '["x"]'),
        ([], "[]", "[]"),
        (None, "", "[]"),
        (("x", 'y"'), '[x y"]', r'["x" "y\""]'),
        ([["x"], [["y", 1]]], '[["x"] [["y",1]]]', '["["x"]" "[["y",1]]"]'),
    ],
)
def test_a_list_is_shown_in_brackets_and_its_items_in_quotes_where_that_is_asked_for(
    value: Any, plain: str, quoted: str
) -> None:
    assert fill("{a}", a=value) == plain
    assert fill("{a:quoted}", a=value) == quoted


def test_a_list_nested_without_end_is_shown_as_far_as_it_goes() -> None:
    value: Any = "x"
    for _ in range(100_000):
        value = [value]
    assert fill("{a}", a=value) == "[(nested too deep to be shown)]"


def test_a_template_says_which_names_it_asks_for() -> None:
    assert Template('{a}, "{b.c}" and {d:quoted} but not {2}').names == ["a", "b.c", "d"]


def test_a_long_value_is_cut_after_300_characters() -> None:
    assert fill("<{a}>", a="x" * 300) == f"<{'x' * 300}>"
    assert fill("<{a}>", a="x" * 301) == f"<{'x' * 300}…>"
    assert fill('"{a}"', a="é" * 301) == f'"{"é" * 300}…"'


def test_a_long_list_is_cut_after_the_item_that_makes_it_longer_than_300_characters() -> None:
    assert fill("{a}", a=["x" * 100] * 4) == f"[{' '.join(['x' * 100] * 4)} …]"
    quoted = " ".join(['"x"'] * 301)
    assert fill("{a:quoted}", a=["x"] * 1000) == f"[{quoted} …]"


@given(st.lists(st.text(max_size=1000), max_size=1000))
def test_no_value_makes_a_message_long(values: list[str]) -> None:
    assert len(fill('"{a:quoted}"', a=values)) < 10_000


@given(st.text())
def test_a_filled_template_can_always_be_encoded(value: str) -> None:
    for text in ("{a}", '"{a}"', "{a:quoted}"):
        fill(text, a=[value] if "quoted" in text else value).encode()


def test_half_a_surrogate_pair_becomes_the_replacement_character() -> None:
    assert fill("{a}", a="caf\udce9") == "caf\ufffd"
    assert fill('"{a}"', a="caf\udce9") == '"caf\ufffd"'


# Values


@pytest.mark.parametrize("value", [None, True, 0, 1.5, "", "text", "x" * 200, [], [1, "a"], {}, {"a": {"b": None}}])
def test_a_short_value_is_shown_as_it_is(value: Any) -> None:
    assert shortened(value) == value


def test_long_text_is_cut_after_200_characters() -> None:
    assert shortened("x" * 201) == "x" * 200 + "…"
    assert shortened("é" * 201) == "é" * 200 + "…"


def test_a_long_value_is_shown_as_the_beginning_of_its_json() -> None:
    assert shortened(["x" * 10] * 20) == ('["' + '","'.join(["x" * 10] * 20) + '"]')[:200] + "…"
    assert shortened({"key": "x" * 200}) == '{"key":"' + "x" * 192 + "…"


def test_a_value_that_json_cannot_hold_is_shown_as_text() -> None:
    assert shortened("caf\udce9") == "caf\ufffd"
    assert shortened([10**30]) == "[1000000000000000000000000000000]"
    assert shortened(["\ud800"]) == r"['\ud800']"


def test_a_value_that_is_nested_without_end_is_shown_in_short() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    assert shortened(value) == "(nested too deep to be shown)"
    while value:  # else it is Python that gives up, when it frees the list
        value = value[0]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=9)))
def test_what_is_shown_of_a_value_is_json_of_bounded_length(value: Any) -> None:
    shown = shortened(value)
    assert len(json.dumps(shown, ensure_ascii=False)) <= 6 * 201 + 2
    shown_text = shown if isinstance(shown, str) else to_json(shown)
    assert len(shown_text) <= 201


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("id",), "/id"),
        (("attachments", 0, "type"), "/attachments/0/type"),
        (("a/b", "c~d", "~1"), "/a~1b/c~0d/~01"),
        (("", " "), "// "),
    ],
)
def test_a_path_is_written_as_a_json_pointer(path: tuple[str | int, ...], text: str) -> None:
    assert pointer(path) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("ann", "ann"),
        ("é €", "é €"),
        ("\U0001f600", "\U0001f600"),
        ("\ud83d\ude00", "\U0001f600"),
        ("\ud83d", "\ufffd"),
        ("a\udce9b", "a\ufffdb"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
    ],
    ids=ascii,
)
def test_presentable_text_holds_no_half_pairs(text: str, shown: str) -> None:
    assert presentable(text) == shown


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_presentable_text_can_be_encoded(text: str) -> None:
    assert presentable(text).encode().decode() == presentable(text)


# Sizes and counts


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("17", 17),
        ("17B", 17),
        ("1KB", 1024),
        ("1 kb", 1024),
        ("1k", 1024),
        ("1KiB", 1024),
        ("64MB", 64 << 20),
        (" 64 mb ", 64 << 20),
        ("64M", 64 << 20),
        ("1.5MB", 3 << 19),
        ("2GiB", 2 << 30),
        ("2G", 2 << 30),
        (17, 17),
        (0, 0),
    ],
)
def test_a_size_is_read(text: int | str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", " ", "MB", "-1", "+1", "1,5MB", "1.MB", ".5", "1 TB", "1 MBit", "1i", "1e3", "٣"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_size(text)
    assert str(caught.value) == f"{text!r} is no size; write a number with a unit, such as 64MB"


@pytest.mark.parametrize("text", ["9007199254740993", "9" * 28], ids=["beyond 2**53", "beyond 2**64"])
def test_a_whole_number_is_read_exactly(text: str) -> None:
    assert parse_size(text) == int(text)


def test_a_number_beyond_all_files_is_no_size() -> None:
    with pytest.raises(ValueError) as caught:
        parse_size("9" * 400)
    assert str(caught.value) == f"'{'9' * 40}' is no size; write a number with a unit, such as 64MB"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1,023 bytes"),
        (1024, "1 KB"),
        (1536, "1.5 KB"),
        (3000, "2.93 KB"),
        (64 << 20, "64 MB"),
        (300 << 20, "300 MB"),
        (5 << 29, "2.5 GB"),
        (999 << 30, "999 GB"),
        (1000 << 30, "1,000 GB"),
        (5000 << 30, "5,000 GB"),
    ],
)
def test_a_size_is_written(size: int, text: str) -> None:
    assert format_size(size) == text


def test_no_size_is_written_with_an_exponent() -> None:
    assert format_size(20_000 << 30) == "20,000 GB"
    assert format_size(1_023_590) == "1,000 KB"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        ((1 << 20) - 1, "1 MB"),
        ((1 << 20) - 512, "1 MB"),
        ((1 << 20) - 513, "1,023 KB"),
        ((1 << 30) - 1, "1 GB"),
        ((1 << 30) - (1 << 20), "1,023 MB"),
    ],
)
def test_a_size_just_below_a_unit_is_written_in_it(size: int, text: str) -> None:
    assert format_size(size) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 errors"), (1, "1 error"), (2, "2 errors"), (1000, "1,000 errors"), (1234567, "1,234,567 errors")],
)
def test_a_count_has_separators_and_a_plural(number: int, text: str) -> None:
    assert counted(number, "error") == text
