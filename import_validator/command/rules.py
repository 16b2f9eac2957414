"""The commands that say what rule sets hold: `rules`, `schema` and `explain`."""

from __future__ import annotations

import inspect
import sys
import textwrap
from typing import Any

import click
import orjson

from ..errors import RuleSetError
from ..pass_one.lane import rule_set_schema
from ..report.output import Page, page_on, write_json
from ..rules import EXPLAINED, Rule
from ..ruleset.compiler import compile_plan
from ..ruleset.plan import Choices
from ..ruleset.rule_set import RuleSet
from ..units import counted
from .options import OUTPUT_FILE
from .output import opened_output
from .shared import EXIT_FAILED, EXIT_VALID


@click.command()
@click.argument("name", required=False, metavar="[NAME|PATH.toml]")
@click.option(
    "--check", is_flag=True, help="Only print what is wrong with the rule set. The exit status is 2 if anything is."
)
def rules(name: str | None, check: bool) -> None:
    """List all rule sets, or show the rules of one.

    With --check, print each problem of a rule set as FILE:LINE: PROBLEM.
    """
    if check:
        click.get_current_context().exit(_check(name))
    page = page_on(sys.stdout)
    if name is None:
        page.table(
            ("rule set", "reads", "for"),
            [(each.name, each.reader, each.title) for each in RuleSet.shipped()],
            numbers=0,
        )
        return
    rule_set = RuleSet.load(name)
    plan = compile_plan(rule_set)
    page.line((rule_set.name, "bold"), f": {rule_set.title}")
    page.line(f"format: {rule_set.documentation}")
    if rule_set.params:
        page.line()
        page.table(
            ("parameter", "type", "meaning", "default"),
            [
                (name, each.type, each.help, _shown(each.read(name, each.default)))
                for name, each in rule_set.params.items()
            ],
            numbers=0,
        )
    page.line()
    page.table(
        ("rule", "severity", "what it checks"),
        [
            (rule.name, rule.severity, f"{_summary(type(rule))} {_options_of(rule)}".strip())
            for rule in plan.rules
            if rule.kind != "each"
        ],
        numbers=0,
    )


def _check(name: str | None) -> int:
    """Print what is wrong with a rule set, and say with which status to exit."""
    if name is None:
        raise click.UsageError("--check wants the name of a rule set, or a path")
    page = page_on(sys.stdout)
    try:
        rule_set = RuleSet.load(name)
        plan = compile_plan(rule_set)
    except RuleSetError as error:
        if not error.problems:
            raise
        for problem in error.args:
            page.line(problem)
        return EXIT_FAILED
    found = ", ".join([counted(len(plan.records), "record type"), counted(len(plan.rules), "rule")])
    page.line(f"{rule_set.path or rule_set.name}: nothing is wrong ({found})")
    return EXIT_VALID


@click.command()
@click.argument("name", metavar="NAME|PATH.toml")
@click.option("--output", "-o", type=OUTPUT_FILE, metavar="FILE", help="Write to this file instead of standard output.")
def schema(name: str, output: str | None) -> None:
    """Print a rule set as JSON Schema (draft 2020-12) for one record, for editors and other tools."""
    document = rule_set_schema(compile_plan(RuleSet.load(name)))
    with opened_output(output) as stream:
        write_json(stream, orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode())


@click.command()
@click.argument("code", metavar="CODE")
def explain(code: str) -> None:
    """Explain a rule: what it checks, why that matters, an example, and how to mend a violation.

    CODE is the code of a violation, such as max-length, or the name of a rule, such as user.id:max-length.
    """
    asked = code.rpartition(":")[2]
    kind = EXPLAINED.get(asked) or _kind_of_code(asked)
    if kind is None:
        raise click.ClickException(f"no code {code!r}; there are: {', '.join(EXPLAINED)}")
    page = page_on(sys.stdout)
    documentation, _, attributes = kind.documentation().partition("\nAttributes:\n")
    summary, *sections = documentation.split("\n\n")
    beginning = f"{asked}: "
    _paragraph(page, summary, (beginning, "bold"))
    for section in sections:
        heading, _, text = section.partition("\n") if section.startswith("## ") else ("", "", section)
        if heading:
            page.line((heading.removeprefix("## "), "bold"))
        _paragraph(page, text)
    if attributes:
        page.line(("Options in a rule set", "bold"))
        for line in inspect.cleandoc(attributes).splitlines():
            page.line(line)


def _paragraph(page: Page, text: str, *beginning: tuple[str, str]) -> None:
    """Write a text in lines of a width that reads well, and an empty line."""
    indent = sum(len(each) for each, _ in beginning)
    first, *others = textwrap.wrap(" ".join(text.split()), 100, initial_indent=" " * indent)
    page.line(*beginning, first[indent:])
    for line in others:
        page.line(line)
    page.line()


def _kind_of_code(code: str) -> type[Rule] | None:
    """The kind behind a code that a shipped rule set gave one of its rules."""
    for rule_set in RuleSet.shipped():
        for cascade in (False, True):
            for rule in compile_plan(rule_set, choices=Choices(cascade=cascade)).rules:
                if rule.code == code:
                    return type(rule)
    return None


def _summary(kind: type[Rule]) -> str:
    return kind.documentation().partition("\n")[0]


def _options_of(rule: Rule) -> str:
    common = set(Rule.options()) | {"field"}
    given = {name: getattr(rule, name) for name in rule.options() if name not in common and not name.startswith("_")}
    return ", ".join(f"{name}: {_shown(value)}" for name, value in given.items() if value not in (None, "", [], False))


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {each}" for name, each in value.items())
    return str(value)
