"""A mail server that takes mail in real conversations, and refuses what a test asks it to."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager

from aiosmtpd.controller import Controller


class Handler:
    """Takes mail; refuses recipients by their names, and contents by their words."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.peers: list[tuple[str, int]] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address.startswith("refuse"):
            return "550 5.1.1 Nobody here"
        if address.startswith("later"):
            return "451 4.2.1 Busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if b"spam" in envelope.content:
            return "554 5.7.1 We do not want this"
        self.taken += [(to, envelope.content) for to in envelope.rcpt_tos]
        self.peers.append(session.peer)
        return "250 OK"


@contextmanager
def serving(handler: Handler, **options) -> Iterator[int]:
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with closing(socket.socket()) as plug:
        plug.bind(("127.0.0.1", 0))
        return plug.getsockname()[1]
