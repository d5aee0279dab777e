"""The mails that the demo's own server received, where every process sees them."""

from typing import Any

from psycopg_pool import ConnectionPool
from typing_extensions import override

from ripely.adapters.postgres.statements import load
from ripely.ports import KeptMail, Mailbox

SQL = load("mailbox")
MAILS_MAX = 2_000


class PostgresMailbox(Mailbox):
    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    @override
    def keep(self, recipient: str, content: bytes) -> None:
        row = {"recipient": recipient, "content": content}
        with self._pool.connection() as connection:
            kept = connection.execute(SQL["keep"], row).fetchone()
            assert kept is not None
            connection.execute(SQL["forget"], {"upto": kept[0] - MAILS_MAX})

    @override
    def newest(self, limit: int) -> list[KeptMail]:
        with self._pool.connection() as connection:
            rows = connection.execute(SQL["newest"], {"limit": limit}).fetchall()
        return [KeptMail(*row) for row in rows]

    @override
    def find(self, mail: int) -> KeptMail | None:
        with self._pool.connection() as connection:
            row = connection.execute(SQL["find"], {"id": mail}).fetchone()
        return None if row is None else KeptMail(*row)
