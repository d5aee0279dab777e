"""The archive in ClickHouse: what is beyond the positions it has told is taken back, then kept anew.

`docs/decisions/0013-exactly-once-in-clickhouse.md` says why nothing is there twice, whatever dies and whenever.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from uuid import uuid4

import msgspec
from typing_extensions import override

from ripely.adapters.clickhouse.server import Call, Server, ServerError
from ripely.model.ids import ContactId
from ripely.ports import PARTITIONS, Archive, ArchiveError, Cell, Lines, Rows

SECONDS_MAX = 120.0
"""A statement that takes longer is taken for lost, and is ended before the next try."""
DELETE_SECONDS_MAX = 3_600.0
TABLES = ("events", "decisions", "people")
_UNDONE = ("events", "decisions")
"""Rows of people can come again: of those with the same day the latest stays."""
_MOMENTS = {"occurred_at": "occurred_ms", "received_at": "received_ms", "at": "at_ms"}
_UNKNOWN_DATABASE = "Code: 81."
_INSERTING = {
    "async_insert": 0,
    "insert_deduplicate": 0,  # Rows that were taken back may come again.
    "max_partitions_per_insert_block": 0,
}
_DELETING = {"mutations_sync": 2, "allow_nondeterministic_mutations": 1}
_LATEST = "(SELECT argMax(keeper, (number, keeper)) FROM keepers) = '{keeper}'"


class _Kept(msgspec.Struct):
    partition: int
    position: int


class _Erased(msgspec.Struct):
    contact: int


class ClickHouseArchive(Archive):
    """What one process keeps in a database of a server."""

    def __init__(self, url: str) -> None:
        self._server = Server(url)
        self._prefix = f"ripely-{self._server.database.encode().hex()}-"
        # Who we are to the server; nobody, after anything went wrong.
        self._keeper = ""
        self._columns: dict[str, list[tuple[str, str]]] = {}

    def close(self) -> None:
        """Each call has a connection of its own."""

    @override
    def positions(self) -> Mapping[int, int]:
        with self._told_apart():
            self._claim()
            return self._positions()

    @override
    def keep(self, rows: Rows) -> bool:
        with self._told_apart():
            self._claim()
            kept = self._positions()
            if any(kept.get(partition, 0) != after for partition, after in rows.after.items()):
                return False
            for table, part in zip(
                TABLES, (rows.events, rows.decisions, rows.people), strict=True
            ):
                self._insert(table, part)
            self._insert("kept", _lines([_Kept(*one) for one in rows.upto.items()]))
            kept = self._positions()
            if all(kept.get(partition) == upto for partition, upto in rows.upto.items()):
                return True
            self._keeper = ""  # Another process has come to keep it.
            return False

    @override
    def compact(self) -> None:
        """ClickHouse merges what it has by itself."""

    @override
    def erase(self, contacts: Sequence[ContactId]) -> None:
        """What the rows lay in goes from the disk a minute later."""
        with self._told_apart():
            self._claim()
            self._insert("erasing", _lines([_Erased(one) for one in contacts]))
            for table in TABLES:
                self._delete(table, "contact IN (SELECT contact FROM erasing)")
            self._tell("TRUNCATE TABLE erasing")

    @contextmanager
    def _told_apart(self) -> Iterator[None]:
        """Say what went wrong in the words of the port, and begin anew after it."""
        try:
            yield
        except ServerError as wrong:
            self._keeper = ""
            raise ArchiveError(str(wrong)) from None

    def _claim(self) -> None:
        """Become the one who keeps history, and undo what anybody before us has left half done."""
        if self._keeper:
            return
        self._lay_out()
        keeper = uuid4().hex
        self._tell(f"INSERT INTO keepers SELECT max(number) + 1, '{keeper}' FROM keepers")  # noqa: S608
        if self._tell(f"SELECT {_LATEST.format(keeper=keeper)}") != [[1]]:
            raise ServerError("Another process has begun to keep history in ClickHouse.")
        self._end_others()
        self._keeper = keeper
        self._tell("TRUNCATE TABLE erasing")
        self._take_back()

    def _lay_out(self) -> None:
        """Make the database, the tables and the views, where they are not there."""
        try:
            self._tell("SELECT 1")
        except ServerError as wrong:
            if _UNKNOWN_DATABASE not in str(wrong):
                raise
            self._server.make_database()
        for statement in statements():
            self._tell(statement)
        asked = "SELECT table, name, type FROM system.columns WHERE database = currentDatabase() ORDER BY table, position"
        self._columns = {}
        for table, name, kind in self._tell(asked):
            self._columns.setdefault(str(table), []).append((str(name), str(kind)))

    def _end_others(self) -> None:
        """Wait until nothing is at work that was begun before us."""
        ended = self._tell(f"KILL QUERY WHERE startsWith(query_id, '{self._prefix}') SYNC")
        if any(status != "finished" for status, *_ in ended):
            raise ServerError("ClickHouse is still at work at what it was told before.")

    def _take_back(self) -> None:
        kept = self._positions()
        positions = [kept.get(partition, 0) for partition in range(PARTITIONS)]
        beyond = f"position > {positions}[positiveModulo(contact, {PARTITIONS}) + 1]"
        for table in _UNDONE:
            asked = (
                f"SELECT 1 FROM {table} WHERE position > {min(positions)} AND {beyond} LIMIT 1"  # noqa: S608
            )
            if self._tell(asked):
                self._delete(table, beyond)

    def _delete(self, table: str, which: str) -> None:
        sql = f"ALTER TABLE {table} DELETE WHERE {which} AND {self._keeps}"
        self._write(Call(sql, DELETE_SECONDS_MAX, _DELETING))

    def _insert(self, table: str, lines: Lines) -> None:
        if not lines.count:
            return
        columns = self._columns[table]
        told = ", ".join(
            f"{_MOMENTS.get(name, name)} {_told(name, kind)}" for name, kind in columns
        )
        values = ", ".join(_value(name) for name, _ in columns)
        names = ", ".join(f'"{name}"' for name, _ in columns)
        sql = (
            f"INSERT INTO {table} ({names}) SELECT {values} "  # noqa: S608
            f"FROM input({_literal(told)}) WHERE {self._keeps} FORMAT JSONEachRow"
        )
        self._write(Call(sql, SECONDS_MAX, _INSERTING, b"".join(lines.parts)))

    @property
    def _keeps(self) -> str:
        return _LATEST.format(keeper=self._keeper)

    def _write(self, call: Call) -> None:
        """Do what must not be at work any more when the next keeper comes."""
        named = {**call.settings, "query_id": f"{self._prefix}{uuid4().hex}"}
        for _ in self._server.rows(msgspec.structs.replace(call, settings=named)):
            pass

    def _positions(self) -> dict[int, int]:
        rows = self._tell("SELECT partition, position FROM positions")
        return {int(str(partition)): int(str(position)) for partition, position in rows}

    def _tell(self, sql: str) -> list[list[Cell]]:
        return self._server.tell(sql, SECONDS_MAX)


def statements() -> list[str]:
    """Return the statements that make the tables and views."""
    schema = files("ripely.adapters.clickhouse").joinpath("schema.sql").read_text()
    said = (line for line in schema.splitlines() if not line.startswith("--"))
    return [one.strip() for one in "\n".join(said).split(";") if one.strip()]


def _lines(rows: Sequence[msgspec.Struct]) -> Lines:
    return Lines(len(rows), [msgspec.json.Encoder().encode_lines(rows)])


def _told(name: str, kind: str) -> str:
    return "Int64" if name in _MOMENTS else kind


def _value(name: str) -> str:
    field = _MOMENTS.get(name)
    return f"fromUnixTimestamp64Milli({field}, 'UTC')" if field else f'"{name}"'


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
