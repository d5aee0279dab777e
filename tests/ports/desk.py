"""The ledger and the outbox, in memory and in PostgreSQL, with dispatchers that can be killed."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import msgspec
import psycopg
from psycopg_pool import ConnectionPool

from ripely.adapters.memory.dispatch import Claimant, Desk, MemoryLedger, MemoryOutbox
from ripely.adapters.memory.log import MemoryLog
from ripely.adapters.memory.teams import MemoryTeams
from ripely.adapters.postgres.dispatcher import Dispatcher
from ripely.adapters.postgres.ledger import PostgresLedger
from ripely.adapters.postgres.log import PostgresLog
from ripely.adapters.postgres.outbox import PostgresOutbox
from ripely.adapters.postgres.teams import PostgresTeams
from ripely.adapters.postgres.writing import write
from ripely.model.effect import Effect, SendMessage
from ripely.model.event import Event
from ripely.model.ids import EffectId, TeamId
from ripely.model.profile import Profile
from ripely.ports import Change, Commit, Ledger, Outbox, Story, Teams

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime.now(UTC) + timedelta(hours=1)


class One(msgspec.Struct):
    """One dispatcher's ports, and how to kill it."""

    ledger: Ledger
    outbox: Outbox
    teams: Teams
    kill: Any


class Office(Protocol):
    def put(self, *effects: Effect) -> None: ...

    def dispatcher(self) -> One: ...

    def outcomes(self) -> dict[str, tuple[str | None, str]]: ...

    def waiting(self) -> set[str]:
        """Ids of effects in the outbox."""
        ...

    def tasks(self) -> list[str]: ...

    def notices(self) -> list[str]: ...

    def kept(self) -> str:
        """Everything that is kept for people to do or to read, as text."""
        ...

    def choices(self) -> set[str]:
        """Ids of the choices of owners that are still known."""
        ...

    def finish_task(self, task: str) -> None:
        """Say that a person has done a task."""
        ...

    def reason(self, team: str) -> str:
        """Why calls of a team wait."""
        ...

    def events(self) -> list[Event]: ...


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class MemoryOffice:
    def __init__(self) -> None:
        self.log = MemoryLog()
        self.desk = Desk(self.log, RealClock())

    def put(self, *effects: Effect) -> None:
        self.desk.put(effects)

    def dispatcher(self) -> One:
        claimant = Claimant()

        def kill() -> None:
            claimant.alive = False

        return One(
            MemoryLedger(self.desk, claimant),
            MemoryOutbox(self.desk, claimant),
            MemoryTeams(self.desk),
            kill,
        )

    def outcomes(self) -> dict[str, tuple[str | None, str]]:
        return {
            key: (None, "") if outcome is None else (outcome.outcome, outcome.reason)
            for key, outcome in self.desk.outcomes().items()
        }

    def waiting(self) -> set[str]:
        return set(self.desk.effects)

    def tasks(self) -> list[str]:
        return list(self.desk.tasks)

    def notices(self) -> list[str]:
        return list(self.desk.notices)

    def kept(self) -> str:
        desk = self.desk
        return repr([*desk.queue.values(), *desk.tasks.values(), *desk.notices.values()])

    def choices(self) -> set[str]:
        return {str(one.id) for _, one in self.desk.chosen}

    def finish_task(self, task: str) -> None:
        self.desk.done.add(EffectId(task))

    def reason(self, team: str) -> str:
        return self.desk.reasons.get(TeamId(team), "")

    def events(self) -> list[Event]:
        return [
            event for chunk in self.log.chunks for event in chunk if isinstance(event, Event)
        ]


class PostgresOffice:
    def __init__(self, pool: ConnectionPool[Any], opened: ExitStack) -> None:
        self.pool = pool
        self.opened = opened
        self.position = 0

    def put(self, *effects: Effect) -> None:
        self.position += 1
        with self.pool.connection() as connection:
            by_contact: dict[int, list[Effect]] = {}
            for effect in effects:
                by_contact.setdefault(effect.contact, []).append(effect)
            changes = [
                Change(Profile(contact), self.position, Story([], []), decided, None, None)
                for contact, decided in by_contact.items()
            ]
            bodies = [msgspec.msgpack.encode(change.profile) for change in changes]
            write(connection, Commit((0,), self.position, "r", changes), bodies)

    def dispatcher(self) -> One:
        connection = psycopg.connect(self.pool.conninfo, autocommit=True)
        self.opened.callback(connection.close)
        dispatcher = Dispatcher(connection)
        return One(
            PostgresLedger(dispatcher),
            PostgresOutbox(dispatcher),
            PostgresTeams(dispatcher),
            connection.close,
        )

    def outcomes(self) -> dict[str, tuple[str | None, str]]:
        rows = self._rows("SELECT id, outcome, reason FROM messages")
        return {id_: (outcome, reason) for id_, outcome, reason in rows}

    def waiting(self) -> set[str]:
        return {row[0] for row in self._rows("SELECT id FROM outbox")}

    def tasks(self) -> list[str]:
        return [row[0] for row in self._rows("SELECT id FROM tasks")]

    def notices(self) -> list[str]:
        return [row[0] for row in self._rows("SELECT id FROM notices")]

    def kept(self) -> str:
        tables = ("queue", "tasks", "notices")
        rows = [self._rows(f"SELECT to_jsonb({t}) FROM {t}") for t in tables]
        bodies = [bytes(body) for (body,) in self._rows("SELECT body FROM queue")]
        return repr([*rows, *bodies])

    def choices(self) -> set[str]:
        return {row[0] for row in self._rows("SELECT id FROM assignments")}

    def finish_task(self, task: str) -> None:
        with self.pool.connection() as connection:
            connection.execute("UPDATE tasks SET done_at = now() WHERE id = %s", (task,))

    def reason(self, team: str) -> str:
        found = self._rows("SELECT team, reason FROM queues")
        return dict(found).get(team, "")

    def events(self) -> list[Event]:
        batch = PostgresLog(self.pool).read(range(16), 0, 1_000_000)
        return [event for _, event in batch.events]

    def _rows(self, question: str) -> Sequence[Any]:
        with self.pool.connection() as connection:
            return connection.execute(question.encode()).fetchall()


@contextmanager
def postgres_office(database_url: str) -> Iterator[PostgresOffice]:
    with (
        ConnectionPool(database_url, kwargs={"autocommit": True}, open=True) as pool,
        ExitStack() as opened,
    ):
        yield PostgresOffice(pool, opened)


def message(name: str, contact: int = 1, **given: Any) -> SendMessage:
    return SendMessage(
        **{
            "id": name, "contact": contact, "decided_ms": int(NOW.timestamp() * 1000), "journey": "welcome",
            "version": 1, "step": "hello", "channel": "email", "template": "letter", "purpose": "marketing",
            "recipient": f"{name}@example.com", **given,
        }
    )  # fmt: skip
