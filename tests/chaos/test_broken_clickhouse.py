"""Whoever dies while history is kept in ClickHouse, and whenever: it is there once in the end, and who is erased is gone.

`make chaos` sets RIPELY_KILLS=200; elsewhere a short round runs the same code.
"""

import os
import random
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from chaos.test_killed_archivers import (
    CONTACTS,
    EVENTS_A_TURN,
    KILLS,
    LIFE_SECONDS,
    address,
    happenings,
)
from clickhouse_server import Fault, Running, serving
from company import ANN, BOB, DEFINITIONS, START_S, event
from ports.kept_in_clickhouse import InClickHouse
from ports.test_archive import Kept, archived, in_clickhouse, in_lake, views
from ripely.adapters.clickhouse.archive import ClickHouseArchive
from ripely.adapters.memory.archive import MemoryArchive
from ripely.model.ids import ContactId, derive
from ripely.ports import ArchiveError
from ripely.runtime.archiving import archive_once

STEPS_MAX = 60

pytestmark = pytest.mark.slow

# What the process `archive` does with the copy, only that it tells little at once.
COPIER = """
from ripely.ports import ArchiveError
from ripely.runtime.archiving import archive_once
from ripely.settings import read_settings
from ripely.wiring import assemble, open_archive, open_copy

settings = read_settings()
print("loaded", flush=True)
with assemble(settings, settings.database_url) as app, open_archive(app) as opened, open_copy(app) as copy:
    while True:
        archive_once(*opened, limit=50)
        archive_once(opened[0], copy, limit=50)
"""


@pytest.fixture
def there(clickhouse_url: str) -> InClickHouse:
    return InClickHouse(clickhouse_url)


def undisturbed(kept: Kept) -> list[tuple[int, int, int, bytes]]:
    """What an archive has that is told everything at once, and to which nothing happens."""
    archive = MemoryArchive()
    while archive_once(kept.told, archive):
        pass
    return archived(msgspec.structs.replace(kept, events=lambda: archive.events))


def is_right(kept: Kept) -> None:
    found, wanted = archived(kept), undisturbed(kept)
    assert [row[:3] for row in sorted({*found} - {*wanted})] == []
    assert [row[:3] for row in sorted({*wanted} - {*found})] == []
    assert found == wanted
    named = {row[0] for row in wanted if b"to-forget" in row[3]}
    everything = kept.bytes()
    everybody = [ContactId(derive("contact", str(n))) for n in range(CONTACTS)]
    assert {one for one in everybody if address(one).encode() in everything} <= named


@pytest.mark.parametrize("do", ["lose", "drop", "refuse"] if KILLS > 6 else ["lose"])
def test_a_call_that_fails_at_any_step_leaves_history_once(
    database_url: str, there: InClickHouse, clickhouse: Running, do: str
) -> None:
    """Before it takes effect, after it did, and when the server has too much to do."""
    chance, step = random.Random(13), 0
    with in_clickhouse(database_url, there) as kept:
        kept.world.publish(*DEFINITIONS)
        first = 0
        while True:
            kept.happen(*happenings(first, chance))
            first += EVENTS_A_TURN
            archive = ClickHouseArchive(there.url)
            clickhouse.misbehave(Fault(do, skip=step))
            try:
                archive_once(kept.told, archive)
            except ArchiveError:
                assert not clickhouse.left()
            if clickhouse.left():
                break
            # The same process goes on with what it did not see the end of; another time a new one does.
            archive_once(kept.told, archive if step % 2 else kept.archive)
            step += 1 if KILLS > 6 else 8 + chance.randrange(8)  # All of them, or some.
            assert step < STEPS_MAX
        clickhouse.misbehave()
        kept.catch_up()
        is_right(kept)


def test_killed_copiers_and_servers_leave_history_once(
    database_url: str, tmp_path: Path
) -> None:
    chance, told = random.Random(14), 0
    with (
        in_lake(database_url, tmp_path / "lake") as lake,
        serving(tmp_path / "server") as server,
    ):
        lake.world.publish(*DEFINITIONS)
        environ = {
            **os.environ,
            "DATABASE_URL": database_url,
            "RIPELY_LAKE": str(tmp_path / "lake" / "lake"),
            "RIPELY_DATA": str(tmp_path / "data"),
            "RIPELY_WAREHOUSE": server.url("history"),
        }
        for _ in range(KILLS):
            words = [sys.executable, "-c", COPIER]
            copier = subprocess.Popen(words, env=environ, stdout=subprocess.PIPE)
            assert copier.stdout is not None
            lake.happen(*happenings(told, chance))
            told += EVENTS_A_TURN
            assert copier.stdout.readline()  # To be killed while it loads tells nothing.
            with suppress(subprocess.TimeoutExpired):
                copier.wait(chance.uniform(*LIFE_SECONDS))
            if chance.random() < 0.4:
                server.restart()
            copier.kill()
            copier.communicate()
        with in_clickhouse(database_url, InClickHouse(server.url("history"))) as kept:
            kept.catch_up()
            is_right(kept)


def give_up(kept: Kept, late: ClickHouseArchive) -> None:
    with pytest.raises(ArchiveError):
        archive_once(kept.told, late)


@pytest.mark.parametrize("at", ["INTO events", "INTO kept", "ALTER TABLE events"])
def test_what_arrives_when_it_was_given_up_long_ago_does_nothing(
    database_url: str, there: InClickHouse, clickhouse: Running, at: str
) -> None:
    with in_clickhouse(database_url, there) as kept:
        kept.happen(*views(0, 2, ANN, BOB))
        kept.catch_up()
        kept.happen(*views(2, 4, ANN, BOB))
        kept.happen(event(9, ANN, "contact.erased", START_S + 9))
        kept.happen(*views(10, 12, ANN))
        late = ClickHouseArchive(there.url)
        clickhouse.misbehave(Fault("hold", at))
        giving_up = threading.Thread(target=give_up, args=(kept, late))
        giving_up.start()
        clickhouse.wait_until_held()
        kept.happen(*views(20, 22, ANN, BOB))
        next_one = ClickHouseArchive(there.url)
        while archive_once(kept.told, next_one):
            pass
        assert archived(kept) == undisturbed(kept)
        clickhouse.release()
        giving_up.join()
        assert archived(kept) == undisturbed(kept)
        assert {row.name for row in kept.events() if row.contact == ANN} >= {"page.viewed"}
