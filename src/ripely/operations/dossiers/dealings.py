"""How far a contact has come with the company: deals, quotes, the cart, wishes, and where it came from."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ripely.model.profile import Consent, Profile
from ripely.operations.wording.names import spoken, text

SHOWN_MAX = 8
_TOUCH = ("source", "medium", "campaign", "referrer", "landing_page")


class Dealing(msgspec.Struct, frozen=True):
    """A deal, a quote or a product in the cart: what it is, how it stands, what it is worth, since when."""

    name: str
    state: str
    worth: str
    since_s: int


class Dealings(msgspec.Struct, frozen=True):
    level: str
    deals: Sequence[Dealing]
    quotes: Sequence[Dealing]
    cart: Sequence[Dealing]
    lists: Sequence[str]
    topics: Mapping[str, Consent]
    first_touch: str
    last_touch: str
    calls: str
    """Why the contact may not be called; nothing when it may."""


def dealings_of(profile: Profile) -> Dealings:
    return Dealings(
        level=profile.lifecycle.replace("_", " "),
        deals=_latest(
            Dealing(
                spoken(deal.pipeline),
                _deal(deal.state, deal.stage),
                _worth(deal.value),
                deal.moved_s,
            )
            for deal in profile.deals.values()
        ),
        quotes=_latest(
            Dealing(name, quote.state, _worth(quote.value), quote.changed_s)
            for name, quote in profile.quotes.items()
        ),
        cart=_latest(
            Dealing(product, f"{quantity:g}", _worth(quantity * price), profile.cart.touched_s)
            for product, (quantity, price, _) in profile.cart.lines.items()
        ),
        lists=sorted(profile.lists),
        topics=profile.topics,
        first_touch=_touch(profile.first_touch),
        last_touch=_touch(profile.last_touch),
        calls=profile.suppressed.get("call", "").removeprefix("may not be called: "),
    )


def _latest(dealings: Iterable[Dealing]) -> Sequence[Dealing]:
    return sorted(dealings, key=lambda one: -one.since_s)[:SHOWN_MAX]


def _deal(state: str, stage: str) -> str:
    return ", ".join(filter(None, (state, spoken(stage).lower() if state == "open" else "")))


def _worth(value: float) -> str:
    return text(round(value, 2)) if value else ""


def _touch(touch: Mapping[str, str]) -> str:
    """What brought the contact: the campaign, or else the site or page that it came from."""
    campaign = [touch[name] for name in _TOUCH[:3] if touch.get(name)]
    if campaign:
        return " / ".join(campaign)
    return next((touch[name] for name in _TOUCH[3:] if touch.get(name)), "")
