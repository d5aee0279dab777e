"""Hours in which messages wait, exact by the contact's own clock whatever the clock does that day.

It is quiet when the clock on the wall shows a quiet time: an hour that comes twice is quiet
twice, and a time that the clock skips is never shown.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ripely.engine.calendar import known_zone
from ripely.engine.protection import NEVER_S, Protection, QuietRule, Span
from ripely.engine.quiet_laws import LAWS, Law
from ripely.model.profile import Profile

DAY_S = 86_400
SEARCHED_S = 400 * DAY_S
"""How far ahead the end of the quiet is looked for."""
_Clock = tuple[ZoneInfo, Span | frozenset[str]]
"""A part of the day, or whole days of the calendar, that is quiet by the clock of a zone."""


def quiet_until(
    protection: Protection, profile: Profile, channel: str, now_s: int, zone: ZoneInfo
) -> int:
    """Return when a message may go through a channel; 0: now. `zone` is for those whose own nobody knows."""
    clocks = _clocks(protection, profile, channel, known_zone(profile) or zone)
    return _end(clocks, now_s) if clocks else 0


def _end(clocks: Sequence[_Clock], now_s: int) -> int:
    at_s = now_s
    while at_s - now_s < SEARCHED_S:
        until_s = max(_passes(clock, at_s) for clock in clocks)
        if until_s == at_s:
            return 0 if at_s == now_s else at_s
        at_s = until_s
    return NEVER_S


def _clocks(
    protection: Protection, profile: Profile, channel: str, zone: ZoneInfo
) -> list[_Clock]:
    clocks: list[_Clock] = []
    for rule in protection.quiet.get(channel, ()):
        if _is_for(rule, profile):
            clocks += [(zone, span) for span in rule.spans]
            if rule.holidays:
                clocks.append((zone, rule.holidays))
    if protection.country_rules:
        for law, zones in _laws(profile, channel):
            clocks += [(each, span) for each in zones for span in law.quiet]
    return clocks


def _is_for(rule: QuietRule, profile: Profile) -> bool:
    return (
        (rule.segment is None or rule.segment in profile.segments)
        and (not rule.countries or _said(profile, "country") in rule.countries)
        and (not rule.regions or _said(profile, "region") in rule.regions)
    )


def _laws(profile: Profile, channel: str) -> Iterator[tuple[Law, Sequence[ZoneInfo]]]:
    """Return the laws for a contact. Who says no country lives where the telephone number begins."""
    country, zone = _said(profile, "country"), known_zone(profile)
    phone = str(profile.attributes.get("phone") or "")
    for laws in LAWS:
        here = country in laws.names if country else phone.startswith(laws.dialling)
        if here and channel in laws.channels:
            law = laws.regions.get(_said(profile, "region"), laws.elsewhere)
            yield law, [zone] if zone else [ZoneInfo(name) for name in law.zones]


def _said(profile: Profile, name: str) -> str:
    return str(profile.attributes.get(name) or "").strip().casefold()


def _passes(clock: _Clock, at_s: int) -> int:
    """Return when a quiet that holds at a moment ends, or the clock is put; the moment itself when none does."""
    zone, quiet = clock
    local = datetime.fromtimestamp(at_s, zone)
    left_s = _left(quiet, local)
    if not left_s:
        return at_s
    until_s = at_s + left_s
    before = local.utcoffset()
    if datetime.fromtimestamp(until_s, zone).utcoffset() == before:
        return until_s
    low_s, high_s = at_s, until_s
    while high_s - low_s > 1:
        middle_s = (low_s + high_s) // 2
        if datetime.fromtimestamp(middle_s, zone).utcoffset() == before:
            low_s = middle_s
        else:
            high_s = middle_s
    return high_s


def _left(quiet: Span | frozenset[str], local: datetime) -> int:
    """Return for how long it stays quiet if the clock is left alone; 0: it is not."""
    second = local.hour * 3_600 + local.minute * 60 + local.second
    if not isinstance(quiet, Span):
        day = local.date().isoformat()
        return DAY_S - second if day in quiet or day[5:] in quiet else 0
    today, ends = local.weekday() in quiet.weekdays, quiet.ends
    if ends > quiet.begins:
        return ends - second if today and quiet.begins <= second < ends else 0
    if today and second >= quiet.begins:
        return DAY_S - second + ends
    begun = (local.weekday() - 1) % 7 in quiet.weekdays
    return ends - second if begun and second < ends else 0
