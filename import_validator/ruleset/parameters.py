"""What a rule set has to be told of the app that a file is meant for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import RuleSetError
from ..units import parse_size

_SWITCH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a rule set.

    Attributes:
        type: `names` (a list of strings), `limits` (a number for each name), `kinds` (a word for each name),
            `switch`, `size` (bytes), `integer` or `text`.
        help: what it means, in a few words.
        default: its value where none is given.
        each: for `limits`, the number for a name that is given without one.
    """

    type: str
    help: str = ""
    default: Any = None
    each: int | None = None

    def read(self, name: str, value: Any) -> Any:
        """The value of the parameter, from a Python value or from text as the command line gives it.

        Raises:
            RuleSetError: where the value is not of the parameter's type.
        """
        reader = _READERS.get(self.type)
        if reader is None:
            raise RuleSetError(f"parameter {name}: no such type {self.type!r}; there are {', '.join(_READERS)}")
        try:
            return reader(self, value)
        except ValueError as error:
            raise RuleSetError(f"parameter {name}: {error}") from error


def _names(parameter: Parameter, value: Any) -> list[str]:
    if not isinstance(value, str | list | tuple | set | frozenset):
        raise ValueError(f"wants a list of names, not {value!r}")
    items = [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else list(value)
    if not all(isinstance(item, str) for item in items):
        raise ValueError(f"wants a list of names, not {value!r}")
    return items


def _limits(parameter: Parameter, value: Any) -> dict[str, int]:
    if isinstance(value, Mapping):
        return {str(name): _integer(parameter, limit) for name, limit in value.items()}
    limits = {}
    for item in _names(parameter, value):
        name, _, limit = item.partition(":")
        if not limit and parameter.each is None:
            raise ValueError(f"wants a number for each name, as in {name}:100")
        limits[name] = _integer(parameter, limit) if limit else parameter.each or 0
    return limits


def _integer(parameter: Parameter, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    raise ValueError(f"wants a whole number, not {value!r}")


def _kinds(parameter: Parameter, value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {str(name): str(kind) for name, kind in value.items()}
    pairs = {name: kind for name, _, kind in (item.partition(":") for item in _names(parameter, value))}
    for name, kind in pairs.items():
        if not kind:
            raise ValueError(f"wants a kind for each name, as in {name}:KIND")
    return pairs


def _switch(parameter: Parameter, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() not in _SWITCH:
        raise ValueError(f"is a switch: true or false, not {value!r}")
    return _SWITCH[str(value).lower()]


_READERS: dict[str, Any] = {
    "names": _names,
    "limits": _limits,
    "kinds": _kinds,
    "switch": _switch,
    "size": lambda parameter, value: parse_size(value),
    "integer": _integer,
    "text": lambda parameter, value: str(value),
}
