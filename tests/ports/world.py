"""Every port of the fold, in memory and in PostgreSQL, behind one face."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
from psycopg_pool import ConnectionPool
from typing_extensions import override

from company import START_S
from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.memory.profiles import MemoryHistory, MemoryProfiles
from ripely.adapters.memory.rulesets import MemoryRulesets
from ripely.adapters.memory.sweeps import MemorySweeps
from ripely.adapters.memory.timers import MemoryTimers
from ripely.adapters.postgres.history import PostgresHistory
from ripely.adapters.postgres.log import PostgresLog
from ripely.adapters.postgres.profiles import PostgresProfiles
from ripely.adapters.postgres.rulesets import PostgresRulesets
from ripely.adapters.postgres.sweeps import PostgresSweeps
from ripely.adapters.postgres.timers import PostgresTimers
from ripely.compiler.ruleset import Published, ruleset_id
from ripely.model.definition import Definition
from ripely.model.ids import RulesetId
from ripely.ports import Clock, EventLog, History, ProfileStore, Rulesets, Sweeps, Timers
from ripely.runtime.rules import open_rules
from ripely.runtime.seeding import past_from
from ripely.runtime.sweep import Sweeper
from ripely.runtime.worker import work_once


class World(msgspec.Struct, frozen=True):
    log: EventLog
    store: ProfileStore
    timers: Timers
    rulesets: Rulesets
    sweeps: Sweeps
    history: History

    def publish(self, *definitions: Definition) -> RulesetId:
        documents = msgspec.json.encode(Published(definitions), enc_hook=str)
        identity = ruleset_id(documents)
        self.rulesets.publish(identity, documents)
        return identity

    def work(self) -> int:
        """Fold until the log is caught up; return how many events that took."""
        rules_of, total = open_rules(self.rulesets), 0
        while done := work_once(self.log, self.store, rules_of):
            total += done
        return total

    def sweeper(self) -> Sweeper:
        return Sweeper(self.sweeps, self.rulesets, past_from(self.history), StoppedClock())

    def sweep(self) -> None:
        """Ask every contact about the rules that hold now, and fold that."""
        sweeper = self.sweeper()
        while self.sweeps.next(1) is not None:
            sweeper.turn()
        self.work()


class StoppedClock(Clock):
    @override
    def now(self) -> datetime:
        return datetime.fromtimestamp(START_S + 86_400, UTC)


@contextmanager
def memory_world() -> Iterator[World]:
    log, store = MemoryLog(), MemoryProfiles()
    yield World(
        log,
        store,
        MemoryTimers(store, log),
        MemoryRulesets(log),
        MemorySweeps(store, log),
        MemoryHistory(store),
    )


@contextmanager
def postgres_world(url: str) -> Iterator[World]:
    options: dict[str, Any] = {"autocommit": True}
    with (
        ConnectionPool(url, min_size=1, max_size=3, kwargs=options, open=True) as pool,
        psycopg.connect(url, autocommit=True) as own,
    ):
        yield World(
            PostgresLog(pool),
            PostgresProfiles(own),
            PostgresTimers(pool),
            PostgresRulesets(pool),
            PostgresSweeps(pool),
            PostgresHistory(pool),
        )
