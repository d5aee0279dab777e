"""Workers that share the partitions, come and go, and fail in the middle."""

import random
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from company import DEFINITIONS, START_S, event
from ports.world import memory_world, postgres_world
from ripely.adapters.postgres import partitions, profiles
from ripely.adapters.postgres.profiles import NotOursError, PostgresProfiles
from ripely.model.ids import ContactId, derive
from ripely.ports import PARTITIONS
from ripely.runtime.rules import open_rules
from ripely.runtime.worker import work_once

CONTACTS = [ContactId(derive("c", str(n))) for n in range(60)]


def act(number: int, chance: random.Random):
    name = chance.choice(["page.viewed", "page.viewed", "order.completed", "email.opened"])
    facts = {"url": "https://shop.example/pricing", "path": "/pricing"}
    return event(number, chance.choice(CONTACTS), name, START_S + number, **facts)


@contextmanager
def worker(url: str):
    with psycopg.connect(url, autocommit=True) as connection:
        yield PostgresProfiles(connection)


def bodies(url: str) -> dict[int, bytes]:
    with psycopg.connect(url) as connection:
        return dict(connection.execute("SELECT contact, body FROM profiles").fetchall())


@pytest.fixture(autouse=True)
def _balance_at_every_turn(monkeypatch):
    monkeypatch.setattr(partitions, "BALANCE_SECONDS", 0)


def test_workers_that_come_and_go_leave_what_one_leaves(database_url: str) -> None:
    """Partitions move away and come back; what a worker remembers of them must not be what was."""
    chance, told = random.Random(5), []
    with postgres_world(database_url) as world, ExitStack() as stack:
        world.publish(*DEFINITIONS)
        rules_of = open_rules(world.rulesets)
        workers = [world.store, *(stack.enter_context(worker(database_url)) for _ in range(2))]
        for turn in range(60):
            told += (fresh := [act(1000 * turn + n, chance) for n in range(5)])
            world.log.append(fresh)
            at = chance.randrange(3)
            if at and chance.random() < 0.3:  # This one dies; after a while another begins.
                workers[at]._connection.close()
                for _ in range(chance.randrange(4)):
                    work_once(world.log, workers[chance.choice([0, 3 - at])], rules_of)
                workers[at] = stack.enter_context(worker(database_url))
            work_once(world.log, workers[at], rules_of)
        for _ in range(200):
            for each in workers:
                work_once(world.log, each, rules_of)
        held = [partition for each in workers for partition in each.claim()]
        assert sorted(held) == list(range(PARTITIONS))
    with memory_world() as memory:
        memory.publish(*DEFINITIONS)
        memory.log.append(told)
        memory.work()
        assert bodies(database_url) == memory.store.bodies


def test_what_another_worker_did_meanwhile_is_seen_when_partitions_come_back(
    database_url: str,
) -> None:
    with postgres_world(database_url) as world:
        rules_of = open_rules(world.rulesets)

        def tell(store: PostgresProfiles, turn: int) -> None:
            events = [event(100 * turn + n, c, "x", START_S) for n, c in enumerate(CONTACTS)]
            world.log.append(events)
            while work_once(world.log, store, rules_of):
                pass

        tell(world.store, 1)
        with worker(database_url) as second:
            world.store.claim()  # Leaves half of them to the second,
            tell(second, 2)  # which folds these alone.
        tell(world.store, 3)
        found = world.store.load(CONTACTS).profiles.values()
        assert {len(b"".join(profile.seen.values())) for profile in found} == {3 * 8}


def test_a_worker_whose_partitions_moved_on_without_it_commits_nothing(
    database_url: str, monkeypatch
) -> None:
    monkeypatch.setattr(partitions, "BALANCE_SECONDS", 3600)
    chance = random.Random(7)
    with postgres_world(database_url) as world:
        world.publish(*DEFINITIONS)
        world.work()
        world.log.append([act(n, chance) for n in range(20)])
        with psycopg.connect(database_url) as other:
            other.execute("UPDATE positions SET position = position + 1 WHERE partition = 3")
        with pytest.raises(NotOursError):
            world.work()
        assert bodies(database_url) == {}


def test_a_commit_that_fails_in_the_middle_leaves_nothing_and_is_made_again(
    database_url: str, monkeypatch
) -> None:
    class PowerCutError(Exception):
        pass

    def cut(*written) -> None:
        write(*written)
        raise PowerCutError

    write, chance = profiles.write, random.Random(6)
    told = [act(n, chance) for n in range(50)]
    with postgres_world(database_url) as world:
        world.publish(*DEFINITIONS)
        world.log.append(told[:25])
        world.work()
        before = bodies(database_url)
        world.log.append(told[25:])
        monkeypatch.setattr(profiles, "write", cut)
        with pytest.raises(PowerCutError):
            world.work()
        assert bodies(database_url) == before
        monkeypatch.setattr(profiles, "write", write)
        world.work()
    with memory_world() as memory:
        memory.publish(*DEFINITIONS)
        memory.log.append(told)
        memory.work()
        assert bodies(database_url) == memory.store.bodies
