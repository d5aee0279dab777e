"""Rows 254 to 256: visitors, potential leads, leads and customers, each told when they come to it."""

import pytest
from hypothesis import given, strategies as st

from company import ANN, START_S, event, rules
from ripely.engine.step import fold, new_profile
from ripely.model.acts import Did
from ripely.model.company import Company, Lifecycle
from ripely.model.condition import AttributeIs, HasTag, InSegment, LifecycleIs
from ripely.model.event import Event
from ripely.model.ids import SegmentId
from ripely.model.profile import Profile
from ripely.model.segment import Segment
from ripely.model.words import LIFECYCLE

RULES = rules(Segment(SegmentId("buyers"), "Buyers", LifecycleIs(("customer",))))
EMAIL = {"email": "ann@example.com"}


def come(*said: tuple[str, dict[str, object]], profile: Profile | None = None):
    first = 100 if profile else 0
    events = [
        event(first + n, ANN, name, START_S + n, **what) for n, (name, what) in enumerate(said)
    ]
    return fold(RULES, profile or new_profile(ANN, START_S), events)


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ([("page.viewed", {})], "visitor"),
        ([("form.submitted", {})], "visitor"),
        ([("contact.identified", {"user_id": "42"})], "visitor"),
        ([("contact.identified", EMAIL)], "potential_lead"),
        ([("contact.identified", {"phone": "+380501234567"})], "potential_lead"),
        ([("contact.identified", EMAIL), ("form.submitted", {})], "lead"),
        ([("form.submitted", {}), ("contact.identified", EMAIL)], "lead"),
        ([("contact.identified", {"user_id": "42"}), ("signup.completed", {})], "lead"),
        ([("contact.identified", EMAIL), ("email.replied", {})], "lead"),
        ([("contact.identified", EMAIL), ("call.received", {})], "lead"),
        ([("contact.identified", EMAIL), ("call.made", {})], "potential_lead"),
        ([("order.completed", {})], "customer"),
        ([("payment.received", {})], "customer"),
        ([("deal.won", {"deal": "d"})], "customer"),
        ([("deal.opened", {"deal": "d"})], "visitor"),
    ],
)
def test_what_every_company_means(said, level) -> None:
    assert come(*said).profile.lifecycle == level


def test_each_rise_is_noted_with_its_reason_and_no_level_in_between() -> None:
    after = come(("contact.identified", EMAIL), ("order.completed", {}))
    notes = [
        (n.subject, n.reason, n.value) for n in after.notes if n.kind == "lifecycle.changed"
    ]
    assert notes == [
        ("potential_lead", "from visitor: contact.identified", 1),
        ("customer", "from potential_lead: order.completed", 3),
    ]
    assert after.profile.segments == {"buyers": START_S + 1}


ACTS = st.sampled_from([
    ("page.viewed", {}), ("form.submitted", {}), ("contact.identified", EMAIL), ("order.completed", {}),
    ("contact.identified", {"email": None}), ("order.refunded", {}), ("deal.lost", {"deal": "d"}),
])  # fmt: skip


@given(st.lists(ACTS, max_size=10))
def test_nobody_falls_by_themselves(said) -> None:
    reached = [LIFECYCLE.index(come(*said[:n]).profile.lifecycle) for n in range(len(said) + 1)]
    assert reached == sorted(reached)


def test_a_word_from_outside_sets_it_up_or_down() -> None:
    bought = come(("order.completed", {})).profile
    assert (
        come(("lifecycle.changed", {"to": "visitor"}), profile=bought).profile.lifecycle
        == "visitor"
    )
    assert come(("lifecycle.changed", {"to": "lead"})).profile.lifecycle == "lead"
    assert come(("lifecycle.changed", {"to": "friend"})).profile.lifecycle == "visitor"


def ruled(own: Lifecycle, *events: Event, also: tuple[Segment, ...] = ()) -> Profile:
    return fold(
        rules(Company("company", lifecycle=own), *also), new_profile(ANN, START_S), events
    ).profile


def test_a_company_can_mean_something_else() -> None:
    own = Lifecycle(lead=HasTag("asked"), customer=Did("contract.signed", at_least=2))
    known = event(0, ANN, "contact.identified", START_S, email="ann@example.com")
    assert (
        ruled(own, known, event(1, ANN, "form.submitted", START_S)).lifecycle
        == "potential_lead"
    )
    assert (
        ruled(own, known, event(1, ANN, "tag.added", START_S, tag="asked")).lifecycle == "lead"
    )
    assert ruled(own, event(1, ANN, "order.completed", START_S)).lifecycle == "visitor"
    signed = [event(n, ANN, "contract.signed", START_S + n) for n in range(2)]
    assert ruled(own, *signed).lifecycle == "customer"


def test_a_level_may_build_on_a_segment() -> None:
    rich = Segment(SegmentId("rich"), "Rich", AttributeIs("income", "at_least", 100))
    own = Lifecycle(customer=InSegment(SegmentId("rich")))
    told = event(1, ANN, "contact.identified", START_S, income=200)
    assert ruled(own, told, also=(rich,)).lifecycle == "customer"
