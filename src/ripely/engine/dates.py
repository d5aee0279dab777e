"""Dates kept in attributes: when each next lets the contact into a journey."""

from datetime import date, datetime, timedelta

from ripely.engine.calendar import local_moment, next_date, parse_date, zone_of
from ripely.engine.ruleset import DateTrigger, Key
from ripely.engine.transition import Draft


def plan_dates(draft: Draft, changed: set[Key]) -> None:
    """Set the timers of date triggers whose attribute, or whose zone, has just changed."""
    triggers = draft.rules.date_triggers
    for key in sorted(changed & triggers.keys(), key=str):
        for trigger in triggers[key]:
            _plan(draft, trigger, after_s=draft.now_s)


def fire_dates(draft: Draft) -> None:
    """Enter the journeys whose date has come; plan the next year's."""
    due = {key for key, at in draft.profile.dates.items() if at <= draft.now_s}
    for key in sorted(due):
        del draft.profile.dates[key]
    known = {t.key: t for group in draft.rules.date_triggers.values() for t in group}
    for key, trigger in known.items():
        if key in due:
            reason = f"date {trigger.trigger.attribute}"
            draft.entries.append((trigger.journey, reason))
            if trigger.trigger.yearly:
                _plan(draft, trigger, after_s=draft.now_s)


def _plan(draft: Draft, trigger: DateTrigger, after_s: int) -> None:
    profile, rule = draft.profile, trigger.trigger
    profile.dates.pop(trigger.key, None)
    value = parse_date(profile.attributes.get(rule.attribute))
    if value is None:
        return
    zone = zone_of(profile, draft.rules.zone)
    day: date | None = datetime.fromtimestamp(after_s, zone).date()
    while day is not None:
        day = next_date(value, rule.offset_days, yearly=rule.yearly, after=day)
        if day is not None and (at := local_moment(day, rule.at, zone)) > after_s:
            profile.dates[trigger.key] = at
            return
        day = day + timedelta(days=1) if day else None
