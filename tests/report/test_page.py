"""A page says the same with colours and without."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from import_validator.report.output.page import ColouredPage, Page, Piece, PlainPage, page_on


def pieces(alphabet: str) -> st.SearchStrategy[Piece]:
    """Texts of these characters, with and without a style."""
    texts = st.text(alphabet, max_size=20)
    return st.one_of(texts, st.tuples(texts, st.sampled_from(["dim", "red", "bold green"])))


LINES = st.lists(st.lists(pieces("ae\n\t\a\b\r [:]/x:cow:"), max_size=4), max_size=4)
ROWS = st.lists(st.tuples(pieces("ae\u0301漢[:]/"), pieces("ab"), st.integers(0, 10**9).map(str)), max_size=4)


def written(kind: type[Page], lines: list[list[Piece]], rows: list[tuple[Piece, Piece, str]]) -> str:
    stream = io.StringIO()
    page = kind(stream)
    for line in lines:
        page.line(*line)
    page.table(("rule", "", "count"), rows, numbers=1)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


@given(LINES, ROWS)
def test_a_page_says_the_same_with_rich_and_without(
    lines: list[list[Piece]], rows: list[tuple[Piece, Piece, str]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("FORCE_COLOR", raising=False)
        patch.delenv("TTY_COMPATIBLE", raising=False)
        assert written(PlainPage, lines, rows) == written(ColouredPage, lines, rows)


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ({}, PlainPage),
        ({"FORCE_COLOR": ""}, PlainPage),
        ({"FORCE_COLOR": "1"}, ColouredPage),
        ({"TTY_COMPATIBLE": "0"}, PlainPage),
        ({"TTY_COMPATIBLE": "1"}, ColouredPage),
    ],
    ids=str,
)
def test_colours_are_for_terminals_and_for_those_who_ask(
    environment: dict[str, str], kind: type[Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert type(page_on(io.StringIO())) is kind
