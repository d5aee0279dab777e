"""The archive: how fast history in PostgreSQL comes into the lake, and what an event takes there."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from psycopg_pool import ConnectionPool

from bench.reference import EVENTS_PER_VISITOR, reference_definitions, traffic
from bench.runner import Figure, bench, runs, say
from bench.servers import database
from bench.state import CAUGHT_UP, publish, wait_for, workers
from ripely.adapters.ducklake.archive import DuckLakeArchive
from ripely.adapters.ducklake.lake import Place
from ripely.adapters.postgres.log import PostgresLog
from ripely.adapters.postgres.told import PostgresTold
from ripely.cli.turns import collect_seldom
from ripely.ports import Told
from ripely.runtime.archiving import archive_once

EVENTS = 400_000
AT_ONCE = 5_000
RATE_WANTED = 100_000.0
BYTES_WANTED = 40.0


@bench("archive_rate")
def archive_rate() -> Figure:
    """From history in PostgreSQL to files: events, decisions and contacts."""
    with _history() as (url, told):
        value = runs(lambda: _events_a_second(url, told))
        decisions = _decisions(told)
    load = (
        f"{EVENTS:,} events of {EVENTS // EVENTS_PER_VISITOR:,} contacts and those made of them, "
        f"each with {decisions:.1f} decisions of the reference rules"
    )
    return Figure(value, "events/s", RATE_WANTED, load)


@bench("archive_bytes")
def archive_bytes() -> Figure:
    """Nothing here depends on the moment: one run is as good as three."""
    with _history() as (url, told), _lake(url) as archive:
        _catch_up(told, archive)
        archive.compact()
        sizes = _sizes(url)
    events, of_events = sizes["events"]
    beside = ", ".join(
        f"{table} {sizes[table][1] / events:.1f}" for table in ("decisions", "people")
    )
    load = f"{events:,} events in compacted files; beside it, an event: {beside}"
    return Figure(of_events / events, "bytes", BYTES_WANTED, load, lower_is_better=True)


@contextmanager
def _history() -> Iterator[tuple[str, Told]]:
    """History as workers leave it."""
    with (
        database() as url,
        ConnectionPool(url, min_size=1, max_size=2, kwargs={"autocommit": True}) as pool,
    ):
        publish(url, reference_definitions())
        log, events = PostgresLog(pool), traffic(EVENTS)
        for start in range(0, EVENTS, AT_ONCE):
            log.append(events[start : start + AT_ONCE])
        with workers(url):
            wait_for(url, CAUGHT_UP)
        with pool.connection() as connection:
            connection.execute("VACUUM ANALYZE history")
        say("  the workers have folded it")
        yield url, PostgresTold(pool)


@contextmanager
def _lake(url: str) -> Iterator[DuckLakeArchive]:
    """A lake that is empty, and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="ripely-bench-") as folder:
        place = Place(url, f"{folder}/lake")
        with closing(DuckLakeArchive(place, Path(folder) / "staging")) as archive:
            yield archive
    with psycopg.connect(url) as connection:
        connection.execute("DROP SCHEMA lake CASCADE")


def _events_a_second(url: str, told: Told) -> float:
    collect_seldom()  # As the process does that keeps the archive.
    with _lake(url) as archive:
        started = time.perf_counter()
        _catch_up(told, archive)
        seconds = time.perf_counter() - started
        return _sizes(url)["events"][0] / seconds


def _catch_up(told: Told, archive: DuckLakeArchive) -> None:
    while archive_once(told, archive):
        pass


def _decisions(told: Told) -> float:
    page = told.after({}, AT_ONCE)
    return sum(len(one.notes) for one in page.folded) / sum(
        len(one.events) for one in page.folded
    )


def _sizes(url: str) -> dict[str, tuple[int, int]]:
    """Return, by table, how many rows lie in files and how many bytes those have."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT table_name, sum(record_count)::int8, sum(file_size_bytes)::int8"
            " FROM lake.ducklake_data_file AS file JOIN lake.ducklake_table USING (table_id)"
            " WHERE file.end_snapshot IS NULL GROUP BY 1"
        ).fetchall()
    return {table: (count, size) for table, count, size in rows}
