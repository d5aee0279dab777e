"""History in PostgreSQL: a row per contact and batch, in the order of the fold."""

from collections.abc import Collection, Iterator
from typing import Any

from psycopg_pool import ConnectionPool
from typing_extensions import override

from ripely.adapters.postgres.statements import load
from ripely.adapters.postgres.story import unpack_stories
from ripely.model.ids import ContactId
from ripely.ports import PARTITIONS, History, Story

SQL = load("history")
SCANNED_AT_ONCE = 2_000


class PostgresHistory(History):
    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    @override
    def of(self, contact: ContactId, before: int, limit: int) -> list[tuple[int, Story]]:
        asked = {"contact": contact, "before": before, "limit": limit}
        with self._pool.connection() as connection:
            rows = connection.execute(SQL["of_contact"], asked).fetchall()
        stories = unpack_stories(body for _, body in rows)
        return [(position, story) for (position, _), story in zip(rows, stories, strict=True)]

    @override
    def contacts(self) -> int:
        with self._pool.connection() as connection:
            row = connection.execute(SQL["contacts"]).fetchone()
        assert row is not None
        return int(row[0])

    @override
    def newer(self, position: int, limit: int) -> list[ContactId]:
        asked = {"position": position, "limit": limit}
        with self._pool.connection() as connection:
            rows = connection.execute(SQL["newer"], asked).fetchall()
        return [ContactId(contact) for (contact,) in rows]

    @override
    def scan(
        self,
        partitions: Collection[int] | None = None,
        contacts: Collection[ContactId] | None = None,
    ) -> Iterator[tuple[ContactId, int, Story]]:
        asked = {
            "parts": PARTITIONS,
            "wanted": None if partitions is None else sorted(partitions),
            "contacts": None if contacts is None else sorted(contacts),
        }
        statement = SQL["scan" if contacts is None else "scan_some"]
        with (
            self._pool.connection() as connection,
            connection.transaction(),
            connection.cursor("history", binary=True) as cursor,
        ):
            cursor.execute(statement, asked)
            while rows := cursor.fetchmany(SCANNED_AT_ONCE):
                stories = unpack_stories(body for _, _, body in rows)
                for (contact, position, _), story in zip(rows, stories, strict=True):
                    yield ContactId(contact), position, story
