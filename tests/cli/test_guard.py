"""What a client may send before it says what it wants, over real sockets."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
import uvicorn

from ripely.cli.guard import HEAD_BYTES_MAX, GuardedProtocol


async def hello(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture
def port(monkeypatch) -> Iterator[int]:
    monkeypatch.setattr(GuardedProtocol, "seconds_max", 0.3)
    config = uvicorn.Config(hello, http=GuardedProtocol, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join()


def answer(port: int, said: bytes, more: bytes = b"") -> bytes:
    """Say something, then `more` again and again, until the server ends the conversation."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as plug, suppress(OSError):
        plug.sendall(said)
        for _ in range(100 if more else 0):
            plug.sendall(more)
        while piece := plug.recv(65_536):
            heard += piece
    return heard


GET = b"GET / HTTP/1.1\r\nHost: x\r\n"


def test_an_ordinary_request_is_answered(port):
    assert b"hello" in answer(port, GET + b"Connection: close\r\n\r\n")
    body = b"x" * (2 * HEAD_BYTES_MAX)
    post = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    assert b"hello" in answer(port, post % len(body) + body)


@pytest.mark.parametrize("more", [b"X-A: " + b"y" * 4_000 + b"\r\n", b"y" * 4_000])
def test_a_head_without_an_end_is_hung_up_on(port, more):
    assert not answer(port, GET + b"X-B: ", more)


@pytest.mark.parametrize(
    "said", [b"", GET, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"]
)
def test_a_request_that_never_comes_to_its_end_is_hung_up_on(port, said):
    assert not answer(port, said)
