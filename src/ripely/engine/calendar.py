"""Weekdays, times of day and dates in a contact's own zone.

A local time that a clock change skips is taken as much later as the clock jumped; one that
happens twice is its first occurrence (PEP 495, fold=0).
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ripely.model.profile import Profile

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def zone_of(profile: Profile, default: ZoneInfo) -> ZoneInfo:
    name = profile.attributes.get("timezone")
    return (_zone(name) if isinstance(name, str) else None) or default


@lru_cache(maxsize=1_024)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def next_local(now_s: int, zone: ZoneInfo, at: str, weekdays: Collection[str]) -> int:
    """Return the next moment after `now_s` that is `at` (`20:00`) on one of `weekdays` (none: any)."""
    today = datetime.fromtimestamp(now_s, zone).date()
    for days in range(9):  # A week, and one more for a time that is past today.
        day = today + timedelta(days=days)
        moment = local_moment(day, at, zone)
        if moment > now_s and (not weekdays or WEEKDAYS[day.weekday()] in weekdays):
            return moment
    raise AssertionError(f"no {at} on {weekdays} within nine days")


def local_moment(day: date, at: str, zone: ZoneInfo) -> int:
    """Return the seconds since 1970 of a time of day in a zone."""
    naive = datetime.combine(day, time.fromisoformat(at))
    return int(naive.replace(tzinfo=zone).timestamp())


def local_day(at_s: int, zone: ZoneInfo) -> str:
    """Write the day of a moment in a zone, as attributes keep days: `2030-01-09`."""
    return datetime.fromtimestamp(at_s, zone).date().isoformat()


def parse_date(value: object) -> date | None:
    """Read `1990-05-17`, or the day of a longer ISO 8601 text."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def next_date(value: date, offset_days: int, *, yearly: bool, after: date) -> date | None:
    """Return the day of `value` shifted by `offset_days` that is `after` or later, if one comes.

    A yearly 29 February falls on 28 February in other years.
    """
    years = range(after.year - 1, after.year + 3) if yearly else (value.year,)
    for year in years:
        try:
            day = _in_year(value, year) + timedelta(days=offset_days)
        except OverflowError:  # Beyond the years that a calendar has: it never comes.
            return None
        if day >= after:
            return day
    return None


def _in_year(value: date, year: int) -> date:
    try:
        return value.replace(year=year)
    except ValueError:
        return value.replace(year=year, day=28)
