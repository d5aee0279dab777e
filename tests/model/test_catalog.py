import re
from collections import Counter
from typing import get_args

from ripely.model.catalog import (
    BY_NAME,
    CATALOG,
    RESERVED,
    SERVERS_ONLY,
    is_act,
    property_type,
    standard_name,
)
from ripely.model.words import ChannelKind
from ripely.runtime.segment import storable


def test_names_say_who_did_what() -> None:
    assert not [
        s.name
        for s in CATALOG
        if not re.fullmatch(r"[a-z]+(_[a-z]+)?\.[a-z]+(_[a-z]+)?", s.name)
    ]
    assert len(BY_NAME) == len(CATALOG)


def test_a_segment_name_means_one_event() -> None:
    spoken = Counter(name.lower() for standard in CATALOG for name in standard.spoken)
    assert max(spoken.values()) == 1


def test_every_event_is_told_in_a_sentence() -> None:
    assert not [s.name for s in CATALOG if not re.fullmatch(r"[A-Z].+\.", s.about)]


def test_segment_names_are_translated_and_others_kept() -> None:
    assert (
        standard_name("Product Viewed") == standard_name("product viewed") == "product.viewed"
    )
    assert standard_name("Seat Chosen") == "Seat Chosen"


def test_what_a_person_does_counts_as_an_act() -> None:
    acts = (
        "page.viewed",
        "order.completed",
        "Seat Chosen",
        "popup.accepted",
        "file.downloaded",
    )
    others = (
        "email.opened",
        "timer.fired",
        "contact.identified",
        "consent.granted",
        "deal.moved",
    )
    assert all(map(is_act, acts))
    assert not any(map(is_act, others))


def test_what_ripely_says_can_be_said_by_nobody_else() -> None:
    assert not [s.name for s in CATALOG if s.reserved and s.spoken]
    assert {"timer.fired", "rules.changed", "contact.merged", "email.clicked"} <= RESERVED


def test_a_page_may_say_what_the_visitor_does_and_a_server_the_rest() -> None:
    page = {s.name for s in CATALOG} - SERVERS_ONLY - RESERVED
    assert {"page.viewed", "order.completed", "consent.granted", "form.abandoned"} <= page
    for server in ("deal.won", "call.answered", "quote.sent", "payment.received", "tag.added"):
        assert server in SERVERS_ONLY
    assert not SERVERS_ONLY & RESERVED


def test_examples_give_types() -> None:
    order = BY_NAME["order.completed"].properties
    assert {name: property_type(value) for name, value in order.items()} == {
        "order_id": "text",
        "total": "number",
        "currency": "text",
        "products": "list",
    }
    assert property_type(True) == "yes or no"


def test_there_is_an_event_for_whatever_happens() -> None:
    assert len([s for s in CATALOG if not s.inner]) >= 90
    kinds = {s.name.split(".")[0] for s in CATALOG}
    assert set(get_args(ChannelKind)) <= kinds


def test_every_example_can_be_kept() -> None:
    for standard in CATALOG:
        assert storable(dict(standard.properties)) == standard.properties
        assert not {type(v) for v in standard.properties.values()} - {str, int, float, list}
