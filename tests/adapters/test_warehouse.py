"""Questions to the lake are bounded, read only the lake, and survive what happens beside them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ripely.adapters.ducklake.archive import DuckLakeArchive
from ripely.adapters.ducklake.lake import Place
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
    files = str(tmp_path / "lake")
    archive = DuckLakeArchive(Place(database_url, files), tmp_path / "staging")
    warehouse = DuckLakeWarehouse(database_url, files, tmp_path / "spill", seconds_max=1)
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
        ("SELECT * FROM '/etc/passwd.csv'", "file system operations are disabled"),
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
    question: str, because: str, lake: tuple[DuckLakeArchive, DuckLakeWarehouse]
) -> None:
    with pytest.raises(AskError, match=because):
        lake[1].ask(question)
    assert lake[1].ask(COUNT).rows == [(3,)]


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
    question: str, lake: tuple[DuckLakeArchive, DuckLakeWarehouse]
) -> None:
    assert lake[1].ask(question).columns


def test_nothing_loads_the_engine_before_the_first_question() -> None:
    program = "import sys, ripely.wiring; sys.exit('duckdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
