"""What log, profiles, timers, rulesets and history promise together."""

from datetime import UTC, datetime, timedelta

import msgspec

from company import ANN, BOB, DEFINITIONS, INTEREST, READERS, START_S, event
from ports.world import World, memory_world
from ripely.engine.limits import SCORE_MAX
from ripely.model.action import Update
from ripely.model.acts import Page
from ripely.model.ids import JourneyId, SegmentId, StepId
from ripely.model.journey import Journey
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent, OnSegment
from ripely.ports import PARTITIONS

PRICING = {"url": "https://shop.example/pricing", "path": "/pricing"}
EVERY = range(PARTITIONS)


def test_what_is_appended_is_read_in_order(world: World) -> None:
    events = [
        event(n, (ANN, BOB)[n % 2], "page.viewed", START_S + n, **PRICING) for n in range(9)
    ]
    world.log.append(events[:4])
    world.log.append(events[4:])
    batch = world.log.read(EVERY, after=0, limit=100)
    hers = [e for _, e in batch.events if e.contact == ANN]
    assert hers == [e for e in events if e.contact == ANN]
    assert len(batch.events) == 9
    assert world.log.read(EVERY, after=batch.upto, limit=100).upto == batch.upto


def test_a_batch_ends_where_the_rules_change(world: World) -> None:
    world.log.append([event(1, ANN, "page.viewed", START_S, **PRICING)])
    ruleset = world.publish(*DEFINITIONS)
    world.log.append([event(2, ANN, "page.viewed", START_S, **PRICING)])
    first = world.log.read(EVERY, after=0, limit=100)
    assert (len(first.events), first.rules) == (1, ruleset)
    assert len(world.log.read(EVERY, after=first.upto, limit=100).events) == 1


def test_a_ruleset_holds_from_its_position_on(world: World) -> None:
    views = [event(n, ANN, "page.viewed", START_S + n, **PRICING) for n in range(4)]
    world.log.append(views[:2])
    world.publish(*DEFINITIONS)
    world.log.append(views[2:])
    world.work()
    profile = world.store.load([ANN]).profiles[ANN]
    assert READERS in profile.segments  # By the two views that the rules saw.
    assert profile.scores[INTEREST] == 1 + 1 + 5  # The visit began before there were rules.


def test_everything_of_a_batch_is_there_after_it(world: World) -> None:
    world.publish(*DEFINITIONS)
    told = [
        event(0, ANN, "contact.identified", START_S, email="ann@example.com", name="Ann"),
        *(event(n, ANN, "page.viewed", START_S + n, **PRICING) for n in (1, 2)),
    ]
    world.log.append(told)
    assert world.work() >= 3
    profile = world.store.load([ANN]).profiles[ANN]
    assert profile.attributes["email"] == "ann@example.com"
    assert profile.due_s == START_S + 2 + 1800
    (_, story), *older = world.history.of(ANN, before=2**62, limit=10)
    assert not older
    assert [e.name for e in story.events if e.source != "derived"] == [e.name for e in told]
    assert any(note.kind == "journey.entered" for note in story.notes)


def test_a_timer_moves_its_journey_and_comes_once(world: World) -> None:
    world.publish(*DEFINITIONS)
    world.log.append([event(n, ANN, "page.viewed", START_S + n, **PRICING) for n in (1, 2)])
    world.work()
    due = datetime.fromtimestamp(START_S + 2 + 1800, UTC)
    assert world.timers.fire(due - timedelta(seconds=1), limit=10) == 0
    assert world.timers.fire(due, limit=10) == 1
    assert world.timers.fire(due, limit=10) == 0
    world.work()
    (enrollment,) = world.store.load([ANN]).profiles[ANN].enrollments
    assert enrollment.step == "wait"


def test_a_repeat_counts_once_however_it_comes(world: World) -> None:
    world.publish(*DEFINITIONS)
    view = event(1, ANN, "page.viewed", START_S, **PRICING)
    world.log.append([view, view])
    world.work()
    world.log.append([view])
    world.work()
    profile = world.store.load([ANN]).profiles[ANN]
    assert profile.visit.pages == 1
    assert profile.scores[INTEREST] == 3


def test_new_rules_know_what_happened_before_them(world: World) -> None:
    """Whoever is idle is asked too; and being in a segment from the start is no entry."""
    world.publish()
    world.log.append([event(n, ANN, "page.viewed", START_S + n, **PRICING) for n in range(3)])
    world.log.append([event(9, BOB, "page.viewed", START_S, url="https://shop.example/")])
    world.work()
    often = Segment(SegmentId("often"), "Often", Page("contains", "/pricing", at_least=3))
    welcome = Journey(
        JourneyId("welcome"),
        "Welcome",
        (OnSegment(often.id),),
        StepId("tag"),
        {StepId("tag"): Update(add_tags=("welcomed",))},
    )
    world.publish(often, welcome)
    world.work()
    world.sweep()
    profiles = world.store.load([ANN, BOB]).profiles
    assert "often" in profiles[ANN].segments
    assert profiles[ANN].tags == []
    assert "often" not in profiles[BOB].segments
    assert world.sweeps.next(1) is None


LOOP = Journey(
    JourneyId("loop"),
    "A mistake",
    (OnEvent("order.completed"),),
    StepId("again"),
    {StepId("again"): Update(add_tags=("x",), then=StepId("again"))},
)


def test_one_bad_contact_stops_only_itself(world: World) -> None:
    world.publish(LOOP)
    world.log.append(
        [
            event(1, ANN, "page.viewed", START_S, **PRICING),
            event(2, ANN, "order.completed", START_S),
            event(3, BOB, "page.viewed", START_S, **PRICING),
        ]
    )
    world.work()
    world.log.append([event(4, ANN, "page.viewed", START_S + 60, **PRICING)])
    world.work()
    loaded = world.store.load([ANN, BOB])
    assert loaded.quarantined == {ANN}
    assert loaded.profiles[BOB].visit.pages == 1
    assert [e.name for _, e in world.store.parked(ANN)] == [
        "page.viewed",
        "order.completed",
        "page.viewed",
    ]


def test_a_contact_in_quarantine_resumes_without_a_loss(world: World) -> None:
    world.publish(LOOP)
    world.log.append([event(1, ANN, "order.completed", START_S)])
    world.work()
    world.log.append([event(2, ANN, "page.viewed", START_S + 60, **PRICING)])
    world.work()
    world.publish(Segment(SegmentId("seen"), "Seen", Page("contains", "/pricing")))
    world.log.append([event(3, ANN, "contact.resumed", START_S + 120)])
    world.log.append([event(4, ANN, "page.viewed", START_S + 180, **PRICING)])
    world.work()
    loaded = world.store.load([ANN])
    assert loaded.quarantined == frozenset()
    assert loaded.profiles[ANN].visit.pages == 2
    assert "seen" in loaded.profiles[ANN].segments
    assert world.store.parked(ANN) == []


def test_resuming_a_contact_that_still_raises_keeps_everything(world: World) -> None:
    world.publish(LOOP)
    world.log.append([event(1, ANN, "order.completed", START_S)])
    world.work()
    world.log.append([event(2, ANN, "contact.resumed", START_S + 1)])
    world.work()
    assert world.store.load([ANN]).quarantined == {ANN}
    assert [e.name for _, e in world.store.parked(ANN)] == ["order.completed"]


def test_postgres_equals_memory(database_url: str) -> None:
    """The same story, told to both, leaves the same profiles."""
    from ports.world import postgres_world

    def lived(world: World) -> bytes:
        world.publish(*DEFINITIONS)
        for n in range(40):
            who = (ANN, BOB)[n % 3 == 0]
            name = ("page.viewed", "order.completed", "email.opened")[n % 7 % 3]
            world.log.append([event(n, who, name, START_S + 700 * n, **PRICING)])
            world.timers.fire(datetime.fromtimestamp(START_S + 700 * n, UTC), limit=9)
            if n % 4 == 0:
                world.work()
        world.work()
        return msgspec.msgpack.encode([world.store.load([c]).profiles[c] for c in (ANN, BOB)])

    with memory_world() as memory, postgres_world(database_url) as postgres:
        assert lived(memory) == lived(postgres)


def test_what_cannot_be_stored_stops_its_contact_alone(world: World) -> None:
    world.publish(*DEFINITIONS)
    world.log.append([
        event(1, ANN, "contact.identified", START_S, email="ann@example.com", name="An\0n"),
        event(2, ANN, "never\0stored", START_S),
        event(3, BOB, "contact.identified", START_S, email="bob@example.com"),
    ])  # fmt: skip
    world.work()
    world.log.append([event(4, BOB, "page.viewed", START_S + 9, **PRICING)])
    world.work()
    found = world.store.load([ANN, BOB])
    assert found.profiles[BOB].visit.pages == 1
    assert ANN in found.profiles or ANN in found.quarantined
    assert not world.work()


def test_a_number_that_cannot_be_kept_stops_its_contact_alone(world: World) -> None:
    huge = Journey(
        JourneyId("huge"),
        "A mistake",
        (OnEvent("order.completed"),),
        StepId("set"),
        {StepId("set"): Update(set={"n": 10**30})},
    )
    world.publish(huge)
    world.log.append([event(1, ANN, "order.completed", START_S)])
    world.log.append([event(2, BOB, "page.viewed", START_S, **PRICING)])
    world.work()
    loaded = world.store.load([ANN, BOB])
    assert loaded.profiles[BOB].visit.pages == 1
    assert loaded.quarantined == {ANN}


def test_points_without_end_stop_at_a_limit(world: World) -> None:
    points = Journey(
        JourneyId("points"),
        "Points",
        (OnEvent("order.completed"),),
        StepId("add"),
        {StepId("add"): Update(add_points={INTEREST: 900_000_000})},
        reentry="always",
    )
    world.publish(points)
    told = [event(n, ANN, "order.completed", START_S + n) for n in range(9)]
    world.log.append(
        [event(9, ANN, "contact.identified", START_S, email="ann@x.example"), *told]
    )
    world.work()
    loaded = world.store.load([ANN])
    assert loaded.quarantined == frozenset()
    assert loaded.profiles[ANN].scores[INTEREST] == SCORE_MAX
