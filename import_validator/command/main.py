"""The command `import-validator` as a process: how it begins, and every way in which it ends.

Nothing that takes long is imported at the top, since whatever goes wrong on the way has to end as `main` says.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from mmap import mmap

from ..errors import ImportValidatorError, OutputError, reason_of
from .shared import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_NO_READER, EXIT_SIGNAL, Settings
from .signals import Ended, ending_signals
from .streams import give_up_standard_output, prepare_streams, say

_DEBUG = "IMPORT_VALIDATOR_DEBUG"
_LONGEST = 300
"""So many characters of an error that is not ours are shown: numpy's own fill a page."""
_ROOM = 128 * 1024 * 1024
"""In bytes: so much address space do the libraries take that are loaded before any file is read."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command, and exit with its status: see the table in the README.

    Whatever happens, there is a status that says so, and one line on standard error; a traceback only with `--debug`,
    or where the environment variable IMPORT_VALIDATOR_DEBUG is set.
    """
    settings = Settings(debug=bool(os.environ.get(_DEBUG)))
    try:
        with ending_signals(), _without_cyclic_garbage_collection(), _nothing_else_printed(settings):
            status = _run(sys.argv[1:] if arguments is None else arguments, settings)
    except BaseException as error:
        status = EXIT_FAILED
        with suppress(Exception):  # where not even that can be said, the status does
            status = _status_after(error, settings)
    sys.exit(status)


def _run(arguments: Sequence[str], settings: Settings) -> int:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start threads for algebra, of which there is none
    prepare_streams()
    from .commands import run  # noqa: PLC0415 - see above

    try:
        _make_sure_of_room()
        status = run(arguments, settings)
    except Exception as error:
        status = _status_after(error, settings)
    return _flushed(status, settings)


def _make_sure_of_room() -> None:
    """Ask for address space that libraries will take: numpy's would end the process with status 1 where it has none.

    Raises:
        MemoryError: where there is not enough.
    """
    try:
        mmap(-1, _ROOM).close()  # nothing is written to it, so that it takes no memory
    except OSError as error:
        raise MemoryError from error


def _flushed(status: int, settings: Settings) -> int:
    """The exit status, when all that was written to standard output is where it should be."""
    try:
        sys.stdout.flush()
    except OSError as error:
        return _status_after(error, settings)
    return status


def _status_after(error: BaseException, settings: Settings) -> int:
    """Say what ended the command, and return the exit status for it."""
    if settings.debug:
        traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, Ended | KeyboardInterrupt):
        number = error.number if isinstance(error, Ended) else EXIT_INTERRUPTED - EXIT_SIGNAL
        say("interrupted" if number == EXIT_INTERRUPTED - EXIT_SIGNAL else f"ended by signal {number}")
        give_up_standard_output()
        return EXIT_SIGNAL + number
    if isinstance(error, BrokenPipeError):
        give_up_standard_output()
        return EXIT_NO_READER
    first, *others = _lines_about(error)
    say(f"import-validator: {first}", *others)
    if isinstance(error, OSError | OutputError):
        give_up_standard_output()
    return EXIT_FAILED


def _lines_about(error: BaseException) -> list[str]:
    if isinstance(error, ImportValidatorError):
        return [str(line) for line in error.args] or [type(error).__name__]
    if isinstance(error, MemoryError):
        return ["out of memory; a smaller --memory or --max-record, or fewer --jobs, need less"]
    if isinstance(error, OSError):
        return [f"{error.filename or 'standard output'}: {reason_of(error)}"]
    what = f"{type(error).__name__}: {str(error).strip()[:_LONGEST]}".rstrip(": ")
    return [f"internal error: {what}; please report it, with what `import-validator --debug ...` shows"]


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


@contextmanager
def _nothing_else_printed(settings: Settings) -> Iterator[None]:
    """Keep Python from printing tracebacks of what goes wrong where nothing can be raised, as in destructors."""
    before = sys.excepthook, sys.unraisablehook

    def print_for_us(*error: object) -> None:
        if settings.debug:
            before[0](*error)  # type: ignore[arg-type]  # as it was called

    def report_to_us(error: sys.UnraisableHookArgs) -> None:
        if settings.debug:
            before[1](error)

    sys.excepthook, sys.unraisablehook = print_for_us, report_to_us
    try:
        yield
    finally:
        sys.excepthook, sys.unraisablehook = before
