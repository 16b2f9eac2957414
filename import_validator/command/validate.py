"""The command `import-validator validate`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from ..errors import ImportValidatorError, OutputError, RecognitionError, RuleSetError, TemporaryFileError, reason_of
from ..model.escaping import encodable
from ..report.output import OUTPUTS, Output, may_be_coloured
from ..report.report import Report
from ..ruleset.rule_set import RuleSet
from ..ruleset.toml_text import read_toml, text_of
from ..source.source import Source, open_source
from ..spreadsheet.sizes import import_plan
from ..units import parse_size
from ..validator import Validator
from .options import OUTPUT_FILE, table_options
from .output import DiscardOutput, opened_output
from .shared import EXIT_FAILED, EXIT_VALID, EXIT_VIOLATIONS
from .streams import give_up_standard_output, say

_STANDARD_INPUT = "-"


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--rules", metavar="NAME|PATH.toml", help="The rule set. Without it, the file's beginning decides.")
@click.option(
    "--param",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of the rule set; separate the items of a list by commas. `import-validator rules NAME` shows "
    "the parameters.",
)
@click.option(
    "--params",
    "params_file",
    type=click.Path(dir_okay=False),
    metavar="FILE.toml",
    help="Parameters from a file. --param overrides it.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(list(OUTPUTS)),
    default="text",
    show_default=True,
    help="The format of the report.",
)
@click.option(
    "--output",
    "-o",
    type=OUTPUT_FILE,
    metavar="PATH",
    help="Write the report to this file instead of standard output. The file is replaced when the report is whole.",
)
@click.option(
    "--samples",
    type=click.IntRange(0),
    metavar="N",
    help="The most violations of each rule that the report shows: of different values, if there are any. Counts are "
    "exact.  [default: 3 in text, 20 in JSON]",
)
@click.option(
    "--memory",
    default="64MB",
    show_default=True,
    metavar="SIZE",
    help="Memory for what is remembered of keys. What does not fit goes to disk.",
)
@click.option(
    "--tmp",
    type=click.Path(exists=True, file_okay=False, writable=True),
    metavar="DIR",
    help="Folder for temporary files.",
)
@table_options
@click.option("--plan", is_flag=True, help="For tables: say how the file can be imported, given its number of entries.")
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help="With --plan: the most entries that one file may have."
)
@click.option(
    "--max-record", metavar="SIZE", help="The longest record that is read.  [default: the rule set's, or 16MB]"
)
@click.option(
    "--existing",
    "existing_pairs",
    multiple=True,
    metavar="TYPE=FILE",
    help="Keys that the target app has already, which references may lead to: a list with one key a line, a table "
    "with the columns of the key, or an earlier import file.",
)
@click.option(
    "--no-references",
    is_flag=True,
    help="Leave out all checks across records: references, duplicates, order. The report says so.",
)
@click.option(
    "--severity",
    "severity_pairs",
    multiple=True,
    metavar="CODE=warning|error|off",
    help="Change the severity of a rule, by its code or its name.",
)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Threads of the compiled lane; 0 means one for each processor.  [default: 0]",
)
@click.option(
    "--cascade",
    is_flag=True,
    help="Count only valid records as targets of references: what refers to a broken record is reported, too.",
)
def validate(
    files: tuple[str, ...],
    rules: str | None,
    pairs: tuple[str, ...],
    params_file: str | None,
    format_name: str,
    output: str | None,
    existing_pairs: tuple[str, ...],
    severity_pairs: tuple[str, ...],
    no_references: bool,
    jobs: int,
    plan: bool,
    limit: int | None,
    **options: Any,
) -> int:
    """Validate import files. `-` is standard input; gzip and zstd files are unpacked.

    \b
    Exit status:
      0  all files are valid; there may be warnings
      1  there are errors
      2  a file could not be validated (bad usage, an unreadable file, a broken rule set);
         or no error was found, but a pattern took too long to check everything

    A signal, or an output that nobody reads, gives 128 or more: see import-validator --help.
    """
    options["memory"] = _size("--memory", options["memory"])
    if options["max_record"] is not None:
        options["max_record"] = _size("--max-record", options["max_record"])
        if options["max_record"] < 1:
            raise click.BadParameter("a record has at least 1 byte", param_hint="--max-record")
    params = _parameters(params_file, pairs)
    existing: dict[str, list[Path]] = {}
    for pair in existing_pairs:
        for record_type, path in _pairs("--existing", [pair]).items():
            existing.setdefault(record_type, []).append(Path(path))
    options["existing"] = existing
    options["severity"] = _pairs("--severity", severity_pairs)
    options["references"] = not no_references
    asked = {name: options.pop(name) for name in ("sheet", "delimiter", "encoding")}
    options["reader"] = {name: value for name, value in asked.items() if value is not None}
    rule_set = None if rules is None else RuleSet.load(rules)
    if plan and (rule_set is None or not rule_set.columns):
        raise click.BadParameter("it is for tables: give the rule set of one with --rules", param_hint="--plan")
    if limit is not None and not plan:
        raise click.BadParameter("it is for --plan", param_hint="--limit")
    planned = partial(_with_plan, limit=limit) if plan else None
    if output is not None and any(_is_same_file(output, name) for name in files):
        raise click.BadParameter(f"{output} is the file to be validated", param_hint="--output")
    verdict = _Verdict(files=len(files))
    try:
        with opened_output(output) as stream:
            writer = OUTPUTS[format_name](stream, len(files), options["tmp"], options["samples"])
            if options["samples"] is None:
                del options["samples"]
            options["cascade"] = options["cascade"] or writer.cascade
            for name in files:
                _validate_one(name, rule_set, params, writer, verdict, jobs or _processors(), options, planned)
            writer.finish()
            if not writer.has_report:
                raise DiscardOutput
    except BrokenPipeError:
        if not verdict.is_known:
            raise
        give_up_standard_output()  # who reads it has read enough
    return verdict.status


@dataclass(slots=True)
class _Verdict:
    """The exit status that the files read so far make.

    Attributes:
        files: how many there are.
        status: that of the worst.
    """

    files: int
    status: int = EXIT_VALID

    def take(self, status: int) -> None:
        """Take in the status of the next file."""
        self.files -= 1
        self.status = max(self.status, status)

    @property
    def is_known(self) -> bool:
        """Whether all files were read."""
        return self.files <= 0


def _status_of(report: Report) -> int:
    """The exit status for a file that was read to its end."""
    if report.errors:
        return EXIT_VIOLATIONS
    return EXIT_FAILED if report.unchecked else EXIT_VALID


def _validate_one(
    name: str,
    rule_set: RuleSet | None,
    params: dict[str, Any],
    writer: Output,
    verdict: _Verdict,
    jobs: int,
    options: dict[str, Any],
    planned: Callable[[Report], Report] | None,
) -> None:
    """Validate a file, and write what is to be said of it, also where it cannot be validated."""
    shown = _shown(name)
    try:
        source = open_source(sys.stdin.buffer if name == _STANDARD_INPUT else name)
        again = (lambda: source.read_again(options["tmp"])) if source.can_read_again else None
        with (
            closing(source),
            Validator(
                rule_set, params, source_name=shown, stream=writer.streams, read_again=again, **options
            ) as validator,
            writer.file(encodable(shown)),
            _progress(shown, source) as advance,
        ):
            for violation in validator.read(source, jobs, advance):
                writer.violation(violation, validator.plan)
            report = validator.report if planned is None else planned(validator.report)
            verdict.take(_status_of(report))
            writer.report(report, validator.plan)
            if report.unchecked:
                rules = ", ".join(each.rule for each in report.unchecked)
                say(f"import-validator: {shown}: not everything could be checked in time: {rules}")
    except (BrokenPipeError, OutputError):
        raise
    except (ImportValidatorError, OSError) as error:
        verdict.take(EXIT_FAILED)
        writer.stream.flush()
        first, *others = _described(name, error)
        say(f"import-validator: {first}", *others)
        writer.failed(encodable(shown), encodable("\n".join([first, *others])))


def _shown(name: str) -> str:
    return "(standard input)" if name == _STANDARD_INPUT else name


def _with_plan(report: Report, limit: int | None) -> Report:
    """A report that also says how so many entries have to be imported."""
    entries = sum(each.total for each in report.records.values())
    return replace(report, notes=(*report.notes, *import_plan(entries, limit)))


@contextmanager
def _progress(name: str, source: Source) -> Iterator[Any]:
    """A progress bar on standard error, where a person looks at it."""
    if not may_be_coloured(sys.stderr):
        yield None
        return
    from rich import progress as bar  # noqa: PLC0415 - takes long, and nobody looks at most runs
    from rich.console import Console  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (
        bar.TextColumn("{task.description}"),
        bar.BarColumn(),
        bar.DownloadColumn(),
        bar.TransferSpeedColumn(),
        bar.TimeRemainingColumn(),
    )
    with bar.Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(name, total=source.size)
        yield lambda source: progress.update(task, completed=source.bytes_read)


def _parameters(path: str | None, pairs: Sequence[str]) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if path is not None:
        try:
            params |= read_toml(text_of(Path(path)))
        except (RuleSetError, UnicodeDecodeError) as error:
            raise click.BadParameter(f"{path}: {error}", param_hint="--params") from error
    return params | _pairs("--param", pairs)


def _pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.BadParameter(f"{pair!r}: write NAME=VALUE", param_hint=option)
        pairs[name.strip()] = value
    return pairs


def _is_same_file(output: str, name: str) -> bool:
    return name != "-" and Path(output).exists() and Path(name).exists() and Path(output).samefile(name)


def _size(option: str, text: str) -> int:
    try:
        return parse_size(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error


def _described(name: str, error: Exception) -> list[str]:
    """What is wrong, in lines; it is about the file, unless it says what else it is about."""
    if isinstance(error, ImportValidatorError):
        first, *others = map(str, error.args)
    else:
        first, *others = [reason_of(error) if isinstance(error, OSError) else str(error)]
    if name == _STANDARD_INPUT:
        first = first.removeprefix("(file object): ")
    elsewhere = isinstance(error, RuleSetError | TemporaryFileError) and not isinstance(error, RecognitionError)
    shown = _shown(name)
    return [first if first.startswith(shown) or elsewhere else f"{shown}: {first}", *others]


def _processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # pragma: no cover - not on Linux
        return os.cpu_count() or 1
