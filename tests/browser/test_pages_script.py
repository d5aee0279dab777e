"""The script and style of the product's pages, under the policy that the product sets."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

BUILT = Path(__file__).parents[2] / "src/ripely/web/static/built"
ORIGIN = "https://ripely.test"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self'"
)
KINDS = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
PAGE = """<!doctype html><html lang="en"><head><title>Page</title>
    <meta name="csrf-token" content="t0ken">
    <link rel="stylesheet" href="/app.css"><script defer src="/app.js"></script></head>
    <body><svg class="icon"><use href="/icons.svg#home"></use></svg>
    <time data-relative datetime="2026-01-01T10:00:00Z">then</time>
    <pre id="snippet">&lt;script async&gt;</pre><button data-copy="#snippet">copy</button>
    <div id="rows"></div><button id="load" hx-post="/rows" hx-target="#rows">load</button>
    </body></html>"""
ROWS = '<time data-relative datetime="2026-01-01T11:59:30Z">then</time>'


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """Opens the page at noon; collects what the browser has to object to."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.route(f"{ORIGIN}/**", serve)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.clock.set_fixed_time("2026-01-01T12:00:00Z")
    page.goto(f"{ORIGIN}/")
    return heard


def serve(route) -> None:
    name = route.request.url.removeprefix(f"{ORIGIN}/")
    kind = KINDS.get(Path(name).suffix)
    if kind:
        route.fulfill(path=BUILT / name, content_type=kind)
    else:
        body = ROWS if name == "rows" else PAGE
        headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html"}
        route.fulfill(body=body, headers=headers)


def test_nothing_on_the_page_breaks_the_policy(page: Page, complaints):
    page.wait_for_load_state("networkidle")
    assert complaints == []


def test_an_icon_is_drawn_from_the_sprite(page: Page, complaints):
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.querySelector('use').getBBox().width > 10")


def test_times_read_as_people_say_them(page: Page, complaints):
    assert page.inner_text("body > time") == "2 hours ago"


def test_a_fragment_is_loaded_with_the_token_and_its_times_are_told(page: Page, complaints):
    with page.expect_request(f"{ORIGIN}/rows") as asked:
        page.click("#load")
    assert asked.value.headers["x-csrftoken"] == "t0ken"
    page.wait_for_selector("#rows time")
    assert page.inner_text("#rows time") == "30 seconds ago"
    assert complaints == []


def test_a_button_copies(page: Page, complaints):
    page.click("[data-copy]")
    page.wait_for_selector(".is-copied")
    assert page.evaluate("navigator.clipboard.readText()") == "<script async>"
