"""Questions to the lake are bounded, read only the lake, and survive what happens beside them."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from ripely.adapters.ducklake.archive import DuckLakeArchive
from ripely.adapters.ducklake.lake import Place
from ripely.adapters.ducklake.spill import Spill
from ripely.adapters.ducklake.warehouse import DuckLakeWarehouse
from ripely.model.ids import ContactId
from ripely.ports import AskError, EventRow, Rows
from ripely.runtime.scribe import lines_of

COUNT = "SELECT count(*) FROM events"
ENDLESS = (
    "SELECT count(*) FROM range(100000000) a, range(1000000) b WHERE a.range % b.range = 7"
)


@pytest.fixture
def lake(
    database_url: str, tmp_path: Path
) -> Iterator[tuple[DuckLakeArchive, DuckLakeWarehouse]]:
    yield from a_lake(database_url, tmp_path)


@pytest.fixture(scope="module")
def asked(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DuckLakeWarehouse]:
    """A lake that all questions of this module are asked of: none of them may change it."""
    for _, warehouse in a_lake(module_database_url, tmp_path_factory.mktemp("asked")):
        yield warehouse


def a_lake(url: str, folder: Path) -> Iterator[tuple[DuckLakeArchive, DuckLakeWarehouse]]:
    files = str(folder / "lake")
    archive = DuckLakeArchive(Place(url, files), folder / "staging")
    warehouse = DuckLakeWarehouse(url, files, folder / "spill", seconds_max=1)
    archive.keep(rows(0))
    yield archive, warehouse
    warehouse.close()
    archive.close()


def rows(after: int) -> Rows:
    events = [
        EventRow(ContactId(n), after + 1, 0, n, "page.viewed", 0, 0, "", True, "", {}, "")
        for n in range(3)
    ]
    return Rows({0: after}, {0: after + 1}, lines_of(events), lines_of([]), lines_of([]))


def test_what_is_kept_is_seen_by_the_next_question(
    lake: tuple[DuckLakeArchive, DuckLakeWarehouse],
) -> None:
    archive, warehouse = lake
    assert warehouse.ask(COUNT).rows == [(3,)]
    archive.keep(rows(1))
    assert warehouse.ask(COUNT).rows == [(6,)]
    archive.compact()
    archive.erase([ContactId(1)])
    assert warehouse.ask(COUNT).rows == [(4,)]


def test_no_more_rows_than_wanted(lake: tuple[DuckLakeArchive, DuckLakeWarehouse]) -> None:
    answered = lake[1].ask("SELECT contact, name FROM events ORDER BY contact", 2)
    assert answered.columns == ["contact", "name"]
    assert answered.rows == [(0, "page.viewed"), (1, "page.viewed")]


@pytest.mark.parametrize(
    ("question", "because"),
    [
        (ENDLESS, "more than 1 seconds"),
        ("SELECT * FROM read_csv('/etc/passwd')", "beside it"),
        ("SELECT * FROM '/etc/passwd.csv'", "beside it"),
        ("SELECT * FROM 'events.parquet'", "beside it"),
        ("WITH a AS (FROM '/etc/passwd') FROM events WHERE name IN (FROM a)", "beside it"),
        ("SUMMARIZE '/etc/passwd'", "beside it"),
        ("DESCRIBE SELECT * FROM read_text('/etc/passwd')", "beside it"),
        ("FROM glob('/etc/*')", "beside it"),
        ("FROM parquet_metadata('/etc/passwd')", "beside it"),
        ("FROM postgres_scan('host=/tmp', 'public', 'log')", "beside it"),
        ("FROM lake.options()", "beside it"),
        ("FROM ducklake_snapshots('lake')", "beside it"),
        ("FROM duckdb_settings()", "beside it"),
        ("FROM duckdb_secrets()", "beside it"),
        ("FROM which_secret('s3://a', 's3')", "beside it"),
        ("FROM pg_catalog.pg_settings", "beside it"),
        ("SELECT current_setting('temp_directory') FROM events", "beside it"),
        ("SELECT txid_current()", "beside it"),
        ("SELECT getenv('HOME')", "does not exist"),
        ("FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))", "beside it"),
        ("FROM sys.argv", "beside it"),
        ("FROM COUNT", "does not exist"),
        ("PRAGMA database_list", "beside it"),
        ("CALL pragma_version()", "Only questions"),
        ("ATTACH '/tmp/other.db'", "Only questions"),
        ("DETACH lake", "Only questions"),
        ("INSTALL httpfs", "Only questions"),
        ("LOAD httpfs", "Only questions"),
        ("CREATE SECRET (TYPE s3)", "Only questions"),
        ("CREATE TEMP TABLE mine AS SELECT 1", "Only questions"),
        ("CREATE MACRO name() AS 1", "Only questions"),
        ("INSERT INTO events FROM events", "Only questions"),
        ("UPDATE events SET name = ''", "Only questions"),
        ("DROP TABLE events", "Only questions"),
        ("RESET memory_limit", "Only questions"),
        ("USE memory", "Only questions"),
        ("BEGIN", "Only questions"),
        ("PREPARE it AS SELECT 1", "Only questions"),
        ("EXPORT DATABASE 'mine'", "Only questions"),
        ("IMPORT DATABASE 'mine'", "file system operations are disabled"),
        ("COPY events FROM '/etc/passwd'", "Only questions"),
        ("PIVOT events ON name USING count(*)", "must name its columns"),
        ("", "one question at a time"),
        ("SELECT " + "NOT " * 900 + "true", "inside one another"),
        ("SELECT nothing FROM events", "not found"),
        ("SELECT $1", "not provided"),
        ("SELECT error('mine')", "mine"),
        ("SELECT 9223372036854775807 + contact FROM events", "Overflow"),
        ("SELECT * FROM postgres_query('__ducklake_metadata_lake', 'SELECT 1')", "beside it"),
        ("SELECT * FROM query('FROM __duck' || 'lake_metadata_lake.log')", "beside it"),
        ("SELECT * FROM query_table('__duck' || 'lake_metadata_lake.log')", "beside it"),
        ("SELECT * FROM __ducklake_metadata_lake.public.log", "beside it"),
        ("WITH a AS (SELECT (SELECT 1 FROM duckdb_databases)) FROM a", "beside it"),
        ("SHOW TABLES FROM __ducklake_metadata_lake.public", "beside it"),
        ("SELECT * FROM ducklake_cleanup_old_files('lake', cleanup_all => true)", "beside it"),
        ("EXPLAIN ANALYZE COPY events TO 'events.csv'", "Only questions"),
        ("EXPLAIN /**/ ANALYZE COPY events TO 'events.csv'", "syntax error"),
        ("EXPLAIN (ANALYZE) COPY events TO 'events.csv'", "Only questions"),
        ("EXPLAIN ANALYZE FROM query('SELECT 1')", "beside it"),
        ("COPY events TO 'events.csv'", "Only questions"),
        ("DELETE FROM events", "Only questions"),
        ("SET threads = 1", "Only questions"),
        ("SELECT 1; SELECT 2", "one question at a time"),
        ("SELEC", "syntax error"),
        ("SELECT CAST('x' AS INTEGER)", "Could not convert"),
        ("SELECT list(range) FROM range(1000000000)", "more memory|more than 1 seconds"),
    ],
)
def test_what_is_not_answered_is_refused_with_a_reason(
    question: str, because: str, asked: DuckLakeWarehouse
) -> None:
    asked.ask(COUNT)
    session = asked._session
    with pytest.raises(AskError, match=because):
        asked.ask(question)
    assert asked.ask(COUNT).rows == [(3,)]
    assert asked._session is session  # What one did wrong is nothing to others.


@pytest.mark.parametrize(
    "question",
    [
        "EXPLAIN SELECT * FROM lake.events",
        "EXPLAIN ANALYZE SELECT 1",
        "DESCRIBE events",
        "SUMMARIZE events",
        "SHOW TABLES",
        "FROM events, range(2)",
        "WITH one AS (FROM lake.main.present) FROM one, unnest([1, 2])",
        "SELECT 'read_csv', 'postgres_query' FROM information_schema.tables; -- ;",
    ],
)
def test_what_only_looks_at_the_archive_is_answered(
    question: str, asked: DuckLakeWarehouse
) -> None:
    assert asked.ask(question).columns


def test_who_is_answered_is_answered_to_the_end(
    lake: tuple[DuckLakeArchive, DuckLakeWarehouse], tmp_path: Path
) -> None:
    answer = lake[1].each("FROM range(30000)")
    next(answer)
    lake[1]._forget(lake[1]._session)
    assert lake[1].ask(COUNT).rows == [(3,)]
    assert len(list((tmp_path / "spill").iterdir())) == 2
    assert sum(1 for _ in answer) == 29_999
    assert len(list((tmp_path / "spill").iterdir())) == 1


def test_whoever_stops_waiting_stops_the_question(
    lake: tuple[DuckLakeArchive, DuckLakeWarehouse],
) -> None:
    warehouse = DuckLakeWarehouse(
        lake[1]._database_url, lake[1]._files, lake[1]._folder, seconds_max=600
    )
    warehouse.ask(COUNT)
    impatience = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    impatience.start()
    with pytest.raises(KeyboardInterrupt):
        warehouse.ask(ENDLESS)
    assert warehouse.ask(COUNT).rows == [(3,)]
    warehouse.close()


def test_what_memory_does_not_hold_is_for_its_owner_alone_and_goes_with_it(
    tmp_path: Path,
) -> None:
    parent = tmp_path / "data" / "asking"
    parent.mkdir(parents=True)
    (parent / "spill-left").mkdir()
    (parent / "spill-left" / "block").write_text("somebody@example.com")
    (parent / "lake").mkdir()
    one, other = Spill(parent), Spill(parent)
    assert one.path.stat().st_mode & 0o777 == 0o700
    assert {*parent.iterdir()} == {one.path, other.path, parent / "lake"}
    one.close()
    other.close()
    assert [*parent.iterdir()] == [parent / "lake"]


def test_nothing_loads_the_engine_before_the_first_question() -> None:
    program = "import sys, ripely.wiring; sys.exit('duckdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_question_is_ended_from_another_thread(
    database_url: str,
    tmp_path: Path,
    lake: tuple[DuckLakeArchive, DuckLakeWarehouse],
    eventually: Callable[[Callable[[], object]], None],
) -> None:
    patient = DuckLakeWarehouse(database_url, str(tmp_path / "lake"), tmp_path / "other", 600)
    with closing(patient), ThreadPoolExecutor(1) as beside:
        assert patient.ask(COUNT).rows == [(3,)]
        asked = beside.submit(patient.ask, ENDLESS)
        eventually(lambda: patient._session is not None and patient._session._cursors)
        while not asked.done():
            patient.stop()
        with pytest.raises(AskError, match="broken off"):
            asked.result()
        with pytest.raises(AskError, match="broken off"):
            patient.ask(COUNT)
