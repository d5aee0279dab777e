"""When people buy again: the curve of a textbook, and purchases that can be counted on one's fingers."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from ripely.engine.step import new_profile
from ripely.model.event import Event
from ripely.operations.worth.timing import AT_RISK_MIN, Gap, survival, timing, timings

START = datetime(2030, 1, 1, 12, tzinfo=UTC)
DAY_MS = 86_400_000


def order(contact, day, *products, at_ms=0):
    at = int(START.timestamp()) * 1000 + day * DAY_MS + at_ms
    lines = [{"name": name, "category": name[0]} for name in products]
    return Event(contact * 1_000_000 + day * 10 + bool(at_ms), contact, "order.completed", at, at, {"products": lines})  # fmt: skip


@pytest.fixture
def lake(any_lake):
    return any_lake


def test_the_curve_is_that_of_the_textbook():
    """Remission of leukaemia on 6-MP: Freireich and others (1963), as in Kalbfleisch and Prentice (1980)."""
    again = {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}
    not_yet = {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1}
    weeks = sorted(again.keys() | not_yet.keys())
    curve = list(survival([Gap(w, again.get(w, 0), not_yet.get(w, 0)) for w in weeks]))
    told = [(p.day, round(p.waiting, 3), p.at_risk) for p in curve]
    assert told == [(6, 0.857, 21), (7, 0.807, 17), (10, 0.753, 15), (13, 0.69, 12), (16, 0.627, 11)]  # fmt: skip
    # The interval on the scale of log(-log) at week 10, by R's survival package.
    assert (curve[2].low, curve[2].high) == pytest.approx((0.503, 0.889), abs=0.002)


def test_of_few_nothing_is_said():
    few = timing("", [Gap(5, 20, 5)])
    assert (few.enough, few.wait, list(few.curve)) == (False, None, [])
    hardly = timing("", [Gap(5, 5, 500)])
    assert (hardly.enough, hardly.wait) == (False, None)


def test_who_has_not_yet_makes_the_wait_no_shorter():
    """All who bought again did after 10 or 20 days; that most were watched for 15 alone must not hide the 20."""
    seen = timing("", [Gap(10, 30, 0), Gap(15, 0, 60), Gap(20, 30, 0), Gap(90, 0, 30)])
    assert seen.wait == 20
    assert seen.returning == pytest.approx(1 - (120 / 150) * (30 / 60))
    assert seen.anyway == 0


def test_days_are_counted_per_product_and_for_everything(lake):
    for contact in range(1, 41):
        lake.keep(
            [order(contact, 0, "oil"), order(contact, 30, "oil"), order(contact, 40, "tyre")]
        )
    now = START + timedelta(days=100)
    by_product = {one.subject: one for one in timings(lake, now, "product")}
    assert {name: (one.purchases, one.again) for name, one in by_product.items()} == {"oil": (80, 40), "tyre": (40, 0)}  # fmt: skip
    assert (by_product["oil"].wait, by_product["tyre"].wait) == (30, None)
    assert {one.subject for one in timings(lake, now, "category")} == {"o", "t"}
    (all_of_it,) = timings(lake, now)
    assert (all_of_it.purchases, all_of_it.again) == (120, 80)
    (first,) = timings(lake, now, first=True)
    assert (first.purchases, first.wait) == (40, 30)


def test_orders_of_one_day_are_one_purchase_and_later_ones_are_not_known_yet(lake):
    lake.keep([order(1, 0), order(1, 0, at_ms=5000), order(1, 9)])
    (all_of_it,) = timings(lake, START + timedelta(days=5))
    assert (all_of_it.purchases, all_of_it.again) == (1, 0)


def test_segments_and_merged_contacts(lake):
    winner, loser = new_profile(1, 0), new_profile(2, 0)
    winner.segments["regulars"] = 1
    loser.merged_into = 1
    lake.know([winner, loser])
    lake.keep([order(1, 0), order(2, 7)])
    (regulars,) = timings(lake, START + timedelta(days=9), "segment")
    assert (regulars.subject, regulars.purchases, regulars.again) == ("regulars", 2, 1)


gaps = st.lists(st.builds(Gap, st.integers(0, 400), st.integers(0, 50), st.integers(0, 50)), max_size=30, unique_by=lambda gap: gap.days)  # fmt: skip


@given(gaps)
def test_the_curve_falls_within_its_interval_and_ends_where_few_are_left(gaps):
    curve = list(survival(gaps))
    for before, after in pairwise(curve):
        assert before.day < after.day
        assert before.waiting >= after.waiting
    for point in curve:
        assert 0 <= point.low <= point.waiting + 1e-12
        assert point.waiting <= point.high + 1e-12 <= 1 + 1e-9
        assert point.at_risk >= AT_RISK_MIN
