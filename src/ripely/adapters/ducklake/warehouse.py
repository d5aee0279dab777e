"""The lake as it is asked: DuckDB is loaded with the first question, and not before."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from ripely.ports import Answered, ArchiveError, AskError, Cell, Warehouse

if TYPE_CHECKING:
    from ripely.adapters.ducklake.asking import Session

MEMORY = "512MB"
THREADS = min(4, os.cpu_count() or 1)
"""More than there are cores get in the way of one another: a small question costs half as much again."""
SECONDS_MAX = 60.0


class DuckLakeWarehouse(Warehouse):
    """`folder` takes what memory does not hold while questions are answered."""

    dialect = "duckdb"

    def __init__(
        self, database_url: str, files: str, folder: Path, seconds_max: float = SECONDS_MAX
    ) -> None:
        self._database_url = database_url
        self._files = files
        self._folder = folder
        self._seconds_max = seconds_max
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._stopped = False

    @override
    def ask(self, sql: str, rows_max: int = 10_000) -> Answered:
        import duckdb

        from ripely.adapters.ducklake.wording import plainly

        session = self._opened()
        try:
            return session.ask(sql, rows_max, self._seconds_max)
        except duckdb.Error:
            # The database was away, or files went while we read them: what is there now answers.
            self._forget(session)
        try:
            return self._opened().ask(sql, rows_max, self._seconds_max)
        except duckdb.Error as wrong:
            raise AskError(f"The archive cannot be read: {plainly(wrong)}") from None

    @override
    def each(self, sql: str) -> Iterator[tuple[Cell, ...]]:
        import duckdb

        from ripely.adapters.ducklake.wording import plainly

        session = self._opened()
        try:
            yield from session.each(sql)
        except duckdb.Error as wrong:
            self._forget(session)
            raise AskError(f"The archive cannot be read: {plainly(wrong)}") from None

    @override
    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            if self._session is not None:
                self._session.stop()

    def close(self) -> None:
        if self._session is not None:
            self._forget(self._session)

    def _opened(self) -> "Session":
        from ripely.adapters.ducklake.asking import STOPPED, Session
        from ripely.adapters.ducklake.lake import Means, Place

        with self._lock:
            if self._stopped:
                raise AskError(STOPPED)
            if self._session is None:
                place = Place(self._database_url, self._files)
                try:
                    self._session = Session(place, Means(MEMORY, THREADS, self._folder))
                except ArchiveError as wrong:
                    raise AskError(f"The archive cannot be asked. {wrong}") from wrong
            return self._session

    def _forget(self, session: "Session") -> None:
        with self._lock:
            if self._session is session:
                self._session = None
        session.close()
