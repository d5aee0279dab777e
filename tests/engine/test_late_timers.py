"""Timers may be noticed late, or not at all before the next event: what they bring happens in time."""

from hypothesis import given, strategies as st

from company import ANN, HOUR, INTEREST, START_S, event, rules
from engine.test_laws import RULES, happenings, outcome, told
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import Update
from ripely.model.acts import Did
from ripely.model.duration import Duration
from ripely.model.event import timer_fired
from ripely.model.ids import JourneyId, SegmentId, StepId
from ripely.model.journey import Await, Journey, Wait
from ripely.model.score import PointsFor, Score
from ripely.model.segment import Segment
from ripely.model.trigger import OnDate, OnEvent, OnSegment

ONE, TWO, THREE = StepId("one"), StepId("two"), StepId("three")
HOUR_S, DAY_S = 3600, 86_400


def tagged(*names: str, then: StepId | None = None) -> Update:
    return Update(add_tags=names, then=then)


@given(happenings, st.integers(0, 20_000))
def test_it_does_not_matter_how_late_a_timer_is_noticed(happened, rest_s) -> None:
    """In time, or by nothing but the next event: the same profile, effects and reasons."""
    events = told(happened)
    until_s = START_S + sum(gap for _, gap, _ in happened) + rest_s
    in_time = live(RULES, new_profile(ANN, START_S), events, until_s)
    unnoticed = fold(RULES, new_profile(ANN, START_S), events)
    effects, notes = unnoticed.effects, unnoticed.notes
    caught_up = live(RULES, unnoticed.profile, (), until_s)
    assert outcome(in_time)[0] == outcome(caught_up)[0]
    assert in_time.effects == effects + caught_up.effects
    assert in_time.notes == notes + caught_up.notes


@given(happenings, st.data())
def test_a_timer_that_comes_late_or_twice_changes_nothing(happened, data) -> None:
    events, heard = told(happened), []
    profile = new_profile(ANN, START_S)
    for each in events:
        profile = fold(RULES, profile, (each,)).profile
        heard.append(each)
        if profile.due_s and data.draw(st.booleans()):
            heard += (
                [timer_fired(ANN, profile.due_s)] * 2 if profile.due_s <= each.now_s else []
            )
        if data.draw(st.booleans()):
            heard.append(timer_fired(ANN, each.now_s - data.draw(st.integers(0, 4000))))
    plain = fold(RULES, new_profile(ANN, START_S), events)
    disturbed = fold(RULES, new_profile(ANN, START_S), heard)
    assert outcome(plain) == outcome(disturbed)
    assert plain.notes == disturbed.notes


def test_what_comes_after_the_time_out_is_too_late() -> None:
    compiled = rules(
        Journey(
            JourneyId("j"),
            "J",
            (OnEvent("order.completed"),),
            ONE,
            {
                ONE: Await(Did("email.clicked"), Duration(HOUR_S), then=TWO, otherwise=THREE),
                TWO: tagged("in time"),
                THREE: tagged("too late"),
            },
        )
    )
    events = [
        event(1, ANN, "order.completed", START_S),
        event(2, ANN, "email.clicked", START_S + HOUR_S + 1),
    ]
    after = fold(compiled, new_profile(ANN, START_S), events)
    assert after.profile.tags == ["too late"]
    (moved,) = [n for n in after.notes if n.kind == "journey.resumed"]
    assert moved.at_ms == (START_S + HOUR_S) * 1000


def test_several_waits_end_in_their_order_each_at_its_own_moment() -> None:
    """A day passes unnoticed; the second wait of one journey begins when the first one ended."""
    steps = {
        ONE: Wait(Duration(HOUR_S), TWO),
        TWO: Wait(Duration(HOUR_S), THREE),
        THREE: tagged("slow"),
    }
    quick = {ONE: Wait(Duration(HOUR_S + 1800), TWO), TWO: tagged("quick")}
    compiled = rules(
        Journey(JourneyId("slow"), "Slow", (OnEvent("order.completed"),), ONE, steps),
        Journey(JourneyId("quick"), "Quick", (OnEvent("order.completed"),), ONE, quick),
    )
    events = [
        event(1, ANN, "order.completed", START_S),
        event(2, ANN, "email.opened", START_S + DAY_S),
    ]
    after = fold(compiled, new_profile(ANN, START_S), events)
    assert after.profile.tags == ["quick", "slow"]
    left = [(n.subject, n.at_ms // 1000) for n in after.notes if n.kind == "journey.exited"]
    assert left == [("quick", START_S + 5400), ("slow", START_S + 7200)]


def test_a_membership_that_lapsed_unnoticed_was_left_and_entered_again() -> None:
    seen = SegmentId("seen")
    compiled = rules(
        Segment(seen, "Seen", Did("page.viewed", within=Duration(HOUR_S))),
        Journey(
            JourneyId("j"), "J", (OnSegment(seen, "left"),), ONE, {ONE: tagged("gone once")}
        ),
    )
    views = [event(n, ANN, "page.viewed", START_S + 2 * HOUR_S * n) for n in (0, 1)]
    after = fold(compiled, new_profile(ANN, START_S), views)
    moved = [(n.kind, n.at_ms // 1000) for n in after.notes if n.kind.startswith("segment")]
    assert moved == [
        ("segment.entered", START_S),
        ("segment.left", START_S + HOUR_S),
        ("segment.entered", START_S + 2 * HOUR_S),
    ]
    assert after.profile.tags == ["gone once"]


def test_a_date_that_came_unnoticed_begins_its_journey_at_its_moment() -> None:
    compiled = rules(
        Journey(
            JourneyId("j"),
            "J",
            (OnDate("ends", at="10:00"),),
            ONE,
            {ONE: Wait(Duration(DAY_S), TWO), TWO: tagged("reminded")},
        )
    )
    events = [
        event(1, ANN, "contact.identified", START_S, ends="2030-01-01"),
        event(2, ANN, "email.opened", START_S + 5 * HOUR_S),
    ]
    after = fold(compiled, new_profile(ANN, START_S), events)
    (enrollment,) = after.profile.enrollments
    assert enrollment.entered_s == START_S + HOUR_S


def test_time_never_runs_backwards_for_a_contact() -> None:
    """Two collectors' clocks differ: what comes second in the log happens no earlier."""
    wait = {ONE: Wait(Duration(60), TWO), TWO: tagged("waited")}
    compiled = rules(Journey(JourneyId("j"), "J", (OnEvent("x"),), ONE, wait))
    told = [event(1, ANN, "y", START_S + 30), event(2, ANN, "x", START_S)]
    (enrollment,) = fold(compiled, new_profile(ANN, START_S), told).profile.enrollments
    assert enrollment.due_s == START_S + 90


def test_points_that_end_in_the_second_in_which_others_have_faded_stop_nothing() -> None:
    given = (PointsFor("liked", 5, expires=HOUR), PointsFor("liked", 1))
    compiled = rules(Score(INTEREST, "I", given, half_life=HOUR))
    liked = [event(1, ANN, "liked", START_S)]
    after = live(compiled, new_profile(ANN, START_S), liked, START_S + HOUR_S)
    assert after.profile.scores == {INTEREST: 0}
    assert after.profile.due_s == 0
