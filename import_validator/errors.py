"""Everything that can go wrong, apart from what is in the import file."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import NamedTuple, Protocol


def reason_of(error: OSError) -> str:
    """Why an operation of the system failed, in words; a closed stream is called so, not a bad descriptor."""
    return "it is closed" if error.errno == errno.EBADF else error.strerror or str(error)


class ImportValidatorError(Exception):
    """Base of every error that this package raises. Its message says what to do about it.

    Each argument is a line of the message. A line break within one is part of a name or a value, not of the message.
    """

    def __str__(self) -> str:
        return "\n".join(map(str, self.args))


class Problem(NamedTuple):
    """One thing that is wrong with a rule set.

    Attributes:
        path: the keys and indexes that lead to it in the rule set's document, such as `("records", "user", "key", 0)`.
        message: what is wrong, where, and what to do.
        line: its line in the TOML file, from 1; None where the rule set is no text, or the line is not known.
    """

    path: tuple[str | int, ...]
    message: str
    line: int | None = None


class RuleSetError(ImportValidatorError):
    """A rule set, or a parameter given to it, cannot be used.

    Attributes:
        problems: everything that is wrong with the rule set, in its order; empty where the error is about something
            else, such as a file that cannot be read. The error's text has a line for each.
    """

    def __init__(self, *lines: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(*(lines or [each.message for each in problems]))
        self.problems = tuple(problems)


class SourceError(ImportValidatorError):
    """The bytes to validate cannot be read."""


class RecognitionError(RuleSetError):
    """No rule set, or more than one, fits the beginning of the file."""


class TemporaryFileError(ImportValidatorError):
    """A temporary file cannot be made or written; the message names its folder."""


class OutputError(ImportValidatorError):
    """What was asked for cannot be written; the message names the file."""


class RuleFailedError(ImportValidatorError):
    """A rule raised an exception of its own, which is the cause of this one: the rule has to be corrected.

    The message names the rule, the exception, and the record, as far as it is known.
    """

    @classmethod
    def of(cls, rule: NamedRule, where: str, error: BaseException) -> RuleFailedError:
        """The error for a rule, a place such as `at record 3`, and the exception, which is to be its cause."""
        what = f"{type(error).__name__}: {error}".rstrip(": ")
        kind = type(rule)
        return cls(f"rule {rule.name} failed {where}: {what}; correct its class, {kind.__module__}.{kind.__name__}")


class NamedRule(Protocol):
    """What an error says of a rule."""

    @property
    def name(self) -> str:
        """The rule's name in its rule set."""
