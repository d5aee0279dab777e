"""The day, week, month or year that it is somewhere."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ripely.engine.calendar import local_moment
from ripely.model.acts import Period

_LONG = {"today": 1, "this_week": 7, "this_month": 32, "this_year": 370}


def period_of(period: Period, now_s: int, zone: ZoneInfo) -> tuple[int, int]:
    """Return when the period that it is now began, and when the next begins.

    It begins at the first midnight of its first day, even if the clock goes back over it.
    """
    known = _latest.get((period, zone.key))
    if known is None or not known[0] <= now_s < known[1]:
        known = _latest[period, zone.key] = _period_of(period, now_s, zone)
    return known


_latest: dict[tuple[Period, str], tuple[int, int]] = {}
"""The period that was asked for last in each zone: the next question is nearly always about the same."""


def _period_of(period: Period, now_s: int, zone: ZoneInfo) -> tuple[int, int]:
    first = _first(period, datetime.fromtimestamp(now_s, zone).date())
    following = _following(period, first)
    begins, ends = _midnight(first, zone), _midnight(following, zone)
    if ends <= now_s:
        return ends, _midnight(_following(period, following), zone)
    return begins, ends


def _first(period: Period, day: date) -> date:
    match period:
        case "today":
            return day
        case "this_week":
            return day - timedelta(days=day.weekday())
        case "this_month":
            return day.replace(day=1)
        case "this_year":
            return day.replace(month=1, day=1)


def _following(period: Period, first: date) -> date:
    return _first(period, first + timedelta(days=_LONG[period]))


def _midnight(day: date, zone: ZoneInfo) -> int:
    return local_moment(day, "00:00", zone)
