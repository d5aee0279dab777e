"""The outbox in PostgreSQL: effects that are not messages, and what comes of them."""

from collections.abc import Sequence
from typing import Any

import msgspec
from typing_extensions import override

from ripely.adapters.postgres.dispatcher import Dispatcher
from ripely.adapters.postgres.forgetting import forget
from ripely.adapters.postgres.ledger import retry_columns
from ripely.adapters.postgres.log import append_events
from ripely.adapters.postgres.statements import load
from ripely.model.backtest import naming
from ripely.model.effect import CreateTask, Effect, SendMessage
from ripely.ports import Claimed, Finished, Outbox, Retry
from ripely.ports.dispatch import FORGOTTEN

SQL = load("outbox")

_FORGETTING = (
    "forget_queued", "forget_notices", "forget_tasks", "forget_running", "forget_examples",
)  # fmt: skip
_pack = msgspec.msgpack.Encoder().encode
_effect = msgspec.msgpack.Decoder(Effect).decode


class PostgresOutbox(Outbox):
    def __init__(self, dispatcher: Dispatcher) -> None:
        self._connection = dispatcher.connection
        self._me = dispatcher.number
        self._dispatcher = dispatcher

    @override
    def claim(self, limit: int) -> list[Claimed]:
        dead = self._dispatcher.dead()
        if dead:
            self._connection.execute(SQL["free"], {"dead": dead})
        with self._connection.cursor(binary=True) as cursor:
            rows = cursor.execute(SQL["claim"], {"me": self._me, "limit": limit}, prepare=True)
            return [Claimed(_effect(body), attempt) for body, attempt in rows]

    @override
    def finish(self, finished: Finished) -> None:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            for statement, rows in _rows(finished):
                if rows:
                    cursor.executemany(SQL[statement], rows)
            if finished.forgotten:
                gone = [effect.contact for effect in finished.forgotten]
                said = {"contacts": gone, "forgotten": FORGOTTEN, "examples": naming(gone)}
                for statement in _FORGETTING:
                    cursor.execute(SQL[statement], said)
                forget(self._connection, finished.forgotten)
            cursor.execute(SQL["remove"], {"me": self._me, "ids": list(finished.ids)})
            append_events(self._connection, finished.events)

    @override
    def retry(self, retries: Sequence[Retry]) -> None:
        self._connection.execute(SQL["retry"], {"me": self._me, **retry_columns(retries)})


def _rows(finished: Finished) -> tuple[tuple[str, list[dict[str, Any]]], ...]:
    return (
        ("put_task", [msgspec.structs.asdict(task) for task in finished.tasks]),
        ("put_notice", [msgspec.structs.asdict(notice) for notice in finished.notices]),
        ("put_message", [_message_row(message) for message in finished.messages]),
        ("put_queued", [_queue_row(task) for task in finished.queued]),
        (
            "open_queue",
            [{"team": team} for team in sorted({t.team or "" for t in finished.queued})],
        ),
    )


def _queue_row(task: CreateTask) -> dict[str, Any]:
    return msgspec.structs.asdict(task) | {"body": _pack(task)}


def _message_row(message: SendMessage) -> dict[str, Any]:
    return msgspec.structs.asdict(message) | {"body": _pack(message)}
