"""The way into the lake: rows as lines of JSON in a file, which DuckDB reads much faster than rows one by one."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from ripely.ports import Lines

TABLES = ("events", "decisions", "people")
_MOMENTS = {"occurred_at": "occurred_ms", "received_at": "received_ms", "at": "at_ms"}
_OBJECT_BYTES_MAX = 64 * 1024 * 1024
# After each call of the system a thread waits for the interpreter, which another one is using.
_WRITTEN_AT_ONCE = 4 * 1024 * 1024
DAYS_MAX = 400
"""Of so many days rows are written at once where memory does not suffice for all."""
WAITING_DAYS_MAX = 30
_DAY_MS = 86_400_000
_DAY_OF = {"events": "occurred_ms", "decisions": "at_ms", "people": "at_ms"}
INLINED_ROWS_MAX = 2_000
"""So few rows of a page wait in the catalogue, until compaction makes a file of many of them."""


class Staging:
    """A folder with nothing in it but the rows of the transaction that is under way."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connection = connection
        self._folder = folder
        self._columns = {table: self._describe(table) for table in TABLES}
        self.clear()

    def clear(self) -> None:
        for table in TABLES:
            self._file(table).unlink(missing_ok=True)

    def put(self, table: str, lines: Lines, *, few: bool, days_max: int = 0) -> None:
        """Insert rows, in the transaction of the connection; as rows of the catalogue if it has few.

        The lake sorts what it writes into files; with `days_max` those of so many days at once.
        """
        if not lines.count:
            return
        path = self._file(table)
        path.touch(mode=0o600)
        with path.open("wb", buffering=_WRITTEN_AT_ONCE) as file:
            file.writelines(lines.parts)
        inlined = few and self._may_wait(table)
        allow_inlining(self._connection, INLINED_ROWS_MAX if inlined else 0)
        values = ", ".join(_value(name) for name, _ in self._columns[table])
        for some in self._days(table, days_max) if days_max else ["true"]:
            self._connection.execute(
                f"INSERT INTO {table} SELECT {values} FROM {self._staged(table)} WHERE {some}"  # noqa: S608
            )

    def _days(self, table: str, days_max: int) -> Iterator[str]:
        """Divide the days of the rows: each takes memory while it is written, however few its rows."""
        day = f"{_DAY_OF[table]} // {_DAY_MS}"
        found = self._connection.execute(
            f"SELECT DISTINCT {day} AS day FROM {self._staged(table)} ORDER BY day"  # noqa: S608
        ).fetchall()
        for start in range(0, len(found), days_max):
            some = found[start : start + days_max]
            yield f"{day} BETWEEN {some[0][0]} AND {some[-1][0]}"

    def _may_wait(self, table: str) -> bool:
        """Whether rows can lie in the catalogue, until files are made of all of them at once.

        Maps and lists lie there as text, of which DuckDB does not read a lone closing bracket back.
        Nor may there come to be more days than files can be made of at once.
        """
        broken = [
            f'TRY_CAST("{name}"::VARCHAR AS {kind}) IS DISTINCT FROM "{name}"'
            for name, kind in self._columns[table]
            if kind.endswith(("]", ")"))
        ]
        if table == "events":
            broken.append(f"abs(received_ms - occurred_ms) > {WAITING_DAYS_MAX * _DAY_MS}")
        if not broken:
            return True
        asked = f"SELECT 1 FROM {self._staged(table)} WHERE {' OR '.join(broken)} LIMIT 1"  # noqa: S608
        return self._connection.execute(asked).fetchone() is None

    def _file(self, table: str) -> Path:
        return self._folder / f"{table}.ndjson"

    def _describe(self, table: str) -> list[tuple[str, str]]:
        described = self._connection.execute(f"DESCRIBE {table}").fetchall()
        return [(str(name), str(kind)) for name, kind, *_ in described]

    def _staged(self, table: str) -> str:
        path = str(self._file(table)).replace("'", "''")
        return (
            f"read_json('{path}', format = 'newline_delimited', "
            f"maximum_object_size = {_OBJECT_BYTES_MAX}, "
            f"columns = {{{', '.join(map(_field, self._columns[table]))}}})"
        )


def allow_inlining(connection: duckdb.DuckDBPyConnection, rows_max: int) -> None:
    connection.execute(f"SET ducklake_default_data_inlining_row_limit = {rows_max}")


def _value(column: str) -> str:
    field = _MOMENTS.get(column)
    return f"make_timestamp({field} * 1000)" if field else f'"{column}"'


def _field(column: tuple[str, str]) -> str:
    name, kind = column
    kind = "BIGINT" if name in _MOMENTS else kind.replace("'", "''")
    return f"\"{_MOMENTS.get(name, name)}\": '{kind}'"
