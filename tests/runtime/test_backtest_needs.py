"""What surely holds of whoever enters a journey."""

import pytest

from ripely.model.action import EmitAct, Task
from ripely.model.acts import Act, Did, Page, Where
from ripely.model.condition import All, AnyOf, AttributeIs, InSegment, Not
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, SegmentId, StepId
from ripely.model.journey import Journey
from ripely.model.segment import Segment
from ripely.model.trigger import (
    OnAbsence,
    OnCondition,
    OnDate,
    OnEvent,
    OnSegment,
)
from ripely.runtime.backtest.needs import needed_by

PRICING, BOUGHT = (
    Page("contains", "/pricing", at_least=3, within=Duration(60)),
    Did("order.completed"),
)
KYIV = AttributeIs("city", value="Kyiv")
HOT = SegmentId("hot")
SPAN = Duration(86_400)


def needs(*triggers, when=BOUGHT, step=Task("Call")):  # noqa: B008
    one = StepId("one")
    journey = Journey(JourneyId("j"), "J", triggers, one, {one: step})
    hot = Segment(HOT, "Hot", when)
    return needed_by(journey, {("segment", "hot"): hot, ("journey", "j"): journey}, SPAN)


def test_an_event_must_have_happened_in_the_period():
    where = (Where("total", "more_than", 5),)
    assert needs(OnEvent("cart.updated", where)) == Did("cart.updated", where, within=SPAN)


def test_of_several_triggers_one():
    both = needs(
        OnEvent("cart.updated"), OnAbsence(Act("page.viewed"), Act("order.completed"), SPAN)
    )
    assert both == AnyOf((Did("cart.updated", within=SPAN), Did("page.viewed")))


@pytest.mark.parametrize(
    ("when", "needed"),
    [
        (BOUGHT, BOUGHT),
        (PRICING, Page("contains", "/pricing")),
        (All((PRICING, KYIV, Not(BOUGHT))), All((Page("contains", "/pricing"),))),
        (AnyOf((PRICING, BOUGHT)), AnyOf((Page("contains", "/pricing"), BOUGHT))),
        (AnyOf((PRICING, KYIV)), None),
        (Not(BOUGHT), None),
        (Did("order.completed", at_most=0), None),
        (Did("order.completed", at_most=2), None),
        (Did("order.completed", at_least=0), None),
        (Did("tag.added"), None),
        (KYIV, None),
    ],
)
def test_of_a_condition_the_acts_without_which_it_cannot_become_true(when, needed):
    assert needs(OnCondition(when)) == needed
    assert needs(OnSegment(HOT), when=when) == needed
    assert needs(OnCondition(InSegment(HOT)), when=when) == needed


def test_nothing_is_sure_of_who_leaves_or_of_dates_or_of_what_journeys_do_themselves():
    assert needs(OnSegment(HOT, "left")) is None
    assert needs(OnCondition(BOUGHT, becomes=False)) is None
    assert needs(OnDate("birthday")) is None
    assert needs(OnEvent("cart.updated"), OnDate("birthday")) is None
    assert needs(OnEvent("score.changed")) is None
    assert needs(OnEvent("cart.updated"), step=EmitAct("cart.updated")) is None
