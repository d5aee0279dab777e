"""The ledger of messages in PostgreSQL."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from psycopg_pool import ConnectionPool
from typing_extensions import override

from ripely.adapters.postgres.dispatcher import Dispatcher
from ripely.adapters.postgres.log import append_events
from ripely.adapters.postgres.statements import load
from ripely.model.effect import SendMessage
from ripely.model.ids import EffectId
from ripely.ports import Correspondence, Ledger, Retry, Sent, Settled

SQL = load("ledger")

_message = msgspec.msgpack.Decoder(SendMessage).decode


class PostgresLedger(Ledger):
    def __init__(self, dispatcher: Dispatcher) -> None:
        self._connection = dispatcher.connection
        self._me = dispatcher.number
        self._dispatcher = dispatcher

    @override
    def claim(self, limit: int) -> list[tuple[SendMessage, int]]:
        rows = self._ask("claim", limit=limit)
        return [(_message(body), attempt) for body, attempt in rows]

    @override
    def hand_over(self, ids: Collection[EffectId]) -> frozenset[EffectId]:
        return frozenset(
            EffectId(message) for (message,) in self._ask("hand_over", ids=list(ids))
        )

    @override
    def settle(self, settled: Sequence[Settled]) -> None:
        outcomes = [one.outcome for one in settled]
        with self._connection.transaction():
            rows = self._ask(
                "settle",
                ids=[outcome.id for outcome in outcomes],
                outcomes=[outcome.outcome for outcome in outcomes],
                reasons=[outcome.reason for outcome in outcomes],
            )
            ours = {message for (message,) in rows}
            receipts = [one.receipt for one in settled if one.outcome.id in ours]
            append_events(self._connection, receipts)

    @override
    def retry(self, retries: Sequence[Retry]) -> None:
        self._connection.execute(SQL["retry"], {"me": self._me, **retry_columns(retries)})

    @override
    def recover(self) -> list[SendMessage]:
        dead = self._dispatcher.dead()
        if not dead:
            return []
        self._connection.execute(SQL["free"], {"dead": dead})
        return [_message(body) for (body,) in self._ask("adopt", dead=dead)]

    def _ask(self, statement: str, **values: object) -> list[Any]:
        with self._connection.cursor(binary=True) as cursor:
            cursor.execute(SQL[statement], {"me": self._me, **values}, prepare=True)
            return cursor.fetchall()


class PostgresCorrespondence(Correspondence):
    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    @override
    def find(self, message: EffectId) -> Sent | None:
        with self._pool.connection() as connection:
            row = connection.execute(SQL["find"], {"message": message}, prepare=True).fetchone()
        return None if row is None else Sent(*row)

    @override
    def count(self, template: str, what: str) -> None:
        with self._pool.connection() as connection:
            connection.execute(SQL["count"], {"template": template, "what": what})


def retry_columns(retries: Sequence[Retry]) -> dict[str, object]:
    return {
        "ids": [retry.id for retry in retries],
        "ats": [retry.at for retry in retries],
        "reasons": [retry.reason for retry in retries],
    }
