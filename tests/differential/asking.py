"""Conditions and histories that Hypothesis makes up."""

from datetime import UTC, datetime

from hypothesis import strategies as st
from msgspec.structs import replace

from company import ANN, START_S, event
from differential.plainly import COMPANY_ZONE
from ripely.model.acts import (
    Absence,
    Act,
    Aggregate,
    Bought,
    Did,
    Message,
    Occasion,
    Page,
    Searched,
    Seen,
    Sequence,
    Where,
)
from ripely.model.condition import All, AnyOf, AtLeast, AttributeIs, Not
from ripely.model.duration import Duration
from ripely.model.event import Event


def _s(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp())


# An ordinary day; the last hours of a year; of a Sunday and a month; before clocks change; and the
# very midnight at which a day, and at which a week and a month begin for the company.
BEGINNINGS = (
    START_S,
    _s(2030, 1, 2, 5),
    _s(2030, 4, 1, 4),
    _s(2030, 3, 31, 4),
    _s(2029, 12, 31, 18),
    _s(2030, 3, 31, 19),
    _s(2030, 3, 9, 22),
    _s(2030, 3, 30, 20),
    _s(2030, 11, 2, 23),
)
ZONES = (COMPANY_ZONE, "Europe/Kyiv", "Africa/Cairo", "Pacific/Auckland", "Asia/Kathmandu")
DAYS = sorted({
    datetime.fromtimestamp(at + days * 86_400, UTC).date().isoformat()
    for at in BEGINNINGS
    for days in (-1, 0, 1)
})  # fmt: skip

hours = st.integers(1, 6).map(lambda h: Duration(h * 3600))
parts = st.one_of(
    hours.map(lambda h: ("within", h)),
    st.integers(1, 4).map(lambda h: ("older_than", Duration(h * 1800))),
    st.sampled_from(["today", "this_week", "this_month", "this_year"]).map(
        lambda period: ("during", period)
    ),
    st.sampled_from(DAYS).map(lambda day: ("since", day)),
    st.sampled_from(DAYS).map(lambda day: ("until", day)),
)
few = st.one_of(
    st.just({}),
    hours.map(lambda h: {"within": h}),
    st.lists(parts, min_size=1, max_size=2).map(dict),
    st.lists(parts, min_size=1, max_size=2).map(dict),
)
"""Few parts at a time: with all of them hardly anything is left to count."""
moving = st.fixed_dictionaries(
    {"during": st.sampled_from(["today", "this_week"])},
    optional={"within": st.sampled_from([6, 12, 24]).map(lambda h: Duration(h * 3600))},
)
bounds = st.sampled_from([(1, None), (2, None), (3, None), (None, 0), (None, 2), (1, 2)])
dear = (Where("price", "more_than", 50),)
acts = st.sampled_from([
    Act("page.viewed", (Where("url", "contains", "pricing"),)),
    Act("page.viewed"),
    Act("product.viewed"),
    Act("product.viewed", dear),
    Act("order.completed"),
    Act("order.completed", (Where("products.category", "equals", "Boots"),)),
])  # fmt: skip


def counted(make, *strategies):
    return st.builds(
        lambda given, bound, window: make(
            *given, at_least=bound[0], at_most=bound[1], **window
        ),
        st.tuples(*strategies),
        bounds,
        few,
    )


def aggregates(take: str, of: str, event_: str, limits):
    return st.builds(
        lambda limit, window, at_least: Aggregate(
            take, of, event_, at_least=limit if at_least else None,
            at_most=None if at_least else limit, **window,
        ),
        limits, few, st.booleans(),
    )  # fmt: skip


often = st.one_of(
    counted(lambda path, **how: Page("contains", path, **how), st.sampled_from(["pricing", "boots"])),
    counted(lambda **how: Page("category", "/boots", **how)),
    counted(lambda seconds, **how: Page("contains", "boots", seconds=seconds, **how), st.sampled_from([10, 30])),
    counted(lambda **how: Did("product.viewed", dear, **how)),
    counted(lambda **how: Did("order.completed", (Where("products.category", "not_equals", "Boots"),), **how)),
    counted(lambda **how: Searched("tyres", **how)),
    counted(lambda by, **how: Message("opened", by=by, **how), st.sampled_from([
        ("human", "unknown"), ("human",), ("machine",), ("machine", "unknown"), ("human", "unknown", "machine"),
    ])),
    counted(lambda category, **how: Bought(category=category, **how), st.sampled_from(["", "Boots"])),
)  # fmt: skip
numbers = st.one_of(
    *(aggregates(take, "total", "order.completed", st.sampled_from([0, 0.3, 19.9, 40, 99.5]))
      for take in ("sum", "minimum", "maximum", "average")),
    aggregates("distinct", "products.category", "order.completed", st.integers(0, 3)),
    aggregates("distinct", "url", "page.viewed", st.integers(0, 3)),
    aggregates("distinct", "price", "product.viewed", st.integers(0, 3)),
)  # fmt: skip
occasions = st.builds(
    lambda which, asked, window: Occasion(which, asked[0], asked[1], op=asked[2], value=asked[3], **window),
    st.sampled_from(["first", "last"]),
    st.sampled_from([
        ("coupon", "order.completed", "equals", "MAY"),
        ("coupon", "order.completed", "empty", None),
        ("products.category", "order.completed", "equals", "Boots"),
        ("products.category", "order.completed", "not_equals", "Boots"),
        ("total", "order.completed", "more_than", 20),
        ("url", "page.viewed", "contains", "boots"),
    ]),
    few,
)  # fmt: skip
sequences = st.builds(
    Sequence, st.lists(acts, min_size=2, max_size=3).map(tuple), hours, st.none() | hours
)
absences = st.builds(Absence, acts, acts, hours)
happened = st.one_of(often, numbers, occasions, sequences, absences, st.builds(Seen, hours))
leaves = st.one_of(
    happened,
    st.builds(AttributeIs, name=st.just("city"), value=st.sampled_from(["Kyiv", "Lviv"])),
)


def grouped(inner):
    some = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Not, inner),
        st.builds(All, some),
        st.builds(AnyOf, some),
        st.builds(AtLeast, st.integers(1, 3), some),
    )


conditions = st.recursive(leaves, grouped, max_leaves=4)
of_acts = st.recursive(happened, grouped, max_leaves=3)


def since_entering(condition, which):
    """Say of a condition that counts in a window that it counts from entering on."""
    if not hasattr(condition, "since_entering"):
        return condition
    return replace(condition, since_entering=which)


WHAT = {
    "pricing": ("page.viewed", {"url": "https://x.example/pricing", "path": "/pricing"}),
    "boots": ("page.viewed", {"url": "https://x.example/boots", "path": "/boots"}),
    "skimmed": ("page.left", {"url": "https://x.example/boots", "seconds": 5}),
    "read": ("page.left", {"url": "https://x.example/boots", "seconds": 30, "scroll": 90}),
    "searched": ("search.performed", {"query": "winter tyres"}),
    "cheap": ("product.viewed", {"price": 50}),
    "dear": ("product.viewed", {"price": "50.5"}),
    "opened": ("email.opened", {"by": "human"}),
    "opened before": ("email.opened", {}),
    "scanned": ("email.opened", {"by": "machine"}),
    "fetched": ("email.opened", {"by": "unknown"}),
    "one order": ("order.completed", {"total": 0.1, "products": [{"category": "Boots"}, {"category": "Laces"}], "coupon": "MAY"}),
    "two orders": ("order.completed", {"total": 0.2, "products": [{"category": "Hats"}, {}]}),
    "an order": ("order.completed", {"total": "39.8", "products": [{"category": "Boots"}]}),
    "a strange order": ("order.completed", {"total": "unknown"}),
    "Kyiv": ("contact.identified", {"city": "Kyiv"}),
    "Lviv": ("contact.identified", {"city": "Lviv"}),
    **{zone: ("contact.identified", {"timezone": zone}) for zone in ZONES},
}  # fmt: skip
# Often so long that something happens, or is asked, just when a window begins or ends.
gaps = st.one_of(st.sampled_from([0, 1, 1799, 1800, 3600, 7200]), st.integers(0, 5000))
rests = st.one_of(
    st.integers(0, 60).map(lambda half_hours: half_hours * 1800), st.integers(0, 40_000)
)


def happenings_of(what, most: int = 20):
    late = st.sampled_from([0, 0, 600, 3600, 9000])
    return st.lists(st.tuples(st.sampled_from(what), gaps, late), max_size=most)


happenings = happenings_of(sorted(WHAT))
ORDERS = ["one order", "two orders", "an order", "a strange order"]
LOOKS = ["pricing", "boots", "cheap", "dear", "one order"]
FAMILIES = {
    "windows": st.tuples(
        counted(Bought), happenings_of(["an order", "an order", "an order", *ZONES], 6)
    ),
    "days": st.tuples(
        st.builds(lambda window: Bought(**window), moving),
        happenings_of(["an order", *ZONES[:3]], 4),
    ),
    "looking back": st.tuples(
        st.one_of(numbers, occasions).map(lambda c: replace(c, older_than=Duration(3600))),
        happenings_of(ORDERS, 6),
    ),
    "numbers": st.tuples(
        numbers, happenings_of([*ORDERS, "pricing", "boots", "cheap", "dear"], 8)
    ),
    "occasions": st.tuples(occasions, happenings_of([*ORDERS, "pricing", "boots"], 8)),
    "sequences": st.tuples(sequences, happenings_of(LOOKS, 8)),
    "absences": st.tuples(absences, happenings_of(LOOKS, 6)),
    "seen": st.tuples(st.builds(Seen, hours), happenings_of(["opened", "boots", "Kyiv"], 6)),
    "all together": st.tuples(conditions, happenings),
}
"""Conditions of one kind, with what may happen to somebody that they are about."""

beginnings = st.sampled_from(BEGINNINGS)


def told(happened, at_s: int = START_S, contact=ANN) -> list[Event]:
    """Return what happened as events: each so long after the one before, some of it told late."""
    events = []
    for number, (what, gap_s, late_s) in enumerate(happened):
        at_s += gap_s
        name, facts = WHAT[what]
        events.append(event(number, contact, name, at_s, late_s=late_s, **facts))
    return events
