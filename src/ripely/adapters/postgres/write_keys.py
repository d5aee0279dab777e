"""Who may send events."""

from collections.abc import Mapping

import psycopg
from psycopg import AsyncConnection
from typing_extensions import override

from ripely.adapters.postgres.statements import load
from ripely.ports import OverloadedError, Source, WriteKeys

SQL = load("write_keys")
CONNECT_SECONDS = 3


class PostgresWriteKeys(WriteKeys):
    """Asked so seldom that it needs no connection of its own."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url

    @override
    async def sources(self) -> Mapping[str, Source]:
        try:
            async with await AsyncConnection.connect(
                self._url, connect_timeout=CONNECT_SECONDS
            ) as connection:
                cursor = await connection.execute(SQL["sources"])
                return {key: Source(*source) for key, *source in await cursor.fetchall()}
        except (psycopg.OperationalError, OSError) as away:
            raise OverloadedError("the database is away") from away
