"""What Ripely takes when nothing happens, and how long it takes until it is there."""

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from statistics import median
from time import perf_counter

import msgspec

from bench.runner import RUNS, Figure, bench, paired, say
from ripely.adapters.postgres.embedded import open_server

REST_SECONDS, REST_SECONDS_ALONE = 60, 10
READY_SECONDS_MAX = 600
STOP_SECONDS_MAX = 60
STARTS_WITH = ("RIPELY_", "DATABASE_URL", "VIRTUAL_ENV", "PYTHONPATH", "MAKE", "MFLAGS")
KB, MB = 1_024, 1_000_000


@bench("idle_memory")
def idle_memory() -> Figure:
    """The limit is what PostgreSQL takes alone."""
    value, limit = paired(_idle_megabytes, _idle_postgres_megabytes)
    load = f"ripely serve with PostgreSQL and its keeper, {REST_SECONDS} s at rest"
    return Figure(value, "MB", limit, f"{load}; proportional set size", lower_is_better=True)


@bench("start_cold")
def start_cold() -> Figure:
    return _start_figure(_starts().cold, "the first `make run` of a fresh clone, caches warm")


@bench("start_warm")
def start_warm() -> Figure:
    return _start_figure(_starts().warm, "the second `make run` of a clone")


class _Starts(msgspec.Struct):
    """Seconds until a page was served, and until PostgreSQL alone was ready, in each run."""

    cold: list[tuple[float, float]] = []
    warm: list[tuple[float, float]] = []


@cache
def _starts() -> _Starts:
    starts = _Starts()
    for number in range(1, RUNS + 1):
        with _folder() as clone, _folder() as data:
            origin = ["git", "clone", "--quiet", str(Path.cwd()), str(clone / "ripely")]
            subprocess.run(origin, check=True)
            for kind in (starts.cold, starts.warm):
                with _served(["make", "run"], clone / "ripely", {}) as seconds:
                    pass
                kind.append((seconds, _postgres_seconds(data)))
        cold, warm = starts.cold[-1][0], starts.warm[-1][0]
        say(f"  run {number} of {RUNS}: {cold:.1f} s, then {warm:.1f} s")
    return starts


def _start_figure(starts: list[tuple[float, float]], load: str) -> Figure:
    """The limit is the start of PostgreSQL alone, on a folder that is as new."""
    value, limit = (median(seconds) for seconds in zip(*starts, strict=True))
    return Figure(value, "s", limit, f"{load}, until a page is served", lower_is_better=True)


def _postgres_seconds(data: Path) -> float:
    started = perf_counter()
    server = open_server(data)
    seconds = perf_counter() - started
    server.close()
    return seconds


def _idle_megabytes() -> float:
    with _folder() as data:
        serve = [sys.executable, "-m", "ripely.cli.main", "serve"]
        with _served(serve, Path.cwd(), {"RIPELY_DATA": str(data)}):
            time.sleep(REST_SECONDS)
            return _megabytes(data)


def _idle_postgres_megabytes() -> float:
    with _folder() as data:
        server = open_server(data)
        try:
            time.sleep(REST_SECONDS_ALONE)
            return _megabytes(data)
        finally:
            server.close()


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder in which the database's own account may look around."""
    with tempfile.TemporaryDirectory(prefix="ripely-bench-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@contextmanager
def _served(words: list[str], where: Path, extra: dict[str, str]) -> Iterator[float]:
    """Start as a person would, and yield how long it took to serve a page; then Ctrl-C."""
    port = _free_port()
    environ = {k: v for k, v in os.environ.items() if not k.startswith(STARTS_WITH)}
    environ |= {"RIPELY_PORT": str(port), **extra}
    started = perf_counter()
    process = subprocess.Popen(
        words, cwd=where, env=environ, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait_for_page(port, process)
        yield perf_counter() - started
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.wait(STOP_SECONDS_MAX)


def _free_port() -> int:
    """Choose below the ports that the system gives away: nobody gets it while we install."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)):
                return port


def _wait_for_page(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = perf_counter() + READY_SECONDS_MAX
    while perf_counter() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            return
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
    raise TimeoutError("no page is served")


def _megabytes(data: Path) -> float:
    """Sum the memory of the processes that work on a data folder, shared pages in equal parts."""
    members = _members(data)
    assert members
    return sum(map(_kilobytes, members)) * KB / MB


def _members(data: Path) -> set[int]:
    """Those that name the folder in their command line or environment, and all their children."""
    found = {pid for pid in _pids() if _names(pid, data)}
    while more := {pid for pid in _pids() - found if _parent(pid) in found}:
        found |= more
    return found


def _pids() -> set[int]:
    return {int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()}


def _names(pid: int, data: Path) -> bool:
    wanted = os.fsencode(data)
    return any(wanted in _read(pid, name) for name in ("cmdline", "environ"))


def _parent(pid: int) -> int:
    fields = _read(pid, "stat").rpartition(b")")[2].split()
    return int(fields[1]) if fields else 0


def _kilobytes(pid: int) -> int:
    lines = _read(pid, "smaps_rollup").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(b"Pss:"))


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:  # It has just ended, or is not ours.
        return b""
