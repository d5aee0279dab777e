"""Questions about days and the time that it is for a contact, asked of people and of the clocks of their zones."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from ripely.compiler.hours import holds_at, near_days
from ripely.compiler.operators import compares_days, wanted_days
from ripely.compiler.query.asking import Asking
from ripely.compiler.query.build import (
    Sql,
    among,
    compared,
    every,
    number,
    some,
    text,
)
from ripely.compiler.query.days import day_of
from ripely.compiler.query.texts import Texts, on_day, passes
from ripely.engine.calendar import day_at
from ripely.model.acts import Op
from ripely.model.condition import DateIs, Now, OfTime
from ripely.model.days import Relative

_LEAP_YEAR = 2000


def compare(facts: Texts, op: Op, wanted: object, asking: Asking) -> Sql:
    """Return the test of facts; a day that moves with today is that of the contact's zone."""
    if not compares_days(op, wanted):
        return passes(facts, op, wanted)
    days = [_wanted(day, asking) for day in wanted_days(wanted)]
    zone, speech = asking.zone(), asking.speech
    found = speech.each(facts.sql, lambda one: day_of(speech, one, zone.copy()))
    return speech.some_of(found, lambda day: on_day(op, day, [one.copy() for one in days]))


def time(asked: OfTime, asking: Asking) -> Sql:
    match asked:
        case Now():
            held = asking.zoned(lambda zone: holds_at(asked, asking.company, zone, asking.at_s))
            return compared(held, "=", number(1))
        case DateIs():
            return _date(asked, asking)


def _wanted(day: Relative | date, asking: Asking) -> Sql:
    if isinstance(day, Relative):
        return asking.zoned(lambda zone: day.seen_from(_today(zone, asking)).isoformat())
    return text(day.isoformat())


def _date(asked: DateIs, asking: Asking) -> Sql:
    speech = asking.speech
    facts = speech.first_of(asking.attribute(asked.attribute).sql, 1)
    zone = asking.zone()
    days = speech.each(facts, lambda one: day_of(speech, one, zone.copy()))
    if asked.yearly:
        return speech.some_of(days, lambda day: _around_anniversary(asked, day, asking))
    first = asking.zoned(lambda zone: _shifted(_today(zone, asking), -asked.to_days))
    last = asking.zoned(lambda zone: _shifted(_today(zone, asking), -asked.from_days))
    return speech.some_of(days, lambda day: on_day("between", day, [first.copy(), last.copy()]))


def _around_anniversary(asked: DateIs, day: Sql, asking: Asking) -> Sql:
    """Whether the month and day are among those that are near, for each of the days that it is anywhere."""
    today = asking.zoned(lambda zone: _today(zone, asking).isoformat())
    month_day = asking.speech.part(day, 6, 5)
    return some(
        [
            every(
                [
                    compared(today.copy(), "=", text(here)),
                    among(month_day.copy(), _near(asked, date.fromisoformat(here))),
                ]
            )
            for here in asking.told(lambda zone: _today(zone, asking).isoformat())
        ]
    )


def _near(asked: DateIs, today: date) -> Sequence[Sql]:
    near, first = near_days(asked), date(_LEAP_YEAR, 1, 1)
    days = (first + timedelta(days=n) for n in range(366))
    return [text(day.isoformat()[5:]) for day in days if near(day, today.toordinal())]


def _today(zone: ZoneInfo, asking: Asking) -> date:
    return day_at(asking.at_s, zone)


def _shifted(day: date, days: int) -> str:
    least, most = date.min.toordinal(), date.max.toordinal()
    return date.fromordinal(max(least, min(day.toordinal() + days, most))).isoformat()
