"""The collector's way into PostgreSQL: requests that come together are committed together."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import AsyncConnection
from typing_extensions import override

from ripely.adapters.postgres.intake import Query, Rows, Steps, taking
from ripely.adapters.postgres.known import Known
from ripely.model.arrival import Arrival
from ripely.ports import Gate, OverloadedError

COMMITTERS = 2  # While one commit is on its way to the disk, the next is made ready.
WINDOW_S = 0.002
EVENTS_WAITING_MAX = 50_000
EVENTS_A_COMMIT_MAX = 20_000
CONNECT_SECONDS = 3
STATEMENT_MS_MAX = 10_000

logger = logging.getLogger(__name__)


class _Request:
    __slots__ = ("arrivals", "done")

    def __init__(self, arrivals: Sequence[Arrival], done: asyncio.Future[None]) -> None:
        self.arrivals = arrivals
        self.done = done

    def answer(self, error: OverloadedError | None = None) -> None:
        if self.done.done():  # The client has gone away.
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


class GroupCommit(Gate):
    """Open it in the loop that uses it, and close it there."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._known = Known()
        self._requests: list[_Request] = []
        self._waiting = 0
        self._arrived = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def open(self) -> None:
        self._tasks = [asyncio.create_task(self._commit_forever()) for _ in range(COMMITTERS)]

    async def close(self) -> None:
        """Commit what waits, then stop."""
        waiting = [request.done for request in self._requests]
        await asyncio.gather(*waiting, return_exceptions=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @override
    async def put(self, arrivals: Sequence[Arrival]) -> None:
        if not arrivals:
            return
        if self._waiting + len(arrivals) > EVENTS_WAITING_MAX:
            raise OverloadedError("too many events wait for the database")
        request = _Request(arrivals, asyncio.get_running_loop().create_future())
        self._requests.append(request)
        self._waiting += len(arrivals)
        self._arrived.set()
        await request.done

    async def _commit_forever(self) -> None:
        line = _Line(self._url)
        try:
            while True:
                await self._arrived.wait()
                await asyncio.sleep(WINDOW_S)
                requests = self._next()
                if requests:
                    await self._commit(line, requests)
        finally:
            await line.hang_up()

    def _next(self) -> list[_Request]:
        """Take requests in their order, up to the size of a commit."""
        taken = events = 0
        for request in self._requests:
            events += len(request.arrivals)
            taken += 1
            if events >= EVENTS_A_COMMIT_MAX:
                break
        requests, self._requests = self._requests[:taken], self._requests[taken:]
        self._waiting -= events
        if not self._requests:
            self._arrived.clear()
        return requests

    async def _commit(self, line: "_Line", requests: list[_Request]) -> None:
        arrivals = [arrival for request in requests for arrival in request.arrivals]
        error: OverloadedError | None = None
        try:
            await line.run(taking(arrivals, self._known))
        except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as away:
            logger.warning("the database did not take %d events: %s", len(arrivals), away)
            error = OverloadedError("the database is away")
        except Exception as wrong:
            logger.exception("%d events could not be kept", len(arrivals))
            if len(requests) > 1:  # One of them is to blame, and the others must not suffer.
                for request in requests:
                    await self._commit(line, [request])
                return
            error = OverloadedError(str(wrong), refused=True)
        for request in requests:
            request.answer(error)


class _Line:
    """One connection, made when it is needed and left when it fails."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._connection: AsyncConnection[Any] | None = None

    async def run(self, steps: Steps) -> None:
        connection = self._connection or await self._call()
        try:
            queries = next(steps)
            while True:
                queries = steps.send(await _ask(connection, queries))
        except StopIteration:
            return
        except BaseException:
            await self.hang_up()
            raise

    async def hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _call(self) -> AsyncConnection[Any]:
        self._connection = await AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            options=f"-c statement_timeout={STATEMENT_MS_MAX}",
        )
        return self._connection


async def _ask(connection: AsyncConnection[Any], queries: Sequence[Query]) -> list[Rows]:
    if len(queries) == 1:
        cursor = await connection.execute(*queries[0], prepare=True)
        return [await cursor.fetchall()]
    async with connection.pipeline():
        cursors = [await connection.execute(*query, prepare=True) for query in queries]
    return [await cursor.fetchall() if cursor.description else [] for cursor in cursors]
