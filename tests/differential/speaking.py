"""Conditions of the whole language, and lives that they may hold for."""

from typing import get_args

from hypothesis import strategies as st
from msgspec.inspect import type_info
from msgspec.structs import replace

from company import ANN, BOB, CAROL
from engine.test_whole_language import LANGUAGE, SPANS, named, one_of, sound
from language import Language
from ripely.model.acts import Act, Op
from ripely.model.company import Company
from ripely.model.condition import Condition
from ripely.model.duration import Duration
from ripely.model.ids import SegmentId
from ripely.model.score import Level, Per, PointsFor, Score
from ripely.model.segment import Segment

TEXTS = [
    "a",
    "B",
    "Kyiv",
    "ΟΔΟΣ",
    "İzmir",
    "new boots",
    "/A/b",
    "5",
    "05",
    "5.50",
    "-1",
    "1e3",
    "",
    "true",
]
DAYS = ["2030-01-05", "2030-02-29", "2029-12-31T23:30:00+02:00", "1990-01-01", "2030-01-01T00:15Z", "today",
        "today + 4 days", "today - 1 month"]  # fmt: skip
ANY_VALUE = st.sampled_from([*TEXTS, *DAYS, 0, 1, 5, 5.5, -1, 40, 1e-7, True, False])
SEVERAL = st.lists(ANY_VALUE, max_size=3)
WANTED = st.one_of(ANY_VALUE, ANY_VALUE, SEVERAL.map(tuple))
NAMES = (
    "page.viewed",
    "order.completed",
    "email.opened",
    "product.viewed",
    "tag.added",
    "search.performed",
)
PROPERTIES = (
    "url",
    "path",
    "total",
    "category",
    "products.category",
    "section",
    "by",
    "name",
    "seconds",
)
FACTS = ("city", "age", "birthday", "timezone", "owner", "country", "email", "phone", "language", "locale",
         "latitude", "longitude", "company_size", "device")  # fmt: skip

SPOKEN = Language(
    texts=one_of(*TEXTS[:8]),
    numbers=st.integers(-3, 40),
    durations=SPANS,
    pools={
        **{
            name: pool
            for name, pool in LANGUAGE.pools.items()
            if name not in {"value", "op", "property"}
        },
        "event": one_of(*NAMES),
        "property": one_of(*PROPERTIES),
        "of": one_of("total", "category", "products.category", "url"),
        "AttributeIs.name": one_of(*FACTS),
        "CompanyIs.name": one_of("size", "name"),
        "attribute": one_of("birthday", "city"),
        "value": WANTED,
        "op": st.sampled_from(get_args(Op)),
        "HasTag.name": one_of("a", "B"),
        "HasTopic.name": one_of("a", "B"),
        "InList.id": one_of("a", "B"),
        "purpose": one_of("marketing", "transactional", "a"),
        "HasConsent.purpose": one_of("marketing", "a"),
        "latitude": st.sampled_from([50.45, 0.0]),
        "longitude": st.sampled_from([30.52, 0.0]),
        "km": st.sampled_from([1.0, 500.0, 9000.0]),
        "ScoreIs.of": one_of("", "a", "B"),
        "ScoreLevel.of": one_of("", "a"),
        "TopPart.of": one_of("a", "B"),
        "country": st.lists(one_of("Kyiv", "a", "5"), max_size=2).map(tuple),
        "names": st.lists(one_of("a", "Kyiv"), max_size=2).map(tuple),
        "since": st.none() | one_of("2029-12-31", "2030-01-01", "2030-01-02"),
        "until": st.none() | one_of("2029-12-31", "2030-01-01", "2030-01-05"),
        "from_days": st.integers(-40, 10),
        "to_days": st.integers(-5, 40),
        "percent": st.sampled_from([0, 10, 33.3, 50, 99, 100]),
        "key": one_of("", "a"),
        "product": one_of("", "a", "5"),
        "HasCart.category": one_of("", "a", "B"),
        "pipeline": one_of("", "sales"),
        "stages": st.lists(one_of("a", "B"), max_size=2).map(tuple),
        "value_at_least": st.none() | st.sampled_from([0.0, 5.0, 40.0]),
        "least": st.none() | st.integers(0, 5),
    },
    said={"value", "levels"},
    optional_max=3,
)

SPOKEN.pools["Sequence.acts"] = st.lists(SPOKEN.struct_of(Act), min_size=2, max_size=3).map(
    tuple
)
conditions = SPOKEN.made(type_info(Condition))

SCORES = (
    Score(
        "x1", "X1", levels=(Level("warm", 2),), half_life=Duration(3_600), least=-5, most=30,
        events=(PointsFor("page.viewed", 3), PointsFor("order.completed", -2)), per=Per("property", "category"),
    ),
    Score("x2", "X2", levels=(Level("warm", 2),), events=(PointsFor("page.viewed", 1), PointsFor("order.completed", 4, times="total"))),
)  # fmt: skip
definitions = st.tuples(
    named(Company, "company").map(lambda drawn: [replace(drawn[0], holdout=0)]),
    named(Segment, "s1", "s2"),
    st.lists(conditions, min_size=6, max_size=6).map(
        lambda found: [Segment(SegmentId(f"q{n}"), "Q", c) for n, c in enumerate(found)]
    ),
).map(lambda groups: sound([*SCORES, *(d for group in groups for d in group)]))

said = st.dictionaries(
    st.sampled_from([*PROPERTIES, *FACTS, "tag", "list", "topic", "purpose", "product_id", "price", "quantity",
                     "deal", "stage", "pipeline", "quote", "value", "utm_source", "utm_campaign"]),
    ANY_VALUE | SEVERAL | st.just([{"category": "a", "product_id": "5", "price": 5}, {"category": "B"}]),
    max_size=5,
)  # fmt: skip
zones = st.sampled_from(
    ["Europe/Kyiv", "America/Havana", "Pacific/Auckland", "Nowhere/Land", "localtime"]
)
TOLD = (*NAMES, "page.left", "contact.identified", "contact.identified", "attributes.set", "company.joined", "consent.granted",
        "consent.withdrawn", "list.joined", "list.left", "topic.joined", "topic.left", "deal.opened", "deal.won",
        "deal.moved", "quote.sent", "quote.viewed", "product.added", "cart.updated", "email.bounced", "tag.removed",
        "call.forbidden", "email.clicked", "form.submitted")  # fmt: skip
who = st.sampled_from([ANN, BOB, CAROL])
happenings = st.lists(
    st.one_of(
        st.tuples(
            st.just("event"),
            who,
            st.sampled_from(TOLD),
            said,
            st.sampled_from([0, 0, 600, 5_000]),
        ),
        st.tuples(
            st.just("event"),
            who,
            st.sampled_from(NAMES),
            said,
            st.sampled_from([0, 0, 600, 5_000]),
        ),
        st.tuples(
            st.just("event"),
            who,
            st.just("contact.identified"),
            zones.map(lambda z: {"timezone": z}),
            st.just(0),
        ),
        st.tuples(st.just("merge"), who, who),
        st.tuples(st.just("unmerge"), who, who),
        st.tuples(st.just("later"), st.sampled_from([0, 60, 4_000, 86_400, 5 * 86_400])),
    ),
    min_size=2,
    max_size=25,
)
rests = st.sampled_from([0, 1, 3_599, 3_600, 86_400, 40 * 86_400])
