"""Timers in PostgreSQL: a row a contact, for the next thing that time alone brings."""

from datetime import datetime
from typing import Any

from psycopg_pool import ConnectionPool
from typing_extensions import override

from ripely.adapters.postgres.log import append_events
from ripely.adapters.postgres.statements import load
from ripely.model.event import timer_fired
from ripely.ports import Timers

SQL = load("timers")


class PostgresTimers(Timers):
    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    @override
    def fire(self, now: datetime, limit: int) -> int:
        with self._pool.connection() as connection, connection.transaction():
            due = connection.execute(
                SQL["take_due"], {"now_s": int(now.timestamp()), "limit": limit}, prepare=True
            ).fetchall()
            events = [timer_fired(contact, due_s) for contact, due_s in due]
            append_events(connection, sorted(events, key=lambda event: event.received_ms))
        return len(events)
