"""The database, or whoever works with it, is killed while new rules learn the past and while a journey is tried on it.

`make chaos` sets RIPELY_KILLS=200; elsewhere a short round runs the same code.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import psycopg.conninfo
import pytest

from ports.world import memory_world, postgres_world
from ripely.adapters.postgres.embedded import open_server
from ripely.adapters.postgres.packing import unpack_profile
from ripely.adapters.postgres.postmaster import find_postmaster
from ripely.compiler.ruleset import Published
from ripely.model.action import Task
from ripely.model.acts import Aggregate, Did
from ripely.model.backtest import Asked
from ripely.model.definition import Definition
from ripely.model.event import Event
from ripely.model.ids import ContactId, EventId, JourneyId, SegmentId, StepId, derive
from ripely.model.journey import Journey
from ripely.model.profile import Profile
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent

KILLS = int(os.environ.get("RIPELY_KILLS", "3"))
CONTACTS = 200
EVENTS_A_ROUND = 300
PATIENCE_SECONDS = 300
AWAY_SECONDS = (0.0, 3.0)
LIFE_SECONDS = (0.0, 1.5)
DAY_MS = 86_400_000
NOW_MS = int(datetime.now(UTC).timestamp() * 1000)
CARELESS = {"fsync": "off", "full_page_writes": "off"}  # Only processes die, not the machine.

pytestmark = pytest.mark.slow

# What `ripely archive` does, only that its sweep asks few contacts at once, and takes its time.
ARCHIVE = """
from ripely.cli import archiving
from ripely.cli.main import ripely
from ripely.runtime import sweep
archiving.SWEEP_PAUSE = archiving.PAUSE
sweep.CONTACTS_PER_TURN_MAX = 10
ripely(["archive"])
"""
COMMAND = "import sys; from ripely.cli.main import ripely; ripely([sys.argv[1]])"
WORDS = {"archive": ("-c", ARCHIVE), "worker": ("-c", COMMAND, "worker"), "jobs": ("-c", COMMAND, "jobs")}  # fmt: skip

FOLDED = (
    "SELECT min(p.position) >= (SELECT coalesce(max(position), 0) FROM log) FROM positions p"
)
SWEPT = "SELECT count(*) FILTER (WHERE finished_at IS NULL) = 0 FROM sweeps"
IN_THE_MIDDLE = "SELECT count(*) FROM sweeps WHERE finished_at IS NULL AND contact > 0"
ENDED = (
    "SELECT count(*) FILTER (WHERE state IN ('waiting', 'running')) = 0 FROM backtests_backtest"
)
BEGUN = "SELECT count(*) > 0 FROM backtests_backtest WHERE state = 'running'"


class Everything:
    """A database of our own and the processes that work with it, each of which can be killed."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.folder = folder
        self.server = open_server(folder / "data", tuning=CARELESS)
        self.url = self.server.url
        self.environ = {
            **os.environ,
            "DATABASE_URL": self.url,
            "RIPELY_DATA": str(folder / "data"),
            "RIPELY_LAKE": str(folder / "lake"),
        }
        subprocess.run([sys.executable, "-c", COMMAND, "migrate"], env=self.environ, check=True)
        self.running = {name: self.start(name) for name in names}

    def start(self, name: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, *WORDS[name]], env=self.environ)

    def kill(self, name: str) -> None:
        self.running[name].kill()
        self.running[name].wait()
        self.running[name] = self.start(name)

    def kill_database(self, away_seconds: float) -> None:
        folder = (self.folder / "data" / "postgres").resolve()
        postmaster = find_postmaster(folder)
        assert postmaster is not None
        os.kill(postmaster, signal.SIGKILL)
        while find_postmaster(folder) == postmaster:
            time.sleep(0.01)
        time.sleep(away_seconds)
        open_server(self.folder / "data").close()  # Ours is open all the same.

    def close(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()
        self.server.close()

    def wait_for(self, query: str) -> None:
        """Wait until it holds, however often the database goes away."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.told(query):
            dead = [name for name, one in self.running.items() if one.poll() is not None]
            assert not dead, f"these ended by themselves: {dead}"
            assert time.monotonic() < deadline, f"this never came true: {query}"
            time.sleep(0.02)

    def told(self, query: str) -> object:
        try:
            with psycopg.connect(self.url, autocommit=True) as connection:
                return connection.execute(query).fetchone()[0]
        except psycopg.OperationalError:
            return None


@contextmanager
def everything(folder: Path, *names: str) -> Iterator[Everything]:
    with closing(Everything(folder, *names)) as running:
        yield running


def happenings(first: int, chance: random.Random) -> list[Event]:
    told = []
    for number in range(first, first + EVENTS_A_ROUND):
        contact = ContactId(derive("contact", str(chance.randrange(CONTACTS))))
        at_ms = NOW_MS - 90 * DAY_MS + number * 60_000
        facts = {"total": chance.randrange(1, 100)}
        told.append(Event(EventId(number), contact, "order.completed", at_ms, at_ms, facts))
    return told


def buyers(number: int) -> tuple[Definition, ...]:
    """Rules that ask for more of the past the higher the number is."""
    often = Did("order.completed", at_least=number)
    dear = Aggregate("sum", "total", "order.completed", at_least=100 * number)
    return (
        Segment(SegmentId(f"often-{number}"), "Often", often),
        Segment(SegmentId(f"dear-{number}"), "Dear", dear),
    )


def known(profiles: dict[ContactId, Profile]) -> dict[ContactId, tuple[object, ...]]:
    return {
        one: (sorted(profile.segments), profile.counts, profile.series)
        for one, profile in profiles.items()
    }


def as_always(
    definitions: tuple[Definition, ...], told: list[Event]
) -> dict[ContactId, Profile]:
    with memory_world() as world:
        world.publish(*definitions)
        world.log.append(told)
        world.work()
        return dict(world.store.load({event.contact for event in told}).profiles)


def as_stored(url: str) -> dict[ContactId, Profile]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT contact, body FROM profiles").fetchall()
    return {ContactId(contact): unpack_profile(body) for contact, body in rows}


def test_new_rules_learn_the_past_whoever_is_killed(tmp_path: Path) -> None:
    chance, told = random.Random(21), []
    with everything(tmp_path, "worker", "archive") as running:
        for number in range(1, KILLS + 1):
            told += happenings(len(told), chance)
            with postgres_world(running.url) as world:
                world.log.append(told[-EVENTS_A_ROUND:])
            running.wait_for(FOLDED)
            with postgres_world(running.url) as world:
                world.publish(*buyers(number))
            running.wait_for(IN_THE_MIDDLE)
            told += happenings(len(told), chance)
            with postgres_world(running.url) as world:
                world.log.append(told[-EVENTS_A_ROUND:])
            time.sleep(chance.uniform(*LIFE_SECONDS))
            victims: list[Callable[[], None]] = [
                lambda: running.kill_database(chance.uniform(*AWAY_SECONDS)),
                lambda: running.kill("archive"),
                lambda: running.kill("worker"),
            ]
            victims[number % 3]()
            running.wait_for(SWEPT)
            running.wait_for(FOLDED)
            assert known(as_stored(running.url)) == known(as_always(buyers(number), told))


@pytest.fixture
def django_at() -> Iterator[Callable[[str], None]]:
    import django
    from django.db import connections

    def point(url: str) -> None:
        parts = psycopg.conninfo.conninfo_to_dict(url)
        connections.close_all()
        connections.settings["default"] |= {
            "NAME": parts["dbname"], "HOST": parts["host"], "USER": parts["user"]
        }  # fmt: skip

    django.setup()

    yield point
    connections.close_all()


def test_a_backtest_is_made_whoever_is_killed(
    tmp_path: Path, django_at: Callable[[str], None]
) -> None:
    from django.db import connection

    from ripely.operations.backtesting import backtests

    journey = Journey(
        JourneyId("call"),
        "Call",
        (OnEvent("order.completed"),),
        StepId("call"),
        {StepId("call"): Task("Call")},
        reentry="always",
    )
    chance, told = random.Random(22), []
    for _ in range(30):
        told += happenings(len(told), chance)
    asked = Asked(journey.id, NOW_MS // 1000 - 100 * 86_400, NOW_MS // 1000)
    with everything(tmp_path, "worker", "archive", "jobs") as running:
        with postgres_world(running.url) as world:
            world.log.append(told)
        running.wait_for(FOLDED)
        django_at(running.url)
        reports = []
        for number in range(KILLS + 1):
            test = backtests.ask(Published((journey,)), asked, "ann", CONTACTS)
            connection.close()
            if number:
                running.wait_for(BEGUN)
                time.sleep(chance.uniform(*LIFE_SECONDS))
                if number % 3:
                    running.kill_database(chance.uniform(*AWAY_SECONDS))
                else:
                    running.kill("jobs")
            running.wait_for(ENDED)
            made = backtests.find(test.pk)
            assert made is not None
            assert (made.state, made.error) == ("done", "")
            reports.append(made.report)
            connection.close()
        assert backtests.report_in(made).entered == len(told)
    assert len(set(reports)) == 1
