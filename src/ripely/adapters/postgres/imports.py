"""Imports of files into PostgreSQL: events, and how far the file is read, in one transaction."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from psycopg import Connection
from psycopg_pool import ConnectionPool
from typing_extensions import override

from ripely.adapters.postgres.intake import run, taking
from ripely.adapters.postgres.known import Known
from ripely.adapters.postgres.statements import load
from ripely.model.arrival import Arrival
from ripely.ports import Import, ImportedElsewhereError, Imports, Progress

SQL = load("imports")
SPACE = 0x5269_7003
WAIT_SECONDS = 2.0
RETRY_SECONDS = 0.05


class PostgresImports(Imports):
    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    @override
    @contextmanager
    def open(self, key: str, file: str) -> Iterator[Import]:
        lock = {"space": SPACE, "key": key}
        with self._pool.connection() as connection:
            if not _locked(connection, lock):
                raise ImportedElsewhereError(file)
            try:
                yield _PostgresImport(connection, key, file)
            except BaseException:
                connection.close()  # Whatever it was doing: the lock goes with the session.
                raise
            connection.execute(SQL["unlock"], lock)


def _locked(connection: Connection[Any], lock: Mapping[str, object]) -> bool:
    """Take the lock; a session whose process has just died may hold it for a moment still."""
    give_up_at = time.monotonic() + WAIT_SECONDS
    while connection.execute(SQL["lock"], lock).fetchone() != (True,):
        if time.monotonic() > give_up_at:
            return False
        time.sleep(RETRY_SECONDS)
    return True


class _PostgresImport(Import):
    """The lock lives in the session that also commits, so who lost it cannot commit."""

    def __init__(self, connection: Connection[Any], key: str, file: str) -> None:
        self._connection = connection
        self._key = key
        self._known = Known()
        connection.execute(SQL["begin"], {"key": key, "file": file})
        row = connection.execute(SQL["progress"], {"key": key}).fetchone()
        assert row is not None
        self._progress = Progress(*row)

    @property
    @override
    def progress(self) -> Progress:
        return self._progress

    @override
    def take(self, arrivals: Sequence[Arrival], progress: Progress) -> None:
        place = {"key": self._key, **msgspec.structs.asdict(progress)}
        run(self._connection, taking(arrivals, self._known, [(SQL["advance"], place)]))
        self._progress = progress
