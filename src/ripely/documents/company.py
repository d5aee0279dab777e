"""The sense of what a company says of itself, of its guards and of its teams."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ripely.documents.conditions import parts
from ripely.documents.nearest import suggestion
from ripely.documents.source import join
from ripely.model.company import (
    Absent,
    Budget,
    Cap,
    Company,
    Guard,
    Hours,
    Member,
    Quiet,
    QuietHours,
    RfmBounds,
    Team,
)
from ripely.model.currency import CURRENCIES
from ripely.model.problem import Problem

_LEAP_YEAR = "2000-"
_WEEKDAYS = QuietHours("00:00", "00:00").weekdays
_DAY, _WEEK = 1_440, 7 * 1_440


def check_company(definition: Company | Guard | Team) -> Iterator[Problem]:
    match definition:
        case Company():
            yield from _company(definition)
        case Guard(caps=(), quiet=(), budget=None, country_rules=False):
            yield Problem("empty_guard", "$", "This guard holds nothing back.")
        case Team():
            yield from _members(definition)
        case _:
            pass
    yield from _parts(definition)


def _company(company: Company) -> Iterator[Problem]:
    if company.id != "company":
        sentence = 'There is one company, and its document is called "company".'
        yield Problem("bad_id", "$.id", sentence)
    yield from _days("$.holidays", company.holidays)
    if company.currency and company.currency not in CURRENCIES:
        guess = suggestion(company.currency, _like(company.currency.upper()))
        sentence = f'"{company.currency}" is no currency of ISO 4217, like "EUR"{guess}'
        yield Problem("bad_currency", "$.currency", sentence)


def _like(said: str) -> Collection[str]:
    """Return the currencies of the same country, or with the same letters; all, where there is none."""
    found = [c for c in CURRENCIES if c[:2] == said[:2] or sorted(c) == sorted(said)]
    return found or CURRENCIES


def _parts(definition: Company | Guard | Team) -> Iterator[Problem]:
    for path, part in parts(definition):
        match part:
            case Company() | Member():
                yield from _zone(join(path, "timezone"), part.timezone)
            case Hours():
                yield from _hours(path, part)
            case RfmBounds():
                yield from _bounds(path, part)
            case Absent(start, end):
                yield from _absence(path, start, end)
            case Cap() | Budget() | Quiet():
                yield from _rule(path, part)
            case _:
                pass


def _zone(path: str, name: str) -> Iterator[Problem]:
    try:
        known = not name or bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = False
    if not known:
        sentence = f'"{name}" is no time zone; they are named like "Europe/Kyiv".'
        yield Problem("bad_zone", path, sentence)


def _days(path: str, days: Sequence[str]) -> Iterator[Problem]:
    for number, day in enumerate(days):
        if not _is_day(day if len(day) > 5 else _LEAP_YEAR + day):
            yield Problem("bad_day", join(path, number), f"There is no {day} in the calendar.")


def _is_day(day: str) -> bool:
    try:
        return bool(date.fromisoformat(day))
    except ValueError:
        return False


def _hours(path: str, hours: Hours) -> Iterator[Problem]:
    if not hours.weekdays:
        yield Problem("bad_hours", join(path, "weekdays"), "These hours are on no day.")
    if hours.start == hours.end and not isinstance(hours, QuietHours):
        yield Problem("bad_hours", path, "These hours end when they begin.")


def _bounds(path: str, bounds: RfmBounds) -> Iterator[Problem]:
    for name, values, rising in (
        ("recency_days", bounds.recency_days, False),
        ("orders", bounds.orders, True),
        ("money", bounds.money, True),
    ):
        ordered = sorted(set(values), reverse=not rising)
        if list(values) != ordered:
            how = "rise" if rising else "fall"
            yield Problem("contradiction", join(path, name), f"These bounds must {how}.")


def _absence(path: str, start: str, end: str) -> Iterator[Problem]:
    for name, day in (("from", start), ("until", end)):
        if not _is_day(day):
            yield Problem("bad_day", join(path, name), f"There is no {day} in the calendar.")
    if end < start:
        yield Problem("contradiction", path, "This absence ends before it begins.")


def _rule(path: str, rule: Cap | Budget | Quiet) -> Iterator[Problem]:
    match rule:
        case Cap(within=0) | Budget(within=0):
            sentence = "No time at all holds any number of messages: say how long."
            yield Problem("contradiction", join(path, "within"), sentence)
        case Cap(purpose="transactional"):
            sentence = "A transactional message passes every cap, so this one holds nothing."
            yield Problem("contradiction", join(path, "purpose"), sentence)
        case Budget() if rule.compete > rule.within:
            sentence = "Messages would compete for longer than the budget lasts."
            yield Problem("contradiction", join(path, "compete"), sentence)
        case Quiet(hours=()) if not rule.holidays:
            yield Problem("bad_hours", path, "This is never quiet: name hours, or holidays.")
        case Quiet() if _is_always(rule.hours):
            sentence = (
                'It would always be quiet; to send nothing at all, say "at_most: 0" in a cap.'
            )
            yield Problem("bad_hours", path, sentence)
        case _:
            pass


def _is_always(hours: Sequence[QuietHours]) -> bool:
    """Whether hours leave no minute of the week."""
    quiet = [False] * _WEEK
    for one in hours:
        begins, ends = _minute(one.start), _minute(one.end)
        length = (ends - begins) % _DAY or _DAY
        for weekday in one.weekdays:
            start = _WEEKDAYS.index(weekday) * _DAY + begins
            for minute in range(start, start + length):
                quiet[minute % _WEEK] = True
    return all(quiet)


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _members(team: Team) -> Iterator[Problem]:
    if not team.members:
        yield Problem("contradiction", "$.members", "Nobody is in this team.")
    names = [member.who for member in team.members]
    for number, name in enumerate(names):
        if name in names[:number]:
            path = join(join("$.members", number), "who")
            yield Problem("contradiction", path, f'"{name}" is in this team already.')
