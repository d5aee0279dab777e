"""How long after an event is answered for a question sees it: collector, workers, archiver, warehouse."""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing import get_context
from os import environ
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from bench.load import pace
from bench.reaction import PER_SECOND, events_sent
from bench.runner import Figure, bench, runs, say
from bench.servers import Server, web_server
from bench.state import CAUGHT_UP, wait_for
from bench.trip import at_work, processes
from ripely.adapters.ducklake.warehouse import DuckLakeWarehouse
from ripely.model.ids import derive_event
from ripely.ports import AskError

PROBES, PROBES_PER_SECOND = 200, 10
POLL_SECONDS = 0.05
MISSING_SECONDS_MAX = 60
WANTED_SECONDS = 2.0
SEEN = "SELECT id FROM events WHERE name = 'probe.sent' AND received_at > now()::TIMESTAMP - INTERVAL 10 MINUTE"


@bench("archive_lag")
def archive_lag() -> Figure:
    """Wanted is what the archive promises."""
    with web_server() as web, at_work(web), _archiving(web) as warehouse:
        at_rest = _p99(web, warehouse, 0)
        say(f"  at rest {at_rest:.2f} s")
        value = runs(lambda: _p99(web, warehouse, PER_SECOND))
    load = f"{PROBES} events looked for, beside {PER_SECOND:,} others a second; {processes()}"
    load += f"; at rest {at_rest:.2f} s"
    return Figure(value, "s", WANTED_SECONDS, load, lower_is_better=True)


@contextmanager
def _archiving(web: Server) -> Iterator[DuckLakeWarehouse]:
    """`ripely archive`, as `ripely serve` starts it, and what asks it."""
    with tempfile.TemporaryDirectory(prefix="ripely-bench-") as folder:
        lake = f"{folder}/lake"
        settings = {
            "DATABASE_URL": web.database_url,
            "RIPELY_DATA": folder,
            "RIPELY_LAKE": lake,
        }
        words = [sys.executable, "-m", "ripely.cli.main", "archive"]
        archiver = subprocess.Popen(words, env={**environ, **settings})
        try:
            warehouse = DuckLakeWarehouse(web.database_url, lake, Path(folder) / "asking")
            with closing(warehouse):
                _wait_for(warehouse)
                yield warehouse
        finally:
            archiver.terminate()
            archiver.wait()


def _wait_for(warehouse: DuckLakeWarehouse) -> None:
    deadline = perf_counter() + MISSING_SECONDS_MAX
    while True:
        try:
            warehouse.ask(SEEN)
        except AskError:
            assert perf_counter() < deadline
            time.sleep(POLL_SECONDS)
        else:
            return


def _p99(web: Server, warehouse: DuckLakeWarehouse, per_second: int) -> float:
    seconds = PROBES // PROBES_PER_SECOND
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        traffic = apart.submit(pace, web, per_second, seconds + 3) if per_second else None
        time.sleep(2)  # Until it flows.
        times = _Probing(web, warehouse).run()
        assert traffic is None or not traffic.result().bad
    wait_for(web.database_url, CAUGHT_UP)
    return quantiles(times, n=100)[98]


class _Probing:
    """Sends probes at a steady pace, and asks for them until all were seen. Time runs from the answer."""

    def __init__(self, web: Server, warehouse: DuckLakeWarehouse) -> None:
        self._web, self._warehouse = web, warehouse
        self._sent: dict[int, float] = {}
        self._times: list[float] = []

    def run(self) -> list[float]:
        sending = threading.Thread(target=self._send)
        sending.start()
        deadline = perf_counter() + PROBES / PROBES_PER_SECOND + MISSING_SECONDS_MAX
        while len(self._times) < PROBES:
            assert perf_counter() < deadline, f"{len(self._sent)} events are missing"
            self._look()
            time.sleep(POLL_SECONDS)
        sending.join()
        return self._times

    def _send(self) -> None:
        with events_sent(self._web) as send:
            started = perf_counter()
            for number in range(PROBES):
                time.sleep(max(0.0, started + number / PROBES_PER_SECOND - perf_counter()))
                name = f"lag-{id(self)}-{started}-{number}"
                send(name)
                self._sent[int(derive_event(name))] = perf_counter()

    def _look(self) -> None:
        found = self._warehouse.ask(SEEN).rows
        now = perf_counter()
        seen = {identity for (identity,) in found}
        self._times += [now - self._sent.pop(one) for one in [*self._sent] if one in seen]
