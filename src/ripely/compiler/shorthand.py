"""What people say in short about acts, written in full: pages, searches, messages, orders."""

from collections.abc import Iterator

import msgspec

from ripely.model.acts import Aggregate, Bought, Did, Message, Page, Searched, Where
from ripely.model.company import Company, RfmBounds
from ripely.model.condition import All, Condition, Not, Rfm
from ripely.model.currency import others_than
from ripely.model.duration import Duration

PAGE_VIEWED = "page.viewed"
PAGE_LEFT = "page.left"
SEARCHED = "search.performed"
ORDERED = "order.completed"
SECTION = "section"  # A property that every event has: its category, or the start of its path.
JUDGED = ("opened", "clicked")
"""What a machine may do with a message instead of its reader."""

Short = Page | Searched | Message | Bought
_SHARED = tuple(
    name
    for field in msgspec.structs.fields(Did)
    if (name := field.name) not in {"event", "where"}
)
_VERDICTS = ("human", "unknown", "machine")
_DAY_S = 86_400


def in_full(short: Short) -> Did:
    match short:
        case Page():
            left = short.seconds is not None or short.scroll is not None
            return _did(short, PAGE_LEFT if left else PAGE_VIEWED, _of_page(short))
        case Searched(value, match):
            return _did(short, SEARCHED, [Where("query", match, value)])
        case Message():
            return _did(short, f"{short.channel}.{short.did}", _of_message(short))
        case Bought():
            return _did(short, ORDERED, _of_order(short))


def rfm_in_full(rfm: Rfm, company: Company) -> All:
    """Who has never ordered has no class at all. Money in other currencies than the company's does not count."""
    bounds = company.rfm
    recency, frequency = _recency(rfm, bounds), _frequency(rfm, bounds)
    return All((Did(ORDERED), *recency, *frequency, *_money(rfm, company)))


def _did(short: Short, event: str, where: Iterator[Where] | list[Where]) -> Did:
    return Did(event, tuple(where), **{name: getattr(short, name) for name in _SHARED})


def _of_page(page: Page) -> Iterator[Where]:
    match page.match:
        case "category":
            yield Where(SECTION, "equals", page.value)
        case "path":
            yield Where("path", "equals", page.value)
        case "equals" | "starts_with":
            yield Where("path" if page.value.startswith("/") else "url", page.match, page.value)
        case "contains" | "contains_words" | "matches":
            yield Where("url", page.match, page.value)
    if page.seconds is not None:
        yield Where("seconds", "at_least", page.seconds)
    if page.scroll is not None:
        yield Where("scroll", "at_least", page.scroll)


def _of_message(message: Message) -> Iterator[Where]:
    for part in ("template", "journey", "step"):
        if wanted := getattr(message, part):
            yield Where(part, "equals", wanted)
    if message.link:
        yield Where("url", "contains", message.link)
    if message.did in JUDGED:
        yield from _judged(message)


def _judged(message: Message) -> Iterator[Where]:
    """Who did it; where nothing is said of that, a human. With all of them asked for, nobody is left out."""
    others = tuple(verdict for verdict in _VERDICTS if verdict not in message.by)
    if "human" not in message.by:
        yield Where("by", "in", tuple(v for v in _VERDICTS if v in message.by))
    elif len(others) == 1:
        yield Where("by", "not_equals", others[0])
    else:
        yield Where("by", "not_in", others)


def _of_order(bought: Bought) -> Iterator[Where]:
    if bought.product:
        yield Where("products.product_id", "equals", bought.product)
    if bought.category:
        yield Where("products.category", "equals", bought.category)


def _recency(rfm: Rfm, bounds: RfmBounds) -> Iterator[Condition]:
    within = [Duration(days * _DAY_S) for days in bounds.recency_days]
    if (least := rfm.recency_at_least) is not None and least > 1:
        yield Did(ORDERED, within=within[least - 2])
    if (most := rfm.recency_at_most) is not None and most < len(within) + 1:
        yield Not(Did(ORDERED, within=within[most - 1]))


def _frequency(rfm: Rfm, bounds: RfmBounds) -> Iterator[Condition]:
    orders = bounds.orders
    if (least := rfm.frequency_at_least) is not None and least > 1:
        yield Did(ORDERED, at_least=orders[least - 2])
    if (most := rfm.frequency_at_most) is not None and most < len(orders) + 1:
        yield Did(ORDERED, at_most=orders[most - 1] - 1)


def _money(rfm: Rfm, company: Company) -> Iterator[Condition]:
    money, currency = company.rfm.money, company.currency
    where = (Where("currency", "not_in", others_than(currency)),) if currency else ()
    if (least := rfm.money_at_least) is not None and least > 1:
        yield Aggregate("sum", "total", ORDERED, where, at_least=money[least - 2])
    if (most := rfm.money_at_most) is not None and most < len(money) + 1:
        yield Not(Aggregate("sum", "total", ORDERED, where, at_least=money[most - 1]))
