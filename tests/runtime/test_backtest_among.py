"""Which other definitions a journey is tried among."""

import pytest

from ripely.compiler.ruleset import Published
from ripely.model.action import AddNote, EmitAct, Send, Task, Update
from ripely.model.acts import Did, Message
from ripely.model.backtest import Asked
from ripely.model.company import Cap, Guard
from ripely.model.condition import HasTag, InJourney, InSegment
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, SegmentId, StepId, TemplateId
from ripely.model.journey import Branch, Case, Journey
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent
from ripely.runtime.backtest.course import course_of

ONE, TWO = StepId("one"), StepId("two")
CAP = Guard("cap", "One a week", caps=(Cap(1, Duration(604_800)),))
TAGS = Update(add_tags=("vip",))


def journey(name, action, *, asks=None, on="cart.updated"):
    steps = {ONE: action}
    if asks is not None:
        steps = {ONE: Branch((Case(asks, TWO),)), TWO: action}
    return Journey(JourneyId(name), name, (OnEvent(on),), ONE, steps)


def tried_among(mine, *others):
    """Return the journeys that live beside a tried one."""
    course = course_of(Published((mine, *others)), Asked(mine.id, 0, 1))
    return sorted(set(course.span.rules.programs) - {mine.id})


@pytest.mark.parametrize(
    ("action", "asks", "on"),
    [
        (TAGS, HasTag("vip"), "cart.updated"),
        (Task("Call"), Did("task.created"), "cart.updated"),
        (EmitAct("gift.given"), Did("gift.given"), "cart.updated"),
        (Update(set={"city": "Kyiv"}), None, "cart.updated"),
        (Send(TemplateId("a")), None, "journey.entered"),
        (Send(TemplateId("a")), InJourney(JourneyId("other")), "cart.updated"),
        (Send(TemplateId("a")), Message("sent", journey=JourneyId("other")), "cart.updated"),
    ],
)
def test_a_journey_whose_work_is_asked_about_lives_beside_it(action, asks, on):
    mine = journey("mine", Send(TemplateId("b")), asks=asks, on=on)
    assert tried_among(mine, journey("other", action)) == ["other"]


@pytest.mark.parametrize("action", [TAGS, Task("Call"), Send(TemplateId("a"))])
def test_one_whose_work_nobody_asks_about_does_not(action):
    mine = journey("mine", Send(TemplateId("b")), asks=HasTag("another"))
    assert tried_among(mine, journey("other", action)) == []


def test_messages_matter_where_they_are_counted():
    mine = journey("mine", Send(TemplateId("b")))
    other = journey("other", Send(TemplateId("a")))
    assert tried_among(mine, other, CAP) == ["other"]


def test_what_matters_to_one_that_matters_lives_too():
    vips = Segment(SegmentId("vips"), "Vips", HasTag("vip"))
    second = journey("second", AddNote("hello"), asks=InSegment(vips.id))
    third = journey("third", TAGS)
    assert tried_among(journey("mine", Send(TemplateId("b"))), second, third, vips) == [
        "second",
        "third",
    ]
