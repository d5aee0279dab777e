"""Rows of the archive: what rules can ask for is found as text, and nothing of an event is lost."""

import msgspec
from hypothesis import given, strategies as st

from company import event
from ripely.compiler.operators import items, text
from ripely.compiler.paths import lookup
from ripely.model.event import Event
from ripely.model.ids import ContactId
from ripely.model.note import Note
from ripely.model.profile import Decaying, Profile
from ripely.model.words import lowered
from ripely.ports import EventRow, Folded
from ripely.runtime.archiving import (
    NUL,
    PROPERTIES_MAX,
    decision_rows,
    event_of,
    event_rows,
    person_row,
)

ANN = ContactId(7)
NAMES = st.sampled_from(["url", "a", "b", "c", "a.b", "a.b.c", "", "."])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
PROPERTIES = st.dictionaries(NAMES | st.text(max_size=3), VALUES, max_size=6)


def row_of(properties: dict[str, object]) -> EventRow:
    return event_rows(told(properties))[0]


def told(properties: dict[str, object]) -> Folded:
    happened = event(1, ANN, "page.viewed", 1_000_000, late_s=5)
    return Folded(ANN, 9, [msgspec.structs.replace(happened, properties=properties)], [])


def exactly(value: object) -> bytes:
    return msgspec.json.encode(value, order="deterministic")


@given(PROPERTIES)
def test_an_event_comes_back_as_it_was(properties: dict[str, object]) -> None:
    folded = told(properties)
    again: Event = event_of(event_rows(folded)[0])
    assert exactly(again) == exactly(folded.events[0])


@given(PROPERTIES)
def test_a_way_finds_in_the_row_what_it_finds_in_the_event(
    properties: dict[str, object],
) -> None:
    row = row_of(properties)
    ways = ["a", "b", "a.b", "a.b.c", "a.a", "b.c.a", "c.", ".a", "c.c.c"]
    for way in ways:
        found = [
            text(one).replace(NUL, "")
            for one in items(lookup(way)(properties))
            if isinstance(one, str | int | float)
        ]
        assert [lowered(one) for one in row.properties.get(way, [])] == found


def test_the_address_of_a_page_stands_alone() -> None:
    row = row_of({"url": "https://shop.example/Boots", "title": "Boots"})
    assert row.url == "https://shop.example/Boots"
    assert (row.properties, row.exact) == ({"title": ["Boots"]}, "")


def test_an_order_is_found_by_its_products() -> None:
    products = [{"category": "Boots", "price": 90.0}, {"category": "Socks"}]
    row = row_of({"products": products, "revenue": 99})
    assert row.properties == {
        "revenue": ["99"],
        "products.category": ["Boots", "Socks"],
        "products.price": ["90"],
    }
    assert row.exact == (
        '{"products":[{"category":"Boots","price":90.0},{"category":"Socks"}],"revenue":99}'
    )


def test_an_event_of_very_many_properties_is_kept_whole_and_asked_for_in_part() -> None:
    properties = {f"p{n}": "x" for n in range(PROPERTIES_MAX)} | {"late": "x", "deep": {"a": 1}}
    folded = told(properties)
    row = event_rows(folded)[0]
    assert len(row.properties) == PROPERTIES_MAX
    assert event_of(row) == folded.events[0]


def test_rows_stand_in_the_order_of_the_fold() -> None:
    happened = [event(n, ANN, "page.viewed", 1_000_000 + n) for n in range(3)]
    notes = [Note("segment.entered", "hot", "page.viewed", 1, 5), Note("tag.added", "lead")]
    folded = Folded(ANN, 9, happened, notes)
    assert [(row.position, row.n, row.id) for row in event_rows(folded)] == [
        (9, n, one.id) for n, one in enumerate(happened)
    ]
    first, second = decision_rows(folded)
    assert (first.n, first.at_ms, first.kind, first.subject) == (0, 5, "segment.entered", "hot")
    assert (first.reason, first.value, second.n, second.kind) == (
        "page.viewed",
        1,
        1,
        "tag.added",
    )


def test_a_person_is_told_in_columns() -> None:
    profile = Profile(
        ANN,
        now_s=50,
        attributes={"city": "Kyiv", "visits": 3.0, "topics": ["a", 1], "gone": None},
        scores={"fit": 4, "interest": 9},
        decaying={"interest": Decaying(9.5, 40, 3_600, 1, None, 100)},
    )
    row = person_row(profile, 12)
    assert (row.position, row.at_ms) == (12, 50_000)
    assert row.attributes == {"city": ["Kyiv"], "visits": ["3"], "topics": ["a", "1"]}
    assert row.scores["fit"].points == 4
    kept = row.scores["interest"]
    assert (kept.points, kept.lasting, kept.at_s, kept.half_life) == (9.5, 1, 40, 3_600)
    assert (kept.least, kept.most) == (None, 100)
