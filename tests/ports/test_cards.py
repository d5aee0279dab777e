"""What lists show of a contact keeps up with it, and with the rules."""

from typing import Any

import psycopg
import pytest

from company import ANN, DAN, INTEREST, START_S, event
from ports.world import World, memory_world, postgres_world
from ripely.model.score import Level, PointsFor, Score


def score(name: str) -> Score:
    return Score(INTEREST, "I", (PointsFor("x", 5),), levels=(Level(name, 1),), main=True)


@pytest.fixture(params=["memory", "postgres"])
def shown(request: pytest.FixtureRequest) -> Any:
    """A world, and a look at what its lists show: names and levels of known contacts."""
    if request.param == "memory":
        with memory_world() as world:
            yield (
                world,
                lambda: {c.contact: (c.email, c.level) for c in world.store.cards.values()},
            )
        return
    url = request.getfixturevalue("database_url")
    query = "SELECT contact, email, level FROM contacts"

    def rows() -> dict[int, tuple[str, str]]:
        with psycopg.connect(url) as connection:
            return {row[0]: row[1:] for row in connection.execute(query)}

    with postgres_world(url) as world:
        yield world, rows


def known(world: World) -> None:
    world.publish(score("warm"))
    world.log.append([event(1, ANN, "contact.identified", START_S, email="ann@x.example")])
    world.log.append([event(2, ANN, "x", START_S)])
    world.work()


def test_new_names_of_levels_show_on_every_card(shown) -> None:
    world, cards = shown
    known(world)
    assert cards() == {ANN: ("ann@x.example", "warm")}
    world.publish(score("hot"))
    world.work()
    world.sweep()
    assert cards() == {ANN: ("ann@x.example", "hot")}


def test_whoever_is_no_longer_known_or_no_longer_apart_is_not_shown(shown) -> None:
    world, cards = shown
    known(world)
    world.log.append([event(3, DAN, "contact.identified", START_S, phone="+380441112233")])
    world.work()
    assert set(cards()) == {ANN, DAN}
    world.log.append([event(4, ANN, "contact.identified", START_S + 1, email=None)])
    world.log.append([event(5, DAN, "contact.merged", START_S + 1, into=ANN)])
    world.work()
    assert cards() == {}
