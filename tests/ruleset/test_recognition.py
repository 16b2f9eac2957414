"""Which rule set a file is meant for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from import_validator import (
    RecognitionError,
    RecordType,
    RuleSet,
)
from import_validator.ruleset.recognition import recognise
from tests.samples import VALID
from tests.users import OWN


def test_a_file_that_fits_several_rule_sets_is_an_error_that_names_them() -> None:
    candidates = [replace(RuleSet.from_toml(OWN), name=name) for name in ("one", "two")]
    with pytest.raises(RecognitionError) as caught:
        recognise(VALID, candidates)
    assert str(caught.value) == "the file fits one as well as two; name one with --rules"


def test_of_rule_sets_that_fit_the_one_whose_types_are_in_the_file_is_taken() -> None:
    chat = RuleSet.load("stream-chat")
    other = RuleSet(name="other", records={"usr": RecordType(name="usr")})
    rule_set, why = recognise(VALID, [other, chat])
    assert rule_set is chat
    assert why == (
        'the file looks like json-array, its records look like {"type": …, "item": {…}}, and user is one of its types'
    )
