"""Days and hours: what a plain look at the calendar says, at any moment, in any zone, over any change of clocks."""

from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from company import ANN
from ripely.compiler.matcher import compile_matcher
from ripely.compiler.operators import check
from ripely.engine.calendar import WEEKDAYS, is_business_time, is_holiday, next_business
from ripely.engine.ruleset import Condition
from ripely.model.company import Company, Hours
from ripely.model.condition import AttributeIs, DateIs, Now
from ripely.model.days import parse_day
from ripely.model.profile import NOWHERE, Profile

# Clocks that change at midnight, by half an hour, over the date line, at other times of the year.
ZONES = st.sampled_from([
    "UTC", "Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Beirut",
    "Atlantic/Azores", "America/Havana", "Pacific/Auckland", "Asia/Kolkata", "America/Santiago",
])  # fmt: skip
CHANGES = st.sampled_from([
    "2030-03-08", "2030-03-29", "2030-04-05", "2030-04-25", "2030-09-06", "2030-10-25", "2030-10-31",
    "2030-12-30", "2032-02-27",
])  # fmt: skip
MOMENTS = st.builds(
    lambda day, minute: at(day) + 60 * minute,
    CHANGES,
    st.integers(0, 6 * 1440),
)
CLOCKS = st.builds(
    "{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 59])
)
STEP_S = 15 * 60


def at(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


PLAIN = Company("company", timezone="UTC")


def made(asked, company: Company = PLAIN) -> Condition:
    return compile_matcher(asked, company)


def ann(zone: str, **attributes: object) -> Profile:
    return Profile(ANN, attributes={"timezone": zone, **attributes})


def holds(condition: Condition, profile: Profile, now: int) -> bool:
    return condition.test(profile, now, NOWHERE)


def due(condition: Condition, profile: Profile, now: int) -> int:
    assert condition.lapse is not None
    return condition.lapse(profile, now, NOWHERE)


def follow(condition: Condition, profile: Profile, now: int, days: int, plain) -> None:
    """Go on from lapse to lapse: between two the answer is what a plain look says, at every step of time."""
    moments = [now, *range(now - now % STEP_S + STEP_S, now + days * 86_400, STEP_S)]
    next_due, answer = due(condition, profile, now), holds(condition, profile, now)
    for moment in moments:
        while next_due and next_due <= moment:
            assert holds(condition, profile, next_due - 1) == answer, (
                "it changed before it was due"
            )
            answer = holds(condition, profile, next_due)
            next_due = due(condition, profile, next_due)
        assert holds(condition, profile, moment) == plain(moment)
        assert answer == plain(moment), "it changed, and nobody was told when"


def local(moment: int, zone: str) -> datetime:
    return datetime.fromtimestamp(moment, ZoneInfo(zone))


DAYS = st.one_of(
    st.builds(
        "today {} {} {}s".format,
        st.sampled_from("+-"),
        st.integers(0, 40),
        st.sampled_from(["day", "week", "month", "year"]),
    ),
    st.just("today"),
)
NEAR = st.dates(date(2030, 1, 1), date(2030, 12, 31))


def shifted(today: date, text: str) -> date:
    """What `today - 1 month` is, day by day: the same number of a month, or its last."""
    parts = text.split()
    if len(parts) == 1:
        return today
    count, unit = int(parts[1] + parts[2]), parts[3].rstrip("s")
    if unit in {"day", "week"}:
        return today + timedelta(days=count * (7 if unit == "week" else 1))
    months = today.year * 12 + today.month - 1 + count * (12 if unit == "year" else 1)
    for day in range(today.day, 0, -1):
        try:
            return date(months // 12, months % 12 + 1, day)
        except ValueError:
            continue
    raise AssertionError


@given(ZONES, MOMENTS, st.sampled_from(["before", "after", "on"]), DAYS, st.integers(-3, 3), st.sampled_from(["", "T23:30:00", "T01:15:00+09:00"]))  # fmt: skip
def test_a_day_that_moves_with_today_is_exact(zone, now, op, wanted, days, clock) -> None:
    """The fact lies where the answer is about to change."""
    near = shifted(local(now, zone).date(), wanted) + timedelta(days=days)
    text = near.isoformat() + clock
    fact = datetime.fromisoformat(text)
    day = fact.astimezone(ZoneInfo(zone)).date() if fact.tzinfo else fact.date()

    def plain(moment: int) -> bool:
        other = shifted(local(moment, zone).date(), wanted)
        return {"before": day < other, "after": day > other, "on": day == other}[op]

    follow(made(AttributeIs("ends", op, wanted)), ann(zone, ends=text), now, 6, plain)


def test_a_month_from_now_ends_where_the_month_is_short() -> None:
    condition = made(AttributeIs("ends", "on", "today + 1 month"))
    paid = ann("UTC", ends="2030-02-28")
    answers = {d: holds(condition, paid, at(f"2030-01-{d} 12:00")) for d in range(26, 32)}
    assert [day for day, answer in answers.items() if answer] == [28, 29, 30, 31]
    assert due(condition, paid, at("2030-01-20 12:00")) == at("2030-01-28")
    assert due(condition, paid, at("2030-01-30 12:00")) == at("2030-02-01")
    assert due(condition, paid, at("2030-02-01 12:00")) == 0


def test_between_two_days_that_move() -> None:
    condition = made(AttributeIs("ends", "between", ("today", "today + 7 days")))
    paid = ann("Europe/Kyiv", ends="2030-06-10")
    assert due(condition, paid, at("2030-05-01 12:00")) == at("2030-06-03", "Europe/Kyiv")
    assert holds(condition, paid, at("2030-06-03", "Europe/Kyiv"))
    assert due(condition, paid, at("2030-06-03 12:00")) == at("2030-06-11", "Europe/Kyiv")
    assert not holds(condition, paid, at("2030-06-11", "Europe/Kyiv"))
    assert due(condition, paid, at("2030-06-11 12:00")) == 0


def test_a_moment_with_an_offset_is_a_day_of_the_contact() -> None:
    asked = made(AttributeIs("at", "on", "2030-01-31"))
    assert asked.lapse is None
    assert asked.keys == {"attribute/at", "attribute/timezone"}
    late = "2030-01-30T23:30:00+00:00"
    assert holds(asked, ann("Europe/Kyiv", at=late), 0)
    assert not holds(asked, ann("UTC", at=late), 0)
    assert not holds(asked, ann("UTC", at="soon"), 0)
    assert holds(asked, ann("UTC", at=["2029-01-01", "2030-01-31"]), 0), "one item is enough"


@pytest.mark.parametrize("text", ["tomorrow", "2030-02-30", "today + 3 hours", "today + 900 years", 5, ""])  # fmt: skip
def test_what_is_no_day_is_refused_with_a_sentence(text) -> None:
    with pytest.raises(ValueError, match=r"is not a day like|more than a hundred years"):
        parse_day(text)


def test_a_day_that_moves_is_asked_at_a_moment_only() -> None:
    with pytest.raises(ValueError, match="depends on what day it is"):
        check("before", "today")
    assert check("before", "2030-01-31")("2030-01-30T10:00:00Z")


def plain_date(asked: DateIs, value: date, today: date) -> bool:
    if not asked.yearly:
        return asked.from_days <= (today - value).days <= asked.to_days
    for year in range(today.year - 2, today.year + 3):
        leap = value.month == 2 and value.day == 29 and (year % 4 or year == 2100)
        day = date(year, 2, 28) if leap else value.replace(year=year)
        if asked.from_days <= (today - day).days <= asked.to_days:
            return True
    return False


@given(ZONES, MOMENTS, st.integers(-5, 5), st.integers(-9, 9), st.integers(0, 5), st.booleans())
def test_days_around_a_date_are_exact(zone, now, days, first, more, yearly) -> None:
    near = local(now, zone).date() + timedelta(days=days - first)
    value = near if not yearly else near.replace(year=2000)
    asked = DateIs("born", from_days=first, to_days=first + more, yearly=yearly)
    profile = ann(zone, born=value.isoformat())
    follow(
        made(asked), profile, now, 8, lambda m: plain_date(asked, value, local(m, zone).date())
    )


def test_a_birthday_on_29_february_and_the_time_until_it() -> None:
    condition = made(DateIs("born", from_days=-7, yearly=True))
    leap = ann("UTC", born="2000-02-29")
    assert due(condition, leap, at("2030-03-01 09:00")) == at("2031-02-21")
    assert due(condition, leap, at("2031-02-21 09:00")) == at("2031-03-01")
    assert due(condition, leap, at("2031-12-01 09:00")) == at("2032-02-22")
    assert due(condition, leap, at("2032-02-28 09:00")) == at("2032-03-01")


def test_dates_that_never_come_wait_for_nothing() -> None:
    ahead = made(DateIs("ends", to_days=30))
    assert due(ahead, ann("UTC", ends="2029-01-01"), at("2030-01-01")) == 0
    assert due(ahead, ann("UTC"), at("2030-01-01")) == 0
    assert due(made(DateIs("ends", to_days=5)), ann("UTC", ends="9999-12-31"), 0) == at(
        "9999-12-31"
    )
    always = made(DateIs("born", from_days=-200, to_days=200, yearly=True))
    assert due(always, ann("UTC", born="1990-05-17"), at("2030-01-01")) == 0


def first_minutes(zone: str, now: int) -> dict[datetime, int]:
    """The first moment at which a clock on the wall shows each minute of the days around."""
    return minutes_from(zone, now // 86_400 - 3)


@cache
def minutes_from(zone: str, day: int) -> dict[datetime, int]:
    shown: dict[datetime, int] = {}
    start = day * 86_400
    for moment in range(start, start + 12 * 86_400, 60):
        shown.setdefault(local(moment, zone).replace(tzinfo=None), moment)
    return shown


def moment_of(shown: dict[datetime, int], wall: datetime) -> int:
    """A time that is skipped comes as much later as the clock jumps."""
    if wall in shown:
        return shown[wall]
    before = max(time for time in shown if time < wall)
    return shown[before] + int((wall - before).total_seconds())


def plain_window(asked: Now, zone: str, shown: dict[datetime, int], moment: int) -> bool:
    today = local(moment, zone).date()
    start, end = asked.start or "00:00", asked.end or "00:00"
    for day in (today - timedelta(days=1), today):
        if asked.weekdays and WEEKDAYS[day.weekday()] not in asked.weekdays:
            continue
        last = day if end > start else day + timedelta(days=1)
        opens = moment_of(shown, datetime.fromisoformat(f"{day}T{start}"))
        if opens <= moment < moment_of(shown, datetime.fromisoformat(f"{last}T{end}")):
            return True
    return False


@given(
    ZONES, MOMENTS, st.none() | CLOCKS, st.none() | CLOCKS, st.sets(st.sampled_from(WEEKDAYS))
)
def test_hours_and_weekdays_are_exact_over_any_change_of_clocks(
    zone, now, start, end, days
) -> None:
    asked = Now(weekdays=tuple(days), start=start, end=end)
    shown = first_minutes(zone, now)
    follow(made(asked), ann(zone), now, 4, lambda m: plain_window(asked, zone, shown, m))


SHOP = Company(
    "company",
    timezone="UTC",
    business_hours=(Hours("09:00", "18:00"), Hours("22:00", "02:30", ("saturday", "sunday"))),
    holidays=("2030-04-01", "10-28"),
)


def plain_business(zone: str, shown: dict[datetime, int], moment: int) -> bool:
    today = local(moment, zone).date()
    for day in (today - timedelta(days=1), today):
        if f"{day}" in SHOP.holidays or f"{day:%m-%d}" in SHOP.holidays:
            continue
        for hours in SHOP.business_hours:
            last = day if hours.end > hours.start else day + timedelta(days=1)
            opens = moment_of(shown, datetime.fromisoformat(f"{day}T{hours.start}"))
            closes = moment_of(shown, datetime.fromisoformat(f"{last}T{hours.end}"))
            if WEEKDAYS[day.weekday()] in hours.weekdays and opens <= moment < closes:
                return True
    return False


@given(ZONES, MOMENTS, st.booleans())
def test_business_hours_are_exact(zone, now, wanted) -> None:
    shown = first_minutes(zone, now)
    condition = made(Now(business_hours=wanted), SHOP)
    follow(condition, ann(zone), now, 4, lambda m: plain_business(zone, shown, m) == wanted)


@given(ZONES, MOMENTS)
def test_the_next_business_time_is_the_first(zone, now) -> None:
    shown = first_minutes(zone, now)
    found = next_business(now, ZoneInfo(zone), SHOP.business_hours, SHOP.holidays)
    minutes = [now, *range(now - now % 60 + 60, now + 5 * 86_400, 60)]
    assert found == next(m for m in minutes if plain_business(zone, shown, m))
    assert is_business_time(found, ZoneInfo(zone), SHOP)


def test_where_no_business_time_comes_there_is_none() -> None:
    utc = ZoneInfo("UTC")
    assert next_business(at("2030-01-01"), utc, (), ()) == 0
    every = [f"{date(2032, 1, 1) + timedelta(days=n):%m-%d}" for n in range(366)]
    assert next_business(at("2030-01-01"), utc, SHOP.business_hours, every) == 0


def test_hours_that_the_clock_skips_are_none_on_that_day() -> None:
    """In Kyiv 03:00 is followed by 04:00 on 31 March; half past three is taken as half past four."""
    kyiv, hours = ZoneInfo("Europe/Kyiv"), (Hours("03:30", "04:15", tuple(WEEKDAYS)),)
    found = next_business(at("2030-03-30 12:00", "Europe/Kyiv"), kyiv, hours, ())
    assert found == at("2030-04-01 03:30", "Europe/Kyiv")


def test_holidays_come_once_or_every_year() -> None:
    condition = made(Now(holiday=True), SHOP)
    profile = ann("Europe/Kyiv")
    assert due(condition, profile, at("2030-01-01 12:00")) == at("2030-04-01", "Europe/Kyiv")
    assert holds(condition, profile, at("2030-04-01", "Europe/Kyiv"))
    assert due(condition, profile, at("2030-04-01 12:00")) == at("2030-04-02", "Europe/Kyiv")
    assert due(condition, profile, at("2030-04-02 12:00")) == at("2030-10-28", "Europe/Kyiv")
    assert is_holiday(date(2033, 10, 28), SHOP.holidays)
    assert not is_holiday(date(2033, 4, 1), SHOP.holidays)


def test_what_changes_in_more_than_a_year_is_looked_at_again() -> None:
    condition = made(
        Now(holiday=True), Company("company", timezone="UTC", holidays=("2035-01-01",))
    )
    moments = [at("2030-01-01")]
    while moments[-1] < at("2035-01-01"):
        moments.append(due(condition, ann("UTC"), moments[-1]))
    assert moments[-1] == at("2035-01-01")
    assert all(earlier < later for earlier, later in pairwise(moments))
    assert len(moments) < 10


def test_a_time_is_everybodys_own() -> None:
    condition = made(Now(start="20:00", end="22:00"))
    evening = at("2030-01-08 18:30")
    assert holds(condition, ann("Europe/Kyiv"), evening)
    assert not holds(condition, ann("America/New_York"), evening)
    assert holds(condition, ann("Europe/Kyiv"), evening), (
        "what is known of one zone serves no other"
    )
    assert due(condition, ann("America/New_York"), evening) == at(
        "2030-01-08 20:00", "America/New_York"
    )
