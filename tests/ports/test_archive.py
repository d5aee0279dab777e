"""What is told of history, and the archive that keeps it: in memory, in PostgreSQL with DuckLake, in ClickHouse."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import msgspec
import psycopg
import pytest
from psycopg_pool import ConnectionPool

from company import ANN, BOB, DEFINITIONS, START_S, event
from ports.kept_in_clickhouse import InClickHouse
from ports.world import World, memory_world, postgres_world
from ripely.adapters.ducklake.archive import DuckLakeArchive
from ripely.adapters.ducklake.lake import Place
from ripely.adapters.memory.archive import MemoryArchive, MemoryTold
from ripely.adapters.memory.profiles import MemoryProfiles
from ripely.adapters.postgres.told import PostgresTold
from ripely.model.event import Event
from ripely.model.ids import ContactId
from ripely.ports import (
    Archive,
    ArchiveError,
    DecisionRow,
    EventRow,
    Lines,
    PersonRow,
    Told,
    partition_of,
)
from ripely.runtime.archiving import archive_once, event_of, rows_of

PRICING = {"url": "https://shop.example/Pricing", "path": "/Pricing"}
ADDRESS = "ann-to-be-forgotten@example.com"
NEVER_MS = 4_000_000_000_000


class Kept(msgspec.Struct, frozen=True):
    """A world, what it tells, the archive, and how to look into it."""

    world: World
    told: Told
    archive: Archive
    events: Callable[[], list[EventRow]]
    decisions: Callable[[], list[DecisionRow]]
    people: Callable[[], list[PersonRow]]
    bytes: Callable[[], bytes]

    def catch_up(self, limit: int = 1_000) -> None:
        while archive_once(self.told, self.archive, limit):
            pass

    def happen(self, *events: Event) -> None:
        self.world.log.append(events)
        self.world.work()


@pytest.fixture(params=["memory", "ducklake", "clickhouse"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    if request.param == "memory":
        with in_memory() as opened:
            yield opened
    elif request.param == "ducklake":
        with in_lake(request.getfixturevalue("database_url"), tmp_path) as opened:
            yield opened
    else:
        there = InClickHouse(request.getfixturevalue("clickhouse_url"))
        with in_clickhouse(request.getfixturevalue("database_url"), there) as opened:
            yield opened


@contextmanager
def in_memory() -> Iterator[Kept]:
    with memory_world() as world:
        archive = MemoryArchive()
        assert isinstance(world.store, MemoryProfiles)
        yield Kept(
            world,
            MemoryTold(world.store),
            archive,
            lambda: archive.events,
            lambda: archive.decisions,
            lambda: archive.people,
            lambda: msgspec.json.encode([archive.events, archive.decisions, archive.people]),
        )


@contextmanager
def in_clickhouse(url: str, there: InClickHouse) -> Iterator[Kept]:
    with (
        postgres_world(url) as world,
        ConnectionPool(url, min_size=1, max_size=2, kwargs={"autocommit": True}) as pool,
    ):
        yield Kept(
            world,
            PostgresTold(pool),
            there.archive,
            lambda: there.rows("events", EventRow),
            lambda: there.rows("decisions", DecisionRow),
            lambda: there.rows("people", PersonRow),
            lambda: b"".join(there.every_byte()),
        )


@contextmanager
def in_lake(url: str, folder: Path) -> Iterator[Kept]:
    with (
        postgres_world(url) as world,
        ConnectionPool(url, min_size=1, max_size=2, kwargs={"autocommit": True}) as pool,
    ):
        archive = DuckLakeArchive(Place(url, str(folder / "lake")), folder / "staging")
        yield Kept(
            world,
            PostgresTold(pool),
            archive,
            lambda: rows(archive, "events", EventRow),
            lambda: rows(archive, "decisions", DecisionRow),
            lambda: rows(archive, "snapshots", PersonRow),
            lambda: b"".join(every_byte(url, folder)),
        )
        archive.close()


def rows(archive: DuckLakeArchive, table: str, kind: type) -> list:
    """Read a table back as the rows it was made of."""
    names = {"occurred_ms": "occurred_at", "received_ms": "received_at", "at_ms": "at"}
    columns = [
        f'epoch_ms("{names[field]}")' if field in names else f'"{field}"'
        for field in kind.__struct_fields__
    ]
    found = archive._connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()
    return [
        msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind)
        for row in found
    ]


def every_byte(url: str, folder: Path) -> Iterator[bytes]:
    """Everything that lies in the lake, and what packed files say when they are read."""
    yield from (path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for path in folder.rglob("*.parquet"):
        read = duckdb.execute("SELECT * FROM read_parquet(?)", [str(path)])
        yield from (repr(row).encode() for row in read.fetchall())
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'lake'"
        ).fetchall()
        for (table,) in tables:
            with connection.cursor().copy(f"COPY lake.{table} TO STDOUT") as copied:
                yield from (bytes(part) for part in copied)


def views(first: int, last: int, *contacts: ContactId) -> list[Event]:
    return [
        event(n, contact, "page.viewed", START_S + n, **PRICING)
        for n in range(first, last)
        for contact in contacts
    ]


def history(kept: Kept) -> list[tuple[int, int, int, bytes]]:
    return sorted(
        (contact, position, n, msgspec.json.encode(one, order="deterministic"))
        for contact, position, story in kept.world.history.scan()
        for n, one in enumerate(story.events)
    )


def archived(kept: Kept) -> list[tuple[int, int, int, bytes]]:
    return sorted(
        (
            row.contact,
            row.position,
            row.n,
            msgspec.json.encode(event_of(row), order="deterministic"),
        )
        for row in kept.events()
    )


def test_the_archive_is_history(kept: Kept) -> None:
    kept.world.publish(*DEFINITIONS)
    odd = {
        "products": [{"category": "Boots", "price": 9.5}],
        "": {"a.b": None},
        "nul": "a\x00b",
    }
    kept.happen(*views(0, 3, ANN, BOB), event(9, ANN, "order.completed", START_S + 9, **odd))
    kept.catch_up()
    kept.happen(*views(10, 12, ANN))
    kept.catch_up()
    assert archived(kept) == history(kept)
    notes = [
        (contact, position, n, note.kind, note.subject, note.reason, note.value, note.at_ms)
        for contact, position, story in kept.world.history.scan()
        for n, note in enumerate(story.notes)
    ]
    assert sorted(
        (
            row.contact,
            row.position,
            row.n,
            row.kind,
            row.subject,
            row.reason,
            row.value,
            row.at_ms,
        )
        for row in kept.decisions()
    ) == sorted(notes)


def test_it_does_not_matter_how_much_is_told_at_once(kept: Kept) -> None:
    for n in range(0, 12, 2):
        kept.happen(*views(n, n + 2, ANN, BOB))
    kept.catch_up(limit=3)
    assert archived(kept) == history(kept)


def test_who_it_tells_the_latest_of_is_told_as_that_left_them(kept: Kept) -> None:
    kept.world.publish(*DEFINITIONS)
    kept.happen(
        *views(0, 2, ANN), event(5, BOB, "contact.identified", START_S, email="b@b.example")
    )
    kept.catch_up()
    people = {row.contact: row for row in kept.people()}
    assert list(people[ANN].segments) == ["readers", "eager"]
    assert people[ANN].inside[0].journey == "offer"
    assert people[ANN].scores["interest"].points > 0
    assert people[BOB].attributes["email"] == ["b@b.example"]
    assert people[ANN].position == max(
        row.position for row in kept.events() if row.contact == ANN
    )


def test_rows_that_do_not_join_on_are_not_kept(kept: Kept) -> None:
    kept.happen(*views(0, 2, ANN))
    page = kept.told.after({}, 100)
    assert kept.archive.keep(rows_of(page))
    assert not kept.archive.keep(rows_of(page))
    assert archived(kept) == history(kept)
    assert kept.archive.positions()[partition_of(ANN)] == page.upto[partition_of(ANN)]


def test_compaction_changes_nothing_but_earlier_states_of_a_day(kept: Kept) -> None:
    kept.world.publish(*DEFINITIONS)
    for n in range(0, 6, 2):
        kept.happen(*views(n, n + 2, ANN))
        kept.catch_up()
    kept.happen(event(9, ANN, "page.viewed", START_S + 90_000, **PRICING))
    kept.catch_up()
    latest = max(row.position for row in kept.people())
    kept.archive.compact()
    kept.archive.compact()
    assert archived(kept) == history(kept)
    assert len(kept.people()) == 2  # Of two days.
    assert max(row.position for row in kept.people()) == latest


@pytest.mark.parametrize("compacted", [False, True])
def test_who_is_erased_is_gone_from_every_byte(kept: Kept, *, compacted: bool) -> None:
    kept.world.publish(*DEFINITIONS)
    secret = {"email": ADDRESS, "note": ADDRESS, "zzz": {"zzz": ADDRESS}}
    kept.happen(event(0, ANN, "contact.identified", START_S, **secret), *views(1, 3, ANN, BOB))
    kept.happen(event(4, ANN, "page.viewed", START_S + 4, url=f"zzz://{ADDRESS}"))
    kept.catch_up()
    kept.happen(event(9, ANN, "page.viewed", START_S + 90_000))  # Another day.
    kept.catch_up()
    assert ADDRESS.encode() in kept.bytes()
    if compacted:
        kept.archive.compact()
    kept.happen(event(5, ANN, "contact.erased", START_S + 90_009), *views(6, 8, BOB))
    kept.catch_up()
    everything = kept.bytes()
    assert ADDRESS.encode() not in everything
    assert str(ANN).encode() not in everything
    assert f"{ANN:016x}".encode() not in everything
    assert {row.contact for row in kept.events()} == {BOB}
    kept.happen(*views(10, 11, ANN))  # Somebody whom nobody knows.
    kept.catch_up()
    assert "page.viewed" in {row.name for row in kept.events() if row.contact == ANN}
    kept.archive.compact()
    assert ADDRESS.encode() not in kept.bytes()


def test_an_archiver_that_is_late_does_nothing(database_url: str, tmp_path: Path) -> None:
    with in_lake(database_url, tmp_path) as kept:
        kept.happen(*views(0, 2, ANN))
        late = DuckLakeArchive(Place(database_url, str(tmp_path / "lake")), tmp_path / "other")
        rows = rows_of(kept.told.after(late.positions(), 100))
        kept.catch_up()
        assert not late.keep(rows)
        late.close()
        assert archived(kept) == history(kept)


def test_of_two_at_the_same_time_one_is_told_so(database_url: str, tmp_path: Path) -> None:
    with in_lake(database_url, tmp_path) as kept:
        kept.happen(*views(0, 2, ANN))
        kept.catch_up()
        kept.happen(*views(2, 4, ANN))
        other = DuckLakeArchive(Place(database_url, str(tmp_path / "lake")), tmp_path / "other")
        page = rows_of(kept.told.after(kept.archive.positions(), 100))
        put = other._staging.put

        def overtaken(table: str, some: Lines, **said: int) -> None:
            put(table, some, **said)
            if table == "people":
                kept.catch_up()

        other._staging.put = overtaken  # type: ignore[method-assign]
        with pytest.raises(ArchiveError):
            other.keep(page)
        other.close()
        assert archived(kept) == history(kept)
