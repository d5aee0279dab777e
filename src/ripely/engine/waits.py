"""Until when a step waits: for a time of the calendar, or until somebody looks again."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from ripely.engine.calendar import (
    WEEKDAYS,
    day_at,
    local_moment,
    next_business,
    next_local,
    parse_date,
    zone_of,
)
from ripely.engine.draft import Draft
from ripely.engine.ruleset import AwaitFirst, Program
from ripely.model.journey import WaitUntil
from ripely.model.profile import Enrollment

DAY_BEGINS = "09:00"
"""The time of a wait that names a day and no time."""
GOOD_TIME = "10:00"
"""The time taken for the best one of a contact of whom too little is known."""
RHYTHM_LEAST = 5
"""How many acts must be known of a contact, for one hour to be called the best."""
BUSINESS_DAYS_MAX = 400
"""How many days are tried to find a time in business hours."""


def plan_check(draft: Draft, program: Program, enrollment: Enrollment) -> None:
    """Say when time alone may next change the goal, a reason to leave, or what is awaited."""
    at = program.steps.get(enrollment.step)
    asked = [program.goal, *(departure.condition for departure in program.departures)]
    if isinstance(at, AwaitFirst):
        asked += [condition for condition, _ in at.cases]
    lapses = [
        c.lapse(draft.profile, draft.now_s, enrollment)
        for c in asked
        if c is not None and c.lapse is not None
    ]
    enrollment.check_s = min((due_s for due_s in lapses if due_s), default=0)


def time_of(draft: Draft, step: WaitUntil) -> int:
    """Return the moment that a step waits for, which may be past; 0 when its day is not known."""
    profile, now_s = draft.profile, draft.now_s
    zone = zone_of(profile, draft.rules.zone)
    if step.best_time:
        return _best_time(profile.rhythm, now_s, zone, step)
    if step.attribute or step.day:
        value = profile.attributes.get(step.attribute) if step.attribute else step.day
        moment = _on_day(value, zone, step)
    elif step.at or step.weekdays:
        moment = next_local(now_s, zone, step.at or DAY_BEGINS, step.weekdays)
    else:
        moment = now_s
    if step.business_hours and moment >= now_s:
        return _in_business(draft, moment, zone, step)
    return moment


def _on_day(value: object, zone: ZoneInfo, step: WaitUntil) -> int:
    day, at = parse_date(value, zone), step.at or DAY_BEGINS
    if day is None:
        return 0
    try:
        moment = local_moment(day + timedelta(days=step.offset_days), at, zone)
        return next_local(moment - 1, zone, at, step.weekdays) if step.weekdays else moment
    except (OverflowError, ValueError):  # Beyond the years that a calendar has.
        return 0


def _in_business(draft: Draft, moment: int, zone: ZoneInfo, step: WaitUntil) -> int:
    """Return the first moment from `moment` on that fits the step and lies in business hours."""
    company = draft.rules.company
    for _ in range(BUSINESS_DAYS_MAX):
        opens = next_business(moment, zone, company.business_hours, company.holidays)
        if opens in {0, moment} or not step.at:  # 0: none will come, whatever the time.
            return opens
        moment = next_local(moment, zone, step.at, step.weekdays)
    return 0


def _best_time(rhythm: list[int], now_s: int, zone: ZoneInfo, step: WaitUntil) -> int:
    """Return the beginning of the hour, of the next 24 (with weekdays: 168), at which most was done."""
    hours, days = rhythm[:24], rhythm[24:]
    if sum(hours) < RHYTHM_LEAST:
        return next_local(now_s, zone, step.at or GOOD_TIME, step.weekdays)
    today = day_at(now_s, zone)
    ahead = 8 if step.weekdays else 2
    best, best_s = -1, 0
    for day in (today + timedelta(days=n) for n in range(ahead)):
        if step.weekdays and WEEKDAYS[day.weekday()] not in step.weekdays:
            continue
        for hour, done in enumerate(hours):
            moment = local_moment(day, f"{hour:02}:00", zone)
            worth = done * (days[day.weekday()] + 1) if step.weekdays else done
            if now_s < moment <= now_s + (ahead - 1) * 86_400 and worth > best:
                best, best_s = worth, moment
    return best_s
