"""The command on a real database, ended in every way."""

import json
import os
import signal
import subprocess
import sys

import psycopg
import pytest
from click.testing import CliRunner

from ripely.adapters.postgres.chunk import decode
from ripely.cli.main import ripely

LINES = 40_000


@pytest.fixture
def run(database_url):
    def command(*words):
        runner = CliRunner(env={"DATABASE_URL": database_url})
        return runner.invoke(ripely, ["import", "events", *map(str, words)])

    return command


def calls(path, count):
    with path.open("w") as file:
        for n in range(count):
            call = {"type": "track", "event": f"e{n}", "anonymousId": f"a{n % 997}"}
            file.write(json.dumps(call) + "\n")
    return path


def stored(database_url):
    with psycopg.connect(database_url) as connection:
        bodies = connection.execute("SELECT body FROM log ORDER BY position").fetchall()
    return [event.name for (body,) in bodies for event in decode(body, range(16))[0]]


def test_it_tells_what_came_in(run, database_url, tmp_path):
    answer = run(calls(tmp_path / "calls.jsonl", 10))
    assert answer.exit_code == 0, answer.output
    assert "10 lines, 10 events" in answer.output
    assert len(stored(database_url)) == 10


def test_rejected_lines_show_in_how_it_ends(run, database_url, tmp_path):
    path = calls(tmp_path / "calls.jsonl", 2)
    path.write_text(path.read_text() + "{\n")
    answer = run(path)
    assert answer.exit_code == 3
    assert "line 3: $:" in answer.output
    assert json.loads((tmp_path / "calls.jsonl.rejected.jsonl").read_text())["line"] == 3
    assert run(path).exit_code == 3
    assert len(stored(database_url)) == 2


def test_a_dry_run_keeps_nothing(run, database_url, tmp_path):
    answer = run(calls(tmp_path / "calls.jsonl", 3), "--dry-run")
    assert answer.exit_code == 0, answer.output
    assert "e1" in answer.output
    assert stored(database_url) == []


def test_a_mapping_that_does_not_fit_is_said(run, tmp_path):
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    answer = run(tmp_path / "table.csv")
    assert answer.exit_code == 1
    assert "must say what `timestamp` is" in answer.output


def test_a_file_of_unknown_form_is_asked_for(run, tmp_path):
    (tmp_path / "calls.txt").write_text("")
    answer = run(tmp_path / "calls.txt")
    assert answer.exit_code == 2
    assert "--format" in answer.output


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_and_started_again_it_brings_in_every_line_once(
    run, database_url, tmp_path, how, eventually
):
    path = calls(tmp_path / "calls.jsonl", LINES)
    ends = [end_it(path, database_url, how, chunks, eventually) for chunks in (1, 3)]
    assert ends[0] in {-signal.SIGKILL, 130}
    eventually(lambda: run(path).exit_code == 0)
    names = stored(database_url)
    assert len(names) == LINES
    assert set(names) == {f"e{n}" for n in range(LINES)}


def end_it(path, database_url, how, chunks, eventually):
    """Start an import, end it when the log has so many chunks, and return how it ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ripely.cli.main", "import", "events", path],
        env={**os.environ, "DATABASE_URL": database_url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: appended(database_url) >= chunks or process.poll() is not None)
    finally:
        process.send_signal(how)
        ended = process.wait(60)
    return ended


def appended(database_url):
    with psycopg.connect(database_url) as connection:
        return connection.execute("SELECT count(*) FROM log").fetchone()[0]
