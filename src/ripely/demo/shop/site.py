"""The shop as a raw ASGI application that answers below /shop/ of whoever mounts it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

from ripely.demo.shop.pages import FORMS, page_at
from ripely.demo.shop.rendering import Page

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]

SECURITY = (
    (
        b"content-security-policy",
        b"default-src 'self'; frame-ancestors 'none'; object-src 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cache-control", b"no-cache"),
)


async def app(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    assert scope["type"] == "http"
    method, path = scope["method"], scope["path"]
    if method == "POST":
        await _thank(path, receive, send)
    elif method not in {"GET", "HEAD"}:
        await _answer(send, 405, [(b"allow", b"GET, HEAD, POST")])
    elif path == "/shop":
        await _answer(send, 308, [(b"location", b"/shop/")])
    else:
        await _show(page_at(path, scope["query_string"].decode("latin-1")), method, send)


async def _show(page: Page, method: str, send: Send) -> None:
    headers = [
        (b"content-type", page.type.encode()),
        (b"content-length", str(len(page.body)).encode()),
    ]
    await _answer(send, page.status, headers, b"" if method == "HEAD" else page.body)


async def _thank(path: str, receive: Receive, send: Send) -> None:
    """Read a form to its end and forget it: what it said, the tracker has told already."""
    while (await receive()).get("more_body"):
        pass
    kind = FORMS.get(path)
    if kind:
        await _answer(send, 303, [(b"location", f"/shop/thanks/{kind}".encode())])
    else:
        await _answer(send, 404, [])


async def _answer(
    send: Send, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes = b""
) -> None:
    every = [*headers, *SECURITY]
    await send({"type": "http.response.start", "status": status, "headers": every})
    await send({"type": "http.response.body", "body": body})
