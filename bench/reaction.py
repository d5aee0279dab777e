"""How long after an event is sent its effect is there, committed, beside a steady traffic."""

import http.client
import itertools
import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from multiprocessing import get_context
from statistics import quantiles
from time import perf_counter

import msgspec
import psycopg

from bench.load import pace
from bench.runner import Figure, bench, paired
from bench.servers import WRITE_KEY, Server, web_server
from bench.state import CAUGHT_UP, wait_for
from bench.trip import at_work, processes
from ripely.model.action import Task
from ripely.model.identity import ANONYMOUS, first_contact
from ripely.model.ids import JourneyId, StepId, derive_event, derive_text
from ripely.model.journey import Journey
from ripely.model.trigger import OnEvent

PER_SECOND = 2_000
PROBES, PROBES_PER_SECOND = 400, 40
POLL_SECONDS = 0.0015
MISSING_SECONDS_MAX = 30
CALL = StepId("call")
PROBE = Journey(
    JourneyId("probe"), "Probe", (OnEvent("probe.sent"),), CALL, {CALL: Task("Call")}
)

Send = Callable[[str], None]
Way = Callable[[Server], AbstractContextManager[Send]]
_names = map("probe{}".format, itertools.count())


class Path(msgspec.Struct, frozen=True):
    """A way for a probe to get to a table: how to send it, and the id under which it appears."""

    open: Way
    table: str
    id_of: Callable[[str], str]


@bench("reaction_p99")
def reaction_p99() -> Figure:
    """The limit is a row inserted, committed and seen, beside the same traffic."""
    with web_server() as web, at_work(web, [PROBE]):
        with psycopg.connect(web.database_url, autocommit=True) as connection:
            connection.execute("CREATE TABLE bare (id text PRIMARY KEY)")
        value, limit = paired(lambda: _p99_ms(web, EVENT), lambda: _p99_ms(web, ROW))
    load = f"{PROBES} events that each trigger a task, beside {PER_SECOND:,} others a second"
    return Figure(value, "ms", limit, f"{load}; {processes()}", lower_is_better=True)


@contextmanager
def events_sent(web: Server) -> Iterator[Send]:
    key = b64encode(f"{WRITE_KEY}:".encode()).decode()
    headers = {"Authorization": f"Basic {key}", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", web.port)) as connection:

        def send(name: str) -> None:
            call = {"messageId": name, "anonymousId": name, "event": "probe.sent"}
            connection.request("POST", "/v1/track", json.dumps(call), headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200

        yield send


@contextmanager
def _rows(web: Server) -> Iterator[Send]:
    with psycopg.connect(web.database_url, autocommit=True) as connection:

        def send(name: str) -> None:
            connection.execute("INSERT INTO bare VALUES (%s)", [name])

        yield send


def _task_of(name: str) -> str:
    """The id of the effect can be told in advance: it follows from who, what and where."""
    contact = first_contact((ANONYMOUS, name))
    return derive_text(str(contact), PROBE.id, "1", CALL, f"{derive_event(name):x}")


EVENT = Path(events_sent, "outbox", _task_of)
ROW = Path(_rows, "bare", str)


def _p99_ms(web: Server, path: Path) -> float:
    seconds = PROBES // PROBES_PER_SECOND
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        traffic = apart.submit(pace, web, PER_SECOND, seconds + 3)
        time.sleep(2)  # Until it flows.
        times = _Probing(web, path).run()
        assert not traffic.result().bad
    wait_for(web.database_url, CAUGHT_UP)
    return quantiles(times, n=100)[98] * 1000


class _Probing:
    """Sends probes at a steady pace, and looks for each until it is there. Its time runs from when it was due."""

    def __init__(self, web: Server, path: Path) -> None:
        self._web, self._path = web, path
        self._waiting: dict[str, float] = {}
        self._times: list[float] = []

    def run(self) -> list[float]:
        sending = threading.Thread(target=self._send)
        sending.start()
        deadline = perf_counter() + PROBES / PROBES_PER_SECOND + MISSING_SECONDS_MAX
        with psycopg.connect(self._web.database_url, autocommit=True) as connection:
            while len(self._times) < PROBES:
                assert perf_counter() < deadline, f"{len(self._waiting)} probes are missing"
                self._look(connection)
                time.sleep(POLL_SECONDS)
        sending.join()
        return self._times

    def _send(self) -> None:
        with self._path.open(self._web) as send:
            started = perf_counter()
            for number in range(PROBES):
                due = started + number / PROBES_PER_SECOND
                time.sleep(max(0.0, due - perf_counter()))
                name = next(_names)
                self._waiting[self._path.id_of(name)] = due
                send(name)

    def _look(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        waiting = list(self._waiting)
        if not waiting:
            return
        query = f"SELECT id FROM {self._path.table} WHERE id = ANY(%s)"
        found = connection.execute(query.encode(), [waiting]).fetchall()
        now = perf_counter()
        self._times += [now - self._waiting.pop(str(name)) for (name,) in found]
