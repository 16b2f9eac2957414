"""The Python on the pages in `docs/` runs, and prints what the page shows."""

from __future__ import annotations

import contextlib
import io
import re

import pytest

from tests.corpus import ROOT

PAGE = (ROOT / "docs" / "rules-in-python.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("code", "shown"), EXAMPLES, ids=["a record rule", "a key rule"])
def test_the_code_prints_what_the_page_shows(code: str, shown: str) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "rules-in-python.md", "exec", dont_inherit=True), {"__name__": "page"})
    assert printed.getvalue() == shown
