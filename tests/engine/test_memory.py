"""What a profile remembers: enough for every answer, and no more than that."""

import pytest

from company import ANN, START_S, event, rules
from ripely.engine.repeats import WEEK_S, WEEKS_KEPT, is_repeated
from ripely.engine.step import EVENTS_A_MINUTE_MAX, fold, new_profile
from ripely.engine.timeline import live
from ripely.model.acts import Did
from ripely.model.duration import Duration
from ripely.model.event import Event
from ripely.model.ids import EventId, JourneyId, SegmentId, StepId
from ripely.model.journey import Journey, Wait
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent

HOUR_S = 3600
TWICE = Segment(SegmentId("twice"), "Twice", Did("x", at_least=2, within=Duration(HOUR_S)))


def test_moments_are_kept_in_their_own_order() -> None:
    """At 0 and 70 minutes, and 30 told late: the last two are together until minute 90."""
    told = [
        event(1, ANN, "x", START_S),
        event(2, ANN, "x", START_S + 70 * 60),
        event(3, ANN, "x", START_S + 71 * 60, late_s=41 * 60),
    ]
    profile = fold(rules(TWICE), new_profile(ANN, START_S), told).profile
    assert list(profile.counts.values()) == [[START_S + 30 * 60, START_S + 70 * 60]]
    assert profile.due_s == START_S + 90 * 60
    assert live(rules(TWICE), profile, (), START_S + 90 * 60).profile.segments == {}


def test_no_more_moments_are_kept_than_are_asked_for() -> None:
    told = [event(n, ANN, "x", START_S + n) for n in range(50)]
    profile = fold(rules(TWICE), new_profile(ANN, START_S), told).profile
    assert list(profile.counts.values()) == [[START_S + 48, START_S + 49]]


def occasion(identity: bytes, at_s: int) -> Event:
    return Event(EventId(int.from_bytes(identity)), ANN, "x", at_s * 1000, at_s * 1000)


def test_an_id_is_not_found_across_two_others() -> None:
    profile = new_profile(ANN, START_S)
    assert not is_repeated(profile, occasion(bytes(range(1, 9)), START_S))
    assert not is_repeated(profile, occasion(bytes(range(9, 17)), START_S))
    assert not is_repeated(profile, occasion(bytes(range(5, 13)), START_S))
    for first in (1, 9, 5):
        assert is_repeated(profile, occasion(bytes(range(first, first + 8)), START_S))


@pytest.mark.parametrize("days", [0, 1, 7, 29, 30])
def test_a_repeat_is_known_for_thirty_days_and_ids_are_kept_no_longer_than_needed(days) -> None:
    profile = new_profile(ANN, START_S)
    told = [occasion((n + 1).to_bytes(8), START_S + n * 86_400) for n in range(200)]
    for number, each in enumerate(told):
        assert not is_repeated(profile, each)
        if number >= days:
            again = occasion(each.id.to_bytes(8), each.now_s)
            assert is_repeated(profile, again)
            first = occasion((number - days + 1).to_bytes(8), each.now_s)
            assert is_repeated(profile, first)
    assert len(profile.seen) <= WEEKS_KEPT
    assert sum(map(len, profile.seen.values())) <= 8 * WEEKS_KEPT * WEEK_S // 86_400


def test_a_flood_of_acts_is_left_out_for_its_minute() -> None:
    told = [
        event(n, ANN, "page.viewed", START_S + n // 100) for n in range(EVENTS_A_MINUTE_MAX + 9)
    ]
    after = fold(rules(), new_profile(ANN, START_S), told)
    assert after.profile.visit.pages == EVENTS_A_MINUTE_MAX
    assert len([n for n in after.notes if n.kind == "event.ignored"]) == 9
    later = fold(rules(), after.profile, [event(5_000, ANN, "page.viewed", START_S + 60)])
    assert later.profile.visit.pages == EVENTS_A_MINUTE_MAX + 1


def test_a_contact_is_in_so_many_journeys_and_no_more() -> None:
    wait = {StepId("wait"): Wait(Duration(HOUR_S))}
    many = [
        Journey(JourneyId(f"j{n}"), "J", (OnEvent("x"),), StepId("wait"), wait)
        for n in range(103)
    ]
    after = fold(rules(*many), new_profile(ANN, START_S), [event(1, ANN, "x", START_S)])
    assert len(after.profile.enrollments) == 100
    refused = [n.reason for n in after.notes if n.kind == "journey.refused"]
    assert refused == ["already in 100 journeys"] * 3
