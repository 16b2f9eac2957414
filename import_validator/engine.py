"""Which lane checks records: the compiled one, where it is installed, or Python's."""

from __future__ import annotations

import os
from importlib.util import find_spec

from .errors import ImportValidatorError

ENGINE = "IMPORT_VALIDATOR_ENGINE"
"""The environment variable that asks for a lane: `native` or `python`. Where it says nothing, it is what there is."""

_NATIVE = "import_validator_native"


def engine() -> str:
    """Which lane is used: `native` or `python`. Both find the same.

    Raises:
        ImportValidatorError: where the environment asks for one that there is not.
    """
    asked = os.environ.get(ENGINE, "")
    if asked not in {"", "native", "python"}:
        raise ImportValidatorError(f"{ENGINE}: {asked!r} is no lane; it is native or python")
    if asked == "python":
        return asked
    if find_spec(_NATIVE) is not None:
        return "native"
    if asked:
        raise ImportValidatorError(f"{ENGINE}: the compiled lane is not installed: pip install import-validator-native")
    return "python"
