"""Laws of the fold, for journeys that use every step."""

from collections import Counter
from types import SimpleNamespace

import msgspec
from hypothesis import given, strategies as st

from company import ANN, INTEREST, START_S, event, rules
from ripely.engine.step import fold, new_profile
from ripely.engine.timeline import live
from ripely.model.action import Notify, Send, StartJourney, StopJourney, Task, Update, Webhook
from ripely.model.acts import Act, Did
from ripely.model.company import Cap, Guard, Hours, Quiet
from ripely.model.condition import DataIs, EntryIs, HasTag, Not
from ripely.model.duration import Duration
from ripely.model.event import DERIVED, Event
from ripely.model.ids import EffectId, JourneyId, StepId, TemplateId
from ripely.model.journey import (
    Arm,
    Await,
    AwaitAny,
    AwaitEvent,
    Branch,
    Case,
    Exit,
    Experiment,
    Goal,
    Journey,
    Leave,
    Repeat,
    Split,
    Step,
    Together,
    Wait,
    WaitUntil,
)
from ripely.model.transition import Transition
from ripely.model.trigger import OnCondition, OnEvent
from ripely.runtime.tally import tally

HOUR = Duration(3600)
DAY = Duration(86_400)


def drawn(name: str, trigger, steps: dict[str, Step], **more) -> Journey:
    named = {StepId(step): does for step, does in steps.items()}
    return Journey(JourneyId(name), name, (trigger,), StepId("a"), named, **more)


def to(name: str) -> StepId:
    return StepId(name)


ORDERS = drawn(
    "orders",
    OnEvent("order.placed"),
    {
        "a": AwaitEvent(Act("order.paid"), HOUR, ("order_id",), to("b"), to("f")),
        "b": Branch((Case(DataIs(to("a"), "card", value="visa"), to("c")),), to("e")),
        "c": Experiment(
            (Arm("x", 1, to("d")), Arm("y", 1, to("e"))), Did("email.opened"), HOUR
        ),
        "d": Together((Notify("Look"), Send(TemplateId("t")), Task("Call")), to("e")),
        "e": WaitUntil("12:00", then=to("g")),
        "f": Exit("not paid"),
        "g": Split((Arm("x", 1, to("h")), Arm("y", 2, None))),
        "h": StartJourney(JourneyId("round")),
    },
    reentry_per="order_id",
    leave=(Leave(event=Act("order.cancelled"), same=("order_id",)),),
    goal=Goal(HasTag("happy"), within=DAY, value_of="total"),
    filter=Not(EntryIs("order_id", value="c")),
)
ROUND = drawn(
    "round",
    OnCondition(Not(Did("page.viewed", within=HOUR))),
    {
        "a": Send(TemplateId("t"), then=to("b")),
        "b": AwaitAny((Case(HasTag("happy"), to("d")), Case(Did("email.opened"), None)), HOUR, to("c")),
        "c": Repeat(to("a"), 2, to("d")),
        "d": Webhook("https://example.com", keep=True, then=to("e")),
        "e": Update(add_tags=("rounded",), add_points={INTEREST: 3}),
    },
    reentry="always",
    leave=(Leave(Not(Did("email.opened", within=DAY, at_most=2)), reason="enough"),),
    goal=Goal(Did("order.paid", within=HOUR), ends=False),
    holdout=30,
)  # fmt: skip
HAPPY = drawn(
    "happy",
    OnEvent("journey.entered"),
    {
        "a": Await(HasTag("happy"), Duration(600), to("b"), to("c")),
        "b": StopJourney(JourneyId("round"), then=to("c")),
        "c": Wait(Duration(100), to("d")),
        "d": WaitUntil(business_hours=True, then=to("e")),
        "e": WaitUntil(best_time=True, at="10:00"),
    },
    reentry_after=HOUR,
)
QUIET = Guard("g", "Guard", quiet=(Quiet((Hours("22:00", "11:00"),)),), caps=(Cap(2, DAY),))
RULES = rules(ORDERS, ROUND, HAPPY, QUIET)
ORDERS_ALONE = rules(ORDERS)
KNOWN = {"email": "ann@example.com", "timezone": "Europe/Kyiv"}

acts = st.one_of(
    st.tuples(
        st.sampled_from(["order.placed", "order.paid", "order.cancelled"]),
        st.fixed_dictionaries({
            "order_id": st.sampled_from(["a", "b", "c"]),
            "card": st.sampled_from(["visa", "amex"]),
            "total": st.integers(0, 9),
        }),
    ),
    st.sampled_from(["page.viewed", "email.opened"]).map(lambda name: (name, {})),
    st.sampled_from(["tag.added", "tag.removed"]).map(lambda name: (name, {"tag": "happy"})),
)  # fmt: skip
gaps = st.one_of(st.integers(0, 60), st.integers(0, 4_000), st.integers(0, 90_000))
happenings = st.lists(
    st.tuples(acts, gaps, st.sampled_from([0, 0, 0, 60, 5_000, 100_000])), max_size=25
)


def told(happened) -> list[Event]:
    at_s = START_S
    events = [
        event(-2, ANN, "contact.identified", at_s, **KNOWN),
        event(-1, ANN, "consent.granted", at_s),
    ]
    for number, ((name, properties), gap_s, late_s) in enumerate(happened):
        at_s += gap_s
        events.append(event(number, ANN, name, at_s, late_s=late_s, **properties))
    return events


def packed(after: Transition) -> bytes:
    return msgspec.msgpack.encode(after.profile)


def ids(after: Transition) -> list[EffectId]:
    return [effect.id for effect in after.effects]


@given(happenings, st.integers(0, 25))
def test_batch_boundaries_do_not_matter(happened, cut) -> None:
    events = told(happened)
    whole = fold(RULES, new_profile(ANN, START_S), events)
    first = fold(RULES, new_profile(ANN, START_S), events[:cut])
    second = fold(RULES, first.profile, events[cut:])
    assert packed(whole) == packed(second)
    assert whole.effects == first.effects + second.effects
    assert whole.notes == first.notes + second.notes


@given(happenings)
def test_it_does_not_matter_how_late_timers_are_noticed(happened) -> None:
    events = told(happened)
    unnoticed = fold(RULES, new_profile(ANN, START_S), events)
    in_time = live(RULES, new_profile(ANN, START_S), events)
    assert packed(unnoticed) == packed(in_time)
    assert unnoticed.effects == in_time.effects
    assert unnoticed.notes == in_time.notes


@given(happenings, st.data())
def test_a_repeated_event_changes_nothing(happened, data) -> None:
    events = told(happened)
    once = live(RULES, new_profile(ANN, START_S), events)
    before = packed(once)
    repeats = data.draw(st.lists(st.sampled_from(events), max_size=5))
    twice = fold(RULES, once.profile, repeats)
    assert twice.effects == []
    assert packed(twice) == before


@given(happenings, st.integers(0, 200_000))
def test_live_equals_replay(happened, rest_s) -> None:
    events = told(happened)
    until_s = START_S + sum(gap for _, gap, _ in happened) + rest_s
    lived = live(RULES, new_profile(ANN, START_S), events, until_s)
    history = [e for e in lived.events if e.source != DERIVED]
    replayed = fold(RULES, new_profile(ANN, START_S), history)
    assert (packed(replayed), ids(replayed)) == (packed(lived), ids(lived))


@given(happenings)
def test_no_two_decisions_share_an_id(happened) -> None:
    lived = live(RULES, new_profile(ANN, START_S), told(happened), START_S + 3_000_000)
    assert len(ids(lived)) == len(set(ids(lived)))


@given(happenings)
def test_who_waits_waits_for_something_that_is_to_come(happened) -> None:
    profile = live(RULES, new_profile(ANN, START_S), told(happened)).profile
    for enrollment in profile.enrollments:
        assert enrollment.due_s > profile.now_s
        assert enrollment.check_s == 0 or enrollment.check_s > profile.now_s


def settled(events: list[Event]) -> tuple[object, ...]:
    """All that is known in the end, but for the order in which it came to be known."""
    after = live(ORDERS_ALONE, new_profile(ANN, START_S), events, START_S + 3_000_000)
    profile = after.profile
    return (
        sorted(ids(after)), sorted(profile.tags), profile.scores, profile.entered, profile.goals,
        sorted(map(repr, profile.enrollments)), sorted(map(repr, profile.pursuits)),
        sorted(note.kind for note in after.notes if note.kind.startswith("journey")),
    )  # fmt: skip


orders = st.lists(
    st.tuples(
        st.sampled_from(["order.placed", "order.paid", "order.cancelled"]),
        st.integers(0, 4_000),
    ),
    max_size=8,
)


@given(orders, orders)
def test_events_of_two_orders_are_independent(ones, twos) -> None:
    """Those of each order keep their order; how the two interleave within a second does not matter."""

    def story(order: str, first: int, happened) -> list[Event]:
        at_s, events = START_S, []
        for number, (name, gap_s) in enumerate(happened, first):
            at_s += gap_s // 1_000 * 1_000
            events.append(event(number, ANN, name, at_s, order_id=order, card="visa"))
        return events

    a, b = story("a", 0, ones), story("b", 100, twos)
    known = told([])
    one_way = sorted(a + b, key=lambda e: e.received_ms)
    other_way = sorted(b + a, key=lambda e: e.received_ms)
    assert settled(known + one_way) == settled(known + other_way)


@given(happenings, st.integers(0, 200_000))
def test_the_notes_count_everybody_at_the_step_where_they_are(happened, rest_s) -> None:
    until_s = START_S + sum(gap for _, gap, _ in happened) + rest_s
    after = live(RULES, new_profile(ANN, START_S), told(happened), until_s)
    counts = tally([SimpleNamespace(story=after)])
    inside = {
        (journey, step.removesuffix(":inside")): n
        for (kind, journey, step), n in counts.items()
        if kind == "step" and step.endswith(":inside")
    }
    assert inside == Counter((e.journey, e.step) for e in after.profile.enrollments)
