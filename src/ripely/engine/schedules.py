"""Times that come again and again: the next one for each contact, in their own zone."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ripely.engine.calendar import WEEKDAYS, local_moment, zone_of
from ripely.engine.draft import Draft
from ripely.model.trigger import OnSchedule

FIRST_OF_YEAR = "01-01"
_AHEAD_MAX = 12
"""How many days, months or years to look ahead: any schedule comes within them."""


def plan_schedule(draft: Draft, key: str, *, holds: bool) -> None:
    """Plan the next time for whoever is in the audience; whoever has left it has none."""
    dates = draft.profile.dates
    if not holds:
        dates.pop(key, None)
    elif key not in dates:
        plan_again(draft, key)


def plan_again(draft: Draft, key: str) -> None:
    """Plan the time that comes after now."""
    planned = draft.rules.planned[key].trigger
    assert isinstance(planned, OnSchedule)
    zone = zone_of(draft.profile, draft.rules.zone)
    due_s = next_time(planned, draft.now_s, zone, draft.profile.dated.get(key, 0))
    if due_s is not None:
        draft.profile.dates[key] = due_s


def next_time(rule: OnSchedule, after_s: int, zone: ZoneInfo, came: int = 0) -> int | None:
    """Return the first moment of a schedule after a moment; None at the end of the calendar.

    `came` is the day on which it came last: it comes once a day, also when the zone has changed.
    """
    today = datetime.fromtimestamp(after_s, zone).date()
    try:
        for day in _days(rule, today):
            if day.toordinal() <= came:
                continue
            if (moment := local_moment(day, rule.at, zone)) > after_s:
                return moment
    except (OverflowError, ValueError):
        return None
    raise AssertionError(f"no time of {rule} within {_AHEAD_MAX} {rule.every}s")


def _days(rule: OnSchedule, today: date) -> Iterator[date]:
    """The days of a schedule from `today` or a little before on, in order."""
    match rule.every:
        case "day" | "week":
            named = rule.weekdays or (WEEKDAYS if rule.every == "day" else WEEKDAYS[:1])
            ahead = (today + timedelta(days=n) for n in range(_AHEAD_MAX))
            yield from (day for day in ahead if WEEKDAYS[day.weekday()] in named)
        case "month":
            for n in range(_AHEAD_MAX):
                years, month = divmod(today.month - 1 + n, 12)
                yield day_of(today.year + years, month + 1, rule.day or 1)
        case "year":
            month, day = map(int, (rule.date or FIRST_OF_YEAR).split("-"))
            for n in range(_AHEAD_MAX):
                yield day_of(today.year + n, month, day)


def day_of(year: int, month: int, day: int) -> date:
    """Return a day of a month, or the last of a month that is shorter."""
    return date(year, month, min(day, monthrange(year, month)[1]))
