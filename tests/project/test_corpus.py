"""Every file of the corpus comes out as what stands beside it says, to the word."""

from __future__ import annotations

import pytest

from tests.corpus import Case, cases, essence

pytestmark = pytest.mark.unwatched(but_one_in=8)


@pytest.mark.parametrize("case", [case for case in cases() if case.path.parent.name == "invalid"], ids=lambda c: c.name)
def test_a_broken_file_is_reported_as_expected(case: Case) -> None:
    assert essence(case.validate()) == case.expected["report"]


@pytest.mark.parametrize("case", [case for case in cases() if case.path.parent.name == "valid"], ids=lambda c: c.name)
def test_a_valid_file_is_valid(case: Case) -> None:
    report = case.validate()
    assert report.violations == ()
    assert report.valid
