"""Workers are killed at any point, under load: nothing is lost, nothing counts twice.

`make chaos` sets RIPELY_KILLS=200; elsewhere a short round runs the same code.
"""

import os
import random
import subprocess
import sys
import time

import msgspec
import psycopg
import pytest

from company import DEFINITIONS, START_S, event
from ports.world import World, memory_world, postgres_world
from ripely.adapters.postgres.packing import unpack_profile
from ripely.engine.step import fold, new_profile
from ripely.model.event import DERIVED, Event
from ripely.model.ids import ContactId, derive
from ripely.runtime.rules import open_rules

KILLS = int(os.environ.get("RIPELY_KILLS", "6"))
WORKERS = 2
EVENTS_PER_KILL = 1_500
CONTACTS = 400
LIFE_SECONDS = (0.2, 1.5)  # How long the storm goes on between two kills.
PATIENCE_SECONDS = 120

pytestmark = pytest.mark.slow


def load(first: int, count: int, chance: random.Random, start_s: int) -> list[Event]:
    events = []
    for number in range(first, first + count):
        contact = ContactId(derive("contact", str(chance.randrange(CONTACTS))))
        name = chance.choice(
            ["page.viewed"] * 6 + ["email.opened", "email.clicked", "order.completed"]
        )
        path = chance.choice(["/pricing", "/boots", "/"])
        facts = {"url": f"https://shop.example{path}", "path": path}
        events.append(event(number, contact, name, start_s + number, **facts))
    return events


class Workers:
    """Real worker processes, of which one after the other is killed."""

    def __init__(self, url: str) -> None:
        self.environ = {**os.environ, "DATABASE_URL": url}
        self.running = [self.start() for _ in range(WORKERS)]

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "ripely.cli.main", "worker"], env=self.environ
        )

    def kill_one(self, chance: random.Random) -> None:
        at = chance.randrange(WORKERS)
        self.running[at].kill()
        self.running[at].wait()
        self.running[at] = self.start()

    def stop(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()


def wait_until_folded(url: str) -> None:
    query = "SELECT min(p.position) >= (SELECT coalesce(max(position), 0) FROM log) FROM positions p"
    deadline = time.monotonic() + PATIENCE_SECONDS
    with psycopg.connect(url, autocommit=True) as connection:
        while not connection.execute(query).fetchone()[0]:
            assert time.monotonic() < deadline, "the workers do not catch up"
            time.sleep(0.05)


def profiles(url: str) -> dict[int, bytes]:
    with psycopg.connect(url) as connection:
        return dict(connection.execute("SELECT contact, body FROM profiles").fetchall())


def effect_ids(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT id FROM messages UNION ALL SELECT id FROM outbox"
        ).fetchall()
    assert len(rows) == len(set(rows)), "an effect is there twice"
    return {row[0] for row in rows}


def comparable(body: bytes) -> bytes:
    """Leave out the ids of folded events: the workers' sweep asks contacts about the rules as well."""
    profile = unpack_profile(body)
    return msgspec.msgpack.encode(msgspec.structs.replace(profile, seen={}))


def live_under_fire(url: str, chance: random.Random, start_s: int) -> list[Event]:
    """Append while workers fold and die; return everything that was appended, in order."""
    told: list[Event] = []
    with postgres_world(url) as world:
        world.publish(*DEFINITIONS)
    with psycopg.connect(url) as _, postgres_log(url) as log:
        workers = Workers(url)
        try:
            for _ in range(KILLS):
                for _ in range(10):
                    chunk = load(len(told), EVENTS_PER_KILL // 10, chance, start_s)
                    log.append(chunk)
                    told += chunk
                    time.sleep(chance.uniform(*LIFE_SECONDS) / 10)
                workers.kill_one(chance)
            wait_until_folded(url)
        finally:
            workers.stop()
    return told


def postgres_log(url: str):
    from contextlib import contextmanager

    from psycopg_pool import ConnectionPool

    from ripely.adapters.postgres.log import PostgresLog

    @contextmanager
    def opened():
        with ConnectionPool(url, min_size=1, max_size=2, kwargs={"autocommit": True}) as pool:
            yield PostgresLog(pool)

    return opened()


def undisturbed(told: list[Event]) -> tuple[World, dict[int, bytes], set[str]]:
    with memory_world() as world:
        world.publish(*DEFINITIONS)
        world.log.append(told)
        world.work()
        return world, world.store.bodies, set(world.store.outbox)


def test_killed_workers_leave_what_an_undisturbed_one_leaves(database_url: str) -> None:
    told = live_under_fire(database_url, random.Random(7), START_S)  # Timers lie in the future.
    _, bodies, ids = undisturbed(told)
    stored = profiles(database_url)
    assert stored.keys() == bodies.keys()
    assert {c for c in stored if comparable(stored[c]) != comparable(bodies[c])} == set()
    assert effect_ids(database_url) == ids


def test_what_killed_workers_wrote_down_replays_to_what_they_hold(database_url: str) -> None:
    """With timers that fire during the storm, so that the order of things is its own."""
    told = live_under_fire(database_url, random.Random(8), START_S - 400_000_000)
    with postgres_world(database_url) as world:
        rules = open_rules(world.rulesets)(world.rulesets.current())
        histories: dict[ContactId, list[Event]] = {}
        for contact, _, story in world.history.scan():
            histories.setdefault(contact, []).extend(story.events)
    kept = {e.id for events in histories.values() for e in events}
    assert {e.id for e in told} <= kept
    stored, effects = profiles(database_url), set()
    for contact, events in histories.items():
        outside = [e for e in events if e.source != DERIVED]
        replayed = fold(rules, new_profile(contact, outside[0].occurred_s), outside)
        assert msgspec.msgpack.encode(replayed.profile) == stored[contact]
        effects |= {effect.id for effect in replayed.effects}
    assert effect_ids(database_url) == effects
