"""Tells, before an import file is handed to the system it is meant for, everything that it would be rejected for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .errors import ImportValidatorError, RecognitionError, RuleSetError, SourceError
    from .model.violation import Severity, Stage, Violation
    from .report.report import RecordCount, Report, RuleCount, ViolationsFoundError
    from .rules import Fields, Finding, RecordRule, Rule
    from .ruleset.rule_set import RecordType, RuleSet
    from .validator import Validator, iter_violations, validate

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

_NAMES_OF = {
    "errors": ("ImportValidatorError", "RecognitionError", "RuleSetError", "SourceError"),
    "report.report": ("RecordCount", "Report", "RuleCount", "ViolationsFoundError"),
    "rules": ("Fields", "Finding", "RecordRule", "Rule"),
    "ruleset.rule_set": ("RecordType", "RuleSet"),
    "validator": ("Validator", "iter_violations", "validate"),
    "model.violation": ("Severity", "Stage", "Violation"),
}
_MODULE_OF = {name: module for module, names in _NAMES_OF.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a name where it is first asked for: the command has things to do before that, and much to leave out."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
