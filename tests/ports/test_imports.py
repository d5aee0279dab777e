"""What every keeper of imports does."""

import pytest
from psycopg_pool import ConnectionPool

from ripely.adapters.memory.imports import MemoryImports
from ripely.adapters.memory.intake import MemoryIntake
from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.postgres.imports import PostgresImports
from ripely.adapters.postgres.log import PostgresLog
from ripely.model.arrival import Arrival
from ripely.model.identity import ANONYMOUS
from ripely.ports import ImportedElsewhereError, Progress

VISIT = Arrival(((ANONYMOUS, "a1"),), 7, "page.viewed", 1_000, 2_000)
HALF = Progress(end=100, lines=3, events=1, rejected=2, told_bytes=50)


@pytest.fixture(params=["memory", "postgres"])
def kept(request):
    """The imports, and the log that they append to."""
    if request.param == "memory":
        log = MemoryLog()
        yield MemoryImports(MemoryIntake(log)), log
        return
    url = request.getfixturevalue("database_url")
    with ConnectionPool(
        url, min_size=1, max_size=3, kwargs={"autocommit": True}, open=True
    ) as pool:
        yield PostgresImports(pool), PostgresLog(pool)


def test_a_new_import_begins_at_the_beginning(kept):
    with kept[0].open("key", "file") as running:
        assert running.progress == Progress()


def test_events_and_progress_are_kept_together(kept):
    imports, log = kept
    with imports.open("key", "file") as running:
        running.take([VISIT], HALF)
        assert running.progress == HALF
    with imports.open("key", "renamed") as again:
        assert again.progress == HALF
    assert [event.name for event in log.tail(9)] == ["page.viewed"]


def test_of_a_chunk_that_fails_nothing_is_kept(database_url):
    """What memory keeps cannot fail."""
    bad = Arrival(((ANONYMOUS, "b1"),), 8, "page.viewed", 1_000, 2_000, {"p": object()})
    with ConnectionPool(database_url, kwargs={"autocommit": True}, open=True) as pool:
        imports = PostgresImports(pool)
        with pytest.raises(TypeError), imports.open("key", "file") as running:
            running.take([VISIT, bad], HALF)
        with imports.open("key", "file") as again:
            assert again.progress == Progress()
        assert PostgresLog(pool).tail(9) == []


def test_a_chunk_of_bad_lines_alone_moves_on(kept):
    imports, log = kept
    with imports.open("key", "file") as running:
        running.take([], HALF)
    with imports.open("key", "file") as again:
        assert again.progress == HALF
    assert log.tail(9) == []


def test_one_import_at_a_time(kept):
    imports, _ = kept
    with imports.open("key", "file"):
        with imports.open("other", "file"):
            pass
        with pytest.raises(ImportedElsewhereError), imports.open("key", "file"):
            pass
    with imports.open("key", "file") as running:
        assert running.progress == Progress()


def test_an_interrupted_import_can_be_opened_again(kept):
    imports, _ = kept
    with pytest.raises(KeyboardInterrupt):
        _interrupted(imports)
    with imports.open("key", "file") as again:
        assert again.progress == HALF


def _interrupted(imports):
    with imports.open("key", "file") as running:
        running.take([VISIT], HALF)
        raise KeyboardInterrupt
