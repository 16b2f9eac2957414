"""What is imported, and what is changed around, when the library or the command starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import import_validator

from .corpus import CORPUS

SEED_EXAMPLE = CORPUS / "stream-chat" / "valid" / "seed-example.json"
THREADS = "OPENBLAS_NUM_THREADS"


def said(code: str, *arguments: str | Path, **environment: str) -> str:
    """What Python code in a process of its own says on standard error."""
    env = {name: value for name, value in os.environ.items() if name != THREADS} | environment
    run = [sys.executable, "-c", f"import os, sys\n{code}", *map(str, arguments)]
    return subprocess.run(run, capture_output=True, text=True, timeout=50, check=False, env=env).stderr


@pytest.mark.parametrize("name", import_validator.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(import_validator, name) is not None
    assert name in dir(import_validator)


def test_another_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match=r"^module 'import_validator' has no attribute 'validat'$"):
        import_validator.validat  # noqa: B018 - the access is the test


def test_the_package_by_itself_imports_nothing_large() -> None:
    assert said("import import_validator\nprint('numpy' in sys.modules, file=sys.stderr)") == "False\n"


def test_the_library_leaves_the_environment_as_it_is() -> None:
    code = (
        "import gc\nbefore = dict(os.environ), gc.isenabled(), gc.get_freeze_count()\n"
        "import import_validator\nimport_validator.validate(sys.argv[1])\n"
        "print((dict(os.environ), gc.isenabled(), gc.get_freeze_count()) == before, file=sys.stderr)"
    )
    assert said(code, SEED_EXAMPLE) == "True\n"
