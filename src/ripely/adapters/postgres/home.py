"""Where the database is at home: one that was restored elsewhere must not send again what its original sends."""

from pathlib import Path
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool
from typing_extensions import override

from ripely.adapters.postgres.statements import load
from ripely.ports import Home

SQL = load("home")


class PostgresHome(Home):
    """Known by the server's own identifier, which a restored one does not have, and by the number of the database in it.

    A folder that is copied has the identifier of its original: of the embedded server, whose files lie in
    `embedded`, the number of that folder on its disk tells them apart.
    """

    def __init__(self, pool: ConnectionPool[Any], embedded: Path) -> None:
        self._pool, self._embedded = pool, embedded
        self._is_ours = False

    @override
    def is_here(self) -> bool:
        if not self._is_ours:
            with self._pool.connection() as connection:
                here = self._here(connection)
                connection.execute(SQL["settle"], {"here": here})
                self._is_ours = connection.execute(SQL["known"]).fetchone() == (here,)
        return self._is_ours

    @override
    def move_here(self) -> None:
        with self._pool.connection() as connection:
            connection.execute(SQL["move"], {"here": self._here(connection)})

    def _here(self, connection: Connection[TupleRow]) -> str:
        row = connection.execute(SQL["here"]).fetchone()
        assert row is not None
        server, database, files = row
        own = files is not None and Path(files) == self._embedded and self._embedded.exists()
        folder = f"/{self._embedded.stat().st_ino}" if own else ""
        return f"{server}/{database}{folder}"
