"""A warehouse of one's own as an operator meets it: named in the settings, and history is there too."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from clickhouse_server import Running, serving
from company import ANN, BOB, CAROL, DEFINITIONS, START_S, event
from ports.world import World, postgres_world
from ripely.adapters.clickhouse.warehouse import ClickHouseWarehouse
from ripely.adapters.ducklake.warehouse import DuckLakeWarehouse
from ripely.cli.main import ripely
from ripely.compiler.query import Audiences, Moment, Rules
from ripely.model.acts import Did, Page
from ripely.model.company import Company
from ripely.model.event import Event
from ripely.ports import AskError, Warehouse

DAY_S = 86_400
ASKED = [Did("page.viewed"), Page("contains", "pricing", at_least=2), Did("order.completed")]
FACTS = [
    "SELECT count(*), count(DISTINCT contact), sum(position), sum(n), count(DISTINCT id) FROM events",
    "SELECT count(*), count(DISTINCT contact), sum(position), sum(n) FROM decisions",
    "SELECT count(*), sum(position), sum(visits) FROM present",
]


class Shop:
    """An installation with a warehouse."""

    def __init__(self, database_url: str, folder: Path, warehouse_url: str) -> None:
        self.environ = {
            "DATABASE_URL": database_url,
            "RIPELY_LAKE": str(folder / "lake"),
            "RIPELY_DATA": str(folder / "data"),
        }
        self.warehouse_url = warehouse_url
        self.lake = DuckLakeWarehouse(database_url, str(folder / "lake"), folder / "spill")
        self.warehouse = ClickHouseWarehouse(warehouse_url)

    @contextmanager
    def archiving(self, *, warehouse: bool = True) -> Iterator[subprocess.Popen[bytes]]:
        extra = {"RIPELY_WAREHOUSE": self.warehouse_url} if warehouse else {}
        words = [sys.executable, "-m", "ripely.cli.main", "archive"]
        keeper = subprocess.Popen(words, env={**os.environ, **self.environ, **extra})
        try:
            yield keeper
        finally:
            keeper.terminate()
            assert keeper.wait() in {0, -signal.SIGKILL}

    def doctor(self) -> tuple[int, str]:
        """Ask how far history is kept."""
        environ = {**self.environ, "RIPELY_WAREHOUSE": self.warehouse_url}
        said = CliRunner(env=environ).invoke(ripely, ["doctor", "archive"])
        return said.exit_code, said.output

    def has_all(self, *kept: Warehouse) -> bool:
        """Whether they hold everything that has been folded."""
        with psycopg.connect(self.environ["DATABASE_URL"]) as connection:
            told = connection.execute("SELECT partition, position FROM positions").fetchall()
        return all(reached(one) == sorted(told) for one in kept or (self.warehouse, self.lake))

    def agree(self) -> None:
        for asked in FACTS:
            assert self.warehouse.ask(asked).rows == self.lake.ask(asked).rows
        for at_s in (START_S + 600, START_S + DAY_S, START_S + 3 * DAY_S):
            for past in (True, False):
                counts = [
                    sizes(one, Moment(at_s, past=past)) for one in (self.lake, self.warehouse)
                ]
                assert counts[0] == counts[1]


def reached(warehouse: Warehouse) -> object:
    try:
        asked = "SELECT partition, position FROM positions ORDER BY partition"
        return [*warehouse.ask(asked).rows]
    except AskError:
        return None


def sizes(warehouse: Warehouse, moment: Moment) -> tuple[object, ...]:
    dialect = "clickhouse" if warehouse.dialect == "clickhouse" else "duckdb"
    audiences = Audiences(Rules(Company("c", timezone="UTC")), moment, dialect)
    return tuple(warehouse.ask(audiences.counts(ASKED)).rows[0])


def views(day: int, *contacts: int) -> list[Event]:
    """A few acts of a day, which others than those of other days have done."""
    at_s = START_S + day * DAY_S
    return [
        event(1_000 * day + n, who, name, at_s + n, url="https://shop.example/pricing")
        for n, (who, name) in enumerate(
            (who, name)
            for who in contacts
            for name in ("page.viewed", "page.viewed", "order.completed")
        )
    ]


@pytest.fixture
def shop(database_url: str, tmp_path: Path, clickhouse_url: str) -> Shop:
    return Shop(database_url, tmp_path, clickhouse_url)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with postgres_world(database_url) as world:
        world.publish(*DEFINITIONS)
        yield world


def happen(world: World, *told: Event) -> None:
    world.log.append(told)
    world.work()


def test_history_is_in_both_and_both_answer_alike(
    shop: Shop, world: World, eventually: Callable[..., None]
) -> None:
    with shop.archiving():
        for day, contacts in enumerate([(ANN, BOB), (ANN,), (CAROL, BOB)]):
            happen(world, *views(day, *contacts))
            eventually(shop.has_all)
        shop.agree()
        happen(world, event(9_999, ANN, "contact.erased", START_S + 4 * DAY_S))
        eventually(shop.has_all)
        asked = f"SELECT count(*) FROM events WHERE contact = {ANN} AND name = 'page.viewed'"
        assert shop.warehouse.ask(asked).rows == [(0,)]
        shop.agree()


def test_a_warehouse_that_comes_later_is_told_how_people_were_on_earlier_days(
    shop: Shop, world: World, eventually: Callable[..., None]
) -> None:
    with shop.archiving(warehouse=False):
        for day, contacts in enumerate([(ANN, BOB), (ANN,), (CAROL, BOB)]):
            happen(world, *views(day, *contacts))
            eventually(lambda: shop.has_all(shop.lake))
    code, said = shop.doctor()
    assert code == 1
    assert re.search(
        r"The lake has .*, which is everything\.\nThe warehouse: .*UNKNOWN_DATABASE", said
    )
    with shop.archiving():
        eventually(shop.has_all)
    code, said = shop.doctor()
    assert (code, said.count("which is everything")) == (0, 2)
    assert shop.warehouse.ask("SELECT count(*) FROM snapshots").rows == [(5,)]
    shop.agree()


def test_a_server_that_is_away_stops_nobody_and_is_told_later(
    database_url: str, world: World, tmp_path: Path, eventually: Callable[..., None]
) -> None:
    with serving(tmp_path / "server") as server:
        shop = Shop(database_url, tmp_path, server.url("history"))
        with shop.archiving():
            happen(world, *views(0, ANN, BOB))
            eventually(shop.has_all)
            server.kill()
            happen(world, *views(1, ANN))
            eventually(lambda: shop.has_all(shop.lake))
            assert reached(shop.warehouse) is None
            assert "does not answer" in shop.doctor()[1]
            server.restart()
            happen(world, *views(2, CAROL))
            eventually(shop.has_all)
        shop.agree()


def test_who_keeps_history_may_be_killed_at_any_time(
    shop: Shop, world: World, eventually: Callable[..., None]
) -> None:
    for day in range(4):
        with shop.archiving() as keeper:
            happen(world, *views(day, ANN, BOB))
            if day % 2:
                eventually(lambda: shop.has_all(shop.lake))
            keeper.kill()
    with shop.archiving():
        eventually(shop.has_all)
    shop.agree()


def test_a_wrong_password_is_told_of_and_not_told(
    shop: Shop, world: World, clickhouse: Running, capfd: pytest.CaptureFixture[str],
    eventually: Callable[..., None],
) -> None:  # fmt: skip
    shop.warehouse_url = f"clickhouse://ann:opensesame@127.0.0.1:{clickhouse.port}/history"
    with shop.archiving():
        happen(world, *views(0, ANN))
        eventually(lambda: shop.has_all(shop.lake))
        said: list[str] = []
        eventually(
            lambda: (
                said.append(capfd.readouterr().err) or "Authentication failed" in "".join(said)
            )
        )
    assert "opensesame" not in "".join(said)
    assert "Traceback" not in "".join(said)
