"""The server's protocol, with an end to what a client may send before it says what it wants."""

import asyncio

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES_MAX = 64 * 1024
REQUEST_SECONDS_MAX = 60.0


class GuardedProtocol(HttpToolsProtocol):
    """Refuses heads without an end, and hangs up on requests that do not come to theirs."""

    seconds_max = REQUEST_SECONDS_MAX

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head: int | None = 0
        self._since: float | None = self.loop.time()
        self._timer = self.loop.call_later(self.seconds_max, self._look)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        # What came in one piece with the head may be a body: only a head that is still open is too long.
        if self._head is not None and self._head > HEAD_BYTES_MAX:
            self.transport.abort()

    @override
    def on_message_begin(self) -> None:
        self._since = self.loop.time()
        super().on_message_begin()

    @override
    def on_headers_complete(self) -> None:
        self._head = None
        super().on_headers_complete()

    @override
    def on_message_complete(self) -> None:
        self._head, self._since = 0, None
        super().on_message_complete()

    def _look(self) -> None:
        """Look now and then, for a timer a request would cost more than all else here."""
        if self._since is not None and self.loop.time() - self._since >= self.seconds_max:
            self.transport.abort()
        elif not self.transport.is_closing():
            self._timer = self.loop.call_later(self.seconds_max, self._look)
