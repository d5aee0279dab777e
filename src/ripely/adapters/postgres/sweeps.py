"""Sweeps in PostgreSQL: how far all contacts have been asked about changed rules."""

from collections.abc import Sequence
from typing import Any

from psycopg_pool import ConnectionPool
from typing_extensions import override

from ripely.adapters.postgres.log import append_events
from ripely.adapters.postgres.statements import load
from ripely.model.event import Event
from ripely.model.ids import ContactId, RulesetId
from ripely.ports import Sweep, Sweeps

SQL = load("sweeps")


class PostgresSweeps(Sweeps):
    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    @override
    def next(self, limit: int) -> Sweep | None:
        with self._pool.connection() as connection:
            row = connection.execute(SQL["next"]).fetchone()
            if row is None:
                return None
            position, ruleset, previous, after = row
            asked = {"after": after, "limit": limit}
            contacts = [ContactId(who) for (who,) in connection.execute(SQL["contacts"], asked)]
        return Sweep(position, RulesetId(ruleset), RulesetId(previous), after, contacts)

    @override
    def waits(self, events_max: int) -> bool:
        with self._pool.connection() as connection:
            row = connection.execute(SQL["waiting"], {"most": events_max}).fetchone()
        return row is not None and bool(row[0])

    @override
    def advance(self, sweep: Sweep, events: Sequence[Event]) -> None:
        moved = {
            "position": sweep.position,
            "after": sweep.after,
            "upto": sweep.contacts[-1] if sweep.contacts else sweep.after,
            "finished": not sweep.contacts,
        }
        with self._pool.connection() as connection, connection.transaction():
            if connection.execute(SQL["advance"], moved).rowcount:
                append_events(connection, events)
