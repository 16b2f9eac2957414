"""The pytest plugin: the fixture `import_file_valid`.

It stands outside the package, so that test runs that do not use it do not import the package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from import_validator import Report


@pytest.fixture
def import_file_valid() -> Callable[..., Report]:
    """Fails where an import file is not valid, with what is wrong with it: `import_file_valid(path, rules="…")`.

    The arguments are those of `import_validator.testing.assert_import_file_valid`; it returns the report.
    """
    from import_validator.testing import assert_import_file_valid  # noqa: PLC0415 - costs nothing where nobody asks

    return assert_import_file_valid
