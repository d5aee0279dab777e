"""New rules learn what happened before them, for everybody, exactly once."""

from datetime import UTC, datetime

import msgspec

from company import ANN, BOB, START_S, event
from ports.world import World
from ripely.model.action import Update
from ripely.model.acts import Aggregate, Did, Occasion, Page
from ripely.model.condition import Condition
from ripely.model.duration import Duration
from ripely.model.ids import JourneyId, SegmentId, StepId
from ripely.model.journey import Journey, Wait
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent
from ripely.runtime.sweep import AHEAD_MAX

PRICING = {"url": "https://shop.example/pricing", "path": "/pricing"}
ONE, TWO = StepId("one"), StepId("two")


def often(times: int) -> Segment:
    return Segment(SegmentId("often"), "Often", Page("contains", "/pricing", at_least=times))


def views(numbers: range) -> list:
    return [event(n, ANN, "page.viewed", START_S + n, **PRICING) for n in numbers]


def when(name: str, condition: Condition) -> Segment:
    return Segment(SegmentId(name), name, condition)


def bought(number: int, **facts: object):
    return event(number, ANN, "order.completed", START_S + number, **facts)


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


def test_a_rule_that_looks_further_back_learns_what_the_one_before_could_forget(
    world: World,
) -> None:
    """The old rule learned the last day alone; the new one asks for as many in a month."""
    lately = Page("contains", "/pricing", at_least=2, within=Duration(86_400))
    long_ago_s = START_S - 10 * 86_400
    world.publish()
    world.log.append(
        [event(n, ANN, "page.viewed", long_ago_s + n, **PRICING) for n in range(2)]
    )
    world.work()
    world.publish(when("pricing", lately))
    world.work()
    world.sweep()
    assert segments(world) == set()
    world.publish(
        when("pricing", msgspec.structs.replace(lately, within=Duration(30 * 86_400)))
    )
    world.work()
    world.sweep()
    assert segments(world) == {"pricing"}


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


def test_a_rule_about_values_learns_them_from_history_once(world: World) -> None:
    """Sums, different values, first and last, and days that are past: all of it before the rules."""
    order = "order.completed"
    world.publish()
    world.log.append([bought(n, total=10, code=f"C{n}") for n in range(3)])
    world.work()
    world.publish(
        when("sum", Aggregate("sum", "total", order, at_least=40, at_most=40)),
        when("codes", Aggregate("distinct", "code", order, at_least=4, at_most=4)),
        when("first", Occasion("first", "code", order, value="C0")),
        when("last", Occasion("last", "code", order, value="C3")),
        when("then", Did(order, since="2030-01-01", until="2030-01-01", at_least=4)),
        when("later", Did(order, since="2030-01-02")),
    )
    world.log.append([bought(3, total=10, code="C3")])
    world.work()
    world.sweep()
    assert segments(world) == {"sum", "codes", "first", "last", "then"}


def test_more_values_are_learnt_than_were_kept(world: World) -> None:
    """Of the sum alone few values are kept apart; the window asks for each."""
    total = Aggregate("sum", "total", "order.completed", at_least=1)
    world.publish(when("all", total))
    world.log.append([bought(n, total=1) for n in range(120)])
    world.work()
    whole = msgspec.structs.replace(total, at_least=120, at_most=120)
    lately = msgspec.structs.replace(whole, within=Duration(7 * 86_400))
    world.publish(when("all", whole), when("lately", lately))
    world.work()
    world.sweep()
    assert segments(world) == {"all", "lately"}


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


def test_whom_new_rules_leave_as_they_were_is_not_written_and_comes_to_them_later(
    world: World,
) -> None:
    first = world.publish(often(2))
    world.log.append([event(1, ANN, "product.viewed", START_S)])
    world.work()
    world.publish(often(2), when("bought", Did("order.completed")))
    world.work()
    world.sweep()
    assert world.store.load([ANN]).profiles[ANN].ruleset == first
    world.log.append([bought(2)])
    world.work()
    assert segments(world) == {"bought"}


def test_a_sweep_lets_pass_what_happens_meanwhile(world: World) -> None:
    """Whoever visits while a million contacts are asked is not behind them in a queue."""
    world.log.append(views(range(2)))
    world.publish(often(2))
    world.work()
    sweeper = world.sweeper()
    world.log.append(views(range(2, AHEAD_MAX + 2)))
    assert sweeper.turn() == 0
    world.work()
    assert sweeper.turn() == 1
