"""Two things at one moment in a journey: several triggers, reasons to leave, journeys, or entries."""

import pytest

from company import ANN, INTEREST, START_S, event, rules
from ripely.engine.pursuits import KEPT_OUT
from ripely.engine.split import share
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import StopJourney, Update
from ripely.model.acts import Act, Did
from ripely.model.condition import EntryIs, HasTag, InJourney
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, SegmentId, StepId
from ripely.model.journey import AwaitEvent, Goal, Journey, Leave, Wait
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent

ONE, TWO = StepId("one"), StepId("two")
DAY_S = 86_400
DAY, MINUTE = Duration(DAY_S), Duration(60)
ON_X = OnEvent("x")


def journey(steps, *triggers, name="j", **more) -> Journey:
    return Journey(JourneyId(name), name, triggers or (ON_X,), ONE, steps, **more)


def reasons(after, kind="journey.refused") -> list[str]:
    return [note.reason for note in after.notes if note.kind == kind]


def folded(compiled, *told):
    return fold(compiled, new_profile(ANN, START_S), told)


def x(number: int = 1, at_s: int = 0):
    return event(number, ANN, "x", START_S + at_s)


WAIT = {ONE: Wait(DAY)}
POINT = Update(add_points={INTEREST: 1})


def test_a_trigger_that_is_not_met_yet_hides_none_of_the_others() -> None:
    compiled = rules(
        journey(WAIT, OnEvent("x", nth=2), name="second"), journey(WAIT, name="each")
    )
    assert [e.journey for e in folded(compiled, x()).profile.enrollments] == ["each"]
    twice = folded(compiled, x(), x(2, 1)).profile
    assert [e.journey for e in twice.enrollments] == ["each", "second"]


@pytest.mark.parametrize(("late_s", "inside"), [(DAY_S, ["j"]), (DAY_S + 1, [])])
def test_what_follows_from_an_imported_past_begins_nothing_either(late_s, inside) -> None:
    compiled = rules(journey(WAIT, OnEvent("attribute.changed")))
    told = event(1, ANN, "contact.identified", START_S, late_s=late_s, city="Kyiv")
    enrollments = folded(compiled, told).profile.enrollments
    assert [e.journey for e in enrollments] == inside
    assert all(e.entry["name"] == "city" for e in enrollments)


def test_a_change_of_a_journey_tells_which_step_and_why() -> None:
    told = {
        "journey.entered": {"journey": "j", "step": "one", "reason": "x"},
        "journey.exited": {"journey": "j", "step": "one", "reason": "no more"},
    }
    for name, properties in told.items():
        compiled = rules(
            journey(WAIT, leave=(Leave(event=Act("y"), reason="no more"),)),
            journey(WAIT, OnEvent(name), name="other"),
        )
        after = folded(compiled, x(), event(2, ANN, "y", START_S + 9))
        first, *_ = [e.properties for e in after.events if e.name == name]
        assert first == properties


def test_who_comes_or_goes_is_at_once_in_what_asks_for_it() -> None:
    asked = [
        Segment(SegmentId(state), state, InJourney(JourneyId("j"), state))
        for state in ("been", "inside")
    ]
    compiled = rules(journey(WAIT, leave=(Leave(event=Act("y")),)), *asked)
    inside = folded(compiled, x())
    assert set(inside.profile.segments) == {"been", "inside"}
    gone = fold(compiled, inside.profile, [event(2, ANN, "y", START_S + 9)])
    assert set(gone.profile.segments) == {"been"}


def test_of_all_who_are_to_be_kept_out_nobody_comes_in() -> None:
    compiled = rules(journey(WAIT, holdout=100))
    last = max(range(5_000), key=lambda contact: share(contact, KEPT_OUT, "j"))
    told = [event(1, last, "x", START_S)]
    assert fold(compiled, new_profile(last, START_S), told).profile.enrollments == []


def test_who_is_kept_out_of_one_journey_may_come_into_another() -> None:
    goal = Goal(HasTag("a"), within=DAY)
    compiled = rules(
        journey(WAIT, OnEvent("y"), name="other", holdout=100, goal=goal),
        journey({ONE: POINT}, reentry="always"),
    )
    after = folded(compiled, x(), event(2, ANN, "y", START_S + 1), x(3, 2))
    assert reasons(after, "journey.heldout") == ["y"]
    assert (after.profile.scores, reasons(after)) == ({INTEREST: 2}, [])


def test_who_is_inside_hears_that_before_how_long_ago_they_came() -> None:
    compiled = rules(journey(WAIT, reentry_after=Duration(100)))
    assert reasons(folded(compiled, x(), x(2, 60))) == ["already inside"]


@pytest.mark.parametrize(
    "leave",
    [
        (Leave(Did("y"), reason="first"), Leave(Did("y"), reason="second")),
        (Leave(event=Act("y"), reason="first"), Leave(event=Act("y"), reason="second")),
        (Leave(Did("y"), reason="first"), Leave(event=Act("y"), reason="second")),
        (Leave(Did("y", at_least=2)), Leave(event=Act("y"), reason="first")),
    ],
)
def test_of_two_reasons_to_leave_at_one_moment_the_first_counts(leave) -> None:
    after = folded(rules(journey(WAIT, leave=leave)), x(), event(2, ANN, "y", START_S + 9))
    assert after.profile.enrollments == []
    assert reasons(after, "journey.exited") == ["one: first"]


def test_a_stopped_journey_stops_no_third_one() -> None:
    """All waits end in one second; the first stops the second, and itself goes on, as does the third."""
    first = {ONE: Wait(MINUTE, TWO), TWO: StopJourney(JourneyId("b"), then=StepId("three"))}
    goes_on = {ONE: Wait(MINUTE, TWO), TWO: POINT}
    compiled = rules(
        journey({**first, StepId("three"): Wait(DAY)}, name="a"),
        journey(goes_on, name="b"),
        journey(goes_on, name="c"),
    )
    after = live(compiled, new_profile(ANN, START_S), [x()], START_S + 60)
    assert after.profile.scores == {INTEREST: 1}
    assert [e.journey for e in after.profile.enrollments] == ["a"]


def test_a_journey_that_stops_itself_stops_its_other_entries() -> None:
    stops = {ONE: Wait(MINUTE, TWO), TWO: StopJourney(JourneyId("j"), then=StepId("three"))}
    steps = {**stops, StepId("three"): Wait(DAY)}
    compiled = rules(
        journey(steps, OnEvent("order.placed"), reentry_per="order_id"),
        journey(WAIT, OnEvent("order.placed"), name="other"),
    )
    told = [
        event(n, ANN, "order.placed", START_S + n, order_id=order)
        for n, order in enumerate("AB")
    ]
    after = live(compiled, new_profile(ANN, START_S), told, START_S + 60)
    left = [(e.journey, e.entry["order_id"]) for e in after.profile.enrollments]
    assert sorted(left) == [("j", "A"), ("other", "A")]


def test_who_leaves_one_entry_is_still_pursued_for_the_other() -> None:
    """Without a time a goal counts while one is inside: for each order apart."""
    compiled = rules(
        journey(
            WAIT,
            OnEvent("order.placed"),
            reentry_per="order_id",
            goal=Goal(HasTag("happy"), ends=False),
            leave=(Leave(event=Act("order.cancelled"), same=("order_id",)),),
        )
    )
    told = [
        event(1, ANN, "order.placed", START_S, order_id="A"),
        event(2, ANN, "order.placed", START_S + 1, order_id="B"),
        event(3, ANN, "order.cancelled", START_S + 2, order_id="A"),
    ]
    after = folded(compiled, *told)
    (place,), (pursuit,) = after.profile.enrollments, after.profile.pursuits
    assert (place.entry["order_id"], pursuit.key) == ("B", place.key)


def test_what_the_entry_did_not_say_is_the_same_as_nothing() -> None:
    paid = AwaitEvent(Act("order.paid"), DAY, ("order_id",), TWO)
    compiled = rules(journey({ONE: paid, TWO: POINT}, OnEvent("order.placed")))
    for entry in ({"order_id": None}, {}):
        placed = event(1, ANN, "order.placed", START_S, **entry)
        after = folded(compiled, placed, event(2, ANN, "order.paid", START_S + 9, **entry))
        assert [e.step for e in after.profile.enrollments] == [ONE]


def test_a_filter_asks_what_the_entry_says() -> None:
    compiled = rules(journey(WAIT, filter=EntryIs("total", "at_least", 100)))
    told = event(1, ANN, "x", START_S, total=99)
    assert reasons(folded(compiled, told)) == ["the entry filter does not hold"]
