"""Published definitions in PostgreSQL. That they hold is said in the log, at one position for all."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from psycopg import Connection
from typing_extensions import override

from ripely.adapters.postgres.chunk import encode_rules
from ripely.adapters.postgres.log import append_chunk
from ripely.adapters.postgres.statements import load
from ripely.model.ids import RulesetId
from ripely.ports import Rulesets

SQL = load("rulesets")
SWEEPS = load("sweeps")


class Connections(Protocol):
    """Where connections are borrowed: a pool, or one connection that somebody else holds."""

    def connection(self) -> AbstractContextManager[Connection[Any]]: ...


class Held(Connections):
    """A connection whose transaction is another's: what is done here holds when that one commits."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    @override
    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        yield self._connection


class PostgresRulesets(Rulesets):
    def __init__(self, pool: Connections) -> None:
        self._pool = pool

    @override
    def publish(self, ruleset: RulesetId, documents: bytes) -> int:
        with self._pool.connection() as connection, connection.transaction():
            position = append_chunk(connection, encode_rules(ruleset))
            row = {"id": ruleset, "documents": documents, "position": position}
            connection.execute(SQL["put"], row)
            connection.execute(SWEEPS["begin"], {"position": position, "ruleset": ruleset})
        return position

    @override
    def documents(self, ruleset: RulesetId) -> bytes:
        with self._pool.connection() as connection:
            row = connection.execute(SQL["documents"], {"id": ruleset}).fetchone()
        if row is None:
            raise LookupError(f"no ruleset {ruleset!r} was ever published")
        return bytes(row[0])

    @override
    def current(self) -> RulesetId | None:
        with self._pool.connection() as connection:
            row = connection.execute(SQL["current"]).fetchone()
        return None if row is None else RulesetId(row[0])

    @override
    def markers(self) -> list[tuple[int, RulesetId]]:
        with self._pool.connection() as connection:
            rows = connection.execute(SWEEPS["markers"]).fetchall()
        return [(position, RulesetId(ruleset)) for position, ruleset in rows]
