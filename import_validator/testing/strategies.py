"""Strategies for hypothesis: records, valid files and broken ones, of any rule set.

Needs `hypothesis`, which the extra `import-validator[testing]` installs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from ..errors import ImportValidatorError
from ..facts.rows import Key
from ..ruleset.rule_set import RuleSet
from .breaking import broken_file
from .chooser import Chooser, NumberChooser
from .making import valid_file
from .synthesis import Workshop
from .targets import Expected, Target, plan_for, targets

Rules = str | RuleSet


class DrawnChooser(Chooser):
    """Has hypothesis make the choices, so that it can search for examples and shrink them.

    Arguments:
        draw: draws an example from a strategy.
    """

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        return low + self._draw(_up_to(high - low))


@lru_cache(maxsize=512)
def _up_to(high: int) -> st.SearchStrategy[int]:
    return st.integers(0, high)


def records(
    rules: Rules,
    record_type: str,
    *,
    context: Mapping[str, Iterable[Key]] | None = None,
    **options: Any,
) -> st.SearchStrategy[dict[str, Any]]:
    """Valid records of one type: their fields, as they stand within the format's envelope.

    Arguments:
        rules: the name of a rule set, the path of a `.toml` file, or a `RuleSet`.
        record_type: the type.
        context: the keys that the record may refer to, by record type: strings, or tuples for keys of several parts.
            Where there are none of a type, references lead to records that you do not see.
        options: `params` and `cascade`, as for `validate`.

    Raises:
        RuleSetError: where the rule set is broken.
        ImportValidatorError: where it has no such record type.
    """
    plan = plan_for(rules, options)
    if record_type not in plan.records:
        raise ImportValidatorError(f"no record type {record_type!r}; there are {', '.join(plan.records)}")

    @st.composite
    def record(draw: st.DrawFn) -> dict[str, Any]:
        workshop = Workshop(plan, DrawnChooser(draw), context)
        fields = workshop.add(record_type)
        return {name: value for name, value in fields.items() if not name.startswith("line.")}

    return record()


def files(rules: Rules, *, types: Iterable[str] = (), **options: Any) -> st.SearchStrategy[bytes]:
    """Valid files: a few records each, whose references are resolved, laid out in any way that the format allows.

    Arguments:
        rules: the name of a rule set, the path of a `.toml` file, or a `RuleSet`.
        types: record types that the files may have although the rule set says nothing of them, such as `poll`.
        options: `params` and `cascade`, as for `validate`.

    Raises:
        RuleSetError: where the rule set is broken.
        ImportValidatorError: where it has no such record type.
    """
    plan, asked_for = plan_for(rules, options), tuple(types)
    Workshop(plan, NumberChooser(0)).usual_types(asked_for)

    @st.composite
    def file(draw: st.DrawFn) -> bytes:
        return valid_file(plan, DrawnChooser(draw), asked_for=asked_for)

    return file()


def broken_files(
    rules: Rules, *, rule: str = "", field: str = "", **options: Any
) -> st.SearchStrategy[tuple[bytes, Expected]]:
    """Files that break exactly one rule, each with the one violation that must be reported.

    Arguments:
        rules: the name of a rule set, the path of a `.toml` file, or a `RuleSet`.
        rule: the code, the kind or the name of the rules to be broken; any rule that needs no options where neither
            this nor `field` is given.
        field: the field that they are about, with its record type: `user.id`, `message/attachment.type`.
        options: `params` and `cascade`, as for `validate`.

    Raises:
        RuleSetError: where the rule set is broken.
        ImportValidatorError: where no rule is meant.
    """
    rule_set = rules if isinstance(rules, RuleSet) else RuleSet.load(rules)
    chosen = chosen_targets(rule_set, rule, field, options)

    @st.composite
    def file(draw: st.DrawFn) -> tuple[bytes, Expected]:
        target = draw(st.sampled_from(chosen)) if len(chosen) > 1 else chosen[0]
        return broken_file(target, DrawnChooser(draw))

    return file()


def chosen_targets(rule_set: RuleSet, rule: str, field: str, options: Mapping[str, Any]) -> list[Target]:
    """The rules that are meant by a code, a kind or a name, and a field.

    Raises:
        ImportValidatorError: where there are none.
    """
    every = targets(rule_set, [options] if options else None)
    found = [
        target
        for target in every
        if (not rule or rule in {target.name, target.rule.code, target.rule.kind, target.rule.name})
        and (not field or target.name.rpartition(":")[0] == field)
    ]
    if not rule and not field:
        found = [target for target in every if not target.options or target.options == options]
    if not found:
        what = " ".join(each for each in (rule, f"of {field}" if field else "") if each)
        raise ImportValidatorError(f"{rule_set.name} has no rule {what}; `import-validator rules` lists what there is")
    return found
