"""Rules that change under a contact: everything is asked anew, and nothing begins by that alone."""

import msgspec

from company import ANN, START_S, event, rules
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.ruleset import Ruleset
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import Send, Update
from ripely.model.acts import Did
from ripely.model.catalog import is_act
from ripely.model.condition import All, AnyOf, HasTag, InSegment, Not
from ripely.model.definition import Definition
from ripely.model.duration import Duration
from ripely.model.event import timer_fired
from ripely.model.ids import JourneyId, RulesetId, ScoreId, SegmentId, StepId, TemplateId
from ripely.model.journey import Await, Goal, Journey, Wait
from ripely.model.profile import Profile
from ripely.model.score import PointsWhile, Score
from ripely.model.segment import Segment
from ripely.model.trigger import OnDate, OnEvent, OnSchedule, OnScore, OnSegment

ONE, TWO = StepId("one"), StepId("two")
HOUR_S, DAY_S = 3600, 86_400
ACTIVE = SegmentId("active")
DONE = Update(add_tags=("done",))
WAITING = {ONE: Wait(Duration(DAY_S), TWO), TWO: DONE}


def changed(*definitions: Definition) -> Ruleset:
    return compile_ruleset(Published(definitions), RulesetId("changed"), is_act)


def journey(steps=WAITING, **more) -> Journey:
    return Journey(JourneyId("j"), "J", (OnEvent("order.completed"),), ONE, steps, **more)


def inside(*definitions: Definition) -> Profile:
    told = [
        event(1, ANN, "tag.added", START_S, tag="vip"),
        event(2, ANN, "order.completed", START_S),
    ]
    profile = fold(rules(*definitions), new_profile(ANN, START_S), told).profile
    assert [e.step for e in profile.enrollments] == [ONE]
    return profile


def later(number: int, seconds: int):
    return event(number, ANN, "email.opened", START_S + seconds)


def test_a_new_goal_that_is_reached_already_ends_the_journey() -> None:
    profile = inside(journey())
    after = fold(changed(journey(goal=Goal(HasTag("vip")))), profile, [later(3, 60)])
    assert after.profile.enrollments == []
    assert [n.kind for n in after.notes if n.kind == "journey.goal"]


def test_a_new_goal_that_time_alone_reaches_is_waited_for() -> None:
    silent = Goal(Not(Did("email.opened", within=Duration(HOUR_S))))
    profile = inside(journey())
    after = live(changed(journey(goal=silent)), profile, [later(3, 60)], START_S + 2 * HOUR_S)
    (left,) = [n for n in after.notes if n.kind == "journey.goal"]
    assert left.at_ms == (START_S + 60 + HOUR_S) * 1000


def test_what_the_new_rules_do_not_wait_for_is_not_waited_for() -> None:
    """A moment that only the old goal looked forward to must not come again and again."""
    fresh = Goal(Did("email.opened", at_most=0, within=Duration(HOUR_S)))
    told = [later(1, -60), event(2, ANN, "order.completed", START_S)]
    profile = fold(rules(journey(goal=fresh)), new_profile(ANN, START_S), told).profile
    looked_at_s = profile.due_s
    assert looked_at_s == START_S + HOUR_S - 60
    new = changed(journey())
    assert fold(new, profile, [timer_fired(ANN, looked_at_s)]).profile.due_s == START_S + DAY_S


def test_a_wait_that_became_another_step_ends_with_that_step() -> None:
    profile = inside(journey())
    mail = {ONE: Send(TemplateId("t"), purpose="transactional", then=TWO), TWO: DONE}
    after = live(changed(journey(mail)), profile, [later(3, 60)], START_S + 2 * DAY_S)
    assert after.profile.tags == ["vip", "done"]
    assert [e.step for e in after.effects] == [ONE]


def test_an_awaited_condition_that_the_new_rules_hold_for_true_is_not_waited_for() -> None:
    steps = {ONE: Await(HasTag("never"), Duration(DAY_S), then=TWO), TWO: DONE}
    profile = inside(journey(steps))
    steps = {ONE: Await(HasTag("vip"), Duration(DAY_S), then=TWO), TWO: DONE}
    assert "done" in fold(changed(journey(steps)), profile, [later(3, 60)]).profile.tags


def test_a_step_or_a_journey_that_is_gone_lets_its_people_go() -> None:
    for new in (changed(), changed(journey({TWO: DONE}))):
        after = fold(new, inside(journey()), [later(3, 60)])
        assert after.profile.enrollments == []
        assert after.profile.due_s == 0
        assert after.profile.tags == ["vip"]


def test_who_is_in_a_new_segment_from_the_start_has_not_entered_it() -> None:
    profile = fold(rules(), new_profile(ANN, START_S), [later(1, 0)]).profile
    vip = Segment(ACTIVE, "Active", Did("email.opened", at_most=5))
    tag = Journey(JourneyId("t"), "T", (OnSegment(ACTIVE),), ONE, {ONE: DONE})
    after = fold(changed(vip, tag), profile, [later(2, 60)])
    assert ACTIVE in after.profile.segments
    assert after.profile.tags == []


def test_points_that_only_new_rules_bring_reach_nothing() -> None:
    profile = fold(rules(journey()), new_profile(ANN, START_S), [later(1, 0)]).profile
    known = PointsWhile(Did("email.opened", at_most=9), 20)
    ripe = Journey(JourneyId("r"), "R", (OnScore(ScoreId("s"), 10),), ONE, {ONE: DONE})
    after = fold(
        changed(Score(ScoreId("s"), "S", facts=(known,)), ripe), profile, [later(2, 60)]
    )
    assert (after.profile.scores, after.profile.tags) == ({"s": 20}, [])


def test_what_nobody_asks_for_any_more_is_let_go() -> None:
    seen = Segment(ACTIVE, "Active", Did("email.opened", within=Duration(HOUR_S)))
    fact = Score(ScoreId("s"), "S", facts=(PointsWhile(InSegment(ACTIVE), 5),))
    profile = fold(rules(seen, fact), new_profile(ANN, START_S), [later(1, 0)]).profile
    assert (profile.scores, profile.due_s) == ({"s": 5}, START_S + HOUR_S)
    after = fold(changed(), profile, [later(2, 60)])
    assert (after.profile.counts, after.profile.facts, after.profile.due_s) == ({}, {}, 0)
    assert after.profile.scores == {}
    left = [(n.kind, n.reason) for n in after.notes]
    assert left == [
        ("segment.left", "no longer published"),
        ("score.changed", "-5 its rules are gone"),
    ]


def test_what_this_very_event_changes_is_no_matter_of_the_rules() -> None:
    profile = fold(rules(), new_profile(ANN, START_S), [later(1, 0)]).profile
    vip = Segment(ACTIVE, "Active", HasTag("vip"))
    tag = Journey(JourneyId("t"), "T", (OnSegment(ACTIVE),), ONE, {ONE: DONE})
    told = [event(2, ANN, "tag.added", START_S + 60, tag="vip")]
    assert fold(changed(vip, tag), profile, told).profile.tags == ["vip", "done"]


def test_time_that_passed_before_the_rules_changed_still_counts() -> None:
    """She became inactive, and a date came: that new rules are met at that moment hides neither."""
    active = Segment(ACTIVE, "Active", Did("email.opened", within=Duration(HOUR_S)))
    lost = Journey(JourneyId("lost"), "Lost", (OnSegment(ACTIVE, "left"),), ONE, {ONE: DONE})
    day = Journey(
        JourneyId("day"),
        "Day",
        (OnDate("day", at="10:00"),),
        ONE,
        {ONE: Update(add_tags=("day",))},
    )
    told = [later(1, 0), event(2, ANN, "contact.identified", START_S, day="2030-01-01")]
    profile = fold(rules(active, lost, day), new_profile(ANN, START_S), told).profile
    new = changed(active, lost, day, Segment(SegmentId("x"), "X", InSegment(ACTIVE)))
    after = fold(new, profile, [timer_fired(ANN, START_S + HOUR_S)])
    assert sorted(after.profile.tags) == ["day", "done"]


def test_a_timer_that_is_the_first_to_meet_new_rules_begins_nothing_by_them() -> None:
    """She left the segment because it means something else now, not because time passed."""
    lost = Journey(JourneyId("lost"), "Lost", (OnSegment(ACTIVE, "left"),), ONE, {ONE: DONE})
    seen = Did("email.opened", within=Duration(HOUR_S))
    told = [later(1, 0), event(2, ANN, "tag.added", START_S, tag="vip")]
    before = rules(Segment(ACTIVE, "Active", AnyOf((seen, HasTag("vip")))), lost)
    profile = fold(before, new_profile(ANN, START_S), told).profile
    assert profile.due_s == START_S + HOUR_S
    new = changed(Segment(ACTIVE, "Active", All((seen, HasTag("other")))), lost)
    after = fold(new, profile, [timer_fired(ANN, START_S + HOUR_S)])
    assert (after.profile.tags, after.profile.segments) == (["vip"], {})


def test_a_schedule_that_was_moved_does_not_come_at_its_old_time_too() -> None:
    def daily(at: str) -> Journey:
        triggers = (OnSchedule("day", HasTag("vip"), at),)
        return Journey(JourneyId("day"), "Day", triggers, ONE, {ONE: DONE}, reentry="always")

    told = [event(1, ANN, "tag.added", START_S, tag="vip")]
    profile = fold(rules(daily("10:00")), new_profile(ANN, START_S), told).profile
    assert profile.due_s == START_S + HOUR_S
    timer = [timer_fired(ANN, START_S + HOUR_S)]
    after = live(changed(daily("20:00")), profile, timer, START_S + DAY_S)
    entered = [n.at_ms // 1000 for n in after.notes if n.kind == "journey.entered"]
    assert entered == [START_S + 11 * HOUR_S]


def test_nothing_of_a_refresh_depends_on_doing_it_twice() -> None:
    profile = inside(journey())
    new = changed(journey(goal=Goal(HasTag("never"))), Segment(ACTIVE, "A", HasTag("vip")))
    once = fold(new, profile, [later(3, 60)]).profile
    packed = msgspec.msgpack.encode(once)
    told = event(4, ANN, "rules.changed", START_S + 60, counts={})
    again = fold(new, msgspec.msgpack.decode(packed, type=Profile), [told]).profile
    again.seen = once.seen = {}
    assert msgspec.msgpack.encode(again) == msgspec.msgpack.encode(once)
