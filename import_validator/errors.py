"""What can go wrong that is not the import file's own content."""

from __future__ import annotations


class ImportValidatorError(Exception):
    """Base of every error this package raises; its message says what to do about it."""


class RuleSetError(ImportValidatorError):
    """A rule set, or a parameter given to it, cannot be used."""


class SourceError(ImportValidatorError):
    """The bytes to validate cannot be read."""


class RecognitionError(RuleSetError):
    """No rule set, or more than one, fits the beginning of the file."""
