"""A fact compared with a wanted value; days that move with today are compared at a moment."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from ripely.compiler.operators import (
    check,
    compares_days,
    items,
    passes_day,
    wanted_days,
)
from ripely.engine.calendar import day_at, first_moment, parse_date, zone_of
from ripely.engine.ruleset import Condition, Key, Lapse, Test
from ripely.model.acts import Op
from ripely.model.company import Company
from ripely.model.days import Relative, add_months
from ripely.model.profile import Enrollment, Profile

Read = Callable[[Profile, Enrollment], object]
"""Finds the fact that is compared."""

ZONE = "attribute/timezone"
_SLACK_DAYS = 4  # Months are of different lengths: by so much a day may come later.


def compare(read: Read, op: Op, wanted: object, key: Key | None, company: Company) -> Condition:
    """Compile a comparison of what `read` finds; `key` is what that depends on."""
    keys = frozenset(() if key is None else (key,))
    if not compares_days(op, wanted):
        passes = check(op, wanted)
        return Condition(lambda profile, _now, place: passes(read(profile, place)), None, keys)
    days, zone = wanted_days(wanted), ZoneInfo(company.timezone)
    moves = any(isinstance(day, Relative) for day in days)
    return Condition(
        _day_test(read, op, days, zone),
        _day_lapse(read, op, days, zone) if moves else None,
        keys | {ZONE},
    )


def _seen_from(days: tuple[Relative | date, ...], today: date) -> tuple[date, ...]:
    return tuple(d.seen_from(today) if isinstance(d, Relative) else d for d in days)


def _passes(op: Op, facts: list[date], days: tuple[Relative | date, ...], today: date) -> bool:
    wanted = _seen_from(days, today)
    return any(passes_day(op, fact, wanted) for fact in facts)


def _days_of(fact: object, zone: ZoneInfo) -> list[date]:
    return [day for item in items(fact) if (day := parse_date(item, zone)) is not None]


def _day_test(read: Read, op: Op, days: tuple[Relative | date, ...], default: ZoneInfo) -> Test:
    def test(profile: Profile, now: int, place: Enrollment) -> bool:
        zone = zone_of(profile, default)
        facts = _days_of(read(profile, place), zone)
        return bool(facts) and _passes(op, facts, days, day_at(now, zone))

    return test


def _day_lapse(
    read: Read, op: Op, days: tuple[Relative | date, ...], default: ZoneInfo
) -> Lapse:
    """The answer changes at the midnight at which a wanted day reaches, or passes, a fact."""
    relative = [day for day in days if isinstance(day, Relative)]

    def lapse(profile: Profile, now: int, place: Enrollment) -> int:
        zone = zone_of(profile, default)
        facts, today = _days_of(read(profile, place), zone), day_at(now, zone)
        answer = bool(facts) and _passes(op, facts, days, today)
        turns = sorted(
            {t for fact in facts for day in relative for t in _turns(fact, day, today)}
        )
        for turn in turns:
            if _passes(op, facts, days, turn) != answer:
                return first_moment(turn, zone)
        return 0

    return lapse


def _turns(fact: date, wanted: Relative, today: date) -> Iterator[date]:
    """Return the days after today on which the wanted day may come to the fact, or leave it."""
    try:
        near = _back(fact, wanted)
        days = [near + timedelta(days=n) for n in range(-_SLACK_DAYS, _SLACK_DAYS + 2)]
    except (OverflowError, ValueError):  # Beyond the years that a calendar has: it never comes.
        return
    yield from (day for day in days if day > today)


def _back(fact: date, wanted: Relative) -> date:
    """Return about the day from which the wanted day is the fact."""
    match wanted.unit:
        case "day":
            return fact - timedelta(days=wanted.count)
        case "week":
            return fact - timedelta(weeks=wanted.count)
        case "month":
            return add_months(fact, -wanted.count)
        case "year":
            return add_months(fact, -12 * wanted.count)
