"""Moments known before: dates of a life with their offsets, and schedules over an audience."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, strategies as st

from company import ANN, BOB, START_S, event, rules
from ripely.engine.calendar import WEEKDAYS
from ripely.engine.dates import days_of
from ripely.engine.ruleset import Ruleset
from ripely.engine.schedules import next_time
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import Update
from ripely.model.acts import Did
from ripely.model.condition import All, AttributeIs, HasTag, Not
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, StepId
from ripely.model.journey import Journey
from ripely.model.profile import Profile
from ripely.model.trigger import OnDate, OnSchedule, Trigger

KYIV = ZoneInfo("Europe/Kyiv")
NEW_YORK = ZoneInfo("America/New_York")
EVERYBODY = All(())
DAY_S = 86_400
ONE = StepId("one")


def compiled(trigger: Trigger) -> Ruleset:
    steps = {ONE: Update(add_tags=("in",))}
    return rules(Journey(JourneyId("j"), "J", (trigger,), ONE, steps, reentry="always"))


def moment(text: str, zone: ZoneInfo = KYIV) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def entries(trigger: Trigger, until: str, **facts: object) -> list[str]:
    """When, by the clock of Kyiv, somebody of whom these facts become known on 1 January 2030 is let in."""
    told = event(1, ANN, "contact.identified", START_S, timezone="Europe/Kyiv", **facts)
    after = live(compiled(trigger), new_profile(ANN, START_S), [told], moment(until))
    let_in = [note.at_ms for note in after.notes if note.kind == "journey.entered"]
    return [datetime.fromtimestamp(at / 1000, KYIV).isoformat()[:16] for at in let_in]


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        (OnDate("d"), "2030-05-17", ["2030-05-17"]),
        (OnDate("d", offset_days=-3), "2030-06-01", ["2030-05-29"]),
        (OnDate("d", offset_years=1), "2029-05-17", ["2030-05-17"]),
        (OnDate("d", offset_years=3), "2028-02-29", ["2031-02-28"]),
        (OnDate("d", offset_months=1), "2030-01-31", ["2030-02-28"]),
        (OnDate("d", offset_months=-1, offset_days=-1), "2030-03-31", ["2030-02-27"]),
        # School begins on the first of September after the sixth birthday, or on that very day.
        (OnDate("d", offset_years=6, next="09-01"), "2024-08-31", ["2030-09-01"]),
        (OnDate("d", offset_years=6, next="09-01"), "2024-09-01", ["2030-09-01"]),
        (OnDate("d", offset_years=6, next="09-01"), "2024-09-02", ["2031-09-01"]),
        (OnDate("d", next="02-29"), "2030-02-28", ["2030-02-28"]),
    ],
)
def test_a_date_is_moved_and_then_comes_once(rule, value, expected) -> None:
    found = days_of(rule, date.fromisoformat(value), date(2030, 1, 1))
    assert [day.isoformat() for day in found] == expected


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        (OnDate("d", yearly=True), "2000-02-29", ["2030-02-28", "2031-02-28", "2032-02-29"]),
        (OnDate("d", offset_days=-5, yearly=True), "1990-01-02", ["2030-12-28", "2031-12-28"]),
        # An anniversary comes from the first such day on, never before it.
        (OnDate("d", yearly=True), "2031-06-01", ["2031-06-01", "2032-06-01"]),
        (OnDate("d", offset_years=1, yearly=True), "2030-06-01", ["2031-06-01", "2032-06-01"]),
        (
            OnDate("d", offset_years=6, next="09-01", yearly=True),
            "2024-10-01",
            ["2031-09-01", "2032-09-01"],
        ),
        (OnDate("d", offset_days=-800, yearly=True), "1990-05-17", ["2030-03-09"]),
        (OnDate("d", offset_months=-30, yearly=True), "1990-05-17", ["2030-11-17"]),
    ],
)
def test_the_days_that_come_every_year(rule, value, expected) -> None:
    today = date(2030, 1, 1)
    found = [day for day in days_of(rule, date.fromisoformat(value), today) if day >= today]
    assert [day.isoformat() for day in found][: len(expected)] == expected


def test_a_date_lets_in_at_its_time_in_the_zone_of_the_contact() -> None:
    assert entries(OnDate("born", at="03:30", offset_years=1), "2031-12-31T00:00", born="2029-03-31") == [
        "2030-03-31T04:30"  # The clock goes from three to four just then.
    ]  # fmt: skip
    birthday = OnDate("born", at="10:00", yearly=True)
    assert entries(birthday, "2032-12-31T00:00", born="2000-02-29") == [
        "2030-02-28T10:00", "2031-02-28T10:00", "2032-02-29T10:00"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "now", "expected"),
    [
        (OnSchedule("day", EVERYBODY), "2030-01-01T08:59", "2030-01-01T09:00"),
        (OnSchedule("day", EVERYBODY), "2030-01-01T09:00", "2030-01-02T09:00"),
        (OnSchedule("day", EVERYBODY, weekdays=("saturday", "sunday")), "2030-01-01T10:00", "2030-01-05T09:00"),
        (OnSchedule("day", EVERYBODY, at="03:30"), "2030-03-30T12:00", "2030-03-31T04:30"),
        (OnSchedule("week", EVERYBODY), "2030-01-07T09:00", "2030-01-14T09:00"),
        (OnSchedule("week", EVERYBODY, "20:00", ("tuesday",)), "2030-01-02T10:00", "2030-01-08T20:00"),
        (OnSchedule("month", EVERYBODY), "2030-01-01T10:00", "2030-02-01T09:00"),
        (OnSchedule("month", EVERYBODY, day=31), "2030-01-31T10:00", "2030-02-28T09:00"),
        (OnSchedule("month", EVERYBODY, day=31), "2030-12-31T10:00", "2031-01-31T09:00"),
        (OnSchedule("year", EVERYBODY, date="03-08"), "2030-03-08T10:00", "2031-03-08T09:00"),
        (OnSchedule("year", EVERYBODY, date="02-29"), "2030-03-08T10:00", "2031-02-28T09:00"),
        (OnSchedule("year", EVERYBODY, date="02-29"), "2031-03-08T10:00", "2032-02-29T09:00"),
        (OnSchedule("year", EVERYBODY), "2030-03-08T10:00", "2031-01-01T09:00"),
    ],
)  # fmt: skip
def test_the_next_time_of_a_schedule(rule, now, expected) -> None:
    assert next_time(rule, moment(now), KYIV) == moment(expected)


@given(
    every=st.sampled_from(["day", "week", "month", "year"]),
    after_s=st.integers(1_700_000_000, 4_000_000_000),
    at=st.times().map(lambda t: f"{t:%H:%M}"),
    weekdays=st.lists(st.sampled_from(WEEKDAYS), unique=True).map(tuple),
    day=st.none() | st.integers(1, 31),
    zone=st.sampled_from([KYIV, NEW_YORK, ZoneInfo("Pacific/Apia"), ZoneInfo("Asia/Kathmandu")]),
)  # fmt: skip
def test_a_schedule_always_comes_and_never_twice_a_day(
    every, after_s, at, weekdays, day, zone
) -> None:
    rule = OnSchedule(every, EVERYBODY, at, weekdays, day)
    first = next_time(rule, after_s, zone)
    assert first is not None
    second = next_time(rule, first, zone)
    assert second is not None
    assert after_s < first < second
    days = [datetime.fromtimestamp(at_s, zone).date() for at_s in (first, second)]
    longest = {"day": 8, "week": 7, "month": 31, "year": 366}[every]
    assert timedelta(0) < days[1] - days[0] <= timedelta(days=longest)


def test_a_date_whose_time_is_this_very_moment_is_past() -> None:
    """It becomes known at eleven in Kyiv."""
    for at, let_in in (("11:00", []), ("11:01", ["2030-01-01T11:01"])):
        assert entries(OnDate("d", at=at), "2030-01-03T00:00", d="2030-01-01") == let_in


@pytest.mark.parametrize(
    ("trigger", "reason"),
    [
        (OnDate("d", at="12:00"), "date d"),
        (OnSchedule("week", EVERYBODY, at="12:00"), "every week at 12:00"),
    ],
)
def test_who_is_let_in_by_the_calendar_is_told_by_which_date(trigger, reason) -> None:
    told = event(1, ANN, "contact.identified", START_S, d="2030-01-05")
    after = live(compiled(trigger), new_profile(ANN, START_S), [told], START_S + 7 * DAY_S)
    assert [n.reason for n in after.notes if n.kind == "journey.entered"] == [reason]


def test_a_schedule_ends_with_the_calendar() -> None:
    last = int(datetime(9999, 12, 31, 23, tzinfo=UTC).timestamp())
    assert next_time(OnSchedule("day", EVERYBODY), last, ZoneInfo("UTC")) is None


def test_a_schedule_lets_in_each_time_for_as_long_as_the_audience_holds() -> None:
    every = OnSchedule("week", HasTag("reader"), "20:00", ("tuesday",))
    compiled_rules = compiled(every)
    joined = event(1, ANN, "tag.added", START_S, tag="reader")
    left = event(2, ANN, "tag.removed", START_S + 16 * DAY_S, tag="reader")
    again = event(3, ANN, "tag.added", START_S + 30 * DAY_S, tag="reader")
    after = live(
        compiled_rules,
        new_profile(ANN, START_S),
        [joined, left, again],
        START_S + 36 * DAY_S,
    )
    entered = [n.at_ms // 1000 for n in after.notes if n.kind == "journey.entered"]
    # 1 January 2030 is a Tuesday; the tag is gone from the 17th to the 31st.
    utc = ZoneInfo("UTC")
    assert entered == [
        moment(f"2030-{day}T20:00", utc) for day in ("01-01", "01-08", "01-15", "02-05")
    ]


def test_whoever_is_outside_the_audience_has_no_timer() -> None:
    compiled_rules = compiled(OnSchedule("day", HasTag("reader")))
    seen = event(1, BOB, "page.viewed", START_S)
    assert fold(compiled_rules, new_profile(BOB, START_S), [seen]).profile.due_s == 0


def test_an_audience_that_ends_at_the_very_time_is_over() -> None:
    """Bought less than a day ago, at 09:00 every day: the first 09:00 is just too late."""
    recent = Did("order.completed", within=Duration(DAY_S))
    at_nine = compiled(OnSchedule("day", recent, "09:00"))
    bought = event(1, ANN, "order.completed", START_S)  # At 09:00 in UTC.
    after = live(at_nine, new_profile(ANN, START_S), [bought], START_S + 3 * DAY_S)
    assert not [note for note in after.notes if note.kind == "journey.entered"]
    before = compiled(OnSchedule("day", recent, "08:59"))
    after = live(before, new_profile(ANN, START_S), [bought], START_S + 3 * DAY_S)
    assert len([note for note in after.notes if note.kind == "journey.entered"]) == 1


def test_a_new_zone_moves_the_next_time_of_a_schedule() -> None:
    compiled_rules = compiled(OnSchedule("day", EVERYBODY, "20:00"))
    here = event(1, ANN, "contact.identified", START_S, timezone="Europe/Kyiv")
    there = event(2, ANN, "contact.identified", START_S + 60, timezone="America/New_York")
    first = fold(compiled_rules, new_profile(ANN, START_S), [here])
    assert first.profile.due_s == moment("2030-01-01T20:00", KYIV)
    assert fold(compiled_rules, first.profile, [there]).profile.due_s == moment(
        "2030-01-01T20:00", NEW_YORK
    )


@pytest.mark.parametrize(
    "trigger",
    [OnDate("born", at="10:00", yearly=True), OnSchedule("day", EVERYBODY, "10:00")],
)
def test_a_day_that_begins_again_in_another_zone_does_not_come_twice(trigger) -> None:
    compiled_rules = compiled(trigger)
    day_s = moment("2030-05-17T00:00", KYIV)
    here = event(1, ANN, "contact.identified", day_s, timezone="Europe/Kyiv", born="2000-05-17")
    there = event(2, ANN, "contact.identified", day_s + 11 * 3600, timezone="America/New_York")
    night_s = moment("2030-05-17T23:59", NEW_YORK)
    after = live(compiled_rules, new_profile(ANN, day_s), [here, there], night_s)
    let_in = [note.at_ms // 1000 for note in after.notes if note.kind == "journey.entered"]
    assert let_in == [moment("2030-05-17T10:00", KYIV)]


def test_new_rules_plan_for_whoever_is_in_the_audience_already() -> None:
    joined = event(1, ANN, "tag.added", START_S, tag="reader")
    profile = fold(rules(), new_profile(ANN, START_S), [joined]).profile
    later = msgspec.structs.replace(compiled(OnSchedule("day", HasTag("reader"))), id="new")
    told = event(2, ANN, "rules.changed", START_S + 60)
    profile = fold(later, profile, [told]).profile
    assert profile.due_s == START_S + DAY_S


def test_a_merge_plans_for_the_winner_and_ends_the_plans_of_the_loser() -> None:
    compiled_rules = compiled(OnSchedule("day", AttributeIs("plan", value="pro")))
    known = event(1, BOB, "contact.identified", START_S, plan="pro")
    merged = event(2, BOB, "contact.merged", START_S + 60, into=ANN)
    loser = fold(compiled_rules, new_profile(BOB, START_S), [known, merged])
    assert loser.profile.due_s == 0
    (handed,) = loser.effects
    absorbed = event(3, ANN, "contact.absorbed", START_S + 120, **handed.properties)
    winner = fold(compiled_rules, new_profile(ANN, START_S), [absorbed]).profile
    assert winner.due_s == START_S + DAY_S


def test_a_schedule_costs_one_timer_a_contact_whatever_its_audience_is() -> None:
    compiled_rules = compiled(OnSchedule("month", Not(HasTag("gone")), day=31))
    profile: Profile = fold(
        compiled_rules, new_profile(ANN, START_S), [event(1, ANN, "page.viewed", START_S)]
    ).profile
    assert list(profile.dates.values()) == [moment("2030-01-31T09:00", ZoneInfo("UTC"))]
