"""A collector in memory, and a client that speaks ASGI to it without a socket."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from ripely.adapters.memory.intake import MemoryIntake
from ripely.api.collect import Collect, Limits
from ripely.model.event import Event
from ripely.model.ids import fingerprint
from ripely.ports import OverloadedError, Source
from ripely.runtime.collect import Reader

NOW = datetime(2030, 5, 1, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
KEY = "the-shop"
SERVER_KEY = "the-server-of-the-shop"


class FixedClock:
    def now(self) -> datetime:
        return NOW


class ListLog:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def append(self, events):
        self.events += events
        return len(self.events)


class OneKey:
    def __init__(self) -> None:
        server = Source("server", "server")
        self.keys = {KEY: Source("shop"), fingerprint(SERVER_KEY): server}
        self.asked = 0
        self.away = False

    async def sources(self) -> Mapping[str, Source]:
        self.asked += 1
        if self.away:
            raise OverloadedError("away")
        return self.keys


class ClosedGate:
    async def put(self, arrivals) -> None:
        raise OverloadedError("closed")


class Answer(msgspec.Struct):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def paths(self) -> list[str]:
        return [error["path"] for error in self.json["errors"]]


class Collector:
    """What a client may do to a collector, and what came of it."""

    def __init__(self, limits: Limits | None = None, gate=None, contact_of=None) -> None:
        self.log = ListLog()
        self.keys = OneKey()
        reader = Reader(contact_of) if contact_of else Reader()
        gate = gate or MemoryIntake(self.log)
        self.application = Collect(gate, self.keys, reader, FixedClock(), limits or Limits())

    @property
    def events(self) -> list[Event]:
        return self.log.events

    def post(self, path: str, content: object, key: str | None = KEY, **headers: str) -> Answer:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        if key is not None:
            headers["authorization"] = f"Basic {b64encode(f'{key}:'.encode()).decode()}"
        return self.ask("POST", path, body, headers)

    def get(self, path: str, query: str = "", **headers: str) -> Answer:
        return self.ask("GET", path, b"", headers, query)

    def ask(self, method: str, path: str, body=b"", headers=None, query="", parts=1) -> Answer:
        return asyncio.run(self._ask(method, path, body, headers or {}, query, parts))

    async def _ask(self, method, path, body, headers, query, parts) -> Answer:
        size = max(1, -(-len(body) // parts))
        pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        waiting = [
            {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
            for number, piece in enumerate(pieces, 1)
        ]
        sent = []

        async def receive():
            return waiting.pop(0)

        async def send(message) -> None:
            sent.append(message)

        named = [
            (k.replace("_", "-").encode(), v.encode("latin-1")) for k, v in headers.items()
        ]
        scope = {"type": "http", "method": method, "path": path, "headers": named}
        scope |= {
            "query_string": query.encode(),
            "client": ("203.0.113.7", 1),
            "scheme": "http",
        }
        await self.application(scope, receive, send)
        start, finish = sent
        told = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], told, finish["body"])
