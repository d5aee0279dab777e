"""One server for everything: quick endpoints here, the pages in Django behind them."""

import gc
from contextlib import AsyncExitStack
from functools import cache

from ripely.api import http
from ripely.api.catalogue import EVENTS, TRIGGERS, answer_catalogue
from ripely.api.collect import Collect, collects
from ripely.api.http import Answer, Receive, Scope, Send, send_answer
from ripely.api.links import Links, Site, our_hosts
from ripely.api.requests import Requests, asks
from ripely.api.tracker import Tracker
from ripely.runtime.requests import open_startable
from ripely.settings import Settings, read_settings
from ripely.wiring import Doors, open_collect

_TRACKER = "/ripely.js"
_LINKS = ("/c/", "/o/", "/u/")
_SHOP = "/shop"


class Application:
    """Hands each request to whoever answers it. Django is loaded with the first that is for it."""

    def __init__(self) -> None:
        self._collect: Collect | None = None
        self._requests: Requests | None = None
        self._links: Links | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        path = scope.get("path", "")
        if self._collect is not None and collects(path):
            await self._collect(scope, receive, send)
        elif self._requests is not None and asks(path):
            await self._requests(scope, receive, send)
        elif path in {EVENTS, TRIGGERS}:
            await answer_catalogue(scope, send)
        elif path == _TRACKER:
            await _send_tracker(scope, send)
        elif self._links is not None and path.startswith(_LINKS):
            await self._links(scope, receive, send)
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
            startable = open_startable(doors.rulesets)
            self._requests = Requests(doors.gate, doors.write_keys, startable, doors.clock)
            self._links = _links(settings, doors)
            _collect_garbage_seldom()
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def _collect_garbage_seldom() -> None:
    """Requests leave few cycles behind; looking for them after every few hundred events costs more."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


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


def _links(settings: Settings, doors: Doors) -> Links:
    site = Site(
        our_hosts(settings.base_url, settings.sites), settings.tracking, settings.language
    )
    return Links(
        doors.keys, site, doors.gate, doors.correspondence, doors.profiles, doors.clock
    )


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
