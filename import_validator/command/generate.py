"""The command `import-validator generate`: large files to test with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from ..ruleset.rule_set import RuleSet
from ..units import format_size, parse_size
from .options import OUTPUT_FILE
from .output import opened_output
from .streams import say

if TYPE_CHECKING:
    from ..testing.targets import Target


class _Size(click.ParamType[int]):
    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return parse_size(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class _Share(click.ParamType[float]):
    name = "share"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value)
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 0.5:
            self.fail(f"{text!r} is no share from 0 to 0.5, or 0% to 50%", param, ctx)
        return share


@click.command()
@click.argument("name", metavar="NAME|PATH.toml")
@click.option(
    "--size", type=_Size(), default="10MB", show_default=True, help="The largest size that the file may have."
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="The same seed gives the same bytes."
)
@click.option(
    "--broken", type=_Share(), metavar="SHARE", help="Break this share of the records, such as 0.1% or 0.001."
)
@click.option("--rule", "rules", multiple=True, metavar="CODE|NAME", help="Break only these rules.  [default: any]")
@click.option(
    "--with", "types", metavar="TYPE,TYPE", default="", help="Add records of these types, which have no rules."
)
@click.option(
    "--list", "listing", type=OUTPUT_FILE, metavar="FILE", help="Write a list of the broken records to this file."
)
@click.option(
    "--output", "-o", type=OUTPUT_FILE, required=True, metavar="FILE", help="The file to write; - is standard output."
)
def generate(
    name: str,
    size: int,
    seed: int,
    broken: float | None,
    rules: tuple[str, ...],
    types: str,
    listing: str | None,
    output: str,
) -> None:
    """Write a large, realistic file in the format of a rule set. It is valid, apart from what --broken asks for.

    The file has few users and many messages, or what corresponds to them, and keys like UUIDs. --list writes one line
    of JSON for each record that was broken on purpose: rule, code, index, offset, path.

    Some record types are newer than the format's published pages, so the rule set has no rules for them. They are left
    out unless you name them: --with poll,poll_vote.
    """
    from ..testing.generator import LargeFile  # noqa: PLC0415 - only this command needs the kit
    from ..testing.targets import targets  # noqa: PLC0415

    if listing is not None and output != "-" and Path(listing).absolute() == Path(output).absolute():
        raise click.BadParameter("it is the file itself", param_hint="--list")
    rule_set = RuleSet.load(name)
    every = targets(rule_set, [{}])
    chosen = _chosen(rule_set, every, rules) if rules or broken else []
    share = 0.001 if broken is None and rules else broken or 0.0
    asked_for = [each.strip() for each in types.split(",") if each.strip()]
    large = LargeFile(every[0].plan, size, seed, share, chosen, asked_for)
    with (
        opened_output(output, binary=True) as stream,
        opened_output(listing or os.devnull, binary=True) as places,
        _progress(size) as advance,
    ):
        for piece in large:
            stream.write(piece)
            advance(len(piece))
            for planted in large.planted:
                places.write(planted.as_json())
    say(f"{output}: {format_size(large.bytes)}, {large.records:,} records, {large.broken:,} broken")


def _chosen(rule_set: RuleSet, every: list[Target], rules: tuple[str, ...]) -> list[Target]:
    from ..testing.generator import plantable  # noqa: PLC0415 - only this command needs the kit

    can = plantable(every)
    chosen = [each for each in can if not rules or {each.name, each.rule.code, each.rule.kind} & set(rules)]
    for rule in rules:
        if not any(rule in {each.name, each.rule.code, each.rule.kind} for each in can):
            codes = ", ".join(dict.fromkeys(each.rule.code for each in can))
            raise click.BadParameter(
                f"no record of {rule_set.name} can break {rule!r}; there are {codes}", param_hint="--rule"
            )
    return chosen


@contextmanager
def _progress(size: int) -> Iterator[Callable[[int], object]]:
    """A progress bar on standard error, where a person looks at it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda count: None
        return
    from rich.progress import (  # noqa: PLC0415 - only a person needs it
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TransferSpeedColumn,
    )

    columns = (TextColumn("generating"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("generating", total=size)
        yield lambda count: progress.advance(task, count)
