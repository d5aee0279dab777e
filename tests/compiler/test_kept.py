"""What is kept for a question about the past: enough for its answer, and no more."""

import pytest

from company import ANN, HOUR, START_S, event, rules
from ripely.compiler.normalize import SUMMED_MAX
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.acts import Absence, Act, Aggregate, Did, Occasion
from ripely.model.duration import Duration
from ripely.model.ids import SegmentId
from ripely.model.segment import Segment

S = SegmentId("s")
DAY_S = 86_400
NINE_S = 9 * HOUR  # START_S is nine o'clock on Tuesday, the first of January.


def bought(*moments: tuple[int, object]):
    return [
        event(n, ANN, "order.completed", at_s, total=total)
        for n, (at_s, total) in enumerate(moments)
    ]


def profile_of(condition, told):
    return fold(
        rules(Segment(S, "S", condition)), new_profile(ANN, told[0].now_s), told
    ).profile


def holds(condition, told) -> bool:
    return S in profile_of(condition, told).segments


def take(what: str, **how) -> Aggregate:
    return Aggregate(what, "total", "order.completed", **how)


def occasion(which: str, value: object, **how) -> Occasion:
    return Occasion(which, "total", "order.completed", value=value, **how)


@pytest.mark.parametrize(
    ("during", "begins_s", "ends_s"),
    [
        ("today", START_S - NINE_S, START_S - NINE_S + DAY_S - 1),
        ("this_week", START_S - NINE_S - DAY_S, START_S - NINE_S + 6 * DAY_S - 1),
        ("this_month", START_S - NINE_S, START_S - NINE_S + 31 * DAY_S - 1),
        ("this_year", START_S - NINE_S, START_S - NINE_S + 365 * DAY_S - 1),
    ],
)
def test_a_sum_of_a_day_a_week_a_month_or_a_year_knows_its_first_second(
    during, begins_s, ends_s
) -> None:
    middle = [(begins_s + (ends_s - begins_s) * n // 9, 1) for n in range(1, 9)]
    told = bought((begins_s - 1, 100), (begins_s, 5), *middle, (ends_s, 5))
    asked = take("sum", during=during, at_least=18, at_most=18)
    assert holds(asked, told)
    over = live(rules(Segment(S, "S", asked)), new_profile(ANN, begins_s - 1), told, ends_s + 1)
    assert over.profile.segments == {}


@pytest.mark.parametrize(
    ("bounds", "times"),
    [
        ({}, {1, 2, 3, 4}),
        ({"at_least": 2}, {2, 3, 4}),
        ({"at_most": 2}, {0, 1, 2}),
        ({"at_least": 2, "at_most": 3}, {2, 3}),
        ({"at_least": 0, "at_most": 1}, {0, 1}),
        ({"at_least": 0}, {0, 1, 2, 3, 4}),
    ],
)
def test_how_often_may_have_two_bounds(bounds, times) -> None:
    asked = Did("order.completed", **bounds)
    known = [event(99, ANN, "contact.identified", START_S, city="Kyiv")]
    found = {n for n in range(5) if holds(asked, [*known, *bought(*[(START_S, 1)] * n)])}
    assert found == times


def test_of_what_was_not_followed_the_latest_alone_is_kept() -> None:
    """The other is kept for as long as it might have followed."""
    asked = Absence(Act("order.completed"), Act("order.paid"), HOUR)
    profile = profile_of(asked, bought(*((START_S + n, 1) for n in range(9))))
    assert list(profile.counts.values()) == [[START_S + 8]]


def test_of_what_is_only_summed_up_few_values_are_kept() -> None:
    told = bought(*((START_S + n, 1) for n in range(3 * SUMMED_MAX)))
    (kept,) = profile_of(take("sum", at_least=1), told).series.values()
    assert len(kept.values) == SUMMED_MAX
    (all_of_them,) = profile_of(take("sum", at_least=1, older_than=HOUR), told).series.values()
    assert len(all_of_them.values) == 3 * SUMMED_MAX


def test_a_value_that_came_again_still_was_there_before() -> None:
    told = bought((START_S, "boots"), (START_S + 2 * HOUR, "boots"))
    assert holds(take("distinct", older_than=HOUR, at_least=1), told)
    assert not holds(take("distinct", older_than=Duration(3 * HOUR), at_least=1), told)


def test_the_last_occasion_before_a_time_is_not_the_last() -> None:
    told = bought((START_S, "boots"), (START_S + HOUR, "hats"), (START_S + 3 * HOUR, "bags"))
    assert holds(occasion("last", "bags"), told)
    assert holds(occasion("last", "hats", older_than=HOUR), told)
    assert holds(occasion("first", "boots"), told)
    assert holds(occasion("first", "hats", within=Duration(2 * HOUR + 1)), told)


def test_one_value_is_kept_where_one_is_asked_for() -> None:
    told = bought(*((START_S + n, n) for n in range(9)))
    for which, value in (("first", 0), ("last", 8)):
        (kept,) = profile_of(occasion(which, value), told).series.values()
        assert len(kept.values) <= 1


def test_what_counts_from_a_day_on_is_counted_apart_from_what_always_counts() -> None:
    bounds = {"ever": {}, "since": {"since": "2030-01-01"}, "until": {"until": "2030-01-01"}}
    asked = [
        Segment(SegmentId(name), name, Did("order.completed", **days))
        for name, days in bounds.items()
    ]
    day_before = bought((START_S - DAY_S, 1))
    after = fold(rules(*asked), new_profile(ANN, START_S - DAY_S), day_before)
    assert set(after.profile.segments) == {"ever", "until"}
    assert len(after.profile.counts) == 2
    for at_s, counted in ((START_S, set(bounds)), (START_S + DAY_S, {"ever", "since"})):
        told = bought((at_s, 1))
        after = fold(rules(*asked), new_profile(ANN, at_s), told)
        assert set(after.profile.segments) == counted
