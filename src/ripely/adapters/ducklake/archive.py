"""The archive in DuckLake: Parquet files by day, and one transaction for rows and how far they go."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
from typing_extensions import override

from ripely.adapters.ducklake.lake import Means, Place, connect
from ripely.adapters.ducklake.layout import lay_out
from ripely.adapters.ducklake.staging import (
    DAYS_MAX,
    INLINED_ROWS_MAX,
    TABLES,
    Staging,
    allow_inlining,
)
from ripely.adapters.ducklake.upkeep import compact, erase
from ripely.adapters.ducklake.wording import plainly
from ripely.model.ids import ContactId
from ripely.ports import Archive, ArchiveError, Rows

MEANS_MEMORY = "384MB"
# More cost more than they save: pages are small, and the machine has other work.
MEANS_THREADS = 1


class DuckLakeArchive(Archive):
    """The one writer's connection; `folder` is its own, for what it is at."""

    def __init__(self, place: Place, folder: Path) -> None:
        means = Means(MEANS_MEMORY, MEANS_THREADS, folder / "spill")
        shutil.rmtree(means.spill, ignore_errors=True)  # What one that was killed has left.
        self._place = place
        # Since when contacts may have rows of a day that a later one has outlived; unknown at first.
        self._people_since_ms: int | None = 0
        self._connection = connect(place, means)
        with _told_apart():
            lay_out(self._connection)
            self._staging = Staging(self._connection, folder)

    def close(self) -> None:
        self._connection.close()

    @override
    def positions(self) -> Mapping[int, int]:
        with _told_apart():
            rows = self._connection.execute("SELECT partition, position FROM positions")
            return dict(rows.fetchall())

    @override
    def keep(self, rows: Rows) -> bool:
        with _told_apart():
            try:
                return self._keep(rows)
            except duckdb.OutOfMemoryException:
                return self._keep(rows, DAYS_MAX)  # Of very many days: a file for each.

    def _keep(self, rows: Rows, days_max: int = 0) -> bool:
        with self._transaction():
            kept = self.positions()
            if any(kept.get(partition, 0) != after for partition, after in rows.after.items()):
                return False
            parts = (rows.events, rows.decisions, rows.people)
            few = all(part.count <= INLINED_ROWS_MAX for part in parts)
            for table, part in zip(TABLES, parts, strict=True):
                self._staging.put(table, part, few=few, days_max=days_max)
            allow_inlining(self._connection, INLINED_ROWS_MAX)
            self._connection.execute("DELETE FROM positions")
            self._connection.execute(
                "INSERT INTO positions SELECT unnest(?), unnest(?)",
                [list(rows.upto.keys()), list(rows.upto.values())],
            )
        moments = (self._people_since_ms, rows.people_since_ms)
        self._people_since_ms = min((ms for ms in moments if ms is not None), default=None)
        return True

    @override
    def compact(self) -> None:
        with _told_apart():
            compact(self._connection, self._people_since_ms)
        self._people_since_ms = None

    @override
    def erase(self, contacts: Sequence[ContactId]) -> None:
        with _told_apart():
            erase(self._connection, self._place, contacts)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """End the transaction one way or the other, and leave no row lying about."""
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        else:
            self._connection.execute("COMMIT")
        finally:
            self._staging.clear()


@contextmanager
def _told_apart() -> Iterator[None]:
    """Say what went wrong in the words of the port."""
    try:
        yield
    except duckdb.Error as wrong:
        raise ArchiveError(plainly(wrong)) from wrong
