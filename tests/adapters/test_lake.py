"""The lake under a hard life: odd days, lost and broken files, other versions, and a fresh start."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import psycopg
import pytest

from ripely.adapters.ducklake import damage, export, layout, staging
from ripely.adapters.ducklake.archive import DuckLakeArchive
from ripely.adapters.ducklake.damage import damaged
from ripely.adapters.ducklake.lake import Place, connect
from ripely.adapters.ducklake.warehouse import DuckLakeWarehouse
from ripely.model.ids import ContactId
from ripely.ports import ArchiveError, AskError, EventRow, Export, Rows
from ripely.runtime.scribe import lines_of

DAY_MS = 86_400_000
MANY_DAYS = 600


@pytest.fixture
def place(database_url: str, tmp_path: Path) -> Place:
    return Place(database_url, str(tmp_path / "lake"))


@pytest.fixture
def archive(place: Place, tmp_path: Path) -> Iterator[DuckLakeArchive]:
    opened = DuckLakeArchive(place, tmp_path / "staging")
    yield opened
    opened.close()


def of_days(after: int, days: int) -> Rows:
    events = [
        EventRow(
            ContactId(day),
            after + 1,
            0,
            day,
            "page.viewed",
            day * DAY_MS,
            0,
            "",
            True,
            "",
            {},
            "",
        )
        for day in range(days)
    ]
    return Rows({0: after}, {0: after + 1}, lines_of(events), lines_of([]), lines_of([]))


def count(archive: DuckLakeArchive) -> object:
    return archive._connection.execute("SELECT count(*) FROM events").fetchone()


def files(place: Place) -> list[Path]:
    return sorted(Path(place.files).rglob("*.parquet"))


def test_what_a_killed_archiver_left_is_removed(place: Place, tmp_path: Path) -> None:
    left = tmp_path / "staging" / "spill" / "block"
    left.parent.mkdir(parents=True)
    left.write_text("somebody@example.com")
    DuckLakeArchive(place, tmp_path / "staging").close()
    assert not left.exists()


def test_its_folder_is_for_its_owner_alone(archive: DuckLakeArchive, place: Place) -> None:
    assert Path(place.files).stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_named(place: Place, tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("not a folder")
    with pytest.raises(ArchiveError, match=r"folder of the lake cannot be made: .*/lake \("):
        DuckLakeArchive(place, tmp_path / "staging")


def test_events_of_more_days_than_memory_holds_are_kept_all_the_same(
    archive: DuckLakeArchive, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ripely.adapters.ducklake.archive.DAYS_MAX", 100)
    monkeypatch.setattr(staging, "INLINED_ROWS_MAX", 1_000)
    archive._connection.execute("SET memory_limit = '140MB'")
    assert archive.keep(of_days(0, MANY_DAYS))
    assert len(files(place)) >= MANY_DAYS - staging.WAITING_DAYS_MAX  # They did not wait.
    archive.compact()
    archive.erase([ContactId(MANY_DAYS - 1)])
    assert count(archive) == (MANY_DAYS - 1,)


def test_a_lost_file_and_a_broken_one_are_named(
    archive: DuckLakeArchive, place: Place, tmp_path: Path
) -> None:
    archive.keep(of_days(0, 3))
    archive.compact()
    assert [*damaged(place, tmp_path / "spill")] == []
    lost, broken, _ = (path for path in files(place) if "events" in path.parts)
    lost.unlink()
    broken.write_bytes(broken.read_bytes()[:100])
    told = sorted(damaged(place, tmp_path / "spill"))
    assert len(told) == 2
    assert any(str(lost) in sentence for sentence in told)
    assert any(str(broken) in sentence for sentence in told)
    warehouse = DuckLakeWarehouse(place.database_url, place.files, tmp_path / "spill")
    with pytest.raises(AskError, match=r"ducklake-\S+parquet") as refused:
        warehouse.ask("SELECT max(name) FROM events")
    assert "\n" not in str(refused.value)
    warehouse.close()


def test_files_that_an_erasure_takes_while_they_are_looked_at_are_not_missed(
    archive: DuckLakeArchive, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.keep(of_days(0, 3))
    archive.compact()
    listed = damage._kept

    def then_erased(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
        found = listed(connection, table)
        if table == "events":
            archive.erase([ContactId(1)])
        return found

    monkeypatch.setattr(damage, "_kept", then_erased)
    before = files(place)
    assert [*damaged(place, tmp_path / "spill")] == []
    assert {*before} - {*files(place)}


def test_an_export_whose_files_go_while_it_reads_is_written_anew(
    archive: DuckLakeArchive, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.keep(of_days(0, 3))
    archive.compact()
    lost = files(place)[0]
    there = lost.rename(tmp_path / "there")
    opened = iter((lambda: None, lambda: there.rename(lost)))

    def connected(*words: object, **said: bool) -> duckdb.DuckDBPyConnection:
        next(opened)()
        return connect(*words, **said)  # type: ignore[arg-type]

    monkeypatch.setattr(export, "connect", connected)
    path = tmp_path / "events.parquet"
    assert export.write_events(place, tmp_path / "spill", Export(str(path))) == 3
    assert duckdb.execute(f"SELECT count(*) FROM '{path}'").fetchone() == (3,)


def test_a_lake_that_is_forgotten_begins_anew(
    archive: DuckLakeArchive, place: Place, tmp_path: Path
) -> None:
    archive.keep(of_days(0, 3))
    archive.compact()
    with psycopg.connect(place.database_url) as connection:
        layout.forget(connection)
    with pytest.raises(ArchiveError):
        archive.keep(of_days(1, 3))
    with (
        closing(
            DuckLakeWarehouse(place.database_url, place.files, tmp_path / "spill")
        ) as warehouse,
        pytest.raises(AskError, match="begins it"),
    ):
        warehouse.ask("SELECT 1")
    again = DuckLakeArchive(place, tmp_path / "staging")
    assert again.positions() == {}
    assert again.keep(of_days(0, 2))
    assert count(again) == (2,)
    again.close()


def test_a_lake_of_an_earlier_version_is_brought_up_to_date(
    archive: DuckLakeArchive, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.keep(of_days(0, 3))
    archive.close()
    step = "ALTER TABLE events ADD COLUMN IF NOT EXISTS mood VARCHAR;\nSELECT 1"
    monkeypatch.setattr(layout, "VERSION", 2)
    monkeypatch.setattr(layout, "_STEPS", {2: step})
    for _ in range(2):
        later = DuckLakeArchive(place, tmp_path / "staging")
        assert layout.version_of(later._connection) == 2
        assert later._connection.execute("SELECT mood FROM events").fetchall() == [(None,)] * 3
        later.close()


def test_a_lake_that_says_no_version_gets_what_it_lacks(
    archive: DuckLakeArchive, place: Place, tmp_path: Path
) -> None:
    archive.keep(of_days(0, 3))
    archive._connection.execute("COMMENT ON VIEW deliveries IS NULL")
    archive._connection.execute("DROP TABLE people_past")
    archive.close()
    with closing(DuckLakeArchive(place, tmp_path / "staging")) as later:
        later.compact()
        assert count(later) == (3,)
        assert layout.version_of(later._connection) == layout.VERSION


def test_a_lake_of_a_later_version_is_left_alone(
    archive: DuckLakeArchive, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.keep(of_days(0, 3))
    monkeypatch.setattr(layout, "VERSION", 0)
    with pytest.raises(
        ArchiveError, match="written by a newer Ripely: its layout is version 1"
    ):
        DuckLakeArchive(place, tmp_path / "other")
    warehouse = DuckLakeWarehouse(place.database_url, place.files, tmp_path / "spill")
    with pytest.raises(AskError, match="written by a newer Ripely"):
        warehouse.ask("SELECT 1")
    with pytest.raises(ArchiveError, match="written by a newer Ripely"):
        [*damaged(place, tmp_path / "spill")]
