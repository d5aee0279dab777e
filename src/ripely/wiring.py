"""The composition root: the one place where ports meet technology."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from ripely.adapters.channels.smtp.channel import SmtpChannel
from ripely.adapters.channels.smtp.server import read_server
from ripely.adapters.clickhouse.warehouse import ClickHouseWarehouse
from ripely.adapters.clock import SystemClock
from ripely.adapters.ducklake.warehouse import DuckLakeWarehouse
from ripely.adapters.http.webhook import HttpWebhookCaller
from ripely.adapters.postgres.dispatcher import Dispatcher
from ripely.adapters.postgres.forgetting import PostgresTraces
from ripely.adapters.postgres.gate import GroupCommit
from ripely.adapters.postgres.history import PostgresHistory
from ripely.adapters.postgres.home import PostgresHome
from ripely.adapters.postgres.imports import PostgresImports
from ripely.adapters.postgres.intake import PostgresIntake
from ripely.adapters.postgres.ledger import PostgresCorrespondence, PostgresLedger
from ripely.adapters.postgres.log import PostgresLog
from ripely.adapters.postgres.mailbox import PostgresMailbox
from ripely.adapters.postgres.outbox import PostgresOutbox
from ripely.adapters.postgres.profiles import PostgresProfiles
from ripely.adapters.postgres.reading import PostgresReading
from ripely.adapters.postgres.rulesets import Held, PostgresRulesets
from ripely.adapters.postgres.sweeps import PostgresSweeps
from ripely.adapters.postgres.teams import PostgresTeams
from ripely.adapters.postgres.timers import PostgresTimers
from ripely.adapters.postgres.told import ArchivistLock, PostgresTold
from ripely.adapters.postgres.write_keys import PostgresWriteKeys
from ripely.ports import (
    Archive,
    Channel,
    Clock,
    Correspondence,
    EventLog,
    Export,
    Gate,
    History,
    Home,
    Imports,
    Intake,
    Mailbox,
    Profiles,
    ProfileStore,
    Rulesets,
    Sweeps,
    Timers,
    Told,
    Traces,
    Warehouse,
    WriteKeys,
)
from ripely.render.headers import Mailing
from ripely.render.links import Keys, derive_keys, read_contact
from ripely.runtime.archiving import event_of
from ripely.runtime.collect import Reader
from ripely.runtime.copying import Copy
from ripely.runtime.dispatch import NOTICE, Dispatch
from ripely.runtime.effects import Effects
from ripely.runtime.letters import Letters
from ripely.runtime.releasing import Releasing
from ripely.runtime.rules import open_quiet_times, staff_of, templates_of
from ripely.runtime.staff import Staff
from ripely.runtime.webhook import webhook_key
from ripely.settings import Settings

CONNECTIONS_MAX = 4
LINK_CONNECTIONS_MAX = 2
LINK_SECONDS_MAX = 5.0


class App(msgspec.Struct, frozen=True):
    """Everything a process needs of the world. `pool` is for read models that are SQL themselves."""

    settings: Settings
    database_url: str
    clock: Clock
    log: EventLog
    intake: Intake
    imports: Imports
    timers: Timers
    rulesets: Rulesets
    sweeps: Sweeps
    history: History
    profiles: Profiles
    correspondence: Correspondence
    mailbox: Mailbox
    warehouse: Warehouse
    home: Home
    pool: ConnectionPool[Any]

    @contextmanager
    def fold_store(self) -> Iterator[ProfileStore]:
        """One worker's claim on profiles; it ends with its connection."""
        with Connection.connect(self.database_url, autocommit=True) as connection:
            yield PostgresProfiles(connection)


def rulesets_on(connection: Connection[TupleRow]) -> Rulesets:
    """Rulesets that are published in the transaction of this connection, together with all else in it."""
    return PostgresRulesets(Held(connection))


@contextmanager
def assemble(settings: Settings, database_url: str) -> Iterator[App]:
    with (
        ConnectionPool(
            database_url,
            min_size=1,
            max_size=CONNECTIONS_MAX,
            kwargs={"autocommit": True},
            open=True,
        ) as pool,
        closing(warehouse_of(settings, database_url)) as warehouse,
    ):
        yield App(
            settings=settings,
            database_url=database_url,
            clock=SystemClock(),
            log=PostgresLog(pool),
            intake=PostgresIntake(pool),
            imports=PostgresImports(pool),
            timers=PostgresTimers(pool),
            rulesets=PostgresRulesets(pool),
            sweeps=PostgresSweeps(pool),
            history=PostgresHistory(pool),
            profiles=PostgresReading(pool),
            correspondence=PostgresCorrespondence(pool),
            mailbox=PostgresMailbox(pool),
            warehouse=warehouse,
            home=PostgresHome(pool, settings.data / "postgres"),
            pool=pool,
        )


@contextmanager
def open_archive(app: App) -> Iterator[tuple[Told, Archive] | None]:
    """What is told and who keeps it; None while another process keeps it."""
    # DuckDB is large: only the process that needs it loads it.
    from ripely.adapters.ducklake.archive import DuckLakeArchive
    from ripely.adapters.ducklake.lake import Place

    with Connection.connect(app.database_url, autocommit=True) as connection:
        if not ArchivistLock(connection).take():
            yield None
            return
        place = Place(app.database_url, app.settings.lake)
        with closing(DuckLakeArchive(place, app.settings.data / "archiving")) as archive:
            yield PostgresTold(app.pool), archive


@contextmanager
def open_copy(app: App) -> Iterator[Archive]:
    """What keeps history in the warehouse too. Raises `ArchiveError`."""
    from ripely.adapters.clickhouse.archive import ClickHouseArchive
    from ripely.adapters.ducklake.earlier import EarlierPeople
    from ripely.adapters.ducklake.lake import Place

    settings = app.settings
    assert settings.warehouse is not None
    place = Place(app.database_url, settings.lake)
    with closing(EarlierPeople(place, settings.data / "copying")) as people:
        yield Copy(ClickHouseArchive(settings.warehouse), people.of)


@contextmanager
def open_lake(app: App) -> Iterator[Warehouse]:
    """The lake to be asked, whoever else answers questions."""
    settings = app.settings
    with closing(DuckLakeWarehouse(app.database_url, settings.lake, _spill(settings))) as lake:
        yield lake


def damaged_files(app: App, *, whole: bool) -> Iterator[str]:
    """Tell what is wrong with files of the archive. Raises `ArchiveError`."""
    from ripely.adapters.ducklake.damage import damaged
    from ripely.adapters.ducklake.lake import Place

    place = Place(app.database_url, app.settings.lake)
    return damaged(place, _spill(app.settings), whole=whole)


def forget_archive(app: App) -> bool:
    """Let the archive be made anew, of history; not while another process keeps it."""
    from ripely.adapters.ducklake.layout import forget

    with Connection.connect(app.database_url, autocommit=True) as connection:
        if not ArchivistLock(connection).take():
            return False
        forget(connection)
        return True


def export_events(app: App, export: Export) -> int:
    """Write events of the archive to a file; return how many. Raises `ArchiveError`."""
    from ripely.adapters.ducklake.export import write_events
    from ripely.adapters.ducklake.lake import Place

    place = Place(app.database_url, app.settings.lake)
    return write_events(place, _spill(app.settings), export)


def archive_attachment(app: App) -> str:
    """Return how another DuckDB, or what is built on it, reads the archive."""
    from ripely.adapters.ducklake.lake import Place, attachment

    place = Place(app.database_url, app.settings.lake)
    return f"{attachment(place, read_only=True)};"


@contextmanager
def open_archived_history(app: App) -> Iterator[History]:
    """History as the archive keeps it, whoever answers questions."""
    from ripely.adapters.ducklake.history import LakeHistory

    settings = app.settings
    with closing(DuckLakeWarehouse(app.database_url, settings.lake, _spill(settings))) as lake:
        yield LakeHistory(lake, event_of)


def warehouse_of(
    settings: Settings, database_url: str
) -> DuckLakeWarehouse | ClickHouseWarehouse:
    """What answers questions about history. It opens nothing before the first of them."""
    if settings.warehouse:
        return ClickHouseWarehouse(settings.warehouse)
    return DuckLakeWarehouse(database_url, settings.lake, _spill(settings))


def _spill(settings: Settings) -> Path:
    """The folder for what does not fit into the memory of a question."""
    return settings.data / "asking"


class Doors(msgspec.Struct, frozen=True):
    """Everything the collector needs, and the addresses that mails call back."""

    gate: Gate
    write_keys: WriteKeys
    reader: Reader
    rulesets: Rulesets
    clock: Clock
    correspondence: Correspondence
    profiles: Profiles
    keys: Keys


@asynccontextmanager
async def open_collect(settings: Settings, database_url: str) -> AsyncIterator[Doors]:
    gate = GroupCommit(database_url)
    gate.open()
    pool: ConnectionPool[Any] = ConnectionPool(
        database_url,
        min_size=0,
        max_size=LINK_CONNECTIONS_MAX,
        kwargs={"autocommit": True},
        timeout=LINK_SECONDS_MAX,
        open=True,
    )
    try:
        yield Doors(
            gate=gate,
            write_keys=PostgresWriteKeys(database_url),
            reader=reader(settings),
            rulesets=PostgresRulesets(pool),
            clock=SystemClock(),
            correspondence=PostgresCorrespondence(pool),
            profiles=PostgresReading(pool),
            keys=derive_keys(settings.secret),
        )
    finally:
        await gate.close()
        await asyncio.to_thread(pool.close)


def reader(settings: Settings) -> Reader:
    """Read calls, and the tokens that links in our own mail carry."""
    keys = derive_keys(settings.secret)
    return Reader(lambda token, now_s: read_contact(keys, token, now_s))


class Dispatchers(msgspec.Struct, frozen=True):
    """Who does what was decided: messages, other effects, calls that wait for a team, and forgetting."""

    dispatch: Dispatch
    effects: Effects
    releasing: Releasing
    traces: Traces


@contextmanager
def open_dispatch(app: App) -> Iterator[Dispatchers]:
    """Everything one dispatcher needs. Its claims end with its connection."""
    settings = app.settings
    with (
        Connection.connect(app.database_url, autocommit=True) as connection,
        open_channels(settings) as channels,
    ):
        dispatcher = Dispatcher(connection)
        dispatch = Dispatch(
            ledger=PostgresLedger(dispatcher),
            profiles=app.profiles,
            letters=Letters(app.rulesets, templates_of),
            channels=channels,
            mailing=mailing(settings),
            tracking=settings.tracking,
            clock=app.clock,
            quiet=open_quiet_times(app.rulesets),
        )
        teams, staff = PostgresTeams(dispatcher), Staff(app.rulesets, staff_of)
        effects = Effects(
            outbox=PostgresOutbox(dispatcher),
            teams=teams,
            staff=staff,
            caller=HttpWebhookCaller(private=settings.private_webhooks),
            webhook_key=webhook_key(settings.secret),
            clock=app.clock,
        )
        releasing = Releasing(teams, app.profiles, staff, app.clock)
        yield Dispatchers(dispatch, effects, releasing, PostgresTraces(dispatcher))


def mailing(settings: Settings) -> Mailing:
    return Mailing(settings.base_url, settings.sender, derive_keys(settings.secret))


@contextmanager
def open_channels(settings: Settings) -> Iterator[dict[str, Channel]]:
    if settings.smtp_url is None:
        yield {}
        return
    with closing(SmtpChannel(read_server(settings.smtp_url))) as smtp:
        yield {"email": smtp, NOTICE: smtp}


def system_clock() -> Clock:
    return SystemClock()
