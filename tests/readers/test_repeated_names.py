"""Names that stand more than once in an object are found by every JSON reader, however the file is cut and laid out."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from import_validator.readers import READERS, Reader, Setup
from import_validator.readers.repeated_names import may_repeat, repeated_names
from tests.strategies import in_pieces

Path = tuple[str | int, ...]
Found = tuple[int, Path, str]


class Pairs(list[tuple[str, Any]]):
    """An object with all its members."""


NAMES = st.sampled_from(["a", "b", "id", "", ":", "a:b", '"', "\\", "é", "\U0001f600", '":', "\u2028"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | NAMES
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(NAMES, inner), max_size=4).map(Pairs),
    max_leaves=8,
)
RECORDS = st.lists(st.lists(st.tuples(NAMES, VALUES), max_size=4).map(Pairs), min_size=1, max_size=6)
ESCAPES = st.sampled_from(["as it is", "ascii", "colons", "everything"])


def string(text: str, escapes: str) -> str:
    if escapes == "everything":
        units = text.encode("utf-16-be", "surrogatepass")
        return '"' + "".join(f"\\u{units[at]:02x}{units[at + 1]:02X}" for at in range(0, len(units), 2)) + '"'
    shown = json.dumps(text, ensure_ascii=escapes == "ascii")
    return shown.replace(":", "\\u003a") if escapes == "colons" else shown


def written(value: Any, escapes: str, space: str) -> str:
    """JSON of a value in which objects are pairs."""
    if isinstance(value, Pairs):
        members = (f"{string(name, escapes)}{space}:{space}{written(each, escapes, space)}" for name, each in value)
        return "{" + f",{space}".join(members) + "}"
    if isinstance(value, list):
        return "[" + f"{space},".join(written(each, escapes, space) for each in value) + "]"
    return string(value, escapes) if isinstance(value, str) else json.dumps(value)


def expected(value: Any, path: Path = ()) -> Counter[tuple[Path, int]]:
    """The paths of names that stand more than once, and how often they do."""
    found: Counter[tuple[Path, int]] = Counter()
    if isinstance(value, Pairs):
        names = Counter(name for name, _ in value)
        found.update((((*path, name), times) for name, times in names.items() if times > 1))
    steps = value if isinstance(value, Pairs) else enumerate(value) if isinstance(value, list) else ()
    for step, each in steps:
        found += expected(each, (*path, step))
    return found


def problems(reader: Reader, data: bytes, piece: int) -> list[Found]:
    batches = [batch for each in in_pieces(data, piece) for batch in reader.feed(each)]
    batches += reader.close()
    assert {problem.code for batch in batches for problem in batch.problems} <= {"duplicate-name"}
    return [(batch.index + (each.at or 0), each.path, each.message) for batch in batches for each in batch.problems]


def message(name: str, times: int) -> str:
    return f'the name "{name}" stands {times} times in one object; its last value was checked'


LAYOUTS: dict[str, Callable[[list[str]], str]] = {
    "json-array": lambda texts: f"[{','.join(texts)}]",
    "json-lines": "\n".join,
    "json-bodies": lambda texts: f"[{','.join(texts[:2])}]\n[{','.join(texts[2:])}]",
}


@pytest.mark.unwatched
@pytest.mark.parametrize("name", LAYOUTS)
@given(records=RECORDS, escapes=ESCAPES, space=st.sampled_from(["", " ", "\t "]), piece=st.integers(1, 50))
def test_every_reader_finds_them_wherever_they_stand(
    name: str, records: list[Any], escapes: str, space: str, piece: int
) -> None:
    text = LAYOUTS[name]([written(record, escapes, space) for record in records])
    wanted = [
        (at, path, message(str(path[-1]), times))
        for at, record in enumerate(records)
        for path, times in expected(record).elements()
    ]
    reader = READERS[name](setup=Setup(unique_names=True))
    assert sorted(problems(reader, text.encode(), piece), key=repr) == sorted(wanted, key=repr)
    assert problems(READERS[name](), text.encode(), piece) == []


@given(value=VALUES, escapes=ESCAPES, space=st.sampled_from(["", " \n"]))
def test_no_proof_is_given_of_a_text_that_repeats_a_name(value: Any, escapes: str, space: str) -> None:
    text = written(value, escapes, space)
    wanted = expected(value)
    assert may_repeat(text.encode(), json.loads(text)) or not wanted
    assert Counter((each.path, each.times) for each in repeated_names(text.encode())) == wanted


def test_text_with_colons_and_quotes_is_proved_by_one_look() -> None:
    text = rb'[{"a":"x:y","b:":[{"a\"":":"}],":":{"a":"\":\"","c":1.5e3}},null,10000000000000000000000000]'
    assert not may_repeat(text, json.loads(text))


TRANSIT: dict[str, tuple[bytes, list[Found]]] = {
    "maps as arrays": (
        b'[["^ ","~:id",1,"~:id",2,"d",["^ ","a",1,"a",2]]]',
        [(0, ("id",), message("id", 2)), (0, ("d", "a"), message("a", 2))],
    ),
    "a cached key": (b'[["^ ","~:abcd",1],["^ ","^0",1,"~:abcd",3]]', [(1, ("abcd",), message("abcd", 2))]),
    "objects": (b'[{"~:x":1},{"~:id":1,"~:id":[{"~:a":1,"~:a":2}]}]',
        [(1, ("id",), message("id", 2)), (1, ("id", 0, "a"), message("a", 2))]),
    "names that are one when they are decoded": (b'[{"~:id":1,"~:id":2,"id":3}]', [(0, ("id",), message("id", 3))]),
    "a map of other keys": (b'[["~#cmap",[1,2,1,3]]]', [(0, ("1",), message("1", 2))]),
    "what another value took the place of": (
        b'[{"~:k":1},{"~:a":{"~:b":1,"~:b":2},"~:a":1}]',
        [(1, ("a",), message("a", 2)), (1, (), message("~:b", 2))],
    ),
    "beside a tag": (
        b'["~#list",[{"~:q":1},{"~:q":{"~#f":"1","~#f":"2"}}]]',
        [(1, (), message("~#f", 2))],
    ),
    "none": (b'[["^ ","~:abcd",["^ ","^0",":"]],["^ ","^0","~:abcd"],{"~:abcd":{"~:abcd":1}}]', []),
}  # fmt: skip


@pytest.mark.parametrize("case", TRANSIT)
@pytest.mark.parametrize("piece", [1, 1000])
def test_names_in_transit_are_compared_as_they_are_decoded(case: str, piece: int) -> None:
    data, wanted = TRANSIT[case]
    assert problems(READERS["json-bodies"](setup=Setup(unique_names=True)), data, piece) == wanted
    assert problems(READERS["json-bodies"](), data, piece) == []


def test_a_record_that_repeats_countless_names_makes_a_thousand_problems_of_which_the_last_says_so() -> None:
    members = ",".join(f'"{number}":1,"{number}":2' for number in range(3000))
    found = problems(READERS["json-array"](setup=Setup(unique_names=True)), f"[{{{members}}}]".encode(), 1 << 20)
    more = "More names of this record are repeated, which are not listed"
    assert found == [
        *((0, (str(number),), message(str(number), 2)) for number in range(999)),
        (0, ("999",), f"{message('999', 2)}. {more}"),
    ]


def test_a_record_that_nests_as_deep_as_can_be_read_is_looked_through_from_any_depth_of_call() -> None:
    data = b'[{"a":' + b"[" * 900 + b'{"a":1,"a":2}' + b"]" * 900 + b"}]"
    wanted = [(0, ("a", *[0] * 900, "a"), message("a", 2))]

    def called(depth: int) -> list[Found]:
        return called(depth - 1) if depth else problems(READERS["json-array"](setup=Setup(unique_names=True)), data, 99)

    assert called(0) == wanted
    assert called(sys.getrecursionlimit() // 2) == wanted


def test_a_long_name_is_shortened_in_the_message() -> None:
    name = "n" * 100
    found = problems(READERS["json-array"](setup=Setup(unique_names=True)), f'[{{"{name}":1,"{name}":2}}]'.encode(), 99)
    assert found == [(0, (name,), message("n" * 40 + "…", 2))]
