"""A new segment over a year of history: how long until everybody is right about it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import duckdb
import psycopg
from psycopg_pool import ConnectionPool
from typing_extensions import override

from bench.audience import EVENTS, EVENTS_PER_CONTACT, NOW_S, opened
from bench.reference import reference_definitions
from bench.runner import Figure, bench, runs
from bench.servers import database
from bench.state import (
    CAUGHT_UP,
    insert_profiles,
    known,
    publish,
    settle_sweep,
    wait_for,
    workers,
)
from ripely.adapters.postgres.history import PostgresHistory
from ripely.adapters.postgres.rulesets import PostgresRulesets
from ripely.adapters.postgres.sweeps import PostgresSweeps
from ripely.cli.archiving import SWEEP_PAUSE
from ripely.compiler.query import Audiences, Moment, Rules
from ripely.model.acts import Did, Page, Where
from ripely.model.company import Company
from ripely.model.condition import All, Not
from ripely.model.duration import Duration
from ripely.model.ids import ContactId, SegmentId
from ripely.model.segment import Segment
from ripely.ports import PARTITIONS, Answered, Cell, Clock, Warehouse
from ripely.runtime.seeding import ArchivedPast
from ripely.runtime.sweep import Sweeper

CONTACTS = EVENTS // EVENTS_PER_CONTACT
WANTED_SECONDS = 30.0
MONTH = Duration(30 * 86_400)
LOOKED = Page("contains", "/pricing/plan-", at_least=3, within=MONTH)
TOLD = Did("email.clicked", where=(Where("template", "equals", "t3"),), within=MONTH)
EAGER = Segment(SegmentId("eager"), "Looked at plans again and again", All((LOOKED, Not(TOLD))))
ENTERED = "SELECT coalesce(sum(n), 0) FROM tallies WHERE kind = 'segment' AND subject = 'eager' AND item = 'entered'"


@bench("seed_1m")
def seed_1m() -> Figure:
    connection = opened()
    counted = Audiences(Rules(Company("company")), Moment(NOW_S), "duckdb").counts([EAGER.when])
    wanted = connection.execute(counted).fetchall()[0][1]
    with database() as url:
        _settle(url)
        value = runs(lambda: _seconds(url, connection, wanted), times=1)
    load = (
        f"{CONTACTS:,} contacts asked about a new segment, which {wanted:,} enter by what is among"
        f" {EVENTS:,} events; 2 workers"
    )
    return Figure(value, "s", WANTED_SECONDS, load, lower_is_better=True)


def _settle(url: str) -> None:
    """Have everybody known, with all their history before the next position of the log."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT setval('log_position', %s)", [2 * EVENTS])
    ruleset = publish(url, reference_definitions())
    settle_sweep(url)
    insert_profiles(url, (known(ContactId(n), ruleset) for n in range(CONTACTS)))


def _seconds(url: str, connection: duckdb.DuckDBPyConnection, wanted: int) -> float:
    with (
        workers(url),
        ConnectionPool(url, min_size=1, max_size=2, kwargs={"autocommit": True}) as pool,
    ):
        time.sleep(3)  # The workers are there before the rules change, as in life.
        rulesets, sweeps = PostgresRulesets(pool), PostgresSweeps(pool)
        past = ArchivedPast(_Lake(connection), PostgresHistory(pool))
        sweeper = Sweeper(sweeps, rulesets, past, _EndOfTheYear())
        began = time.monotonic()
        publish(url, [*reference_definitions(), EAGER])
        while not sweeper.turn():
            time.sleep(0.01)
        while sweeps.next(1) is not None:
            if not sweeper.turn():
                time.sleep(SWEEP_PAUSE.seconds_min)
        wait_for(url, CAUGHT_UP)
        seconds = time.monotonic() - began
        with pool.connection() as own:
            row = own.execute(ENTERED).fetchone()
    assert row is not None
    assert row[0] == wanted, f"{row[0]} entered of {wanted}"
    return seconds


class _EndOfTheYear(Clock):
    @override
    def now(self) -> datetime:
        return datetime.fromtimestamp(NOW_S, UTC)


class _Lake(Warehouse):
    """The lake of the benches, which has no catalogue in PostgreSQL."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    @override
    def ask(self, sql: str, rows_max: int = 10_000) -> Answered:
        """Say how far the archive is: it holds everything."""
        return Answered(("partitions", "reached"), [(PARTITIONS, 2 * EVENTS + 1_000_000)])

    @override
    def stop(self) -> None:
        self._connection.interrupt()

    @override
    def each(self, sql: str) -> Iterator[tuple[Cell, ...]]:
        answer = self._connection.execute(sql)
        while rows := answer.fetchmany(10_000):
            yield from rows
