"""As much of HTTP as a collector needs, straight on ASGI."""

import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import msgspec

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[..., Awaitable[None]]


class Answer(msgspec.Struct, frozen=True):
    """A whole answer. Made once where it is always the same."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()


class AnswerError(Exception):
    """The request ends here, with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


JSON = (b"content-type", b"application/json")
_NO_SNIFFING = (b"x-content-type-options", b"nosniff")


def json_answer(status: int, content: object, *headers: tuple[bytes, bytes]) -> Answer:
    return Answer(status, msgspec.json.encode(content), (JSON, *headers))


async def send_answer(
    send: Send, answer: Answer, more: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    length = (b"content-length", b"%d" % len(answer.body))
    headers = [length, _NO_SNIFFING, *answer.headers, *more]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def read_body(receive: Receive, limit: int) -> bytes | None:
    """Return the body, or None when it is larger than `limit`."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body if len(body) <= limit else None
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
    return b"".join(parts)


def unzip(body: bytes, limit: int) -> bytes | None:
    """Decompress gzip, never to more than `limit`: None then. Raises ValueError when it is no gzip."""
    decompressor = zlib.decompressobj(wbits=31)
    try:
        plain = decompressor.decompress(body, limit)
    except zlib.error as wrong:
        raise ValueError(str(wrong)) from wrong
    if decompressor.unconsumed_tail:
        return None
    if not decompressor.eof:
        raise ValueError("it ends too early")
    if decompressor.unused_data:
        raise ValueError("something follows after its end")
    return plain
