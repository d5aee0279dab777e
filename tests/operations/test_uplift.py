"""The difference that a message makes: against the literature, and where the truth is known."""

import pytest
from hypothesis import assume, given, strategies as st

from ripely.operations.proportions import Share, difference
from ripely.operations.worth.uplift import Cell, hidden_cause, uplift

counts = st.integers(0, 5_000)
shares = st.builds(lambda hits, more: Share(hits, hits + more), counts, counts)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # By method 10 in table II of Newcombe, "Interval estimation for the difference between
        # independent proportions", Statistics in Medicine 17 (1998).
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_interval_of_a_difference_is_that_of_the_literature(first, second, low, high):
    found = difference(Share(*first), Share(*second))
    assert found == pytest.approx((low, high), abs=5e-5)


@given(shares, shares)
def test_turned_round_the_difference_is_turned_round(first, second):
    low, high = difference(first, second)
    assert -1 <= low <= first.rate - second.rate + 1e-12
    assert first.rate - second.rate - 1e-12 <= high <= 1
    assert difference(second, first) == pytest.approx((-high, -low))


def test_people_unlike_each_other_are_not_compared():
    """Regulars convert at 50% and get the message mostly; others at 10%. The message changes nothing."""
    cells = [Cell(("regular",), 800, 400, 200, 100), Cell(("new",), 200, 20, 800, 80)]
    found = uplift(cells)
    assert found.plain == pytest.approx(0.42 - 0.18)
    assert found.expected == pytest.approx(0.0)
    assert found.low < 0 < found.high
    assert found.enough
    assert not found.sure


def test_the_answer_is_about_those_who_got_the_message():
    """It gives 20 points to regulars and nothing to others; four of five who got it are regulars."""
    cells = [Cell(("regular",), 800, 560, 500, 250), Cell(("new",), 200, 20, 500, 50)]
    found = uplift(cells)
    assert found.expected == pytest.approx(0.16)
    assert 0 < found.low < 0.16 < found.high


def test_who_has_no_look_alike_is_left_out_and_counted():
    found = uplift([Cell(("a",), 300, 30, 300, 15), Cell(("b",), 700, 700, 0, 0)])
    assert (found.expected, found.covered) == (pytest.approx(0.05), pytest.approx(0.3))
    assert not found.enough


@given(st.lists(st.tuples(counts, counts, counts, counts), min_size=1, max_size=6))
def test_in_one_cell_it_is_the_plain_difference_and_cells_never_make_it_surer(numbers):
    cells = [Cell((str(n),), a + b, a, c + d, c) for n, (a, b, c, d) in enumerate(numbers)]
    one = uplift(cells[:1])
    assume(one.reached.of and one.alone.of)
    assert (one.low, one.high) == pytest.approx(difference(one.reached, one.alone))
    assert one.covered == 1
    halves = uplift(
        [
            Cell(("x",), c.reached, c.reached_converted, c.alone, c.alone_converted)
            for c in cells[:1]
        ]
        * 2
    )
    assert halves.high - halves.low <= one.high - one.low + 1e-9


def test_nobody_is_no_answer():
    found = uplift([])
    assert (found.low, found.high, found.covered) == (-1, 1, 0)
    assert not found.enough


def test_a_hidden_cause_must_be_as_strong_as_the_literature_says():
    """VanderWeele and Ding (2017): a risk ratio of 3.9 needs one of 7.26."""
    assert hidden_cause(0.39, 0.1) == pytest.approx(7.263, abs=0.001)
    assert hidden_cause(0.1, 0.39) == hidden_cause(0.39, 0.1)
    assert hidden_cause(0.2, 0.2) == 1
