"""Teams in PostgreSQL: turns are taken one after the other, in the session of a dispatcher."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Connection
from typing_extensions import override

from ripely.adapters.postgres.dispatcher import Dispatcher
from ripely.adapters.postgres.log import append_events
from ripely.adapters.postgres.statements import load
from ripely.model.effect import CreateTask, Effect
from ripely.model.ids import TeamId
from ripely.ports import Call, Chosen, Released, Teams, Turn, Workload
from ripely.ports.teams import CHOICES_KEPT

SQL = load("teams")
TEAMS = 0x5269_7004

_effect = msgspec.msgpack.Decoder(Effect).decode


class PostgresTeams(Teams):
    def __init__(self, dispatcher: Dispatcher) -> None:
        self._connection = dispatcher.connection

    @override
    def queued(self) -> list[TeamId]:
        rows = self._connection.execute(SQL["queued"], prepare=True)
        return [team for (team,) in rows]

    @override
    @contextmanager
    def turn(self, team: TeamId) -> Iterator[Turn]:
        with self._connection.transaction():
            self._connection.execute(SQL["take"], {"teams": TEAMS, "team": team})
            yield PostgresTurn(self._connection, team)


class PostgresTurn(Turn):
    """One transaction. What others decided before is seen: each statement reads what is committed."""

    def __init__(self, connection: Connection[Any], team: TeamId) -> None:
        self._connection = connection
        self._team = team

    @override
    def workload(self, people: Collection[str], since: datetime) -> Workload:
        last = self._ask("last")
        return Workload(
            last=last[0][0] if last else "",
            given=dict(self._ask("given", since=since)),
            released=[Call(*row) for row in self._ask("released", since=since)],
            open=dict(self._ask("open", since=since, people=list(people))),
        )

    @override
    def choose(self, chosen: Sequence[Chosen]) -> None:
        rows = [{"team": self._team, **msgspec.structs.asdict(one)} for one in chosen]
        with self._connection.cursor() as cursor:
            if rows:
                cursor.executemany(SQL["choose"], rows)
                since = max(one.at for one in chosen) - CHOICES_KEPT
                cursor.execute(SQL["forget_chosen"], {"team": self._team, "since": since})

    @override
    def next(self, limit: int) -> list[CreateTask]:
        return [_task(body) for (body,) in self._ask("next", limit=limit)]

    @override
    def expired(self, now: datetime, limit: int) -> list[CreateTask]:
        return [_task(body) for (body,) in self._ask("expired", now=now, limit=limit)]

    @override
    def release(self, released: Released) -> None:
        tasks = [{**msgspec.structs.asdict(task), "at": released.at} for task in released.tasks]
        over = [*(task.id for task in released.tasks), *released.dropped]
        with self._connection.cursor() as cursor:
            if tasks:
                cursor.executemany(SQL["put_task"], tasks)
            if over:
                cursor.execute(SQL["remove"], {"ids": over})
            why = {"team": self._team, "reason": released.reason, "at": released.at}
            cursor.execute(SQL["explain"], why)
        append_events(self._connection, released.events)

    def _ask(self, statement: str, **values: object) -> list[Any]:
        with self._connection.cursor(binary=True) as cursor:
            cursor.execute(SQL[statement], {"team": self._team, **values}, prepare=True)
            return cursor.fetchall()


def _task(body: bytes) -> CreateTask:
    task = _effect(body)
    assert isinstance(task, CreateTask)
    return task
