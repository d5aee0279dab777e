"""What the tracker keeps in the browser, and when: the consent modes, refusals, privacy signals."""

import pytest
from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

GPC = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"


def cookies(visitor: BrowserContext) -> dict[str, str]:
    return {cookie["name"]: cookie["value"] for cookie in visitor.cookies()}


def stored(page: Page) -> list[str]:
    return page.evaluate("[...Object.keys(sessionStorage), ...Object.keys(localStorage)]")


def visit(page: Page, shop, collector) -> dict:
    """Opens the shop and waits for one more page view than there were; returns it."""
    before = len(collector.messages("page"))
    page.goto(f"{shop.origin}/{before}")
    return collector.wait("page", before + 1)[before]


def test_always_keeps_the_id_in_a_first_party_cookie(visitor, page: Page, shop, collector):
    first, second = visit(page, shop, collector), visit(page, shop, collector)
    assert first["anonymousId"] == second["anonymousId"] == cookies(visitor)["ripely"]
    assert "ephemeral" not in first["context"]
    [cookie] = visitor.cookies()
    assert cookie["domain"] == "127.0.0.1"
    assert cookie["sameSite"] == "Lax"
    lifetime = cookie["expires"] - page.evaluate("Date.now() / 1000")
    assert 364 < lifetime / 86400 < 366


def test_the_cookie_may_be_shared_by_subdomains(visitor, page: Page, shop, collector):
    shop.options["data-cookie-domain"] = "shop.localhost"
    page.goto(f"{shop.origin.replace('127.0.0.1', 'www.shop.localhost')}/")
    collector.wait("page")
    assert [cookie["domain"] for cookie in visitor.cookies()] == [".shop.localhost"]


@pytest.mark.parametrize("mode", ["always", "after"])
def test_a_cookie_that_is_not_ours_is_no_id(visitor, page: Page, shop, collector, mode):
    shop.options["data-consent"] = mode
    visitor.add_cookies([{"name": "ripely", "value": "short", "url": shop.origin}])
    message = visit(page, shop, collector)
    assert len(message["anonymousId"]) == 36
    kept = {"ripely": message["anonymousId"]}
    assert cookies(visitor) == (kept if mode == "always" else {})


@pytest.mark.parametrize("mode", ["after", None, "nonsense"])
def test_before_consent_nothing_is_stored(visitor, page: Page, shop, collector, mode):
    shop.options["data-consent"] = mode
    if mode is None:
        del shop.options["data-consent"]
    first, second = visit(page, shop, collector), visit(page, shop, collector)
    assert first["anonymousId"] != second["anonymousId"]
    assert first["context"]["ephemeral"] is second["context"]["ephemeral"] is True
    assert cookies(visitor) == {}
    assert stored(page) == []


def test_consent_keeps_the_id_of_the_page_it_was_given_on(visitor, page: Page, shop, collector):
    shop.options["data-consent"] = "after"
    first = visit(page, shop, collector)
    page.evaluate("ripely('consent', true)")
    assert cookies(visitor) == {"ripely": first["anonymousId"]}
    assert stored(page) == ["ripely"]
    second = visit(page, shop, collector)
    assert second["anonymousId"] == first["anonymousId"]
    assert "ephemeral" not in second["context"]
    assert second["context"]["firstTouch"]["url"] == f"{shop.origin}/0"


def test_consent_given_before_the_script_is_there_counts(visitor, page: Page, shop, collector):
    shop.options["data-consent"] = "after"
    page.add_init_script("window.ripely = () => {}; ripely.q = [['consent', true]]")
    message = visit(page, shop, collector)
    assert cookies(visitor) == {"ripely": message["anonymousId"]}
    assert "ephemeral" not in message["context"]


def test_withdrawing_deletes_everything_and_breaks_the_thread(visitor, page, shop, collector):
    shop.options["data-consent"] = "after"
    page.goto(shop.origin)
    known = collector.wait("page")[0]["anonymousId"]
    page.evaluate(
        "ripely('consent', true); ripely('identify', 'ann'); ripely('consent', false)"
    )
    assert cookies(visitor) == {}
    assert stored(page) == []
    page.evaluate("ripely('track', 'Later')")
    later = collector.only("Later")
    assert later["anonymousId"] != known
    assert "userId" not in later
    assert visit(page, shop, collector)["anonymousId"] not in (known, later["anonymousId"])


def test_a_refusal_is_remembered_where_the_next_page_would_store(
    visitor, page, shop, collector
):
    visit(page, shop, collector)
    page.evaluate("ripely('consent', false)")
    assert cookies(visitor) == {"ripely": "no"}
    message = visit(page, shop, collector)
    assert message["context"]["ephemeral"] is True
    assert cookies(visitor) == {"ripely": "no"}
    assert stored(page) == []
    page.evaluate("ripely('consent', true)")
    assert cookies(visitor) == {"ripely": message["anonymousId"]}


def test_never_means_never(visitor, page: Page, shop, collector):
    visit(page, shop, collector)
    shop.options["data-consent"] = "never"
    message = visit(page, shop, collector)
    page.evaluate("ripely('consent', true); ripely('identify', 'ann')")
    assert collector.only("identify")["anonymousId"] == message["anonymousId"]
    assert message["context"]["ephemeral"] is True
    assert cookies(visitor) == {}
    assert stored(page) == []


def test_a_privacy_signal_stores_nothing_and_clears_what_was_stored(
    visitor, page: Page, shop, collector
):
    known = visit(page, shop, collector)["anonymousId"]
    page.add_init_script(GPC)
    message = visit(page, shop, collector)
    page.evaluate("ripely('consent', true); ripely('track', 'Marker')")
    collector.wait("Marker")
    assert message["context"]["gpc"] is message["context"]["ephemeral"] is True
    assert message["anonymousId"] != known
    assert cookies(visitor) == {}
    assert stored(page) == []


def test_a_privacy_signal_is_silence_where_consent_is_asked_for(visitor, page, shop, collector):
    shop.options["data-consent"] = "after"
    page.add_init_script(GPC)
    page.goto(f"{shop.origin}/silent")
    page.wait_for_function("!!window.ripely")
    page.evaluate("ripely('track', 'Unheard')")
    page.goto(f"{shop.origin}/heard")
    page.wait_for_function("!!window.ripely")
    assert cookies(visitor) == {}
    page.evaluate("ripely('consent', true)")
    message = collector.only("page")
    assert message["properties"]["path"] == "/heard"
    assert message["context"]["gpc"] is True
    assert cookies(visitor) == {"ripely": message["anonymousId"]}
    assert visit(page, shop, collector)["anonymousId"] == message["anonymousId"]
    assert collector.messages("Unheard") == []


def test_a_named_user_is_remembered_until_reset(visitor, page: Page, shop, collector):
    first = visit(page, shop, collector)
    page.evaluate("ripely('identify', 'ann; 7.1@ü', { plan: 'gold' })")
    identified = collector.only("identify")
    assert identified["userId"] == "ann; 7.1@ü"
    assert identified["traits"] == {"plan": "gold"}
    again = visit(page, shop, collector)
    assert (again["anonymousId"], again["userId"]) == (first["anonymousId"], "ann; 7.1@ü")
    page.evaluate("ripely('reset')")
    other = visit(page, shop, collector)
    assert "userId" not in other
    assert other["anonymousId"] == cookies(visitor)["ripely"] != first["anonymousId"]
