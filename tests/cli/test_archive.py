"""The archive as an operator meets it: the process that keeps it, questions, and files."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import psycopg
import pytest
from click.testing import CliRunner, Result

from company import ANN, BOB, DEFINITIONS, START_S, event
from ports.world import postgres_world
from ripely.cli.main import ripely

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


def test_before_anything_is_archived_that_is_said(run: Callable[..., Result]) -> None:
    answer = run("sql", "SELECT 1")
    assert answer.exit_code == 1
    assert "There is no archive to ask yet" in answer.output


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
