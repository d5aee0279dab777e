"""A small company for tests of the fold: its rules, and people whose events can be told in a line."""

from datetime import UTC, datetime

from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.ruleset import Ruleset
from ripely.model.action import Send, Task, Update
from ripely.model.acts import Did, Page
from ripely.model.catalog import is_act
from ripely.model.condition import All, AttributeIs, HasTag, InSegment, Not, ScoreIs
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
from ripely.model.score import PointsFor, PointsWhile, Score
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent, OnScore, OnSegment

START_S = int(datetime(2030, 1, 1, 9, tzinfo=UTC).timestamp())
# Ann buys boots; Bob only looks; Carol shares Ann's tablet; Dan never says who he is.
ANN, BOB, CAROL, DAN = (ContactId(derive("person", n)) for n in ("ann", "bob", "carol", "dan"))
HOUR = Duration(3600)

READERS, EAGER, RIPE, QUIET = map(SegmentId, ("readers", "eager", "ripe", "quiet"))
INTEREST = ScoreId("interest")

DEFINITIONS: tuple[Definition, ...] = (
    Segment(READERS, "Readers", Page("contains", "/pricing", at_least=2, within=HOUR)),
    Segment(
        EAGER,
        "Eager readers",
        All((InSegment(READERS), Not(Did("order.completed", within=Duration(7200))))),
    ),
    Segment(RIPE, "Ripe", ScoreIs(INTEREST, at_least=10)),
    Segment(QUIET, "Quiet", Not(Did("page.viewed", within=HOUR))),
    Segment(SegmentId("tagged"), "Tagged in Kyiv", All((HasTag("lead"), AttributeIs("city", value="Kyiv")))),
    Score(
        INTEREST,
        "Interest",
        events=(
            PointsFor("page.viewed", 1),
            PointsFor("visit.started", 2),
            PointsFor("email.opened", 3, at_most=2, within=HOUR),
        ),
        facts=(PointsWhile(InSegment(READERS), 5), PointsWhile(AttributeIs("role", value="owner"), 7)),
    ),
    Journey(
        JourneyId("offer"),
        "Offer",
        (OnSegment(READERS),),
        StepId("pause"),
        {
            StepId("pause"): Wait(Duration(1800), StepId("send")),
            StepId("send"): Send(TemplateId("offer"), purpose="transactional", then=StepId("wait")),
            StepId("wait"): Await(
                Did("email.clicked"), HOUR, then=StepId("call"), otherwise=StepId("tag")
            ),
            StepId("call"): Task("Call about the offer"),
            StepId("tag"): Update(add_tags=("lead",), add_points={INTEREST: -1}),
        },
        reentry="always",
        goal=Goal(Did("order.completed", within=HOUR)),
    ),
    Journey(
        JourneyId("ripe"), "Ripe", (OnScore(INTEREST, 10),), StepId("call"), {StepId("call"): Task("Call")}
    ),
    Journey(
        JourneyId("third"),
        "Third order",
        (OnEvent("order.completed", nth=3),),
        StepId("thank"),
        {StepId("thank"): Send(TemplateId("thanks"))},
    ),
)  # fmt: skip


def rules(*definitions: Definition) -> Ruleset:
    published = Published(definitions or DEFINITIONS)
    return compile_ruleset(published, RulesetId("test"), is_act)


def event(
    number: int, contact: ContactId, name: str, at_s: int, /, **properties: object
) -> Event:
    """Return an event that was received when it happened; `late_s` says how much later, if it was."""
    late_ms = int(properties.pop("late_s", 0)) * 1000  # type: ignore[call-overload]
    return Event(
        EventId(derive("event", str(number))),
        contact,
        name,
        at_s * 1000 - late_ms,
        at_s * 1000,
        properties,
    )
