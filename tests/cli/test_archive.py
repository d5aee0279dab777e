"""The archive as an operator meets it: the process that keeps it, questions, and files."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import psycopg
import pytest
from click.testing import CliRunner, Result

from company import ANN, BOB, DEFINITIONS, START_S, event
from ports.test_archive import in_lake
from ports.world import postgres_world
from ripely.adapters.ducklake.lake import Means, Place, connect
from ripely.cli.main import ripely
from ripely.ports import ArchiveError

COUNT = "SELECT name, count(*) AS n FROM events WHERE source = '' GROUP BY ALL ORDER BY ALL"


@pytest.fixture
def environ(database_url: str, tmp_path: Path) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "RIPELY_LAKE": str(tmp_path / "lake")}


@pytest.fixture
def run(environ: dict[str, str]) -> Callable[..., Result]:
    return lambda *words: CliRunner(env=environ).invoke(ripely, [*map(str, words)])


@pytest.fixture
def archived(
    environ: dict[str, str], run: Callable[..., Result], eventually: Callable[..., None]
) -> Iterator[None]:
    """A little history, and the process that has kept it; it was at rest until that happened."""
    words = [sys.executable, "-m", "ripely.cli.main", "archive", "--rests", "--kept=0"]
    keeper = subprocess.Popen(words, env={**os.environ, **environ})
    with postgres_world(environ["DATABASE_URL"]) as world:
        world.publish(*DEFINITIONS)
        world.log.append(
            [
                event(1, ANN, "page.viewed", START_S, url="https://shop.example/Pricing"),
                event(2, BOB, "page.viewed", START_S + 60, title="It's ]"),
                event(3, BOB, "order.completed", START_S + 3_600, revenue=9.5, url="=1+1"),
            ]
        )
        world.work()
    try:
        eventually(lambda: "order.completed" in run("sql", COUNT).output)
        yield
    finally:
        keeper.terminate()
        assert keeper.wait() == 0


def test_history_is_archived_as_it_happens_and_answers_questions(
    archived: None, run: Callable[..., Result]
) -> None:
    assert run("sql", COUNT).output.split() == [
        "name", "n", "order.completed", "1", "page.viewed", "2",
    ]  # fmt: skip
    lines = run("sql", "--json", COUNT).output.splitlines()
    assert [json.loads(line) for line in lines] == [
        {"name": "order.completed", "n": 1},
        {"name": "page.viewed", "n": 2},
    ]
    asked = "SELECT properties FROM events WHERE map_contains(properties, 'title')"
    table = list(csv.reader(io.StringIO(run("sql", "--csv", asked).output)))
    assert table == [["properties"], ['{"title":["It\'s ]"]}']]
    asked = "SELECT url, -1 AS n, '-1' AS said FROM events WHERE name = 'order.completed'"
    table = list(csv.reader(io.StringIO(run("sql", "--csv", asked).output)))
    assert table[1] == ["'=1+1", "-1", "'-1"]


def test_a_question_that_cannot_be_answered_says_why(
    archived: None, run: Callable[..., Result]
) -> None:
    answer = run("sql", "SELECT nothing FROM events")
    assert answer.exit_code == 1
    assert 'Referenced column "nothing" not found' in answer.output
    assert "Traceback" not in answer.output


def test_a_database_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    """What is wrong is written to logs and shown on pages."""
    away = "postgresql://ripely:to'p\\-secret@127.0.0.1:1/ripely"
    with pytest.raises(ArchiveError, match="the database does not answer") as refused:
        connect(Place(away, str(tmp_path)), Means("256MB", 1, tmp_path), read_only=True)
    assert "secret" not in str(refused.value)
    assert "Connection refused" in str(refused.value)


def test_before_anything_is_archived_that_is_said(run: Callable[..., Result]) -> None:
    answer = run("sql", "SELECT 1")
    assert answer.exit_code == 1
    assert "The archive cannot be asked" in answer.output
    assert "`ripely archive` begins it" in answer.output


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_events_are_written_to_a_file(
    kind: str, archived: None, run: Callable[..., Result], tmp_path: Path
) -> None:
    path, victim = tmp_path / f"events.{kind}", tmp_path / "victim"
    left = tmp_path / f".{path.name}.draft"  # By one that was killed, or who wishes us ill.
    victim.write_text("not to be written")
    path.symlink_to(victim)
    left.symlink_to(victim)
    said = run("export", "events", "--to", path, "--since", "2030-01-01T09:01")
    found = duckdb.execute(f"SELECT name FROM '{path}' WHERE source IS NULL OR source = ''")
    assert sorted(name for (name,) in found.fetchall()) == ["order.completed", "page.viewed"]
    strange = duckdb.execute(f"SELECT url FROM '{path}' WHERE name = 'order.completed'")
    # No spreadsheet may reckon it.
    assert strange.fetchall() == [("'=1+1" if kind == "csv" else "=1+1",)]
    assert path.stat().st_mode & 0o777 == 0o600
    assert victim.read_text() == "not to be written"
    assert [one for one in tmp_path.iterdir() if one.name.endswith(".draft")] == [left]
    everything = duckdb.execute(f"SELECT count(*) FROM '{path}'").fetchone()
    assert said.output == f"{everything[0]} events are in {path}.\n"


def test_a_file_that_cannot_be_written_is_named(
    archived: None, run: Callable[..., Result], tmp_path: Path
) -> None:
    answer = run("export", "events", "--to", tmp_path / "nowhere" / "events.csv")
    assert answer.exit_code == 1
    assert "nowhere/events.csv cannot be written: No such file or directory." in answer.output


def test_a_tool_of_ones_own_reads_with_a_role_that_can_do_nothing_else(
    archived: None, run: Callable[..., Result], environ: dict[str, str]
) -> None:
    with psycopg.connect(environ["DATABASE_URL"]) as connection:
        connection.execute("DROP ROLE IF EXISTS analyst")
        connection.execute("CREATE ROLE analyst LOGIN")
        connection.execute("GRANT USAGE ON SCHEMA lake TO analyst")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA lake TO analyst")
    said = run("sql", "--connection").output
    install, attach, use = said.splitlines()
    assert install == "INSTALL ducklake; INSTALL postgres;"
    from ripely.adapters.ducklake.lake import _load

    with duckdb.connect() as tool:
        _load(tool, "ducklake", "duckdb_extension_ducklake")
        _load(tool, "postgres", "duckdb_extension_postgres_scanner")
        tool.execute(attach.replace("user=''ripely''", "user=''analyst''"))
        tool.execute(use)
        assert tool.execute("SELECT count(*) FROM people").fetchone() == (2,)
        with pytest.raises(duckdb.Error):
            tool.execute("DELETE FROM events")
    with psycopg.connect(environ["DATABASE_URL"]) as connection:
        connection.execute("DROP OWNED BY analyst")
        connection.execute("DROP ROLE analyst")


def table_of(environ: dict[str, str], table: str) -> list[tuple[object, ...]]:
    with TemporaryDirectory() as room:
        place = Place(environ["DATABASE_URL"], environ["RIPELY_LAKE"])
        with connect(place, Means("256MB", 1, Path(room)), read_only=True) as connection:
            return connection.execute(f"FROM {table} ORDER BY ALL").fetchall()


def keep_four_days(url: str, folder: Path) -> None:
    with in_lake(url, folder) as kept:
        kept.world.publish(*DEFINITIONS)
        for day in range(4):
            kept.happen(event(day, ANN, "page.viewed", START_S + day * 86_400, n=[day]))
            kept.happen(event(9 + day, BOB, "page.viewed", START_S + day * 86_400, n=day))
            kept.catch_up()
        kept.archive.compact()


def test_each_file_that_is_not_as_it_was_written_is_named(
    environ: dict[str, str], run: Callable[..., Result], tmp_path: Path
) -> None:
    lake = tmp_path / "lake"
    keep_four_days(environ["DATABASE_URL"], tmp_path)
    assert run("archive", "check").exit_code == 0
    assert run("archive", "check", "--whole").exit_code == 0
    whole = {path: path.read_bytes() for path in lake.rglob("*.parquet")}
    missing, cut, other, spoiled = sorted(lake.glob("main/events/**/*.parquet"))[:4]
    past = next(lake.glob("main/people_past/**/*.parquet"))
    other.write_bytes(whole[missing])
    missing.unlink()
    past.unlink()
    cut.write_bytes(whole[cut][:-100])
    spoiled.write_bytes(whole[spoiled][:50] + bytes(100) + whole[spoiled][150:])
    said = run("archive", "check")
    assert said.exit_code == 1
    assert all(str(path) in said.output for path in (missing, past, cut, other))
    assert str(spoiled) not in said.output
    assert str(spoiled) in run("archive", "check", "--whole").output
    shutil.rmtree(lake)
    said = run("archive", "check")
    assert f"The folder of the lake is not there: {lake}" in said.output


def test_a_lost_archive_is_made_anew_also_by_one_that_is_killed(
    environ: dict[str, str],
    run: Callable[..., Result],
    eventually: Callable[..., None],
    tmp_path: Path,
) -> None:
    words = [sys.executable, "-m", "ripely.cli.main", "archive"]
    keep_four_days(environ["DATABASE_URL"], tmp_path)
    told = [table_of(environ, table) for table in ("events", "decisions", "present")]
    shutil.rmtree(tmp_path / "lake")
    assert run("archive", "rebuild").exit_code == 0
    for seconds in (0.6, 1.0, 1.4):
        with subprocess.Popen(words, env={**os.environ, **environ}) as keeper:
            with suppress(subprocess.TimeoutExpired):
                keeper.wait(seconds)
            keeper.kill()
    with subprocess.Popen(words, env={**os.environ, **environ}) as keeper:
        eventually(lambda: run("doctor", "archive").exit_code == 0)
        keeper.terminate()
    again = [table_of(environ, table) for table in ("events", "decisions", "present")]
    assert again == told
    assert run("archive", "check", "--whole").exit_code == 0
