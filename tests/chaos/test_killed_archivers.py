"""Archivers die at any point, under load: the archive is history in the end, and who is erased is gone.

`make chaos` sets RIPELY_KILLS=200; elsewhere a short round runs the same code.
"""

import os
import random
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import duckdb
import pytest
from psycopg_pool import ConnectionPool

from company import DEFINITIONS, START_S, event
from ports.test_archive import Kept, archived, every_byte, history, in_lake
from ripely.adapters.ducklake.archive import DuckLakeArchive
from ripely.adapters.ducklake.lake import Place
from ripely.model.event import Event
from ripely.model.ids import ContactId, derive
from ripely.ports import ArchiveError
from ripely.runtime.archiving import FORGOTTEN, archive_once

KILLS = int(os.environ.get("RIPELY_KILLS", "6"))
CONTACTS = 40
EVENTS_A_TURN = 60
TURNS_A_LIFE = 3
SECONDS_APART = 200
"""Who is erased was in the files of most days: of thousands of days each erasure would take minutes."""
LIFE_SECONDS = (0.1, 2.5)  # Loading takes the first half second.

pytestmark = pytest.mark.slow

# What the process `archive` does, only that it tells little at once and compacts again and again.
ARCHIVER = """
from ripely.runtime.archiving import archive_once
from ripely.settings import read_settings
from ripely.wiring import assemble, open_archive

settings = read_settings()
turn = 0
while True:
    with assemble(settings, settings.database_url) as app, open_archive(app) as opened:
        while opened:
            archive_once(*opened, limit=50)
            turn += 1
            if turn % 4 == 0:
                opened[1].compact()
"""


def address(contact: ContactId) -> str:
    return f"<{contact}>-to-forget@example.com"  # None is a part of another's.


def happenings(first: int, chance: random.Random) -> list[Event]:
    told = []
    for number in range(first, first + EVENTS_A_TURN):
        contact = ContactId(derive("contact", str(chance.randrange(CONTACTS))))
        name = chance.choice(
            ["page.viewed"] * 30 + ["contact.identified"] * 3 + ["contact.erased"]
        )
        facts = {
            "url": "https://shop.example/pricing",
            "odd": chance.choice(["]", "'", 9.5, [1]]),
        }
        if name == "contact.identified":
            facts = {"email": address(contact)}
        told.append(event(number, contact, name, START_S + number * SECONDS_APART, **facts))
    return told


def expected(kept: Kept) -> list[tuple[int, int, int, bytes]]:
    """History, as it begins anew with the event by which somebody was last forgotten."""
    forgotten = {
        contact: (position, n)
        for contact, position, story in kept.world.history.scan()
        for n, event in enumerate(story.events)
        if event.name in FORGOTTEN
    }
    rows = []
    for contact, position, n, told in history(kept):
        at, first = forgotten.get(contact, (0, -1))
        if (position, n) > (at, first):
            rows.append((contact, position, n - first if position == at else n, told))
    return rows


def is_right(kept: Kept, url: str, folder: Path) -> None:
    found, wanted = archived(kept), expected(kept)
    assert [row[:3] for row in sorted({*found} - {*wanted})] == []
    assert [row[:3] for row in sorted({*wanted} - {*found})] == []
    assert found == wanted
    named = {row[0] for row in wanted if b"to-forget" in row[3]}
    everything = b"".join(every_byte(url, folder))
    everybody = [ContactId(derive("contact", str(n))) for n in range(CONTACTS)]
    left = [one for one in everybody if address(one).encode() in everything]
    assert set(left) <= named


def test_killed_archivers_leave_history_once(database_url: str, tmp_path: Path) -> None:
    chance, told = random.Random(11), 0
    environ = {
        **os.environ,
        "DATABASE_URL": database_url,
        "RIPELY_LAKE": str(tmp_path / "lake"),
        "RIPELY_DATA": str(tmp_path / "data"),
    }
    with in_lake(database_url, tmp_path) as kept:
        kept.world.publish(*DEFINITIONS)
        for _ in range(KILLS):
            archiver = subprocess.Popen([sys.executable, "-c", ARCHIVER], env=environ)
            until = time.monotonic() + chance.uniform(*LIFE_SECONDS)
            for _ in range(TURNS_A_LIFE):
                kept.happen(*happenings(told, chance))
                told += EVENTS_A_TURN
            with suppress(subprocess.TimeoutExpired):
                archiver.wait(max(0, until - time.monotonic()))
            archiver.kill()
            archiver.wait()
    with in_lake(database_url, tmp_path) as kept:
        kept.catch_up()
        is_right(kept, database_url, tmp_path / "lake")


class Failing:
    """A connection that fails once: before it does what it is told the n-th time, or after."""

    def __init__(self, inner: duckdb.DuckDBPyConnection, step: int, *, after: bool) -> None:
        self._inner = inner
        self._left = step
        self._after = after

    def execute(self, *words: object) -> object:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise duckdb.IOException("it broke before")
        done = self._inner.execute(*words)
        if self._left == 0:
            raise duckdb.IOException("it broke after")
        return done

    @property
    def failed(self) -> bool:
        return self._left <= 0


@pytest.mark.parametrize("after", [False, True])
def test_a_failure_at_any_step_leaves_history_once(
    database_url: str, tmp_path: Path, *, after: bool
) -> None:
    chance, place = random.Random(12), Place(database_url, str(tmp_path / "lake"))
    with in_lake(database_url, tmp_path) as kept:
        kept.world.publish(*DEFINITIONS)
        step, failed = 1 + chance.randrange(3), True
        while failed:
            kept.happen(*happenings(step * EVENTS_A_TURN, chance))
            with closing(DuckLakeArchive(place, tmp_path / "staging")) as archive:
                failing = Failing(archive._connection, step, after=after)
                archive._connection = archive._staging._connection = failing
                try:
                    archive_once(kept.told, archive)
                    archive.compact()
                except ArchiveError:
                    assert failing.failed
                failed = failing.failed
                archive._connection = archive._connection._inner
            step += 1 + chance.randrange(1 if KILLS > 6 else 6)  # All of them, or some.
        assert step > 20
        kept.catch_up()
        is_right(kept, database_url, tmp_path / "lake")


def test_staged_rows_of_the_dead_are_removed(database_url: str, tmp_path: Path) -> None:
    left = tmp_path / "staging" / "events.ndjson"
    left.parent.mkdir()
    left.write_text("somebody@example.com")
    with ConnectionPool(database_url, min_size=1, max_size=1, open=True):
        DuckLakeArchive(Place(database_url, str(tmp_path / "lake")), left.parent).close()
    assert not left.exists()
