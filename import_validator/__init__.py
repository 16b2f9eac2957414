"""Checks an import file before it is uploaded, and tells everything that the target system would reject it for."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import ImportValidatorError, Problem, RecognitionError, RuleSetError, SourceError
    from .facts.rows import Rows
    from .facts.streams import FactStream, Keys, Verdict
    from .facts.tables import Tables
    from .model.records import Records
    from .model.unchecked import Unchecked
    from .model.violation import Severity, Stage, Violation
    from .report.report import RecordCount, Report, RuleCount, UncheckedError, ViolationsFoundError
    from .report.values import MissingKey, ValueCount
    from .rules import Fields, Finding, KeyRule, ReadingRule, RecordRule, Related, Rule, Scope
    from .rules.looking import Contradiction, Look
    from .ruleset.rule_set import RecordType, RuleSet
    from .source.source import Source
    from .validation import Options, iter_violations, validate
    from .validator import Validator

__version__ = "0.1.0"

__all__ = [
    "Contradiction",
    "FactStream",
    "Fields",
    "Finding",
    "ImportValidatorError",
    "KeyRule",
    "Keys",
    "Look",
    "MissingKey",
    "Options",
    "Problem",
    "ReadingRule",
    "RecognitionError",
    "RecordCount",
    "RecordRule",
    "RecordType",
    "Records",
    "Related",
    "Report",
    "Rows",
    "Rule",
    "RuleCount",
    "RuleSet",
    "RuleSetError",
    "Scope",
    "Severity",
    "Source",
    "SourceError",
    "Stage",
    "Tables",
    "Unchecked",
    "UncheckedError",
    "Validator",
    "ValueCount",
    "Verdict",
    "Violation",
    "ViolationsFoundError",
    "__version__",
    "iter_violations",
    "validate",
]

_NAMES_OF = {
    "errors": ("ImportValidatorError", "Problem", "RecognitionError", "RuleSetError", "SourceError"),
    "facts.rows": ("Rows",),
    "facts.streams": ("FactStream", "Keys", "Verdict"),
    "facts.tables": ("Tables",),
    "model.records": ("Records",),
    "model.unchecked": ("Unchecked",),
    "model.violation": ("Severity", "Stage", "Violation"),
    "report.report": ("RecordCount", "Report", "RuleCount", "UncheckedError", "ViolationsFoundError"),
    "report.values": ("MissingKey", "ValueCount"),
    "rules": ("Fields", "Finding", "KeyRule", "ReadingRule", "RecordRule", "Related", "Rule", "Scope"),
    "rules.looking": ("Contradiction", "Look"),
    "ruleset.rule_set": ("RecordType", "RuleSet"),
    "source.source": ("Source",),
    "validation": ("Options", "iter_violations", "validate"),
    "validator": ("Validator",),
}
_MODULE_OF = {name: module for module, names in _NAMES_OF.items() for name in names}


if not TYPE_CHECKING:  # a checker that saw it would take every misspelt name for one that is there

    def __getattr__(name):
        """Import a name where it is first asked for: the command has much to leave out."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
