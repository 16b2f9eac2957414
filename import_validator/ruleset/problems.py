"""Collects what is wrong with a rule set, and says it with line numbers."""

from __future__ import annotations

import math
from typing import NoReturn

from ..errors import Problem, RuleSetError
from .toml_lines import Path, line_of, lines_of

MOST_PROBLEMS = 100
"""After so many the rest is not looked for: a rule set of nothing but problems is reported in bounded time."""


class Problems:
    """What was found wrong so far."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._noted = 0

    def __len__(self) -> int:
        """How often a problem was noted. One that was noted before counts, too, though it is said once."""
        return self._noted

    def add(self, path: Path, message: str) -> None:
        """Note a problem.

        Arguments:
            path: where it is in the rule set's document.

        Raises:
            RuleSetError: where there are so many that it is no use to go on.
        """
        self._noted += 1
        problem = Problem(path, message)
        if problem in self._found:
            return
        self._found.append(problem)
        if len(self._found) >= MOST_PROBLEMS:
            self._found.append(Problem((), f"these are {MOST_PROBLEMS} problems; the rest was not looked at"))
            self.raise_error()

    def raise_if_any(self) -> None:
        """Raise a `RuleSetError` where anything was found."""
        if self._found:
            self.raise_error()

    def raise_error(self) -> NoReturn:
        """Raise all that was found as one error."""
        raise RuleSetError(problems=self._found)


def placed(error: RuleSetError, where: str, text: str) -> RuleSetError:
    """The error with each of its problems placed: by the rule set's file or name, and the line.

    Arguments:
        where: what the rule set is called; empty where it has no name.
        text: the rule set's TOML text; empty where there is none.
    """
    if not error.problems:
        first, *others = map(str, error.args)
        return RuleSetError(f"{where}: {first}" if where else first, *others)
    lines = lines_of(text) if text else {}
    found = [each._replace(line=line_of(lines, each.path)) for each in error.problems]
    found.sort(key=lambda each: math.inf if each.line is None else each.line)
    return RuleSetError(*(_shown(each, where) for each in found), problems=found)


def _shown(problem: Problem, where: str) -> str:
    if problem.line is None:
        return f"{where}: {problem.message}" if where else problem.message
    place = f"{where}:{problem.line}" if where else f"line {problem.line}"
    return f"{place}: {problem.message}"
