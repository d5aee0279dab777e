"""Hours in which laws let nobody be called or written to by telephone: country by country, as data.

`quiet` says when messages wait, by the clock of the contact. Where nobody knows in which zone a
contact lives, the hours hold by the clocks of all `zones` at once.
"""

from collections.abc import Iterable, Mapping

import msgspec

from ripely.engine.protection import Span
from ripely.model.words import ChannelKind

_HOUR_S = 3_600
EVERY_DAY = range(7)
_TABLE = (
    "https://support.referrizer.com/en/category/text-campaigns/article/"
    "tcpa-quiet-hours-and-state-specific-rules-for-text-campaigns"
)
_EAST, _MIDDLE, _MOUNTAINS, _WEST = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
)  # fmt: skip


class Law(msgspec.Struct, frozen=True):
    """What holds in a country, or in one of its regions, as `source` told on the day `seen`."""

    quiet: tuple[Span, ...]
    zones: tuple[str, ...]
    source: str
    seen: str = "2026-11-22"


class CountryLaws(msgspec.Struct, frozen=True):
    """`names` are the spellings of the country, `dialling` the beginning of its telephone numbers.

    `elsewhere` holds in regions without a law of their own. `regions` are found by any spelling.
    """

    names: frozenset[str]
    dialling: str
    channels: frozenset[ChannelKind]
    elsewhere: Law
    regions: Mapping[str, Law]


def _between(starts: int, ends: int, weekdays: Iterable[int] = EVERY_DAY) -> Span:
    """Quiet from one hour of the evening to one of the next morning, on evenings of these weekdays."""
    return Span(starts * _HOUR_S, ends * _HOUR_S, frozenset(weekdays))


def _state(zones: tuple[str, ...], *quiet: Span) -> Law:
    return Law(quiet, zones, _TABLE)


def _by_spelling(states: Mapping[str, tuple[str, Law]]) -> dict[str, Law]:
    return {
        spelling: law
        for code, (name, law) in states.items()
        for spelling in (code, f"us-{code}", name)
    }


_FEDERAL = (_between(21, 8),)
_UNTIL_EIGHT = _between(20, 8)
_STATES: Mapping[str, tuple[str, Law]] = {
    "ak": ("alaska", _state(("America/Anchorage", "America/Adak"), *_FEDERAL)),
    "ct": ("connecticut", _state((_EAST,), _between(20, 9))),
    "fl": ("florida", _state((_EAST, _MIDDLE), _UNTIL_EIGHT)),
    "hi": ("hawaii", _state(("Pacific/Honolulu",), *_FEDERAL)),
    "md": ("maryland", _state((_EAST,), _UNTIL_EIGHT)),
    "ms": ("mississippi", _state((_MIDDLE,), _UNTIL_EIGHT)),
    "nj": ("new jersey", _state((_EAST,), _UNTIL_EIGHT)),
    "ok": ("oklahoma", _state((_MIDDLE,), _UNTIL_EIGHT)),
    "ri": (
        "rhode island",  # 9 to 18 on weekdays, 10 to 17 at the weekend.
        _state(
            (_EAST,),
            _between(18, 9, (0, 1, 2, 3)),
            _between(18, 10, (4,)),
            _between(17, 10, (5,)),
            _between(17, 9, (6,)),
        ),
    ),
    "tx": (
        "texas",  # 9 to 21, and from noon on Sundays.
        _state(
            (_MIDDLE, _MOUNTAINS),
            _between(21, 9, (6, 0, 1, 2, 3, 4)),
            _between(21, 12, (5,)),
        ),
    ),
}
LAWS: tuple[CountryLaws, ...] = (
    CountryLaws(
        names=frozenset({"us", "usa", "united states", "united states of america"}),
        dialling="+1",
        channels=frozenset({"sms", "voice", "call"}),
        elsewhere=Law(
            _FEDERAL,
            (_EAST, _MIDDLE, _MOUNTAINS, _WEST),
            "https://www.ecfr.gov/current/title-47/section-64.1200",
        ),
        regions=_by_spelling(_STATES),
    ),
)
