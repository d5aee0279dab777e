"""What new rules learn of the archive is whole, also when it goes away in the middle of its answer."""

from collections.abc import Iterator

import pytest

from company import ANN, BOB, START_S, event
from ports.world import StoppedClock, memory_world
from ripely.compiler.ruleset import Published, compile_ruleset, kernels_of
from ripely.model.acts import Did
from ripely.model.catalog import is_act
from ripely.model.duration import Duration
from ripely.model.ids import ContactId, RulesetId, SegmentId
from ripely.model.segment import Segment
from ripely.ports import PARTITIONS, Answered, AskError, Cell, Sweep, Warehouse
from ripely.runtime.seeding import ArchivedPast
from ripely.runtime.sweep import Sweeper, unlearned

BUYERS = Segment(
    SegmentId("b"), "B", Did("order.completed", at_least=2, within=Duration(86_400))
)
OLD, NEW = RulesetId(1), RulesetId(2)
CONTACTS = [ContactId(n) for n in range(1, 5)]


class GoesAway(Warehouse):
    """Knows of one order of each contact; the first time it is asked, it goes away after three."""

    dialect = "duckdb"

    def __init__(self) -> None:
        self.asked = 0

    def ask(self, sql: str, rows_max: int = 10_000) -> Answered:
        return Answered(["count", "min"], [(PARTITIONS, 100)])

    def each(self, sql: str) -> Iterator[tuple[Cell, ...]]:
        self.asked += 1
        for contact in CONTACTS if self.asked == 1 else CONTACTS[1:]:
            if self.asked == 1 and contact > 3:
                raise AskError("The archive cannot be read.")
            yield contact, [1_000]


def test_after_an_error_in_the_middle_everybody_is_learned_of():
    published = Published((BUYERS,))
    rules = compile_ruleset(published, NEW, is_act)
    before = compile_ruleset(Published(), OLD, is_act)
    kernels = kernels_of(published)
    first = unlearned(
        Sweep(1, NEW, OLD, 0, CONTACTS[:1]), rules, before, kernels, None, START_S
    )
    then = unlearned(Sweep(1, NEW, OLD, 1, CONTACTS[1:]), rules, before, kernels, None, START_S)
    past_of = ArchivedPast(GoesAway(), None)
    past = dict(past_of(first, CONTACTS[:1]))
    with pytest.raises(AskError):
        past_of(then, CONTACTS[1:])
    past |= past_of(then, CONTACTS[1:])
    assert [list(past[contact].counts.values()) for contact in CONTACTS] == [[[1_000]]] * 4


class Knows(Warehouse):
    """Knows of two orders of each contact, and how often it was asked."""

    dialect = "duckdb"

    def __init__(self, *contacts: ContactId) -> None:
        self.contacts, self.asked = sorted(contacts), 0

    def ask(self, sql: str, rows_max: int = 10_000) -> Answered:
        return Answered(["count", "min"], [(PARTITIONS, 1_000_000)])

    def each(self, sql: str) -> Iterator[tuple[Cell, ...]]:
        self.asked += 1
        for contact in self.contacts:
            yield contact, [int(StoppedClock().now().timestamp()) - ago_s for ago_s in (60, 30)]


def test_one_question_to_the_archive_teaches_everybody(monkeypatch):
    monkeypatch.setattr("ripely.runtime.sweep.CONTACTS_PER_TURN_MAX", 1)
    with memory_world() as world:
        world.log.append([event(1, ANN, "page.viewed", START_S), event(2, BOB, "page.viewed", START_S)])  # fmt: skip
        world.work()
        world.publish(BUYERS)
        world.work()
        knows = Knows(ANN, BOB)
        sweeper = Sweeper(world.sweeps, world.rulesets, ArchivedPast(knows, None), StoppedClock())  # fmt: skip
        assert [sweeper.turn(), sweeper.turn()] == [1, 1]
        world.work()
        profiles = world.store.load([ANN, BOB]).profiles
    assert [set(profiles[one].segments) for one in (ANN, BOB)] == [{"b"}, {"b"}]
    assert knows.asked == 1
