"""Days as conditions name them: `2030-01-31`, `today`, `today + 7 days`, `today - 1 month`."""

import re
from calendar import monthrange
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Literal

import msgspec

Unit = Literal["day", "week", "month", "year"]

_CALENDAR = re.compile(r"\d{4}-\d\d-\d\d")
_RELATIVE = re.compile(r"today(?:\s*([+-])\s*(\d{1,9})\s*(day|week|month|year)s?)?")
_HUNDRED_YEARS: Mapping[Unit, int] = {"day": 36_525, "week": 5_218, "month": 1_200, "year": 100}


class Relative(msgspec.Struct, frozen=True):
    """A day told by its distance from today: `count` days, weeks, months or years, minus for the past."""

    count: int = 0
    unit: Unit = "day"

    def seen_from(self, today: date) -> date:
        """Return the day meant on `today`. A month that is too short ends earlier; so does the calendar."""
        try:
            match self.unit:
                case "day":
                    return today + timedelta(days=self.count)
                case "week":
                    return today + timedelta(weeks=self.count)
                case "month":
                    return add_months(today, self.count)
                case "year":
                    return add_months(today, 12 * self.count)
        except (OverflowError, ValueError):
            return date.max if self.count > 0 else date.min


def parse_day(text: object) -> Relative | date:
    """Raise ValueError, with a sentence, unless `text` names a day."""
    if isinstance(text, str):
        spoken = text.strip().lower()
        found = _RELATIVE.fullmatch(spoken)
        if found is not None:
            return _relative(text, found)
        if _CALENDAR.fullmatch(spoken):
            with suppress(ValueError):
                return date.fromisoformat(spoken)
    sentence = "is not a day like 2030-01-31, today, today + 7 days or today - 1 month"
    raise ValueError(f"{text!r} {sentence}")


def names_days(values: object) -> bool:
    """Whether each of several values names a day."""
    try:
        return isinstance(values, list | tuple) and bool([parse_day(value) for value in values])
    except ValueError:
        return False


def add_months(day: date, months: int) -> date:
    """Return the same day so many months on, or the last of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _relative(text: str, found: re.Match[str]) -> Relative:
    sign, count, name = found.groups()
    for unit, most in _HUNDRED_YEARS.items():
        if unit == name and int(count) > most:
            raise ValueError(f"{text!r} is more than a hundred years from today")
        if unit == name:
            return Relative(int(sign + count), unit)
    return Relative()
