"""The demo shop: every link leads somewhere, every form is thanked, and nothing is written inline."""

import asyncio
import re
from html import unescape
from urllib.parse import urlsplit

import pytest

from ripely.demo.shop import app
from ripely.demo.shop.catalogue import catalogue

FOREIGN = {"/ripely.js"}  # the product's own, beside the shop


def ask(path, method="GET"):
    """Return status, headers and body of the shop's answer."""
    sent = []
    place = urlsplit(path)
    scope = {
        "type": "http",
        "method": method,
        "path": place.path,
        "query_string": place.query.encode(),
    }

    async def receive():
        return {"type": "http.request", "body": b"email=ann@example.com", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"].decode()


def links(page):
    return {unescape(link) for link in re.findall(r'(?:href|src)="([^"]+)"', page)}


def test_every_link_in_the_shop_leads_to_a_page():
    found, new = set(), {"/shop/"}
    while new:
        page = new.pop()
        found.add(page)
        status, _, body = ask(page)
        assert status == 200, page
        new |= links(body) - found - FOREIGN
    assert len([page for page in found if page.startswith("/shop/images/")]) == len(
        catalogue().pairs()
    )


def test_pages_carry_the_tag_that_a_customer_would_paste():
    _, _, page = ask("/shop/")
    assert 'src="/ripely.js" data-write-key="demo-shop"' in page


def test_no_page_needs_an_inline_script_or_style():
    _, headers, page = ask("/shop/washing-machines/tern-7")
    assert b"default-src 'self'" in headers[b"content-security-policy"]
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=", page)


def test_a_product_page_says_what_was_viewed():
    _, _, page = ask("/shop/washing-machines/tern-7")
    assert 'data-event="Product Viewed"' in page
    assert '"product_id":"tern-7"' in unescape(page)


@pytest.mark.parametrize(
    ("form", "thanks"),
    [("checkout", "order"), ("request", "request"), ("newsletter", "newsletter")],
)
def test_a_form_is_answered_with_thanks(form, thanks):
    status, headers, _ = ask(f"/shop/{form}", "POST")
    assert (status, headers[b"location"]) == (303, f"/shop/thanks/{thanks}".encode())
    assert ask(f"/shop/thanks/{thanks}")[0] == 200


def test_what_a_visitor_typed_is_shown_as_text():
    _, _, page = ask("/shop/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_search_finds_products_by_the_beginnings_of_their_words():
    names = [product.name for _, product in catalogue().search("quiet WASH")]
    assert names == ["Brook 8 Quiet"]
    assert catalogue().search("  ") == []


def test_the_price_list_is_a_file():
    status, headers, text = ask("/shop/price-list.csv")
    assert (status, headers[b"content-type"]) == (200, b"text/csv; charset=utf-8")
    assert len(text.splitlines()) == 1 + len(catalogue().pairs())


def test_a_request_begins_with_the_product_it_is_about():
    _, _, page = ask("/shop/request?about=heron-dry")
    assert "Heron Dry" in page
    assert '<option value="washing-machines" selected>' in page


@pytest.mark.parametrize(
    "path",
    [
        "/shop/nothing",
        "/shop/fridges/nothing",
        "/shop/a/b/c",
        "/shop/assets/..",
        "/shop/images/x.svg",
    ],
)
def test_what_is_not_there_is_said_so(path):
    assert ask(path)[0] == 404


def test_other_methods_are_refused():
    assert ask("/shop/", "DELETE")[0] == 405
    assert ask("/shop/", "HEAD")[::2] == (200, "")
    assert ask("/shop")[0] == 308
