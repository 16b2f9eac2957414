"""What holds for the whole command."""

from __future__ import annotations

from dataclasses import dataclass

EXIT_VALID, EXIT_VIOLATIONS, EXIT_FAILED = 0, 1, 2
EXIT_SIGNAL = 128
"""A signal that ends the command makes its exit status so much more than the signal's number, as shells have it."""
EXIT_INTERRUPTED, EXIT_NO_READER = EXIT_SIGNAL + 2, EXIT_SIGNAL + 13
"""After SIGINT, which Ctrl-C sends; where the reader of the output went away, which SIGPIPE says to other programs."""


@dataclass(slots=True)
class Settings:
    """What the caller wants of the command, whatever it is to do.

    Attributes:
        debug: whether errors are shown with their traceback.
    """

    debug: bool
