"""How often within a time, exactly to the second, by time alone: nothing but the clock moves here."""

import pytest

from company import ANN, START_S, event, rules
from ripely.engine.step import new_profile
from ripely.engine.timeline import live
from ripely.model.acts import Absence, Act, Aggregate, Did, Occasion, Sequence
from ripely.model.company import Company
from ripely.model.condition import Condition
from ripely.model.duration import Duration
from ripely.model.ids import SegmentId
from ripely.model.segment import Segment

S = SegmentId("s")
HOUR = Duration(3600)
TWO_HOURS = Duration(7200)


def belongs(condition: Condition, happened: str, after_s: int) -> bool:
    """Tell of one who did what the letters say, each ten minutes after the one before."""
    compiled = rules(Segment(S, "S", condition))
    events = [event(n, ANN, name, START_S + 600 * n) for n, name in enumerate(happened)]
    told = live(compiled, new_profile(ANN, START_S), events, START_S + after_s)
    return S in told.profile.segments


def turns(condition: Condition, happened: str, after_s: int, *, enters: bool) -> bool:
    """Whether the answer turns in this very second."""
    before, at = (belongs(condition, happened, s) for s in (after_s - 1, after_s))
    return (before, at) == (not enters, enters)


@pytest.mark.parametrize(
    ("condition", "happened", "enters_s"),
    [
        (Did("a", older_than=HOUR), "a", 3600),
        (Did("a", older_than=HOUR), "aaa", 3600),
        (Did("a", at_least=2, older_than=HOUR), "aaa", 4200),
        (Did("a", at_least=3, older_than=HOUR), "aaa", 4800),
        (Did("a", at_least=2, older_than=HOUR, within=TWO_HOURS), "aaa", 4200),
    ],
)
def test_what_must_be_older_counts_when_it_is_as_old(condition, happened, enters_s) -> None:
    assert turns(condition, happened, enters_s, enters=True)


@pytest.mark.parametrize(
    ("condition", "happened", "leaves_s"),
    [
        (Did("a", within=HOUR), "a", 3600),
        (Did("a", within=HOUR), "aa", 4200),
        (Did("a", at_least=2, within=HOUR), "aaa", 4200),
        (Did("a", older_than=HOUR, within=TWO_HOURS), "a", 7200),
        (Did("a", older_than=HOUR, within=TWO_HOURS), "aaa", 8400),
        (Did("a", at_least=2, older_than=HOUR, within=TWO_HOURS), "aaa", 7800),
    ],
)
def test_what_is_as_old_as_the_window_is_long_counts_no_more(
    condition, happened, leaves_s
) -> None:
    assert turns(condition, happened, leaves_s, enters=False)


def test_too_few_never_count_however_old_they_are() -> None:
    assert not belongs(Did("a", at_least=2, older_than=HOUR), "a", 100_000)


def in_turn(*names: str, within: int, in_last: int | None = None) -> Sequence:
    last = None if in_last is None else Duration(in_last)
    return Sequence(tuple(Act(name) for name in names), Duration(within), last)


@pytest.mark.parametrize(
    ("condition", "happened", "is_so"),
    [
        (in_turn("a", "b", within=600), "ab", True),
        (in_turn("a", "b", within=599), "ab", False),
        (in_turn("a", "b", within=600), "ba", False),
        (in_turn("a", "b", within=600), "axbab", True),
        (in_turn("a", "a", "a", within=1200), "aaa", True),
        (in_turn("a", "a", "a", within=1200), "aa", False),
        (in_turn("a", "b", "a", "b", within=6000), "abab", True),
        (in_turn("a", "b", "a", "b", within=6000), "aab", False),
        (in_turn("a", "b", "b", within=6000), "ab", False),
    ],
)
def test_acts_in_turn_each_serve_once(condition, happened, is_so) -> None:
    assert belongs(condition, happened, 10_000) is is_so


def test_a_sequence_counts_until_its_beginning_is_too_long_ago() -> None:
    asked = in_turn("a", "b", within=600, in_last=3600)
    assert turns(asked, "ab", 3600, enters=False)
    assert turns(asked, "abxab", 1800 + 3600, enters=False)


@pytest.mark.parametrize(
    ("happened", "is_so"),
    [
        ("a", True),
        ("ab", False),
        ("axb", False),  # In the last second.
        ("axxb", True),  # Too late, and it does not undo it.
        ("abxxb", False),  # In time, whatever comes later.
        ("abxxa", True),
        ("axxab", False),
    ],
)
def test_what_was_not_followed_in_time(happened, is_so) -> None:
    assert belongs(Absence(Act("a"), Act("b"), Duration(1200)), happened, 10_000) is is_so


def test_nothing_is_missed_before_its_time_is_over() -> None:
    assert turns(Absence(Act("a"), Act("b"), Duration(1200)), "ax", 1200, enters=True)


@pytest.mark.parametrize(
    ("within", "leaves_s"), [(HOUR, 3_600), (Duration(172_800), 15 * 3_600), (None, 15 * 3_600)]
)
def test_of_two_windows_the_one_that_ends_first_counts(within, leaves_s) -> None:
    """It is nine, and today ends in fifteen hours."""
    assert turns(Did("a", within=within, during="today"), "a", leaves_s, enters=False)


def by_the_clock(zone: str, hours: int, **facts: object) -> bool:
    """Whether what was done so many hours before nine o'clock in UTC, on 1 January, was done today."""
    compiled = rules(
        Segment(S, "S", Did("a", during="today")), Company("company", timezone=zone)
    )
    told = [event(1, ANN, "a", START_S - 3_600 * hours)]
    told += [event(2, ANN, "contact.identified", START_S, **facts)]
    return S in live(compiled, new_profile(ANN, START_S), told, START_S).profile.segments


def test_today_begins_by_the_clock_of_the_contact_or_of_the_company() -> None:
    assert [by_the_clock("", hours) for hours in (9, 10)] == [True, False]
    assert [by_the_clock("Europe/Kyiv", hours) for hours in (11, 12)] == [True, False]
    tokyo = {"timezone": "Asia/Tokyo"}
    assert [by_the_clock("Europe/Kyiv", hours, **tokyo) for hours in (18, 19)] == [True, False]


def test_today_is_another_day_as_soon_as_the_contact_is_elsewhere() -> None:
    """What was done at one in the morning was done yesterday in New York, where it is four."""
    assert by_the_clock("", 8)
    assert not by_the_clock("", 8, timezone="America/New_York")


def test_the_first_occasion_must_be_as_old_as_is_asked() -> None:
    asked = Occasion("first", "total", "a", older_than=HOUR, op="empty")
    assert turns(asked, "aaa", 3_600, enters=True)


def test_a_value_that_is_a_list_is_none_of_the_different_ones() -> None:
    compiled = rules(Segment(S, "S", Aggregate("distinct", "size", "a", at_least=2, at_most=2)))
    sizes = (["S", "M"], "S", ["S"], "M", "S")
    told = [event(n, ANN, "a", START_S, size=size) for n, size in enumerate(sizes)]
    after = live(compiled, new_profile(ANN, START_S), told, START_S)
    assert S in after.profile.segments


def test_what_is_summed_up_when_it_is_old_enough_grows_with_each_that_is() -> None:
    asked = Aggregate("sum", "worth", "a", at_least=2, older_than=HOUR)
    compiled = rules(Segment(S, "S", asked))
    told = [event(n, ANN, "a", START_S + 600 * n, worth=1) for n in range(3)]
    for until_s, inside in ((4_199, set()), (4_200, {S})):
        after = live(compiled, new_profile(ANN, START_S), told, START_S + until_s)
        assert set(after.profile.segments) == inside
