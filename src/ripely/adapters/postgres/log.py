"""The event log in PostgreSQL: compressed chunks, in the order in which they became durable."""

from collections.abc import Collection, Sequence
from typing import Any

from psycopg import Connection
from psycopg_pool import ConnectionPool
from typing_extensions import override

from ripely.adapters.postgres.chunk import APPEND_LOCK, Chunk, decode, encode
from ripely.adapters.postgres.statements import load
from ripely.model.event import Event
from ripely.ports import PARTITIONS, Batch, EventLog

SQL = load("log")
CHUNK_EVENTS_MAX = 5_000
CHUNKS_A_READ_MAX = 500
_FOREVER = 2**63 - 1
_EVERY = frozenset(range(PARTITIONS))


def append_chunk(connection: Connection[Any], chunk: Chunk) -> int:
    """Append inside the caller's transaction. Others wait until it ends: let it be the last thing done."""
    row = connection.execute(
        SQL["append_chunk"],
        {"lock": APPEND_LOCK, "lanes": chunk.lanes, "events": chunk.events, "body": chunk.body},
        prepare=True,
    ).fetchone()
    assert row is not None
    return int(row[0])


def append_events(connection: Connection[Any], events: Sequence[Event]) -> int:
    position = 0
    for start in range(0, len(events), CHUNK_EVENTS_MAX):
        position = append_chunk(connection, encode(events[start : start + CHUNK_EVENTS_MAX]))
    return position


class PostgresLog(EventLog):
    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    @override
    def append(self, events: Sequence[Event]) -> int:
        with self._pool.connection() as connection:
            return append_events(connection, events)

    @override
    def read(
        self, partitions: Collection[int], after: int, limit: int, upto: int | None = None
    ) -> Batch:
        with self._pool.connection() as connection, connection.cursor(binary=True) as cursor:
            rows = cursor.execute(
                SQL["read_chunks"],
                {
                    "after": after,
                    "upto": upto or _FOREVER,
                    "chunks": CHUNKS_A_READ_MAX,
                    "events": limit * PARTITIONS // max(1, len(partitions)),
                },
                prepare=True,
            ).fetchall()
        return _batch(rows, frozenset(partitions), after, limit)

    @override
    def tail(self, limit: int) -> list[Event]:
        with self._pool.connection() as connection:
            rows = connection.execute(SQL["tail"], {"limit": limit}).fetchall()
        found: list[Event] = []
        for _, body in rows:
            events, _ = decode(body, _EVERY)
            found += sorted(events, key=lambda event: -event.received_ms)
            if len(found) >= limit:
                break
        return found[:limit]


def _batch(rows: Sequence[Any], partitions: frozenset[int], after: int, limit: int) -> Batch:
    """Take whole chunks until there are enough events, or one says that the rules change."""
    mask = sum(1 << partition for partition in partitions)
    told: list[tuple[int, Event]] = []
    upto = after
    for position, lanes, body in rows:
        if len(told) >= limit:
            break
        upto = position
        if not lanes & mask:
            continue
        events, rules = decode(body, partitions)
        if rules is not None:
            return Batch(after, upto, tuple(told), rules)
        told += [(position, event) for event in events]
    return Batch(after, upto, tuple(told))
