"""The database of this installation: the operator's own PostgreSQL, or the one we bring."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from ripely.adapters.postgres.cluster import DatabaseError
from ripely.adapters.postgres.embedded import embedded_server
from ripely.settings import Settings

OLDEST_VERSION = 15


@contextmanager
def open_database(settings: Settings, say: Callable[[str], None]) -> Iterator[str]:
    """The address of a server that is there and new enough, for as long as it is used."""
    if settings.database_url:
        check_server(settings.database_url)
        yield settings.database_url
        return
    with embedded_server(settings.data, say=say) as url:
        yield url


def check_server(url: str) -> None:
    try:
        with psycopg.connect(url) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.OperationalError as refused:
        raise DatabaseError(f"DATABASE_URL cannot be reached: {refused}") from refused
    if version < OLDEST_VERSION:
        raise DatabaseError(
            f"DATABASE_URL names a PostgreSQL {version}; Ripely needs {OLDEST_VERSION} or newer."
        )
