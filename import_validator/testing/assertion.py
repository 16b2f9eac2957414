"""An assertion that a file is valid, whose failure says what is wrong with it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ..report.output.text import TextOutput
from ..report.report import Report
from ..ruleset.compiler import compile_plan
from ..ruleset.rule_set import RuleSet
from ..source.source import SourceLike
from ..validation import validate
from ..validator import Rules


def assert_import_file_valid(
    source: SourceLike, rules: Rules = None, params: Mapping[str, Any] | None = None, **options: Any
) -> Report:
    """Validate a file, and fail with the report's text where it is not valid.

    Arguments:
        source: a path, a binary file object, bytes, or an iterable of bytes.
        rules: the name of a rule set, the path of a `.toml` file, or a `RuleSet`; recognised where None.
        params: values of the rule set's parameters.
        options: those of `validate`; with `strict=True`, warnings fail too.

    Returns:
        The report, for more assertions about what is in the file.

    Raises:
        AssertionError: where the file is not valid.
        ImportValidatorError: where it could not be validated.
    """
    __tracebackhide__ = True
    report = validate(source, rules, params, **options)
    if not report.valid:
        raise AssertionError(_described(report, rules, params))
    return report


def _described(report: Report, rules: Rules, params: Mapping[str, Any] | None) -> str:
    """The report as `import-validator validate` prints it."""
    rule_set = rules if isinstance(rules, RuleSet) else RuleSet.load(report.rules if rules is None else rules)
    stream = io.StringIO()
    TextOutput(stream, 1, None).report(report, compile_plan(rule_set, params))
    return "the import file is not valid\n\n" + stream.getvalue().rstrip()
