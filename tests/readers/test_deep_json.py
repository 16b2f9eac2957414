"""JSON and Transit that nest deep are read alike, however deep the caller's own stack is already."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from import_validator import validate
from import_validator.readers.json_deep import MOST_NESTING, DeepParser, NestingError
from import_validator.readers.json_text import UNREADABLE, ReadResult, read_value
from import_validator.readers.transit_decoder import TransitDecoder

T = TypeVar("T")

STACKS = (0, 400, 700, 850)
TOO_DEEP = ReadResult(UNREADABLE, "nesting", "arrays and objects nested too deep to be read")


def at(depth: int, ask: Callable[[], T]) -> T:
    """What is answered when the question comes from so many calls further down."""
    return ask() if depth == 0 else at(depth - 1, ask)


def deep(depth: int, inmost: bytes = b"") -> bytes:
    return b"[" * depth + inmost + b"]" * depth


def depth_of(value: Any) -> int:
    depth = 0
    while isinstance(value, list):
        depth, value = depth + 1, value[0] if value else None
    return depth


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("depth", [1, 100, 300, 980, MOST_NESTING])
def test_arrays_are_read_as_deep_as_they_may_nest(depth: int, stack: int) -> None:
    result = at(stack, lambda: read_value(deep(depth)))
    assert (result.code, depth_of(result.value)) == (None, depth)


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("depth", [MOST_NESTING + 1, 3_000, 60_000])
def test_what_nests_deeper_is_not_read(depth: int, stack: int) -> None:
    assert at(stack, lambda: read_value(deep(depth))) == TOO_DEEP
    assert at(stack, lambda: read_value(b"[" * depth)) == TOO_DEEP
    assert at(stack, lambda: read_value(b'{"a":' * depth)) == TOO_DEEP


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(
    ("inmost", "code", "message"),
    [
        (b"1180591620717411303424", None, ""),
        (b"1" * 5000, "number", "number out of range: 111111111111… (5,000 characters)"),
        (b'"\\ud800"', "encoding", "unpaired surrogate \\ud800 in a string"),
        (b'"\xff"', "encoding", "invalid UTF-8: byte 0xFF, 501 bytes into the record"),
        (b"nul", "parse", "malformed JSON: expecting value"),
        (b"[1,]", "parse", None),
        (b'{"a" 1}', "parse", "malformed JSON: expecting ':' delimiter"),
        (b"NaN", "parse", "malformed JSON: NaN is no JSON number"),
    ],
)
def test_mistakes_deep_down_are_told_apart_at_every_depth_of_call(
    inmost: bytes, code: str | None, message: str | None, stack: int
) -> None:
    data = deep(500, inmost)
    result, at_the_top = at(stack, lambda: read_value(data)), read_value(data)
    assert (result.code, result.message, result.at) == (at_the_top.code, at_the_top.message, at_the_top.at)
    assert result.code == code
    assert message is None or result.message == message


def test_integers_deep_down_are_exact() -> None:
    value = at(850, lambda: read_value(deep(500, b"1180591620717411303424"))).value
    for _ in range(500):
        [value] = value
    assert value == 1 << 70


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def json_texts(draw: st.DrawFn) -> str:
    """JSON, or something that was JSON before a character or two were put in or taken out."""
    text = json.dumps(draw(JSON), ensure_ascii=draw(st.booleans()), indent=draw(st.none() | st.just(1)))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at] + draw(st.text('[]{}",:0-1.eE ntfINa\\\ufeff', max_size=2)) + text[at + draw(st.integers(0, 1)) :]
        )
    return text


def outcome(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return repr(parse(text))
    except json.JSONDecodeError as error:
        return error.msg, error.pos


@settings(max_examples=300)
@given(json_texts())
def test_the_parser_without_recursion_answers_as_the_standard_one_does(text: str) -> None:
    assert outcome(DeepParser(int, float, float).parse, text) == outcome(json.loads, text)


@pytest.mark.parametrize(("depth", "fits"), [(MOST_NESTING, True), (MOST_NESTING + 1, False)])
@pytest.mark.parametrize("inner", ["[%s]", '{"a":%s}'])
def test_the_parser_without_recursion_knows_how_deep_it_goes(depth: int, fits: bool, inner: str) -> None:
    text = (
        "".join([inner.split("%s", maxsplit=1)[0]] * (depth - 1)) + "[]" + "".join([inner.split("%s")[1]] * (depth - 1))
    )
    parser = DeepParser(int, float, float)
    if fits:
        assert at(800, lambda: parser.parse(text)) is not None
    else:
        with pytest.raises(NestingError):
            parser.parse(text)


TRANSIT = (
    '[["^ ","~:client_id",1000,"~:table_name","t","~:sequence",1,"~:action","upsert",'
    '"~:key_names",["k"],"~:data",["^ ","k",1,"d",%s]]]'
)
PLAIN = '[{"client_id":1000,"table_name":"t","sequence":1,"action":"upsert","key_names":["k"],"data":{"k":1,"d":%s}}]'


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("body", [TRANSIT, PLAIN], ids=["transit", "json"])
@pytest.mark.parametrize(("depth", "counts"), [(100, {}), (450, {}), (900, {}), (1_500, {"nesting": 1})])
def test_the_verdict_about_a_body_does_not_depend_on_the_stack_of_the_caller(
    depth: int, counts: dict[str, int], body: str, stack: int
) -> None:
    data = (body % ("[" * depth + "]" * depth)).encode()
    report = at(stack, lambda: validate(data, "stitch"))
    assert report.counts == counts


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda value: ["~#set", [value]],
        lambda value: ["^ ", "a", value],
        lambda value: {"~#list": [value]},
        lambda value: {"a": value},
        lambda value: ["~#cmap", ["a", value]],
        lambda value: [value],
    ],
)
def test_transit_of_every_kind_decodes_at_any_depth(wrapped: Callable[[Any], Any]) -> None:
    def decoded(depth: int) -> str:
        value: Any = "~i7"
        for _ in range(depth):
            value = wrapped(value)
        value = TransitDecoder().decode(value)
        while isinstance(value, list | dict):
            [value] = value if isinstance(value, list) else value.values()
        return repr(value)

    assert [decoded(depth) for depth in (1, 3_000)] == ["7", "7"]


@pytest.mark.parametrize("value", [["~#cmap", [["a"], 1]], ["^ ", ["a"], 1], [["^ ", "a", 1]], ["~#f", ["a"]]], ids=str)
def test_a_key_that_nests_becomes_text_as_far_as_it_does_not_nest_deep(value: Any) -> None:
    assert TransitDecoder().decode(value) in ({"['a']": 1}, [{"a": 1}], "['a']")
    body = b'[["^ ",%b,1]]' % deep(20)
    report = validate(body, "stitch")
    assert [(each.code, each.message.partition(": ")[2]) for each in report.violations][:1] == [
        ("parse", "malformed Transit: a key, or what a tag makes text of, nests deeper than 16 levels")
    ]
