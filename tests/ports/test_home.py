"""A database that was restored or copied elsewhere sends nothing before somebody says that it shall."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg_pool import ConnectionPool

from ripely.adapters.postgres.home import PostgresHome
from ripely.cli import dispatch

NOWHERE = Path("/nowhere")
Opened = Callable[..., PostgresHome]


@pytest.fixture
def opened() -> Iterator[Opened]:
    with ExitStack() as stack:

        def home(url: str, embedded: Path = NOWHERE) -> PostgresHome:
            pool = ConnectionPool(url, min_size=1, max_size=1, kwargs={"autocommit": True})
            return PostgresHome(stack.enter_context(pool), embedded)

        yield home


@pytest.fixture
def restored(database_url: str) -> str:
    """What a backup of another server leaves."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO home (name) VALUES ('7000000000000000001/16384')")
    return database_url


def test_a_new_database_is_at_home_and_stays_so(database_url: str, opened: Opened) -> None:
    assert opened(database_url).is_here()
    assert opened(database_url).is_here()


def test_one_that_was_restored_is_not_until_it_moves(restored: str, opened: Opened) -> None:
    page, dispatcher = opened(restored), opened(restored)
    assert not page.is_here()
    assert not dispatcher.is_here()
    page.move_here()
    assert dispatcher.is_here()
    assert opened(restored).is_here()


def test_a_copied_folder_is_another_home(
    database_url: str, tmp_path: Path, opened: Opened
) -> None:
    """The embedded server's files: once where they were, and once where they were copied to."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    assert opened(database_url, Path(row[0])).is_here()
    assert not opened(database_url, tmp_path).is_here()


def test_a_role_without_rights_beyond_its_own_knows_its_home(
    database_url: str, opened: Opened
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN")
        connection.execute("GRANT ALL ON home TO guest")
    assert opened(make_conninfo(database_url, user="guest")).is_here()


def test_a_dispatcher_waits_at_a_copy_and_goes_on_where_it_is_at_home(
    restored: str, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "COPY_SECONDS", 0.01)
    app, stopping = SimpleNamespace(home=opened(restored)), threading.Event()
    waiting = threading.Thread(target=dispatch._wait_for_home, args=(app, stopping))
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    opened(restored).move_here()
    waiting.join(10)
    assert not waiting.is_alive()
    assert not stopping.is_set()
