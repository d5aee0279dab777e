"""Profiles in PostgreSQL for those who only read them: no claim, no cache."""

from collections.abc import Collection
from typing import Any

from psycopg_pool import ConnectionPool
from typing_extensions import override

from ripely.adapters.postgres.packing import unpack_profile
from ripely.adapters.postgres.statements import load
from ripely.model.ids import ContactId
from ripely.ports import Loaded, Profiles

SQL = load("profiles")


class PostgresReading(Profiles):
    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    @override
    def load(self, contacts: Collection[ContactId]) -> Loaded:
        with self._pool.connection() as connection, connection.cursor(binary=True) as cursor:
            rows = cursor.execute(SQL["load"], {"contacts": list(contacts)}).fetchall()
        profiles = {
            ContactId(contact): unpack_profile(body) for contact, body, _ in rows if body
        }
        stopped = frozenset(ContactId(contact) for contact, _, stopped in rows if stopped)
        return Loaded(profiles, stopped)
