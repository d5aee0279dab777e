"""The standard events: their names, what Segment calls them, and what they carry.

To add one, add one entry. Every other name is allowed too, and means what its sender means.
"""

from collections.abc import Mapping

import msgspec


class Standard(msgspec.Struct, frozen=True):
    """A standard event. `properties` are shown by an example, which also gives their type.

    `spoken` are the names of Segment `track` calls that mean it. An `act` is something the
    contact did, and counts for visits. What is `reserved` only Ripely itself may say.
    """

    name: str
    about: str
    properties: Mapping[str, object] = {}
    spoken: tuple[str, ...] = ()
    act: bool = True
    reserved: bool = False


_PAGE = {
    "url": "https://shop.example/bikes?utm_source=news",
    "path": "/bikes",
    "title": "Bikes",
}
_PRODUCT = {"product_id": "b7", "name": "City bike", "category": "Bikes", "price": 499.0}
_LINE = {**_PRODUCT, "quantity": 1}
_ORDER = {"order_id": "1042", "total": 499.0, "currency": "EUR", "products": [_LINE]}
_CART = {"cart_id": "c1", "value": 499.0, "products": [_LINE]}
_VIDEO = {"title": "How to ride", "position": 90, "total_length": 180}
_RECEIPT = {"message": "0f3a", "journey": "welcome", "step": "hello", "template": "hello"}
_TASK = {"task": "8c21", "type": "call", "outcome": "reached"}
_DEAL = {"deal": "d7", "value": 4990.0, "currency": "EUR"}

CATALOG = (
    # What a visitor does on a site or in an application.
    Standard("page.viewed", "Viewed a page.", {**_PAGE, "referrer": "", "search": "", "utm_source": "news", "utm_campaign": "may"}),
    Standard("page.left", "Left a page, after so many seconds, having scrolled so far.", {**_PAGE, "seconds": 42, "scroll": 80}, ("Page Left",)),
    Standard("screen.viewed", "Viewed a screen of an application.", {"name": "Basket", "category": "Shop"}),
    Standard("element.clicked", "Clicked something marked on a page.", {"name": "delivery", "text": "Delivery", "url": ""}, ("Element Clicked", "Button Clicked")),
    Standard("link.clicked", "Followed a link that leads away.", {"url": "https://maps.example", "text": "Find us"}, ("Link Clicked",)),
    Standard("file.downloaded", "Downloaded a file.", {"url": "https://shop.example/prices.pdf", "file": "prices.pdf", "extension": "pdf"}, ("File Downloaded",)),
    Standard("search.performed", "Searched the site.", {"query": "winter tyres"}, ("Products Searched", "Search Performed", "Site Searched")),
    Standard("form.viewed", "Saw a form.", {"form": "callback"}, ("Form Viewed",)),
    Standard("form.submitted", "Submitted a form; its fields are properties too.", {"form": "callback", "email": "ann@example.org"}, ("Form Submitted",)),
    Standard("popup.viewed", "Saw a pop-up.", {"popup": "ten-percent"}, ("Popup Viewed", "Pop-up Viewed", "Pop-up Email Viewed")),
    Standard("popup.accepted", "Accepted what a pop-up offered.", {"popup": "ten-percent"}, ("Popup Accepted", "Pop-up Accepted", "Pop-up Email Accepted")),
    Standard("popup.closed", "Closed a pop-up.", {"popup": "ten-percent"}, ("Popup Closed", "Pop-up Closed")),
    Standard("video.started", "Started a video.", _VIDEO, ("Video Playback Started", "Video Content Started")),
    Standard("video.progressed", "Watched a video so far.", _VIDEO, ("Video Content Playing",)),
    Standard("video.completed", "Watched a video to its end.", _VIDEO, ("Video Playback Completed", "Video Content Completed")),
    Standard("webinar.registered", "Registered for a webinar.", {"webinar": "spring"}, ("Webinar Registered",)),
    Standard("webinar.attended", "Attended a webinar for so many minutes.", {"webinar": "spring", "minutes": 35}, ("Webinar Attended",)),
    Standard("quiz.completed", "Finished a quiz.", {"quiz": "which-bike", "result": "city"}, ("Quiz Completed",)),
    Standard("signup.completed", "Opened an account.", {"method": "email"}, ("Signed Up", "Account Created")),
    Standard("login.completed", "Logged in.", {"method": "email"}, ("Signed In", "Logged In")),
    Standard("quote.viewed", "Looked at a quote.", {"quote": "q12", "seconds": 40}, ("Quote Viewed",)),
    # Shopping.
    Standard("product.listed", "Viewed a list of products.", {"category": "Bikes"}, ("Product List Viewed", "Product List Filtered")),
    Standard("product.clicked", "Clicked a product in a list.", _PRODUCT, ("Product Clicked",)),
    Standard("product.viewed", "Viewed a product.", _PRODUCT, ("Product Viewed",)),
    Standard("product.added", "Put a product into the cart.", _LINE, ("Product Added",)),
    Standard("product.removed", "Took a product out of the cart.", _LINE, ("Product Removed",)),
    Standard("product.wished", "Put a product on the wish list.", _PRODUCT, ("Product Added to Wishlist",)),
    Standard("product.reviewed", "Reviewed a product.", {"product_id": "b7", "rating": 5}, ("Product Reviewed",)),
    Standard("product.shared", "Shared a product.", {"product_id": "b7", "share_via": "email"}, ("Product Shared",)),
    Standard("cart.viewed", "Viewed the cart.", _CART, ("Cart Viewed",)),
    Standard("cart.shared", "Shared the cart.", _CART, ("Cart Shared",)),
    Standard("promotion.viewed", "Saw a promotion.", {"promotion_id": "p1", "name": "Spring"}, ("Promotion Viewed",)),
    Standard("promotion.clicked", "Clicked a promotion.", {"promotion_id": "p1", "name": "Spring"}, ("Promotion Clicked",)),
    Standard("coupon.entered", "Entered a coupon.", {"coupon": "MAY10"}, ("Coupon Entered",)),
    Standard("coupon.applied", "Got a coupon's reduction.", {"coupon": "MAY10", "discount": 49.9}, ("Coupon Applied",)),
    Standard("checkout.started", "Started to check out.", _ORDER, ("Checkout Started",)),
    Standard("checkout.progressed", "Came to a step of the checkout.", {"step": 2}, ("Checkout Step Viewed", "Checkout Step Completed")),
    Standard("payment.entered", "Entered payment details.", {"payment_method": "card"}, ("Payment Info Entered",)),
    Standard("order.completed", "Completed an order.", _ORDER, ("Order Completed",)),
    Standard("order.updated", "An order was changed.", _ORDER, ("Order Updated",), act=False),
    Standard("order.refunded", "An order was refunded.", _ORDER, ("Order Refunded",), act=False),
    Standard("order.cancelled", "An order was cancelled.", _ORDER, ("Order Cancelled",), act=False),
    # Who the contact is.
    Standard("contact.identified", "Facts about the contact became known.", {"email": "ann@example.org", "name": "Ann", "user_id": "42"}, act=False, reserved=True),
    Standard("contact.aliased", "Another id of the same person became known.", {"previous_id": "a1", "user_id": "42"}, act=False, reserved=True),
    Standard("company.joined", "Belongs to a company.", {"company_id": "c9", "name": "Acme"}, act=False, reserved=True),
    Standard("contact.merged", "Turned out to be another contact, which goes on.", {"into": "00c0ffee00c0ffee", "by": "user"}, act=False, reserved=True),
    Standard("contact.absorbed", "Took over what was known of another contact.", {"from": "00c0ffee00c0ffee"}, act=False, reserved=True),
    Standard("contact.unmerged", "A merge was undone.", {"from": "00c0ffee00c0ffee"}, act=False, reserved=True),
    Standard("contact.revived", "Lives again after an undone merge.", act=False, reserved=True),
    Standard("contact.resumed", "Came out of quarantine.", act=False, reserved=True),
    Standard("contact.erased", "Asked to be forgotten.", act=False, reserved=True),
    Standard("attributes.set", "A colleague, or a rule, changed facts.", {"plan": "pro"}, act=False, reserved=True),
    Standard("consent.granted", "Agreed to a purpose.", {"purpose": "marketing"}, ("Consent Granted",), act=False),
    Standard("consent.withdrawn", "Withdrew from a purpose.", {"purpose": "marketing"}, ("Consent Withdrawn",), act=False),
    Standard("tag.added", "Got a tag.", {"tag": "vip"}, act=False),
    Standard("tag.removed", "Lost a tag.", {"tag": "vip"}, act=False),
    # What Ripely and its channels say.
    Standard("visit.started", "Came after a pause of 30 minutes or more.", {"number": 2}, act=False, reserved=True),
    Standard("timer.fired", "A moment came that something waited for.", act=False, reserved=True),
    Standard("rules.changed", "New rules ask what they need of the past.", act=False, reserved=True),
    Standard("email.sent", "A mail was handed over.", _RECEIPT, act=False, reserved=True),
    Standard("email.opened", "Opened a mail.", _RECEIPT, act=False, reserved=True),
    Standard("email.clicked", "Clicked a link in a mail.", {**_RECEIPT, "url": "https://shop.example"}, act=False, reserved=True),
    Standard("email.unsubscribed", "Unsubscribed by a mail's link.", {**_RECEIPT, "purpose": "marketing"}, act=False, reserved=True),
    Standard("email.bounced", "A mail came back.", {**_RECEIPT, "reason": "no such mailbox"}, act=False, reserved=True),
    Standard("email.complained", "Called a mail unwanted.", _RECEIPT, act=False, reserved=True),
    Standard("email.refused", "A mail server refused a mail.", {**_RECEIPT, "reason": "no such mailbox"}, act=False, reserved=True),
    Standard("email.held", "A decided mail was not sent.", {**_RECEIPT, "reason": "no consent"}, act=False, reserved=True),
    Standard("email.failed", "A mail could not be handed over, however often it was tried.", {**_RECEIPT, "reason": "timed out"}, act=False, reserved=True),
    Standard("email.unknown", "The answer to a mail was lost; it may have arrived.", {**_RECEIPT, "reason": "connection lost"}, act=False, reserved=True),
    Standard("webhook.answered", "Another system took what a journey told it.", {"journey": "j1", "step": "s1", "status": 200}, act=False, reserved=True),
    Standard("webhook.failed", "Another system did not take what a journey told it.", {"journey": "j1", "step": "s1", "reason": "timed out"}, act=False, reserved=True),
    # What colleagues and other systems say.
    Standard("task.done", "A colleague finished a task.", _TASK, ("Task Done",), act=False),
    Standard("call.answered", "Answered a call.", {"seconds": 120, "outcome": "interested"}, ("Call Answered",), act=False),
    Standard("call.missed", "Did not answer a call.", {}, ("Call Missed",), act=False),
    Standard("deal.opened", "A deal was opened.", {**_DEAL, "stage": "new"}, ("Deal Opened",), act=False),
    Standard("deal.moved", "A deal moved to another stage.", {**_DEAL, "stage": "offer"}, ("Deal Moved",), act=False),
    Standard("deal.won", "A deal was won.", _DEAL, ("Deal Won",), act=False),
    Standard("deal.lost", "A deal was lost.", {**_DEAL, "reason": "price"}, ("Deal Lost",), act=False),
    Standard("quote.sent", "Was sent a quote.", {"quote": "q12"}, ("Quote Sent",), act=False),
    Standard("payment.received", "Paid.", {"amount": 499.0, "currency": "EUR"}, ("Payment Received",), act=False),
)  # fmt: skip

BY_NAME: Mapping[str, Standard] = {standard.name: standard for standard in CATALOG}
RESERVED = frozenset(standard.name for standard in CATALOG if standard.reserved)
_NO_ACTS = frozenset(standard.name for standard in CATALOG if not standard.act)
_SPOKEN = {spoken.lower(): one.name for one in CATALOG for spoken in one.spoken}


def standard_name(segment_name: str) -> str:
    """Return our name for what a Segment `track` call is named; an unknown name stays as it is."""
    return _SPOKEN.get(segment_name.lower(), segment_name)


def is_act(name: str) -> bool:
    """Whether the contact did it, as far as a name can tell: what a site makes up itself, too."""
    return name not in _NO_ACTS


def property_type(example: object) -> str:
    """Name the type of a property as people say it."""
    match example:
        case bool():
            return "yes or no"
        case int() | float():
            return "number"
        case list():
            return "list"
        case _:
            return "text"
