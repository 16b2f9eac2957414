"""Whether the options that a rule set gives a rule are of the types that its class declares."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

_WORDS = {str: "text", int: "a whole number", bool: "true or false", float: "a number", dict: "a table", list: "a list"}

_SEVERAL = {str: "text", int: "numbers", float: "numbers", bool: "booleans", list: "lists", dict: "tables"}


class WrongOption(NamedTuple):
    """An option that is not of its declared type, and what is wrong with it."""

    name: str
    message: str


def wrong_option(kind: type, options: Mapping[str, Any]) -> WrongOption | None:
    """The first option that is not of its declared type; None where all are."""
    declared = _declared(kind)
    for name, value in options.items():
        if name in declared and not _fits(value, declared[name]):
            return WrongOption(name, f"{name} has to be {_words(declared[name])}, not {value!r}")
    return None


def missing_option(kind: type[Any], options: Mapping[str, Any]) -> str:
    """The options that a dataclass cannot be made without and that are not given, in words; empty where none is."""
    needed = [
        option.name
        for option in dataclasses.fields(kind)
        if option.init and option.default is dataclasses.MISSING and option.default_factory is dataclasses.MISSING
    ]
    return " and ".join(name for name in needed if name not in options)


@cache
def _declared(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _fits(value: Any, declared: Any) -> bool:
    if declared is Any:
        return True
    if value is None or isinstance(declared, types.UnionType) or typing.get_origin(declared) is typing.Union:
        return any(_fits(value, each) if value is not None else each is types.NoneType for each in _choices(declared))
    origin, inner = typing.get_origin(declared), typing.get_args(declared)
    if origin in {list, Sequence}:
        return isinstance(value, list | tuple) and all(_fits(each, inner[0]) for each in value)
    if origin in {dict, Mapping}:
        return isinstance(value, Mapping) and all(_fits(each, inner[1]) for each in value.values())
    if declared is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if isinstance(declared, type) and issubclass(declared, str):
        return isinstance(value, str)
    return isinstance(value, declared) if isinstance(declared, type) else True


def _choices(declared: Any) -> tuple[Any, ...]:
    return (
        typing.get_args(declared)
        if typing.get_args(declared) and typing.get_origin(declared) not in {list, dict}
        else (declared,)
    )


def _words(declared: Any) -> str:
    if isinstance(declared, types.UnionType):
        return " or ".join(_words(each) for each in typing.get_args(declared) if each is not types.NoneType)
    origin, inner = typing.get_origin(declared), typing.get_args(declared)
    if origin in {list, Sequence}:
        items = typing.get_args(inner[0]) if isinstance(inner[0], types.UnionType) else inner
        *others, last = dict.fromkeys(_SEVERAL.get(each, "values") for each in items)
        return f"a list of {', '.join(others)} or {last}" if others else f"a list of {last}"
    if origin in {dict, Mapping}:
        return "a table"
    return _WORDS.get(declared, "something else")
