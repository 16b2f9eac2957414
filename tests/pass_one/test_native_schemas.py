"""The compiled lane takes a record for right if, and only if, a validator of JSON Schema does."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

native = pytest.importorskip("import_validator_native", reason="the compiled lane is not built here: make native")
pytestmark = pytest.mark.unwatched

KEYS = ["a", "b", "c"]
_LEAVES = st.one_of(
    st.booleans(),
    st.fixed_dictionaries({"required": st.lists(st.sampled_from(KEYS), unique=True)}),
    st.fixed_dictionaries(
        {
            "properties": st.dictionaries(
                st.sampled_from(KEYS),
                st.sampled_from([True, False, {"type": "string"}, {"enum": [1, None]}, {"not": {"enum": [None, ""]}}]),
            )
        }
    ),
    st.sampled_from([{"type": "object"}, {"maxProperties": 1}, {"propertyNames": {"enum": ["a"]}}]),
)
_SCHEMAS = st.recursive(
    _LEAVES,
    lambda inner: (
        st.sampled_from(["allOf", "anyOf", "oneOf"]).flatmap(
            lambda keyword: st.fixed_dictionaries({keyword: st.lists(inner, min_size=1, max_size=3)})
        )
        | st.fixed_dictionaries({"not": inner})
        | st.fixed_dictionaries({"if": inner, "then": inner}, optional={"else": inner})
        | st.tuples(_LEAVES.filter(lambda leaf: leaf not in (True, False)), inner).map(
            lambda both: {**both[0], "allOf": [both[1]]}
        )
    ),
    max_leaves=8,
)


def vouched(schema: Any, records: list[dict[str, Any]]) -> list[bool]:
    """For each record, whether the lane vouches for it by a schema."""
    record_type = {
        "schema": schema,
        "definitions": {},
        "watched": [],
        "watches_others": False,
        "declared": [],
        "together": [],
        "streams": [],
        "wants_numbers": True,
        "wrap": "",
        "line": None,
    }
    envelope = {
        "type": "",
        "fields": "",
        "entries": "",
        "inherited": [],
        "variant": "",
        "default_variant": "",
        "closed": False,
        "names": {"record": 0},
        "like": [],
    }
    plan = {
        "timestamp": "-",
        "envelope": envelope,
        "types": [record_type],
        "spaces": 0,
        "most_known": 0,
        "longest": 1000,
    }
    text = "\n".join(map(json.dumps, records)).encode()
    found = native.Lane(json.dumps(plan)).check(text, layout="lines", after_value=False, is_last=True, threads=1)
    refused = {each[0] for each in found.refused}
    return [number not in refused for number in range(found.values)]


@settings(max_examples=300)
@given(
    _SCHEMAS,
    st.lists(
        st.dictionaries(st.sampled_from([*KEYS, "other"]), st.sampled_from(["", "x", None, 1]), max_size=3),
        min_size=1,
        max_size=3,
    ),
)
def test_the_lane_takes_what_is_valid(schema: Any, records: list[dict[str, Any]]) -> None:
    validator = jsonschema.Draft202012Validator(schema)
    assert vouched(schema, records) == [validator.is_valid(record) for record in records]
