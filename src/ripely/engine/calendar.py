"""Weekdays, times of day and dates in a contact's own zone.

A local time that a clock change skips is taken as much later as the clock jumped; one that
happens twice is its first occurrence (PEP 495, fold=0).
"""

import re
from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from ripely.model.company import Company, Hours
from ripely.model.profile import Profile

BUSINESS_DAYS_MAX = 400
"""How far ahead business hours are looked for: holidays do not last longer."""
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(
    DAY.pattern + r"[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?"
    r"(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])"
)
"""A moment with an offset, by ISO 8601: its day depends on where one is."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def zone_of(profile: Profile, default: ZoneInfo) -> ZoneInfo:
    return known_zone(profile) or default


def known_zone(profile: Profile) -> ZoneInfo | None:
    """Return the zone that the contact is known to live in."""
    name = profile.attributes.get("timezone")
    if isinstance(name, list):  # The first of several.
        name = name[0] if name else None
    return zone_named(name) if isinstance(name, str) else None


@lru_cache(maxsize=1_024)
def zone_named(name: str) -> ZoneInfo | None:
    return ZoneInfo(name) if name in zone_names() else None


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return the zones of the whole world: `localtime` is another on every machine."""
    return frozenset(available_timezones() - {"localtime"})


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


def parse_date(value: object, zone: tzinfo | None = None) -> date | None:
    """Read `1990-05-17`, or the day of an ISO 8601 moment: with an offset, its day in `zone`."""
    if isinstance(value, (list, tuple)):  # The first of several.
        value = value[0] if value else None
    found = DAY.match(value) if isinstance(value, str) else None
    if found is None:
        return None
    with suppress(ValueError, OverflowError):
        if zone and MOMENT.fullmatch(found.string):
            return datetime.fromisoformat(found.string).astimezone(zone).date()
    with suppress(ValueError):
        return date.fromisoformat(found.group())
    return None


def day_at(now_s: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(now_s, zone).date()


def first_moment(day: date, zone: ZoneInfo) -> int:
    """Return when a day begins: at midnight, or later where the clock skips that."""
    return local_moment(day, "00:00", zone)


def in_year(value: date, year: int) -> date:
    """Return the anniversary of a date in a year; of 29 February, the 28th in other years."""
    try:
        return value.replace(year=year)
    except ValueError:
        return value.replace(year=year, day=28)


def is_holiday(day: date, holidays: Collection[str]) -> bool:
    """Whether a day is among holidays, told as `2030-01-31`, or every year as `09-01`."""
    whole = day.isoformat()
    return whole in holidays or whole[5:] in holidays


def is_business_time(now_s: int, zone: ZoneInfo, company: Company) -> bool:
    """Whether the company works at a moment, taken by the clock of a zone."""
    return is_open(now_s, zone, company.business_hours, company.holidays)


def is_open(
    now_s: int, zone: ZoneInfo, hours: Collection[Hours], holidays: Collection[str] = ()
) -> bool:
    """Whether a moment lies in hours. Those over midnight belong to the day on which they begin."""
    today = day_at(now_s, zone)
    return any(
        opens <= now_s < closes
        for day in (today - timedelta(days=1), today)
        for opens, closes in openings(day, zone, hours, holidays)
    )


def next_business(
    now_s: int, zone: ZoneInfo, hours: Collection[Hours], holidays: Collection[str]
) -> int:
    """Return now, when it lies in hours, or else the next moment that does; 0 when none comes."""
    if is_open(now_s, zone, hours, holidays):
        return now_s
    today = day_at(now_s, zone)
    for days in range(BUSINESS_DAYS_MAX):
        opened = openings(today + timedelta(days=days), zone, hours, holidays)
        coming = [opens for opens, closes in opened if now_s < opens < closes]
        if coming:
            return min(coming)
    return 0


def openings(
    day: date, zone: ZoneInfo, hours: Collection[Hours], holidays: Collection[str] = ()
) -> list[tuple[int, int]]:
    """Return from when until when hours last that begin on a day; on a holiday none do."""
    if is_holiday(day, holidays):
        return []
    weekday = WEEKDAYS[day.weekday()]
    return [opening(day, zone, one.start, one.end) for one in hours if weekday in one.weekdays]


@lru_cache(4_096)  # The same days, and the same hours, again and again.
def opening(day: date, zone: ZoneInfo, start: str, end: str) -> tuple[int, int]:
    """Return the moments of two times of day, the second on the next day unless it is the later one."""
    ends = day if end > start else day + timedelta(days=1)
    return local_moment(day, start, zone), local_moment(ends, end, zone)
