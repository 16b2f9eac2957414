"""Tells, before an import file is handed to the system it is meant for, everything that it would be rejected for."""

from .errors import (
    ImportValidatorError,
    RecognitionError,
    RuleSetError,
    SourceError,
)
from .report import RecordCount, Report, RuleCount, ViolationsFoundError
from .rules import Fields, Finding, RecordRule, Rule
from .ruleset import RecordType, RuleSet
from .validator import Validator, iter_violations, validate
from .violation import Severity, Stage, Violation

__version__ = "0.1.0"

__all__ = [
    "Fields",
    "Finding",
    "ImportValidatorError",
    "RecognitionError",
    "RecordCount",
    "RecordRule",
    "RecordType",
    "Report",
    "Rule",
    "RuleCount",
    "RuleSet",
    "RuleSetError",
    "Severity",
    "SourceError",
    "Stage",
    "Validator",
    "Violation",
    "ViolationsFoundError",
    "__version__",
    "iter_violations",
    "validate",
]
