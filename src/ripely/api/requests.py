"""What other systems ask for: `POST /v1/journeys/ID/start`, and webhooks of theirs at `POST /hooks/NAME`.

A good answer means that the request is durable, as with events.
"""

import asyncio
import re
from collections.abc import Mapping
from math import ceil
from time import monotonic
from urllib.parse import parse_qs

import msgspec

from ripely.api.http import (
    Answer,
    AnswerError,
    Receive,
    Scope,
    Send,
    json_answer,
    read_body,
    send_answer,
)
from ripely.api.keys import Keys
from ripely.model.arrival import Arrival
from ripely.ports import Clock, Gate, OverloadedError, WriteKeys
from ripely.runtime.collect import Sender
from ripely.runtime.limits import Limit, Rate
from ripely.runtime.requests import Startable, read_hook, read_start
from ripely.runtime.segment import EVENT_BYTES_MAX, RefusedError

HOOKS = "/hooks/"
KEY_RATE = Rate(per_second=200, burst=2_000)
RETRY_S = 1
_START = re.compile(r"/v1/journeys/([^/]+)/start")
_HOOK = re.compile(r"/hooks/([^/]+)")
_MESSAGE_IDS = (b"webhook-id", b"idempotency-key")
"""By which senders say that a webhook is a repeat."""


def asks(path: str) -> bool:
    """Whether an address is one of ours."""
    return path.startswith(HOOKS) or _START.fullmatch(path) is not None


class _Request(msgspec.Struct, frozen=True):
    """A request of a known sender, with its body."""

    path: str
    headers: Mapping[bytes, bytes]
    body: bytes
    sender: Sender


class Requests:
    """An ASGI application. Whoever has a server's write key may ask."""

    def __init__(
        self,
        gate: Gate,
        write_keys: WriteKeys,
        startable: Startable,
        clock: Clock,
    ) -> None:
        self._gate = gate
        self._keys = Keys(write_keys)
        self._startable = startable
        self._clock = clock
        self._limit: Limit[str] = Limit(KEY_RATE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            request = await self._read(scope, receive)
            arrival = await self._arrival(request)
            await self._gate.put([arrival])
            answer = json_answer(202, {"success": True, "event": f"{arrival.id:x}"})
        except AnswerError as end:
            answer = end.answer
        except RefusedError as refused:
            answer = _refused(400, str(refused), f"${refused.path}")
        except OverloadedError:
            retry = (b"retry-after", b"%d" % RETRY_S)
            answer = _refused(503, "Nothing was kept. Try again.", "$", retry)
        await send_answer(send, answer)

    async def _read(self, scope: Scope, receive: Receive) -> _Request:
        headers = dict(scope["headers"])
        if scope["method"] != "POST":
            raise AnswerError(_refused(405, "Use POST.", "$", (b"allow", b"POST")))
        source = await self._source(self._key(scope, headers))
        body = await read_body(receive, EVENT_BYTES_MAX)
        if body is None:
            sentence = f"The request is larger than {EVENT_BYTES_MAX // 1024} kB."
            raise AnswerError(_refused(413, sentence))
        sender = Sender(round(self._clock.now().timestamp() * 1000), source)
        return _Request(scope["path"], headers, body, sender)

    def _key(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str:
        """Return the key: as a Bearer token, as a Basic user, or `?key=` where only an address can be given."""
        said = headers.get(b"authorization", b"")
        if said[:7].lower() == b"bearer ":
            return said[7:].strip().decode("latin-1")
        key = self._keys.of_header(said)
        if key is None:
            query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
            key = query.get("key", [""])[0]
        return key

    async def _source(self, key: str) -> str:
        """Find out who asks, by the key of a server."""
        source = await self._keys.source(key) if key else None
        if source is None:
            raise AnswerError(_refused(401, "This write key is not known here."))
        if not source.trusted:
            sentence = (
                "This key stands in pages, where everybody reads it: a server key is needed."
            )
            raise AnswerError(_refused(403, sentence))
        wait_s = self._limit.wait_s(key, monotonic())
        if wait_s:
            retry = (b"retry-after", b"%d" % ceil(wait_s))
            raise AnswerError(_refused(429, "Too many requests; wait a moment.", "$", retry))
        return source.name

    async def _arrival(self, request: _Request) -> Arrival:
        if start := _START.fullmatch(request.path):
            startable = await asyncio.to_thread(self._startable)
            return read_start(request.body, start[1], request.sender, startable)
        if hook := _HOOK.fullmatch(request.path):
            headers = request.headers
            ids = (headers.get(name, b"") for name in _MESSAGE_IDS)
            message = next((f"{hook[1]}/{one.decode('latin-1')}" for one in ids if one), "")
            return read_hook(request.body, hook[1], request.sender, message)
        raise AnswerError(_refused(404, f"There is nothing at {request.path}."))


def _refused(
    status: int, sentence: str, path: str = "$", *headers: tuple[bytes, bytes]
) -> Answer:
    errors = [{"path": path, "message": sentence}]
    return json_answer(status, {"success": False, "errors": errors}, *headers)
