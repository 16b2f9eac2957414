"""The standard streams of the command's process: closed ones, those that are not UTF-8, those that nobody reads."""

from __future__ import annotations

import codecs
import os
import sys
from typing import TextIO

from ..model.escaping import as_ascii, printable

_ERRORS = "import-validator"
"""Our handler of characters that an encoding cannot hold."""


def prepare_streams() -> None:
    """Make standard input, output and error usable, whatever the process was started with.

    A closed stream is opened on the null device, so that no file that is opened later gets its descriptor, and what
    writes to "standard output" does not write into that file. Input and output are opened for the wrong direction:
    using them fails, as it has to; without them all else works. What the encoding of a stream cannot hold is written
    as an escape.
    """
    for descriptor, mode in enumerate((os.O_WRONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, mode)  # takes the lowest descriptor that is free, which is this one
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - these stay open
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    codecs.register_error(_ERRORS, _escaped)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_ERRORS)


def say(*lines: str) -> None:
    """Write lines for a person on standard error, each with what is not printable escaped. Where nobody can read
    them, the exit status has to say it."""
    try:
        sys.stderr.write("".join(f"{printable(line)}\n" for line in lines))
        sys.stderr.flush()
    except OSError:
        _give_up(sys.stderr)


def give_up_standard_output() -> None:
    """Keep Python from trying, and failing, to write what is left for standard output when it ends."""
    _give_up(sys.stdout)


def _give_up(stream: TextIO) -> None:
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):  # it is no file of the system
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return as_ascii(error.object[error.start : error.end]), error.end
