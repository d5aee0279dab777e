"""One server for everything: quick endpoints here, the pages in Django behind them."""

from contextlib import AsyncExitStack
from functools import cache

from ripely.api import http
from ripely.api.collect import Collect
from ripely.api.http import Answer, Receive, Scope, Send, send_answer
from ripely.api.tracker import Tracker
from ripely.settings import read_settings
from ripely.wiring import open_collect

_TRACKER = "/ripely.js"
_COLLECT = ("/v1/", "/healthz")
_LINKS = ("/c/", "/o/", "/u/")
_SHOP = "/shop"


class Application:
    """Hands each request to whoever answers it. Django is loaded with the first that is for it."""

    def __init__(self) -> None:
        self._collect: Collect | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        path = scope.get("path", "")
        if self._collect is not None and path.startswith(_COLLECT):
            await self._collect(scope, receive, send)
        elif path == _TRACKER:
            await _send_tracker(scope, send)
        elif path.startswith(_LINKS):
            await _links()(scope, receive, send)
        elif path.startswith(_SHOP) and (shop := _shop()):
            await shop(scope, receive, send)
        else:
            await _pages()(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as opened:
            await receive()
            settings = read_settings()
            assert settings.database_url, "the server that runs this names its database"
            collecting = open_collect(settings, settings.database_url)
            doors = await opened.enter_async_context(collecting)
            self._collect = Collect(doors.gate, doors.write_keys, doors.reader, doors.clock)
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _send_tracker(scope: Scope, send: Send) -> None:
    try:
        tracker = _tracker()
    except FileNotFoundError:
        await send_answer(
            send, Answer(404, b"The front end has not been built: make assets.\n")
        )
        return
    await tracker(scope, send)


_tracker = cache(Tracker)


@cache
def _links() -> http.Application:
    from ripely.api.links import app

    return app


@cache
def _shop() -> http.Application | None:
    """Only the demo has a shop of its own."""
    if not read_settings().demo:
        return None
    from ripely.demo.shop import app

    return app


@cache
def _pages() -> http.Application:
    from django.core.asgi import get_asgi_application

    return get_asgi_application()


application = Application()
