"""A condition means one thing: the fold's answers equal those counted from the whole history."""

from hypothesis import given, strategies as st

from company import ANN, START_S, event, rules
from ripely.engine.step import new_profile
from ripely.engine.timeline import live
from ripely.model.condition import All, AnyOf, AttributeIs, Condition, Did, Not, Page, Where
from ripely.model.duration import Duration
from ripely.model.event import Event
from ripely.model.ids import SegmentId
from ripely.model.segment import Segment

HOURS = st.none() | st.integers(1, 4).map(lambda h: Duration(h * 3600))
bounds = st.sampled_from([(1, None), (2, None), (3, None), (None, 0), (None, 2), (1, 2)])
leaves = st.one_of(
    st.builds(
        lambda path, bound, within: Page(
            "contains", path, at_least=bound[0], at_most=bound[1], within=within
        ),
        st.sampled_from(["pricing", "boots"]),
        bounds,
        HOURS,
    ),
    st.builds(
        lambda bound, within: Did(
            "product.viewed",
            (Where("price", "more_than", 50),),
            at_least=bound[0],
            at_most=bound[1],
            within=within,
        ),
        bounds,
        HOURS,
    ),
    st.builds(AttributeIs, name=st.just("city"), value=st.sampled_from(["Kyiv", "Lviv"])),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)
happenings = st.lists(
    st.tuples(
        st.sampled_from(["pricing", "boots", "cheap", "dear", "Kyiv", "Lviv"]),
        st.integers(0, 5000),
        st.sampled_from([0, 0, 600, 9000]),
    ),
    max_size=20,
)


def told(happened) -> list[Event]:
    at_s, events = START_S, []
    for number, (what, gap_s, late_s) in enumerate(happened):
        at_s += gap_s
        name, facts = {
            "cheap": ("product.viewed", {"price": 50}),
            "dear": ("product.viewed", {"price": "50.5"}),
            "Kyiv": ("contact.identified", {"city": "Kyiv"}),
            "Lviv": ("contact.identified", {"city": "Lviv"}),
        }.get(what, ("page.viewed", {"url": f"https://x.example/{what}", "path": f"/{what}"}))
        events.append(event(number, ANN, name, at_s, late_s=late_s, **facts))
    return events


def holds(condition: Condition, events: list[Event], now_s: int) -> bool:
    """The meaning, told as plainly as can be: look at everything that ever happened."""
    match condition:
        case All(inners):
            return all(holds(inner, events, now_s) for inner in inners)
        case AnyOf(inners):
            return any(holds(inner, events, now_s) for inner in inners)
        case Not(inner):
            return not holds(inner, events, now_s)
        case AttributeIs(value=value):
            cities = [e.properties["city"] for e in events if "city" in e.properties]
            return bool(cities) and cities[-1] == value
        case Page() as did:
            hits = [e for e in events if did.value in e.properties.get("url", "")]
        case Did() as did:
            hits = [e for e in events if float(e.properties.get("price", 0)) > 50]
        case _:
            raise AssertionError(condition)
    times = sum(did.within is None or e.occurred_s > now_s - did.within for e in hits)
    least = did.at_least if did.at_least is not None else int(did.at_most is None)
    return times >= least and (did.at_most is None or times <= did.at_most)


@given(conditions, happenings, st.integers(0, 20_000))
def test_membership_is_exact_at_any_moment(condition, happened, rest_s) -> None:
    segment = SegmentId("s")
    compiled = rules(Segment(segment, "S", condition))
    events = told(happened)
    until_s = (events[-1].now_s if events else START_S) + rest_s
    lived = live(compiled, new_profile(ANN, START_S), events, until_s)
    if events:  # Of somebody without any event there is no profile to be in a segment.
        assert (segment in lived.profile.segments) == holds(condition, events, until_s)
