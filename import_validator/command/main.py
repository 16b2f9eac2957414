"""The command `import-validator`: how it begins and ends. Each of its commands is imported when it is asked for."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module

import click

from .. import __version__
from ..errors import ImportValidatorError
from .shared import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_VALID

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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command, and exit with its status."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start threads for algebra, of which there is none
    try:
        with _without_cyclic_garbage_collection():
            status = command.main(args=arguments, prog_name="import-validator", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else EXIT_VALID)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_FAILED)
    except ImportValidatorError as error:
        _fail(str(error))
    except click.Abort:
        click.echo("interrupted", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        _give_up_standard_output()
        sys.exit(EXIT_FAILED)
    except OSError as error:
        _give_up_standard_output()
        _fail(f"{error.filename or 'input or output'}: {error.strerror or error}")


def _give_up_standard_output() -> None:
    """Keep Python from trying, and failing, to write what is left when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _fail(message: str) -> None:
    click.echo(f"import-validator: {message}", err=True)
    sys.exit(EXIT_FAILED)


@contextmanager
def _without_cyclic_garbage_collection() -> Iterator[None]:
    """Parsed JSON has no cycles, and looking for them costs a third of the time. This process is our own."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


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


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="import-validator")
def command() -> None:
    """Tells, before you upload an import file, everything it would be rejected for.

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
    """
