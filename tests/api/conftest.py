import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import msgspec
import psycopg
import pytest
from psycopg_pool import ConnectionPool

from api.collecting import KEY, SERVER_KEY, Collector
from ripely.adapters.postgres.log import PostgresLog
from ripely.model.event import Event
from ripely.model.ids import fingerprint
from ripely.ports import PARTITIONS


@pytest.fixture
def collector() -> Collector:
    return Collector()


class Live(msgspec.Struct, frozen=True):
    """A web process as the product runs it, and the log behind it."""

    origin: str
    database_url: str

    def events(self) -> list[Event]:
        with ConnectionPool(self.database_url, min_size=1, max_size=1, open=True) as pool:
            log, events, after = PostgresLog(pool), [], 0
            while (batch := log.read(range(PARTITIONS), after, 10_000)).upto > after:
                events += [event for _, event in batch.events]
                after = batch.upto
        return events

    def names(self) -> list[str]:
        return [event.name for event in self.events()]


@pytest.fixture
def live(database_url, eventually) -> Iterator[Live]:
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO write_keys (key, source) VALUES (%s, 'shop')", [KEY])
        connection.execute("INSERT INTO write_keys (key, source, kind) VALUES (%s, 'server', 'server')", [fingerprint(SERVER_KEY)])  # fmt: skip
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        listener.set_inheritable(True)
        web = [
            sys.executable,
            "-m",
            "ripely.cli.main",
            "web",
            f"--listener={listener.fileno()}",
        ]
        environ = os.environ | {"DATABASE_URL": database_url}
        process = subprocess.Popen(web, env=environ, pass_fds=[listener.fileno()])
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            eventually(lambda: is_healthy(origin))
            yield Live(origin, database_url)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def is_healthy(origin: str) -> bool:
    try:
        with urllib.request.urlopen(f"{origin}/healthz", timeout=5) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False
