"""Publishing from the command line when something else happens at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner

from ripely.cli import apply, rollback
from ripely.cli.publishing import BROKEN

JOURNEY = """
kind: journey
id: welcome
name: Welcome
triggers: [{on: event, event: order.completed}]
start: rest
steps:
  rest: {do: wait, for: %s, then: tag}
  tag: {do: update, add_tags: [welcomed]}
"""


@pytest.fixture
def run(django_database, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", django_database)

    def run(command, *words):
        return CliRunner().invoke(command, [*map(str, words)])

    return run


@pytest.fixture
def publish(run, tmp_path):
    def publish(wait: str, *words: str):
        (tmp_path / "welcome.yaml").write_text(JOURNEY % wait)
        return run(apply.command, tmp_path, *words)

    return publish


@pytest.fixture
def versions(publish):
    """Two versions of a journey, the second of which is in force."""
    assert "Published" in publish("1d").output
    assert "Published" in publish("2d").output


@pytest.fixture
def surprising(monkeypatch):
    """Say of every journey that it would write to the wrong people."""

    def surprises(before, after, ground, author):
        for journey in after:
            yield journey, "content", "It can begin for 1 contact now, and would for 300."

    monkeypatch.setattr("ripely.operations.audience.reach.surprises", surprises)


def test_the_way_back_is_guarded_as_the_way_on(run, versions, surprising):
    from ripely.records.backtests.models import Override

    refused = run(rollback.command, "journey/welcome", "--yes")
    assert refused.exit_code == 1
    assert "may go to the wrong people. It can begin for 1 contact now" in refused.output
    assert "Published" not in refused.output
    assert not Override.objects.exists()
    anyway = run(rollback.command, "journey/welcome", "--yes", "--anyway", "--author", "ann")
    assert "Published as ruleset" in anyway.output
    (kept,) = Override.objects.all()
    assert (kept.journey, kept.by) == ("welcome", "ann")


def test_what_is_published_while_one_is_asked_is_not_undone(
    run, publish, versions, monkeypatch
):
    def confirm(*_: object) -> bool:
        with ThreadPoolExecutor(1) as colleague:  # With a connection of their own.
            assert "Published" in colleague.submit(publish, "3d").result().output
        return True

    monkeypatch.setattr("click.confirm", confirm)
    late = run(rollback.command, "journey/welcome")
    assert late.exit_code == 1
    assert "Somebody else has published “welcome” meanwhile" in late.output
    assert "Published as" not in late.output


def test_a_database_that_goes_away_leaves_nothing_by_halves(publish, versions, monkeypatch):
    from django.db import connection

    from ripely.adapters.postgres.rulesets import PostgresRulesets
    from ripely.records.backtests.models import Override
    from ripely.records.definitions.models import Version

    before = Version.objects.count()

    def cut_off(self, *_: object) -> None:
        """End our own connection, as a server does that restarts."""
        with self._pool.connection() as ours:
            ours.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as restarting:
        restarting.setattr(PostgresRulesets, "publish", cut_off)
        cut = publish("3d", "--anyway")
    assert cut.exit_code == 1
    assert BROKEN in cut.output
    connection.close()
    assert (Version.objects.count(), Override.objects.count()) == (before, 0)
    assert "Published" in publish("3d").output
