"""Numbers are placed in their order, to the last decimal that is told apart."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from import_validator.rules.number_order import is_vague, place_of_value

NUMBERS = st.one_of(
    st.integers(),
    st.integers(-(10**38), 10**38),
    st.sampled_from([10**19, -(10**19), 2**64, 10**18, 0]).flatmap(lambda near: st.integers(near - 3, near + 3)),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**6), 10**6).map(lambda number: number / 1000),
)


@given(NUMBERS, NUMBERS)
def test_places_are_in_the_order_of_the_numbers(one: int | float, other: int | float) -> None:
    exact = [Fraction(repr(each)) for each in (one, other)]
    places = [place_of_value(each) for each in (one, other)]
    assert all(place is not None and 0 <= place < 1 << 128 for place in places)
    if places[0] == places[1]:
        assert exact[0] == exact[1] or is_vague(places[0] or 0)
    else:
        assert ((places[0] or 0) < (places[1] or 0)) == (exact[0] < exact[1])


def test_what_is_no_number_has_no_place() -> None:
    assert [place_of_value(each) for each in (True, False, None, "1", [1], {})] == [None] * 6
