"""Local time: the next weekday and time of day, where the clock jumps too."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from ripely.engine.calendar import WEEKDAYS, local_moment, next_local, parse_date

KYIV = ZoneInfo("Europe/Kyiv")
NEW_YORK = ZoneInfo("America/New_York")


def moment(text: str, zone: ZoneInfo = KYIV) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


@pytest.mark.parametrize(
    ("now", "at", "weekdays", "expected"),
    [
        ("2030-01-02T10:00", "20:00", ("tuesday",), "2030-01-08T20:00"),
        ("2030-01-08T19:59", "20:00", ("tuesday",), "2030-01-08T20:00"),
        ("2030-01-08T20:00", "20:00", ("tuesday",), "2030-01-15T20:00"),  # Past: next week.
        ("2030-01-08T21:00", "09:00", (), "2030-01-09T09:00"),
        ("2030-01-05T12:00", "09:00", ("monday", "saturday"), "2030-01-07T09:00"),
    ],
)
def test_the_next_time_of_day(now, at, weekdays, expected) -> None:
    assert next_local(moment(now), KYIV, at, weekdays) == moment(expected)


def test_a_time_that_the_clock_skips_comes_as_much_later() -> None:
    # On 31 March 2030 Kyiv goes from 03:00 to 04:00.
    assert local_moment(date(2030, 3, 31), "03:30", KYIV) == moment("2030-03-31T04:30")


def test_a_time_that_comes_twice_is_its_first() -> None:
    # On 3 November 2030 New York has 01:30 twice; the first is still summer time.
    first = datetime(2030, 11, 3, 5, 30, tzinfo=UTC)
    assert local_moment(date(2030, 11, 3), "01:30", NEW_YORK) == int(first.timestamp())


@given(
    st.integers(1_700_000_000, 2_500_000_000),
    st.sampled_from([KYIV, NEW_YORK, ZoneInfo("Pacific/Apia"), ZoneInfo("Asia/Kathmandu")]),
    st.times().map(lambda t: f"{t:%H:%M}"),
    st.sets(st.sampled_from(WEEKDAYS)),
)
def test_it_is_always_later_and_within_eight_days(now_s, zone, at, weekdays) -> None:
    found = next_local(now_s, zone, at, weekdays)
    assert now_s < found <= now_s + 9 * 86_400


@pytest.mark.parametrize("text", ["", "soon", None, 5, "2030-13-01"])
def test_what_is_no_date_is_none(text) -> None:
    assert parse_date(text) is None
