"""Questions about deals, quotes and the cart."""

from collections.abc import Callable

from ripely.compiler.operators import text
from ripely.engine.ruleset import Condition, Key
from ripely.model.condition import HasCart, HasDeal, HasQuote
from ripely.model.profile import Cart, Enrollment, Profile


def compile_sales(asked: HasDeal | HasQuote | HasCart) -> Condition:
    match asked:
        case HasDeal():
            return _counted("deals", _deals(asked), asked.idle_for, asked.at_most)
        case HasQuote():
            return _counted("quotes", _quotes(asked), asked.idle_for, asked.at_most)
        case HasCart():
            return _counted("cart", _cart(asked), asked.idle_for, None)


_Touched = Callable[[Profile], list[int]]
"""When each of those that are meant was last touched."""


def _deals(asked: HasDeal) -> _Touched:
    least, stages = asked.value_at_least, frozenset(map(text, asked.stages))
    return lambda profile: [
        deal.moved_s
        for deal in profile.deals.values()
        if (asked.state is None or deal.state == asked.state)
        and (not asked.pipeline or deal.pipeline == asked.pipeline)
        and (not stages or text(deal.stage) in stages)
        and (least is None or deal.value >= least)
    ]


def _quotes(asked: HasQuote) -> _Touched:
    least, states = asked.value_at_least, frozenset(asked.states)
    return lambda profile: [
        quote.changed_s
        for quote in profile.quotes.values()
        if quote.state in states and (least is None or quote.value >= least)
    ]


def _cart(asked: HasCart) -> _Touched:
    product, category = text(asked.product), text(asked.category)

    def is_meant(cart: Cart) -> bool:
        if asked.value_at_least is not None:
            worth = sum(quantity * price for quantity, price, _ in cart.lines.values())
            if worth < asked.value_at_least:
                return False
        return (not product or product in map(text, cart.lines)) and (
            not category or any(text(kind) == category for _, _, kind in cart.lines.values())
        )

    return lambda profile: (
        [profile.cart.touched_s] if profile.cart.lines and is_meant(profile.cart) else []
    )


def _counted(key: Key, touched: _Touched, idle_s: int | None, at_most: int | None) -> Condition:
    """Compare how many there are; with `idle_s`, how many were last touched so long ago."""

    def test(profile: Profile, now: int, _place: Enrollment) -> bool:
        moments = touched(profile)
        if idle_s:
            moments = [moment for moment in moments if moment <= now - idle_s]
        return bool(moments) if at_most is None else len(moments) <= at_most

    def lapse(profile: Profile, now: int, _place: Enrollment) -> int:
        """The answer changes when one more becomes idle than it may be without a change."""
        moments = sorted(touched(profile))
        turn = at_most or 0
        if len(moments) <= turn:
            return 0
        due = moments[turn] + (idle_s or 0)
        return due if due > now else 0

    return Condition(test, lapse if idle_s else None, frozenset({key}))
