"""A ClickHouse server behind its HTTP interface: `clickhouse://user:password@host:8123/database`."""

import http.client
from base64 import b64encode
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import unquote, urlencode, urlsplit

import msgspec

from ripely.ports import Cell

PORTS = {"clickhouse": 8123, "clickhouses": 8443}
"""By the beginning of an address; the second one is spoken to over TLS."""
_ERROR_CHARACTERS_MAX = 500
_MAKE_SECONDS_MAX = 60.0
_END_SECONDS_MAX = 5.0
_SETTINGS = {
    "default_format": "JSONCompactEachRowWithNamesAndTypes",
    "session_timezone": "UTC",
    "wait_end_of_query": 1,  # So that an error is an answer, not the end of one.
    "output_format_json_quote_64bit_integers": 0,
}
_read = msgspec.json.Decoder(list[Cell]).decode


class ServerError(Exception):
    """The server refuses, or does not answer: whether it did what it was told is then not known."""


class Call(msgspec.Struct, frozen=True):
    """What is said to a server; `body` are rows to be inserted. The server may take so many `seconds`.

    What has a `name` can be ended by it.
    """

    sql: str
    seconds: float
    settings: Mapping[str, object] = {}
    body: bytes | None = None
    name: str = ""


class Server:
    """Each call has a connection of its own. All raise `ServerError`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "clickhouses"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or PORTS[parts.scheme]
        self.database = unquote(parts.path.strip("/")) or "default"
        name, word = unquote(parts.username or "default"), unquote(parts.password or "")
        signed = b64encode(f"{name}:{word}".encode()).decode()
        self._headers = {"Authorization": f"Basic {signed}"}

    def rows(self, call: Call) -> Generator[list[Cell], None, None]:
        """Return the names of the columns, their types, and then the rows of an answer."""
        with self._called(call) as answer:
            for line in filter(bytes.strip, answer):
                yield _row_of(line)
            # An answer ends where it said it would.
            if answer.length or answer.chunk_left == 0:
                raise ServerError("ClickHouse broke off in the middle of an answer.")

    def make_database(self) -> None:
        name = self.database.replace("`", "``")
        sql = f"CREATE DATABASE IF NOT EXISTS `{name}`"
        list(self.rows(Call(sql, _MAKE_SECONDS_MAX, {"database": "default"})))

    def tell(self, sql: str, seconds: float) -> list[list[Cell]]:
        """Let a statement be done, and return its rows."""
        return list(self.rows(Call(sql, seconds)))[2:]

    def end(self, names: Collection[str]) -> None:
        """Let statements that are under way end, without waiting for it."""
        listed = ", ".join(f"'{name}'" for name in names)
        self.tell(f"KILL QUERY WHERE query_id IN ({listed}) ASYNC", _END_SECONDS_MAX)

    @contextmanager
    def _called(self, call: Call) -> Iterator[http.client.HTTPResponse]:
        settings = {"database": self.database, **_SETTINGS, **call.settings}
        if call.name:
            settings["query_id"] = call.name
        said = call.sql.encode()
        if call.body is not None:
            settings["query"], said = call.sql, call.body
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=call.seconds)
        try:
            connection.request("POST", f"/?{urlencode(settings)}", said, self._headers)
            answer = connection.getresponse()
            if answer.status != http.client.OK:
                text = answer.read(_ERROR_CHARACTERS_MAX).decode(errors="replace").strip()
                raise ServerError(f"ClickHouse refuses: {text or answer.status}")
            yield answer
        except (OSError, http.client.HTTPException) as wrong:
            told = str(wrong) or type(wrong).__name__
            raise ServerError(f"ClickHouse does not answer: {told}") from None
        finally:
            connection.close()


def _row_of(line: bytes) -> list[Cell]:
    try:
        return _read(line)
    except msgspec.DecodeError:
        # What went wrong when a part of the answer was on its way already.
        _, said, told = line.decode(errors="replace").strip().rpartition("Code: ")
        raise ServerError(
            f"ClickHouse broke off: {said}{told[:_ERROR_CHARACTERS_MAX]}"
        ) from None
