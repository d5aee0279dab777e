"""One dispatcher's session: its claims live as long as it does, and no longer."""

from typing import Any

from psycopg import Connection

from ripely.adapters.postgres.statements import load

SQL = load("dispatchers")
DISPATCHERS = 0x5269_7003


class Dispatcher:
    """A connection in autocommit that is used for nothing else, and the number under which it claims.

    Numbers are never given twice, so one whose lock is free belongs to a dispatcher that died.
    """

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection
        row = connection.execute(SQL["enlist"], {"dispatchers": DISPATCHERS}).fetchone()
        assert row is not None
        self.number: int = row[0]

    def dead(self) -> list[int]:
        rows = self.connection.execute(SQL["dead"], {"dispatchers": DISPATCHERS}, prepare=True)
        return [number for (number,) in rows]
