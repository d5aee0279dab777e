"""The time that is told of: from one day to another where the company is, in days, weeks or months."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from ripely.operations.questions.asking import Sql

Step = Literal["day", "week", "month"]
DAYS = 30
DAYS_MAX = 3_650
PARTS_MAX = 400
"""In more parts nothing is told at once."""
_STEPS: Sequence[tuple[int, Step]] = ((92, "day"), (731, "week"), (DAYS_MAX, "month"))
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


class Span(msgspec.Struct, frozen=True):
    """Whole days from the `first` to the `last`, as far as they are over by `now`."""

    first: date
    last: date
    step: Step
    zone: ZoneInfo
    now: datetime

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def since(self) -> datetime:
        return self.begins(self.first)

    @property
    def until(self) -> datetime:
        return min(self.begins(self.last + _DAY), self.now)

    @property
    def before(self) -> tuple[datetime, datetime]:
        """As many days before it, until the same time of day as this."""
        until = self.until.astimezone(self.zone) - self.days * _DAY
        return self.begins(self.first - self.days * _DAY), until.astimezone(UTC)

    @property
    def parts(self) -> Sequence[date]:
        """The first days of its parts; the first part may have begun before it."""
        days = (self.first + n * _DAY for n in range(self.days))
        return list(dict.fromkeys(part_of(day, self.step) for day in days))

    def begins(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def ends(self, part: date) -> datetime:
        """Return when a part is over, or as much of it as is told of."""
        later = (part + n * _DAY for n in range(1, 32))
        after = next(day for day in later if part_of(day, self.step) != part)
        return min(self.begins(after), self.until)

    def part(self) -> Sql:
        """Say in SQL in which part `"at"` is, as its first day: by the offsets of the zone, one after another."""
        begin, *changes = _offsets(self.before[0], self.until, self.zone)
        local = _moved(begin[1])
        for at, offset in changes:
            then = f"TIMESTAMP '{at:%Y-%m-%d %H:%M:%S}'"
            local = f"""CASE WHEN "at" < {then} THEN {local} ELSE {_moved(offset)} END"""
        day = f"CAST({local} AS DATE)"
        first = day if self.step == "day" else f"CAST(date_trunc('{self.step}', {day}) AS DATE)"
        return Sql(f"CAST({first} AS VARCHAR)")


def part_of(day: date, step: Step) -> date:
    match step:
        case "day":
            return day
        case "week":
            return day - day.weekday() * _DAY
        case "month":
            return day.replace(day=1)


def read_span(said: Mapping[str, str], now: datetime, zone: ZoneInfo) -> Span:
    """Read `days`, or `from` and `to`, and `by`. Raises ValueError with a sentence."""
    today = now.astimezone(zone).date()
    if said.get("from") or said.get("to"):
        first, last = _day(said, "from", today), min(_day(said, "to", today), today)
    else:
        first, last = today - (_days(said.get("days", "")) - 1) * _DAY, today
    if first > today:
        raise ValueError(f"{first} is still to come: nothing is known of it.")
    if first > last:
        raise ValueError(f"{first} comes after {last}: say the earlier day first.")
    days = (last - first).days + 1
    if days > DAYS_MAX:
        raise ValueError(f"That is {days:,} days; {DAYS_MAX:,} can be told of at once.")
    span = Span(first, last, _step(said.get("by", ""), days), zone, now)
    if len(span.parts) > PARTS_MAX:
        raise ValueError(
            f"By {span.step} that is {len(span.parts):,} parts, more than {PARTS_MAX}: ask by month."
        )
    return span


def _days(said: str) -> int:
    if not said:
        return DAYS
    if not (said.isascii() and said.isdigit() and len(said) < 6 and 1 <= int(said) <= DAYS_MAX):
        raise ValueError(f"“{said[:40]}” is no number of days from 1 to {DAYS_MAX:,}.")
    return int(said)


def _day(said: Mapping[str, str], name: str, today: date) -> date:
    words = said.get(name, "")
    if not words and name == "to":
        return today
    if not words:
        raise ValueError("Say from which day, too: `from`, written like 2030-01-31.")
    try:
        day = date.fromisoformat(words)
    except ValueError:
        day = date.min
    if day.year < 1970 or len(words) != 10:
        raise ValueError(f"“{words[:40]}” is no day: write it like 2030-01-31.")
    return day


def _step(said: str, days: int) -> Step:
    if not said:
        return next(step for most, step in _STEPS if days <= most)
    found = next((step for _, step in _STEPS if step == said), None)
    if found is not None:
        return found
    raise ValueError(f"“{said[:40]}” is none of {', '.join(step for _, step in _STEPS)}.")


def _moved(offset: timedelta) -> str:
    return f""""at" + INTERVAL ({int(offset.total_seconds())}) SECOND"""


def _offsets(
    since: datetime, until: datetime, zone: ZoneInfo
) -> Sequence[tuple[datetime, timedelta]]:
    """Return how far the zone is from UTC, and since when."""
    found = [(since, _offset(since, zone))]
    at = since
    while at < until:
        after = at + _DAY
        if _offset(after, zone) != found[-1][1]:
            found.append((_change(at, after, zone), _offset(after, zone)))
        at = after
    return found


def _change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Return the first second at which the offset is that of `high`."""
    while high - low > _SECOND:
        middle = low + (high - low) / 2
        low, high = (low, middle) if _offset(middle, zone) == _offset(high, zone) else (middle, high)  # fmt: skip
    return (low + _SECOND).replace(microsecond=0)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
