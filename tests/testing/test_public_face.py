"""The testing kit's public face: strategies and what they refuse, the fixture, texts for patterns."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from import_validator import Fields, Finding, ImportValidatorError, RecordRule, RuleSet, RuleSetError, validate
from import_validator import testing as kit
from import_validator.rules.breaking import Breakage
from import_validator.ruleset.compiler import compile_plan
from import_validator.testing import Expected, assert_import_file_valid, broken_files, files, records
from import_validator.testing.chooser import RandomChooser
from import_validator.testing.patterns import text_matching
from import_validator.testing.writers import layout_for
from tests.corpus import ROOT

pytest_plugins = ["pytester"]
QUICK = settings(max_examples=15, database=None, derandomize=True)


@QUICK
@given(broken_files("stream-chat", rule="max-length", field="user.id"))
def test_a_rule_and_a_field_say_what_is_broken(broken: tuple[bytes, Expected]) -> None:
    data, expected = broken
    [violation] = validate(data, "stream-chat", **expected.options).violations
    assert Expected.of(violation) == expected
    assert (expected.rule, expected.path) == ("user.id:max-length", "/id")


@QUICK
@given(broken_files("stream-feeds", rule="known-group"))
def test_options_that_a_rule_needs_are_given(broken: tuple[bytes, Expected]) -> None:
    data, expected = broken
    assert expected.options["params"]["feed_groups"]
    assert [Expected.of(each) for each in validate(data, "stream-feeds", **expected.options).violations] == [expected]


@QUICK
@given(files("stream-chat", params={"roles": ["king"]}))
def test_files_keep_to_the_parameters_that_are_given(data: bytes) -> None:
    assert validate(data, "stream-chat", {"roles": ["king"]}).violations == ()


@QUICK
@given(records("stream-chat", "message", context={"user": ["ann"], "channel": ["messaging:HQ"], "message": ["m"]}))
def test_records_refer_to_what_the_context_holds(message: dict[str, Any]) -> None:
    assert message["user"] == "ann"
    assert (message["channel_type"], message["channel_id"]) == ("messaging", "HQ")
    assert message.get("parent_id") in {None, "m"}


def test_broken_files_shrink_to_small_ones() -> None:
    options = settings(max_examples=300, database=None, derandomize=True)
    data, expected = find(
        broken_files("stream-chat", rule="required", field="user.id"), lambda _: True, settings=options
    )
    assert (data, expected) == (
        b'[{"type":"user","item":{}}]',
        Expected("required", "user.id:required", 0, "/id", 1),
    )


def test_files_shrink_to_small_ones() -> None:
    options = settings(max_examples=300, database=None, derandomize=True)
    assert find(files("stream-chat"), lambda _: True, settings=options) == b'[{"type":"user","item":{"id":"user1"}}]'


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: broken_files("stream-chat", rule="bogus"), "stream-chat has no rule bogus;"),
        (lambda: broken_files("stream-chat", rule="enum", field="user.id"), "stream-chat has no rule enum of user.id;"),
        (lambda: records("stream-chat", "bogus"), "no record type 'bogus'; there are user, channel"),
        (lambda: files("bogus"), "no rule set 'bogus'"),
    ],
)
def test_strategies_say_at_once_what_there_is_not(make: Any, said: str) -> None:
    with pytest.raises(ImportValidatorError, match=re.escape(said)):
        make()


def test_the_kit_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'bogus'"):
        kit.bogus  # noqa: B018 - to ask is what raises


@dataclass(frozen=True, kw_only=True)
class NoShouting(RecordRule):
    """Text must not be all capitals."""

    kind = "no-shouting"
    default_message = "{subject}.{field} is shouting"
    field: str

    def check(self, fields: Fields) -> Iterator[Finding]:
        if str(fields.get(self.field, "")).isupper():
            yield Finding((self.field,), fields[self.field])


@dataclass(frozen=True, kw_only=True)
class NoShoutingThatCanBeBroken(NoShouting):
    """The same, with how it is broken and mended."""

    def mend(self, fields: dict[str, Any], bench: Any) -> None:
        fields[self.field] = fields[self.field].lower()

    def breaks(self, fields: dict[str, Any], bench: Any) -> Iterator[Breakage]:
        yield Breakage({**fields, self.field: "LOUD"}, (self.field,), [self.field])


def test_a_rule_of_ones_own_that_does_not_say_how_it_is_broken_is_named() -> None:
    rule_set = RuleSet.load("stream-chat").with_rules("message", NoShouting(field="text"))
    with pytest.raises(RuleSetError, match="rules of the kind no-shouting do not say how they are broken"):
        find(broken_files(rule_set, rule="no-shouting"), lambda _: True)


@pytest.mark.unwatched
@QUICK
@given(st.data())
def test_a_rule_of_ones_own_is_broken_as_it_says(data: st.DataObject) -> None:
    rule_set = RuleSet.load("stream-chat").with_rules("message", NoShoutingThatCanBeBroken(field="text"))
    broken, expected = data.draw(broken_files(rule_set, rule="no-shouting"))
    assert [Expected.of(each) for each in validate(broken, rule_set).violations] == [expected]
    assert (expected.rule, expected.path) == ("message.text:no-shouting", "/text")


@pytest.mark.parametrize(
    "pattern", ["a+", r"\w{3}\d\s?", "[^a]x|(?:yes|no)*", r".[\d-]{2,}?", "[a-c]?z", "[\u0400-\u0402]"]
)
def test_texts_for_a_pattern_match_it(pattern: str) -> None:
    texts = {text_matching(pattern, RandomChooser(seed)) for seed in range(20)}
    assert [text for text in texts if not re.fullmatch(pattern, text, re.ASCII)] == []


@pytest.mark.parametrize("pattern", ["(?=a)b", "a(?<!a)", "(", r"a\bb"])
def test_patterns_that_no_text_can_be_made_for_are_named(pattern: str) -> None:
    with pytest.raises(ImportValidatorError, match=re.escape(f"no text can be made for the pattern {pattern!r}")):
        text_matching(pattern, RandomChooser(0))


def test_a_reader_without_a_layout_is_named() -> None:
    plan = compile_plan(RuleSet.load("stream-chat"))
    bogus = dataclasses.replace(plan.rule_set, reader="bogus")
    with pytest.raises(
        ImportValidatorError, match="no files can be made for the reader 'bogus'; they can for json-array"
    ):
        layout_for(dataclasses.replace(plan, rule_set=bogus), RandomChooser(0))


VALID = b'[{"type":"user","item":{"id":"ann"}}]'
INVALID = b'[{"type":"user","item":{"id":"ann smith"}}]'


def test_the_assertion_returns_the_report_or_fails_with_it() -> None:
    assert assert_import_file_valid(VALID, "stream-chat").records["user"].total == 1
    with pytest.raises(AssertionError) as failure:
        assert_import_file_valid(INVALID)
    assert "user.id:pattern  error      1" in str(failure.value)
    assert 'record 0, byte 1, at /id, value "ann smith"' in str(failure.value)


@pytest.mark.unwatched
def test_the_fixture_fails_with_the_reports_text(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""
        def test_right(import_file_valid, tmp_path):
            (tmp_path / "out.json").write_bytes({VALID!r})
            assert import_file_valid(tmp_path / "out.json", rules="stream-chat").valid

        def test_wrong(import_file_valid):
            import_file_valid({INVALID!r}, rules="stream-chat")
        """
    )
    result = pytester.runpytest_subprocess("-p", "pytest_import_validator", "-p", "no:xdist")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*user.id:pattern*error*1", "*change it to match*"])


def test_the_plugin_imports_neither_the_package_nor_hypothesis() -> None:
    script = "import pytest_import_validator, sys; print({'import_validator', 'hypothesis'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


def test_the_plugin_is_registered() -> None:
    text = (Path(ROOT) / "pyproject.toml").read_text("utf-8")
    assert 'pytest_import_validator = "pytest_import_validator"' in text
