"""The time that it is in a zone, and days around a date: what every compiler of conditions asks alike."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from ripely.engine.calendar import (
    WEEKDAYS,
    day_at,
    in_year,
    is_business_time,
    is_holiday,
    opening,
)
from ripely.model.company import Company
from ripely.model.condition import DateIs, Now

LAST_DAY = date.max.toordinal()


def near_days(asked: DateIs) -> Callable[[date, int], bool]:
    """Return the test whether a day, as a number, lies around a date or its anniversary."""
    first, last = asked.from_days, asked.to_days
    if not asked.yearly:
        return lambda value, day: first <= day - value.toordinal() <= last

    def around_anniversary(value: date, day: int) -> bool:
        years = range(year_of(day - last), year_of(day - first) + 1)
        return any(first <= day - in_year(value, year).toordinal() <= last for year in years)

    return around_anniversary


def year_of(day: int) -> int:
    return date.fromordinal(max(1, min(day, LAST_DAY))).year


def holds_at(asked: Now, company: Company, zone: ZoneInfo, now: int) -> bool:
    today = day_at(now, zone)
    return (
        any(opens <= now < closes for opens, closes in windows_of(asked, zone, today))
        and (
            asked.business_hours is None
            or asked.business_hours == is_business_time(now, zone, company)
        )
        and (asked.holiday is None or asked.holiday == is_holiday(today, company.holidays))
    )


def windows_of(asked: Now, zone: ZoneInfo, today: date) -> Iterator[tuple[int, int]]:
    """Return the times asked for that begin yesterday or today: those over midnight belong to yesterday."""
    for day in (today - timedelta(days=1), today):
        if not asked.weekdays or WEEKDAYS[day.weekday()] in asked.weekdays:
            yield opening(day, zone, asked.start or "00:00", asked.end or "00:00")
