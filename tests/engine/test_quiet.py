"""Quiet hours by the clock of the contact, against a search minute by minute through the days when clocks are put."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, strategies as st

from ripely.compiler.guards import compile_guards
from ripely.engine.protection import NEVER_S
from ripely.engine.quiet import quiet_until
from ripely.engine.quiet_laws import LAWS
from ripely.model.company import Company, Guard, Quiet, QuietHours
from ripely.model.ids import SegmentId
from ripely.model.profile import Profile
from ripely.model.words import Weekday

MINUTE = 60
DAY = 86_400
WEEKDAYS = Weekday.__args__
ZONES = [
    "Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana",
    "Africa/Casablanca", "Pacific/Apia", "UTC",
]  # fmt: skip
# Days around the clock changes of 2030 in those zones, and the day that Samoa left out.
AROUND = [
    datetime(2030, 3, 9, tzinfo=UTC), datetime(2030, 3, 30, tzinfo=UTC), datetime(2030, 4, 6, tzinfo=UTC),
    datetime(2030, 10, 5, tzinfo=UTC), datetime(2030, 10, 26, tzinfo=UTC), datetime(2030, 11, 2, tzinfo=UTC),
    datetime(2030, 1, 5, tzinfo=UTC), datetime(2011, 12, 29, tzinfo=UTC),
]  # fmt: skip


def protection(*quiet: Quiet, laws: bool = False, **company):
    guard = Guard("g", "G", quiet=quiet, country_rules=laws)
    return compile_guards([guard], Company("company", **company))


def somebody(**attributes) -> Profile:
    return Profile(1, attributes=attributes)


def until(quiet, profile, moment: datetime, channel: str = "email", zone: str = "UTC"):
    """Return the moment until which it is quiet, in the zone of the one asked."""
    found = quiet_until(quiet, profile, channel, int(moment.timestamp()), ZoneInfo(zone))
    return datetime.fromtimestamp(found, moment.tzinfo) if found else None


def is_quiet(hours: QuietHours, local: datetime) -> bool:
    """Whether the clock on the wall shows a quiet time: as one would say it."""
    clock, day = f"{local:%H:%M}", WEEKDAYS[local.weekday()]
    before = WEEKDAYS[local.weekday() - 1]
    if hours.start < hours.end:
        return day in hours.weekdays and hours.start <= clock < hours.end
    evening = day in hours.weekdays and clock >= hours.start
    return evening or (before in hours.weekdays and clock < hours.end)


clocks = st.builds(
    lambda minutes: f"{minutes // 60:02}:{minutes % 60:02}",
    st.one_of(st.integers(0, 1_439), st.integers(0, 3 * 60), st.just(0)),
)
spans = st.builds(
    QuietHours,
    clocks,
    clocks,
    st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True).map(tuple),
)


@given(
    st.lists(spans, min_size=1, max_size=2),
    st.sampled_from(ZONES),
    st.sampled_from(AROUND),
    st.integers(0, 3 * 1_440),
)
@example([QuietHours("01:30", "03:00")], "America/New_York", AROUND[5], 5 * 60 + 35)
@example([QuietHours("21:00", "02:30")], "Europe/Kyiv", AROUND[1], 23 * 60)
def test_the_end_is_the_first_minute_at_which_the_clock_shows_no_quiet_time(
    hours, zone, around, minutes
):
    here = ZoneInfo(zone)
    begins_s = int(around.timestamp()) + minutes * MINUTE
    found = quiet_until(
        protection(Quiet(tuple(hours))), somebody(timezone=zone), "email", begins_s, here
    )
    searched = range(begins_s, begins_s + 9 * DAY, MINUTE)
    first = next(
        (
            at_s
            for at_s in searched
            if not any(is_quiet(one, datetime.fromtimestamp(at_s, here)) for one in hours)
        ),
        NEVER_S,
    )
    assert found == (0 if first == begins_s else first)


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin():
    friday = protection(Quiet((QuietHours("22:00", "06:00", ("friday",)),)))
    at = datetime(2030, 1, 4, 23, tzinfo=UTC)  # A Friday.
    assert until(friday, somebody(), at) == datetime(2030, 1, 5, 6, tzinfo=UTC)
    assert until(friday, somebody(), at + timedelta(days=1)) is None


def test_a_span_that_ends_when_it_begins_is_a_whole_day():
    sunday = protection(Quiet((QuietHours("00:00", "00:00", ("sunday",)),)))
    at = datetime(2030, 1, 6, 10, tzinfo=UTC)
    assert until(sunday, somebody(), at) == datetime(2030, 1, 7, tzinfo=UTC)
    assert until(sunday, somebody(), at + timedelta(days=1)) is None


def test_the_contacts_own_clock_counts_and_the_companys_where_it_is_unknown():
    night = protection(Quiet((QuietHours("21:00", "08:00"),)))
    at = datetime(
        2030, 1, 8, 2, tzinfo=UTC
    )  # 21:00 in New York on the day before, 11:00 in Tokyo.
    assert until(night, somebody(timezone="America/New_York"), at) == at + timedelta(hours=11)
    assert until(night, somebody(timezone="Asia/Tokyo"), at) is None
    assert until(night, somebody(timezone="Nowhere"), at, zone="Asia/Tokyo") is None


def test_a_rule_is_for_its_channels_countries_and_regions():
    rule = protection(
        Quiet(
            (QuietHours("00:00", "23:59"),),
            channels=("sms",),
            countries=("DE",),
            regions=("Bayern",),
        )
    )
    at = datetime(2030, 1, 8, 12, tzinfo=UTC)
    at_home = somebody(country="de", region="bayern")
    assert until(rule, at_home, at, "sms")
    assert until(rule, at_home, at, "email") is None
    assert until(rule, somebody(country="de", region="Berlin"), at, "sms") is None
    assert until(rule, somebody(), at, "sms") is None


@pytest.mark.parametrize(
    ("begins", "hours_left"),
    [("2030-03-31T01:00", 6), ("2030-10-27T01:00", 8), ("2030-10-28T01:00", 7)],
)
def test_a_night_in_which_the_clock_is_put_ends_by_the_clock(begins, hours_left):
    """In Kyiv at three in the morning on 31 March to four, and at four on 27 October to three."""
    night = protection(Quiet((QuietHours("21:00", "08:00"),)))
    at = datetime.fromisoformat(begins).replace(tzinfo=ZoneInfo("Europe/Kyiv")).astimezone(UTC)
    assert until(night, somebody(timezone="Europe/Kyiv"), at) == at + timedelta(
        hours=hours_left
    )


def test_a_quiet_that_the_clock_skips_or_repeats_ends_or_lasts_with_it():
    """On 31 March the clock in Kyiv shows no time from three to four; on 27 October it does twice."""
    kyiv = somebody(timezone="Europe/Kyiv")
    two_to_half_past_three = protection(Quiet((QuietHours("02:00", "03:30"),)))
    spring = datetime(2030, 3, 31, 0, 15, 30, tzinfo=UTC)
    assert until(two_to_half_past_three, kyiv, spring) == datetime(2030, 3, 31, 1, tzinfo=UTC)
    for seconds in range(1, 9):  # To the second, however the search comes there.
        later = spring + timedelta(seconds=seconds)
        assert until(two_to_half_past_three, kyiv, later) == datetime(
            2030, 3, 31, 1, tzinfo=UTC
        )
    autumn = datetime(2030, 10, 27, 0, 15, 30, tzinfo=UTC)
    assert until(two_to_half_past_three, kyiv, autumn) == datetime(
        2030, 10, 27, 0, 30, tzinfo=UTC
    )
    assert until(two_to_half_past_three, kyiv, autumn + timedelta(hours=1)) == datetime(
        2030, 10, 27, 1, 30, tzinfo=UTC
    )


def test_hours_of_the_day_are_for_their_weekdays():
    tuesday = protection(Quiet((QuietHours("12:00", "14:00", ("tuesday",)),)))
    at = datetime(2030, 1, 8, 13, 10, 20, tzinfo=UTC)
    assert until(tuesday, somebody(), at) == datetime(2030, 1, 8, 14, tzinfo=UTC)
    assert until(tuesday, somebody(), at + timedelta(days=1)) is None


def test_a_night_that_begins_on_sunday_ends_on_monday():
    sunday = protection(Quiet((QuietHours("22:00", "06:00", ("sunday",)),)))
    monday = datetime(2030, 1, 7, 5, tzinfo=UTC)
    assert until(sunday, somebody(), monday) == datetime(2030, 1, 7, 6, tzinfo=UTC)
    assert until(sunday, somebody(), monday + timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("rule", "is_hers"),
    [
        ({"countries": ("DE",)}, True),
        ({"countries": ("FR",)}, False),
        ({"regions": ("Bayern",)}, True),
        ({"countries": ("FR",), "regions": ("Bayern",)}, False),
        ({"countries": ("DE",), "regions": ("Berlin",)}, False),
    ],
)
def test_of_a_place_that_a_rule_names_each_part_must_be_hers(rule, is_hers):
    night = protection(Quiet((QuietHours("00:00", "23:59"),), **rule))
    found = until(
        night, somebody(country="DE", region="Bayern"), datetime(2030, 1, 8, 12, tzinfo=UTC)
    )
    assert (found is not None) == is_hers


def test_quiet_hours_with_a_segment_are_for_its_members():
    hours = Quiet((QuietHours("00:00", "23:59"),))
    guard = Guard("g", "G", quiet=(hours,), segment=SegmentId("cold"))
    cold = compile_guards([guard], Company("company"))
    at = datetime(2030, 1, 8, 12, tzinfo=UTC)
    assert until(cold, somebody(), at) is None
    assert until(cold, Profile(1, segments={SegmentId("cold"): 1}), at)


def test_holidays_are_quiet_all_day_and_join_the_nights_around_them():
    rule = protection(
        Quiet((QuietHours("21:00", "08:00"),), holidays=True),
        holidays=("2030-01-09", "01-10"),
    )
    at = datetime(2030, 1, 8, 22, tzinfo=UTC)
    assert until(rule, somebody(), at) == datetime(2030, 1, 11, 8, tzinfo=UTC)
    assert until(rule, somebody(), at - timedelta(hours=2)) is None


def test_who_is_always_quiet_is_written_to_never():
    always = protection(Quiet((QuietHours("00:00", "12:00"), QuietHours("12:00", "00:00"))))
    assert quiet_until(always, somebody(), "email", 0, ZoneInfo("UTC")) == NEVER_S


# The hours in which each may be written to, as the source tells them, on a Tuesday, Friday, Saturday and Sunday.
ALLOWED = {
    "": ((8, 21), (8, 21), (8, 21), (8, 21)),
    "FL": ((8, 20), (8, 20), (8, 20), (8, 20)),
    "us-md": ((8, 20), (8, 20), (8, 20), (8, 20)),
    "Mississippi": ((8, 20), (8, 20), (8, 20), (8, 20)),
    "New Jersey": ((8, 20), (8, 20), (8, 20), (8, 20)),
    "ok": ((8, 20), (8, 20), (8, 20), (8, 20)),
    "CT": ((9, 20), (9, 20), (9, 20), (9, 20)),
    "TX": ((9, 21), (9, 21), (9, 21), (12, 21)),
    "RI": ((9, 18), (9, 18), (10, 17), (10, 17)),
    "CA": ((8, 21), (8, 21), (8, 21), (8, 21)),
}


@pytest.mark.parametrize("region", ALLOWED)
def test_the_hours_of_each_state_are_those_of_the_source(region):
    here = ZoneInfo("America/Chicago")
    who = somebody(country="US", region=region, timezone=here.key)
    rule = protection(laws=True)
    days = (8, 11, 12, 13)
    for day, (opens, closes) in zip(days, ALLOWED[region], strict=True):
        for hour in range(24):
            at = datetime(2030, 1, day, hour, tzinfo=here)
            assert (until(rule, who, at, "sms") is None) == (opens <= hour < closes), at


def test_laws_hold_for_the_telephone_alone():
    rule, night = protection(laws=True), datetime(2030, 1, 8, 7, tzinfo=UTC)
    who = somebody(country="US", timezone="America/New_York")
    assert [c for c in ("sms", "voice", "call", "email", "push") if until(rule, who, night, c)] == [
        "sms", "voice", "call",
    ]  # fmt: skip
    assert until(rule, somebody(country="FR", timezone="Europe/Paris"), night, "sms") is None


def test_whose_zone_nobody_knows_is_written_to_when_it_is_day_on_both_coasts():
    rule, here = protection(laws=True), ZoneInfo("America/New_York")
    unknown = somebody(phone="+15550100")
    allowed = [
        hour
        for hour in range(24)
        if until(rule, unknown, datetime(2030, 1, 8, hour, tzinfo=here), "sms") is None
    ]
    assert allowed == list(range(11, 21))
    evening = datetime(2030, 1, 8, 22, tzinfo=here)
    assert until(rule, unknown, evening, "sms") == datetime(2030, 1, 9, 11, tzinfo=here)
    texan = somebody(phone="+15550100", region="TX")
    assert until(rule, texan, evening, "sms") == datetime(2030, 1, 9, 11, tzinfo=here)
    assert until(rule, somebody(phone="+442055500", region="TX"), evening, "sms") is None


def test_each_law_names_its_source_and_the_day_it_was_read():
    for country in LAWS:
        for law in (country.elsewhere, *country.regions.values()):
            assert law.source.startswith("https://")
            assert datetime.fromisoformat(law.seen)
            assert all(ZoneInfo(zone) for zone in law.zones)
