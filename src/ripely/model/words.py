"""Words that conditions, journeys and settings share."""

from decimal import Decimal
from typing import Annotated, Literal, get_args

import msgspec

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
ClockTime = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day in the contact's own zone, as `20:00`."""
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
"""A day of the calendar, as `2030-01-31`."""
MonthDay = Annotated[str, msgspec.Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
"""A day of every year, as `09-01` for the first of September."""
Holiday = Annotated[
    str, msgspec.Meta(pattern=r"^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
]
"""One day, as `2030-01-31`, or the same of every year, as `12-25`."""
ChannelKind = Literal[
    "email", "sms", "push", "web_push", "messenger", "chat", "in_app", "call", "voice"
]
"""`call` is a colleague's; `voice` is a recorded voice that dials by itself."""
LifecycleLevel = Literal["visitor", "potential_lead", "lead", "customer"]
LIFECYCLE: tuple[LifecycleLevel, ...] = ("visitor", "potential_lead", "lead", "customer")
"""From the least to the most."""


def lowered(text: str) -> str:
    """Return text to compare without regard to case, letter by letter, as databases know it too."""
    if text.isascii():
        return text.lower()
    return text.replace("İ", "i").lower().replace("ς", "σ")  # noqa: RUF001 - two sigmas of Greek.


def spelled(value: object) -> str:
    """Write a value as it is compared, but for its case: `true`, `5` for 5.0, no exponents."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        written = str(int(value)) if value.is_integer() else str(value)
        return f"{Decimal(written):f}" if "e" in written else written
    return str(value)


def pattern_of(word: object) -> str:
    """Return the regular expression that a word must match."""
    pattern = get_args(word)[1].pattern
    assert isinstance(pattern, str)
    return pattern
