"""What the benches measure: real processes on a database of their own, gone when the bench ends."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import psycopg

from ripely.adapters.postgres.embedded import open_server

WRITE_KEY = "bench"
PROCESSES = 2
READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 20


class Server(msgspec.Struct, frozen=True):
    port: int
    database_url: str = ""


@contextmanager
def database() -> Iterator[str]:
    """A migrated database with one write key, on a server that syncs every commit to the disk."""
    with tempfile.TemporaryDirectory(prefix="ripely-bench-") as folder:
        Path(folder).chmod(0o711)
        server = open_server(Path(folder) / "data")
        try:
            environ = {**os.environ, "DATABASE_URL": server.url, "RIPELY_DATA": folder}
            migrate = [sys.executable, "-m", "ripely.cli.main", "migrate"]
            subprocess.run(migrate, env=environ, check=True, stdout=subprocess.DEVNULL)
            with psycopg.connect(server.url) as connection:
                connection.execute("INSERT INTO write_keys (key, source) VALUES (%s, 'site')", [WRITE_KEY])  # fmt: skip
            yield server.url
        finally:
            server.close()


@contextmanager
def web_server(processes: int = PROCESSES) -> Iterator[Server]:
    """`ripely web`, as `ripely serve` starts it."""
    with ExitStack() as stack:
        url = stack.enter_context(database())
        listener = stack.enter_context(_listener())
        environ = {**os.environ, "DATABASE_URL": url, "RIPELY_DATA": tempfile.gettempdir()}
        environ |= {"RIPELY_SECRET": "a secret that benches need no more than tests"}
        words = ["-m", "ripely.cli.main", "web", f"--listener={listener.fileno()}"]
        port = stack.enter_context(_running(words, environ, listener, processes))
        yield Server(port, url)


@contextmanager
def nothing_server(processes: int = PROCESSES) -> Iterator[Server]:
    with ExitStack() as stack:
        listener = stack.enter_context(_listener())
        words = ["-m", "bench.nothing", str(listener.fileno())]
        yield Server(
            stack.enter_context(_running(words, dict(os.environ), listener, processes))
        )


def _listener() -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    listener.set_inheritable(True)
    return listener


@contextmanager
def _running(
    words: list[str], environ: dict[str, str], listener: socket.socket, processes: int
) -> Iterator[int]:
    port = int(listener.getsockname()[1])
    files = (listener.fileno(),)
    children = [
        subprocess.Popen([sys.executable, *words], env=environ, pass_fds=files)
        for _ in range(processes)
    ]
    try:
        _wait(port)
        yield port
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            try:
                child.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _wait(port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
            return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    raise TimeoutError("the server does not answer")
