"""The limit of every HTTP bench: an application that reads the request and does nothing."""

import socket
import sys
from typing import Any

import uvicorn

_START: dict[str, Any] = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"16")],
}
_BODY = {"type": "http.response.body", "body": b'{"success":true}'}


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send(_START)
    await send(_BODY)


def serve(listener: int) -> None:
    """Serve as the product does. By its own option, uvicorn would take the socket for a local one."""
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        access_log=False,
        log_level="warning",
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=listener)])


if __name__ == "__main__":
    serve(int(sys.argv[1]))
