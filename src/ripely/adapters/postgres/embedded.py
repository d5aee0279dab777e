"""The PostgreSQL that comes with Ripely: started by the first process, stopped after the last.

Every process that uses it holds a shared lock on `postgres.users`; the keeper waits for the
exclusive one. `postgres.start` lets one process at a time look whether there is a server.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from ripely.adapters.postgres import cluster as clusters
from ripely.adapters.postgres.account import AccountError
from ripely.adapters.postgres.cluster import Cluster, DatabaseError
from ripely.adapters.postgres.postmaster import find_postmaster, stop_postmaster

Say = Callable[[str], None]


class Server:
    """One process's share in the server: as long as it is open, the server runs."""

    def __init__(self, cluster: Cluster, users_lock: int) -> None:
        self.url = cluster.url
        self._cluster = cluster
        self._users_lock: int | None = users_lock

    def close(self) -> None:
        """Give up our share. The last to do so stops the server, and returns when it is down."""
        lock, self._users_lock = self._users_lock, None
        if lock is None:
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(lock, fcntl.LOCK_SH)  # others use it, or the keeper is just stopping it
        else:
            stop_postmaster(self._cluster.folder)
        os.close(lock)


def open_server(
    data: Path, *, tuning: Mapping[str, str] | None = None, say: Say = lambda _: None
) -> Server:
    """Use the server of this folder, which is made and started when need be.

    `tuning` goes into postgresql.conf when the folder is new; `say` hears about long waits.
    """
    data.mkdir(mode=0o711, parents=True, exist_ok=True)
    cluster = Cluster(data.resolve())
    try:
        users_lock = _open_lock(cluster, "users")
        fcntl.flock(users_lock, fcntl.LOCK_SH)
        with _one_at_a_time(cluster):
            _bring_up(cluster, tuning or {}, say)
            _ensure_keeper(cluster)
    except (PermissionError, AccountError) as refused:
        raise DatabaseError(f"The database in {data} cannot be used: {refused}") from refused
    return Server(cluster, users_lock)


@contextmanager
def embedded_server(data: Path, *, say: Say = lambda _: None) -> Iterator[str]:
    server = open_server(data, say=say)
    try:
        yield server.url
    finally:
        server.close()


def _bring_up(cluster: Cluster, tuning: Mapping[str, str], say: Say) -> None:
    if cluster.is_ready():
        return
    if find_postmaster(cluster.folder) and clusters.wait_until_ready(cluster, say):
        return
    account = clusters.account_for(cluster)
    if not cluster.folder.exists():
        say("Setting up PostgreSQL ...")
        clusters.create(cluster, account, tuning)
    clusters.check_version(cluster)
    clusters.launch(cluster, account, say)
    _ensure_database(cluster)


def _ensure_database(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url, dbname="postgres", autocommit=True) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = 'ripely'")
        if not found.rowcount:
            connection.execute("CREATE DATABASE ripely")


def _ensure_keeper(cluster: Cluster) -> None:
    lock = _open_lock(cluster, "keeper")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # it is there
    finally:
        os.close(lock)
    module = "ripely.adapters.postgres.keeper"
    locks = [_lock_path(cluster, name) for name in ("users", "keeper")]
    subprocess.run(
        [sys.executable, "-m", module, cluster.folder, *locks],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


@contextmanager
def _one_at_a_time(cluster: Cluster) -> Iterator[None]:
    lock = _open_lock(cluster, "start")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _open_lock(cluster: Cluster, name: str) -> int:
    return os.open(_lock_path(cluster, name), os.O_RDWR | os.O_CREAT, 0o600)


def _lock_path(cluster: Cluster, name: str) -> Path:
    return cluster.data / f"postgres.{name}"
