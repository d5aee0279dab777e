"""Questions to a ClickHouse server."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date, datetime
from itertools import islice
from uuid import uuid4

import msgspec
from typing_extensions import override

from ripely.adapters.clickhouse.server import Call, Server, ServerError
from ripely.ports import Answered, AskError, Cell, Warehouse

SECONDS_MAX = 60
EACH_SECONDS_MAX = 3_600
_GRACE_SECONDS = 5
"""So much longer we wait than the server may take, so that it can say itself that it was too long."""
_READONLY = {"readonly": 2}

Read = Callable[[list[Cell]], tuple[Cell, ...]]


class ClickHouseWarehouse(Warehouse):
    dialect = "clickhouse"

    def __init__(self, url: str, seconds_max: float = SECONDS_MAX) -> None:
        self._server = Server(url)
        self._seconds = seconds_max
        self._under_way: set[str] = set()
        self._stopped = False

    @override
    def ask(self, sql: str, rows_max: int = 10_000) -> Answered:
        bounds = {
            **_READONLY,
            "max_execution_time": int(self._seconds),
            "max_result_rows": rows_max,
            "result_overflow_mode": "break",
        }
        call = Call(sql, self._seconds + _GRACE_SECONDS, bounds)
        with self._asked(call) as rows:
            columns, read = [str(name) for name in next(rows, [])], _reader(next(rows, []))
            return Answered(columns, [read(row) for row in islice(rows, rows_max)])

    @override
    def each(self, sql: str) -> Iterator[tuple[Cell, ...]]:
        call = Call(sql, EACH_SECONDS_MAX, _READONLY)
        with self._asked(call) as rows:
            next(rows, None)
            yield from map(_reader(next(rows, [])), rows)

    @override
    def stop(self) -> None:
        self._stopped = True
        names = tuple(self._under_way)
        if names:
            with suppress(ServerError):
                self._server.end(names)

    def close(self) -> None:
        """Each question has a connection of its own."""

    @contextmanager
    def _asked(self, call: Call) -> Iterator[Generator[list[Cell], None, None]]:
        named = msgspec.structs.replace(call, name=uuid4().hex)
        self._under_way.add(named.name)
        try:
            if self._stopped:
                raise AskError("The question was broken off.")
            with _told_apart(), closing(self._server.rows(named)) as rows:
                yield rows
        finally:
            self._under_way.discard(named.name)


@contextmanager
def _told_apart() -> Iterator[None]:
    """Say what went wrong in the words of the port."""
    try:
        yield
    except ServerError as wrong:
        raise AskError(str(wrong)) from None


def _reader(types: list[Cell]) -> Read:
    """Return what makes days and moments, which arrive as text, what they are in every warehouse."""
    kinds = [str(one).removeprefix("Nullable(") for one in types]
    moments = [n for n, kind in enumerate(kinds) if kind.startswith("DateTime")]
    days = [n for n, kind in enumerate(kinds) if kind.rstrip(")") in {"Date", "Date32"}]

    def read(row: list[Cell]) -> tuple[Cell, ...]:
        for n in moments:
            row[n] = row[n] and datetime.fromisoformat(str(row[n]))
        for n in days:
            row[n] = row[n] and date.fromisoformat(str(row[n]))
        return tuple(row)

    return read
