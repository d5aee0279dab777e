"""Questions to a ClickHouse server, over its HTTP interface: `clickhouse://user:password@host:8123/database`."""

import http.client
from base64 import b64encode
from collections.abc import Generator, Iterator
from contextlib import closing
from importlib.resources import files
from urllib.parse import unquote, urlencode, urlsplit

import msgspec
from typing_extensions import override

from ripely.ports import Answered, AskError, Cell, Warehouse

PORTS = {"clickhouse": 8123, "clickhouses": 8443}
"""By the beginning of an address; the second one is asked over TLS."""
SECONDS_MAX = 60
_ERROR_CHARACTERS_MAX = 500
_row = msgspec.json.Decoder(list[Cell]).decode
_names = msgspec.json.Decoder(list[str]).decode


class ClickHouseWarehouse(Warehouse):
    dialect = "clickhouse"

    def __init__(self, url: str, seconds_max: float = SECONDS_MAX) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "clickhouses"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or PORTS[parts.scheme]
        self._seconds = seconds_max
        self._database = parts.path.strip("/") or "default"
        name, word = unquote(parts.username or "default"), unquote(parts.password or "")
        signed = b64encode(f"{name}:{word}".encode()).decode()
        self._headers = {"Authorization": f"Basic {signed}"}

    @override
    def ask(self, sql: str, rows_max: int = 10_000) -> Answered:
        with closing(
            self._lines(sql, {"max_result_rows": rows_max, "result_overflow_mode": "break"})
        ) as lines:
            columns = _names(next(lines, b"[]"))
            next(lines, None)  # The types.
            rows = [_cells(line) for line, _ in zip(lines, range(rows_max), strict=False)]
        return Answered(columns, rows)

    @override
    def each(self, sql: str) -> Iterator[tuple[Cell, ...]]:
        lines = self._lines(sql, {})
        next(lines, None)
        next(lines, None)
        return map(_cells, lines)

    def prepare(self) -> None:
        """Make the tables, where they are not there."""
        schema = files("ripely.adapters.clickhouse").joinpath("schema.sql").read_text()
        told = "\n".join(line for line in schema.splitlines() if not line.startswith("--"))
        for statement in filter(str.strip, told.split(";")):
            for _ in self._lines(statement, {}, readonly=False):
                pass

    def close(self) -> None:
        """Each question has a connection of its own."""

    def _lines(
        self, sql: str, settings: dict[str, object], *, readonly: bool = True
    ) -> Generator[bytes, None, None]:
        """Return the names, the types and then the rows of an answer, a line each."""
        settings |= {
            "database": self._database,
            "default_format": "JSONCompactEachRowWithNamesAndTypes",
            "max_execution_time": int(self._seconds),
            "output_format_json_quote_64bit_integers": 0,
            "wait_end_of_query": 1,  # So that an error is an answer, not the end of one.
            **({"readonly": 2} if readonly else {}),
        }
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=self._seconds)
        try:
            connection.request("POST", f"/?{urlencode(settings)}", sql.encode(), self._headers)
            answer = connection.getresponse()
            if answer.status != http.client.OK:
                said = answer.read(_ERROR_CHARACTERS_MAX).decode(errors="replace").strip()
                raise AskError(f"ClickHouse refuses: {said or answer.status}")
            yield from (line for line in answer if line.strip())
        except (OSError, http.client.HTTPException) as wrong:
            raise AskError(f"ClickHouse does not answer: {wrong}") from None
        finally:
            connection.close()


def _cells(line: bytes) -> tuple[Cell, ...]:
    return tuple(_row(line))
