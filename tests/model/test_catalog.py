import re
from collections import Counter
from pathlib import Path

from ripely.model.catalog import (
    BY_NAME,
    CATALOG,
    RESERVED,
    is_act,
    property_type,
    standard_name,
)


def test_names_say_who_did_what() -> None:
    assert not [s.name for s in CATALOG if not re.fullmatch(r"[a-z]+\.[a-z]+", s.name)]
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


def test_examples_give_types() -> None:
    order = BY_NAME["order.completed"].properties
    assert {name: property_type(value) for name, value in order.items()} == {
        "order_id": "text",
        "total": "number",
        "currency": "text",
        "products": "list",
    }
    assert property_type(True) == "yes or no"


def test_every_standard_event_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "events.md").read_text()
    documented = re.findall(r"^\| `([\w.]+)` \| (.*?) \|", page, re.MULTILINE)
    assert documented == [(s.name, ", ".join(s.spoken)) for s in CATALOG]
