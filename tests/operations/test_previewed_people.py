"""Somebody who is previewed knows of the past what the rules of the draft would learn of it when published."""

from company import ANN, DEFINITIONS, START_S, event, rules
from ports.world import memory_world
from ripely.model.acts import Aggregate, Did
from ripely.model.ids import SegmentId
from ripely.model.segment import Segment
from ripely.operations.preview.people import Records, real
from ripely.runtime.rules import open_rules

DRAFT = (
    Segment(
        SegmentId("dear"), "Dear", Aggregate("sum", "total", "order.completed", at_least=15)
    ),
    Segment(SegmentId("often"), "Often", Did("order.completed", at_least=2)),
)


def test_a_draft_learns_of_the_past_what_it_would_learn_when_published():
    with memory_world() as world:
        world.publish(*DEFINITIONS)
        for number, total in enumerate((9, 8)):
            world.log.append(
                [event(number, ANN, "order.completed", START_S + number, total=total)]
            )
            world.work()
        current = open_rules(world.rulesets)(world.rulesets.current())
        records = Records(world.history, world.store, current)
        now_s = START_S + 86_400
        previewed = real(records, ANN, now_s, now_s, rules(*DEFINITIONS, *DRAFT))
        world.publish(*DEFINITIONS, *DRAFT)
        world.work()
        world.sweep()
        swept = world.store.load([ANN]).profiles[ANN]
    assert previewed is not None
    assert set(previewed.segments) == set(swept.segments) >= {one.id for one in DRAFT}
    assert (previewed.counts, previewed.series) == (swept.counts, swept.series)
