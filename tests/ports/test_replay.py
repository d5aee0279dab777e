"""Folding stored history again gives the profiles that live, byte for byte."""

import msgspec
from hypothesis import given, settings, strategies as st

from company import ANN, BOB, CAROL, DEFINITIONS, START_S, event
from ports.world import World, memory_world
from ripely.model.action import Update
from ripely.model.acts import Page
from ripely.model.ids import JourneyId, SegmentId, StepId
from ripely.model.journey import Journey
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent
from ripely.ports import Story
from ripely.runtime.replay import Past, Replayed, replay_all, replay_one
from ripely.runtime.rules import open_rules

PRICING = {"url": "https://shop.example/pricing", "path": "/pricing"}
PEOPLE = (ANN, BOB, CAROL)
OFTEN = Segment(SegmentId("often"), "Often", Page("contains", "/pricing", at_least=3))

LOOP = Journey(
    JourneyId("loop"),
    "A mistake",
    (OnEvent("order.completed"),),
    StepId("again"),
    {StepId("again"): Update(add_tags=("x",), then=StepId("again"))},
)


def past(world: World) -> Past:
    return Past(world.history, world.rulesets, world.store, open_rules(world.rulesets))


def differences(world: World) -> list[Replayed]:
    return [each for each in replay_all(past(world)) if each.wrong]


def views(numbers: range, contact=ANN) -> list:
    return [event(n, contact, "page.viewed", START_S + n, **PRICING) for n in numbers]


def lived(world: World) -> None:
    """Rules change in the middle, things come twice and late, time passes, and two become one."""
    world.log.append(views(range(2)))
    world.work()
    world.publish(*DEFINITIONS)
    world.log.append([*views(range(1, 4)), *views(range(10, 13), BOB)])
    world.work()
    world.sweep()
    world.log.append(
        [event(20, ANN, "contact.identified", START_S + 4_000, email="a@b.example")]
    )
    world.work()
    world.publish(*DEFINITIONS, OFTEN)
    world.log.append([*views(range(2)), event(21, BOB, "order.completed", START_S + 5_000)])
    world.work()
    world.sweep()
    merged = event(22, BOB, "contact.merged", START_S + 6_000, into=ANN, by="email")
    world.log.append([merged, *views(range(30, 33), BOB), *views(range(2))])
    world.work()


def test_replay_equals_the_live_result(world: World) -> None:
    lived(world)
    assert differences(world) == []
    assert {each.contact for each in replay_all(past(world))} == {ANN, BOB}
    hers = replay_one(past(world), ANN)
    assert hers is not None
    assert hers.events >= 8
    assert replay_one(past(world), CAROL) is None


def test_what_was_forgotten_is_replayed_as_forgotten(world: World) -> None:
    lived(world)
    world.log.append([event(40, ANN, "contact.erased", START_S + 7_000), *views(range(50, 53))])
    world.work()
    assert differences(world) == []


def test_the_first_difference_is_named_with_the_way_to_it(world: World) -> None:
    lived(world)
    loaded = world.store.load([ANN])
    hers = msgspec.msgpack.decode(
        msgspec.msgpack.encode(loaded.profiles[ANN]), type=type(loaded.profiles[ANN])
    )
    hers.scores["interest"] = hers.scores["interest"] + 5

    class Tampered:
        def load(self, contacts):
            return msgspec.structs.replace(loaded, profiles={ANN: hers})

    found = replay_one(msgspec.structs.replace(past(world), profiles=Tampered()), ANN)
    assert found is not None
    assert found.wrong is not None
    assert found.wrong.path == "scores.interest"
    assert int(found.wrong.live) == int(found.wrong.replayed) + 5
    assert found.position == max(position for position, _ in world.history.of(ANN, 2**62, 100))


def test_a_decision_that_was_another_is_named_where_it_was_made(world: World) -> None:
    lived(world)
    first = min(position for position, _ in world.history.of(ANN, 2**62, 100))
    read = past(world)
    others = read.rules_of(read.rulesets.markers()[0][1])
    found = replay_one(msgspec.structs.replace(read, rules_of=lambda _: others), ANN)
    assert found is not None
    assert found.wrong is not None
    assert found.position == first
    assert found.wrong.path.startswith("notes")


def test_what_was_in_quarantine_is_replayed_where_it_resumed(world: World) -> None:
    world.publish(LOOP)
    world.log.append([event(1, ANN, "order.completed", START_S), *views(range(3))])
    world.work()
    assert world.store.load([ANN]).quarantined == {ANN}
    world.publish(OFTEN)
    world.log.append([event(3, ANN, "contact.resumed", START_S + 120)])
    world.work()
    hers = replay_one(past(world), ANN)
    assert hers is not None
    assert hers.wrong is None
    assert hers.events >= 4


def test_chains_of_merges_and_the_way_back_are_replayed(world: World) -> None:
    world.publish(*DEFINITIONS)
    world.log.append(
        [*views(range(3)), *views(range(10, 13), BOB), *views(range(20, 23), CAROL)]
    )
    world.work()
    facts = {"facts": {"attributes": {"city": "Kyiv"}}}
    hops = [(ANN, BOB), (BOB, CAROL)]
    for n, (loser, winner) in enumerate(hops):
        at_s = START_S + 100 + 10 * n
        world.log.append(
            [
                event(30 + n, loser, "contact.merged", at_s, into=winner, by="email"),
                event(40 + n, winner, "contact.absorbed", at_s + 1, **{"from": loser}, **facts),
            ]
        )
        world.work()
    world.log.append([event(50, CAROL, "contact.unmerged", START_S + 200, **{"from": BOB})])
    world.log.append([event(51, BOB, "contact.revived", START_S + 201, **{"from": CAROL})])
    world.log.append(views(range(60, 63), BOB))
    world.work()
    assert differences(world) == []
    assert len(list(replay_all(past(world)))) == len(PEOPLE)


def test_what_is_told_from_the_future_is_replayed(world: World) -> None:
    world.publish(*DEFINITIONS)
    far_s = START_S + 100 * 365 * 86_400
    world.log.append([event(1, ANN, "page.viewed", far_s, **PRICING), *views(range(2, 4))])
    world.work()
    assert differences(world) == []


def test_rules_that_are_gone_and_stories_of_nothing_are_named(world: World) -> None:
    lived(world)
    read = past(world)

    def gone(ruleset):
        raise LookupError(f"no ruleset {ruleset!r} was ever published")

    found = replay_one(msgspec.structs.replace(read, rules_of=gone), ANN)
    assert found is not None
    assert found.wrong is not None
    assert (found.wrong.path, found.wrong.live) == ("fold", "went well")
    assert "no ruleset" in found.wrong.replayed

    class Empty:
        def of(self, contact, before, limit):
            return [(1, Story([], []))]

    found = replay_one(msgspec.structs.replace(read, history=Empty()), ANN)
    assert found is not None
    assert found.wrong is not None
    assert "a story tells of something" in found.wrong.replayed


acts = st.tuples(
    st.sampled_from(PEOPLE),
    st.sampled_from(
        [
            ("page.viewed", PRICING),
            ("order.completed", {}),
            ("email.clicked", {}),
            ("contact.identified", {"city": "Kyiv"}),
            ("contact.merged", {"into": CAROL, "by": "email"}),
            ("contact.erased", {}),
        ]
    ),
    st.integers(0, 3_000),
    st.integers(0, 12),
)


@given(st.lists(st.lists(acts, max_size=6), max_size=6), st.sets(st.integers(0, 5), max_size=2))
@settings(max_examples=40)
def test_replay_equals_live_for_any_history(batches, published) -> None:
    with memory_world() as world:
        at_s = START_S
        for number, batch in enumerate(batches):
            if number in published:
                world.publish(*DEFINITIONS, *([OFTEN] if number % 2 else []))
            told = []
            for contact, (name, said), gap_s, identity in batch:
                if name == "contact.merged" and contact == CAROL:
                    continue
                at_s += gap_s
                told.append(event(100 * contact + identity, contact, name, at_s, **said))
            if told:
                world.log.append(told)
            world.work()
            if number in published:
                world.sweep()
        assert differences(world) == []
