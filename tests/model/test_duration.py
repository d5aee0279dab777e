"""Lengths of time, as people write them."""

import pytest
from hypothesis import given, strategies as st

from ripely.model.duration import LONGEST_S, Duration


@given(st.integers(0, LONGEST_S).map(Duration))
def test_what_is_written_reads_back(length) -> None:
    assert Duration.parse(str(length)) == length


@pytest.mark.parametrize("text", ["", "5", "d", "-1d", "1 month", "1d and 2h", "101w 36500d"])
def test_what_is_no_length_of_time_is_refused_with_a_sentence(text) -> None:
    with pytest.raises(ValueError, match=r"is not a length|is longer than"):
        Duration.parse(text)
