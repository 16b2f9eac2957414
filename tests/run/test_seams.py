"""Arrays whose records nest what looks like records are judged by several threads as by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from import_validator import RuleSet, validate
from tests.corpus import assert_same, essence
from tests.strategies import compact

ARRAY = RuleSet.load("stream-chat")
NESTED = st.recursive(
    st.just({"type": "user", "item": {"id": "nested"}}) | st.text('ab]}{[,:"', max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.builds(lambda x: {"type": "user", "item": {"id": "u", "x": x}}, inner)
    ),
    max_leaves=12,
)


@pytest.mark.unwatched
@pytest.mark.usefixtures("short_rounds")
@settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(custom=st.lists(NESTED, min_size=1, max_size=8), jobs=st.integers(2, 3), twice=st.booleans())
def test_one_answer_where_records_nest_what_looks_like_records(
    tmp_path: Path, custom: list[Any], jobs: int, twice: bool
) -> None:
    users = [{"type": "user", "item": {"id": f"u{n}", "x": custom[n % len(custom)]}} for n in range(150)]
    data = compact(users)
    if twice:  # a violation in every record, where it lies
        data = data.replace(b'"x":', b'"x":1,"x":')
    path = tmp_path / "file.json"
    path.write_bytes(data)
    expected = essence(validate(path, ARRAY))
    assert expected["records"] == {"user": {"total": 150, "valid": 150}}
    assert_same(essence(validate(path, ARRAY, jobs=jobs)), expected)
