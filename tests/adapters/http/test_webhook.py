"""Calls of other systems: a real server answers, and our own network is out of reach."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ripely.adapters.http.webhook import HttpWebhookCaller
from ripely.ports import Answer, WebhookError


class Handler(BaseHTTPRequestHandler):
    heard: list[tuple[str, str, bytes]]

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.heard.append((self.path, self.headers["webhook-id"], body))
        self.send_response(302 if self.path == "/away" else 201)
        self.send_header("location", "http://127.0.0.1:1/")
        said = b'{"points": 7}' if self.path == "/say" else b""
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *words):
        pass


@contextmanager
def serving() -> Iterator[tuple[int, list[tuple[str, str, bytes]]]]:
    heard: list[tuple[str, str, bytes]] = []
    with HTTPServer(("127.0.0.1", 0), type("Heard", (Handler,), {"heard": heard})) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port, heard
        server.shutdown()
        thread.join()


def test_a_call_arrives_and_its_answer_comes_back():
    with serving() as (port, heard):
        caller = HttpWebhookCaller(private=True)
        answer = caller.call(f"http://localhost:{port}/hook?a=1", {"webhook-id": "w"}, b"{}")
    assert answer == Answer(201)
    assert heard == [("/hook?a=1", "w", b"{}")]


def test_a_redirect_is_an_answer_and_not_followed():
    with serving() as (port, heard):
        answer = HttpWebhookCaller(private=True).call(f"http://127.0.0.1:{port}/away", {}, b"")
    assert answer.status == 302
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("wanted", "content"), [(0, b""), (5, b'{"poi'), (99, b'{"points": 7}')]
)
def test_of_an_answer_comes_back_as_much_as_is_asked_for(wanted, content):
    with serving() as (port, _):
        caller = HttpWebhookCaller(private=True)
        answer = caller.call(f"http://127.0.0.1:{port}/say", {"webhook-id": "w"}, b"", wanted)
    assert answer == Answer(201, content)


PRIVATE = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://[::1]:{port}/",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest/meta-data",
    "http://192.168.1.1/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://0.0.0.0:{port}/",
    "http://2130706433:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[64:ff9b:1::a00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[::7f00:1]:{port}/",
    "http://[ff02::1]:{port}/",
    "http://192.0.0.8:{port}/",
    "http://224.0.0.1:{port}/",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_our_own_network_is_out_of_reach(url):
    with serving() as (port, heard), pytest.raises(WebhookError) as refused:
        HttpWebhookCaller().call(url.format(port=port), {}, b"")
    assert refused.value.permanent
    assert not heard


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example/",
        "x",
        "http://",
        "http://x:99999/",
        "http://.x.example/",
        "https://x..example/",
        f"https://{64 * 'x'}.example/",
        "http://x.example/\r\nX: y",
        "http://[/",
    ],
)
def test_what_is_no_web_address(url):
    with pytest.raises(WebhookError) as refused:
        HttpWebhookCaller(private=True).call(url, {}, b"")
    assert refused.value.permanent


def test_nobody_there_may_be_tried_again():
    with closing(socket.socket()) as plug:
        plug.bind(("127.0.0.1", 0))
        port = plug.getsockname()[1]
    with pytest.raises(WebhookError) as failed:
        HttpWebhookCaller(private=True).call(f"http://127.0.0.1:{port}/", {}, b"")
    assert not failed.value.permanent


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_receiver_that_never_comes_to_an_end_is_hung_up_on(scheme):
    caller = HttpWebhookCaller(private=True, seconds=0.3)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=mumble, args=(listener,))
        thread.start()
        url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(WebhookError) as failed:
            caller.call(url, {}, b"{}")
        thread.join()
    assert not failed.value.permanent


def mumble(listener):
    """Send a byte now and then, as long as somebody listens."""
    plug, _ = listener.accept()
    with plug, suppress(OSError):
        plug.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while True:
            plug.sendall(b"H")
            time.sleep(0.02)
