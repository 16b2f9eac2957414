"""The commands that say what rule sets hold: `rules`, `schema` and `explain`."""

from __future__ import annotations

import inspect
import sys
from typing import Any

import click
import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..pass_one.lane import rule_set_schema
from ..rules import EXPLAINED, Rule
from ..ruleset.compiler import compile_plan
from ..ruleset.plan import Choices
from ..ruleset.rule_set import RuleSet


@click.command()
@click.argument("name", required=False, metavar="[NAME|PATH.toml]")
def rules(name: str | None) -> None:
    """List the rule sets there are, or show what one of them holds."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
    if name is None:
        table = Table(box=None, pad_edge=False)
        for title in ("rule set", "reads", "for"):
            table.add_column(title)
        for shipped in RuleSet.shipped():
            table.add_row(shipped.name, shipped.reader, shipped.title)
        console.print(table)
        return
    rule_set = RuleSet.load(name)
    plan = compile_plan(rule_set)
    console.print(f"[bold]{rule_set.name}[/]: {rule_set.title}", f"format: {rule_set.documentation}", sep="\n")
    if rule_set.params:
        table = Table("parameter", "type", "meaning", "default", title="Parameters", title_justify="left")
        for each, parameter in rule_set.params.items():
            table.add_row(each, parameter.type, parameter.help, _shown(parameter.read(each, parameter.default)))
        console.print(table)
    table = Table("rule", "severity", "what it checks", title="Rules", title_justify="left")
    for rule in plan.rules:
        if rule.kind != "each":
            table.add_row(rule.name, rule.severity, escape(f"{_summary(type(rule))} {_options_of(rule)}".strip()))
    console.print(table)


@click.command()
@click.argument("name", metavar="NAME|PATH.toml")
def schema(name: str) -> None:
    """Print a rule set as JSON Schema (draft 2020-12) for one record, for editors and other tools."""
    document = rule_set_schema(compile_plan(RuleSet.load(name)))
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())


@click.command()
@click.argument("code", metavar="CODE")
def explain(code: str) -> None:
    """Say what a rule checks, why it matters, with an example, and how to mend it.

    CODE is a violation's code, such as max-length, or its rule, such as user.id:max-length.
    """
    asked = code.rpartition(":")[2]
    kind = EXPLAINED.get(asked) or _kind_of_code(asked)
    if kind is None:
        raise click.ClickException(f"no code {code!r}; there are: {', '.join(EXPLAINED)}")
    console = Console(highlight=False, width=100)
    documentation, _, attributes = kind.documentation().partition("\nAttributes:\n")
    console.print(f"[bold]{asked}[/]: ", end="")
    for paragraph in documentation.split("\n\n"):
        text = paragraph
        if paragraph.startswith("## "):
            heading, _, text = paragraph.partition("\n")
            console.print(heading.removeprefix("## "), style="bold")
        console.print(" ".join(text.split()) + "\n", markup=False)
    if attributes:
        console.print("Options in a rule set", style="bold")
        console.print(inspect.cleandoc(attributes), markup=False)


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
