"""History of the lake is the history of the fold, story for story, and replays to the same profiles."""

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from company import ANN, BOB, CAROL, DAN, DEFINITIONS, START_S, event
from ports.test_archive import Kept, in_lake
from ports.test_replay import OFTEN
from ripely.adapters.ducklake import history as lake_history
from ripely.adapters.ducklake.history import LakeHistory
from ripely.adapters.ducklake.warehouse import DuckLakeWarehouse
from ripely.model.event import Event
from ripely.ports import Answered, AskError, History, Story, Warehouse
from ripely.runtime.archiving import event_of
from ripely.runtime.replay import Past, replay_all, replay_one
from ripely.runtime.rules import open_rules

PEOPLE = (ANN, BOB, CAROL, DAN)
VALUES = (
    "", "plain", "a\x00b", "<script>", "Ünï 🎈", "x" * 3_000, "[]", 0, -1, 2**62, 1.0, 0.1, -1e300, True, False, None,
    [], {}, [[]], ["a", 1, None], {"price": 9.5, "a.b": ["c"]}, [{"category": "Boots"}, {"category": "Hats"}], "\\u0000",
)  # fmt: skip
NAMES = ("url", "path", "city", "age", "products", "a.b", "", "\x00", "zip code", "products.category")  # fmt: skip


@pytest.fixture
def kept(database_url: str, tmp_path: Path) -> Iterator[tuple[Kept, LakeHistory]]:
    with in_lake(database_url, tmp_path) as opened:
        warehouse = DuckLakeWarehouse(database_url, str(tmp_path / "lake"), tmp_path / "spill")
        yield opened, LakeHistory(warehouse, event_of)
        warehouse.close()


def told(history: History, **some: object) -> list[tuple[int, int, bytes]]:
    """Every story, and every property in its place."""
    return [
        (contact, position, msgspec.msgpack.encode(story))
        for contact, position, story in history.scan(**some)
    ]


def lived(kept: Kept, seed: int) -> None:
    """Rules come and change, things are odd, late and twice, two become one and one two."""
    chance, at_s, number = random.Random(seed), START_S, 0
    for batch in range(12):
        if batch in (2, 7):
            kept.world.publish(*DEFINITIONS, *([OFTEN] if batch == 7 else []))
        some: list[Event] = []
        for _ in range(chance.randint(1, 12)):
            number, at_s = number + 1, at_s + chance.randint(0, 4_000)
            some.append(happening(chance, number, at_s))
        kept.happen(*some, *chance.sample(some, 1))
        if batch in (2, 7):
            kept.world.sweep()
        if batch % 3:
            kept.catch_up(limit=chance.choice([3, 1_000]))
        if batch in (5, 9):
            kept.archive.compact()
    kept.catch_up()


def happening(chance: random.Random, number: int, at_s: int) -> Event:
    contact = chance.choice(PEOPLE)
    said = {name: chance.choice(VALUES) for name in chance.sample(NAMES, chance.randint(0, 6))}
    name = chance.choice(
        ["page.viewed", "order.completed", "odd.one", "contact.identified", "contact.merged"]
    )
    if name == "contact.merged":
        said = {"into": DAN if contact == CAROL else CAROL, "by": "email"}
        name = name if contact in (BOB, CAROL) else "email.clicked"
    return event(number, contact, name, at_s, late_s=chance.choice([0, 0, 9_000]), **said)


@pytest.mark.parametrize("seed", range(3))
def test_the_lake_tells_what_postgresql_tells(
    kept: tuple[Kept, LakeHistory], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    (world, lake) = kept[0].world, kept[1]
    lived(kept[0], seed)
    everything = told(world.history)
    assert len(everything) > 20
    assert told(lake) == everything
    # In parts of a contact or two, the same.
    monkeypatch.setattr(lake_history, "ROWS_AT_ONCE", 5)
    monkeypatch.setattr(lake_history, "CONTACTS_AT_ONCE", 2)
    assert told(lake) == everything
    for partitions in ([ANN % 16], [BOB % 16, CAROL % 16], []):
        assert told(lake, partitions=partitions) == told(world.history, partitions=partitions)
    for contacts in ([ANN], [BOB, CAROL, 99], []):
        assert told(lake, contacts=contacts) == told(world.history, contacts=contacts)
    for contact in PEOPLE:
        stories = world.history.of(contact, 2**63 - 1, 1_000)
        assert lake.of(contact, 2**63 - 1, 1_000) == stories
        assert lake.of(contact, stories[1][0], 2) == stories[2:4]
    assert lake.contacts() == len({contact for contact, *_ in everything})
    middle = sorted(position for _, position, _ in everything)[len(everything) // 2]
    assert set(lake.newer(middle, 10)) == set(world.history.newer(middle, 10))
    past = Past(lake, world.rulesets, world.store, open_rules(world.rulesets))
    assert [each for each in replay_all(past) if each.wrong] == []
    assert {each.contact for each in replay_all(past)} == {c for c, *_ in everything}
    hers = replay_one(past, ANN)
    assert hers is not None
    assert hers.wrong is None


def test_what_is_kept_while_it_is_read_is_not_told_by_halves(
    kept: tuple[Kept, LakeHistory],
) -> None:
    opened, lake = kept
    lived(opened, 7)
    before = told(opened.world.history)
    stories = lake.scan()
    first = next(stories)
    opened.happen(*[event(900 + n, c, "page.viewed", START_S + 90_000) for n, c in enumerate(PEOPLE)])  # fmt: skip
    opened.catch_up()
    rest: list[tuple[int, int, Story]] = [first, *stories]
    assert [(contact, position) for contact, position, _ in rest] == [one[:2] for one in before]


class Breaking(Warehouse):
    """Its files go again and again while they are read."""

    dialect = "duckdb"

    def __init__(self, lake: Warehouse) -> None:
        self._lake, self._chance = lake, random.Random(0)

    def ask(self, sql: str, rows_max: int = 10_000) -> Answered:
        return self._lake.ask(sql, rows_max)

    def each(self, sql: str) -> Iterator[tuple[object, ...]]:
        for row in self._lake.each(sql):
            if "ORDER BY contact, position" in sql and self._chance.random() < 0.1:
                raise AskError("Its files are gone.")
            yield row


def test_files_that_go_while_they_are_read_lose_nothing(
    kept: tuple[Kept, LakeHistory], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, lake = kept
    lived(opened, 3)
    monkeypatch.setattr(lake_history, "TRIES_MAX", 1_000)
    assert told(LakeHistory(Breaking(lake._warehouse), event_of)) == told(opened.world.history)


def test_who_is_forgotten_while_the_lake_is_read_is_left_out(
    kept: tuple[Kept, LakeHistory],
) -> None:
    opened, lake = kept
    lived(opened, 4)
    opened.archive.compact()
    everybody = sorted({contact for contact, *_ in opened.world.history.scan()})
    first, last = everybody[0], everybody[-1]
    stories = lake.scan()
    begun = next(stories)
    opened.happen(event(990, last, "contact.erased", START_S + 900_000))
    opened.catch_up()
    assert begun[0] == first
    rest = list(stories)
    past = Past(lake, opened.world.rulesets, opened.world.store, open_rules(opened.world.rulesets), opened.world.history)  # fmt: skip
    assert [each for each in replay_all(past) if each.wrong] == []
    before = {contact for contact, *_ in [begun, *rest]}
    assert before - {last} == set(everybody) - {last}
    assert last not in {contact for contact, *_ in lake.scan()}


def test_without_a_lake_there_is_a_sentence(database_url: str, tmp_path: Path) -> None:
    lake = LakeHistory(
        DuckLakeWarehouse(database_url, str(tmp_path / "lake"), tmp_path), event_of
    )
    with pytest.raises(AskError, match="it is not there yet"):
        list(lake.scan())
