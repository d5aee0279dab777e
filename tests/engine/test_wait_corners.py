"""Until when steps wait, where two times, days or habits compete."""

import pytest

from company import ANN, HOUR, START_S, event, rules
from engine.test_journey_waits import (
    DAY,
    DAY_S,
    EVENINGS,
    MORNINGS,
    OFFICE,
    ONE,
    TWO,
    journey,
    rhythm_of,
    tagged,
    waits_until,
)
from ripely.engine.calendar import next_business, parse_date, zone_named
from ripely.engine.step import new_profile
from ripely.engine.timeline import live
from ripely.model.acts import Did
from ripely.model.company import Hours
from ripely.model.condition import Not
from ripely.model.duration import Duration
from ripely.model.journey import AwaitAny, Case, WaitUntil
from ripely.model.trigger import OnEvent

SILENT = Not(Did("page.viewed", within=HOUR))


@pytest.mark.parametrize(
    "other",
    [Not(Did("page.viewed", within=Duration(2 * HOUR))), Did("email.opened", within=HOUR)],
)
def test_of_several_cases_the_first_that_time_brings_about_is_noticed(other) -> None:
    """Whether time brings the other one about later, or never."""
    steps = {ONE: AwaitAny((Case(other), Case(SILENT, TWO)), DAY), TWO: tagged("silent")}
    told = [event(1, ANN, "page.viewed", START_S)]
    compiled = rules(journey(steps, OnEvent("page.viewed")))
    for until_s, tags in ((HOUR - 1, []), (HOUR, ["silent"])):
        after = live(compiled, new_profile(ANN, START_S), told, START_S + until_s)
        assert after.profile.tags == tags


def test_a_past_day_stays_past_though_business_hours_are_to_come() -> None:
    """On a Sunday, for the Saturday before."""
    step = WaitUntil(day="2030-01-05", business_hours=True, if_past="exit")
    assert waits_until(step, "2030-01-06T12:00", OFFICE) == "one: its time is past"


def test_a_day_that_is_of_the_right_weekday_is_not_passed_over() -> None:
    step = WaitUntil(day="2030-02-04", weekdays=("monday",), then=TWO)
    assert waits_until(step, "2030-01-01T09:30") == "Mon 2030-02-04 09:00"


def test_the_last_hour_of_the_day_may_be_the_best() -> None:
    late = [f"2030-01-0{day}T23:10" for day in (1, 2, 3, 4, 5)]
    step = WaitUntil(best_time=True, then=TWO)
    assert rhythm_of(late, step, "2030-01-14T09:00") == "Mon 2030-01-14 23:00"


def test_of_hours_that_are_equally_good_the_next_one_comes() -> None:
    visits = [*EVENINGS, *MORNINGS, "2030-01-12T08:20"]
    step = WaitUntil(best_time=True, then=TWO)
    assert rhythm_of(visits, step, "2030-01-14T09:00") == "Mon 2030-01-14 19:00"
    assert rhythm_of(visits, step, "2030-01-14T20:00") == "Tue 2030-01-15 08:00"


def test_of_two_weekdays_the_one_on_which_more_was_done_is_worth_the_wait() -> None:
    """It is Saturday: Sunday is near, but they read on Fridays."""
    visits = [f"2030-01-{day:02}T08:10" for day in (4, 6, 11, 18, 25)]  # Once on a Sunday.
    step = WaitUntil(best_time=True, weekdays=("friday", "sunday"), then=TWO)
    assert rhythm_of(visits, step, "2030-01-26T09:00") == "Fri 2030-02-01 08:00"


def test_a_weekday_on_which_nothing_was_done_has_the_hours_of_the_others() -> None:
    visits = [f"2030-01-0{day}T0{4 + day}:10" for day in (1, 2, 3, 4, 5)]
    step = WaitUntil(best_time=True, weekdays=("monday",), then=TWO)
    assert rhythm_of(visits, step, "2030-01-12T22:00") == "Mon 2030-01-14 05:00"


def test_the_best_hour_of_today_that_has_passed_comes_in_a_week() -> None:
    visits = [f"2030-01-{day:02}T08:10" for day in (7, 14, 21, 22, 23)]
    step = WaitUntil(best_time=True, weekdays=("monday",), then=TWO)
    assert rhythm_of(visits, step, "2030-01-28T09:00") == "Mon 2030-02-04 08:00"


def test_after_hours_the_first_of_two_openings_comes() -> None:
    """Whichever is named first: the morning's, before the afternoon's."""
    halves = Hours("09:00", "12:00"), Hours("14:00", "18:00")
    zone = zone_named("UTC")
    for hours in (halves, halves[::-1]):
        assert next_business(START_S - 4 * HOUR, zone, hours, ()) == START_S
        assert next_business(START_S + 3 * HOUR, zone, hours, ()) == START_S + 5 * HOUR
        assert next_business(START_S + 9 * HOUR, zone, hours, ()) == START_S + DAY_S


@pytest.mark.parametrize(
    "text",
    ["2030-01-01T23:30:00-05:00", "2030-01-01, at noon", "2030-01-01", "2030-01-01T23:30:00"],
)
def test_a_date_is_read_from_what_begins_with_one(text) -> None:
    day = parse_date(text)
    assert day is not None
    assert day.isoformat() == "2030-01-01"
