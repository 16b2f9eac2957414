"""Parameters: read from Python and from text."""

from __future__ import annotations

from typing import Any

import pytest

from import_validator import (
    RecordType,
    RuleSet,
    RuleSetError,
    validate,
)
from import_validator.ruleset.parameters import _READERS as PARAMETER_TYPES
from import_validator.ruleset.parameters import Parameter
from tests.samples import VALID


@pytest.mark.parametrize(
    ("parameter", "given", "value"),
    [
        (Parameter(type="names"), ["a", "b"], ["a", "b"]),
        (Parameter(type="names"), ("a", "b"), ["a", "b"]),
        (Parameter(type="names"), "a, b ,,c", ["a", "b", "c"]),
        (Parameter(type="names"), "", []),
        (Parameter(type="limits"), {"a": 1}, {"a": 1}),
        (Parameter(type="limits"), "a:1, b:2", {"a": 1, "b": 2}),
        (Parameter(type="limits", each=9), "a:1,b", {"a": 1, "b": 9}),
        (Parameter(type="limits", each=9), ["a", "b:2"], {"a": 9, "b": 2}),
        (Parameter(type="kinds"), {"a": "flat"}, {"a": "flat"}),
        (Parameter(type="kinds"), "a:flat, b:aggregated", {"a": "flat", "b": "aggregated"}),
        (Parameter(type="kinds"), "", {}),
        (Parameter(type="switch"), True, True),
        (Parameter(type="switch"), False, False),
        (Parameter(type="switch"), "Yes", True),
        (Parameter(type="switch"), "off", False),
        (Parameter(type="switch"), 1, True),
        (Parameter(type="switch"), "0", False),
        (Parameter(type="size"), "1MB", 1 << 20),
        (Parameter(type="size"), 17, 17),
        (Parameter(type="integer"), "17", 17),
        (Parameter(type="integer"), -3, -3),
        (Parameter(type="text"), "any", "any"),
        (Parameter(type="text"), 7, "7"),
    ],
)
def test_a_parameter_is_read_from_python_or_from_text(parameter: Parameter, given: Any, value: Any) -> None:
    assert parameter.read("p", given) == value


@pytest.mark.parametrize(
    ("parameter", "given", "message"),
    [
        (Parameter(type="names"), [1], "wants a list of names, not [1]"),
        (Parameter(type="limits"), "a:1,b", "wants a number for each name, as in b:100"),
        (Parameter(type="switch"), "maybe", "is a switch: true or false, not 'maybe'"),
        (Parameter(type="switch"), 2, "is a switch: true or false, not 2"),
        (Parameter(type="switch"), None, "is a switch: true or false, not None"),
        (Parameter(type="size"), "big", "'big' is no size; write a number with a unit, such as 64MB"),
        (Parameter(type="list"), [], f"no such type 'list'; there are {', '.join(PARAMETER_TYPES)}"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_an_error(parameter: Parameter, given: Any, message: str) -> None:
    with pytest.raises(RuleSetError) as caught:
        parameter.read("p", given)
    assert str(caught.value) == f"parameter p: {message}"


@pytest.mark.parametrize(
    ("parameter", "given", "message"),
    [
        (Parameter(type="names"), 5, "wants a list of names, not 5"),
        (Parameter(type="names"), None, "wants a list of names, not None"),
        (Parameter(type="limits"), "a:b", "wants a whole number, not 'b'"),
        (Parameter(type="limits"), {"a": None}, "wants a whole number, not None"),
        (Parameter(type="limits"), {"a": float("inf")}, "wants a whole number, not inf"),
        (Parameter(type="limits"), 5, "wants a list of names, not 5"),
        (Parameter(type="kinds"), "a", "wants a kind for each name, as in a:KIND"),
        (Parameter(type="kinds"), 5, "wants a list of names, not 5"),
        (Parameter(type="integer"), "many", "wants a whole number, not 'many'"),
        (Parameter(type="integer"), 1.5, "wants a whole number, not 1.5"),
        (Parameter(type="integer"), True, "wants a whole number, not True"),
        (Parameter(type="size"), 1.5, "'1.5' is no size; write a number with a unit, such as 64MB"),
        (Parameter(type="size"), -1, "'-1' is no size; write a number with a unit, such as 64MB"),
        (Parameter(type="integer"), "+-5", "wants a whole number, not '+-5'"),
        (Parameter(type="integer"), "٣", "wants a whole number, not '٣'"),
        (Parameter(type="kinds"), "a:flat,b", "wants a kind for each name, as in b:KIND"),
    ],
    ids=lambda each: each.type if isinstance(each, Parameter) else repr(each)[:20],
)
def test_a_parameter_of_the_wrong_type_is_an_error_that_says_what_it_wants(
    parameter: Parameter, given: Any, message: str
) -> None:
    with pytest.raises(RuleSetError) as caught:
        parameter.read("p", given)
    assert str(caught.value) == f"parameter p: {message}"


def test_a_parameter_that_the_rule_set_has_not_is_an_error() -> None:
    with pytest.raises(RuleSetError) as caught:
        validate(VALID, "stream-chat", {"rolls": [], "roles": []})
    assert str(caught.value) == ("stream-chat: no parameter rolls; did you mean 'roles'?")


def test_a_rule_set_without_parameters_says_so() -> None:
    rule_set = RuleSet(name="own", records={"user": RecordType(name="user")})
    with pytest.raises(RuleSetError) as caught:
        validate(VALID, rule_set, {"roles": []})
    assert str(caught.value) == "own: no parameter roles; there are: none"


def test_parameters_have_their_defaults_where_they_are_not_given() -> None:
    assert RuleSet.load("stream-chat").parameters({"max_size": "1MB", "channel_types": "team:5,messaging"}) == {
        "roles": [
            "user",
            "guest",
            "anonymous",
            "admin",
            "moderator",
            "channel_member",
            "channel_moderator",
            "global_admin",
            "global_moderator",
        ],
        "channel_types": {"team": 5, "messaging": 20_000},
        "lighter_channel_id": False,
        "max_size": 1 << 20,
    }
