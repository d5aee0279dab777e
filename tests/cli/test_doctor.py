"""What `ripely doctor` says of history that is damaged, and that everything else goes on beside it."""

import json
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from company import ANN, BOB, CAROL, DEFINITIONS, START_S, event
from ports.world import postgres_world
from ripely.cli.main import ripely
from ripely.model.acts import Aggregate
from ripely.model.ids import SegmentId, contact_code
from ripely.model.segment import Segment
from ripely.runtime.archiving import archive_once
from ripely.settings import read_settings
from ripely.wiring import assemble, open_archive

DEAR = Segment(
    SegmentId("dear"), "Dear", Aggregate("sum", "total", "order.completed", at_least=5)
)
DRAFT = """
kind: journey
id: thank
name: Thank
triggers: [{on: event, event: order.completed}]
start: call
steps: {call: {do: task, title: Call}}
"""


@pytest.fixture(params=[b"", b"nonsense", b"\x28\xb5\x2f\xfd\x20\x02\x11\x00\x00\x92\x90"])
def damaged(request: pytest.FixtureRequest, django_database: str) -> str:
    """The address of a database in which the story of Bob's order is damaged, in one way or another."""
    with postgres_world(django_database) as world:
        world.publish(*DEFINITIONS)
        for number, who in enumerate((ANN, BOB, CAROL)):
            seen = event(2 * number, who, "page.viewed", START_S, path="/")
            bought = event(2 * number + 1, who, "order.completed", START_S + 1, total=9)
            for one in (seen, bought):
                world.log.append([one])
                world.work()
    with psycopg.connect(django_database) as connection:
        connection.execute(
            "UPDATE history SET body = %s WHERE (contact, position) ="
            " (SELECT contact, max(position) FROM history WHERE contact = %s GROUP BY contact)",
            [request.param, BOB],
        )
    return django_database


def run(url: str, *words: str) -> Result:
    return CliRunner(env={"DATABASE_URL": url}).invoke(ripely, list(words))


def test_a_damaged_story_is_named_and_the_others_are_replayed(damaged: str) -> None:
    answer = run(damaged, "doctor", "replay", "--all")
    assert answer.exit_code == 1
    with psycopg.connect(damaged) as connection:
        place = connection.execute(
            "SELECT max(position) FROM history WHERE contact = %s", [BOB]
        ).fetchone()
    assert place is not None
    named = f"{contact_code(BOB)} at {place[0]}: the story cannot be read: "
    assert named in answer.output
    assert "3 contacts" in answer.output
    assert "0 differ, 1 cannot be read." in answer.output
    assert run(damaged, "doctor", "replay", "--contact", contact_code(BOB)).exit_code == 1
    assert run(damaged, "doctor", "replay", "--contact", contact_code(ANN)).exit_code == 0


def test_a_backtest_goes_on_without_whom_it_cannot_read(damaged: str, tmp_path: Path) -> None:
    (tmp_path / "draft.yaml").write_text(DRAFT)
    words = ("backtest", str(tmp_path / "draft.yaml"), "--since", "2029-12-31", "--until", "2030-01-03")  # fmt: skip
    report = json.loads(run(damaged, *words, "--format", "json").stdout)
    assert (report["contacts"], report["entered"]) == (3, 2)
    (failed,) = report["failed"]
    assert failed["times"] == 1
    assert [one["contact"] for one in failed["examples"]] == [BOB]
    assert "1 · could not be read: `ripely doctor replay --all`" in run(damaged, *words).stdout


def test_new_rules_and_the_archive_learn_of_all_others(damaged: str) -> None:
    with postgres_world(damaged) as world:
        world.publish(*DEFINITIONS, DEAR)
        world.work()
        world.sweep()
        profiles = world.store.load([ANN, BOB, CAROL]).profiles
    assert {who for who, one in profiles.items() if DEAR.id in one.segments} == {ANN, CAROL}
    with assemble(read_settings(), damaged) as app, open_archive(app) as opened:
        assert opened is not None
        while archive_once(*opened):
            pass
        told = app.warehouse.ask(
            "SELECT DISTINCT contact FROM events WHERE name = 'order.completed'"
        )
    assert {who for (who,) in told.rows} == {ANN, CAROL}
