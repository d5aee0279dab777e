"""What the tracker says of pages, searches, clicks and the way a visitor came."""

import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

TRACKER = Path(__file__).parents[2] / "src/ripely/web/static/built/ripely.js"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
SETTLE = "new Promise(passed => setTimeout(passed, 100))"
HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""


def test_it_is_small(browser):
    assert len(gzip.compress(TRACKER.read_bytes(), 9, mtime=0)) <= 4000


def test_a_page_view_has_the_segment_shape(page: Page, shop, collector):
    page.goto(f"{shop.origin}/toys?color=red#top")
    message = collector.only("page")
    place = {
        "url": f"{shop.origin}/toys?color=red",
        "path": "/toys",
        "title": "Shop /toys",
        "referrer": "",
        "search": "?color=red",
    }
    assert message["properties"] == place
    assert UUID.fullmatch(message["messageId"])
    assert UUID.fullmatch(message["anonymousId"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", message["timestamp"])
    context = message["context"]
    assert context["page"] == place
    assert context["locale"] == "de-DE"
    assert context["timezone"] == "Europe/Berlin"
    assert context["screen"].keys() == {"width", "height", "density"}
    assert "Chrome" in context["userAgent"]
    assert context["library"]["name"] == "ripely.js"
    assert "gpc" not in context
    assert "userId" not in message


def test_a_batch_is_a_simple_request(page: Page, shop, collector):
    page.goto(shop.origin)
    collector.wait("page")
    headers, body = collector.requests[0]
    assert headers["Content-Type"] == "text/plain;charset=UTF-8"
    assert headers["Origin"] == shop.origin
    assert "Cookie" not in headers
    assert re.match(rb'{"writeKey":"wk_shop","sentAt":"\d{4}-', body)


def test_the_host_may_be_another_than_the_scripts(page: Page, shop, collector):
    shop.options["data-host"] = collector.origin
    shop.script = f"{shop.origin}/copy.js"
    page.route("**/copy.js", lambda route: route.fulfill(path=TRACKER))
    page.goto(shop.origin)
    collector.wait("page")


def test_a_tag_without_a_key_says_so_and_stays_silent(page: Page, shop, collector):
    del shop.options["data-write-key"]
    with page.expect_console_message() as warning:
        page.goto(shop.origin)
    assert "data-write-key" in warning.value.text
    assert collector.requests == []


def test_the_tracker_needs_no_inline_script(page: Page, shop, collector):
    policy = (
        f"default-src 'none'; script-src {collector.origin}; connect-src {collector.origin}"
    )
    shop.head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    page.goto(shop.origin)
    collector.wait("page")


def test_a_second_tag_changes_nothing(page: Page, shop, collector):
    shop.body = f'<script src="{shop.script}?again" data-write-key="wk_shop"></script>'
    page.goto(shop.origin)
    page.evaluate("ripely('track', 'Marker')")
    collector.wait("Marker")
    assert collector.names() == ["page", "Marker"]


def test_campaign_and_click_ids_are_of_this_page_and_the_first_touch_of_the_visit(
    page: Page, shop, collector
):
    tags = "utm_source=news&utm_medium=mail&utm_campaign=may&utm_term=a&utm_content=b"
    ids = "gclid=1&fbclid=2&msclkid=3&ttclid=4&yclid=5&li_fat_id=6"
    landing = f"{shop.origin}/landing?{tags}&{ids}&plain=7"
    page.goto(landing)
    first = collector.only("page")["context"]
    page.goto(f"{shop.origin}/next?utm_source=shop")
    second = collector.wait("page", 2)[1]["context"]
    campaign = {"source": "news", "medium": "mail", "name": "may", "term": "a", "content": "b"}
    clicks = {"gclid": "1", "fbclid": "2", "msclkid": "3", "ttclid": "4", "yclid": "5"}
    clicks["li_fat_id"] = "6"
    assert first["campaign"] == campaign
    assert first["clickIds"] == clicks
    touch = {"url": landing, "referrer": "", "campaign": campaign, "clickIds": clicks}
    assert first["firstTouch"] == second["firstTouch"] == touch
    assert second["campaign"] == {"source": "shop"}
    assert "clickIds" not in second


def test_a_visit_ends_after_half_an_hour_without_a_page(page: Page, shop, collector):
    page.clock.install()
    page.goto(f"{shop.origin}/?utm_source=first")
    collector.wait("page")
    page.clock.fast_forward("31:00")
    page.goto(f"{shop.origin}/?utm_source=second")
    again = collector.wait("page", 2)[1]["context"]
    assert again["firstTouch"]["campaign"] == {"source": "second"}


def test_pages_of_a_single_page_application(page: Page, shop, collector):
    page.goto(f"{shop.origin}/a")
    collector.wait("page")
    page.evaluate("history.pushState({}, '', '/b'); document.title = 'B'")
    collector.wait("page", 2)
    page.evaluate("history.replaceState({}, '', '/b?size=2')")
    collector.wait("page", 3)
    page.evaluate("location.hash = '#/route'")
    collector.wait("page", 4)
    page.go_back()
    pages = collector.wait("page", 5)
    assert [p["properties"]["path"] for p in pages] == ["/a", "/b", "/b", "/b#/route", "/b"]
    assert [p["properties"]["search"] for p in pages] == ["", "", *["?size=2"] * 3]
    assert pages[1]["properties"]["title"] == "B"
    referrers = [p["properties"]["referrer"] for p in pages]
    assert referrers == ["", *[p["properties"]["url"] for p in pages[:-1]]]


@pytest.mark.parametrize(
    "change",
    [
        "history.replaceState({ filter: 1 }, '', '/a')",
        "location.hash = 'section'",
        "history.pushState({}, '', '/b'); history.replaceState({}, '', '/a')",
    ],
)
def test_what_changes_no_address_is_no_page(page: Page, shop, collector, change):
    page.goto(f"{shop.origin}/a")
    collector.wait("page")
    page.evaluate(change)
    page.evaluate(SETTLE)
    page.evaluate("ripely('track', 'Marker')")
    collector.wait("Marker")
    assert collector.names() == ["page", "Marker"]


def test_a_redirect_within_an_application_is_one_page(page: Page, shop, collector):
    page.goto(f"{shop.origin}/a")
    collector.wait("page")
    page.evaluate(
        "history.pushState({}, '', '/passing'); history.replaceState({}, '', '/settled')"
    )
    pages = collector.wait("page", 2)
    assert [p["properties"]["path"] for p in pages] == ["/a", "/settled"]


def test_a_page_that_is_hidden_before_it_has_settled_is_one_page(page: Page, shop, collector):
    page.goto(f"{shop.origin}/a")
    collector.wait("page")
    page.evaluate("history.pushState({}, '', '/b')")
    page.evaluate(HIDE, True)
    page.evaluate(SETTLE)
    page.evaluate("ripely('track', 'Marker')")
    collector.wait("Marker")
    paths = [m["properties"]["path"] for m in collector.messages("page")]
    assert paths == ["/a", "/b"]


def test_a_page_that_comes_back_from_the_browsers_cache_is_viewed_again(
    page: Page, shop, collector
):
    page.goto(f"{shop.origin}/a")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert len(collector.wait("page", 2)) == 2


def test_a_prerendered_page_is_viewed_when_it_is_shown(page: Page, shop, collector):
    page.add_init_script("Object.defineProperty(document, 'prerendering', { value: true })")
    page.goto(shop.origin)
    page.wait_for_load_state()
    assert page.evaluate("typeof ripely") == "undefined"
    page.evaluate("document.dispatchEvent(new Event('prerenderingchange'))")
    collector.only("page")


def test_marked_clicks(page: Page, shop, collector):
    shop.body = """<a id="a" href="#delivery" data-ripely-event="delivery"
        data-ripely-prop-product-id="7" data-ripely-prop-place="header"> <b>How we
        deliver</b> </a>
        <div data-ripely-ignore><button id="b" data-ripely-event="hidden">no</button></div>
        <button id="c">plain</button>
        <input id="d" type="button" value="Instalments" data-ripely-event="instalments">
        <script src="/stop.js"></script>"""
    stop = "document.querySelector('#a').onclick = event => event.stopPropagation()"
    page.route("**/stop.js", lambda route: route.fulfill(body=stop))
    page.goto(shop.origin)
    collector.wait("page")
    for part in ("#b", "#c", "#a b", "#d"):
        page.click(part)
    link, button = collector.wait("Element Clicked", 2)
    assert link["properties"] == {
        "name": "delivery",
        "text": "How we deliver",
        "href": f"{shop.origin}/#delivery",
        "product_id": "7",
        "place": "header",
    }
    assert button["properties"] == {"name": "instalments", "text": "Instalments"}


def test_links_that_lead_away(page: Page, shop, collector):
    links = ["https://example.org/x?y=1", "tel:+4930123", "mailto:a@example.org", "/inside"]
    shop.body = "".join(f'<p><a href="{link}">to {link[:3]}</a>' for link in links)
    page.add_init_script("addEventListener('click', event => event.preventDefault())")
    page.goto(shop.origin)
    collector.wait("page")
    for link in reversed(links):
        page.click(f'a[href="{link}"]')
    clicked = [m["properties"] for m in collector.wait("Link Clicked", 3)]
    assert clicked == [{"href": link, "text": f"to {link[:3]}"} for link in reversed(links[:3])]


def test_downloads(page: Page, shop, collector):
    shop.body = '<a href="/files/Price%20List.PDF?v=2">prices</a><a href="/pdf">about pdf</a>'
    page.add_init_script("addEventListener('click', event => event.preventDefault())")
    page.goto(shop.origin)
    collector.wait("page")
    for link in page.locator("a").all():
        link.click()
    assert collector.only("File Downloaded")["properties"] == {
        "url": f"{shop.origin}/files/Price%20List.PDF?v=2",
        "file": "Price%20List.PDF",
        "extension": "pdf",
    }


def test_a_search_counts_once_per_query_and_page(page: Page, shop, collector):
    page.goto(f"{shop.origin}/find?q=red+bike&from=menu")
    collector.wait("Products Searched")
    page.goto(f"{shop.origin}/find?q=red+bike&page=2")
    page.goto(f"{shop.origin}/find?q=lamp")
    page.goto(f"{shop.origin}/find?q=%20&search=bell")
    found = [m["properties"] for m in collector.wait("Products Searched", 3)]
    assert found == [{"query": "red bike"}, {"query": "lamp"}, {"query": "bell"}]


def test_the_search_parameters_can_be_named(page: Page, shop, collector):
    shop.options["data-search-params"] = "suche,wort"
    page.goto(f"{shop.origin}/?q=no&wort=rad")
    assert collector.only("Products Searched")["properties"] == {"query": "rad"}


def test_time_counts_while_the_page_is_seen_and_scroll_at_its_deepest(
    page: Page, shop, collector
):
    page.clock.install()
    shop.body = '<div style="height: 4000px"></div>'
    page.set_viewport_size({"width": 800, "height": 1000})
    page.goto(f"{shop.origin}/long")
    view = collector.only("page")["messageId"]
    page.clock.run_for(7_000)
    page.evaluate("scrollTo(0, 1000)")
    page.wait_for_function("scrollY === 1000")
    page.evaluate("scrollTo(0, 0)")
    page.evaluate(HIDE, True)
    page.clock.run_for(60_000)
    page.evaluate(HIDE, False)
    page.clock.run_for(3_000)
    page.evaluate(HIDE, True)
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.evaluate("ripely('track', 'Marker')")
    page.clock.run_for(1_000)
    collector.wait("Marker")
    left = [m["properties"] for m in collector.wait("Page Left", 2)]
    assert [p["seconds"] for p in left] == [7, 10]
    assert all(p["url"] == f"{shop.origin}/long" and p["path"] == "/long" for p in left)
    assert all(45 <= p["scroll"] <= 55 and p["view"] == view for p in left)


def test_a_page_that_fills_late_is_not_scrolled_to_its_end(page: Page, shop, collector):
    page.set_viewport_size({"width": 800, "height": 1000})
    page.goto(shop.origin)
    collector.wait("page")
    page.evaluate("document.body.style.height = '10000px'")
    page.evaluate("history.pushState({}, '', '/short'); document.body.style.height = 0")
    assert 5 <= collector.only("Page Left")["properties"]["scroll"] <= 15


def test_an_applications_page_is_left_when_the_next_one_comes(page: Page, shop, collector):
    page.goto(f"{shop.origin}/a")
    view = collector.only("page")["messageId"]
    page.evaluate("history.pushState({}, '', '/b')")
    left = collector.only("Page Left")
    assert left["properties"]["path"] == left["context"]["page"]["path"] == "/a"
    assert left["properties"]["view"] == view


def test_a_signed_link_identifies_and_leaves_no_trace(page: Page, shop, collector):
    page.goto(f"{shop.origin}/offer?a=1&_rt=to.ken%2B&b=2#c")
    message = collector.only("identify")
    assert message["contactToken"] == "to.ken+"
    [viewed] = collector.wait("page")
    assert viewed["properties"]["url"] == f"{shop.origin}/offer?a=1&b=2"
    assert viewed["context"]["firstTouch"]["url"] == f"{shop.origin}/offer?a=1&b=2"
    assert page.url == f"{shop.origin}/offer?a=1&b=2#c"
    assert collector.names() == ["identify", "page"]


@pytest.mark.parametrize(
    ("query", "rest"), [("_rt=t", ""), ("_rt=t&a=1", "?a=1"), ("a=1&_rt=t", "?a=1")]
)
def test_the_rest_of_the_address_stays(page: Page, shop, collector, query, rest):
    page.goto(f"{shop.origin}/offer?{query}")
    collector.wait("page")
    assert page.url == f"{shop.origin}/offer{rest}"
