"""Who is let into a journey, who is not and why, and who is kept out to be compared."""

import pytest

from company import ANN, BOB, INTEREST, START_S, event, rules
from ripely.engine.keys import KEYS_MAX
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import Send, StartJourney, StopJourney, Update
from ripely.model.acts import Act, Did
from ripely.model.condition import HasTag, InJourney, Not
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, SegmentId, StepId, TemplateId
from ripely.model.journey import Await, Goal, Journey, Leave, Wait
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent, OnRequest

ONE, TWO, THREE = (StepId(name) for name in ("one", "two", "three"))
DAY_S = 86_400
ON_X = OnEvent("x")
DAY = Duration(DAY_S)


def tagged(name: str, then: StepId | None = None) -> Update:
    return Update(add_tags=(name,), then=then)


def journey(steps, trigger=ON_X, name="j", **more) -> Journey:
    return Journey(JourneyId(name), name, (trigger,), ONE, steps, **more)


def reasons(after, kind="journey.refused") -> list[str]:
    return [note.reason for note in after.notes if note.kind == kind]


def placed(number: int, order: object, at_s: int = START_S):
    return event(number, ANN, "order.placed", at_s, order_id=order)


PER_ORDER = journey(
    {ONE: Wait(Duration(60), TWO), TWO: Update(add_points={INTEREST: 1})},
    OnEvent("order.placed"),
    reentry_per="order_id",
)


def test_one_may_be_inside_for_several_orders_but_once_for_each() -> None:
    told = [placed(1, "A"), placed(2, "B", START_S + 1), placed(3, "A", START_S + 2)]
    after = fold(rules(PER_ORDER), new_profile(ANN, START_S), told)
    assert [e.entry["order_id"] for e in after.profile.enrollments] == ["A", "B"]
    assert reasons(after) == ["it lets in once per order_id"]
    later = live(rules(PER_ORDER), after.profile, [placed(4, "A", START_S + DAY_S)])
    assert later.profile.scores == {INTEREST: 2}
    assert reasons(later) == ["it lets in once per order_id"]


@pytest.mark.parametrize("order", [None, "", True, ["A"]])
def test_without_its_key_nobody_is_let_in(order) -> None:
    after = fold(rules(PER_ORDER), new_profile(ANN, START_S), [placed(1, order)])
    assert after.profile.enrollments == []
    assert reasons(after) == ["order_id is not told"]


def test_as_many_keys_are_remembered_as_are_bounded() -> None:
    quick = journey({ONE: tagged("in")}, OnEvent("order.placed"), reentry_per="order_id")
    told = [placed(n, n, START_S + n) for n in range(KEYS_MAX + 1)]
    profile = fold(rules(quick), new_profile(ANN, START_S), told).profile
    assert len(profile.keys[JourneyId("j")]) == KEYS_MAX
    again = fold(rules(quick), profile, [placed(1_001, 1, START_S + 999)])
    assert reasons(again) == ["it lets in once per order_id"]
    forgotten = fold(rules(quick), again.profile, [placed(1_002, 0, START_S + 1_000)])
    assert reasons(forgotten) == []


@pytest.mark.parametrize(
    ("more", "wait_s", "refused"),
    [
        ({}, 90, ["already inside", "it lets in once, and has done so"]),
        ({"reentry": "always"}, 90, ["already inside"]),
        ({"reentry_after": Duration(130)}, 10, ["let in 1m ago", "let in 2m ago"]),
    ],
)
def test_each_refusal_says_why(more, wait_s, refused) -> None:
    compiled = rules(journey({ONE: Wait(Duration(wait_s))}, **more))
    told = [event(n, ANN, "x", START_S + 60 * n) for n in range(3)]
    assert reasons(live(compiled, new_profile(ANN, START_S), told)) == refused


def test_who_has_a_reason_to_leave_is_not_let_in() -> None:
    leave = (Leave(HasTag("partner"), reason="is a partner"),)
    compiled = rules(journey({ONE: Wait(DAY)}, leave=leave))
    told = [event(1, ANN, "tag.added", START_S, tag="partner"), event(2, ANN, "x", START_S)]
    after = fold(compiled, new_profile(ANN, START_S), told)
    assert after.profile.enrollments == []
    assert reasons(after) == ["a reason to leave holds already: is a partner"]


@pytest.mark.parametrize("at_s", [START_S + 30, START_S + DAY_S - 1])
def test_a_reason_to_leave_ends_the_journey_in_the_middle_of_a_wait(at_s) -> None:
    leave = (Leave(HasTag("partner"), reason="is a partner"),)
    compiled = rules(journey({ONE: Wait(DAY, TWO), TWO: tagged("on")}, leave=leave))
    told = [event(1, ANN, "x", START_S), event(2, ANN, "tag.added", at_s, tag="partner")]
    after = live(compiled, new_profile(ANN, START_S), told, START_S + 2 * DAY_S)
    assert after.profile.tags == ["partner"]
    (left,) = [n for n in after.notes if n.kind == "journey.exited"]
    assert (left.reason, left.at_ms) == ("one: is a partner", at_s * 1000)


def test_time_alone_is_a_reason_to_leave_to_the_second() -> None:
    silent = Leave(Not(Did("page.viewed", within=Duration(3600))), reason="silent")
    compiled = rules(
        journey(
            {ONE: Wait(DAY, TWO), TWO: tagged("on")}, OnEvent("page.viewed"), leave=(silent,)
        )
    )
    told = [event(1, ANN, "page.viewed", START_S)]
    after = live(compiled, new_profile(ANN, START_S), told, START_S + DAY_S)
    (left,) = [n for n in after.notes if n.kind == "journey.exited"]
    assert (left.reason, left.at_ms) == ("one: silent", (START_S + 3600) * 1000)


def test_an_event_about_the_same_order_ends_its_journey_alone() -> None:
    leave = (Leave(event=Act("order.cancelled"), same=("order_id",), reason="cancelled"),)
    waits = journey(
        {ONE: Wait(DAY)}, OnEvent("order.placed"), reentry_per="order_id", leave=leave
    )
    told = [
        placed(1, "A"), placed(2, "B"),
        event(3, ANN, "order.cancelled", START_S + 9, order_id="B"),
        event(4, ANN, "order.cancelled", START_S + 9),
    ]  # fmt: skip
    after = fold(rules(waits), new_profile(ANN, START_S), told)
    assert [e.entry["order_id"] for e in after.profile.enrollments] == ["A"]
    assert reasons(after, "journey.exited") == ["one: cancelled"]


def test_a_goal_comes_before_a_reason_to_leave() -> None:
    both = HasTag("done")
    compiled = rules(
        journey({ONE: Wait(DAY)}, goal=Goal(both), leave=(Leave(both, reason="done"),))
    )
    told = [event(1, ANN, "x", START_S), event(2, ANN, "tag.added", START_S + 9, tag="done")]
    after = fold(compiled, new_profile(ANN, START_S), told)
    assert [n.kind for n in after.notes if n.kind in {"journey.goal", "journey.exited"}] == [
        "journey.goal"
    ]


def test_changes_of_journeys_are_events_for_others() -> None:
    compiled = rules(
        journey({ONE: Wait(Duration(60), TWO), TWO: tagged("done")}, goal=Goal(HasTag("goal"))),
        journey({ONE: tagged("saw the beginning")}, OnEvent("journey.entered"), "a"),
        journey({ONE: tagged("saw the end")}, OnEvent("journey.exited"), "b"),
        journey({ONE: tagged("saw the goal")}, OnEvent("journey.goal"), "c"),
    )
    start = event(1, ANN, "x", START_S)
    after = live(compiled, new_profile(ANN, START_S), [start], START_S + 60)
    assert after.profile.tags[0] == "saw the beginning"
    assert {"done", "saw the end"} < set(after.profile.tags)
    reached = [start, event(2, ANN, "tag.added", START_S + 9, tag="goal")]
    tags = live(compiled, new_profile(ANN, START_S), reached, START_S + 60).profile.tags
    assert "saw the goal" in tags
    assert "done" not in tags


def test_a_step_starts_another_journey_with_its_data_and_another_stops_it() -> None:
    compiled = rules(
        journey({ONE: StartJourney(JourneyId("other"), then=TWO), TWO: Wait(DAY)}),
        journey({ONE: Wait(DAY, TWO), TWO: tagged("on")}, OnRequest(("hand",)), "other"),
        journey({ONE: StopJourney(JourneyId("other"))}, OnEvent("enough"), "end"),
    )
    start = event(1, ANN, "x", START_S, color="red")
    after = fold(compiled, new_profile(ANN, START_S), [start])
    assert [(e.journey, e.entry) for e in after.profile.enrollments] == [
        ("j", {"color": "red"}), ("other", {"color": "red"}),
    ]  # fmt: skip
    assert reasons(after, "journey.entered") == ["x", "journey j"]
    stopped = live(
        compiled, after.profile, [event(2, ANN, "enough", START_S + 9)], START_S + 2 * DAY_S
    )
    assert "on" not in stopped.profile.tags
    assert "one: stopped by journey end" in reasons(stopped, "journey.exited")


def test_a_journey_that_is_stopped_does_nothing_more_at_that_very_moment() -> None:
    """Both waits end at the same second; whichever was entered first, the stopped one does nothing."""
    stops = journey({ONE: Wait(Duration(60), TWO), TWO: StopJourney(JourneyId("b"))}, name="a")
    told = [event(1, ANN, "x", START_S)]
    other = journey({ONE: Wait(Duration(60), TWO), TWO: tagged("on")}, name="b")
    after = live(rules(stops, other), new_profile(ANN, START_S), told, START_S + 60)
    assert after.profile.tags == []


@pytest.mark.parametrize("wait_s", [0, 1])
def test_journeys_that_start_each_other_begin_once_a_moment(wait_s) -> None:
    def turned(name: str, other: str) -> Journey:
        steps = {
            ONE: Wait(Duration(wait_s), TWO),
            TWO: Update(add_points={INTEREST: 1}, then=THREE),
            THREE: StartJourney(JourneyId(other)),
        }
        return journey(steps, OnEvent("x" if name == "a" else "y"), name, reentry="always")

    compiled = rules(turned("a", "b"), turned("b", "a"))
    told = [event(1, ANN, "x", START_S)]
    after = live(compiled, new_profile(ANN, START_S), told, START_S + 10)
    assert after.profile.scores == {INTEREST: 2 if wait_s == 0 else 10}
    assert reasons(after) == ["it has begun at this very moment"] * (wait_s == 0)


def heldout(percent: float, **more) -> Journey:
    goal = Goal(Did("order.completed"), within=DAY, value=20)
    steps = {ONE: Send(TemplateId("t"), purpose="transactional", then=TWO), TWO: Wait(DAY)}
    return journey(steps, holdout=percent, goal=goal, **more)


def test_a_share_is_kept_out_and_its_conversions_are_counted_apart() -> None:
    told = [event(1, ANN, "x", START_S), event(2, ANN, "order.completed", START_S + 9)]
    after = fold(rules(heldout(100)), new_profile(ANN, START_S), told)
    assert after.effects == []
    kinds = [(n.kind, n.reason, n.value) for n in after.notes if n.kind.startswith("journey")]
    assert kinds == [("journey.heldout", "x", 0), ("journey.converted", "holdout: goal", 2_000)]
    assert after.profile.goals == {}
    inside = fold(rules(heldout(0)), new_profile(ANN, START_S), told)
    assert ("journey.converted", "goal", 2_000) in [
        (n.kind, n.reason, n.value) for n in inside.notes
    ]


def test_as_many_are_kept_out_as_are_to_be_and_always_the_same() -> None:
    compiled = rules(heldout(25, reentry="always"))
    out = []
    for contact in range(2_000):
        told = [event(n, contact, "x", START_S + n * 2 * DAY_S) for n in (0, 1)]
        after = live(compiled, new_profile(contact, START_S), told)
        ways = {n.kind for n in after.notes} & {"journey.heldout", "journey.entered"}
        assert len(ways) == 1
        out += ["journey.heldout" in ways]
    assert abs(sum(out) - 500) < 80


def test_who_is_kept_out_is_so_by_the_same_rules_as_those_let_in() -> None:
    told = [event(n, ANN, "x", START_S + n * DAY_S // 2) for n in range(5)]
    once = live(rules(heldout(100)), new_profile(ANN, START_S), told)
    assert len(reasons(once, "journey.heldout")) == 1
    again = live(rules(heldout(100, reentry="always")), new_profile(ANN, START_S), told)
    assert len(reasons(again, "journey.heldout")) == 3
    assert reasons(again) == ["already kept out, to be compared"] * 2


def merged(compiled, hers, his):
    """Ann takes Bob in; both have lived through their events."""
    ann = fold(compiled, new_profile(ANN, START_S), hers).profile
    bob = fold(compiled, new_profile(BOB, START_S), his).profile
    frozen = fold(compiled, bob, [event(900, BOB, "contact.merged", START_S + 30, into=ANN)])
    (handed,) = [e.properties for e in frozen.effects if getattr(e, "target", None) == ANN]
    told = event(901, ANN, "contact.absorbed", START_S + 30, **handed)
    return fold(compiled, ann, [told]), frozen


def test_of_two_people_in_one_journey_each_order_goes_on_once() -> None:
    his = [
        event(n, BOB, "order.placed", START_S, order_id=order)
        for n, order in ((11, "A"), (12, "B"))
    ]
    after, frozen = merged(rules(PER_ORDER), [placed(1, "A")], his)
    assert sorted(e.entry["order_id"] for e in after.profile.enrollments) == ["A", "B"]
    assert frozen.profile.enrollments == []
    known = fold(rules(PER_ORDER), after.profile, [placed(3, "B", START_S + 70)])
    assert reasons(known) == ["it lets in once per order_id"]


def test_what_was_pursued_counts_after_a_merge_once() -> None:
    bought = journey({ONE: tagged("in")}, goal=Goal(Did("order.completed"), within=DAY))
    hers, his = [event(1, ANN, "x", START_S)], [event(2, BOB, "x", START_S)]
    buys = event(3, ANN, "order.completed", START_S + 100)
    for before in ([], hers):
        after, frozen = merged(rules(bought), before, his)
        assert frozen.profile.pursuits == []
        converted = fold(rules(bought), after.profile, [buys])
        assert len(reasons(converted, "journey.converted")) == 1
        assert converted.profile.goals == {"j": START_S + 100}


def test_what_counts_inside_alone_counts_after_a_merge_for_whoever_is_inside() -> None:
    """She had her one time already, so his place ends, and with it what counted while he was there."""
    once = journey({ONE: Await(HasTag("a"), DAY)}, goal=Goal(HasTag("b"), ends=False))
    his = [event(2, BOB, "x", START_S)]
    been = [event(1, ANN, "x", START_S), event(3, ANN, "tag.added", START_S, tag="a")]
    says = event(4, ANN, "tag.added", START_S + 100, tag="b")
    for before, counted in (([], 1), (been, 0)):
        after, _ = merged(rules(once), before, his)
        assert len(after.profile.enrollments) == len(after.profile.pursuits) == counted
        converted = fold(rules(once), after.profile, [says])
        assert len(reasons(converted, "journey.converted")) == counted


def test_where_he_had_been_she_has_been_after_a_merge() -> None:
    quick = journey({ONE: Wait(DAY)}, goal=Goal(HasTag("a")))
    asked = [
        Segment(SegmentId(state), state, InJourney(JourneyId("j"), state))
        for state in ("been", "goal", "inside")
    ]
    his = [event(2, BOB, "x", START_S), event(3, BOB, "tag.added", START_S, tag="a")]
    after, _ = merged(rules(quick, *asked), [], his)
    assert sorted(after.profile.segments) == ["been", "goal"]


def test_a_merge_asks_for_reasons_to_leave_at_once() -> None:
    waits = journey(
        {ONE: Await(HasTag("a"), DAY, TWO), TWO: tagged("on")}, leave=(Leave(HasTag("b"), reason="b"),)
    )  # fmt: skip
    hers = [event(1, ANN, "tag.added", START_S, tag="b")]
    after, _ = merged(rules(waits), hers, [event(2, BOB, "x", START_S)])
    assert after.profile.enrollments == []
    assert reasons(after, "journey.exited") == ["one: b"]


def test_who_is_erased_leaves_every_journey_at_once() -> None:
    compiled = rules(
        journey({ONE: Wait(DAY, TWO), TWO: tagged("on")}, goal=Goal(HasTag("a"), within=DAY))
    )
    told = [event(1, ANN, "x", START_S), event(2, ANN, "contact.erased", START_S + 9)]
    after = live(compiled, new_profile(ANN, START_S), told, START_S + 2 * DAY_S)
    assert reasons(after, "journey.exited") == ["one: erased"]
    assert (after.profile.enrollments, after.profile.pursuits) == ([], [])
    assert after.profile.tags == []


def test_a_second_start_by_one_event_is_refused_with_its_reason() -> None:
    third = JourneyId("third")
    compiled = rules(
        journey({ONE: StartJourney(third)}, name="first"),
        journey({ONE: Wait(DAY, TWO), TWO: tagged("in")}, OnRequest(("hand",)), "third"),
        journey({ONE: StartJourney(third)}, name="second"),
    )
    after = fold(compiled, new_profile(ANN, START_S), [event(1, ANN, "x", START_S)])
    assert [e.journey for e in after.profile.enrollments] == ["third"]
    (refused,) = [n for n in after.notes if n.kind == "journey.refused"]
    assert refused.subject == "third"
    assert refused.reason == "journey second: it has begun by this event already"
