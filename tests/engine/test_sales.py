"""Deals, quotes and the cart, as events leave them: in any order, and never without bounds."""

import pytest
from hypothesis import given, strategies as st

from company import ANN, START_S, event, rules
from ripely.engine.limits import CART_MAX, DEALS_MAX, QUOTES_MAX
from ripely.engine.step import fold, new_profile
from ripely.model.company import Company
from ripely.model.condition import HasCart, HasDeal
from ripely.model.duration import Duration
from ripely.model.event import Event
from ripely.model.ids import SegmentId
from ripely.model.profile import Deal, Profile, Quote
from ripely.model.segment import Segment

HOUR_S = 3_600
LEFT = Segment(SegmentId("left"), "Left a cart", HasCart(idle_for=Duration(HOUR_S)))
COLD = Segment(
    SegmentId("cold"), "A cold deal", HasDeal(state="open", idle_for=Duration(HOUR_S))
)
RULES = rules(LEFT, COLD)


def after(*events: Event) -> Profile:
    return fold(RULES, new_profile(ANN, START_S), events).profile


def line(number: int, name: str, at_s: int = 0, **properties: object) -> Event:
    return event(number, ANN, name, START_S + at_s, **properties)


def test_a_deal_is_what_its_events_left_of_it() -> None:
    opened = line(1, "deal.opened", deal="d7", pipeline="renewal", stage="new", value=100)
    moved = line(2, "deal.moved", 10, deal="d7", stage="offer")
    updated = line(3, "deal.updated", 20, deal="d7", value="250.5")
    won = line(4, "deal.won", 30, deal="d7")
    assert after(opened).deals == {"d7": Deal("renewal", "new", "open", 100, START_S)}
    assert after(opened, moved).deals["d7"] == Deal(
        "renewal", "offer", "open", 100, START_S + 10
    )
    assert after(opened, moved, updated).deals["d7"].value == 250.5
    assert after(opened, moved, updated, won).deals["d7"] == Deal(
        "renewal", "offer", "won", 250.5, START_S + 30
    )
    again = line(5, "deal.moved", 40, deal="d7", stage="new")
    assert after(opened, won, again).deals["d7"].state == "open", "it was opened again"
    lost = line(5, "deal.lost", 40, deal="d7")
    late = line(6, "deal.updated", 50, deal="d7", value=9)
    assert (after(opened, lost, late).deals["d7"].state, after(late).deals["d7"].state) == (
        "lost",
        "open",
    )


@pytest.mark.parametrize("name", ["deal.won", "quote.sent"])
def test_what_does_not_say_which_one_is_left_out(name) -> None:
    done = fold(
        RULES,
        new_profile(ANN, START_S),
        [line(1, name, value=5), line(2, name, deal=True, quote=[])],
    )
    assert (done.profile.deals, done.profile.quotes) == ({}, {})
    assert [n.reason for n in done.notes if n.kind == "event.ignored"] == [
        "it does not say which one is meant"
    ] * 2


@given(st.permutations(["deal.opened", "deal.moved", "deal.won"]))
def test_late_words_about_a_deal_change_nothing(names) -> None:
    """Told in any order, the state is that of the word that was said last."""
    said = {"deal.opened": 0, "deal.moved": 10, "deal.won": 20}
    events = [
        line(n, name, 100, late_s=100 - said[name], deal="d") for n, name in enumerate(names)
    ]
    assert after(*events).deals["d"].state == "won"
    assert after(*events).deals["d"].moved_s == START_S + 20


def test_of_two_words_of_the_same_second_the_second_holds() -> None:
    opened, won = line(1, "deal.opened", deal="d"), line(2, "deal.won", deal="d")
    assert after(opened, won).deals["d"].state == "won"
    assert after(won, opened).deals["d"].state == "open"


@pytest.mark.parametrize(
    ("names", "state"),
    [
        (["sent"], "sent"),
        (["sent", "viewed"], "viewed"),
        (["sent", "accepted", "viewed"], "accepted"),
        (["sent", "declined", "viewed"], "declined"),
        (["sent", "expired", "sent"], "sent"),
        (["viewed"], "viewed"),
    ],
)
def test_a_quote_that_has_ended_is_not_opened_by_a_look(names, state) -> None:
    events = [
        line(n, f"quote.{name}", n, quote="q12", value=80) for n, name in enumerate(names)
    ]
    assert after(*events).quotes == {"q12": Quote(state, 80, START_S + len(names) - 1)}


def test_the_oldest_that_has_ended_is_forgotten_first() -> None:
    deals = [line(n, "deal.opened", n, deal=f"d{n}") for n in range(DEALS_MAX)]
    lost = line(900, "deal.lost", 100, deal="d5")
    more = line(901, "deal.opened", 101, deal="more")
    even_more = line(902, "deal.opened", 102, deal="even more")
    kept = after(*deals, lost, more, even_more).deals
    assert len(kept) == DEALS_MAX
    assert not {"d5", "d0"} & set(kept)
    quotes = [line(n, "quote.sent", n, quote=f"q{n}") for n in range(QUOTES_MAX + 3)]
    assert set(after(*quotes).quotes) == {f"q{n}" for n in range(3, QUOTES_MAX + 3)}


def test_a_cart_fills_and_empties() -> None:
    bike = line(
        1, "product.added", 1, product_id="b7", price=40.0, category="Bikes", quantity=2
    )
    bag = line(2, "product.added", 2, sku="x1", price="5")
    more = line(3, "product.added", 3, product_id="b7")
    less = line(4, "product.removed", 4, product_id="b7", quantity=1)
    none = line(5, "product.removed", 5, sku="x1")
    assert after(bike, bag).cart.lines == {"b7": (2, 40, "Bikes"), "x1": (1, 5, "")}
    assert after(bike, bag, more).cart.lines["b7"] == (3, 40, "Bikes")
    assert after(bike, bag, more, less, none).cart.lines == {"b7": (2, 40, "Bikes")}
    assert after(bike, bag).cart.touched_s == START_S + 2
    for name in ("order.completed", "cart.emptied"):
        assert after(bike, bag, line(9, name, 9)).cart.lines == {}


def test_a_cart_that_is_told_whole_is_that() -> None:
    bike = line(1, "product.added", 1, product_id="b7", price=40)
    whole = line(
        2, "cart.updated", 2, value=99, products=[{"product_id": "x1", "price": 5}, "nonsense"]
    )
    assert after(bike, whole).cart.lines == {"x1": (1, 5, "")}
    assert after(bike, line(2, "cart.updated", 2, total=120)).cart.lines == {"": (1, 120, "")}
    assert after(bike, line(2, "cart.updated", 2, products=[])).cart.lines == {}
    assert after(bike, line(2, "cart.updated", 2, value=0)).cart.lines == {}


def test_what_was_in_the_cart_before_it_was_bought_does_not_come_back() -> None:
    order = line(1, "order.completed", 50)
    late = line(2, "product.added", 60, late_s=20, product_id="b7")
    new = line(3, "product.added", 70, product_id="x1")
    assert after(line(0, "product.added", 1, product_id="y"), order, late).cart.lines == {}
    assert set(
        after(line(0, "product.added", 1, product_id="y"), order, late, new).cart.lines
    ) == {"x1"}


def test_a_cart_has_bounds() -> None:
    events = [
        line(n, "product.added", n, product_id=str(n), price=1e308) for n in range(CART_MAX + 5)
    ]
    assert len(after(*events).cart.lines) == CART_MAX
    nonsense = line(1, "product.added", product_id="a", price="inf", quantity=[5], category=5)
    assert after(nonsense).cart.lines == {"a": (1, 0, "")}


@pytest.mark.parametrize("price", [1e308, "-1e300", 10**16, "inf", "nan"])
def test_a_price_beyond_all_worth_is_none(price) -> None:
    """A visitor may say anything; what a cart is worth can be asked all the same."""
    dear = Segment(SegmentId("dear"), "Dear", HasCart(value_at_least=100))
    told = [
        event(
            number,
            ANN,
            "product.added",
            START_S + number,
            product_id=f"p{number}",
            price=price,
            quantity=price,
        )
        for number in range(3)
    ]
    profile = fold(rules(dear), new_profile(ANN, START_S), told).profile
    assert set(profile.cart.lines.values()) == {(1.0, 0.0, "")}
    assert profile.segments == {}


def test_a_cart_left_for_an_hour_is_noticed_to_the_second() -> None:
    filled = after(line(1, "product.added", 1, product_id="b7", price=40))
    assert filled.due_s == START_S + 1 + HOUR_S
    left = fold(RULES, filled, [line(2, "x", 2 * HOUR_S)])
    assert [(n.kind, n.at_ms // 1000) for n in left.notes if n.subject == "left"] == [
        ("segment.entered", START_S + 1 + HOUR_S)
    ]
    back = fold(RULES, left.profile, [line(3, "product.added", 3 * HOUR_S, product_id="x1")])
    assert "left" not in back.profile.segments


def test_a_deal_grows_cold_to_the_second() -> None:
    opened = after(line(1, "deal.opened", 5, deal="d"))
    assert opened.due_s == START_S + 5 + HOUR_S
    moved = fold(RULES, opened, [line(2, "deal.moved", 100, deal="d", stage="offer")]).profile
    assert moved.due_s == START_S + 100 + HOUR_S
    assert fold(RULES, moved, [line(3, "deal.won", 200, deal="d")]).profile.due_s == 0


def test_what_is_told_in_another_currency_has_no_worth_that_could_be_compared() -> None:
    """It is known, with its state and stage; what says no currency is in the company's."""
    ours = rules(Company("company", currency="EUR"))
    told: list[tuple[dict[str, object], float]] = [
        ({"currency": "EUR"}, 100),
        ({"currency": "eur"}, 100),
        ({"currency": ""}, 100),
        ({}, 100),
        ({"currency": "USD"}, 0),
    ]
    for said, worth in told:
        events = [
            line(1, "deal.opened", deal="d", value=100, **said),
            line(2, "quote.sent", quote="q", value=100, **said),
            line(3, "product.added", product_id="b", price=100, **said),
        ]
        kept = fold(ours, new_profile(ANN, START_S), events).profile
        assert (kept.deals["d"].value, kept.quotes["q"].value) == (worth, worth)
        assert kept.cart.lines == {"b": (1, worth, "")}
        assert after(*events).deals["d"].value == 100, "without a currency of the company"


def test_a_deal_that_goes_on_in_another_currency_is_not_worth_what_it_was() -> None:
    ours = rules(Company("company", currency="EUR"))
    opened = line(1, "deal.opened", 1, deal="d", value=100, currency="EUR")
    again = line(2, "deal.moved", 2, deal="d", value=90, currency="USD")
    moved = line(3, "deal.moved", 3, deal="d", stage="offer", currency="USD")

    def worth(*events: Event) -> float:
        return fold(ours, new_profile(ANN, START_S), events).profile.deals["d"].value

    assert (worth(opened, moved), worth(opened, again)) == (100, 0)
