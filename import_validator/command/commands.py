"""The commands by name. Each is imported when it is asked for."""

from __future__ import annotations

import gc
import glob
import os
from collections.abc import Sequence
from importlib import import_module

import click

from .. import __version__
from ..engine import engine
from .shared import EXIT_FAILED, EXIT_VALID, Settings
from .streams import say

_MODULES = {
    "draft": "tables",
    "explain": "rules",
    "generate": "generate",
    "rules": "rules",
    "schema": "rules",
    "template": "tables",
    "validate": "validate",
}
"""Where each command is."""

_NAME = "import-validator"
_COMPLETION = "_IMPORT_VALIDATOR_COMPLETE"
"""The variable by which shells ask for completions; see click's documentation."""


def run(arguments: Sequence[str], settings: Settings) -> int:
    """Run a command, and return its exit status.

    click's own way to run commands is not taken: it has exit statuses of its own, such as 1 for a broken pipe.

    Raises:
        Exception: whatever the command raises, but for bad usage, of which the user is told here.
    """
    if _COMPLETION in os.environ:
        from click.shell_completion import shell_complete  # noqa: PLC0415 - few runs need it

        return shell_complete(command, {}, _NAME, _COMPLETION, os.environ[_COMPLETION])
    if os.name == "nt":  # shells elsewhere do that themselves
        arguments = [path for each in arguments for path in sorted(glob.glob(each)) or [each]]  # noqa: PTH207 - of text
    try:
        with command.make_context(_NAME, list(arguments), obj=settings) as context:
            status = command.invoke(context)
            return status if isinstance(status, int) else EXIT_VALID
    except click.exceptions.Exit as asked:
        return asked.exit_code
    except click.ClickException as error:
        _explain(error)
        return EXIT_FAILED


def _explain(error: click.ClickException) -> None:
    """Say what is wrong with the usage, and what would be right."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None and error.message == context.get_help():  # it was called without any arguments
        say(*error.message.splitlines())
        return
    if context is not None:
        say(*context.get_usage().splitlines(), f"Try '{context.command_path} --help' for help.", "")
    say(f"Error: {error.format_message()}")


class _Commands(click.Group):
    """The commands by name, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _MODULES:
            return None
        found: click.Command = getattr(import_module(f".{_MODULES[cmd_name]}", __package__), cmd_name)
        gc.freeze()  # what was imported stays to the end, which need not look through it for garbage
        return found


def _show_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        click.echo(f"{_NAME}, version {__version__}, engine {engine()}")
        context.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version, and which engine checks records.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_obj
def command(settings: Settings | None, debug: bool) -> None:
    """Check an import file before you upload it, and see everything it would be rejected for.

    \b
    Examples:
      import-validator validate export.json
      import-validator validate export.json --param roles=user,admin --format json -o report.json
      zcat export.json.gz | import-validator validate - --rules mine.toml
      import-validator validate entries.xlsx --rules mytable.toml
      import-validator template mytable.toml -o entries.xlsx
      import-validator rules NAME
      import-validator explain max-length
      import-validator schema NAME > schema.json
      import-validator generate NAME --size 300MB -o FILE

    \b
    Exit status:
      0    every file is valid; there may be warnings
      1    errors were found
      2    something could not be done: bad usage, an unreadable file, a broken rule set, a full disk;
           or no error was found, but not everything could be checked in time
      130  ended by Ctrl-C (SIGINT); 143 by SIGTERM, 129 by SIGHUP
      141  the program that reads the output, such as head, ended before there was a verdict
    """
    if settings is not None:
        settings.debug = settings.debug or debug
