"""How the tracker's messages reach the collector, through trouble and at the last moment."""

import json

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

BODY_BYTES_MAX = 60_000


def sent(collector) -> list[list[str]]:
    """The message ids of each request."""
    return [
        [m["messageId"] for m in json.loads(body)["batch"]] for _, body in collector.requests
    ]


def open_shop(page: Page, shop, collector) -> None:
    page.goto(shop.origin)
    collector.wait("page")


def test_the_first_page_goes_at_once_and_the_rest_in_batches(page: Page, shop, collector):
    page.clock.install()
    page.goto(shop.origin)
    collector.wait("page")
    page.evaluate("for (let i = 0; i < 5; i++) ripely('track', `E${i}`)")
    page.clock.run_for(600)
    collector.wait("E4")
    assert [len(batch) for batch in sent(collector)] == [1, 5]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_collector_is_tried_again_with_the_same_ids(page: Page, shop, collector, status):
    collector.will_answer(status, status)
    page.goto(shop.origin)
    collector.wait_for_deliveries("page", 3)
    first, second, third = sent(collector)
    assert first == second == third[:1]


def test_a_broken_connection_is_tried_again_with_the_same_ids(page: Page, shop, collector):
    page.goto(shop.origin)
    collector.wait("page")
    collector.will_hang_up()
    page.evaluate("ripely('track', 'Marker')")
    first, second = collector.wait_for_deliveries("Marker", 2)
    assert first == second


def test_the_collector_says_when_to_come_back(page: Page, shop, collector):
    page.clock.install()
    collector.will_answer(503, retry_after="120")
    with page.expect_response("**/v1/batch"):
        page.goto(shop.origin)
    page.evaluate("ripely('track', 'Meanwhile')")
    page.clock.run_for(119_000)
    assert len(collector.requests) == 1
    page.clock.run_for(2_000)
    collector.wait("Meanwhile")
    assert [len(batch) for batch in sent(collector)] == [1, 2]


@pytest.mark.parametrize("status", [400, 401, 413])
def test_what_is_refused_is_dropped(page: Page, shop, collector, status):
    collector.will_answer(status)
    page.goto(shop.origin)
    collector.wait("page")
    page.evaluate("ripely('track', 'Marker')")
    collector.wait("Marker")
    assert collector.names() == ["page", "Marker"]


def test_what_is_unsent_outlives_the_page_under_its_id(page: Page, shop, collector):
    page.clock.install()
    collector.will_answer(503, retry_after="120")
    with page.expect_response("**/v1/batch"):
        page.goto(f"{shop.origin}/first")
    page.goto(f"{shop.origin}/second")
    first, second = collector.wait("page", 2)
    left = collector.only("Page Left")
    ids = [message["messageId"] for message in (first, left, second)]
    assert sent(collector) == [ids[:1], ids]
    assert [m["properties"]["path"] for m in (first, second)] == ["/first", "/second"]


def test_nothing_unsent_is_kept_where_nothing_may_be(page: Page, shop, collector):
    shop.options["data-consent"] = "never"
    page.clock.install()
    collector.will_answer(503, retry_after="120")
    with page.expect_response("**/v1/batch"):
        page.goto(shop.origin)
    assert page.evaluate("sessionStorage.length") == 0


def test_leaving_sends_what_is_left_by_beacon(page: Page, shop, collector):
    open_shop(page, shop, collector)
    page.evaluate("ripely('track', 'Last Words')")
    page.goto("about:blank")
    collector.wait("Page Left")
    assert collector.names() == ["page", "Last Words", "Page Left"]
    headers, _ = collector.requests[-1]
    assert headers["Content-Type"] == "text/plain;charset=UTF-8"


def test_an_applications_last_page_is_heard_even_when_left_at_once(page: Page, shop, collector):
    open_shop(page, shop, collector)
    page.evaluate("history.pushState({}, '', '/last'); location = 'about:blank'")
    assert collector.wait("page", 2)[1]["properties"]["path"] == "/last"


def test_bodies_stay_small_enough_for_a_beacon(page: Page, shop, collector):
    open_shop(page, shop, collector)
    beacons = page.evaluate(
        """() => {
            const bodies = [];
            navigator.sendBeacon = (url, body) => bodies.push(new Blob([body]).size);
            for (let i = 0; i < 20; i++) ripely('track', `Long ${i}`, { text: 'ж'.repeat(5000) });
            dispatchEvent(new Event('pagehide'));
            return bodies;
        }"""
    )
    assert len(beacons) == 4
    assert max(beacons) <= BODY_BYTES_MAX


def test_long_batches_are_cut(page: Page, shop, collector):
    open_shop(page, shop, collector)
    page.evaluate(
        "for (let i = 0; i < 12; i++) ripely('track', `Long ${i}`, { text: 'ж'.repeat(5000) })"
    )
    collector.wait("Long 11")
    assert max(len(body) for _, body in collector.requests) <= BODY_BYTES_MAX
    assert collector.names() == ["page", *(f"Long {i}" for i in range(12))]


def test_a_message_beyond_the_limit_is_left_out(page: Page, shop, collector):
    open_shop(page, shop, collector)
    page.evaluate(
        "ripely('track', 'Huge', { text: 'x'.repeat(33000) }); ripely('track', 'Marker')"
    )
    collector.wait("Marker")
    assert collector.names() == ["page", "Marker"]


def test_the_queue_is_bounded_and_the_oldest_go_first(page: Page, shop, collector):
    open_shop(page, shop, collector)
    page.evaluate("for (let i = 0; i < 230; i++) ripely('track', `E${i}`)")
    collector.wait("E229")
    assert collector.names() == ["page", *(f"E{i}" for i in range(30, 230))]
