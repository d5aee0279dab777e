"""The clock of the machine steps back or forward while events come, timers fire and new rules are learned."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import HealthCheck, example, given, settings, strategies as st
from typing_extensions import override

from company import ANN, BOB, CAROL, START_S, event
from ports.world import World, memory_world
from ripely.model.action import Task
from ripely.model.acts import Did
from ripely.model.condition import Not
from ripely.model.duration import Duration
from ripely.model.effect import CreateTask
from ripely.model.ids import ContactId, JourneyId, SegmentId, StepId
from ripely.model.journey import Journey, Wait
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent
from ripely.ports import Clock
from ripely.runtime.seeding import past_from
from ripely.runtime.sweep import Sweeper
from ripely.runtime.timers import fire_once

WHO = (ANN, BOB, CAROL)
WAIT, HOUR, DAY = Duration(1_800), Duration(3_600), Duration(86_400)
CALLED, LOOKED, QUIET, EAGER = StepId("call"), "page.viewed", SegmentId("quiet"), SegmentId("eager")  # fmt: skip
LATER = Journey(
    JourneyId("later"),
    "Call everybody who looked, half an hour later, once",
    (OnEvent(LOOKED),),
    StepId("wait"),
    {StepId("wait"): Wait(WAIT, CALLED), CALLED: Task("Call")},
)
BEFORE = (LATER, Segment(QUIET, "Quiet", Not(Did(LOOKED, within=HOUR))))
AFTER = (*BEFORE, Segment(EAGER, "Eager", Did(LOOKED, at_least=2, within=DAY)))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("look"), st.sampled_from(WHO)),
        st.tuples(st.just("look"), st.sampled_from(WHO)),
        st.tuples(st.just("step"), st.sampled_from([-600, 3_600, -3_600])),
        st.sampled_from([("work",), ("timers",), ("publish",), ("sweep",)]),
        st.sampled_from([("work",), ("timers",), ("sweep",)]),
    ),
    min_size=4,
    max_size=30,
)


class Stepping(Clock):
    def __init__(self) -> None:
        self.at_s = START_S

    @override
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at_s, UTC)


class Life:
    """What is done with a clock that cannot be trusted; each thing takes seven minutes in truth."""

    def __init__(self, world: World) -> None:
        self.world, self.clock, self.latest_s = world, Stepping(), START_S
        self.looks: Counter[ContactId] = Counter()
        self.sweeper = Sweeper(
            world.sweeps, world.rulesets, past_from(world.history), self.clock
        )

    def go_on(self, step: tuple) -> None:
        self.clock.at_s += 420
        match step:
            case ("look", who):
                self.looks[who] += 1
                number = self.looks.total()
                self.world.log.append([event(number, who, LOOKED, self.clock.at_s)])
            case ("step", seconds):
                self.clock.at_s += seconds
            case ("publish",):
                self.world.publish(*AFTER)
            case ("sweep",):
                self.sweeper.turn()
            case ("timers",):
                fire_once(self.world.timers, self.clock)
            case ("work",):
                before = self.profiles()
                self.world.work()
                self.nobody_grows_younger(before)
        self.latest_s = max(self.latest_s, self.clock.at_s)

    def profiles(self):
        return self.world.store.load(WHO).profiles

    def nobody_grows_younger(self, before) -> None:
        for who, profile in self.profiles().items():
            assert who not in before or profile.now_s >= before[who].now_s
            assert all(at <= profile.now_s for at in profile.segments.values())
            assert all(at <= profile.now_s for kept in profile.counts.values() for at in kept)
            assert all(one.since_s <= profile.now_s for one in profile.enrollments)

    def rest(self, seconds: int) -> None:
        """Let the clock show for so long what nobody has seen yet."""
        self.clock.at_s = self.latest_s + seconds
        while fire_once(self.world.timers, self.clock):
            self.world.work()


@settings(suppress_health_check=[HealthCheck.too_slow])
@example(done=[("look", ANN), ("work",), ("step", 3_600), ("timers",), ("work",), ("step", -3_600), ("look", ANN), ("work",), ("timers",), ("work",)])  # fmt: skip
@given(done=steps)
def test_nothing_is_done_twice_and_nothing_is_lost_when_the_clock_steps(done) -> None:
    with memory_world() as world:
        world.publish(*BEFORE)
        life = Life(world)
        for step in done:
            life.go_on(step)
        for step in (("work",), ("publish",), ("work",)):
            life.go_on(step)
        while world.sweeps.next(1) is not None:
            life.go_on(("sweep",))
            life.go_on(("work",))
        learned = {who for who, profile in life.profiles().items() if EAGER in profile.segments}
        life.rest(2 * HOUR)
        profiles = life.profiles()
        calls = Counter(
            one.contact for one in world.store.outbox.values() if isinstance(one, CreateTask)
        )
        stories = list(world.history.scan())
    assert learned == {who for who, looks in life.looks.items() if looks >= 2}
    assert calls == Counter(life.looks.keys())
    assert all(QUIET in profile.segments for profile in profiles.values())
    assert all(not profile.enrollments for profile in profiles.values())
    for who in life.looks:
        entered, called = moments(stories, who)
        assert called - entered >= WAIT


def moments(stories, who: ContactId) -> tuple[int, int]:
    """When somebody entered, and when they came to the call, by the clock of the time."""
    notes = [note for contact, _, story in stories if contact == who for note in story.notes]
    (entered,) = [note.at_ms // 1000 for note in notes if note.kind == "journey.entered"]
    (called,) = [note.at_ms // 1000 for note in notes if note.kind.startswith("task")]
    return entered, called
