"""Moments that are known before: dates kept in attributes, and the times of schedules."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from ripely.engine.calendar import local_moment, parse_date, zone_of
from ripely.engine.draft import Draft
from ripely.engine.ruleset import Key, PlannedTrigger
from ripely.engine.schedules import day_of, plan_again
from ripely.model.days import add_months
from ripely.model.trigger import OnDate, OnSchedule


def plan_dates(draft: Draft, changed: set[Key]) -> None:
    """Set the timers of what depends on an attribute, or on the zone, that has just changed."""
    triggers = draft.rules.date_triggers
    if not triggers or changed.isdisjoint(triggers):
        return
    for key in sorted(changed & triggers.keys(), key=str):
        for planned in triggers[key]:
            if isinstance(planned.trigger, OnDate):
                _plan(draft, planned.key, planned.trigger)
            elif planned.key in draft.profile.dates:
                plan_again(draft, planned.key)


def fire_dates(draft: Draft) -> None:
    """Enter the journeys whose moment has come, and plan the next."""
    dates, zone = draft.profile.dates, zone_of(draft.profile, draft.rules.zone)
    for key in sorted(key for key, at in dates.items() if at <= draft.now_s):
        day = datetime.fromtimestamp(dates.pop(key), zone).date()
        planned = draft.rules.planned.get(key)
        if planned is not None:
            draft.profile.dated[key] = day.toordinal()
            draft.entries.append((planned.journey, _reason(planned)))
            _plan_next(draft, planned)


def _plan_next(draft: Draft, planned: PlannedTrigger) -> None:
    match planned.trigger:
        case OnDate(yearly=True):
            _plan(draft, planned.key, planned.trigger)
        case OnSchedule():
            plan_again(draft, planned.key)
        case _:
            pass


def _reason(planned: PlannedTrigger) -> str:
    match planned.trigger:
        case OnDate(attribute):
            return f"date {attribute}"
        case OnSchedule(every, at=at):
            return f"every {every} at {at}"


def _plan(draft: Draft, key: str, rule: OnDate) -> None:
    profile = draft.profile
    profile.dates.pop(key, None)
    value = parse_date(profile.attributes.get(rule.attribute))
    if value is None:
        return
    zone = zone_of(profile, draft.rules.zone)
    today = datetime.fromtimestamp(draft.now_s, zone).date()
    came = profile.dated.get(
        key, 0
    )  # It does not come again when the day begins again elsewhere.
    for day in days_of(rule, value, today):
        if (
            day >= today
            and day.toordinal() > came
            and (at := local_moment(day, rule.at, zone)) > draft.now_s
        ):
            profile.dates[key] = at
            return


def days_of(rule: OnDate, value: date, today: date) -> Iterator[date]:
    """The days that a date means, some before and all that matter after `today`, in order.

    An anniversary comes every year from the first such day on.
    """
    years = 0
    if rule.yearly:
        moved = rule.offset_years + rule.offset_months // 12 + rule.offset_days // 365
        years = max(0, today.year - value.year - moved - 3)
    for more in range(years, years + 7 if rule.yearly else 1):
        try:
            day = _moved(rule, value, more)
            yield _on_or_after(day, rule.next) if rule.next else day
        except (
            OverflowError,
            ValueError,
        ):  # Beyond the years that a calendar has: it never comes.
            continue


def _moved(rule: OnDate, value: date, more_years: int) -> date:
    """Move a date by years and months, then by days."""
    months = 12 * (rule.offset_years + more_years) + rule.offset_months
    return add_months(value, months) + timedelta(days=rule.offset_days)


def _on_or_after(day: date, named: str) -> date:
    month, of_month = map(int, named.split("-"))
    this_year = day_of(day.year, month, of_month)
    return this_year if this_year >= day else day_of(day.year + 1, month, of_month)
