"""A browser, a shop on one origin and a collector that records what the tracker says on another; and the whole product."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

BUILT = Path(__file__).parents[2] / "src/ripely/web/static/built"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PATIENCE_SECONDS = 15
STOP_SECONDS_MAX = 30
expect.set_options(timeout=PATIENCE_SECONDS * 1_000)

Message = dict[str, Any]
S = TypeVar("S", bound="Server")


class Server(ThreadingHTTPServer):
    """An HTTP server on a free port, for as long as a test needs it."""

    daemon_threads = True
    block_on_close = False

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is none of the test's business."""


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


Answer = Callable[[Handler], None]


class Shop(Server):
    """Serves one page, with the tracker's tag in it, at every address."""

    def __init__(self, script: str) -> None:
        super().__init__(("127.0.0.1", 0), ShopHandler)
        self.script = script
        self.options = {"data-write-key": "wk_shop", "data-consent": "always"}
        self.head = ""
        self.body = ""

    def html(self, path: str) -> bytes:
        options = "".join(f' {name}="{value}"' for name, value in self.options.items())
        tag = f'<script async src="{self.script}"{options}></script>'
        page = f"<!doctype html><head>{self.head}{tag}<title>Shop {path}</title></head>"
        return f"{page}<body>{self.body}</body>".encode()


class ShopHandler(Handler):
    server: Shop

    def do_GET(self) -> None:
        self.answer(200, self.server.html(urlsplit(self.path).path), Content_Type="text/html")

    def do_POST(self) -> None:
        self.do_GET()


class Collector(Server):
    """Records every body it is sent, also those it answers badly because a test planned so."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), CollectorHandler)
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.trouble: deque[Answer] = deque()
        self.news = threading.Condition()

    def will_answer(self, *statuses: int, retry_after: str | None = None) -> None:
        self.trouble.extend(answering(status, retry_after) for status in statuses)

    def will_hang_up(self) -> None:
        self.trouble.append(hang_up)

    def messages(self, event: str | None = None) -> list[Message]:
        """All messages, or those of one type or event name; a repeated delivery counts once."""
        return list({m["messageId"]: m for m in self.deliveries(event)}.values())

    def deliveries(self, event: str | None = None) -> list[Message]:
        said = [m for _, body in list(self.requests) for m in json.loads(body)["batch"]]
        return [m for m in said if event in (None, m["type"], m.get("event"))]

    def wait(self, event: str, count: int = 1) -> list[Message]:
        self.wait_until(lambda: len(self.messages(event)) >= count, f"{count} of {event!r}")
        return self.messages(event)

    def wait_for_deliveries(self, event: str, count: int) -> list[Message]:
        self.wait_until(
            lambda: len(self.deliveries(event)) >= count, f"{count} times {event!r}"
        )
        return self.deliveries(event)

    def wait_until(self, happened: Callable[[], bool], what: str) -> None:
        with self.news:
            arrived = self.news.wait_for(happened, timeout=PATIENCE_SECONDS)
        assert arrived, f"{what} in {self.names()}"

    def only(self, event: str) -> Message:
        [message] = self.wait(event)
        return message

    def names(self) -> list[str]:
        return [m.get("event", m["type"]) for m in self.messages()]


class CollectorHandler(Handler):
    server: Collector

    def do_GET(self) -> None:
        script = (BUILT / "ripely.js").read_bytes()
        self.answer(200, script, Content_Type="text/javascript")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.news:
            self.server.requests.append((dict(self.headers), body))
            answer = self.server.trouble.popleft() if self.server.trouble else answering(200)
            self.server.news.notify_all()
        answer(self)

    def do_OPTIONS(self) -> None:
        raise AssertionError("the tracker asked for leave before it spoke")


def answering(status: int, retry_after: str | None = None) -> Answer:
    headers = {
        "Access_Control_Allow_Origin": "*",
        "Access_Control_Expose_Headers": "Retry-After",
    }
    if retry_after:
        headers["Retry_After"] = retry_after
    return lambda handler: handler.answer(status, **headers)


def hang_up(handler: Handler) -> None:
    handler.close_connection = True


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Not for longer than a module: the loop that it runs would be in the way of every other test.
    program = os.environ.get("RIPELY_CHROMIUM")
    if not program:
        pytest.skip("RIPELY_CHROMIUM names no Chromium to drive")
    if not (BUILT / "ripely.js").exists():
        pytest.skip("the tracker is not built: python frontend/build.py")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="de-DE", timezone_id="Europe/Berlin")
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext) -> Page:
    return visitor.new_page()


@pytest.fixture
def collector() -> Iterator[Collector]:
    with running(Collector()) as server:
        yield server


@pytest.fixture
def shop(collector: Collector) -> Iterator[Shop]:
    with running(Shop(f"{collector.origin}/ripely.js")) as server:
        yield server


@contextmanager
def running(server: S) -> Iterator[S]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Product(msgspec.Struct, frozen=True):
    """A demo that runs: where it is, and how to sign in."""

    url: str
    login: str
    password: str


@pytest.fixture(scope="module")
def product(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    environ = {
        **os.environ,
        "RIPELY_DATA": str(tmp_path_factory.mktemp("demo")),
        "RIPELY_PORT": free_port(),
    }
    command = [sys.executable, "-u", "-m", "ripely.cli.main", "demo"]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
        said: list[str] = []
        try:
            yield read_welcome(process, said)
        finally:
            process.send_signal(signal.SIGINT)
            rest = process.communicate(timeout=STOP_SECONDS_MAX)[1]
    assert process.returncode == 0, "".join(said) + rest


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as plug:
        return str(plug.getsockname()[1])


def read_welcome(process: subprocess.Popen[str], said: list[str]) -> Product:
    """Read what the product says until it has said how to sign in."""
    assert process.stderr is not None
    for line in process.stderr:
        said.append(line)
        found = re.search(r"the product +(\S+)/ .*sign in as (\S+), password (\S+)", line)
        if found:
            return Product(*found.groups())
    raise AssertionError("".join(said))


@pytest.fixture
def colleague(browser: Browser, product: Product) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_SECONDS * 1_000)
    page = context.new_page()
    page.goto(f"{product.url}/")
    page.get_by_label("Email").fill(product.login)
    page.get_by_label("Password").fill(product.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Live")).to_be_visible()
    yield page
    context.close()
