"""A merge adds up lists, topics, deals, carts and the rest; undone, it gives back just what was taken."""

import msgspec
from hypothesis import given, strategies as st

from company import ANN, DAN, START_S, event, rules
from ripely.engine.limits import LISTS_MAX, TOPICS_MAX
from ripely.engine.step import fold, new_profile
from ripely.model.condition import HasCart, HasTopic, InList, LifecycleIs, Reachable, Touch
from ripely.model.effect import EmitEvent
from ripely.model.event import Event
from ripely.model.ids import EventId, ListId, SegmentId, derive
from ripely.model.profile import Profile
from ripely.model.segment import Segment

CONDITIONS = {
    "news": InList(ListId("news")), "bikes": HasTopic("bikes"), "cart": HasCart(product="b7"),
    "leads": LifecycleIs(("lead", "customer")), "ads": Touch("first", "source", value="ads"),
    "callable": Reachable("call"),
}  # fmt: skip
RULES = rules(*(Segment(SegmentId(name), name, when) for name, when in CONDITIONS.items()))
KEPT = ("lists", "topics", "lifecycle", "first_touch", "last_touch", "deals", "quotes", "cart", "rhythm", "suppressed", "segments")  # fmt: skip
PAGE = {"url": "https://shop.example/", "path": "/"}


class Couple:
    """Ann and Dan, who turn out to be one: what is emitted reaches the other."""

    def __init__(self) -> None:
        self.profiles: dict[int, Profile] = {
            ANN: new_profile(ANN, START_S),
            DAN: new_profile(DAN, START_S - 9),
        }
        self.number = 0

    def tell(self, who: int, name: str, at_s: int, /, **properties: object) -> None:
        self.number += 1
        self.take(event(self.number, who, name, START_S + at_s, **properties))

    def take(self, told: Event) -> None:
        after = fold(RULES, self.profiles[told.contact], [told])
        self.profiles[told.contact] = after.profile
        for effect in after.effects:
            assert isinstance(effect, EmitEvent)
            properties = msgspec.json.decode(msgspec.json.encode(effect.properties))
            made = EventId(derive("event", effect.id))
            self.take(
                Event(
                    made,
                    effect.target,
                    effect.name,
                    effect.decided_ms,
                    effect.decided_ms,
                    properties,
                )
            )

    def kept(self, who: int) -> dict[str, object]:
        return msgspec.to_builtins({name: getattr(self.profiles[who], name) for name in KEPT})


def couple() -> Couple:
    two = Couple()
    two.tell(ANN, "page.viewed", 0, **PAGE, utm_source="news")
    two.tell(ANN, "list.joined", 1, list="old")
    two.tell(ANN, "topic.joined", 2, topic="tyres")
    two.tell(ANN, "topic.joined", 3, topic="bags")
    two.tell(ANN, "contact.identified", 4, phone="+380501234567")
    two.tell(ANN, "product.added", 5, product_id="x1", price=5)
    two.tell(ANN, "deal.opened", 6, deal="both", value=10)
    two.tell(DAN, "page.viewed", 10, **PAGE, utm_source="ads")
    two.tell(DAN, "list.joined", 11, list="news")
    two.tell(DAN, "topic.joined", 12, topic="bikes")
    two.tell(DAN, "topic.left", 13, topic="tyres")
    two.tell(DAN, "contact.identified", 14, user_id="7")
    two.tell(DAN, "signup.completed", 15)
    two.tell(DAN, "product.added", 16, product_id="b7", price=40)
    two.tell(DAN, "deal.opened", 17, deal="both", value=99)
    two.tell(DAN, "deal.opened", 18, deal="his", value=7)
    two.tell(DAN, "quote.sent", 19, quote="q", value=7)
    two.tell(DAN, "call.forbidden", 20, reason="asked")
    return two


def test_the_winner_has_both() -> None:
    two = couple()
    assert set(two.profiles[ANN].segments) == {"callable"}
    two.tell(DAN, "contact.merged", 30, into=ANN)
    ann = two.profiles[ANN]
    assert ann.lists == {"old": START_S + 1, "news": START_S + 11}
    assert {topic: said.granted for topic, said in ann.topics.items()} == {
        "tyres": False,
        "bags": True,
        "bikes": True,
    }
    assert ann.lifecycle == "lead"
    assert (ann.first_touch["source"], ann.last_touch["source"]) == ("ads", "ads"), (
        "he was here before her, and after"
    )
    assert {name: deal.value for name, deal in ann.deals.items()} == {"both": 10, "his": 7}
    assert set(ann.quotes) == {"q"}
    assert set(ann.cart.lines) == {"x1", "b7"}
    assert sum(ann.rhythm) == 4
    assert ann.suppressed == {"call": "asked"}
    assert set(ann.segments) == {"news", "bikes", "cart", "leads", "ads"}


def test_of_two_who_came_in_one_second_the_winner_was_first_and_last() -> None:
    two = Couple()
    two.profiles[DAN] = new_profile(DAN, START_S)
    for who, source in ((ANN, "news"), (DAN, "ads")):
        two.tell(who, "page.viewed", 0, **PAGE, utm_source=source)
    two.tell(DAN, "contact.merged", 30, into=ANN)
    ann = two.profiles[ANN]
    assert (ann.first_touch["source"], ann.last_touch["source"]) == ("news", "news")


def test_undone_each_has_what_was_theirs() -> None:
    two = couple()
    before = {who: two.kept(who) for who in (ANN, DAN)}
    two.tell(DAN, "contact.merged", 30, into=ANN)
    assert two.kept(ANN) != before[ANN]
    two.tell(ANN, "contact.unmerged", 40, **{"from": DAN})
    after = two.kept(ANN)
    for known in (after, before[ANN]):
        known["segments"], known["cart"] = list(known["segments"]), known["cart"][0]
    assert after == before[ANN]
    dan = two.kept(DAN)
    assert set(dan.pop("segments")) == set(before[DAN].pop("segments"))
    assert dan == before[DAN]


def test_what_changed_since_stays_changed() -> None:
    two = couple()
    two.tell(DAN, "contact.merged", 30, into=ANN)
    two.tell(ANN, "topic.left", 31, topic="bikes")
    two.tell(ANN, "deal.won", 32, deal="his")
    two.tell(ANN, "order.completed", 33)
    two.tell(ANN, "contact.unmerged", 40, **{"from": DAN})
    ann = two.profiles[ANN]
    assert not ann.topics["bikes"].granted
    assert ann.deals["his"].state == "won"
    assert ann.lifecycle == "customer"
    assert ann.cart.lines == {}


def test_who_earned_the_level_since_keeps_it() -> None:
    two = couple()
    two.tell(DAN, "contact.merged", 30, into=ANN)
    two.tell(ANN, "form.submitted", 31)
    two.tell(ANN, "contact.unmerged", 40, **{"from": DAN})
    assert two.profiles[ANN].lifecycle == "lead"


def test_a_cart_that_was_emptied_since_stays_empty() -> None:
    two = Couple()
    two.tell(DAN, "product.added", 1, product_id="b7")
    two.tell(ANN, "product.added", 2, product_id="b7")
    two.tell(ANN, "order.completed", 3)
    two.tell(DAN, "contact.merged", 4, into=ANN)
    assert two.profiles[ANN].cart.lines == {}


ACTS = st.sampled_from([
    ("list.joined", {"list": "a"}), ("list.left", {"list": "a"}), ("topic.joined", {"topic": "t"}),
    ("topic.left", {"topic": "t"}), ("page.viewed", {**PAGE, "utm_source": "ads"}), ("form.submitted", {}),
    ("contact.identified", {"email": "a@b.c"}), ("deal.opened", {"deal": "d"}), ("deal.lost", {"deal": "d"}),
    ("product.added", {"product_id": "p"}), ("order.completed", {}), ("quote.viewed", {"quote": "q"}),
])  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from([ANN, DAN]), ACTS), max_size=12))
def test_a_merge_undone_at_once_leaves_nothing_behind(life) -> None:
    two = Couple()
    for number, (who, (name, properties)) in enumerate(life):
        two.tell(who, name, number * 2_000, **properties)
    before = two.kept(ANN)
    two.tell(DAN, "contact.merged", 100_000, into=ANN)
    two.tell(ANN, "contact.unmerged", 100_001, **{"from": DAN})
    after = two.kept(ANN)
    for known in (after, before):
        known["segments"], known["cart"], rhythm = (
            set(known["segments"]),
            known["cart"][0],
            known.pop("rhythm"),
        )
        known["rhythm"] = [n for n, count in enumerate(rhythm) if count]
    assert after == before


def test_what_is_handed_over_has_bounds_too() -> None:
    two = Couple()
    for who in (ANN, DAN):
        for n in range(LISTS_MAX):
            two.tell(who, "list.joined", n, list=f"{who}-{n}")
            two.tell(who, "topic.joined", n, topic=f"{who}-{n}")
    two.tell(DAN, "contact.merged", 1_000, into=ANN)
    assert (len(two.profiles[ANN].lists), len(two.profiles[ANN].topics)) == (
        LISTS_MAX,
        TOPICS_MAX,
    )
