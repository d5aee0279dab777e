"""What the tracker reads from forms and the data layer, and what the page tells it in words."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

STAY = "addEventListener('submit', event => event.preventDefault())"
CALL_BACK = """<form id="by-id" name="by-name" data-ripely-form="call back">
    <input name="name" value="Ann Lee"><input name="id" value="7">
    <input type="email" name="mail" value="ann@example.org">
    <input name="mobile_number" value="+49 30 1234567">
    <input name="city" value="Berlin" data-ripely-trait>
    <input name="size" value="42" data-ripely-trait="shoe_size">
    <input type="checkbox" name="colour" value="red" checked>
    <input type="checkbox" name="colour" value="blue" checked>
    <input type="checkbox" name="colour" value="green">
    <select name="time" multiple><option selected>am</option><option selected>pm</option></select>
    <input type="checkbox" name="news" data-ripely-consent="marketing" checked>
    <input type="checkbox" name="calls" data-ripely-consent="calls">
    <input name="empty"><input name="off" value="1" disabled>
    <button name="go" value="1">go</button></form>"""
SECRETS = """<form data-ripely-form="pay"><input name="note" value="hello">
    <input type="password" name="p1" value="s3cret"><input name="password2" value="s3cret">
    <input name="x" value="4111 1111 1111 1111"><input name="card-number" value="4111">
    <input autocomplete="cc-csc" name="y" value="123"><input name="cvv" value="123">
    <input type="hidden" name="csrfmiddlewaretoken" value="t0ken">
    <input type="hidden" name="_csrf" value="t0ken" data-ripely-trait="access_token">
    <input type="hidden" name="plain" value="1"><input type="file" name="file">
    <input type="hidden" name="product" value="p7" data-ripely-trait="wants">
    <input name="diary" value="private" data-ripely-ignore>
    <div data-ripely-ignore><input type="email" value="hidden@example.org" name="e"></div>
    <button>pay</button></form>"""


def submit(page: Page, shop, collector, body: str) -> None:
    shop.body = body
    page.add_init_script(STAY)
    page.goto(shop.origin)
    collector.wait("page")
    for button in page.locator("form button").all():
        button.click()


def test_a_marked_form_is_reported_and_identifies(page: Page, shop, collector):
    submit(page, shop, collector, CALL_BACK)
    assert collector.only("Form Submitted")["properties"] == {
        "form": "call back",
        "fields": {
            "name": "Ann Lee",
            "id": "7",
            "mail": "ann@example.org",
            "mobile_number": "+49 30 1234567",
            "city": "Berlin",
            "size": "42",
            "colour": "red, blue",
            "time": "am, pm",
        },
    }
    assert collector.only("identify")["traits"] == {
        "name": "Ann Lee",
        "email": "ann@example.org",
        "phone": "+49 30 1234567",
        "city": "Berlin",
        "shoe_size": "42",
        "consent": {"marketing": True, "calls": False},
    }
    assert collector.names() == ["page", "identify", "Form Submitted"]


def test_secrets_are_never_read(page: Page, shop, collector):
    submit(page, shop, collector, SECRETS)
    properties = collector.only("Form Submitted")["properties"]
    assert properties == {"form": "pay", "fields": {"note": "hello", "product": "p7"}}
    assert collector.only("identify")["traits"] == {"wants": "p7"}


@pytest.mark.parametrize(
    ("field", "traits"),
    [
        ('<input autocomplete="given-name" name="a" value="Ann">', {"firstName": "Ann"}),
        ('<input name="last_name" value="Lee">', {"lastName": "Lee"}),
        ('<input name="full-name" value="Ann Lee">', {"name": "Ann Lee"}),
        ('<input name="username" value="al">', {}),
        ('<input name="company_name" value="Lee Ltd">', {}),
        ('<input autocomplete="tel" name="b" value="030 1234567">', {"phone": "030 1234567"}),
        ('<input name="phone_model" value="X7">', {}),
        ('<input type="checkbox" name="email_me" checked>', {}),
        ('<input type="email" name="email2" value="other@example.org">', {}),
    ],
)
def test_what_a_field_asks_for_is_recognised(page: Page, shop, collector, field, traits):
    mail = '<input type="email" name="email" value="ann@example.org">'
    submit(
        page, shop, collector, f"<form data-ripely-form>{mail}{field}<button>go</button></form>"
    )
    assert collector.only("identify")["traits"] == {"email": "ann@example.org"} | traits


def test_a_form_that_names_nobody_identifies_nobody(page: Page, shop, collector):
    form = '<form id="poll" data-ripely-form><input name="name" value="A"><button>go</button></form>'
    submit(page, shop, collector, form)
    assert collector.only("Form Submitted")["properties"]["form"] == "poll"
    assert collector.messages("identify") == []


FORMS = """<form name="plain"><button>1</button></form>
    <form name="marked" data-ripely-form><button>2</button></form>
    <form name="ignored" data-ripely-form data-ripely-ignore><button>3</button></form>
    <form name="last" data-ripely-form><button>4</button></form>"""


@pytest.mark.parametrize(
    ("option", "names"), [("marked", ["marked", "last"]), ("all", ["plain", "marked", "last"])]
)
def test_which_forms_are_read(page: Page, shop, collector, option, names):
    shop.options["data-forms"] = option
    submit(page, shop, collector, FORMS)
    reported = collector.wait("Form Submitted", len(names))
    assert [m["properties"]["form"] for m in reported] == names


def test_a_form_that_leaves_the_page_is_heard(page: Page, shop, collector):
    shop.body = '<form action="/thanks" data-ripely-form="f"><button>go</button></form>'
    page.goto(shop.origin)
    collector.wait("page")
    page.click("button")
    collector.only("Form Submitted")


BIKE = {"item_id": "b1", "item_name": "Bike", "price": 90, "quantity": 2, "item_category": "x"}
PRODUCT = {"product_id": "b1", "name": "Bike", "price": 90, "quantity": 2, "category": "x"}
SALE = {"currency": "EUR", "value": 180, "items": [BIKE]}


@pytest.mark.parametrize(
    ("told", "event", "properties"),
    [
        ("view_item", "Product Viewed", {"currency": "EUR", "value": 180, **PRODUCT}),
        ("add_to_cart", "Product Added", {"currency": "EUR", "value": 180, **PRODUCT}),
        (
            "begin_checkout",
            "Checkout Started",
            {"currency": "EUR", "value": 180, "total": 180, "products": [PRODUCT]},
        ),
    ],
)
def test_the_data_layer_of_a_tag_manager(page: Page, shop, collector, told, event, properties):
    page.goto(shop.origin)
    collector.wait("page")
    page.evaluate("entry => dataLayer.push(entry)", {"event": told, "ecommerce": SALE})
    assert collector.only(event)["properties"] == properties


def test_the_data_layer_of_gtag_filled_before_the_tracker_came(page: Page, shop, collector):
    page.add_init_script(
        """window.dataLayer = [null, { event: 'gtm.js' }, { event: 'constructor', ecommerce: {} }];
        function gtag() { dataLayer.push(arguments) }
        gtag('js', new Date());
        gtag('event', 'purchase', { transaction_id: 'o1', value: 5, currency: 'EUR', items: [] })"""
    )
    page.goto(shop.origin)
    order = {"order_id": "o1", "value": 5, "total": 5, "currency": "EUR", "products": []}
    assert collector.only("Order Completed")["properties"] == order
    assert set(collector.names()) == {"page", "Order Completed"}


def test_the_data_layer_can_be_left_alone(page: Page, shop, collector):
    shop.options["data-data-layer"] = "ignore"
    page.goto(shop.origin)
    collector.wait("page")
    assert page.evaluate("typeof dataLayer") == "undefined"


def test_a_page_can_say_things_itself(page: Page, shop, collector):
    page.goto(shop.origin)
    page.wait_for_function("!!window.ripely")
    page.evaluate("ripely('track', 'Seat Chosen', { row: 4 }); ripely('track', 'Bare')")
    page.evaluate("ripely('identify', { email: 'ann@example.org' }); ripely('nonsense', 1)")
    page.evaluate("ripely('page', 'Dialog', { step: 2 })")
    assert collector.only("Seat Chosen")["properties"] == {"row": 4}
    assert collector.only("Bare")["properties"] == {}
    assert collector.only("identify")["traits"] == {"email": "ann@example.org"}
    named = collector.wait("page", 2)[1]
    assert named["name"] == "Dialog"
    assert named["properties"]["step"] == 2
    assert named["properties"]["path"] == "/"


def test_calls_made_before_the_script_came_are_kept(page: Page, shop, collector):
    page.add_init_script(
        """window.ripely = function () { (ripely.q = ripely.q || []).push(arguments) };
        ripely('track', 'Early', { n: 1 }); ripely('identify', 'ann'); ripely('page', 'Own')"""
    )
    page.goto(shop.origin)
    assert collector.only("Early")["properties"] == {"n": 1}
    own, usual = collector.wait("page", 2)
    assert own["userId"] == usual["userId"] == "ann"
    assert own["name"] == "Own"
    assert collector.messages("Page Left") == []
