"""Rules published again and again while a sweep goes on: in the end all is as if the last had always been there."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st
from typing_extensions import override

from company import ANN, BOB, CAROL, START_S, event
from differential.columns import Click, Duck, as_row
from ports.world import World, memory_world
from ripely.compiler.ruleset import Published, compile_ruleset
from ripely.engine.ruleset import Ruleset
from ripely.model.acts import Aggregate, Did
from ripely.model.catalog import is_act
from ripely.model.condition import All, AttributeIs, Condition, InSegment, Not
from ripely.model.duration import Duration
from ripely.model.event import Event
from ripely.model.ids import ContactId, RulesetId, SegmentId
from ripely.model.profile import Profile
from ripely.model.segment import Segment
from ripely.ports import PARTITIONS, Answered, Cell, Clock, Folded, Warehouse
from ripely.runtime.archiving import event_rows, person_row
from ripely.runtime.seeding import ArchivedPast, PastOf, past_from
from ripely.runtime.sweep import Sweeper

HOUR, DAY = Duration(3_600), Duration(86_400)
WHO = (ANN, BOB, CAROL)
FIRST = SegmentId("first")
BOUGHT: Sequence[Condition] = (
    Did("order.completed"),
    Did("order.completed", at_least=2, within=HOUR),
    Did("order.completed", at_least=3, within=DAY),
    Did("order.completed", at_least=2),
    Not(Did("order.completed", within=DAY)),
    Aggregate("sum", "total", "order.completed", at_least=20),
    Aggregate("sum", "total", "order.completed", at_least=10, within=HOUR),
    Aggregate("maximum", "total", "order.completed", at_least=9),
)
LOOKED: Sequence[Condition] = (
    AttributeIs("city", value="Kyiv"),
    Not(AttributeIs("city", value="Kyiv")),
    Did("page.viewed", at_least=2),
    All((InSegment(FIRST), Did("page.viewed"))),
)
Version = tuple[Condition, Condition | None]
versions = st.lists(
    st.tuples(st.sampled_from(BOUGHT), st.none() | st.sampled_from(LOOKED)),
    min_size=2,
    max_size=3,
)
few = settings(
    max_examples=max(30, settings.default.max_examples),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
happened = st.tuples(
    st.sampled_from(["order", "order", "page", "city"]),
    st.sampled_from(WHO),
    st.integers(1, 10),
    st.sampled_from([0, 0, 0, 1_800]),
)
steps = st.lists(
    st.one_of(
        happened,
        happened,
        st.tuples(st.just("publish"), st.integers(0, 2)),
        st.just(("sweep",)),
        st.just(("sweep",)),
        st.just(("work",)),
        st.just(("work",)),
    ),
    min_size=6,
    max_size=30,
)


class Shown(Clock):
    def __init__(self) -> None:
        self.at_s = START_S

    @override
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at_s, UTC)


class Archive(Warehouse):
    """All that the fold has told so far, in a real engine."""

    def __init__(self, engine: Duck | Click, world: World) -> None:
        self.engine, self.dialect, self.world = engine, engine.dialect, world

    @override
    def ask(self, sql: str, rows_max: int = 10_000) -> Answered:
        return Answered(("count", "min"), [(PARTITIONS, 1_000_000)])

    @override
    def each(self, sql: str) -> Iterator[tuple[Cell, ...]]:
        folded = [Folded(c, p, s.events, s.notes) for c, p, s in self.world.history.scan()]
        people = self.world.store.load({one.contact for one in folded}).profiles.values()
        events = [as_row(row) for one in folded for row in event_rows(one)]
        self.engine.fill(
            {"events": events, "people": [as_row(person_row(p, 0)) for p in people]}
        )
        return iter(self.engine.ask(sql))


@pytest.fixture(scope="module")
def engines(tmp_path_factory) -> dict[str, Duck | Click]:
    return {"duckdb": Duck(tmp_path_factory.mktemp("lake")), "clickhouse": Click()}


class Life:
    """What happens to a few people while the rules change; time goes on by so much at each step."""

    def __init__(
        self, world: World, offered: list[Version], gap_s: int, engine: Duck | Click | None
    ) -> None:
        self.world, self.offered, self.gap_s = world, offered, gap_s
        self.told: list[Event] = []
        self.last, self.clock = 0, Shown()
        past_of: PastOf = past_from(world.history)
        if engine is not None:
            past_of = ArchivedPast(Archive(engine, world), world.history)
        self.sweeper = Sweeper(world.sweeps, world.rulesets, past_of, self.clock)

    def go_on(self, step: tuple) -> None:
        self.clock.at_s += self.gap_s
        match step:
            case ("publish", number):
                self.last = number % len(self.offered)
                self.world.publish(*segments(self.offered[self.last]))
            case ("sweep",):
                self.sweeper.turn()
            case ("work",):
                self.world.work()
            case _:
                self.happen(happening(len(self.told), step, self.clock.at_s))

    def happen(self, event: Event) -> None:
        self.told.append(event)
        self.world.log.append([event])

    def end(self) -> dict[ContactId, Profile]:
        """Let the last rules come to everybody, and everybody to the same moment."""
        self.go_on(("publish", self.last))
        self.world.work()
        while self.world.sweeps.next(1) is not None:
            self.sweeper.turn()
            self.world.work()
        for who in WHO:
            self.go_on(("rest", who, 0, 0))
        self.world.work()
        return dict(self.world.store.load(WHO).profiles)


def segments(version: Version) -> list[Segment]:
    found = [Segment(FIRST, "First", version[0])]
    if version[1] is not None:
        found.append(Segment(SegmentId("second"), "Second", version[1]))
    return found


def happening(number: int, step: tuple, at_s: int) -> Event:
    what, who, value, late_s = step
    match what:
        case "order":
            return event(number, who, "order.completed", at_s, total=value, late_s=late_s)
        case "page":
            return event(
                number, who, "page.viewed", at_s, url="https://shop.example/", late_s=late_s
            )
        case "rest":
            return event(number, who, "contact.identified", at_s)
        case _:
            city = "Kyiv" if value % 2 else "Lviv"
            return event(number, who, "contact.identified", at_s, city=city)


@pytest.mark.parametrize("source", ["duckdb", "clickhouse", "stories"])
@few
@example(  # The second rules hold when a contact is asked about the first ones.
    offered=[(BOUGHT[0], None), (BOUGHT[0], LOOKED[0])],
    done=[
        ("order", ANN, 1, 0),
        ("city", ANN, 1, 0),
        ("publish", 0),
        ("publish", 1),
        ("work",),
        ("sweep",),
    ],
    gap_s=7,
)
@given(offered=versions, done=steps, gap_s=st.sampled_from([7, 1_801]))
def test_the_last_rules_are_as_if_they_had_always_been_there(
    engines, monkeypatch, source, offered, done, gap_s
):
    monkeypatch.setattr("ripely.runtime.sweep.CONTACTS_PER_TURN_MAX", 1)
    with memory_world() as world:
        life = Life(world, offered, gap_s, engines.get(source))
        for step in done:
            life.go_on(step)
        learned = life.end()
    last, told = segments(offered[life.last]), life.told
    with memory_world() as world:
        world.publish(*last)
        for one in told:
            world.log.append([one])
        world.work()
        always = dict(world.store.load(WHO).profiles)
    rules = compile_ruleset(Published(tuple(last)), RulesetId("x"), is_act)
    assert known(learned, rules) == known(always, rules)


def known(profiles: dict[ContactId, Profile], rules: Ruleset) -> dict[ContactId, tuple]:
    """What rules can tell of contacts, but for moments too old or too many to matter to any of them."""
    return {
        who: (
            set(profile.segments),
            {
                predicate: kept[-rules.tracked[predicate] :]
                for predicate, moments in profile.counts.items()
                if (
                    kept := [
                        at for at in moments if at > profile.now_s - rules.spans[predicate]
                    ]
                )
            },
        )
        for who, profile in profiles.items()
    }
