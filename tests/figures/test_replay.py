"""Whole histories, replayed: what the command finds is that nothing differs."""

import os
import subprocess
import sys
from contextlib import closing

import pytest
from click.testing import CliRunner

from ripely.adapters.ducklake.archive import DuckLakeArchive
from ripely.adapters.ducklake.lake import Place
from ripely.adapters.postgres.told import PostgresTold
from ripely.cli.main import ripely
from ripely.runtime.archiving import archive_once


@pytest.fixture(scope="module")
def told(module_database_url, data, run, fold):
    """The demo's company and its two weeks, then a real shop's year and a half on top."""
    # In a process of its own: Django keeps to the first database that it meets.
    environ = {**os.environ, "DATABASE_URL": module_database_url}
    seed = [sys.executable, "-m", "ripely.cli.main", "demo", "seed"]
    subprocess.run(seed, env=environ, check=True)
    fold()
    run("import", "events", data("ecommerce_events_segment") / "segment_events.jsonl.gz")
    fold()
    return module_database_url


def test_replay_of_a_real_history_equals_the_live_result(told, run):
    said = run("doctor", "replay", "--all")
    contacts = int(said.split()[0].replace(",", ""))
    assert contacts > 100
    assert said.endswith("0 differ.\n")


def test_a_profile_that_was_changed_by_hand_is_found(told, app):
    with app.pool.connection() as connection:
        mine, other = connection.execute(
            "SELECT array_agg(contact), (array_agg(body))[2] FROM"
            " (SELECT contact, body FROM profiles ORDER BY contact LIMIT 2) AS two"
        ).fetchone()
        was = connection.execute(
            "SELECT body FROM profiles WHERE contact = %s", [mine[0]]
        ).fetchone()[0]
        put = "UPDATE profiles SET body = %s WHERE contact = %s"
        connection.execute(put, [other, mine[0]])
        answer = CliRunner(env={"DATABASE_URL": told}).invoke(
            ripely, ["doctor", "replay", "--contact", f"{mine[0]:016x}"]
        )
        connection.execute(put, [was, mine[0]])
    assert answer.exit_code == 1
    assert f"{mine[0]:016x} at " in answer.output
    assert "1 differ." in answer.output


def test_the_archive_replays_to_the_same_profiles(told, app, tmp_path):
    env = {"DATABASE_URL": told, "RIPELY_LAKE": str(tmp_path / "lake")}
    place = Place(told, env["RIPELY_LAKE"])

    def replayed() -> list[str]:
        words = ["doctor", "replay", "--all", "--from", "archive"]
        return CliRunner(env=env).invoke(ripely, words).stdout.splitlines()

    with closing(DuckLakeArchive(place, tmp_path / "staging")) as archive:
        archive_once(PostgresTold(app.pool), archive, limit=1_000, pages=2)
        behind = replayed()
        while archive_once(PostgresTold(app.pool), archive):
            pass
        archive.compact()
    *absent, said = behind[:-1] if behind[-1].endswith("first.") else behind
    assert " contacts changed after what the archive holds" in " ".join(absent)
    assert said.endswith("0 differ.")
    whole = CliRunner(env=env).invoke(ripely, ["doctor", "replay", "--all"]).stdout
    assert replayed() == whole.splitlines()
