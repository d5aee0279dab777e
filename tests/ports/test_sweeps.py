"""New rules learn what happened before them, for everybody, exactly once."""

from datetime import UTC, datetime

from company import ANN, BOB, START_S, event
from ports.world import World
from ripely.model.action import Update
from ripely.model.condition import Page
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, SegmentId, StepId
from ripely.model.journey import Journey, Wait
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent

PRICING = {"url": "https://shop.example/pricing", "path": "/pricing"}
ONE, TWO = StepId("one"), StepId("two")


def often(times: int) -> Segment:
    return Segment(SegmentId("often"), "Often", Page("contains", "/pricing", at_least=times))


def views(numbers: range) -> list:
    return [event(n, ANN, "page.viewed", START_S + n, **PRICING) for n in numbers]


def segments(world: World) -> set[str]:
    return set(world.store.load([ANN]).profiles[ANN].segments)


def test_a_rule_that_asks_for_more_of_the_same_learns_it_too(world: World) -> None:
    """Two views were all that the old rule remembered; the new one asks for five."""
    world.publish(often(2))
    world.log.append(views(range(5)))
    world.work()
    world.publish(often(5))
    world.work()
    world.sweep()
    assert segments(world) == {"often"}


def test_what_was_counted_since_counts_once(world: World) -> None:
    world.publish()
    world.log.append(views(range(2)))
    world.work()
    world.publish(often(5))
    world.log.append(views(range(2, 4)))
    world.work()
    world.sweep()
    assert segments(world) == set()
    world.log.append(views(range(4, 5)))
    world.work()
    assert segments(world) == {"often"}


def test_a_rule_that_was_gone_for_a_while_remembers_what_it_missed(world: World) -> None:
    world.publish(often(5))
    world.log.append(views(range(2)))
    world.work()
    world.publish()
    world.log.append(views(range(2, 4)))
    world.work()
    world.sweep()
    world.publish(often(5))
    world.work()
    world.sweep()
    assert segments(world) == set()
    world.log.append(views(range(4, 5)))
    world.work()
    assert segments(world) == {"often"}


def test_rules_published_twice_before_anybody_was_asked(world: World) -> None:
    """The first sweep has not begun when the second is due; both end, and the last rules hold."""
    world.publish()
    world.log.append(views(range(5)))
    world.work()
    world.publish(often(4))
    world.publish(often(5))
    world.work()
    world.sweep()
    assert segments(world) == {"often"}
    assert world.sweeps.next(1) is None


def test_a_contact_in_quarantine_learns_when_it_comes_out(world: World) -> None:
    loop = Journey(
        JourneyId("loop"), "A mistake", (OnEvent("x"),), ONE, {ONE: Update(then=ONE)}
    )
    world.publish(loop)
    world.log.append(views(range(5)))
    world.work()
    world.log.append([event(10, ANN, "x", START_S + 10)])
    world.work()
    world.publish(often(5))
    world.work()
    world.sweep()
    assert world.store.load([ANN]).quarantined == {ANN}
    world.log.append([event(11, ANN, "contact.resumed", START_S + 20)])
    world.work()
    assert segments(world) == {"often"}


def test_a_timer_of_a_contact_in_quarantine_is_not_lost(world: World) -> None:
    wait = Journey(
        JourneyId("wait"),
        "Wait",
        (OnEvent("order.completed"),),
        ONE,
        {ONE: Wait(Duration(60), TWO), TWO: Update(add_tags=("waited",))},
    )
    loop = Journey(
        JourneyId("loop"), "A mistake", (OnEvent("x"),), ONE, {ONE: Update(then=ONE)}
    )
    world.publish(wait, loop)
    world.log.append([event(1, ANN, "order.completed", START_S)])
    world.work()
    world.log.append([event(2, ANN, "x", START_S + 10), event(3, BOB, "y", START_S + 10)])
    world.work()
    assert world.timers.fire(datetime.fromtimestamp(START_S + 60, UTC), limit=10) == 1
    world.work()
    world.publish(wait)
    world.log.append([event(4, ANN, "contact.resumed", START_S + 90)])
    world.work()
    profile = world.store.load([ANN]).profiles[ANN]
    assert profile.tags == ["waited"]
    assert world.timers.fire(datetime.fromtimestamp(START_S + 900, UTC), limit=10) == 0
