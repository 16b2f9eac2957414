"""Each key, list item and table of TOML text is found on the line that it was written on."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from import_validator.ruleset.toml_lines import Path, line_of, lines_of
from tests.corpus import ROOT

TEXTS = st.text(st.sampled_from("ab1 #.=[]{},'\"\\\n-é"), max_size=6)
KEYS = st.one_of(st.text("abc1_-", min_size=1, max_size=3), TEXTS)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.integers(-9, 9), st.just(1.5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=6,
)


class Writer:
    """Writes TOML in ways that are drawn, and notes the line of each thing."""

    def __init__(self, data: st.DataObject) -> None:
        self._draw = data.draw
        self.text = ""
        self.lines: dict[Path, int] = {}

    def _note(self, path: Path) -> None:
        self.lines.setdefault(path, self.text.count("\n") + 1)

    def _one_of(self, *choices: str) -> str:
        return self._draw(st.sampled_from(choices))

    def _key(self, key: str) -> str:
        bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
        literal = [f"'{key}'"] if "'" not in key and "\n" not in key else []
        return self._one_of(json.dumps(key), *([key] if bare else []), *literal)

    def _string(self, text: str) -> str:
        ways = [json.dumps(text), '"""\n' + json.dumps(text)[1:-1].replace("\\n", "\n") + '"""']
        if "'" not in text:
            ways += [f"'''\n{text}'''"] + ([f"'{text}'"] if "\n" not in text else [])
        return self._one_of(*ways)

    def value(self, value: Any, path: Path) -> None:
        if isinstance(value, list):
            self.text += "["
            for number, each in enumerate(value):
                self.text += self._one_of("", " ", "\n", "\n  # a [comment] = {\n")
                self._note((*path, number))
                self.value(each, (*path, number))
                self.text += self._one_of(",", "\n,", ", # ]\n")
            self.text += self._one_of("]", "\n]")
        elif isinstance(value, dict):
            self.text += "{"
            for number, (key, each) in enumerate(value.items()):
                self.text += ", " if number else " "
                self.pair(key, each, path)
            self.text += "}"
        else:
            self.text += self._string(value) if isinstance(value, str) else json.dumps(value)

    def pair(self, key: str, value: Any, path: Path) -> None:
        """Write `key = value`, or `key.inner = …` for an object of one value."""
        self._note((*path, key))
        self.text += self._key(key)
        if isinstance(value, dict) and len(value) == 1 and self._draw(st.booleans()):
            self.text += self._one_of(".", " . ")
            [(inner, each)] = value.items()
            self.pair(inner, each, (*path, key))
        else:
            self.text += self._one_of(" = ", "=")
            self.value(value, (*path, key))

    def table(self, table: dict[str, Any], path: Path, header: list[str]) -> None:
        """Write a table: first its own pairs, then tables in it, some of them with headers of their own."""
        later = [key for key, each in table.items() if _is_table_or_tables(each) and self._draw(st.booleans())]
        for key, each in table.items():
            if key not in later:
                self.pair(key, each, path)
                self.text += self._one_of("\n", "\n\n", " # a\n")
        for key in later:
            inner = table[key]
            written = [*header, self._key(key)]
            for number, each in enumerate(inner if isinstance(inner, list) else [inner]):
                place = (*path, key, number) if isinstance(inner, list) else (*path, key)
                self._note((*path, key))
                self._note(place)
                name = self._one_of(".", " . ").join(written)
                self.text += (f"[[{name}]]" if isinstance(inner, list) else f"[{name}]") + self._one_of(
                    "\n", " # [b]\n"
                )
                self.table(each, place, written)


def _is_table_or_tables(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and value != [] and all(isinstance(each, dict) for each in value)
    )


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=4), st.data())
def test_everything_is_found_on_the_line_that_it_was_written_on(document: dict[str, Any], data: st.DataObject) -> None:
    writer = Writer(data)
    writer.table(document, (), [])
    assert tomllib.loads(writer.text) == document
    assert lines_of(writer.text) == writer.lines


def test_each_table_of_an_array_has_its_own_number() -> None:
    assert lines_of("[[a]]\n[[a]]\n[[a]]\nb = 1\n") == {
        ("a",): 1,
        ("a", 0): 1,
        ("a", 1): 2,
        ("a", 2): 3,
        ("a", 2, "b"): 4,
    }


def test_the_nearest_thing_around_is_taken_for_what_is_not_there() -> None:
    lines = lines_of("[a]\nb = [\n  { c = 1 },\n  { c = 2 },\n]\n")
    assert line_of(lines, ("a", "b", 1, "c")) == 4
    assert line_of(lines, ("a", "b", 1, "d", "e")) == 4
    assert line_of(lines, ("a", "x")) == 1
    assert line_of(lines, ("x",)) is None


def test_every_rule_of_the_shipped_rule_sets_has_a_line() -> None:
    for path in sorted((ROOT / "rules").glob("*.toml")):
        text = path.read_text("utf-8")
        lines, written = lines_of(text), text.splitlines()
        for name, record in tomllib.loads(text).get("records", {}).items():
            for number, rule in enumerate(record.get("rules", ())):
                line = written[lines["records", name, "rules", number, "rule"] - 1]
                assert line.lstrip().startswith(f'{{ rule = "{rule["rule"]}"')
