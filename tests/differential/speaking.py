"""Conditions of the whole language, and lives that they may hold for."""

from typing import get_args

from hypothesis import strategies as st
from msgspec.structs import replace

from company import ANN, BOB, CAROL
from engine.test_whole_language import LANGUAGE, SPANS, named, one_of, sound
from language import Language
from ripely.model.acts import Act, Did, Occasion, OfActs, Op, Where
from ripely.model.company import Company
from ripely.model.condition import (
    All,
    AnyOf,
    AtLeast,
    AttributeIs,
    CompanyIs,
    DataIs,
    EntryIs,
    Not,
    OfFacts,
    OfScores,
    OfTime,
    Touch,
)  # fmt: skip
from ripely.model.duration import Duration
from ripely.model.ids import SegmentId
from ripely.model.journey import Goal, Journey, Wait
from ripely.model.score import Level, Per, PointsFor, Score
from ripely.model.segment import Segment
from ripely.model.trigger import OnEvent

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
        "InJourney.id": st.just("j1"),
        "step": st.none() | one_of("p", "q"),
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
        "Page.value": one_of("a", "b", "boots", "/A", "Kyiv"),
        "Searched.value": one_of("a", "boots", "new boots"),
        "Now.start": st.none() | one_of("09:00", "22:00"),
        "Now.end": st.none() | one_of("07:00", "20:00"),
        "lead": st.integers(1, 5),
        "take": one_of("sum", "minimum", "maximum", "average", "distinct"),
        "which": one_of("first", "last"),
        "Touch.name": one_of("source", "campaign"),
        "states": st.lists(one_of("sent", "viewed", "accepted"), min_size=1, max_size=2).map(
            tuple
        ),
        **dict.fromkeys(
            ("ScoreIs.at_least", "Aggregate.at_least", "ScoreTrend.at_least"),
            st.integers(-3, 12),
        ),
        **dict.fromkeys(
            ("country", "device", "language"),
            st.lists(one_of("Kyiv", "a", "5", "en", "en-GB"), min_size=1, max_size=2).map(
                tuple
            ),
        ),
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
    said={
        "value",
        "levels",
        "op",
        "at_least",
        "country",
        "device",
        "recency_at_least",
        "Now.weekdays",
        "from_days",
    },
    optional_max=3,
)

DAY_OPS = ("before", "after", "on")


def fitting(asked, relative: bool = True):
    """Give an operator the kind of value that it takes."""
    value = asked.value if isinstance(asked.value, tuple) else (asked.value,)
    days = DAYS if relative else DAYS[:1]
    one = value[0] if value and value[0] not in (None, "") else "a"
    match asked.op:
        case "exists" | "empty":
            wanted = None
        case "in" | "not_in" | "has_all":
            wanted = tuple(v for v in value if v != "") or ("a",)
        case "between":
            wanted = ("today - 1 month", "2030-01-05") if one == "a" and relative else (-1, one)
            wanted = (
                wanted if isinstance(one, str | int) and not isinstance(one, bool) else (1, 5)
            )
        case "before" | "after" | "on":
            found = [d for d in days if d in {"today", "2030-01-05"} or " " in d]
            wanted = found[len(str(value)) % len(found)]
        case "contains" | "starts_with" | "ends_with" | "contains_words" | "matches":
            wanted = str(one)
        case _:
            wanted = one
    return replace(asked, value=wanted)


SPOKEN.pools["where"] = st.lists(
    SPOKEN.struct_of(Where).map(lambda where: fitting(where, relative=False)), max_size=2
).map(tuple)
SPOKEN.pools["Sequence.acts"] = st.lists(SPOKEN.struct_of(Act), min_size=2, max_size=3).map(
    tuple
)
COMPARED = (AttributeIs, CompanyIs, Touch)


def leaf(cls: type) -> st.SearchStrategy:
    made = SPOKEN.struct_of(cls)
    if cls in COMPARED:
        return made.map(fitting)
    return made.map(lambda asked: fitting(asked, relative=False)) if cls is Occasion else made


KINDS = [k for union in (OfActs, OfFacts, OfScores, OfTime) for k in get_args(union)]
leaves = st.one_of([leaf(k) for k in KINDS if k not in {EntryIs, DataIs}])
conditions = st.one_of(
    leaves,
    leaves,
    leaves,
    st.builds(AnyOf, st.lists(leaves, min_size=2, max_size=3).map(tuple)),
    st.builds(
        lambda inner: AtLeast(2, inner), st.lists(leaves, min_size=3, max_size=3).map(tuple)
    ),
    st.builds(lambda one, other: All((one, Not(other))), leaves, leaves),
)

JOURNEY = Journey(
    "j1", "J", (OnEvent("form.submitted"), OnEvent("tag.added")), "p",
    {"p": Wait(Duration(3_600), "q"), "q": Wait(Duration(3 * 86_400))},
    reentry="always", goal=Goal(Did("order.completed")),
)  # fmt: skip
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
    st.lists(conditions, min_size=10, max_size=10).map(
        lambda found: [Segment(SegmentId(f"q{n}"), "Q", c) for n, c in enumerate(found)]
    ),
).map(lambda groups: sound([JOURNEY, *SCORES, *(d for group in groups for d in group)]))


def some_of(**properties) -> st.SearchStrategy:
    return st.fixed_dictionaries({}, optional=properties)


places = some_of(
    url=one_of("https://x.example/A/b", "/A", "İzmir/ΟΔΟΣ", "b") | ANY_VALUE,
    path=one_of("/A/b", "//A/c", "A") | ANY_VALUE,
    category=one_of("a", "B") | SEVERAL,
    section=ANY_VALUE,
    by=one_of("human", "machine"),
    name=ANY_VALUE,
    seconds=ANY_VALUE,
    query=one_of("new boots", "A"),
    utm_source=ANY_VALUE,
    utm_campaign=one_of("a", "2030-01-05"),
    country=one_of("Kyiv", "a"),
    device=one_of("Kyiv", "5"),
)
orders = some_of(
    total=st.sampled_from([0.1, 0.2, 5, "5.5", -1, 40, "x"]) | SEVERAL,
    category=one_of("a", "B"),
    products=st.lists(some_of(category=ANY_VALUE, product_id=one_of("5", "a")), max_size=3),
    product_id=one_of("a", "5"),
    price=st.sampled_from([1, 5, "5.5"]),
    name=ANY_VALUE,
)
records = some_of(
    tag=one_of("a", "B"), list=one_of("a", "B"), topic=one_of("a", "B"), purpose=one_of("marketing", "a"),
    deal=one_of("1", "2"), quote=one_of("1", "2"), stage=one_of("a", "b"), pipeline=one_of("sales", ""),
    value=st.sampled_from([0, 5, 40, "40"]), reason=one_of("a"),
)  # fmt: skip
people = some_of(
    **dict.fromkeys(
        ("city", "age", "owner", "email", "phone", "size", "company_name"), ANY_VALUE | SEVERAL
    ),
    birthday=st.sampled_from([*DAYS, "1990-01-05", "2000-02-29"]) | SEVERAL,
    country=one_of("Kyiv", "a", "KYIV"),
    device=one_of("Kyiv", "5"),
    language=one_of("en", "EN_us", "", "a"),
    locale=one_of("en-GB", "de"),
    latitude=st.sampled_from([50.0, "48.5", "x", [0.5]]),
    longitude=st.sampled_from([30.0, "30.5", 0]),
)
zones = st.sampled_from(
    ["Europe/Kyiv", "America/Havana", "Pacific/Auckland", "Nowhere/Land", "localtime"]
)
TOLD = (
    (places, ("page.viewed", "page.viewed", "page.left", "product.viewed", "search.performed", "email.opened", "email.clicked")),
    (orders, ("order.completed", "order.completed", "product.added", "product.removed", "cart.updated")),
    (records, (
        "tag.added", "tag.removed", "consent.granted", "consent.withdrawn", "list.joined", "list.left",
        "topic.joined", "topic.left", "deal.opened", "deal.won", "deal.moved", "quote.sent", "quote.viewed",
        "email.bounced", "call.forbidden", "form.submitted",
    )),
    (people, ("contact.identified", "contact.identified", "attributes.set", "company.joined")),
)  # fmt: skip
who = st.sampled_from([ANN, BOB, CAROL])
tellings = [
    st.tuples(
        st.just("event"), who, st.sampled_from(names), said, st.sampled_from([0, 0, 600, 5_000])
    )
    for said, names in TOLD
]
lives = st.tuples(
    st.just("event"), who, st.just("contact.identified"), zones.map(lambda zone: {"timezone": zone}), st.just(0)
)  # fmt: skip
later = st.tuples(st.just("later"), st.sampled_from([0, 60, 4_000, 86_400, 5 * 86_400]))
merges = st.one_of(
    st.tuples(st.just("merge"), who, who), st.tuples(st.just("unmerge"), who, who), lives, later
)
happenings = st.lists(st.one_of(*tellings, *tellings, merges), min_size=8, max_size=30)
rests = st.sampled_from([0, 1, 3_599, 3_600, 86_400, 40 * 86_400])
