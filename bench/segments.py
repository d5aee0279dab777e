"""Many segments of buyers."""

import random

from bench.fold import fold_rate
from bench.runner import Figure, bench, paired
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.ruleset import Ruleset
from ripely.model.acts import Did, Where
from ripely.model.catalog import is_act
from ripely.model.duration import Duration
from ripely.model.event import Event
from ripely.model.ids import ContactId, EventId, RulesetId, SegmentId
from ripely.model.segment import Segment

EVENTS = 60_000
SEGMENTS = 200
BUYERS = 4_000


@bench("cost_by_segments")
def cost_by_segments() -> Figure:
    """What an order costs under 200 segments of buyers over what it costs under 10; at best the same."""
    orders, few, many = _orders(EVENTS), _segments(10), _segments(SEGMENTS)
    few_rate, many_rate = paired(
        lambda: fold_rate(few, orders), lambda: fold_rate(many, orders)
    )
    load = f"{EVENTS:,} orders of {BUYERS:,} buyers; each segment: two orders of a category in 90 days"
    return Figure(few_rate / many_rate, "times", 1.0, load, lower_is_better=True)


def _segments(count: int) -> Ruleset:
    """Return segments by category. Fewer ones are of more goods each, so that as many orders matter."""
    found = [
        Segment(SegmentId(f"buyers{n}"), f"Buyers {n}", Did(
            "order.completed", (Where("category", "in", _categories(n, count)),),
            at_least=2, within=Duration.parse("90d"),
        ))
        for n in range(count)
    ]  # fmt: skip
    return compile_ruleset(Published(tuple(found)), RulesetId("bench"), is_act)


def _categories(number: int, count: int) -> tuple[str, ...]:
    return tuple(f"category{n}" for n in range(number, SEGMENTS, count))


def _orders(count: int) -> list[Event]:
    chance = random.Random(1)
    return [
        Event(
            EventId(n), ContactId(chance.randrange(BUYERS) + 1), "order.completed", at_ms, at_ms,
            {"order_id": str(n), "category": f"category{chance.randrange(SEGMENTS)}", "total": 20}, "web",
        )
        for n, at_ms in enumerate(range(1_760_000_000_000, 1_760_000_000_000 + 10_000 * count, 10_000), 1)
    ]  # fmt: skip
