"""Rates, their intervals and tests, against published examples and against what must always hold."""

import pytest
from hypothesis import given, strategies as st

from ripely.operations.proportions import Share, enough, p_value

counts = st.integers(0, 100_000)
shares = st.builds(lambda hits, more: Share(hits, hits + more), counts, counts)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_that_of_the_literature(hits, of, low, high):
    assert Share(hits, of).interval == pytest.approx((low, high), abs=5e-5)


@given(shares)
def test_the_rate_lies_in_its_interval_and_the_interval_between_0_and_1(share):
    low, high = share.interval
    assert 0 <= low <= high <= 1
    if share.of:
        assert low - 1e-12 <= share.rate <= high + 1e-12


@given(st.integers(1, 1000), st.integers(1, 1000))
def test_more_people_make_it_surer(hits, more):
    narrow, wide = (
        Share(100 * hits, 100 * (hits + more)).interval,
        Share(hits, hits + more).interval,
    )
    assert narrow[1] - narrow[0] < wide[1] - wide[0]


def test_the_test_is_that_of_the_literature():
    """z = 1.96 is p = 0.05: 60 against 40 of 100 each has z = 2.828, p = 0.00468."""
    assert p_value(Share(60, 100), Share(40, 100)) == pytest.approx(0.004678, abs=1e-6)
    assert p_value(Share(50, 1000), Share(70, 1000)) == pytest.approx(0.0597, abs=5e-5)


@given(shares, shares)
def test_it_does_not_matter_which_of_two_comes_first(first, second):
    assert 0 <= p_value(first, second) <= 1
    assert p_value(first, second) == p_value(second, first)


@given(shares)
def test_nothing_differs_from_itself(share):
    assert p_value(share, share) == 1
    assert p_value(share, Share(0, 0)) == 1


@pytest.mark.parametrize(
    ("first", "second", "can"),
    [
        (Share(5, 50), Share(5, 50), True),
        (Share(4, 50), Share(5, 50), False),  # 4.5 are expected in each.
        (Share(50, 50), Share(45, 50), False),  # 2.5 are expected not to.
        (Share(3, 4), Share(500, 1000), False),
        (Share(10, 20), Share(0, 0), False),
    ],
)
def test_too_few_are_told_apart_from_enough(first, second, can):
    assert enough(first, second) is enough(second, first) is can
