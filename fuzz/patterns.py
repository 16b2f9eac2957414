"""Rule sets with nested and odd patterns, and shapes in shapes: refused in words, or held to what Python says."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import regex

from fuzz.rule_sets import to_toml
from import_validator import ImportValidatorError, Report, RuleSet, RuleSetError, validate
from import_validator.pass_one.lane import rule_set_schema
from import_validator.rules import matching
from import_validator.ruleset.compiler import compile_plan
from import_validator.testing.chooser import Chooser
from import_validator.testing.patterns import text_matching

PLAIN = (*"ab0_- é\n~&:", r"\.", r"\-", r"\w", r"\d", r"\s", r"\W", ".", "[a-c]", "[^a]", r"[\w-]", r"[^\s]", "[-a]")
ODD = (
    r"\b", r"\<", r"\>", r"\A", r"\Z", "^", "$", "[[a]", "[]a]", "[a&&b]", "[a||b]", "[a--b]", "(?i)", "(?u)", "(?V1)",
    "(?r)", "(?=a)", "(?!b)", "(?<=a)", "(?>a+)", r"\1", "(?R)", "(?P<n>a)", "(?P=n)", r"\p{L}", r"\X", r"\L<n>",
    r"\N{a}", "(?|a|b)", "(?#c)", "{", "}", "]", ")", "(", "*", r"\x41", r"\u00e9", "(?:a){e<=1}", "[[:alpha:]]", r"\K",
    r"\G", "(a|a)*", "(?=a)(a|a)*", "(a+)+b", "(*PRUNE)", "(*SKIP)", "(?(1)a|b)", "[^^]", "[&&]", "[~~]", "\\", "[",
)  # fmt: skip
REPEATS = (
    "*",
    "+",
    "?",
    "{2}",
    "{0}",
    "{1,}",
    "{,2}",
    "{0,2}",
    "*?",
    "+?",
    "++",
    "**",
    "{2}{3}",
    "{999}",
    "{99999999999}",
)
TEXTS = (
    "",
    "a",
    "b",
    "aa",
    "ab",
    "a\n",
    "\n",
    "é",
    "<a>",
    "abc",
    "a b",
    "00a",
    "7",
    "٣",
    "\ud800",
    "a" * 40 + "!",
    "K",
)
DEEPEST = (1, 2, 3, 40, 49, 50, 51, 60, 500, 3000)
"""How deep parentheses nest, in which the pattern stands."""

MOST_TEXT = 2_000
"""So many characters an error that refuses a rule set has at most."""

WORDS = (*PLAIN[-6:], *ODD, *REPEATS)


class Bytes(Chooser):
    """Makes the choices that bytes say, and after them the first of each."""

    def __init__(self, data: bytes) -> None:
        self._data = iter(data)

    def integer(self, low: int, high: int) -> int:
        return low + next(self._data, 0) % (high - low + 1)


def check(data: bytes) -> None:
    """Load the rule set that the data chooses, and validate a file of texts near its pattern with it.

    Raises:
        AssertionError: where the report says another thing of a text than Python's engine.
        Exception: whatever is not a refusal in words.
    """
    choose = Bytes(data)
    pattern = _nested(choose, _pattern(choose, 3))
    with _hurried():
        try:
            rule_set = RuleSet.from_toml(to_toml(_document(choose, pattern)), name="fuzzed")
            plan = compile_plan(rule_set)
        except RuleSetError as error:
            if len(str(error)) > MOST_TEXT:
                raise AssertionError(f"an error of {len(str(error))} characters") from error
            return
        orjson.dumps(rule_set_schema(plan))
        texts = list(_texts(choose, pattern))
        report = validate(_file(texts), rule_set, samples=1000)
    _compare(report, pattern, texts)


def fresh(rng: random.Random) -> bytes:
    """A new input."""
    return rng.randbytes(rng.randint(4, 120))


def _compare(report: Report, pattern: str, texts: list[str]) -> None:
    """Hold what the report says of each text, in the record with its number, against Python's engine."""
    unknown = {value for each in report.unchecked for value in each.values}
    if any(each.given_up for each in report.unchecked):
        return
    refused = {each.index for each in report.violations if each.code == "pattern" and each.path == "/id"}
    matches = regex.compile(pattern, regex.ASCII).fullmatch
    for index, text in enumerate(texts):
        if text in unknown:
            continue
        try:
            expected = matches(text, timeout=1) is None
        except TimeoutError:  # decided by an engine without backtracking
            continue
        assert (text, index in refused) == (text, expected)


def _pattern(choose: Chooser, depth: int) -> str:
    return "|".join(_sequence(choose, depth) for _ in range(choose.pick((1, 1, 1, 2, 3))))


def _sequence(choose: Chooser, depth: int) -> str:
    return "".join(_atom(choose, depth) for _ in range(choose.integer(0, 4)))


def _atom(choose: Chooser, depth: int) -> str:
    kind = choose.integer(0, 9)
    if kind < 5:
        atom = choose.pick(PLAIN)
    elif kind < 7 or not depth:
        atom = choose.pick(ODD)
    else:
        atom = f"{choose.pick(('(', '(?:', '(?>', '(?=', '(?<!'))}{_pattern(choose, depth - 1)})"
    return f"{atom}{choose.pick(REPEATS)}" if choose.chance(3) else atom


def _nested(choose: Chooser, pattern: str) -> str:
    if not choose.chance(4):
        return pattern
    depth = choose.pick(DEEPEST)
    opening = choose.pick(("(?:", "(", "(?=", "[", "(?V1)[["))
    closing = "]" * opening.count("[") or ")"
    return opening * depth + pattern + closing * depth


def _document(choose: Chooser, pattern: str) -> dict[str, Any]:
    """A rule set of one record type, with the pattern wherever one may stand."""
    shapes: dict[str, Any] = {"s0": {"fields": {"x": "string"}, "rules": _rules("x", pattern)}}
    for number in range(1, choose.integer(1, 5)):
        names = "ab"[: choose.integer(1, 2)]
        rules = [{"rule": "each", "field": name, "shape": f"s{number - 1}"} for name in names]
        shapes[f"s{number}"] = {"fields": dict.fromkeys(names, f"s{number - 1}"), "rules": rules}
    innermost = f"s{len(shapes) - 1}"
    record: dict[str, Any] = {
        "fields": {"id": "string", "tags": "array of string", "part": innermost},
        "rules": [
            *_rules("id", pattern),
            {"rule": "pattern", "field": "tags", "each": True, "pattern": pattern},
            {"rule": "damaged-id", "field": "id", "pattern": pattern},
            {"rule": "each", "field": "part", "shape": innermost},
        ],
    }
    if choose.chance(3):
        record["like"] = pattern
    return {"records": {"thing": record}, "shapes": shapes}


def _rules(field: str, pattern: str) -> list[dict[str, Any]]:
    return [{"rule": "pattern", "field": field, "pattern": pattern}]


def _texts(choose: Chooser, pattern: str) -> Iterator[str]:
    yield from TEXTS
    try:
        text = text_matching(pattern, choose)
    except ImportValidatorError:
        return
    yield from (text, f"{text}\n", text[1:], f"{text}a", text.upper())


def _file(texts: list[str]) -> bytes:
    """A file with each text in a record of its own, and in a list and a part of another."""
    records = [{"type": "thing", "item": {"id": text}} for text in texts]
    records += [
        {"type": text, "item": {"tags": texts, "part": {"x": text, "a": {"x": text, "a": {}}}}} for text in texts
    ]
    return ("[" + ",\n".join(map(json.dumps, records)) + "]").encode("utf-8", "surrogatepass")


@contextmanager
def _hurried() -> Iterator[None]:
    """Give patterns little time."""
    before = matching.VALUE_SECONDS, matching.RUN_SECONDS
    matching.VALUE_SECONDS, matching.RUN_SECONDS = 0.02, 0.1
    try:
        yield
    finally:
        matching.VALUE_SECONDS, matching.RUN_SECONDS = before
