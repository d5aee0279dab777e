"""What is being sold to a contact: deals, quotes and the cart, as events tell of them."""

from collections.abc import Mapping
from typing import TypeVar

from ripely.engine.draft import Draft
from ripely.engine.limits import CART_MAX, DEALS_MAX, NAME_MAX, NUMBER_MAX, QUOTES_MAX
from ripely.model.currency import is_foreign
from ripely.model.event import Event
from ripely.model.profile import Cart, Deal, Quote

_STATES = {"deal.opened": "open", "deal.moved": "open", "deal.won": "won", "deal.lost": "lost"}
_ENDED = frozenset({"accepted", "declined", "expired"})
_K = TypeVar("_K", Deal, Quote)


def record_deal(draft: Draft, event: Event) -> None:
    """Take down where a deal is by now. What was said before the latest word changes nothing."""
    said, at_s, deals = event.properties, event.occurred_s, draft.profile.deals
    name = _name(said, "deal")
    known = deals.get(name, Deal("", "", "open", 0, 0))
    if not _counts(draft, event, name, known.moved_s):
        return
    deals[name] = Deal(
        pipeline=_text(said, "pipeline") or known.pipeline or "sales",
        stage=_text(said, "stage") or known.stage,
        state=_STATES.get(event.name, known.state),
        value=_value(draft, said, known.value),
        moved_s=at_s,
    )
    _bound(deals, DEALS_MAX, [n for n, deal in deals.items() if deal.state != "open"])
    draft.touch("deals")


def record_quote(draft: Draft, event: Event) -> None:
    """Take down what became of a quote. Who looks at one that has ended does not open it again."""
    said, at_s, quotes = event.properties, event.occurred_s, draft.profile.quotes
    name = _name(said, "quote")
    known = quotes.get(name, Quote("", 0, 0))
    if not _counts(draft, event, name, known.changed_s):
        return
    state = event.name.removeprefix("quote.")
    if state == "viewed" and known.state in _ENDED:
        state = known.state
    quotes[name] = Quote(state, _value(draft, said, known.value), at_s)
    _bound(quotes, QUOTES_MAX, [n for n, quote in quotes.items() if quote.state in _ENDED])
    draft.touch("quotes")


def record_cart(draft: Draft, event: Event) -> None:
    """Change what lies in the cart. What happened before it was last emptied or told whole is over."""
    cart, at_s, said = draft.profile.cart, event.occurred_s, event.properties
    if at_s < cart.told_s:
        draft.note("event.ignored", event.name, "the cart as it was later is known")
        return
    foreign = is_foreign(said, draft.rules.company.currency)
    match event.name:
        case "product.added":
            _add(cart, said, foreign=foreign)
        case "product.removed":
            _remove(cart, said)
        case "cart.updated":
            _tell_whole(cart, said, at_s, foreign=foreign)
        case _:
            if not cart.lines and not cart.told_s and not cart.touched_s:
                return
            cart.lines, cart.told_s = {}, at_s
    cart.touched_s = max(cart.touched_s, at_s)
    draft.touch("cart")


def _counts(draft: Draft, event: Event, name: str, latest_s: int) -> bool:
    if not name:
        draft.note("event.ignored", event.name, "it does not say which one is meant")
    elif event.occurred_s < latest_s:
        draft.note("event.ignored", event.name, f"{name}: a later word is known")
    return bool(name) and event.occurred_s >= latest_s


def _bound(known: dict[str, _K], most: int, ended: list[str]) -> None:
    """Forget the one that came first, of those that have ended if there are any."""
    if len(known) > most:
        del known[ended[0] if ended else next(iter(known))]


def _value(draft: Draft, said: Mapping[str, object], otherwise: float) -> float:
    """Return what something is worth: nothing that is known, where it is told in another currency than the company's."""
    if "value" in said and is_foreign(said, draft.rules.company.currency):
        return 0.0
    return _number(said.get("value"), otherwise)


def _add(cart: Cart, said: Mapping[str, object], *, foreign: bool) -> None:
    product = _product(said)
    if product not in cart.lines and len(cart.lines) >= CART_MAX:
        return
    before, price, category = cart.lines.get(product, (0.0, 0.0, ""))
    cart.lines[product] = (
        before + _number(said.get("quantity"), 1.0),
        0.0 if foreign else _number(said.get("price"), price),
        _text(said, "category") or category,
    )


def _remove(cart: Cart, said: Mapping[str, object]) -> None:
    """Take so many out; all of them, where no number is said."""
    product = _product(said)
    quantity, price, category = cart.lines.pop(product, (0.0, 0.0, ""))
    left = quantity - _number(said.get("quantity"), quantity)
    if left > 0:
        cart.lines[product] = (left, price, category)


def _tell_whole(cart: Cart, said: Mapping[str, object], at_s: int, *, foreign: bool) -> None:
    """Replace the lines. A cart told by its worth alone has one line without a name."""
    products = said.get("products")
    cart.told_s = at_s
    if isinstance(products, list):
        cart.lines = {}
        for product in products[:CART_MAX]:
            if isinstance(product, Mapping):
                _add(cart, product, foreign=foreign)
        return
    worth = _number(said.get("value"), _number(said.get("total"), 0.0))
    cart.lines = {"": (1.0, 0.0 if foreign else worth, "")} if worth > 0 else {}


def _product(said: Mapping[str, object]) -> str:
    return next(filter(None, (_name(said, key) for key in ("product_id", "sku", "name"))), "")


def _name(said: Mapping[str, object], key: str) -> str:
    value = said.get(key)
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value)[:NAME_MAX]
    return ""


def _text(said: Mapping[str, object], key: str) -> str:
    value = said.get(key)
    return value[:NAME_MAX] if isinstance(value, str) else ""


def _number(value: object, otherwise: float) -> float:
    """Return a number, also one that came as text; anything else, or what is beyond all worth, is not known."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return otherwise
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return otherwise
    return number if abs(number) <= NUMBER_MAX else otherwise
