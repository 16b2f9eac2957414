"""What can go wrong that is not the import file's own content."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .report import Report


class ImportValidatorError(Exception):
    """Base of every error this package raises; its message says what to do about it."""


class RuleSetError(ImportValidatorError):
    """A rule set, or a parameter given to it, cannot be used."""


class SourceError(ImportValidatorError):
    """The bytes to validate cannot be read."""


class RecognitionError(RuleSetError):
    """No rule set, or more than one, fits the beginning of the file."""


class ViolationsFoundError(ImportValidatorError):
    """Raised by `Report.raise_for_violations` for a file that is not valid.

    Attributes:
        report: the whole report.
    """

    def __init__(self, report: Report) -> None:
        super().__init__(report.summary())
        self.report = report

    def __reduce__(self) -> tuple[type[ViolationsFoundError], tuple[Report]]:
        return type(self), (self.report,)
