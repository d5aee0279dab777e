"""How events read to a person: one line each, with a kind to filter by and an icon."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import msgspec

from ripely.model.catalog import BY_NAME
from ripely.model.event import Event
from ripely.operations.wording.names import Names, contact_name, short_address, spoken, text

KINDS = {
    "pages": "Pages",
    "clicks": "Clicks",
    "searches": "Searches",
    "forms": "Forms",
    "shop": "Shop",
    "messages": "Messages",
    "scores": "Scores",
    "segments": "Segments",
    "journeys": "Journeys",
    "tasks": "Tasks and calls",
    "facts": "Facts",
    "other": "Other",
}
# Their meaning is shown elsewhere: as the border of a visit, the seconds of a page, a journey's step.
SILENT = {
    "visit.started", "page.left", "timer.fired", "contact.resumed", "rules.changed", "attribute.changed",
    "score.changed", "score.level_changed", "segment.entered", "segment.left", "journey.entered",
    "journey.exited", "journey.goal", "journey.converted", "journey.heldout",
}  # fmt: skip
DETAIL_PARTS_MAX = 4
NO_NAMES = Names()
TITLE_LENGTH_MAX = 120
DETAIL_LENGTH_MAX = 240

Properties = Mapping[str, object]


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a timeline. `on_site` marks what a visitor does on pages; visits are made of it."""

    at_ms: int
    kind: str
    icon: str
    title: str
    detail: str = ""
    url: str = ""
    seconds: int = 0
    on_site: bool = False
    tone: str = ""
    source: str = ""
    until_s: int = 0


class _Reading(msgspec.Struct, frozen=True):
    """How events of one name read."""

    kind: str
    icon: str
    title: Callable[[Properties], str]
    detail: Callable[[Properties], str]
    tone: str = ""


def moment_of(event: Event, names: Names = NO_NAMES) -> Moment:
    reading = READINGS.get(event.name) or _standard(event.name) or _unknown(event.name)
    facts = event.properties
    if "template" in facts:
        facts = {**facts, "template": names.template(text(facts["template"]))}
    if "journey" in facts:
        facts = {**facts, "journey": names.journey(text(facts["journey"]))}
    url = text(facts.get("url"))
    return Moment(
        at_ms=event.occurred_ms,
        kind=reading.kind,
        icon=reading.icon,
        title=cut(reading.title(facts), TITLE_LENGTH_MAX),
        detail=cut(reading.detail(facts), DETAIL_LENGTH_MAX),
        url=url if url.startswith(("http://", "https://")) else "",
        on_site=reading.kind in {"pages", "clicks", "searches", "forms", "shop"},
        tone=reading.tone,
        source=came_from(facts) if event.name == "page.viewed" else "",
    )


def came_from(facts: Properties) -> str:
    """Where a page view came from: a campaign, or another site."""
    campaign = [text(facts.get(name)) for name in ("utm_source", "utm_medium", "utm_campaign")]
    if any(campaign):
        return " / ".join(filter(None, campaign))
    there, here = host(text(facts.get("referrer"))), host(text(facts.get("url")))
    return there if there != here else ""


def host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def cut(words: str, length: int) -> str:
    return words if len(words) <= length else f"{words[: length - 1]}…"


def _said(words: str) -> Callable[[Properties], str]:
    return lambda _: words


def _named(verb: str, *names: str) -> Callable[[Properties], str]:
    """`verb` and, in quotes, the first of the named properties that is there."""

    def title(facts: Properties) -> str:
        found = next(filter(None, (text(facts.get(name)) for name in names)), "")
        return f"{verb} “{found}”" if found else verb

    return title


def _page_title(facts: Properties) -> str:
    return text(facts.get("title")) or _where(facts) or "A page"


def _where(facts: Properties) -> str:
    address = text(facts.get("url")) or text(facts.get("path"))
    return short_address(address) if address else ""


def _listed(*hidden: str) -> Callable[[Properties], str]:
    """A few of the properties that have something to say."""

    def detail(facts: Properties) -> str:
        shown = [(name, text(value)) for name, value in facts.items() if name not in hidden]
        parts = [f"{spoken(name)}: {words}" for name, words in shown if words]
        more = len(parts) - DETAIL_PARTS_MAX
        rest = [f"{more} more"] if more > 0 else []
        return " · ".join(parts[:DETAIL_PARTS_MAX] + rest)

    return detail


def _money(facts: Properties) -> str:
    amount = text(facts.get("revenue") or facts.get("total") or facts.get("price"))
    return f"{amount} {text(facts.get('currency'))}".strip() if amount else _where(facts)


def _mail(facts: Properties) -> str:
    reason, url = text(facts.get("reason")), text(facts.get("url"))
    return " · ".join(filter(None, (text(facts.get("template")), reason, url)))


def _became(facts: Properties) -> str:
    name = contact_name(facts)
    return f"Became known as {name}" if name else "Gave details"


def _why(facts: Properties) -> str:
    reason = text(facts.get("reason"))
    return reason[:1].upper() + reason[1:]


def _given_out(facts: Properties) -> str:
    assignee = text(facts.get("assignee"))
    return f"To {assignee}" if assignee else ""


def _remark(facts: Properties) -> str:
    return " · ".join(
        filter(None, (spoken(text(facts.get("outcome"))), text(facts.get("remark"))))
    )


def _standard(name: str) -> _Reading | None:
    """Read what the catalogue says of an event, with its properties beside."""
    known = BY_NAME.get(name)
    if known is None:
        return None
    about, what_became = name.split(".")
    kind, icon = _FAMILIES[about]
    said = _said(known.about.removesuffix("."))
    detail = _mail if "template" in known.properties else _listed("url", "path", "message_id")
    tone = "bad" if what_became in _BAD else "good" if what_became in _GOOD else ""
    return _Reading(kind, icon, said, detail, tone)


def _unknown(name: str) -> _Reading:
    return _Reading("other", "bolt", _said(spoken(name)), _listed("url", "path", "message_id"))


_BAD = frozenset({
    "bounced", "complained", "unsubscribed", "failed", "abandoned", "cancelled", "refunded", "overdue", "lost",
    "declined", "expired", "missed", "denied", "forbidden",
})  # fmt: skip
_GOOD = frozenset(
    {"accepted", "answered", "booked", "clicked", "received", "renewed", "replied", "won"}
)
# What events of a family are filed under, and their icon.
_FAMILIES: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("page", "screen", "content", "app", "feature"), ("pages", "file-text")),
    **dict.fromkeys(("element", "link", "file", "popup", "promotion"), ("clicks", "pointer")),
    **dict.fromkeys(("video", "webinar"), ("clicks", "player-play")),
    "search": ("searches", "search"),
    **dict.fromkeys(("form", "quiz", "survey", "rating", "comment"), ("forms", "clipboard")),
    **dict.fromkeys(("product", "cart", "checkout"), ("shop", "shopping-cart")),
    **dict.fromkeys(("order", "price", "trial", "subscription"), ("shop", "shopping-cart")),
    **dict.fromkeys(("payment", "invoice"), ("shop", "briefcase")),
    "coupon": ("shop", "ticket"),
    "email": ("messages", "mail"),
    "sms": ("messages", "message"),
    **dict.fromkeys(("push", "web_push", "in_app", "notice"), ("messages", "bell")),
    **dict.fromkeys(("message", "messenger", "chat"), ("messages", "message")),
    "voice": ("messages", "phone"),
    "score": ("scores", "chart-bar"),
    "segment": ("segments", "filter"),
    "journey": ("journeys", "route"),
    **dict.fromkeys(("call", "callback", "phone"), ("tasks", "phone")),
    "task": ("tasks", "check"),
    "meeting": ("tasks", "calendar"),
    **dict.fromkeys(("deal", "quote"), ("tasks", "briefcase")),
    "ticket": ("tasks", "help"),
    "note": ("tasks", "note"),
    **dict.fromkeys(("contact", "attribute", "attributes", "owner"), ("facts", "user")),
    **dict.fromkeys(("lifecycle", "signup", "login", "logout", "account"), ("facts", "user-check")),
    **dict.fromkeys(("company", "invite", "referral", "audience"), ("facts", "users")),
    **dict.fromkeys(("consent", "topic"), ("facts", "circle-check")),
    "tag": ("facts", "tag"),
    "list": ("facts", "list"),
    **dict.fromkeys(("visit", "timer"), ("other", "clock")),
    **dict.fromkeys(("rules", "webhook"), ("other", "plug")),
    "feed": ("other", "world"),
}  # fmt: skip
_QUIET = ("url", "path", "title", "form", "form_id", "message")
READINGS: Mapping[str, _Reading] = {
    "page.viewed": _Reading("pages", "file-text", _page_title, _where),
    "screen.viewed": _Reading("pages", "device-mobile", _named("Screen", "name"), _where),
    "element.clicked": _Reading("clicks", "pointer", _named("Clicked", "text", "name"), _where),
    "link.clicked": _Reading(
        "clicks", "external-link", _named("Followed", "text", "href"), _where
    ),
    "file.downloaded": _Reading(
        "clicks", "download", _named("Downloaded", "file", "name"), _where
    ),
    "search.performed": _Reading("searches", "search", _named("Searched for", "query"), _where),
    "form.submitted": _Reading(
        "forms", "clipboard", _named("Sent the form", "form", "form_id"), _listed(*_QUIET)
    ),
    "product.listed": _Reading("shop", "list", _named("Looked through", "category"), _where),
    "product.viewed": _Reading("shop", "eye", _named("Viewed", "name", "product_id"), _money),
    "product.added": _Reading(
        "shop", "shopping-cart", _named("Put in the cart", "name", "product_id"), _money
    ),
    "product.removed": _Reading(
        "shop", "shopping-cart", _named("Took from the cart", "name", "product_id"), _money
    ),
    "cart.viewed": _Reading("shop", "shopping-cart", _said("Viewed the cart"), _money),
    "cart.updated": _Reading("shop", "shopping-cart", _said("Changed the cart"), _money),
    "checkout.started": _Reading(
        "shop", "shopping-cart", _said("Started to check out"), _money
    ),
    "order.completed": _Reading(
        "shop", "circle-check", _named("Ordered", "order_id"), _money, "good"
    ),
    "email.sent": _Reading("messages", "send", _said("Email sent"), _mail),
    "email.opened": _Reading("messages", "mail-opened", _said("Email opened"), _mail, "good"),
    "email.clicked": _Reading(
        "messages", "pointer", _said("Clicked a link in an email"), _mail, "good"
    ),
    "email.unsubscribed": _Reading("messages", "ban", _said("Unsubscribed"), _mail, "bad"),
    "email.bounced": _Reading(
        "messages", "alert-triangle", _said("Email bounced"), _mail, "bad"
    ),
    "email.refused": _Reading(
        "messages", "alert-triangle", _said("Email refused"), _mail, "bad"
    ),
    "email.held": _Reading("messages", "hand-stop", _said("Email held back"), _mail, "bad"),
    "notice.sent": _Reading("messages", "send", _said("A colleague was told"), _mail),
    "notice.refused": _Reading(
        "messages", "alert-triangle", _said("A colleague could not be told"), _mail, "bad"
    ),
    "contact.identified": _Reading("facts", "user-check", _became, _listed("user_id")),
    "contact.aliased": _Reading("facts", "user-check", _said("Linked another id"), _listed()),
    "company.joined": _Reading(
        "facts", "users-group", _named("Belongs to", "name", "company_id"), _listed("name")
    ),
    "consent.granted": _Reading(
        "facts", "circle-check", _named("Agreed to", "purpose"), _said("")
    ),
    "consent.withdrawn": _Reading(
        "facts", "ban", _named("Withdrew consent to", "purpose"), _said("")
    ),
    "contact.merged": _Reading(
        "facts", "users", _said("Merged into another contact"), _said("")
    ),
    "contact.absorbed": _Reading("facts", "users", _said("Took in another contact"), _said("")),
    "contact.unmerged": _Reading("facts", "users", _said("Parted from a contact"), _said("")),
    "webhook.answered": _Reading("facts", "plug", _said("Another system was told"), _said("")),
    "webhook.failed": _Reading(
        "facts", "plug", _said("Another system could not be told"), _remark
    ),
    "task.released": _Reading(
        "tasks", "clipboard", _named("Task given out", "title"), _given_out, ""
    ),
    "task.dropped": _Reading(
        "tasks", "hand-stop", _named("Task given up", "title"), _why, "bad"
    ),
    "task.done": _Reading("tasks", "check", _said("Task done"), _remark, "good"),
    "call.answered": _Reading("tasks", "phone", _said("Call answered"), _remark, "good"),
    "call.missed": _Reading("tasks", "phone", _said("Call not answered"), _remark),
}
