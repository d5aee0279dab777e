"""The reference company: 50 segments, 40 score rules, 20 triggers, 30 conditions on addresses; and its traffic."""

import random
from collections.abc import Iterator

from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.ruleset import Ruleset
from ripely.model.action import Send, Task, Update
from ripely.model.acts import Did, Page, Where
from ripely.model.catalog import is_act
from ripely.model.condition import All, AnyOf, AttributeIs, InSegment, Not, ScoreIs
from ripely.model.definition import Definition
from ripely.model.duration import Duration
from ripely.model.event import Event
from ripely.model.ids import (
    ContactId,
    EventId,
    JourneyId,
    RulesetId,
    ScoreId,
    SegmentId,
    StepId,
    TemplateId,
    derive,
)
from ripely.model.journey import Await, Goal, Journey, Wait
from ripely.model.score import Level, PointsFor, PointsWhile, Score
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent, OnScore, OnSegment

SECTIONS = ("tents", "stoves", "bags", "boots", "maps", "ropes", "lamps", "knives")
WORDS = (
    "/pricing", "/checkout", *SECTIONS, "-1", "-2", "-3", "-7", "-11", "sale", "utm_source", "delivery",
    "instalment", "case", "blog", "faq", "contact", "about", "jobs", "terms", "compare", "review",
    "/tents/tents-1", "/bags",
)  # fmt: skip
SEND = StepId("send")
EVENTS_PER_VISITOR = 8
VISITORS_AT_ONCE = 200


def reference_rules() -> Ruleset:
    return compile_ruleset(Published(reference_definitions()), RulesetId("reference"), is_act)


def reference_definitions() -> tuple[Definition, ...]:
    return (*segments(), *scores(), *journeys())


def segments() -> Iterator[Segment]:
    for n, word in enumerate(WORDS):
        within = Duration.parse("30d") if n % 2 else None
        yield _segment(f"page{n}", Page("contains", word, at_least=1 + n % 4, within=within))
    for n in range(10):
        where = (Where("category", "equals", SECTIONS[n % len(SECTIONS)]),)
        bought = Did("product.viewed", where, at_least=1 + n % 3, within=Duration.parse("7d"))
        yield _segment(f"category{n}", bought)
    for n in range(5):
        parts = (
            InSegment(SegmentId(f"page{n}")),
            Not(Did("order.completed", within=Duration.parse("14d"))),
            ScoreIs(ScoreId("score0"), at_least=5 * n),
        )
        yield _segment(f"combined{n}", All(parts))
    for n in range(5):
        facts = (
            AttributeIs("city", "equals", f"City {n}"),
            AttributeIs("role", "contains", "owner"),
            Did("visit.started", at_least=5, within=Duration.parse("2d")),
        )
        yield _segment(f"known{n}", AnyOf(facts))


def scores() -> Iterator[Score]:
    levels = (Level("cold", 0), Level("warm", 15), Level("ripe", 30))
    general = {
        "page.viewed": 1,
        "visit.started": 2,
        "product.added": 5,
        "email.opened": 2,
        "email.clicked": 3,
    }
    for n in range(4):
        rules = (
            [PointsFor(event, points) for event, points in general.items()] if n == 0 else []
        )
        words = [WORDS[(7 * n + i) % len(WORDS)] for i in range(8 - len(rules))]
        rules += [PointsFor("page.viewed", 2, (Where("url", "contains", w),)) for w in words]
        facts = tuple(
            PointsWhile(InSegment(SegmentId(f"page{3 * n + i}")), 10 - 15 * i) for i in (0, 1)
        )
        yield Score(ScoreId(f"score{n}"), f"Score {n}", tuple(rules), facts, levels)


def journeys() -> Iterator[Journey]:
    send = Send(TemplateId("offer"), purpose="transactional")
    wait = Wait(Duration.parse("1d"), SEND)
    for n in range(8):
        trigger = OnEvent("page.viewed", (Where("url", "contains", WORDS[n]),), nth=2 + n % 3)
        yield _journey(f"page{n}", trigger, {StepId("wait"): wait, SEND: send})
    for n in range(6):
        tag = Update(add_tags=(f"tag{n}",))
        yield _journey(
            f"segment{n}", OnSegment(SegmentId(f"page{4 * n}")), {StepId("tag"): tag}
        )
    for n in range(4):
        yield _journey(
            f"score{n}", OnScore(ScoreId(f"score{n}"), 30), {StepId("call"): Task("Call")}
        )
    for n in range(2):
        ordered = Did("order.completed", within=Duration.parse("1d"))
        cart = Await(Did("order.completed"), Duration.parse("1h"), otherwise=SEND)
        steps: dict[StepId, object] = {StepId("cart"): cart, SEND: send}
        yield _journey(f"cart{n}", OnEvent("product.added"), steps, Goal(ordered))


def traffic(count: int, seed: int = 1, start_ms: int = 1_760_000_000_000) -> list[Event]:
    """Return events of visitors who come and go: each makes 8, some 200 are there at once."""
    chance = random.Random(seed)
    visitors: list[list[int]] = []
    events: list[Event] = []
    arrived = 0
    while len(events) < count:
        while len(visitors) < VISITORS_AT_ONCE:
            arrived += 1
            visitors.append([derive("anonymous", f"{seed}/{arrived}"), EVENTS_PER_VISITOR])
        at = chance.randrange(len(visitors))
        visitor = visitors[at]
        visitor[1] -= 1
        if not visitor[1]:
            visitors[at] = visitors[-1]
            visitors.pop()
        number = len(events)
        name, properties = _act(chance)
        now_ms = start_ms + 5 * number
        identity = EventId(derive("event", f"{seed}/{number}"))
        events.append(
            Event(identity, ContactId(visitor[0]), name, now_ms, now_ms, properties, "web")
        )
    return events


def _act(chance: random.Random) -> tuple[str, dict[str, object]]:
    section, item = chance.choice(SECTIONS), int(chance.paretovariate(1.2)) % 200
    path = chance.choices(
        (f"/{section}/{section}-{item}", "/pricing", f"/{section}"), (80, 5, 15)
    )[0]
    url = f"https://shop.example{path}"
    product = {"product_id": f"{section}-{item}", "category": section, "price": item + 0.5}
    acts: tuple[tuple[str, dict[str, object]], ...] = (
        ("page.viewed", {"url": url, "path": path, "title": section.title()}),
        ("product.viewed", product),
        ("product.added", {**product, "quantity": 1}),
        ("element.clicked", {"name": "delivery", "url": url}),
    )
    return chance.choices(acts, (75, 15, 5, 5))[0]


def _segment(name: str, when: object) -> Segment:
    return Segment(SegmentId(name), name.title(), when)  # type: ignore[arg-type]


def _journey(
    name: str, trigger: object, steps: dict[StepId, object], goal: Goal | None = None
) -> Journey:
    start = next(iter(steps))
    return Journey(JourneyId(name), name.title(), (trigger,), start, steps, goal=goal)  # type: ignore[arg-type]
