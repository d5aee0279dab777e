"""Opens and clicks by humans, by machines, and by nobody knows whom."""

import pytest

from company import ANN, HOUR, INTEREST, START_S, event, rules
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import Task
from ripely.model.acts import Act, Did, Message, Where
from ripely.model.condition import Condition
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, SegmentId, StepId
from ripely.model.journey import AwaitEvent, Journey
from ripely.model.score import PointsFor, Score
from ripely.model.segment import Segment
from ripely.model.trigger import OnAbsence, OnEvent

OPENED = "email.opened"
BY = Where("by", "in", ("human", "machine"))
CALL = StepId("call")
WAIT = StepId("wait")
SEEN = SegmentId("seen")


def called(*triggers, event_name: str = OPENED, where: tuple[Where, ...] = ()) -> Journey:
    found = triggers or (OnEvent(event_name, where),)
    return Journey(JourneyId("call"), "C", found, CALL, {CALL: Task("Call")})


def opened(by: str, *definitions):
    """Tell Ann's open, which was judged, and let two days pass."""
    told = [event(1, ANN, "email.sent", START_S), event(2, ANN, OPENED, START_S + 60, by=by)]
    return live(rules(*definitions), new_profile(ANN, START_S), told, START_S + 172_800)


@pytest.mark.parametrize(
    ("by", "counts"), [("human", True), ("unknown", True), ("machine", False)]
)
def test_machines_count_only_where_they_are_asked_for(by, counts) -> None:
    points = Score(INTEREST, "I", (PointsFor(OPENED, 5),), general={OPENED: 1})
    assert opened(by, points).profile.scores == ({INTEREST: 6} if counts else {})
    assert bool(opened(by, called()).effects) == counts
    for condition in (Did(OPENED), Message("opened")):
        assert (SEEN in segments(by, condition)) == counts
    waiting = Journey(
        JourneyId("wait"),
        "W",
        (OnEvent("email.sent"),),
        WAIT,
        {WAIT: AwaitEvent(Act(OPENED), HOUR, then=CALL), CALL: Task("Call")},
    )
    assert bool(opened(by, waiting).effects) == counts
    silent = OnAbsence(Act("email.sent"), Act(OPENED), Duration(86_400))
    assert bool(opened(by, called(silent)).effects) == (not counts)


def test_a_test_of_by_finds_machines() -> None:
    points = Score(INTEREST, "I", (PointsFor(OPENED, 5, (BY,)),))
    for by, counts in (("human", True), ("machine", True), ("unknown", False)):
        assert opened(by, points).profile.scores == ({INTEREST: 5} if counts else {})
        assert bool(opened(by, called(where=(BY,))).effects) == counts
        assert (SEEN in segments(by, Did(OPENED, (BY,)))) == counts
    everybody = Message("opened", by=("human", "unknown", "machine"))
    assert SEEN in segments("machine", everybody)


def test_unknown_opens_count_unless_humans_are_asked_for() -> None:
    only_people = Message("opened", by=("human",))
    assert SEEN not in segments("unknown", only_people)
    assert SEEN in segments("human", only_people)
    assert SEEN in segments("unknown", Message("opened"))


def test_who_did_what_no_machine_does_needs_no_verdict() -> None:
    points = Score(
        INTEREST, "I", (PointsFor("element.clicked", 5), PointsFor("form.opened", 3))
    )
    told = [
        event(n, ANN, name, START_S)
        for n, name in enumerate(("element.clicked", "form.opened"))
    ]
    assert fold(rules(points), new_profile(ANN, START_S), told).profile.scores == {INTEREST: 8}


def segments(by: str, condition: Condition) -> dict[SegmentId, int]:
    return opened(by, Segment(SEEN, "S", condition)).profile.segments
