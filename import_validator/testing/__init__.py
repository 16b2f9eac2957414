"""For tests of programs that write import files: strategies, broken files, an assertion, large files.

    from import_validator.testing import broken_files, files, records       # these need hypothesis
    from import_validator.testing import assert_import_file_valid, Expected

In pytest, the fixture `import_file_valid` is there without an import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .assertion import assert_import_file_valid
from .bench import SynthesisError
from .targets import Expected

if TYPE_CHECKING:
    from .strategies import broken_files, files, records

__all__ = ["Expected", "SynthesisError", "assert_import_file_valid", "broken_files", "files", "records"]


if not TYPE_CHECKING:  # a checker that saw it would take every misspelt name for one that is there

    def __getattr__(name):
        """Import strategies where they are first asked for: only they need hypothesis."""
        if name not in {"broken_files", "files", "records"}:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from . import strategies  # noqa: PLC0415 - hypothesis is only needed by those who ask for it

        return getattr(strategies, name)
