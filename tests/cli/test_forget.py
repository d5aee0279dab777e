"""Forgetting somebody from the command line."""

import pytest
from click.testing import CliRunner

from company import ANN, BOB, START_S, event
from ports.world import postgres_world
from ripely.cli.main import ripely
from ripely.model.ids import contact_code


@pytest.fixture
def world(database_url):
    with postgres_world(database_url) as opened:
        opened.log.append([event(1, ANN, "contact.identified", START_S, city="Kyiv")])
        opened.work()
        yield opened


def run(url, *words, said=""):
    return CliRunner(env={"DATABASE_URL": url}).invoke(ripely, ["forget", *words], input=said)


def test_a_contact_is_forgotten_once_somebody_is_sure(world, database_url):
    code = contact_code(ANN)
    assert run(database_url, code, said="n\n").exit_code == 1
    world.work()
    assert world.store.load([ANN]).profiles[ANN].attributes == {"city": "Kyiv"}
    answer = run(database_url, code, said="y\n")
    assert answer.exit_code == 0
    assert f"Contact {code} is being forgotten." in answer.output
    world.work()
    assert world.store.load([ANN]).profiles[ANN].attributes == {}


@pytest.mark.parametrize(
    ("who", "why"),
    [(contact_code(BOB), "Nobody is known by"), ("nobody", "neither an address nor the code")],
)
def test_nobody_is_forgotten_by_mistake(world, database_url, who, why):
    end = world.log.read(range(16), 0, 1_000).upto
    answer = run(database_url, who, "--yes")
    assert answer.exit_code != 0
    assert why in answer.output
    assert world.log.read(range(16), 0, 1_000).upto == end


def test_who_is_in_quarantine_waits_to_be_forgotten(world, database_url):
    from ports.test_replay import LOOP

    world.publish(LOOP)
    world.log.append([event(2, ANN, "order.completed", START_S + 1)])
    world.work()
    answer = run(database_url, contact_code(ANN), "--yes")
    assert "when it is resumed" in answer.output
