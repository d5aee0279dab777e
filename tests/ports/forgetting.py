"""A world with a dispatcher, that does all that is to be done when somebody is forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec
import psycopg
from psycopg_pool import ConnectionPool

from ports.world import World, memory_world, postgres_world
from ripely.adapters.memory.archive import MemoryTold
from ripely.adapters.memory.dispatch import Claimant, Desk, MemoryOutbox
from ripely.adapters.memory.profiles import MemoryProfiles
from ripely.adapters.memory.teams import MemoryTeams
from ripely.adapters.postgres.dispatcher import Dispatcher
from ripely.adapters.postgres.forgetting import PostgresTraces
from ripely.adapters.postgres.outbox import PostgresOutbox
from ripely.adapters.postgres.teams import PostgresTeams
from ripely.adapters.postgres.told import PostgresTold
from ripely.model.event import Event
from ripely.ports import Answer, Clock, Outbox, Teams, Told, Traces, WebhookCaller, WebhookError
from ripely.runtime.effects import Effects, perform_once
from ripely.runtime.replay import Past, Replayed, replay_all
from ripely.runtime.rules import open_rules, staff_of
from ripely.runtime.staff import Staff


class Now(Clock):
    def now(self) -> datetime:
        return datetime(2031, 1, 1, tzinfo=UTC)


class Away(WebhookCaller):
    """Nobody answers, so calls are tried again."""

    def call(self, url: str, headers: object, body: bytes, content_max: int = 0) -> Answer:
        raise WebhookError("nobody answers")


class Forgetting(msgspec.Struct, frozen=True):
    world: World
    outbox: Outbox
    teams: Teams
    traces: Traces | None
    told: Told
    desk: Desk | None = None

    def happen(self, *events: Event) -> None:
        self.world.log.append(events)
        self.world.work()

    def perform(self) -> None:
        """Do what was decided, and what comes of it, but take nothing out of the log yet."""
        staff = Staff(self.world.rulesets, staff_of)
        effects = Effects(self.outbox, self.teams, staff, Away(), b"k" * 32, Now())
        self._put_decided()
        while perform_once(effects):
            self.world.work()
            self._put_decided()

    def settle(self) -> None:
        """Do everything that is to be done."""
        self.perform()
        while self.traces is not None and self.traces.remove():
            pass

    def log(self) -> list[tuple[int, Event]]:
        told: list[tuple[int, Event]] = []
        after = -1
        batch = self.world.log.read(range(16), 0, 1_000_000)
        while batch.upto > after:  # One ends where rules change.
            after = batch.upto
            told += batch.events
            batch = self.world.log.read(range(16), after, 1_000_000)
        return told

    def past(self) -> Past:
        world = self.world
        return Past(world.history, world.rulesets, world.store, open_rules(world.rulesets))

    def differences(self) -> list[Replayed]:
        return [each for each in replay_all(self.past()) if each.wrong]

    def _put_decided(self) -> None:
        if self.desk is not None:
            assert isinstance(self.world.store, MemoryProfiles)
            self.desk.put(list(self.world.store.outbox.values()))
            self.world.store.outbox.clear()


@contextmanager
def in_memory() -> Iterator[Forgetting]:
    with memory_world() as world:
        assert isinstance(world.store, MemoryProfiles)
        told = MemoryTold(world.store)
        desk = Desk(world.log, Now(), world.store.stories)  # type: ignore[arg-type]
        yield Forgetting(
            world, MemoryOutbox(desk, Claimant()), MemoryTeams(desk), None, told, desk
        )


@contextmanager
def in_postgres(url: str) -> Iterator[Forgetting]:
    with (
        postgres_world(url) as world,
        psycopg.connect(url, autocommit=True) as connection,
        ConnectionPool(url, min_size=1, max_size=2, kwargs={"autocommit": True}) as pool,
    ):
        one = Dispatcher(connection)
        yield Forgetting(
            world,
            PostgresOutbox(one),
            PostgresTeams(one),
            PostgresTraces(one),
            PostgresTold(pool),
        )
