"""The composition root: the one place where ports meet technology."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from psycopg import Connection
from psycopg_pool import ConnectionPool

from ripely.adapters.clock import SystemClock
from ripely.adapters.postgres.history import PostgresHistory
from ripely.adapters.postgres.log import PostgresLog
from ripely.adapters.postgres.profiles import PostgresProfiles
from ripely.adapters.postgres.reading import PostgresReading
from ripely.adapters.postgres.rulesets import PostgresRulesets
from ripely.adapters.postgres.timers import PostgresTimers
from ripely.ports import Clock, EventLog, History, Profiles, ProfileStore, Rulesets, Timers
from ripely.settings import Settings

CONNECTIONS_MAX = 4


class App(msgspec.Struct, frozen=True):
    """Everything a process needs of the world. `pool` is for read models that are SQL themselves."""

    settings: Settings
    clock: Clock
    log: EventLog
    timers: Timers
    rulesets: Rulesets
    history: History
    profiles: Profiles
    pool: ConnectionPool[Any]

    @contextmanager
    def fold_store(self) -> Iterator[ProfileStore]:
        """One worker's claim on profiles; it ends with its connection."""
        with Connection.connect(self.pool.conninfo, autocommit=True) as connection:
            yield PostgresProfiles(connection)


@contextmanager
def assemble(settings: Settings, database_url: str) -> Iterator[App]:
    with ConnectionPool(
        database_url,
        min_size=1,
        max_size=CONNECTIONS_MAX,
        kwargs={"autocommit": True},
        open=True,
    ) as pool:
        yield App(
            settings=settings,
            clock=SystemClock(),
            log=PostgresLog(pool),
            timers=PostgresTimers(pool),
            rulesets=PostgresRulesets(pool),
            history=PostgresHistory(pool),
            profiles=PostgresReading(pool),
            pool=pool,
        )
