"""Questions about the time that it is for a contact."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from ripely.compiler.comparisons import ZONE
from ripely.compiler.hours import LAST_DAY, holds_at, near_days, windows_of, year_of
from ripely.engine.calendar import (
    day_at,
    first_moment,
    in_year,
    openings,
    parse_date,
    zone_of,
)
from ripely.engine.ruleset import Condition
from ripely.model.company import Company
from ripely.model.condition import DateIs, Now, OfTime
from ripely.model.profile import Enrollment, Profile

LOOK_AHEAD_DAYS = 400
"""How far ahead the next change is looked for; what changes later is looked at again then."""
_YEARS_AHEAD = 9  # A 29 February comes again within eight years, and a day within one more.


def compile_time(asked: OfTime, company: Company) -> Condition:
    match asked:
        case DateIs():
            return _date(asked, ZoneInfo(company.timezone))
        case Now():
            return _now(asked, company)


def _date(asked: DateIs, default: ZoneInfo) -> Condition:
    name, near = asked.attribute, near_days(asked)

    def test(profile: Profile, now: int, _place: Enrollment) -> bool:
        zone = zone_of(profile, default)
        value = parse_date(profile.attributes.get(name), zone)
        return value is not None and near(value, day_at(now, zone).toordinal())

    def lapse(profile: Profile, now: int, _place: Enrollment) -> int:
        zone = zone_of(profile, default)
        value = parse_date(profile.attributes.get(name), zone)
        if value is None:
            return 0
        today = day_at(now, zone).toordinal()
        holds = near(value, today)
        for day in _turns(asked, value, today):
            if near(value, day) != holds:
                return first_moment(date.fromordinal(day), zone)
        return 0

    return Condition(test, lapse, frozenset({f"attribute/{name}", ZONE}))


def _turns(asked: DateIs, value: date, today: int) -> list[int]:
    """Return the days after today, in order, on which one comes near or is near no more."""
    dates = [value]
    if asked.yearly:
        years = range(
            year_of(today - asked.to_days), year_of(today - asked.from_days) + _YEARS_AHEAD
        )
        dates = [in_year(value, year) for year in years if year <= date.max.year]
    ordinals = [day.toordinal() for day in dates]
    turns = {day + shift for day in ordinals for shift in (asked.from_days, asked.to_days + 1)}
    return sorted(day for day in turns if today < day <= LAST_DAY)


def _now(asked: Now, company: Company) -> Condition:
    default = ZoneInfo(company.timezone)
    spans: dict[ZoneInfo, tuple[int, int, bool]] = {}

    def span(profile: Profile, now: int) -> tuple[int, int, bool]:
        """Return since and until when the answer is the same; it is for everybody in a zone."""
        zone = zone_of(profile, default)
        found = spans.get(zone)
        if found is None or not found[0] <= now < found[1]:
            holds = holds_at(asked, company, zone, now)
            found = spans[zone] = (now, _change(asked, company, zone, now), holds)
        return found

    return Condition(
        lambda profile, now, _place: span(profile, now)[2],
        lambda profile, now, _place: span(profile, now)[1],
        frozenset({ZONE}),
    )


def _change(asked: Now, company: Company, zone: ZoneInfo, now: int) -> int:
    """Return the next moment at which the answer changes, or at which to look again."""
    today, holds = day_at(now, zone), holds_at(asked, company, zone, now)
    for days in range(LOOK_AHEAD_DAYS):
        for edge in _edges(asked, company, zone, today + timedelta(days=days)):
            if edge > now and holds_at(asked, company, zone, edge) != holds:
                return edge
    return first_moment(today + timedelta(days=LOOK_AHEAD_DAYS), zone)


def _edges(asked: Now, company: Company, zone: ZoneInfo, day: date) -> list[int]:
    """Return the moments of a day, in order, at which anything asked for begins or ends."""
    begins, ends = first_moment(day, zone), first_moment(day + timedelta(days=1), zone)
    windows = [*windows_of(asked, zone, day)]
    if asked.business_hours is not None:
        for one in (day - timedelta(days=1), day):
            windows += openings(one, zone, company.business_hours, company.holidays)
    moments = {begins, *(moment for window in windows for moment in window)}
    return sorted(moment for moment in moments if begins <= moment < ends)
