"""The load: wrk for as many requests as it can, an own generator for so many a second."""

import asyncio
import itertools
import json
import re
import shutil
import subprocess
from base64 import b64encode
from collections import deque
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from uuid import uuid4

import msgspec
from typing_extensions import override

from bench.reference import EVENTS_PER_VISITOR, SECTIONS
from bench.servers import WRITE_KEY, Server

CONNECTIONS = 64
SECONDS = 5
WARM_UP_SECONDS = 2
SCRIPT = Path(__file__).with_name("session.lua")
ITEMS = 37

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_BASIC = b64encode(f"{WRITE_KEY}:".encode()).decode()


class Result(msgspec.Struct):
    """What came of a load. A refused request, or one without an answer, counts as bad."""

    requests: int
    seconds: float
    bad: int
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        assert not self.bad, f"{self.bad} of {self.requests} requests went wrong"
        return self.requests / self.seconds


class WrkMissingError(Exception):
    """The Debian package `wrk` makes the load of the benches for throughput."""


def flood(server: Server, batch: int = 1, seconds: int = SECONDS) -> Result:
    """Ask as often as 64 keep-alive connections can."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise WrkMissingError("install wrk (Debian: apt-get install wrk)")
    path = "batch" if batch > 1 else "t"
    words = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPT)]
    words += [f"http://127.0.0.1:{server.port}/v1/{path}", "--", str(batch), _run_name()]
    output = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return msgspec.json.decode(output.rpartition("RESULT ")[2], type=Result)


def _run_name() -> str:
    """Nobody else's, so that no event of one run repeats one of another."""
    return uuid4().hex[:10]


def pace(server: Server, per_second: float, seconds: int = SECONDS) -> Result:
    """Ask at a steady pace. A request's time runs from when it was due, not from when it was sent."""
    return asyncio.run(_Pace(server.port, per_second, seconds).run())


class _Connection(asyncio.Protocol):
    def __init__(self, pace: "_Pace") -> None:
        self._pace = pace
        self._said = b""
        self.due = 0.0

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        self._said += data
        head, ends, body = self._said.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if ends and length and len(body) >= int(length[1]):
            self._said = b""
            self._pace.answered(self, good=head.startswith(b"HTTP/1.1 200"))


class _Pace:
    def __init__(self, port: int, per_second: float, seconds: int) -> None:
        self._port = port
        self._gap = 1 / per_second
        self._total = int(per_second * seconds)
        self._asked = 0
        self._times: list[float] = []
        self._bad = 0
        self._late: deque[float] = deque()
        self._free: deque[_Connection] = deque()
        self._run = _run_name()
        self._numbers = itertools.count()

    async def run(self) -> Result:
        loop = asyncio.get_running_loop()
        connect = (loop.create_connection(lambda: _Connection(self), "127.0.0.1", self._port) for _ in range(CONNECTIONS))  # fmt: skip
        everybody = [connection for _, connection in await asyncio.gather(*connect)]
        self._free.extend(everybody)
        started = perf_counter()
        while self._asked < self._total:
            due = started + self._asked * self._gap
            if due > (now := perf_counter()):
                await asyncio.sleep(due - now)
            while (
                self._asked < self._total
                and started + self._asked * self._gap <= perf_counter()
            ):
                self._ask(started + self._asked * self._gap)
        while len(self._times) < self._total:
            await asyncio.sleep(0.01)
        seconds = perf_counter() - started
        for connection in everybody:
            connection.transport.close()
        cuts = quantiles(self._times, n=100)
        return Result(self._total, seconds, self._bad, cuts[49] * 1000, cuts[98] * 1000)

    def answered(self, connection: _Connection, *, good: bool) -> None:
        self._times.append(perf_counter() - connection.due)
        self._bad += not good
        if self._late:
            self._send(connection, self._late.popleft())
        else:
            self._free.append(connection)

    def _ask(self, due: float) -> None:
        self._asked += 1
        if self._free:
            # In turns: the server closes a connection that has nothing to say for seconds.
            self._send(self._free.popleft(), due)
        else:
            self._late.append(due)

    def _send(self, connection: _Connection, due: float) -> None:
        connection.due = due
        connection.transport.write(self._request())

    def _request(self) -> bytes:
        body = json.dumps(_view(self._run, next(self._numbers))).encode()
        head = (
            f"POST /v1/page HTTP/1.1\r\nHost: bench\r\nAuthorization: Basic {_BASIC}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def _view(run: str, number: int) -> dict[str, object]:
    section = SECTIONS[number % len(SECTIONS)]
    path = f"/{section}/{section}-{number % ITEMS}"
    return {
        "messageId": f"p{run}-{number}",
        "anonymousId": f"v{run}-{number // EVENTS_PER_VISITOR}-4f5e-8a1b-123456789abc",
        "timestamp": "2030-05-01T12:00:00.123Z",
        "properties": {"url": f"https://shop.example{path}", "path": path, "title": section, "referrer": "https://shop.example/"},
        "context": {"locale": "uk-UA", "timezone": "Europe/Kyiv", "userAgent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0", "library": {"name": "ripely.js", "version": "1"}},
    }  # fmt: skip
