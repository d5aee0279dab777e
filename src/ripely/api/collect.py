"""The collector: Segment-compatible endpoints. A good answer means that the events are durable."""

from base64 import b64decode, urlsafe_b64decode
from collections import Counter
from collections.abc import Mapping
from math import ceil
from time import monotonic
from urllib.parse import parse_qs

import msgspec

from ripely.api.http import (
    JSON,
    Answer,
    AnswerError,
    Receive,
    Scope,
    Send,
    json_answer,
    read_body,
    send_answer,
    unzip,
)
from ripely.api.keys import Keys
from ripely.ports import Clock, Gate, OverloadedError, Source, WriteKeys
from ripely.runtime.collect import Reader, Reading, Sender
from ripely.runtime.limits import Limit, Rate
from ripely.runtime.segment import mended

BODY_BYTES_MAX = 500 * 1024
UNZIPPED_BYTES_MAX = 2 * 1024 * 1024
RETRY_S = 1
KEY_RATE = Rate(per_second=20_000, burst=200_000)
ADDRESS_RATE = Rate(per_second=500, burst=5_000)
_OWN_ADDRESSES = ("127.", "::1")

# analytics.js says the types by their first letters.
KINDS = {
    **dict.fromkeys(("track", "t"), "track"),
    **dict.fromkeys(("page", "p"), "page"),
    **dict.fromkeys(("screen", "s"), "screen"),
    **dict.fromkeys(("identify", "i"), "identify"),
    **dict.fromkeys(("group", "g"), "group"),
    **dict.fromkeys(("alias", "a"), "alias"),
}
BATCHES = {"batch", "b", "import"}
METRICS = "m"
_HEALTH = "/healthz"
_POSTED = frozenset({*KINDS, *BATCHES, METRICS})
_OURS = _POSTED | {"pixel", "projects"}

_SUCCESS = Answer(200, b'{"success":true}', (JSON,))
_GIF_BYTES = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_GIF = ((b"content-type", b"image/gif"), (b"cache-control", b"no-store"))
_ANYWHERE = (b"access-control-allow-origin", b"*")
_PREFLIGHT = (
    _ANYWHERE,
    (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
    (b"access-control-allow-headers", b"authorization, content-type, content-encoding"),
    (b"access-control-max-age", b"86400"),
)
_PRIVATE_NETWORK = (b"access-control-allow-private-network", b"true")


def collects(path: str) -> bool:
    """Whether an address is one of ours."""
    return path == _HEALTH or (path.startswith("/v1/") and path[4:].partition("/")[0] in _OURS)


class Limits(msgspec.Struct, frozen=True):
    """How often one write key, and one address that is not ours, may ask."""

    key: Rate = KEY_RATE
    address: Rate = ADDRESS_RATE


class _Request(msgspec.Struct, frozen=True):
    """One request on its way through."""

    scope: Scope
    receive: Receive
    headers: Mapping[bytes, bytes]

    @property
    def user_agent(self) -> str:
        return self.headers.get(b"user-agent", b"").decode("latin-1")


class _Keyed(msgspec.Struct, rename="camel"):
    write_key: str | None = None


_write_key = msgspec.json.Decoder(_Keyed).decode


class Collect:
    """An ASGI application. It reads no cookie and sets none."""

    def __init__(
        self,
        gate: Gate,
        write_keys: WriteKeys,
        reader: Reader,
        clock: Clock,
        limits: Limits = Limits(),  # noqa: B008  frozen, so that it may be shared
    ) -> None:
        self._gate = gate
        self._keys = Keys(write_keys)
        self._reader = reader
        self._clock = clock
        self._key_limit: Limit[str] = Limit(limits.key)
        self._address_limit: Limit[str] = Limit(limits.address)
        self._write_keys = write_keys
        self._left_out: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(_Request(scope, receive, dict(scope["headers"])))
        except AnswerError as end:
            answer = end.answer
        except OverloadedError as overloaded:
            answer = _overloaded(overloaded)
        await send_answer(send, answer, () if answer.status == 204 else (_ANYWHERE,))

    async def _answer(self, request: _Request) -> Answer:
        method, path = request.scope["method"], request.scope["path"]
        name, _, rest = path.removeprefix("/v1/").partition("/")
        if path == _HEALTH:
            return await self._healthy()
        match method:
            case "OPTIONS":
                return _preflight(request)
            case "GET" | "HEAD":
                return await self._get(request, name, rest)
            case "POST" if name in _POSTED and not rest:
                return await self._post(request, name)
        return _nothing_at(path)

    async def _healthy(self) -> Answer:
        await self._write_keys.sources()
        return json_answer(200, {"status": "ok", "left_out": self._left_out})

    async def _get(self, request: _Request, name: str, rest: str) -> Answer:
        if name == "pixel":
            return await self._pixel(request, rest)
        if name == "projects" and rest.endswith("/settings"):
            return _settings(request, rest.removesuffix("/settings"))
        if name in _POSTED:
            return json_answer(405, _problem("$", "Use POST."), (b"allow", b"POST, OPTIONS"))
        return _nothing_at(f"/v1/{name}")

    async def _post(self, request: _Request, name: str) -> Answer:
        if name == METRICS:  # analytics.js counts its own errors; nobody reads them here.
            return _SUCCESS
        self._limit_address(request)
        body = mended(await _body(request))
        source = await self._source(request, body)
        sender = self._sender(request, source, historical=name == "import")
        if name in BATCHES:
            reading = self._reader.batch(body, sender)
        else:
            reading = self._reader.one(body, sender, KINDS[name])
        await self._keep(reading)
        return _told(reading)

    async def _pixel(self, request: _Request, kind: str) -> Answer:
        """Take one call from an image's address, and answer with an image whatever happens."""
        try:
            self._limit_address(request)
            body = mended(_pixel_body(request))
            source = await self._source(request, body)
            sender = self._sender(request, source)
            reading = self._reader.one(body, sender, KINDS.get(kind, "track"))
            await self._keep(reading)
            status = _told(reading).status
        except AnswerError as end:
            status = end.answer.status
        return Answer(status, _GIF_BYTES, _GIF)

    async def _keep(self, reading: Reading) -> None:
        await self._gate.put(reading.arrivals)
        self._left_out["bot"] += reading.bots
        self._left_out["refused"] += len(reading.refusals)

    def _sender(self, request: _Request, source: Source, *, historical: bool = False) -> Sender:
        return Sender(
            self._now_ms(),
            source.name,
            request.user_agent,
            historical=historical,
            trusted=source.trusted,
        )

    async def _source(self, request: _Request, body: bytes) -> Source:
        """Find out who sends, or end the request."""
        key = None
        authorization = request.headers.get(b"authorization")
        if authorization is not None:
            key = self._keys.of_header(authorization)
        if key is None:
            key = _key_in(body)
        source = None if key is None else await self._keys.source(key)
        if key is None or source is None:
            problem = _problem("$.writeKey", "This write key is not known here.")
            raise AnswerError(json_answer(401, problem))
        self._refuse_flood(self._key_limit.wait_s(key, monotonic()))
        return source

    def _limit_address(self, request: _Request) -> None:
        client = request.scope.get("client")
        address = client[0] if client else ""
        if address and not address.startswith(_OWN_ADDRESSES):
            self._refuse_flood(self._address_limit.wait_s(address, monotonic()))

    def _refuse_flood(self, wait_s: float) -> None:
        if wait_s:
            problem = _problem("$", "Too many requests; wait a moment.")
            raise AnswerError(json_answer(429, problem, _retry_after(wait_s)))

    def _now_ms(self) -> int:
        return round(self._clock.now().timestamp() * 1000)


async def _body(request: _Request) -> bytes:
    body = await read_body(request.receive, BODY_BYTES_MAX)
    encoding = request.headers.get(b"content-encoding")
    if body is not None and encoding == b"gzip":
        try:
            body = unzip(body, UNZIPPED_BYTES_MAX)
        except ValueError as wrong:
            problem = _problem("$", f"This is not gzip: {wrong}.")
            raise AnswerError(json_answer(400, problem)) from wrong
    if body is None:
        sizes = f"{BODY_BYTES_MAX // 1024} kB, {UNZIPPED_BYTES_MAX // 1024} kB when unzipped"
        problem = _problem("$", f"The request is too large: it may have {sizes}.")
        raise AnswerError(json_answer(413, problem))
    return body


def _pixel_body(request: _Request) -> bytes:
    query = parse_qs(request.scope.get("query_string", b""))
    data = query.get(b"data", [b""])[0].replace(b" ", b"+").translate(_URL_SAFE)
    try:
        return urlsafe_b64decode(data + b"=" * (-len(data) % 4))
    except ValueError as wrong:
        raise AnswerError(Answer(400)) from wrong


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def _key_in(body: bytes) -> str | None:
    try:
        return _write_key(body).write_key
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _told(reading: Reading) -> Answer:
    if not reading.refusals:
        return _SUCCESS
    told: dict[str, object] = {
        "success": False,
        "accepted": reading.accepted,
        "errors": reading.refusals,
    }
    return json_answer(400, told)


def _preflight(request: _Request) -> Answer:
    private = request.headers.get(b"access-control-request-private-network") == b"true"
    return Answer(204, b"", (*_PREFLIGHT, _PRIVATE_NETWORK) if private else _PREFLIGHT)


def _settings(request: _Request, key: str) -> Answer:
    """What analytics.js asks its CDN: where to send."""
    host = request.headers.get(b"host", b"").decode("latin-1")
    scheme = request.scope.get("scheme", "http")
    segment = {"apiKey": key, "apiHost": f"{host}/v1", "protocol": scheme}
    return json_answer(200, {"integrations": {"Segment.io": segment}})


def _nothing_at(path: str) -> Answer:
    return json_answer(404, _problem("$", f"There is nothing at {path}."))


def _overloaded(overloaded: OverloadedError) -> Answer:
    if overloaded.refused:
        return json_answer(400, _problem("$", "This cannot be kept."))
    return json_answer(
        503, _problem("$", "Nothing was kept. Try again."), _retry_after(RETRY_S)
    )


def _problem(path: str, message: str) -> dict[str, object]:
    errors = [{"path": path, "message": message}]
    return {"success": False, "accepted": 0, "errors": errors}


def _retry_after(seconds: float) -> tuple[bytes, bytes]:
    return b"retry-after", b"%d" % ceil(seconds)
